// The renderer: the core of Monogram as WebAssembly, and the files that it asks for.

import init, { type InitOutput, Renderer as Core } from "../../../build/studio/monogram_studio.js";

/** The box of a layer, before its own rotation and those of the layers around it. */
export interface LayerBox {
  path: string;
  type: string;
  x: number;
  y: number;
  width: number;
  height: number;
  rotate?: number;
  /** Where its corners are in the picture, where rotations alone do not say it: in perspective, leaning, scaled. */
  corners?: [x: number, y: number][];
  text?: { text: string; size: number; lines: number };
  children?: LayerBox[];
}

interface Lacking {
  assets: string[];
  packs: [name: string, file: string][];
  remotes: string[];
}

/** How a picture came out. */
export interface Report {
  width: number;
  height: number;
  scale: number;
  boxes: LayerBox[];
  left_out: string[];
  params: Record<string, { value: unknown; source: string; why?: string }>;
  alt: string;
  missing_glyphs: number;
  warnings: string[];
  lacking: Lacking;
}

/** A mistake in a template. */
export interface Mistake {
  code: string;
  field: string | null;
  message: string;
  remedy: string | null;
}

export interface Finding {
  layer: string;
  what: string;
}

/** A worst case of a template. */
export interface Case {
  name: string;
  query: string;
  ordinary: boolean;
  findings: Finding[];
}

export interface Picture {
  report: Report;
  pixels: ImageData;
  /** Milliseconds that drawing took. */
  took: number;
}

/** Where the files come from. */
export interface Files {
  /** The bytes of an asset; null if there is none of this name. */
  asset(name: string): Promise<Uint8Array | null>;
  pack(file: string): Promise<Uint8Array | null>;
  /** The text of a published template; null if there is none of this id that may be read. */
  template(id: string): Promise<Uint8Array | null>;
}

export class Renderer {
  /** Called when a file has arrived that a picture lacked. */
  onFile: () => void = () => {};
  private readonly core: Core;
  private readonly wasm: InitOutput;
  private readonly files: Files;
  /** Files that were asked for: no file is asked for twice. */
  private readonly asked = new Set<string>();
  private readonly pending = new Set<Promise<void>>();
  private document = "";

  private constructor(wasm: InitOutput, files: Files) {
    this.wasm = wasm;
    this.core = new Core();
    this.files = files;
  }

  static async load(url: URL, files: Files): Promise<Renderer> {
    return new Renderer(await init({ module_or_path: url }), files);
  }

  /** The text of the document that was taken last; empty before the first. */
  get taken(): string {
    return this.document;
  }

  /** Takes a document. Returns its mistake; the document before it then stays. */
  take(document: string): Mistake | null {
    if (document === this.document) return null;
    try {
      for (const id of this.core.lacksTemplates(document).split("\n").filter(Boolean)) {
        this.ask(`template ${id}`, this.files.template.bind(this.files, id), (bytes) => this.core.addTemplate(id, new TextDecoder().decode(bytes)));
      }
      this.core.setTemplate(document);
      this.document = document;
      return null;
    } catch (error) {
      return mistakeOf(error);
    }
  }

  /** The document with what it includes; itself if that is not there. */
  whole(document: string): string {
    try {
      return this.core.whole(document);
    } catch {
      return document;
    }
  }

  /** Draws the document with the values of a query, `width` px wide. */
  draw(query: string, width: number, options: { keep?: boolean } = {}): Picture | Mistake {
    const start = performance.now();
    let text: string;
    try {
      text = this.core.draw(query, width, options.keep ?? false);
    } catch (error) {
      return mistakeOf(error);
    }
    const report: Report = JSON.parse(text);
    this.fetch(report.lacking);
    // A view of its own for each picture: memory that grows detaches the old ones.
    const bytes = new Uint8ClampedArray(this.wasm.memory.buffer, this.core.pointer(), this.core.length());
    return { report, pixels: new ImageData(bytes, report.width, report.height), took: performance.now() - start };
  }

  /** The worst cases with their faults. */
  stress(): Case[] {
    const { cases, lacking }: { cases: Case[]; lacking: Lacking } = JSON.parse(this.core.stress());
    this.fetch(lacking);
    return cases;
  }

  /** The faults of recipients' pictures, each given by its query. */
  check(queries: string[]): Case[] {
    const { cases, lacking }: { cases: Case[]; lacking: Lacking } = JSON.parse(this.core.check(queries.join("\n")));
    this.fetch(lacking);
    return cases;
  }

  /** Replaces an asset, as after an upload. */
  putAsset(name: string, bytes: Uint8Array): void {
    this.asked.add(`asset ${name}`);
    this.core.addAsset(name, bytes);
  }

  /** Asks for the assets again that were not there. */
  forget(): void {
    this.asked.clear();
  }

  /** Waits until all files are there that were asked for so far. */
  async settled(): Promise<void> {
    while (this.pending.size > 0) await Promise.all(this.pending);
  }

  private fetch(lacking: Lacking): void {
    for (const name of lacking.assets) {
      this.ask(`asset ${name}`, this.files.asset.bind(this.files, name), (bytes) => this.core.addAsset(name, bytes));
    }
    for (const [name, file] of lacking.packs) {
      this.ask(`pack ${name}`, this.files.pack.bind(this.files, file), (bytes) => this.core.addPack(name, bytes));
    }
  }

  private ask(key: string, get: () => Promise<Uint8Array | null>, add: (bytes: Uint8Array) => void): void {
    if (this.asked.has(key)) return;
    this.asked.add(key);
    const coming = get().then(
      (bytes) => {
        if (!bytes) return;
        add(bytes);
        this.onFile();
      },
      () => {
        // It is asked for again with the next picture that lacks it.
        this.asked.delete(key);
      },
    );
    this.pending.add(coming);
    void coming.finally(() => this.pending.delete(coming));
  }
}

export const isMistake = (result: Picture | Mistake): result is Mistake => "code" in result;

function mistakeOf(error: unknown): Mistake {
  const message = error instanceof Error ? error.message : String(error);
  try {
    return JSON.parse(message);
  } catch {
    return { code: "failed", field: null, message, remedy: null };
  }
}

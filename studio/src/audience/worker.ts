// The worker that checks an audience: the core lays out each row of a file, beside the page.
//
// It fetches nothing but the core itself: the page gives it the files that rows need.

import init, { Audience, reasons } from "../../../build/studio/monogram_studio.js";
import type { FromWorker, Step, ToWorker } from "./message.ts";

/** Milliseconds of rows between two reports. */
const REPORT_MS = 100;

/** Rows between two looks at the clock. */
const ROWS = 20;

const scope = globalThis as unknown as { postMessage(message: FromWorker): void; onmessage: (event: { data: ToWorker }) => void };
const ready = init({ module_or_path: new URL("core.wasm", import.meta.url) });
let audience: Audience | null = null;

interface CoreStep extends Step {
  lacking: { assets: string[]; packs: [name: string, file: string][] };
}

/** Judges rows until there is something to say, and goes on after it. */
function work(): void {
  if (!audience) return;
  const start = performance.now();
  const all: Step = { rows: 0, found: [], share: 0, done: false, unclosed: null };
  while (!all.done && performance.now() - start < REPORT_MS) {
    const { lacking, ...step }: CoreStep = JSON.parse(audience.step(ROWS));
    all.rows += step.rows;
    for (const found of step.found) all.found.push(found);
    if (step.share > 0) all.share = step.share;
    all.done = step.done;
    all.unclosed = step.unclosed;
    if (lacking.assets.length + lacking.packs.length > 0) {
      scope.postMessage({ kind: "step", step: all });
      scope.postMessage({ kind: "wants", wanted: [...lacking.assets.map((name) => ({ name, pack: null })), ...lacking.packs.map(([name, pack]) => ({ name, pack }))] });
      return;
    }
  }
  scope.postMessage({ kind: "step", step: all });
  if (!all.done) setTimeout(work);
}

async function answer(message: ToWorker): Promise<void> {
  await ready;
  switch (message.kind) {
    case "open":
      audience = new Audience(new Uint8Array(message.bytes));
      scope.postMessage({ kind: "opened", opened: JSON.parse(audience.columns(message.document)), reasons: JSON.parse(reasons()) });
      break;
    case "begin":
      audience?.begin(message.document, message.columns.map(([name]) => name), Uint32Array.from(message.columns.map(([, index]) => index)), message.least, message.part, message.parts);
      work();
      break;
    case "files":
      for (const { name, pack, bytes } of message.files) {
        if (!bytes) audience?.addAbsent(name);
        else if (!pack) audience?.addAsset(name, bytes);
        else if (!audience?.addPack(name, bytes)) audience?.addAbsent(name);
      }
      work();
  }
}

scope.onmessage = ({ data }) => {
  answer(data).catch((error: unknown) => scope.postMessage({ kind: "failed", message: told(error) }));
};

/** The message of an error; one of the core may be JSON. */
function told(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  try {
    return String(JSON.parse(message).message ?? message);
  } catch {
    return message;
  }
}

// The page before a document is open: drafts, templates of the deployment, samples, empty sizes.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { emptyDocument, printDocument } from "../model/document.ts";
import { begin, type Draft, discard, drafts, resume, resumeTab } from "../model/draft.ts";
import type { Doc } from "../model/layer.ts";
import { exampleQuery, isOpen } from "../model/store.ts";
import { type Listed, list, read } from "../publish/api.ts";
import { dialog, key } from "../publish/session.ts";
import { isSvgFile, openSvg } from "../svg/open.ts";
import { say } from "../ui/toast.tsx";
import { SIZES } from "./sizes.ts";

interface Sample {
  id: string;
  document: Doc;
}

function openText(text: string, from = { id: "", revision: null as number | null, base: null as string | null }): void {
  try {
    begin(text, from);
  } catch (error) {
    say(`This is no template: ${error instanceof Error ? error.message : error}`, "error");
  }
}

const isTaken = (): void => say("This draft is open in another tab too: here it goes on as a copy");

let resumed = false;

export function Start() {
  const samples = useSignal<Sample[]>([]);
  const kept = useSignal<Draft[]>(drafts());
  const width = useSignal("1200");
  const height = useSignal("630");

  useEffect(() => {
    // What this tab had open before a reload or a crash comes back, once.
    if (!resumed) {
      resumed = true;
      if (resumeTab(isTaken)) return;
    }
    fetch("samples.json")
      .then((response) => response.json())
      .then((found: Sample[]) => (samples.value = found))
      .catch(() => say("The samples could not be loaded", "error"));
  }, []);

  const openFile = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    if (isSvgFile(file)) await openSvg(await file.text(), file.name);
    else openText(await file.text());
  };
  const pickFile = (accept: string): void => {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = accept;
    input.onchange = () => void openFile(input.files?.[0]);
    input.click();
  };

  return (
    <main
      class="start"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void openFile(event.dataTransfer?.files[0]);
      }}
    >
      <header>
        <h1>Monogram Studio</h1>
        <div class="buttons">
          <button type="button" class="button" onClick={() => pickFile(".json,.svg,application/json,image/svg+xml")}>
            Open a file…
          </button>
          <button type="button" class="button" onClick={() => (dialog.value = "key")}>
            {key.value ? "API key in use" : "Use an API key…"}
          </button>
        </div>
      </header>
      {kept.value.length > 0 && (
        <section>
          <h2>Drafts in this browser</h2>
          <ul class="rows">
            {kept.value.map((draft) => (
              <li key={draft.name}>
                <button type="button" class="row-main" onClick={() => resume(draft, isTaken)}>
                  <b>{draft.title || draft.origin.id || "Untitled"}</b>
                  <span class="note">
                    {draft.origin.id && `${draft.origin.id} · `}
                    {new Date(draft.savedAt).toLocaleString()}
                  </span>
                </button>
                <button
                  type="button"
                  class="button quiet danger"
                  onClick={() => {
                    discard(draft.name);
                    kept.value = drafts();
                  }}
                >
                  Discard
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      <Published />
      <section>
        <h2>A new template</h2>
        <div class="sizes">
          {SIZES.map((size) => (
            <button key={size.name} type="button" class="size" onClick={() => openText(printDocument(emptyDocument(size.width, size.height, size.name)))}>
              <span class="shape" style={{ aspectRatio: `${size.width} / ${size.height}`, [size.width >= size.height ? "width" : "height"]: "56px" }} />
              <b>{size.name}</b>
              <span class="note">
                {size.width} × {size.height}
              </span>
            </button>
          ))}
          <button type="button" class="size svg" onClick={() => pickFile(".svg,image/svg+xml")}>
            <span class="shape" aria-hidden="true">
              SVG
            </span>
            <b>From an SVG…</b>
            <span class="note">Figma, Illustrator…</span>
          </button>
          <form
            class="size own"
            onSubmit={(event) => {
              event.preventDefault();
              const [w, h] = [Number(width.value), Number(height.value)];
              if (Number.isInteger(w) && Number.isInteger(h) && w >= 1 && h >= 1 && w <= 4096 && h <= 4096 && w * h <= 3_024_000) openText(printDocument(emptyDocument(w, h)));
              else say("A side has 1 to 4096 px, and a picture at most 3,024,000 pixels", "error");
            }}
          >
            <b>Own size</b>
            <span class="pair">
              <input type="text" inputMode="numeric" aria-label="Width in px" value={width.value} onInput={(event) => (width.value = event.currentTarget.value)} />
              ×
              <input type="text" inputMode="numeric" aria-label="Height in px" value={height.value} onInput={(event) => (height.value = event.currentTarget.value)} />
            </span>
            <button type="submit" class="button">
              Create
            </button>
          </form>
        </div>
      </section>
      <section>
        <h2>From a sample</h2>
        <div class="samples">
          {samples.value.map(({ id, document }) => (
            <button key={id} type="button" class="sample" onClick={() => openText(JSON.stringify(document))}>
              <span class="thumb">
                <img src={`/i/${id}.png?${exampleQuery(document)}&_w=480`} alt="" loading="lazy" />
              </span>
              <b>{document.title ?? id}</b>
              <span class="note">
                {document.width} × {document.height}
              </span>
            </button>
          ))}
        </div>
      </section>
    </main>
  );
}

/** The templates that the key may read. */
function Published() {
  const all = useSignal<Listed[]>([]);
  const error = useSignal<string | null>(null);
  const filter = useSignal("");
  const wanted = useRef("");
  useEffect(() => {
    all.value = [];
    error.value = null;
    if (!key.value) return;
    // With another key, the answer to this one comes too late.
    let current = true;
    list().then(
      (found) => current && (all.value = found),
      (thrown: Error) => current && (error.value = thrown.message),
    );
    return () => {
      current = false;
    };
  }, [key.value]);
  if (!key.value) return null;
  const open = (id: string): void => {
    wanted.current = id;
    read(id).then(
      // Of several that were clicked, the last one is meant; and a draft may be open by now.
      ({ text, revision }) => wanted.current === id && !isOpen.peek() && openText(text, { id, revision, base: text }),
      (thrown: Error) => say(thrown.message, "error"),
    );
  };
  const shown = all.value.filter(({ id, title }) => `${id} ${title ?? ""}`.toLowerCase().includes(filter.value.toLowerCase()));
  return (
    <section>
      <h2>Published templates</h2>
      {error.value && (
        <p class="error" role="alert">
          {error.value}
        </p>
      )}
      {all.value.length > 8 && <input type="search" class="filter" aria-label="Filter templates" placeholder="Filter" value={filter.value} onInput={(event) => (filter.value = event.currentTarget.value)} />}
      {all.value.length === 0 && !error.value && <p class="note">None yet, or none that this key may read.</p>}
      <ul class="rows">
        {shown.map(({ id, title, revision, changed }) => (
          <li key={id}>
            <button type="button" class="row-main" onClick={() => open(id)}>
              <b>{title || id}</b>
              <span class="note">
                {id} · revision {revision} · {new Date(changed).toLocaleString()}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

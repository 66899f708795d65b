// The batch of a checked file: what it asks for, and how it goes. The deployment draws it, whether this
// page is open or not; the page asks once a second.

import { batch as together, computed, signal } from "@preact/signals";
import { parseDocument, printDocument } from "../model/document.ts";
import { doc, origin } from "../model/store.ts";
import { ApiError } from "../publish/api.ts";
import * as batches from "../publish/batches.ts";
import type { Batch, Format } from "../publish/batches.ts";
import { key } from "../publish/session.ts";
import { save } from "../ui/save.ts";
import { columns, fileBytes, opened } from "./check.ts";
import { mapping } from "./mapping.ts";

/** Milliseconds between two questions how the batch goes. */
const ASK_MS = 1_000;

/** Milliseconds after a question without an answer. */
const PAUSE_MS = 10_000;

/** Where the tab keeps the id of its batch, so that a reload does not lose its files. */
const STORED = "monogram-batch";

interface Failure {
  message: string;
  /** Of the call, if one is to blame. */
  field: string | undefined;
}

export const format = signal<Format>("png");
export const pattern = signal("{row}");
/** The batch that was begun last. */
export const current = signal<Batch | null>(null);
/** What is being sent or fetched: an action, or the path of a file. */
export const busy = signal<string | null>(null);
export const failure = signal<Failure | null>(null);
/** Whether a key may make batches: the key, and why it may not. */
const access = signal<{ key: string; refusal: string | null } | null>(null);

export const isRunning = computed(() => current.value?.state === "running");

const isChanged = computed(() => {
  const { base } = origin.value;
  return base === null || printDocument(parseDocument(base)) !== printDocument(doc.value);
});

const mapped = computed(() => {
  const { header, columns: automatic } = opened.value ?? { header: [], columns: [] };
  return mapping(header, Object.keys(doc.value.params ?? {}), columns.value, automatic);
});

/** Why the file cannot be drawn now, and whether another key would help. */
export const obstacle = computed((): { why: string; needsKey: boolean } | null => {
  const because = (why: string, needsKey = false) => ({ why, needsKey });
  const { id, revision } = origin.value;
  if (!id || revision === null) return because("This template is not published, and a batch draws what is published. Publish it and come back: what was checked stays here.");
  if (isChanged.value) return because(`This template has changes since revision ${revision}, and a batch draws what is published. Publish them and come back: what was checked stays here.`);
  if (!key.value) return because("Drawing needs an API key with the scope batch.", true);
  if (access.value?.key !== key.value) return because("Asking whether your API key may draw batches…");
  if (access.value.refusal) return because(access.value.refusal, true);
  return mapped.value.obstacle ? because(`${mapped.value.obstacle}.`) : null;
});

/** Asks whether the key may make batches. */
export async function askAccess(): Promise<void> {
  const asked = key.peek();
  const known = access.peek();
  if (!asked || (known?.key === asked && known.refusal === null)) return;
  const refusal = await batches.checkAccess().then(
    () => null,
    (thrown: Error) => thrown.message,
  );
  if (key.peek() === asked) access.value = { key: asked, refusal };
}

function fail(thrown: unknown): void {
  failure.value = { message: thrown instanceof Error ? thrown.message : String(thrown), field: thrown instanceof ApiError ? thrown.problem.field : undefined };
}

/** Does one thing at a time, and says what went wrong. */
async function doing(what: string, act: () => Promise<void>): Promise<void> {
  if (busy.peek()) return;
  together(() => {
    busy.value = what;
    failure.value = null;
  });
  try {
    await act();
  } catch (thrown) {
    fail(thrown);
  } finally {
    busy.value = null;
  }
}

/** The call that was sent last without an answer: the same call again is the same batch. */
let unanswered: { query: string; file: ArrayBuffer; once: string } | null = null;

/** Sends the file, as it is. */
export function begin(): Promise<void> {
  return doing("begin", async () => {
    const { id, revision } = origin.peek();
    const file = fileBytes();
    if (!file) return;
    const query = new URLSearchParams({ template: id, revision: String(revision), format: format.peek(), name: pattern.peek().trim() });
    for (const [param, title] of mapped.peek().pairs) query.set(`map.${param}`, title);
    if (unanswered?.query !== String(query) || unanswered.file !== file) unanswered = { query: String(query), file, once: crypto.randomUUID() };
    try {
      show(await batches.make(query, file, unanswered.once));
    } catch (thrown) {
      if (thrown instanceof ApiError && thrown.problem.status !== 0) unanswered = null;
      throw thrown;
    }
    unanswered = null;
  });
}

/** Draws the failed rows once more. */
export const retry = (id: string): Promise<void> => doing("retry", async () => show(await batches.retry(id)));

export const cancel = (id: string): Promise<void> => doing("cancel", async () => show(await batches.cancel(id)));

/** Fetches a file of the batch with the key, and saves it under a name. */
export const fetchFile = (path: string, name: string): Promise<void> => doing(path, async () => save(name, await batches.download(path)));

function show(next: Batch | null): void {
  current.value = next;
  try {
    if (next) sessionStorage.setItem(STORED, next.id);
    else sessionStorage.removeItem(STORED);
  } catch {
    // Without storage it is known until the page is left.
  }
  if (watchers > 0) plan(ASK_MS);
}

let watchers = 0;
let timer = 0;

function plan(pause: number): void {
  clearTimeout(timer);
  if (watchers > 0 && isRunning.peek()) timer = window.setTimeout(() => void ask(current.peek()?.id ?? ""), pause);
}

async function ask(id: string): Promise<void> {
  const before = current.peek();
  try {
    const next = await batches.read(id);
    // Meanwhile it may have been cancelled, or another one was begun.
    if (current.peek() === before) show(next);
  } catch (thrown) {
    if (current.peek() !== before) return;
    const isGone = thrown instanceof ApiError && thrown.problem.status === 404;
    if (before || !isGone) fail(thrown);
    if (isGone) show(null);
    else plan(PAUSE_MS);
  }
}

/** Follows the batch until what is returned is called; after a reload, the one that this tab had begun. */
export function follow(): () => void {
  watchers += 1;
  if (current.peek()) plan(0);
  else {
    const known = sessionStorage.getItem(STORED);
    if (known && key.peek()) void ask(known);
  }
  return () => {
    watchers -= 1;
    if (watchers === 0) clearTimeout(timer);
  };
}

// The check of an audience, as the page sees it: a file of recipients, its columns, how far the check
// is, and what it found. The check sends nothing of it anywhere, and it is forgotten with the page.

import { batch, computed, signal } from "@preact/signals";
import { files } from "../engine/files.ts";
import { textOf, theRenderer } from "../engine/live.ts";
import { doc } from "../model/store.ts";
import type { Column, Found, FromWorker, Opened, ToWorker, Wanted } from "./message.ts";

/** Bytes of a file that a page can hold twice. */
const MOST_BYTES = 256 * 1024 * 1024;

/** Bytes of a file below which a second worker would begin when the first has finished. */
const FEW_BYTES = 100_000;

/** Bytes of a file that each of several workers can hold. */
const MANY_BYTES = 64 * 1024 * 1024;

/** The most workers: each has a core of its own, which takes some 40 MB. */
const MOST_WORKERS = 4;

/** Milliseconds between two sorted lists while the check goes on. */
const SORT_MS = 500;

export const fileName = signal<string | null>(null);
export const opened = signal<Opened | null>(null);
export const columns = signal<Column[]>([]);
/** Px below which a shrunk text is in trouble; 0 is what the core takes for small. */
export const least = signal(0);
export const state = signal<"empty" | "ready" | "running" | "done" | "cancelled">("empty");
export const failure = signal<string | null>(null);
/** Of the file, 0 to 1. */
export const share = signal(0);
export const rows = signal(0);
export const seconds = signal(0);
/** The line from which a quoted cell never ends. */
export const unclosed = signal<number | null>(null);
/** Words for the reasons, the worst first. */
export const reasons = signal<[string, string][]>([]);
/** The rows with something to say about, the worst first. */
export const found = signal<Found[]>([]);
/** The reason whose rows are shown; null for all trouble. */
export const filter = signal<string | null>(null);

export const troubled = computed(() => found.value.reduce((sum, row) => sum + (row.is_trouble ? 1 : 0), 0));
export const counts = computed(() => {
  const map = new Map<string, number>();
  for (const row of found.value) for (const reason of new Set(row.troubles.map((trouble) => trouble.reason))) map.set(reason, (map.get(reason) ?? 0) + 1);
  return map;
});
export const listed = computed(() => {
  const wanted = filter.value;
  return found.value.filter((row) => (wanted ? row.troubles.some((trouble) => trouble.reason === wanted) : row.is_trouble));
});

/** The document with what it includes. */
function wholeText(): string {
  const text = textOf(doc.peek());
  return theRenderer()?.whole(text) ?? text;
}

/** One that has a file open, or several that check it, each with its share of the file, 0 to 1. */
let workers: { worker: Worker; share: number; done: boolean }[] = [];
let bytes: ArrayBuffer | null = null;
/** The file that is being read. */
let taking: File | null = null;
let gathered: Found[] = [];
let sorted = 0;
let begun = 0;

interface Policy {
  createScriptURL(text: string): string;
}

/** The page's policy lets nothing but this one URL be a script of a worker. */
let policy: Policy | null = null;

function workerUrl(): string {
  const url = new URL("audience.js", import.meta.url).href;
  const types = (window as { trustedTypes?: { createPolicy(name: string, rules: Policy): Policy } }).trustedTypes;
  policy ??= types?.createPolicy("monogram-audience", { createScriptURL: () => url }) ?? null;
  return policy ? policy.createScriptURL("") : url;
}

function stop(): void {
  for (const { worker } of workers) worker.terminate();
  workers = [];
}

/** Starts workers, each with the file. */
function restart(count: number): void {
  stop();
  workers = Array.from({ length: count }, () => {
    const mine = { worker: new Worker(workerUrl(), { type: "module" }), share: 0, done: false };
    const isCurrent = (): boolean => workers.includes(mine);
    // What a worker said before it was ended may arrive afterwards.
    mine.worker.onmessage = ({ data }: MessageEvent<FromWorker>) => isCurrent() && receive(data, mine);
    mine.worker.onerror = () => isCurrent() && fail("the check has stopped");
    if (bytes) send(mine.worker, { kind: "open", bytes, document: wholeText() });
    return mine;
  });
}

/** The file, as it was dropped. */
export const fileBytes = (): ArrayBuffer | null => bytes;

const send = (worker: Worker, message: ToWorker): void => worker.postMessage(message);

function fail(message: string): void {
  stop();
  batch(() => {
    failure.value = message;
    state.value = opened.peek() ? "ready" : "empty";
  });
}

/** Takes a file of recipients. */
export async function take(file: File): Promise<void> {
  batch(() => {
    forget();
    fileName.value = file.name;
  });
  if (file.size > MOST_BYTES) return fail(`${file.name} has more than 256 MiB: split it`);
  const mine = (taking = file);
  const read = await file.arrayBuffer();
  // Another file may have been dropped meanwhile, or the dialog was closed.
  if (taking !== mine) return;
  bytes = read;
  restart(1);
}

/** Begins the check, or begins it anew. */
export function begin(): void {
  batch(() => {
    gathered = [];
    found.value = [];
    filter.value = null;
    rows.value = 0;
    share.value = 0;
    unclosed.value = null;
    failure.value = null;
    state.value = "running";
  });
  begun = performance.now();
  sorted = begun;
  const length = bytes?.byteLength ?? 0;
  const parts = length < FEW_BYTES || length > MANY_BYTES ? 1 : Math.max(1, Math.min(MOST_WORKERS, navigator.hardwareConcurrency || 1));
  restart(parts);
  const document = wholeText();
  for (const [part, { worker }] of workers.entries()) send(worker, { kind: "begin", document, columns: columns.peek(), least: least.peek(), part, parts });
}

/** Ends the check; what was found until then stays. */
export function cancel(): void {
  stop();
  batch(() => {
    sort();
    state.value = "cancelled";
  });
}

/** Forgets the file and all that was found. */
export function forget(): void {
  stop();
  bytes = null;
  taking = null;
  gathered = [];
  batch(() => {
    fileName.value = null;
    opened.value = null;
    columns.value = [];
    found.value = [];
    failure.value = null;
    state.value = "empty";
  });
}

function sort(): void {
  found.value = [...gathered].sort((one, two) => two.score - one.score || one.line - two.line);
}

async function give(asked: Worker, wanted: Wanted[]): Promise<void> {
  const get = ({ name, pack }: Wanted) => (pack ? files.pack(pack) : files.asset(name)).catch(() => null);
  const given = await Promise.all(wanted.map(async (each) => ({ ...each, bytes: await get(each) })));
  if (workers.some(({ worker }) => worker === asked)) send(asked, { kind: "files", files: given });
}

function receive(message: FromWorker, from: { worker: Worker; share: number; done: boolean }): void {
  switch (message.kind) {
    case "opened":
      // A check that begins opens the file again, and keeps the columns that a person chose.
      if (state.peek() === "running") return;
      batch(() => {
        opened.value = message.opened;
        columns.value = message.opened.columns;
        reasons.value = message.reasons;
        state.value = "ready";
      });
      break;
    case "failed":
      fail(message.message);
      break;
    case "wants":
      void give(from.worker, message.wanted);
      break;
    case "step": {
      const { step } = message;
      for (const row of step.found) gathered.push(row);
      batch(() => {
        rows.value += step.rows;
        if (step.share > 0) from.share = step.share;
        from.done = step.done;
        share.value = workers.reduce((sum, each) => sum + each.share, 0) / workers.length;
        unclosed.value ??= step.unclosed;
        seconds.value = (performance.now() - begun) / 1000;
        const isDone = workers.every((each) => each.done);
        if (isDone || performance.now() - sorted > SORT_MS) {
          sort();
          sorted = performance.now();
        }
        if (isDone) {
          share.value = 1;
          state.value = "done";
          stop();
        }
      });
    }
  }
}

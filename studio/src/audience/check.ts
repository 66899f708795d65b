// The check of an audience, as the page sees it: a file of recipients, its columns, how far the check
// is, and what it found. All of it stays in this page, and is forgotten with it.

import { batch, computed, signal } from "@preact/signals";
import { files } from "../engine/files.ts";
import { printDocument } from "../model/document.ts";
import { doc } from "../model/store.ts";
import type { Column, Found, FromWorker, Opened, ToWorker, Wanted } from "./message.ts";

/** Bytes of a file that a page can hold twice. */
const MOST_BYTES = 256 * 1024 * 1024;

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

let worker: Worker | null = null;
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

function send(message: ToWorker): void {
  worker?.postMessage(message);
}

function restart(): void {
  worker?.terminate();
  const mine = new Worker(workerUrl(), { type: "module" });
  worker = mine;
  // What a worker said before it was ended may arrive afterwards.
  mine.onmessage = ({ data }: MessageEvent<FromWorker>) => worker === mine && receive(data);
  mine.onerror = () => worker === mine && fail("the check has stopped");
  if (bytes) send({ kind: "open", bytes, document: printDocument(doc.peek()) });
}

function fail(message: string): void {
  worker?.terminate();
  worker = null;
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
  restart();
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
  restart();
  send({ kind: "begin", document: printDocument(doc.peek()), columns: columns.peek(), least: least.peek() });
}

/** Ends the check; what was found until then stays. */
export function cancel(): void {
  worker?.terminate();
  worker = null;
  batch(() => {
    sort();
    state.value = "cancelled";
  });
}

/** Forgets the file and all that was found. */
export function forget(): void {
  worker?.terminate();
  worker = null;
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

async function give(wanted: Wanted[]): Promise<void> {
  const asked = worker;
  const get = ({ name, pack }: Wanted) => (pack ? files.pack(pack) : files.asset(name)).catch(() => null);
  const given = await Promise.all(wanted.map(async (each) => ({ ...each, bytes: await get(each) })));
  if (worker === asked) send({ kind: "files", files: given });
}

function receive(message: FromWorker): void {
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
      void give(message.wanted);
      break;
    case "step": {
      const { step } = message;
      for (const row of step.found) gathered.push(row);
      batch(() => {
        rows.value += step.rows;
        if (step.rows > 0) share.value = step.share;
        unclosed.value = step.unclosed;
        seconds.value = (performance.now() - begun) / 1000;
        if (step.done || performance.now() - sorted > SORT_MS) {
          sort();
          sorted = performance.now();
        }
        if (step.done) {
          share.value = 1;
          state.value = "done";
          worker?.terminate();
          worker = null;
        }
      });
    }
  }
}

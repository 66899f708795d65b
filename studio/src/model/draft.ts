// Drafts: every document that was edited is kept in this browser, so that a crash or a closed tab
// loses nothing. A draft goes once its document is published or discarded.

import { effect, signal } from "@preact/signals";
import { printDocument } from "./document.ts";
import { LOCKED, nodes } from "./layer.ts";
import { changeLayers } from "./layer.ts";
import { doc, isOpen, open, type Origin, origin } from "./store.ts";

export interface Draft {
  /** What it is stored under. */
  name: string;
  origin: Origin;
  title: string;
  text: string;
  /** Paths of the locked layers. */
  locked: string[];
  savedAt: number;
}

const PREFIX = "monogram-draft:";

/** Milliseconds after an edit until it is stored. */
const DELAY_MS = 300;

export const saved = signal<"saved" | "saving" | "failed">("saved");

/** The name of the open document's draft. */
let current = "";
let pristine = "";
let timer = 0;

export function drafts(): Draft[] {
  const found: Draft[] = [];
  for (let index = 0; index < localStorage.length; index += 1) {
    const name = localStorage.key(index);
    if (!name?.startsWith(PREFIX)) continue;
    try {
      found.push({ ...JSON.parse(localStorage.getItem(name) ?? ""), name });
    } catch {
      // What cannot be read was not written by this version.
    }
  }
  return found.sort((one, two) => two.savedAt - one.savedAt);
}

export function discard(name: string): void {
  localStorage.removeItem(name);
}

const newName = (): string => `${PREFIX}${crypto.randomUUID()}`;

/** Lets go of the draft that this tab holds. */
let release = (): void => {};

/**
 * Holds the open draft as long as this tab has it open, so that two tabs never write to the same one.
 * Where another tab holds it, this one goes on with a copy, and `taken` is called.
 */
function hold(taken: () => void): void {
  release();
  const name = current;
  // An old browser, or a page without TLS, has no locks.
  void navigator.locks?.request(name, { ifAvailable: true }, (lock) => {
    if (current !== name) return undefined;
    if (lock) return new Promise<void>((done) => (release = done));
    current = newName();
    remember(origin.peek());
    hold(taken);
    store();
    taken();
    return undefined;
  });
}

/** Opens a document that is not a draft yet. */
export function begin(text: string, from: Origin): void {
  store();
  open(text, from);
  current = newName();
  hold(() => {});
  pristine = printDocument(doc.peek());
  remember(from);
}

/** Opens a draft; `taken` is called if it is open in another tab, and this tab has a copy. */
export function resume(draft: Draft, taken: () => void): void {
  store();
  open(draft.text, draft.origin);
  current = draft.name;
  hold(taken);
  const locked = new Set(nodes(doc.peek()).flatMap((node) => (draft.locked.includes(node.path) ? [node.uid] : [])));
  if (locked.size > 0) doc.value = changeLayers(doc.peek(), locked, (layer) => ({ ...layer, [LOCKED]: true }));
  pristine = "";
  remember(draft.origin);
}

/** The name of the draft that is open, for [`published`]. */
export const openDraft = (): string => current;

/**
 * The document of a draft is published, as `text`: without later edits it is no draft any more.
 * Meanwhile another document may have been opened.
 */
export function published(name: string, next: Origin, text: string): void {
  if (name !== current) {
    localStorage.removeItem(name);
    return;
  }
  origin.value = next;
  pristine = text;
  store();
  remember(next);
}

/** After a reload, the tab shows the same document again. */
function remember({ id, revision }: Origin): void {
  sessionStorage.setItem("monogram-open", JSON.stringify({ draft: current, id, revision, base: origin.peek().base }));
}

/** Resumes what this tab had open before it was reloaded or had crashed. */
export function resumeTab(taken: () => void): boolean {
  try {
    const { draft, id, revision, base } = JSON.parse(sessionStorage.getItem("monogram-open") ?? "{}");
    const found = drafts().find((each) => each.name === draft);
    if (found) resume(found, taken);
    else if (base) {
      begin(base, { id, revision, base });
    } else return false;
    return true;
  } catch {
    return false;
  }
}

export function leave(): void {
  store();
  release();
  sessionStorage.removeItem("monogram-open");
  isOpen.value = false;
}

/** Stores what was edited since the last time. */
function store(): void {
  clearTimeout(timer);
  if (!isOpen.peek() || !current) return;
  const text = printDocument(doc.peek());
  if (text === pristine) {
    localStorage.removeItem(current);
    saved.value = "saved";
    return;
  }
  const locked = nodes(doc.peek()).flatMap((node) => (node.layer[LOCKED] ? [node.path] : []));
  const draft: Omit<Draft, "name"> = { origin: origin.peek(), title: doc.peek().title ?? "", text, locked, savedAt: Date.now() };
  try {
    localStorage.setItem(current, JSON.stringify(draft));
    saved.value = "saved";
  } catch {
    saved.value = "failed";
  }
}

/** Begins to keep drafts. */
export function startDrafts(): void {
  effect(() => {
    void doc.value;
    if (!isOpen.value) return;
    saved.value = "saving";
    clearTimeout(timer);
    timer = window.setTimeout(store, DELAY_MS);
  });
  window.addEventListener("pagehide", store);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && store());
}

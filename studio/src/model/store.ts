// The state of the editor: the document, the selection, the values that it is shown with.

import { batch, computed, signal } from "@preact/signals";
import { History } from "./history.ts";
import { type Doc, type Node, nodes, numbered, type Uid } from "./layer.ts";
import { emptyDocument, parseDocument } from "./document.ts";

/** Where the document comes from and goes to. */
export interface Origin {
  /** The template's id; empty for one that was never saved. */
  id: string;
  /** The revision that it was made from; null for a new template. */
  revision: number | null;
  /** The document of that revision, as text, to tell what changed. */
  base: string | null;
}

const first = emptyDocument(1200, 630);

export const doc = signal<Doc>(first);
export const selection = signal<readonly Uid[]>([]);
export const origin = signal<Origin>({ id: "", revision: null, base: null });
/** The case whose values the canvas shows: "example", one of the worst cases, or "own". */
export const caseName = signal("example");
/** The query of that case, but for the example, which is the document's own. */
export const typedQuery = signal("");
/** Whether a document is open; before that, the start page is shown. */
export const isOpen = signal(false);
/** A document whose edit is under way (a drag): shown, and no step of the history yet. */
export const preview = signal<Doc | null>(null);

const history = new History({ doc: first, selection: [], label: "" });
const steps = signal(0);

/** What the canvas shows. */
export const shown = computed(() => preview.value ?? doc.value);
/** The query whose values the canvas shows. */
export const query = computed(() => (caseName.value === "example" ? exampleQuery(shown.value) : typedQuery.value));
export const tree = computed(() => nodes(shown.value));
export const byUid = computed(() => new Map(tree.value.map((node) => [node.uid, node])));
export const byPath = computed(() => new Map(tree.value.map((node) => [node.path, node])));
export const selected = computed(() => selection.value.flatMap((uid) => byUid.value.get(uid) ?? []));
export const undoLabel = computed(() => (steps.value >= 0 ? history.undoLabel : null));
export const redoLabel = computed(() => (steps.value >= 0 ? history.redoLabel : null));

/** The selected layers that are in no other selected layer. */
export const topSelected = computed(() => {
  const chosen = new Set(selection.value);
  const isInside = (node: Node): boolean => {
    for (let parent = node.parent; parent; parent = parent.parent) if (chosen.has(parent.uid)) return true;
    return false;
  };
  return selected.value.filter((node) => !isInside(node));
});

export interface EditOptions {
  /** Edits of one kind that follow each other soon are undone as one: `"nudge"`. */
  merge?: string;
  /** What is selected afterwards. */
  select?: readonly Uid[];
}

/** Changes the document, as a step that can be undone. */
export function edit(label: string, change: (doc: Doc) => Doc, options: EditOptions = {}): void {
  const next = change(doc.peek());
  batch(() => {
    preview.value = null;
    if (options.select) selection.value = options.select;
    if (next === doc.peek()) return;
    doc.value = next;
    history.push({ doc: next, selection: selection.peek(), label }, options.merge ?? null, Date.now());
    steps.value += 1;
  });
}

/** Ends the merging of edits: what follows is a step of its own. */
export function settle(): void {
  history.settle();
}

export function select(uids: readonly Uid[]): void {
  selection.value = uids;
  history.select(uids);
}

function show(step: { doc: Doc; selection: readonly Uid[] } | null): void {
  if (!step) return;
  batch(() => {
    preview.value = null;
    doc.value = step.doc;
    selection.value = step.selection;
    steps.value += 1;
  });
}

export function undo(): void {
  show(history.undo());
}

export function redo(): void {
  show(history.redo());
}

/** Opens a document, and forgets the one before it. */
export function open(text: string, from: Origin): void {
  const next = numbered(parseDocument(text));
  batch(() => {
    preview.value = null;
    doc.value = next;
    selection.value = [];
    origin.value = from;
    caseName.value = "example";
    history.reset({ doc: next, selection: [], label: "" });
    steps.value += 1;
    isOpen.value = true;
  });
}

/** The query that gives every param its example, or else its default. */
export function exampleQuery(document: Pick<Doc, "params">): string {
  const query = new URLSearchParams();
  for (const [name, param] of Object.entries(document.params ?? {}).sort(([one], [two]) => (one < two ? -1 : 1))) {
    const value = param.example ?? param.default;
    if (value !== undefined) query.set(name, typeof value === "object" ? JSON.stringify(value) : String(value));
  }
  return query.toString();
}

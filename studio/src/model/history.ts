// Undo and redo: the documents before and after each edit.
//
// Documents share all parts that an edit left alone, so that a step costs little memory.

import type { Doc, Uid } from "./layer.ts";

export interface Step {
  doc: Doc;
  selection: readonly Uid[];
  /** What was done, for people: "Move". */
  label: string;
}

/** Steps that are kept: the oldest are forgotten first. */
const MOST_STEPS = 500;

/** Milliseconds within which edits of one kind are one step: a slider, arrow keys. */
const MERGE_MS = 1_000;

export class History {
  private readonly steps: Step[] = [];
  private at = -1;
  private mergeKey: string | null = null;
  private mergedAt = 0;

  constructor(first: Step) {
    this.reset(first);
  }

  /** Forgets everything, and begins with this step. */
  reset(first: Step): void {
    this.steps.splice(0, this.steps.length, first);
    this.at = 0;
    this.mergeKey = null;
  }

  get current(): Step {
    const step = this.steps[this.at];
    if (!step) throw new Error("a history has a step");
    return step;
  }

  /** What would be undone, in words; null if there is nothing. */
  get undoLabel(): string | null {
    return this.at > 0 ? this.current.label : null;
  }

  get redoLabel(): string | null {
    return this.steps[this.at + 1]?.label ?? null;
  }

  /**
   * Adds a step. With the `key` of the step before it, and soon after that one, it takes that one's
   * place: what is undone is then both.
   */
  push(step: Step, key: string | null, now: number): void {
    const merges = key !== null && key === this.mergeKey && now - this.mergedAt < MERGE_MS && this.at > 0;
    this.steps.splice(merges ? this.at : this.at + 1);
    this.steps.push(step);
    if (this.steps.length > MOST_STEPS) this.steps.shift();
    this.at = this.steps.length - 1;
    this.mergeKey = key;
    this.mergedAt = now;
  }

  /** Ends the merging: the next step is one of its own. */
  settle(): void {
    this.mergeKey = null;
  }

  /** Remembers the selection with the current step. */
  select(selection: readonly Uid[]): void {
    this.steps[this.at] = { ...this.current, selection };
  }

  /** The step before; null if this is the first. */
  undo(): Step | null {
    if (this.at <= 0) return null;
    this.at -= 1;
    this.mergeKey = null;
    return this.current;
  }

  redo(): Step | null {
    if (this.at >= this.steps.length - 1) return null;
    this.at += 1;
    this.mergeKey = null;
    return this.current;
  }
}

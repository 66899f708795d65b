// What the page and the worker that checks an audience say to each other.

/** A name in a query, and the column that fills it. */
export type Column = [name: string, index: number];

export interface Trouble {
  reason: string;
  where: string;
  what: string;
}

/** A row with something to say about. */
export interface Found {
  /** Of the file, from 1. */
  line: number;
  query: string;
  /** Higher is worse. */
  score: number;
  is_trouble: boolean;
  troubles: Trouble[];
}

export interface Opened {
  header: string[];
  first: string[];
  columns: Column[];
}

export interface Step {
  rows: number;
  found: Found[];
  /** Of the file, 0 to 1. */
  share: number;
  done: boolean;
  unclosed: number | null;
}

/** A file that a row needs; a pack has the name of its file too. */
export interface Wanted {
  name: string;
  pack: string | null;
}

export type ToWorker =
  | { kind: "open"; bytes: ArrayBuffer; document: string }
  | { kind: "begin"; document: string; columns: Column[]; least: number; part: number; parts: number }
  | { kind: "files"; files: (Wanted & { bytes: Uint8Array | null })[] };

export type FromWorker =
  | { kind: "opened"; opened: Opened; reasons: [string, string][] }
  | { kind: "failed"; message: string }
  | { kind: "wants"; wanted: Wanted[] }
  | { kind: "step"; step: Step };

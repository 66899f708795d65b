// Batches of the management API: a picture for each row of a file.

import { ApiError, call } from "./api.ts";

export type Format = "png" | "jpg" | "webp" | "gif";

/** A row that failed; both numbers from 1. */
export interface Failure {
  row: number;
  line: number;
  why: string;
}

export interface Batch {
  id: string;
  /** Its template. */
  target: string;
  state: "running" | "done" | "cancelled";
  rows: number;
  /** Rows that are done, the failed ones too. */
  done: number;
  failed: number;
  /** Rows in a second. */
  rate: number;
  seconds_left: number | null;
  /** The first hundred rows that failed. */
  failures: Failure[];
  /** Paths of the ZIPs, once it is done. */
  zips: string[];
}

const batch = async (response: Response): Promise<Batch> => ({ failures: [], zips: [], ...(await response.json()) });

/** Whether the key may make batches; if not, the error says why. */
export async function checkAccess(): Promise<void> {
  await call("GET", "/v1/batches?limit=1");
}

/** Begins a batch of a file. A call that is sent again with the same `once` begins no second one. */
export async function make(query: URLSearchParams, file: ArrayBuffer, once: string): Promise<Batch> {
  const headers = { "Content-Type": "text/csv", "Idempotency-Key": once };
  const begun: { id: string; rows: number } = await (await call("POST", `/v1/batches?${query}`, { body: file, headers })).json();
  return { id: begun.id, target: query.get("template") ?? "", state: "running", rows: begun.rows, done: 0, failed: 0, rate: 0, seconds_left: null, failures: [], zips: [] };
}

export async function read(id: string): Promise<Batch> {
  return batch(await call("GET", `/v1/batches/${id}`));
}

/** Draws the failed rows once more. */
export async function retry(id: string): Promise<Batch> {
  return batch(await call("POST", `/v1/batches/${id}/retry`));
}

/** Ends a batch that runs. The same call deletes one that has ended, so that is asked first. */
export async function cancel(id: string): Promise<Batch> {
  const now = await read(id);
  if (now.state !== "running") return now;
  const response = await call("DELETE", `/v1/batches/${id}`);
  if (response.status === 204) throw new ApiError({ status: 404, code: "unknown-job", detail: "The batch ended at the moment in which you cancelled it, and was deleted", remedy: "draw it again" });
  return batch(response);
}

/** A file of a batch, whole. */
export async function download(path: string): Promise<Blob> {
  const response = await call("GET", path);
  try {
    return await response.blob();
  } catch {
    throw new ApiError({ status: 0, code: "cut-short", detail: "The download was cut short", remedy: "try again" });
  }
}

// Calls of the management API, with the key of this tab.

import { key } from "./session.ts";

/** An error of the API, as RFC 9457 has it. */
export interface Problem {
  status: number;
  code: string;
  detail: string;
  field?: string;
  remedy?: string;
}

export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(`${problem.field ? `${problem.field}: ` : ""}${problem.detail}${problem.remedy ? ` (${problem.remedy})` : ""}`);
    this.problem = problem;
  }
}

export interface Published {
  id: string;
  revision: number;
  warnings: unknown[];
  url: string;
}

export interface Listed {
  id: string;
  revision: number;
  title: string | null;
  changed: string;
}

export interface Revision {
  revision: number;
  live: boolean;
  made: string;
  kid: number;
  bytes: number;
  rollback_of?: number | null;
}

export interface Sender {
  id: string;
  name: string;
}

/** Makes a call. Anything but a success is an [`ApiError`]. */
export async function call(method: string, path: string, options: { body?: BodyInit; headers?: Record<string, string> } = {}): Promise<Response> {
  const headers: Record<string, string> = { ...options.headers };
  if (key.peek()) headers["Authorization"] = `Bearer ${key.peek()}`;
  let response: Response;
  try {
    response = await fetch(path, { method, headers, ...(options.body !== undefined && { body: options.body }) });
  } catch {
    throw new ApiError({ status: 0, code: "offline", detail: "The deployment does not answer", remedy: "check the network, and try again" });
  }
  if (response.ok) return response;
  let problem: Problem = { status: response.status, code: "failed", detail: `The deployment answered ${response.status}` };
  try {
    problem = { ...problem, ...(await response.json()), status: response.status };
  } catch {
    // The status says enough.
  }
  throw new ApiError(problem);
}

const json = (value: unknown): { body: string; headers: Record<string, string> } => ({ body: JSON.stringify(value), headers: { "Content-Type": "application/json" } });

/** Publishes a document over the revision that it was made from; over none, it is new. */
export async function publish(id: string, text: string, over: number | null): Promise<Published> {
  const condition = over === null ? { "If-None-Match": "*" } : { "If-Match": `"${over}"` };
  return (await call("PUT", `/v1/templates/${id}`, { body: text, headers: { "Content-Type": "application/json", ...condition } })).json();
}

/** A template's document, and its revision. */
export async function read(id: string, revision?: number): Promise<{ text: string; revision: number }> {
  const response = await call("GET", `/v1/templates/${id}${revision ? `?revision=${revision}` : ""}`);
  const tag = /"(\d+)"/.exec(response.headers.get("ETag") ?? "")?.[1];
  return { text: await response.text(), revision: Number(tag ?? revision ?? 0) };
}

export async function list(): Promise<Listed[]> {
  const found: Listed[] = [];
  let cursor = "";
  // Ten pages are a thousand templates.
  for (let page = 0; page < 10; page += 1) {
    const answer = await (await call("GET", `/v1/templates?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)).json();
    found.push(...answer.items);
    cursor = answer.cursor ?? "";
    if (!cursor) break;
  }
  return found;
}

export async function revisions(id: string): Promise<Revision[]> {
  return (await (await call("GET", `/v1/templates/${id}/revisions?limit=50`)).json()).items;
}

export async function rollback(id: string, revision: number, live: number): Promise<Published> {
  const { body, headers } = json({ revision });
  return (await call("POST", `/v1/templates/${id}/rollback`, { body, headers: { ...headers, "If-Match": `"${live}"` } })).json();
}

export async function putAsset(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  await call("PUT", `/v1/assets/${name}`, { body: bytes, headers: { "Content-Type": "application/octet-stream" } });
}

/** Names of the uploaded fonts that the key may read: `acme/Brand Sans/700`. */
export async function listFonts(): Promise<string[]> {
  const answer: { items: { name: string }[] } = await (await call("GET", "/v1/fonts?limit=100")).json();
  return answer.items.map(({ name }) => name);
}

export async function senders(): Promise<Sender[]> {
  const answer = await (await call("GET", "/v1/senders")).json();
  return Array.isArray(answer) ? answer : (answer.senders ?? answer.items ?? []);
}

export interface Snippet {
  html: string;
  notes: string[];
}

/** The `<img>` for a sender: of a public template, or signed. */
export async function snippet(id: string, isPublic: boolean, sender: string, params: string[], width: number): Promise<Snippet> {
  if (isPublic) {
    return (await call("GET", `/v1/snippet/${id}?esp=${encodeURIComponent(sender)}&_w=${width}&_dpr=2`)).json();
  }
  const { body, headers } = json({ template: id, sender, open: params, width, dpr: 2 });
  const signed = await (await call("POST", "/v1/sign", { body, headers })).json();
  return { html: signed.html ?? "", notes: [`Signed; valid until ${new Date(signed.expires).toLocaleDateString()}.`] };
}

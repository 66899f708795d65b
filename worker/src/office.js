// Loads the module of records, batches and the check of emails (office/) when a request or a message is for it: an isolate
// that draws pictures alone pays nothing for it.

import { __wbg_reset_state, fetch, initSync, tick, work } from "monogram:office"; // its glue; see tools/office

/** The paths that it answers. */
const PATHS = /^https?:\/\/[^/]+\/v1\/(?:records|imports|batches|warm|lint)(?:[/?#]|$)/;

/** Seconds after which a message is sent again whose work ended the instance. */
const PAUSE_S = 10;

let isLoaded = false;
let isDead = false;

async function load() {
  if (!isLoaded) initSync({ module: (await import("./office.wasm")).default });
  else if (isDead) __wbg_reset_state();
  isLoaded = true;
  isDead = false;
}

/** An instance has ended, perhaps this one: it is made anew before it is used again. */
export function died() {
  isDead = isLoaded;
}

/** Whether a URL is for this module. */
export const answers = (url) => PATHS.test(url);

/**
 * Answers a request.
 *
 * @param {(path: string, kid?: number) => Promise<[number, string, Uint8Array]>} draw
 *   the status, the headers and the body of the picture at a path, drawn for an API key
 */
export async function answer(request, env, ctx, draw) {
  await load();
  return fetch(request, env, ctx, draw);
}

/** Does the work of the messages of a batch, one after the other. */
export async function queue(batch, env, draw, guarded) {
  for (const message of batch.messages) {
    let pause = PAUSE_S;
    try {
      await load();
      pause = await guarded(work(message.body, env, draw));
    } catch {
      // The panic hook has logged where it was.
    }
    if (pause > 0) message.retry({ delaySeconds: pause });
    else message.ack();
  }
}

/** Sends again what was lost, and deletes what has had its time. */
export async function scheduled(env, guarded) {
  await load();
  await guarded(tick(env));
}

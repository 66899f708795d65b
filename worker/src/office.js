// Loads the module that answers without drawing (office/: the API, records, batches) when a request or a message is for it:
// an isolate that draws pictures alone pays nothing for it.

import { __wbg_reset_state, explain as mistake, fetch, initSync, tick, work } from "monogram:office"; // its glue; see tools/office

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

/**
 * Answers a request; with nothing if it is for the module that draws.
 *
 * @param {object} renderer what is asked of that module; see guard.js
 * @returns {Promise<Response | undefined>}
 */
export async function answer(request, env, ctx, renderer) {
  await load();
  return fetch(request, env, ctx, renderer);
}

/**
 * What the author of a document with a mistake meant.
 *
 * @returns {Promise<string | undefined>} its place, what is wrong, and the remedy, as JSON
 */
export async function explain(document) {
  await load();
  return mistake(document);
}

/** Does the work of the messages of a batch, one after the other. */
export async function queue(batch, env, renderer, guarded) {
  for (const message of batch.messages) {
    let pause = PAUSE_S;
    try {
      await load();
      pause = await guarded(work(message.body, env, renderer));
    } catch {
      // The panic hook has logged where it was.
    }
    if (pause > 0) message.retry({ delaySeconds: pause });
    else message.ack();
  }
}

/** Brings KV up to date, sends again what was lost, and deletes what has had its time. */
export async function scheduled(env, guarded) {
  await load();
  await guarded(tick(env));
}

// The Worker starts in workerd, and answers.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startWorker } from "./harness.mjs";

let worker;
before(async () => {
  worker = await startWorker();
});
after(() => worker?.dispose());

test("it answers over HTTP", async () => {
  const response = await worker.fetch("/healthz");
  assert.equal(response.status, 200);
  await response.arrayBuffer();
});

// Starts Studio: the page first, the renderer beside it.

import { render } from "preact";
import { App } from "./app.tsx";
import { start } from "./engine/live.ts";
import { Renderer } from "./engine/renderer.ts";
import { files } from "./engine/files.ts";
import { startDrafts } from "./model/draft.ts";
import { say } from "./ui/toast.tsx";

const root = document.getElementById("studio");
if (root) {
  root.replaceChildren();
  render(<App />, root);
}
startDrafts();

Renderer.load(new URL("core.wasm", import.meta.url), files).then(start, (error: unknown) => {
  say(`The renderer could not be loaded: ${error instanceof Error ? error.message : error}. Reload the page.`, "error");
});

// The page: the start, or the editor with its bars, panels and the stage.

import { lazy, Suspense } from "preact/compat";
import { useEffect } from "preact/hooks";
import { showsCode } from "./app_state.ts";
import { isTyping, Stage } from "./canvas/stage.tsx";
import { pasteText, runKey, step } from "./commands.ts";
import { Families } from "./controls/scalar.tsx";
import { isOpen } from "./model/store.ts";
import { Data } from "./panels/data.tsx";
import { Layers } from "./panels/layers.tsx";
import { Params } from "./panels/params.tsx";
import { Problems } from "./panels/problems.tsx";
import { Properties } from "./panels/properties.tsx";
import { Dialogs } from "./publish/dialogs.tsx";
import { Start } from "./start/start.tsx";
import { Menus } from "./ui/menu.tsx";
import { Tabs } from "./ui/tabs.tsx";
import { Toasts } from "./ui/toast.tsx";
import { TopBar } from "./topbar.tsx";
import { addFiles } from "./upload.ts";

const Code = lazy(() => import("./panels/code.tsx"));

function onKey(event: KeyboardEvent): void {
  if (!isOpen.peek() || event.defaultPrevented) return;
  const target = event.target;
  if (isTyping(target) || document.querySelector("dialog[open], .menu")) {
    // Undo in a field that was just typed into is the browser's own.
    const isUndo = (event.ctrlKey || event.metaKey) && /^[zy]$/i.test(event.key);
    const isClean = target instanceof HTMLInputElement && target.dataset["typed"] === undefined;
    if (isUndo && isClean && runKey(event, false)) event.preventDefault();
    return;
  }
  const onCanvas = target instanceof HTMLElement && (target.closest(".stage") !== null || target === document.body);
  if (onCanvas && event.key === "Tab" && target.closest(".stage") && !event.ctrlKey && !event.altKey) {
    // Tab walks through the layers, and leaves the canvas behind the last one.
    const moved = step(event.shiftKey ? -1 : 1);
    if (moved) event.preventDefault();
    return;
  }
  if (!onCanvas && (event.key === "Enter" || event.key === " " || event.key.startsWith("Arrow"))) return;
  if (runKey(event, onCanvas)) event.preventDefault();
}

/** Marks a field that holds what is not stored yet. */
function onInput(event: Event): void {
  if (event.target instanceof HTMLInputElement) event.target.dataset["typed"] = "";
}

function onStored(event: Event): void {
  if (event.target instanceof HTMLInputElement) delete event.target.dataset["typed"];
}

function onPaste(event: ClipboardEvent): void {
  if (!isOpen.peek() || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const files = [...(event.clipboardData?.files ?? [])];
  if (files.length > 0) void addFiles(files, null);
  else pasteText(event.clipboardData?.getData("text/plain") ?? "");
  event.preventDefault();
}

export function App() {
  useEffect(() => {
    window.addEventListener("keydown", onKey);
    window.addEventListener("paste", onPaste);
    window.addEventListener("input", onInput, true);
    window.addEventListener("change", onStored, true);
    window.addEventListener("focusout", onStored, true);
    return () => {
      window.removeEventListener("keydown", onKey);
      window.removeEventListener("paste", onPaste);
      window.removeEventListener("input", onInput, true);
      window.removeEventListener("change", onStored, true);
      window.removeEventListener("focusout", onStored, true);
    };
  }, []);
  return (
    <>
      {isOpen.value ? <Editor /> : <Start />}
      <Families />
      <Dialogs />
      <Menus />
      <Toasts />
    </>
  );
}

function Editor() {
  return (
    <div class={`editor ${showsCode.value ? "with-code" : ""}`}>
      <TopBar />
      <aside class="left" aria-label="Structure">
        <Tabs label="Structure" tabs={[["Layers", Layers], ["Params", Params]]} />
      </aside>
      <main>
        <Stage />
        <Problems />
        <Data />
      </main>
      {showsCode.value && (
        <Suspense fallback={<div class="code loading">Loading the editor…</div>}>
          <Code />
        </Suspense>
      )}
      <aside class="right" aria-label="Inspector">
        <Properties />
      </aside>
      <p class="too-small">Editing wants a larger screen. Here you can see the template and try values.</p>
    </div>
  );
}

// The text of a layer, edited beside its box while the canvas shows it as it will be sent. A
// `{{ param }}` is a chip with its present value.

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { placedByPath, report } from "../engine/live.ts";
import { namesIn, pieces } from "../model/expression.ts";
import { boundsOf } from "../model/geometry.ts";
import { changeLayers, type Node, withField } from "../model/layer.ts";
import { doc, edit, redo, settle, shown, undo } from "../model/store.ts";
import { MenuButton } from "../ui/menu.tsx";
import { editing } from "./tool.ts";
import { stageSize, toStage } from "./viewport.ts";

/** The elements of a text: words, and a chip for each expression. */
function elementsOf(text: string): (globalThis.Node | string)[] {
  return pieces(text).map(({ kind, source, inner }) => (kind === "text" ? source : chip(source, inner)));
}

function chip(source: string, inner: string): HTMLElement {
  const element = document.createElement("span");
  element.className = "chip";
  element.contentEditable = "false";
  element.dataset["source"] = source;
  element.textContent = inner;
  const [name] = [...namesIn(inner)];
  const value = name ? report.peek()?.params[name]?.value : undefined;
  if (value !== undefined && value !== null) {
    const shownValue = document.createElement("span");
    shownValue.className = "value";
    shownValue.textContent = String(value);
    element.append(shownValue);
  }
  return element;
}

/** The text that the elements stand for. */
function sourceOf(root: globalThis.Node): string {
  let text = "";
  for (const child of root.childNodes) {
    if (child instanceof HTMLElement && child.dataset["source"] !== undefined) text += child.dataset["source"];
    else if (child instanceof HTMLBRElement) text += "\n";
    else if (child.nodeType === globalThis.Node.TEXT_NODE) text += child.textContent ?? "";
    else text += (text && !text.endsWith("\n") ? "\n" : "") + sourceOf(child);
  }
  return text;
}

export function TextEditor({ node }: { node: Node }) {
  const area = useRef<HTMLDivElement>(null);
  /** Where the caret was last, for what the menu inserts. */
  const caret = useRef<Range | null>(null);
  const text = node.layer["text"];
  const isPlain = typeof text === "string";

  const store = (): void => {
    const element = area.current;
    if (!element) return;
    // A trailing line break is one that the browser adds to show the caret.
    const next = sourceOf(element).replace(/\u00a0/g, " ");
    edit("Type", (before) => changeLayers(before, new Set([node.uid]), (layer) => withField(layer, "text", next)), { merge: `type ${node.uid}` });
  };

  useLayoutEffect(() => {
    const element = area.current;
    if (!element || !isPlain) return;
    if (sourceOf(element) !== text) element.replaceChildren(...elementsOf(text));
  }, [text]);

  useEffect(() => {
    const element = area.current;
    if (!element) return;
    settle();
    element.focus({ preventScroll: true });
    getSelection()?.selectAllChildren(element);
    const remember = (): void => {
      const chosen = getSelection();
      const range = chosen?.rangeCount ? chosen.getRangeAt(0) : null;
      if (range && element.contains(range.commonAncestorContainer) && document.activeElement === element) caret.current = range.cloneRange();
    };
    document.addEventListener("selectionchange", remember);
    return () => {
      document.removeEventListener("selectionchange", remember);
      settle();
    };
  }, []);

  const input = (event: InputEvent): void => {
    store();
    // Each word is a step of the history.
    if (event.data === null || /\s/.test(event.data)) settle();
    const source = area.current ? sourceOf(area.current) : "";
    const chips = area.current?.querySelectorAll(".chip").length ?? 0;
    if (pieces(source).filter((piece) => piece.kind === "expression").length !== chips) rebuild(source);
  };

  /** Makes chips of expressions that were typed, and keeps the caret behind them. */
  const rebuild = (source: string): void => {
    const element = area.current;
    if (!element) return;
    element.replaceChildren(...elementsOf(source));
    const last = [...element.querySelectorAll(".chip")].at(-1);
    const range = document.createRange();
    if (last) range.setStartAfter(last);
    else range.selectNodeContents(element);
    range.collapse(true);
    getSelection()?.removeAllRanges();
    getSelection()?.addRange(range);
  };

  const insert = (name: string): void => {
    const element = area.current;
    if (!element) return;
    let range = caret.current;
    element.focus();
    const chosen = getSelection();
    if (!range || !element.contains(range.commonAncestorContainer)) {
      range = document.createRange();
      range.selectNodeContents(element);
      range.collapse(false);
    }
    range.deleteContents();
    const made = chip(`{{ ${name} }}`, name);
    range.insertNode(made);
    range.setStartAfter(made);
    range.collapse(true);
    chosen?.removeAllRanges();
    chosen?.addRange(range);
    settle();
    store();
    settle();
  };

  const key = (event: KeyboardEvent): void => {
    event.stopPropagation();
    const control = event.ctrlKey || event.metaKey;
    if (event.key === "Escape" || (event.key === "Enter" && control)) {
      editing.value = null;
      document.querySelector<HTMLElement>(".stage")?.focus();
    } else if (control && event.key.toLowerCase() === "z") {
      event.preventDefault();
      if (event.shiftKey) redo();
      else undo();
    }
  };

  const placed = placedByPath.value.get(node.path);
  const bounds = placed ? boundsOf(placed.corners.map(toStage)) : { x: 40, y: 40, width: 200, height: 40 };
  const width = Math.max(260, Math.min(560, bounds.width));
  const names = Object.keys(shown.value.params ?? {});
  const left = Math.max(8, Math.min(bounds.x, stageSize.value.width - width - 8));
  const below = bounds.y + bounds.height + 36;
  const top = below + 120 < stageSize.value.height ? below : Math.max(8, Math.min(bounds.y - 132, stageSize.value.height - 140));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only keeps the pointer from the canvas below
    <div class="text-editor" style={{ left: `${left}px`, top: `${top}px`, width: `${width}px` }} onPointerDown={(event) => event.stopPropagation()} onDblClick={(event) => event.stopPropagation()}>
      {isPlain ? (
        // biome-ignore lint/a11y/useSemanticElements: no textarea can have chips
        <div
          ref={area}
          class="editable"
          contentEditable
          role="textbox"
          tabIndex={0}
          aria-multiline="true"
          aria-label="Text of the layer"
          onInput={input}
          onKeyDown={key}
          onPaste={(event) => {
            event.preventDefault();
            document.execCommand("insertText", false, event.clipboardData?.getData("text/plain") ?? "");
          }}
        />
      ) : (
        <p class="note">This text has runs of several looks. Edit each of them under Properties, Text.</p>
      )}
      <div class="bar">
        {isPlain && names.length > 0 && (
          <MenuButton className="button" title="Insert a param" items={() => names.map((name) => ({ label: name, hint: hintOf(name), run: () => insert(name) }))}>
            Insert param
          </MenuButton>
        )}
        <span class="note">[…] shows only with its values</span>
        <button type="button" class="button primary" onClick={() => (editing.value = null)}>
          Done
        </button>
      </div>
    </div>
  );
}

/** What a param is now, for the menu. */
function hintOf(name: string): string {
  const value = report.peek()?.params[name]?.value ?? doc.peek().params?.[name]?.example;
  return value === undefined || value === null ? "missing" : String(value).slice(0, 24);
}

// The bar above everything: file, tools, zoom, undo, JSON, publish.

import { showsCode } from "./app_state.ts";
import { add, type Inserted, newLayer, tool, type Tool } from "./canvas/tool.ts";
import { zoom } from "./canvas/viewport.ts";
import { command, keysText, menuItem } from "./commands.ts";
import { mistake } from "./engine/live.ts";
import { printDocument } from "./model/document.ts";
import { leave, saved } from "./model/draft.ts";
import { withType } from "./model/param.ts";
import { doc, edit, origin, redoLabel, shown, undoLabel } from "./model/store.ts";
import { dialog } from "./publish/session.ts";
import { Icon } from "./ui/icon.tsx";
import { MenuButton } from "./ui/menu.tsx";
import { save } from "./ui/save.ts";
import { pickFiles } from "./upload.ts";

const TOOLS: Tool[] = ["select", "hand", "rect", "ellipse", "line", "text"];

function ToolButton({ kind }: { kind: Tool }) {
  const { label, keys, run } = command(`tool-${kind}`);
  return (
    <button type="button" class={`icon ${tool.value === kind ? "chosen" : ""}`} aria-pressed={tool.value === kind} aria-label={label} title={`${label} (${keysText(keys)})`} onClick={run}>
      <Icon name={kind} />
    </button>
  );
}

function Action({ id }: { id: "undo" | "redo" }) {
  const { label, keys, isEnabled, run } = command(id);
  const what = id === "undo" ? undoLabel.value : redoLabel.value;
  return (
    <button type="button" class="icon" aria-label={label} title={`${label}${what ? ` ${what.toLowerCase()}` : ""} (${keysText(keys)})`} disabled={!isEnabled?.()} onClick={run}>
      <Icon name={id} />
    </button>
  );
}

export function download(name: string, text: string): void {
  save(name, new Blob([text], { type: "application/json" }));
}

const MORE_LAYERS: [Inserted, string][] = [
  ["qr", "QR code"],
  ["barcode", "Barcode"],
  ["rating", "Rating in stars"],
  ["progress", "Progress"],
  ["path", "Path"],
  ["icon", "Icon"],
  ["bubble", "Speech bubble"],
  ["frame", "Frame of a browser"],
  ["wrap", "Stack that wraps"],
  ["grid", "Grid"],
  ["chart", "Chart"],
  ["table", "Table of a list"],
  ["repeat", "Repeat for each item of a list"],
];

/** Adds a layer; a repeat and a table need a list, which is declared with it. */
function insertLayer(kind: Inserted): void {
  if ((kind === "repeat" || kind === "table") && !Object.values(doc.peek().params ?? {}).some((param) => param.type === "list")) {
    let name = "items";
    for (let count = 2; name in (doc.peek().params ?? {}); count += 1) name = `items${count}`;
    edit("Add a list", (before) => ({ ...before, params: { ...before.params, [name]: withType({ type: "list" }, "list") } }));
  }
  add(newLayer(kind, null));
}

const ZOOMS = ["zoom-in", "zoom-out", "zoom-100", "zoom-fit", "zoom-selection"];

export function TopBar() {
  const name = origin.value.id || "Not published";
  return (
    <header class="topbar">
      <h1 class="visually-hidden">Monogram Studio</h1>
      <div class="side">
        <MenuButton
          className="icon"
          title="Menu"
          items={() => [
            { label: "All templates", run: leave },
            { label: "Download JSON", run: () => download(`${(origin.peek().id || doc.peek().title || "template").replace(/[^\w-]+/g, "-")}.json`, printDocument(doc.peek())) },
            { label: "Check an audience…", run: () => (dialog.value = "audience") },
            { label: "Snippet for an email…", disabled: !origin.peek().id, run: () => (dialog.value = "snippet") },
            { label: "Revisions…", disabled: !origin.peek().id, run: () => (dialog.value = "revisions") },
            null,
            ...["undo", "redo", "select-all"].map(menuItem),
            null,
            { label: "API key…", run: () => (dialog.value = "key") },
            { label: "Keyboard shortcuts…", run: () => (dialog.value = "keys") },
          ]}
        >
          <Icon name="menu" />
        </MenuButton>
        <input
          class="title"
          type="text"
          aria-label="Title of the template"
          placeholder="Untitled"
          value={shown.value.title ?? ""}
          onInput={(event) => {
            const title = event.currentTarget.value;
            edit("Rename the template", (before) => ("title" in before ? { ...before, title } : { title, ...before }), { merge: "title" });
          }}
        />
        <span class="origin" title={name}>
          {name}
        </span>
        <span class="state" role="status">
          {saved.value === "failed" ? "Draft not saved: this browser's storage is full" : saved.value === "saved" && undoLabel.value ? "Draft saved" : ""}
        </span>
      </div>
      <div class="tools" role="toolbar" aria-label="Tools">
        {TOOLS.map((kind) => (
          <ToolButton key={kind} kind={kind} />
        ))}
        <button type="button" class="icon" aria-label="Add an image" title="Add an image" onClick={pickFiles}>
          <Icon name="image" />
        </button>
        <button type="button" class="icon" aria-label="Add a stack" title="Add a stack (auto layout)" onClick={() => add(newLayer("stack", null))}>
          <Icon name="stack" />
        </button>
        <MenuButton className="icon" title="More layers" items={() => MORE_LAYERS.map(([kind, label]) => ({ label, run: () => insertLayer(kind) }))}>
          <Icon name="plus" />
        </MenuButton>
      </div>
      <div class="side end">
        <Action id="undo" />
        <Action id="redo" />
        <MenuButton className="button quiet zoom" title="Zoom" items={() => ZOOMS.map(menuItem)}>
          {Math.round(zoom.value * 100)} %
        </MenuButton>
        <button type="button" class={`icon ${showsCode.value ? "chosen" : ""}`} aria-pressed={showsCode.value} aria-label="JSON" title="Show the JSON" onClick={() => (showsCode.value = !showsCode.value)}>
          <Icon name="code" />
        </button>
        <button type="button" class="button primary" disabled={mistake.value !== null} onClick={() => (dialog.value = "publish")}>
          Publish
        </button>
      </div>
    </header>
  );
}

// Everything that a key, a menu or a button does to the document.

import { batch } from "@preact/signals";
import { beginCrop, cropping, endCrop, nudgeCrop } from "./canvas/crop.ts";
import { hasPins, leavePin, nextPin, nudgePin } from "./canvas/pins.ts";
import { targetsOf } from "./canvas/hit.ts";
import { add, editing, newLayer, tool, type Tool } from "./canvas/tool.ts";
import { panBy, zoomIn, zoomOut, zoomTo, zoomToFit } from "./canvas/viewport.ts";
import { placedByPath } from "./engine/live.ts";
import { align, type Alignment, boundsOnCanvas, distribute, moveBy } from "./model/arrange.ts";
import { type Placed, type Rect, unionOf } from "./model/geometry.ts";
import { fresh, isContainer, isStack, type Layer, nameOf, type Node, type Uid, uid } from "./model/layer.ts";
import { doc, edit, redo, redoLabel, select, selected, selection, topSelected, tree, undo, undoLabel } from "./model/store.ts";
import { duplicate, insert, isHidden, isLocked, type Order, placeless, remove, reorder, shiftedBy, toggleHidden, toggleLocked, unwrap, wrap } from "./model/structure.ts";
import { insertSvg, isSvgText } from "./svg/open.ts";
import type { MenuItem } from "./ui/menu.tsx";
import { announce } from "./ui/toast.tsx";

export interface Command {
  id: string;
  label: string;
  /** `Mod` is Control, or Command on a Mac. */
  keys?: string;
  /** More keys that do the same. */
  also?: string[];
  isEnabled?: () => boolean;
  run: () => void;
}

const some = (): boolean => selected.value.length > 0;
const several = (least: number) => (): boolean => topSelected.value.length >= least;
const uids = (): Set<Uid> => new Set(topSelected.peek().map((node) => node.uid));

/** Layers in the clipboard of the page, for browsers that give no access to that of the system. */
let clipboard: Layer[] = [];

/** How a text in the system's clipboard says that it is layers. */
const MARK = "monogram-layers";

function copy(): void {
  const layers = topSelected.peek().map((node) => node.layer);
  if (layers.length === 0) return;
  clipboard = layers;
  // Without permission the page's own clipboard has them.
  void navigator.clipboard?.writeText(JSON.stringify({ [MARK]: layers })).catch(() => {});
}

/** The layers in a text, if it has some. */
function layersIn(text: string): Layer[] | null {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json !== "object" || json === null) return null;
    const found = (json as Record<string, unknown>)[MARK] ?? (json as { layers?: unknown }).layers ?? ("type" in json ? [json] : null);
    return Array.isArray(found) && found.every((layer) => typeof layer?.type === "string") ? found : null;
  } catch {
    return null;
  }
}

/** Adds the layers of a text; a text that is no layers becomes one. */
export function pasteText(text: string): void {
  if (isSvgText(text)) {
    void insertSvg(text, "SVG", null);
    return;
  }
  const layers = layersIn(text) ?? (text.trim() ? [{ ...newLayer("text", null), text: text.trim() }] : clipboard);
  const after = topSelected.peek().at(-1);
  const parent = after?.parent ?? null;
  const copies = layers.map((layer) => (isStack(parent?.layer) ? placeless(fresh(layer)) : shiftedBy(fresh(layer), 16, 16)));
  if (copies.length === 0) return;
  const index = after ? after.index + 1 : doc.peek().layers.length;
  edit("Paste", (before) => insert(before, copies, parent?.uid ?? null, index, after?.slot), { select: copies.map(uid) });
}

function removeSelected(): void {
  const gone = topSelected.peek();
  edit(gone.length === 1 ? "Delete" : `Delete ${gone.length} layers`, (before) => remove(before, uids()), { select: [] });
  announce(gone.length === 1 ? "Layer deleted" : `${gone.length} layers deleted`);
}

function group(type: "group" | "stack"): void {
  const nodes = topSelected.peek();
  const [first] = nodes;
  if (!first) return;
  // Layers of several parents come together in that of the frontmost.
  const parent = nodes.at(-1)?.parent?.uid ?? null;
  const siblings = nodes.filter((node) => (node.parent?.uid ?? null) === parent);
  const frame = frameOf(siblings);
  if (!frame) return;
  const frames = new Map(targetsOf(siblings).map(({ node, placed }) => [node.uid, relative(placed)]));
  const made = wrap(doc.peek(), siblings, type, frame, frames);
  edit(type === "group" ? "Group" : "Stack", () => made.doc, { select: [made.uid] });
}

/** A box in the coordinates of the layer that it is in. */
function relative({ box, parent }: Placed): Rect {
  const { width, height } = box;
  return { x: box.x - (parent?.box.x ?? 0), y: box.y - (parent?.box.y ?? 0), width, height };
}

/** The box around siblings, in the coordinates of their parent. */
const frameOf = (nodes: readonly Node[]): Rect | null => unionOf(targetsOf(nodes).map(({ placed }) => relative(placed)));

function ungroup(): void {
  const containers = topSelected.peek().filter((node) => isContainer(node.layer));
  const frames = new Map<Uid, Rect>();
  for (const container of containers) {
    const origin = placedByPath.peek().get(container.path)?.parent?.box ?? { x: 0, y: 0 };
    for (const node of tree.peek()) {
      const box = node.parent?.uid === container.uid ? placedByPath.peek().get(node.path)?.box : undefined;
      if (box) frames.set(node.uid, { x: box.x - origin.x, y: box.y - origin.y, width: box.width, height: box.height });
    }
  }
  const result = unwrap(doc.peek(), containers, frames);
  edit("Ungroup", () => result.doc, { select: result.freed });
}

function arrange(how: Alignment): void {
  edit("Align", (before) => align(before, targetsOf(topSelected.peek()), how));
}

function spread(axis: "x" | "y"): void {
  edit("Distribute", (before) => distribute(before, targetsOf(topSelected.peek()), axis));
}

function order(how: Order): void {
  edit("Change order", (before) => reorder(before, uids(), how));
}

/** Moves the selected layers by arrow keys; in a stack, to the next place. */
function nudge(dx: number, dy: number): void {
  const nodes = topSelected.peek().filter((node) => !isLocked(node));
  const [only] = nodes;
  const stack = only?.parent;
  if (only && stack && isStack(stack.layer)) {
    const along = stack.layer["direction"] === "row" ? dx : dy;
    if (along !== 0) order(along > 0 ? "forward" : "backward");
    return;
  }
  edit("Move", (before) => moveBy(before, targetsOf(nodes), { x: dx, y: dy }), { merge: "nudge" });
  const box = only ? placedByPath.peek().get(only.path)?.box : undefined;
  if (box) announce(`${Math.round(box.x + dx)}, ${Math.round(box.y + dy)}`);
}

function duplicateSelected(): void {
  const result = duplicate(doc.peek(), topSelected.peek(), 16);
  edit("Duplicate", () => result.doc, { select: result.copies });
}

/** Selects the layer after (or before) the selected one. Returns whether there is one. */
export function step(by: 1 | -1): boolean {
  const all = tree.peek();
  const at = all.findIndex((node) => node.uid === selection.peek()[0]);
  const next = at < 0 ? (by > 0 ? all[0] : undefined) : all[at + by];
  select(next ? [next.uid] : []);
  if (next) announce(`${nameOf(next.layer)}, ${next.layer.type}`);
  return next !== undefined;
}

function enter(): void {
  const [only] = topSelected.peek();
  if (!only) return;
  if (only.layer.type === "text") editing.value = only.uid;
  else if (only.layer.type === "image") cropping.peek() ? endCrop() : void beginCrop(only);
  else if (only.layer.children?.[0]) select([uid(only.layer.children[0])]);
}

/** Chooses the corner that arrow keys move. */
function pickCorner(): void {
  const name = nextPin();
  announce(name ? `Arrow keys move the ${name} corner` : "Arrow keys move the layer");
}

function leave(): void {
  const [only] = topSelected.peek();
  if (cropping.peek()) endCrop();
  else if (leavePin()) announce("Arrow keys move the layer");
  else if (tool.peek() !== "select") tool.value = "select";
  else if (only?.parent) select([only.parent.uid]);
  else select([]);
}

function zoomToSelection(): void {
  const frame = unionOf(targetsOf(topSelected.peek()).map(boundsOnCanvas));
  zoomToFit(frame ?? undefined, 8);
}

function selectAll(): void {
  const [only] = topSelected.peek();
  const siblings = tree.peek().filter((node) => (node.parent?.uid ?? null) === (only?.parent?.uid ?? null) && !isLocked(node));
  select(siblings.map((node) => node.uid));
}

const use = (kind: Tool) => (): void => {
  batch(() => {
    tool.value = kind;
    editing.value = null;
  });
};

export const COMMANDS: Command[] = [
  { id: "undo", label: "Undo", keys: "Mod+Z", isEnabled: () => undoLabel.value !== null, run: undo },
  { id: "redo", label: "Redo", keys: "Mod+Shift+Z", also: ["Mod+Y"], isEnabled: () => redoLabel.value !== null, run: redo },
  { id: "copy", label: "Copy", keys: "Mod+C", isEnabled: some, run: copy },
  {
    id: "cut",
    label: "Cut",
    keys: "Mod+X",
    isEnabled: some,
    run: () => {
      copy();
      removeSelected();
    },
  },
  // The key is left to the browser, whose event has the text without a question for permission.
  { id: "paste", label: "Paste", run: () => void (navigator.clipboard?.readText().then(pasteText, () => pasteText("")) ?? pasteText("")) },
  { id: "duplicate", label: "Duplicate", keys: "Mod+D", isEnabled: some, run: duplicateSelected },
  { id: "delete", label: "Delete", keys: "Delete", also: ["Backspace"], isEnabled: some, run: removeSelected },
  { id: "select-all", label: "Select all", keys: "Mod+A", run: selectAll },
  { id: "group", label: "Group", keys: "Mod+G", isEnabled: some, run: () => group("group") },
  { id: "stack", label: "Stack (auto layout)", keys: "Shift+A", isEnabled: some, run: () => group("stack") },
  {
    id: "ungroup",
    label: "Ungroup",
    keys: "Mod+Shift+G",
    isEnabled: () => topSelected.value.some((node) => isContainer(node.layer)),
    run: ungroup,
  },
  { id: "front", label: "Bring to front", keys: "]", isEnabled: some, run: () => order("front") },
  { id: "forward", label: "Bring forward", keys: "Mod+]", isEnabled: some, run: () => order("forward") },
  { id: "backward", label: "Send backward", keys: "Mod+[", isEnabled: some, run: () => order("backward") },
  { id: "back", label: "Send to back", keys: "[", isEnabled: some, run: () => order("back") },
  { id: "hide", label: "Hide or show", keys: "Mod+Shift+H", isEnabled: some, run: () => edit(selected.peek().every(({ layer }) => isHidden(layer)) ? "Show" : "Hide", (before) => toggleHidden(before, selected.peek())) },
  { id: "lock", label: "Lock or unlock", keys: "Mod+Shift+L", isEnabled: some, run: () => edit("Lock", (before) => toggleLocked(before, selected.peek())) },
  { id: "align-left", label: "Align left", keys: "Alt+A", isEnabled: some, run: () => arrange("left") },
  { id: "align-center", label: "Align horizontal centres", keys: "Alt+H", isEnabled: some, run: () => arrange("center") },
  { id: "align-right", label: "Align right", keys: "Alt+D", isEnabled: some, run: () => arrange("right") },
  { id: "align-top", label: "Align top", keys: "Alt+W", isEnabled: some, run: () => arrange("top") },
  { id: "align-middle", label: "Align vertical centres", keys: "Alt+V", isEnabled: some, run: () => arrange("middle") },
  { id: "align-bottom", label: "Align bottom", keys: "Alt+S", isEnabled: some, run: () => arrange("bottom") },
  { id: "distribute-x", label: "Distribute horizontally", keys: "Alt+Shift+H", isEnabled: several(3), run: () => spread("x") },
  { id: "distribute-y", label: "Distribute vertically", keys: "Alt+Shift+V", isEnabled: several(3), run: () => spread("y") },
  { id: "corner", label: "Next corner pin", keys: "C", isEnabled: hasPins, run: pickCorner },
  { id: "zoom-in", label: "Zoom in", keys: "+", also: ["Mod++", "=", "Mod+="], run: zoomIn },
  { id: "zoom-out", label: "Zoom out", keys: "-", also: ["Mod+-"], run: zoomOut },
  { id: "zoom-100", label: "Zoom to 100 %", keys: "Shift+0", also: ["Mod+0"], run: () => zoomTo(1) },
  { id: "zoom-fit", label: "Zoom to fit", keys: "Shift+1", run: () => zoomToFit() },
  { id: "zoom-selection", label: "Zoom to selection", keys: "Shift+2", isEnabled: some, run: zoomToSelection },
  { id: "tool-select", label: "Move tool", keys: "V", run: use("select") },
  { id: "tool-hand", label: "Hand tool", keys: "H", run: use("hand") },
  { id: "tool-rect", label: "Rectangle", keys: "R", run: use("rect") },
  { id: "tool-ellipse", label: "Ellipse", keys: "O", run: use("ellipse") },
  { id: "tool-line", label: "Line", keys: "L", run: use("line") },
  { id: "tool-text", label: "Text", keys: "T", run: use("text") },
  { id: "tool-image", label: "Image", keys: "I", run: use("image") },
  { id: "add-stack", label: "Add a stack", run: () => add(newLayer("stack", null)) },
];

const byId = new Map(COMMANDS.map((command) => [command.id, command]));

export function command(id: string): Command {
  const found = byId.get(id);
  if (!found) throw new Error(`there is no command ${id}`);
  return found;
}

export const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

/** The keys of a command as people of this system write them. */
export function keysText(keys: string | undefined): string | undefined {
  if (!keys) return undefined;
  return isMac ? keys.replace("Mod+", "⌘").replace("Shift+", "⇧").replace("Alt+", "⌥") : keys.replace("Mod+", "Ctrl+");
}

export function menuItem(id: string): MenuItem {
  const { label, keys, isEnabled, run } = command(id);
  const text = keysText(keys);
  return { label, ...(text && { keys: text }), disabled: isEnabled ? !isEnabled() : false, run };
}

/** The context menu of the canvas and of the tree. */
export function contextItems(): (MenuItem | null)[] {
  const ids = ["copy", "cut", "paste", "duplicate", "delete", "", "group", "stack", "ungroup", "", "front", "forward", "backward", "back", "", "hide", "lock"];
  return ids.map((id) => (id ? menuItem(id) : null));
}

/** Px by which an arrow key moves the view. */
const PAN_PX = 40;

const ARROWS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The keys of an event, as commands have them. */
function pressed(event: KeyboardEvent): string {
  // With Alt, some systems write another character than the key has.
  const name = event.altKey && /^Key[A-Z]$/.test(event.code) ? event.code.slice(3) : event.code.startsWith("Digit") && event.shiftKey ? event.code.slice(5) : event.key;
  const key = name.length === 1 ? name.toUpperCase() : name;
  const isLetter = /^[A-Z0-9]$/.test(key) || key.length > 1;
  return `${event.ctrlKey || event.metaKey ? "Mod+" : ""}${event.altKey ? "Alt+" : ""}${event.shiftKey && isLetter ? "Shift+" : ""}${key}`;
}

/** Runs what a key means, on the canvas or anywhere. Returns whether it meant something. */
export function runKey(event: KeyboardEvent, onCanvas: boolean): boolean {
  const keys = pressed(event);
  const arrow = ARROWS[event.key];
  if (onCanvas && arrow && selection.peek().length > 0 && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const by = event.shiftKey ? 10 : 1;
    if (!nudgeCrop(arrow[0] * by, arrow[1] * by) && !nudgePin(arrow[0] * by, arrow[1] * by)) nudge(arrow[0] * by, arrow[1] * by);
    return true;
  }
  if (onCanvas && arrow && selection.peek().length === 0 && !event.ctrlKey && !event.metaKey && !event.altKey) {
    // With nothing to move, the view moves.
    const by = event.shiftKey ? 4 * PAN_PX : PAN_PX;
    panBy(-arrow[0] * by, -arrow[1] * by);
    return true;
  }
  const special = onCanvas ? (keys === "Enter" ? enter : keys === "Escape" ? leave : null) : null;
  if (special) {
    special();
    return true;
  }
  const found = COMMANDS.find((each) => each.keys === keys || each.also?.includes(keys));
  if (!found || (found.isEnabled && !found.isEnabled())) return false;
  found.run();
  return true;
}

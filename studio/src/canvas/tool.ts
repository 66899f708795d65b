// The tool of the pointer, and the layers that tools make.

import { signal } from "@preact/signals";
import type { Rect } from "../model/geometry.ts";
import { isStack, type Layer, newUid, UID, type Uid } from "../model/layer.ts";
import { doc, edit, topSelected } from "../model/store.ts";
import { insert } from "../model/structure.ts";

export type Tool = "select" | "hand" | "rect" | "ellipse" | "line" | "text" | "image";

export const tool = signal<Tool>("select");
/** The text layer that is edited in place. */
export const editing = signal<Uid | null>(null);

/** Layers that are added by a menu. */
export type Inserted = "group" | "stack" | "wrap" | "qr" | "barcode" | "rating" | "progress" | "repeat" | "path" | "grid" | "table" | "chart" | "bubble" | "frame" | "icon";

/** Sizes of new layers that were not drawn, in px. */
const DEFAULT_SIZE = { width: 240, height: 160 };

/** The colour of new shapes: a grey that is seen on white and on black. */
const DEFAULT_FILL = "#d0d4dc";

/** The first list of the params, and the names of its fields. */
function firstList(): [list: string, fields: string[]] {
  const [list, param] = Object.entries(doc.peek().params ?? {}).find(([, each]) => each.type === "list") ?? ["", undefined];
  return [list, Object.keys((param?.["fields"] ?? {}) as object)];
}

/** A new layer of a kind, in a box; without one, in the middle of the canvas. */
export function newLayer(kind: Exclude<Tool, "select" | "hand"> | Inserted, area: Rect | null): Layer {
  const { width, height } = doc.peek();
  const size = { width: Math.min(DEFAULT_SIZE.width, width / 2), height: Math.min(DEFAULT_SIZE.height, height / 2) };
  const box = area ?? { x: Math.round((width - size.width) / 2), y: Math.round((height - size.height) / 2), ...size };
  const place = { x: box.x, y: box.y, width: box.width, height: box.height };
  const base = { [UID]: newUid() };
  switch (kind) {
    case "rect":
    case "ellipse":
      return { type: kind, ...place, fill: DEFAULT_FILL, ...base };
    case "line":
      return { type: "line", ...place, height: area ? box.height : 0, x1: 0, y1: 0, x2: "100%", y2: "100%", stroke: "#14142b", stroke_width: 2, ...base };
    case "text":
      return {
        type: "text",
        text: "Text",
        x: box.x,
        y: box.y,
        width: area ? box.width : Math.min(480, Math.round(width / 2)),
        ...(area && { height: box.height }),
        size: Math.max(12, Math.round(Math.min(width, height) / 14)),
        fill: "#14142b",
        ...base,
      };
    case "image":
      return { type: "image", src: "asset:avatar.png", ...place, fit: "cover", ...base };
    case "group":
      return { type: "group", x: box.x, y: box.y, children: [], ...base };
    case "qr": {
      const side = Math.min(box.width, box.height);
      return { type: "qr", data: "https://example.com", x: box.x, y: box.y, width: side, height: side, ...base };
    }
    case "barcode":
      return { type: "barcode", symbology: "code128", data: "ABC-123", x: box.x, y: box.y, width: box.width, height: Math.min(box.height, 100), ...base };
    case "rating":
      return { type: "rating", value: 4.5, x: box.x, y: box.y, width: Math.min(box.width, 180), ...base };
    case "progress":
      return { type: "progress", value: 60, x: box.x, y: box.y, width: box.width, height: Math.min(box.height, 16), fill: "#5b5bd6", ...base };
    case "path":
      return { type: "path", d: "M0 100 50 0 100 100Z", view_box: [0, 0, 100, 100], ...place, fill: DEFAULT_FILL, ...base };
    case "bubble":
      return { type: "path", shape: "bubble", ...place, fill: DEFAULT_FILL, ...base };
    case "icon":
      return { type: "icon", icon: "calendar", x: box.x, y: box.y, width: 48, fill: "#14142b", ...base };
    case "frame":
      return { type: "frame", frame: "browser", ...place, children: [], ...base };
    case "chart":
      return { type: "chart", items: "[12, 19, 8, 15]", ...place, fill: "#5b5bd6", ...base };
    case "table": {
      const [list, fields] = firstList();
      const columns = fields.length > 0 ? fields.map((field) => ({ header: field, text: `{{ item.${field} }}` })) : [{ text: "{{ item }}" }];
      return { type: "table", items: list, x: box.x, y: box.y, width: box.width, columns, rule: "#d0d4dc", ...base };
    }
    case "grid":
      return { type: "stack", direction: "grid", columns: 3, ...place, gap: 12, padding: 16, fill: "#f1f3f7", children: [], ...base };
    case "wrap":
      return { type: "stack", ...place, direction: "row", wrap: true, gap: 12, padding: 16, fill: "#f1f3f7", children: [], ...base };
    case "repeat": {
      const [list, [field]] = firstList();
      const text = { type: "text", text: field ? `{{ item.${field} }}` : "{{ item }}", size: 24, fill: "#14142b", [UID]: newUid() };
      return { type: "repeat", items: list, ...place, direction: "column", gap: 12, children: [text], ...base };
    }
    case "stack":
      return { type: "stack", ...place, direction: "column", gap: 16, padding: 16, fill: "#f1f3f7", children: [], ...base };
  }
}

const NAMES: Record<string, string> = { rect: "rectangle", ellipse: "ellipse", line: "line", text: "text", image: "image", group: "group", stack: "stack", qr: "QR code", barcode: "barcode", rating: "rating", progress: "progress", repeat: "repeat", path: "path", table: "table", chart: "chart", frame: "frame", icon: "icon" };

/** Adds a layer in front of all others, or into the stack that is selected, and selects it. */
export function add(layer: Layer): void {
  const made = layer[UID] ?? 0;
  const [only] = topSelected.peek();
  const stack = topSelected.peek().length === 1 && only && isStack(only.layer) ? only : null;
  edit(
    `Add ${NAMES[layer.type] ?? layer.type}`,
    (before) => {
      if (!stack) return insert(before, [layer], null, before.layers.length);
      const child = { ...layer };
      delete child["x"];
      delete child["y"];
      return insert(before, [child], stack.uid, stack.layer.children?.length ?? 0);
    },
    { select: [made] },
  );
}

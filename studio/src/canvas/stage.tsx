// The stage: the picture, and the pointer on it.

import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { placedByPath, report, showOn } from "../engine/live.ts";
import { apply, invert, type Point } from "../model/geometry.ts";
import { changeLayers, type Node, withField } from "../model/layer.ts";
import { byUid, edit, select, selection, shown, topSelected } from "../model/store.ts";
import { isLocked } from "../model/structure.ts";
import type { Handle } from "../model/arrange.ts";
import { openMenu } from "../ui/menu.tsx";
import { addFiles } from "../upload.ts";
import { contextItems } from "../commands.ts";
import { beginCrop, cropDrag, cropping, endCrop } from "./crop.ts";
import { type Drag, drawDrag, type Keys, marqueeDrag, moveDrag, resizeDrag, rotateDrag } from "./drag.ts";
import { gradientDrag, gradientLine, isOnLine, withStop } from "./gradient.ts";
import { clickedAt, deeperAt, isInSelection } from "./hit.ts";
import { Overlay } from "./overlay.tsx";
import { TextEditor } from "./text_editor.tsx";
import { pin, pinDrag } from "./pins.ts";
import { add, editing, newLayer, tool } from "./tool.ts";
import { pan, panBy, resizeStage, toCanvas, zoom, zoomTo, zoomToFit } from "./viewport.ts";

/** Px that the pointer moves before a press becomes a drag. */
const DRAG_PX = 3;

/** Px beside the line of a gradient at which a double click still means it. */
const LINE_PX = 8;

/** Whether the space bar is held: the pointer then moves the view. */
let space = false;

interface Press {
  pointer: number;
  at: Point;
  drag: Drag | null;
  /** Begins the drag once the pointer has moved. */
  begin: (() => Drag) | null;
  /** What a press without a drag does. */
  click: (() => void) | null;
  pans: boolean;
}

const keysOf = (event: PointerEvent): Keys => ({ shift: event.shiftKey, alt: event.altKey, control: event.ctrlKey || event.metaKey });

export function Stage() {
  const element = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const press = useRef<Press | null>(null);
  const fingers = useRef(new Map<number, Point>());
  const hovered = useSignal<Node | null>(null);
  const panning = useSignal(false);

  useLayoutEffect(() => {
    showOn(canvas.current);
    const stage = element.current;
    if (!stage) return;
    zoomToFit(undefined, 1);
    const measure = new ResizeObserver(() => resizeStage(stage.clientWidth, stage.clientHeight, press.current !== null));
    measure.observe(stage);
    return () => {
      measure.disconnect();
      showOn(null);
    };
  }, []);

  useEffect(() => {
    const stage = element.current;
    if (!stage) return;
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      // A pinch on a touchpad arrives as a wheel with Control.
      if (event.ctrlKey || event.metaKey) zoomTo(zoom.peek() * Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.004)), pointOf(event));
      else if (event.shiftKey && event.deltaX === 0) panBy(-event.deltaY, 0);
      else panBy(-event.deltaX, -event.deltaY);
    };
    const key = (event: KeyboardEvent): void => {
      if (event.code === "Space" && !isTyping(event.target)) {
        const held = event.type === "keydown";
        if (held && event.target instanceof HTMLButtonElement) return;
        space = held;
        panning.value = held;
        event.preventDefault();
      }
      if (event.type === "keydown" && event.key === "Escape" && press.current?.drag) {
        press.current.drag.end(true);
        press.current = null;
      }
    };
    stage.addEventListener("wheel", wheel, { passive: false });
    window.addEventListener("keydown", key);
    window.addEventListener("keyup", key);
    return () => {
      stage.removeEventListener("wheel", wheel);
      window.removeEventListener("keydown", key);
      window.removeEventListener("keyup", key);
    };
  }, []);

  const pointOf = (event: { clientX: number; clientY: number }): Point => {
    const bounds = element.current?.getBoundingClientRect();
    return { x: event.clientX - (bounds?.left ?? 0), y: event.clientY - (bounds?.top ?? 0) };
  };

  /** Two fingers zoom and move the view; what the first one began is taken back. */
  const pinch = (event: PointerEvent): boolean => {
    if (event.pointerType !== "touch") return false;
    const all = fingers.current;
    const before = [...all.values()];
    if (event.type === "pointerup" || event.type === "pointercancel") {
      all.delete(event.pointerId);
      return before.length > 1;
    }
    if (event.type === "pointerdown" && all.size < 2) all.set(event.pointerId, pointOf(event));
    if (!all.has(event.pointerId)) return all.size > 1;
    all.set(event.pointerId, pointOf(event));
    const after = [...all.values()];
    const [one, two, was, wasToo] = [after[0], after[1], before[0], before[1]];
    if (!one || !two) return false;
    press.current?.drag?.end(true);
    press.current = null;
    if (was && wasToo && event.type === "pointermove") {
      const middle = (p: Point, q: Point): Point => ({ x: (p.x + q.x) / 2, y: (p.y + q.y) / 2 });
      const apart = (p: Point, q: Point): number => Math.max(1, Math.hypot(p.x - q.x, p.y - q.y));
      const [from, to] = [middle(was, wasToo), middle(one, two)];
      zoomTo((zoom.peek() * apart(one, two)) / apart(was, wasToo), from);
      panBy(to.x - from.x, to.y - from.y);
    }
    return true;
  };

  const down = (event: PointerEvent): void => {
    if (pinch(event)) return;
    if (press.current || event.button === 2) return;
    // The press would otherwise take the focus from the text that is edited, before it is stored.
    element.current?.focus({ preventScroll: true });
    const at = pointOf(event);
    const point = toCanvas(at);
    const pans = space || tool.value === "hand" || event.button === 1;
    element.current?.setPointerCapture(event.pointerId);
    press.current = { pointer: event.pointerId, at, drag: null, begin: null, click: null, pans };
    if (pans) {
      panning.value = true;
      event.preventDefault();
      return;
    }
    editing.value = null;
    Object.assign(press.current, pressOn(event, point));
  };

  const pressOn = (event: PointerEvent, point: Point): Pick<Press, "begin" | "click"> => {
    const handle = event.target instanceof Element ? event.target.closest("[data-handle]")?.getAttribute("data-handle") : null;
    if (handle === "rotate") {
      const [node] = topSelected.value;
      return { begin: node ? () => rotateDrag(node, point) : null, click: null };
    }
    const [only] = topSelected.value;
    const placedOnly = only && placedByPath.value.get(only.path);
    if (cropping.value && handle !== "crop") endCrop();
    if (handle === "crop" && only && placedOnly) return { begin: () => cropDrag(only, placedOnly, point), click: null };
    const part = handle?.startsWith("gradient:") ? handle.slice("gradient:".length) : null;
    if (part !== null && only && placedOnly) return { begin: () => gradientDrag(only, placedOnly, part), click: null };
    const corner = handle?.startsWith("pin:") ? Number(handle.slice("pin:".length)) : null;
    if (corner !== null && only && placedOnly) {
      pin.value = { uid: only.uid, index: corner };
      return { begin: () => pinDrag(only, placedOnly, corner), click: null };
    }
    pin.value = null;
    if (handle) return { begin: () => resizeDrag(topSelected.value, handle as Handle), click: null };
    const kind = tool.value;
    if (kind !== "select" && kind !== "hand") {
      const drag = drawDrag(point, (area) => {
        const layer = newLayer(kind, area ?? (kind === "text" ? null : null));
        if (!area) Object.assign(layer, { x: Math.round(point.x), y: Math.round(point.y) });
        add(layer);
        tool.value = "select";
        if (kind === "text") editing.value = selection.value[0] ?? null;
      });
      return { begin: () => drag, click: () => drag.end(false) };
    }
    const control = event.ctrlKey || event.metaKey;
    const node = clickedAt(point, control);
    if (node && event.shiftKey) {
      const chosen = selection.value;
      const next = chosen.includes(node.uid) ? chosen.filter((uid) => uid !== node.uid) : [...chosen, node.uid];
      return { begin: () => moveSelected(point, event.altKey), click: () => select(next) };
    }
    if (!event.shiftKey && isInSelection(point) && !control) {
      // A press on what is selected moves it; a click without a drag may mean what is in it.
      return { begin: () => moveSelected(point, event.altKey), click: () => select(node ? [node.uid] : []) };
    }
    if (node) {
      select([node.uid]);
      return { begin: () => moveSelected(point, event.altKey), click: null };
    }
    if (!event.shiftKey) select([]);
    return { begin: () => marqueeDrag(point, event.shiftKey), click: null };
  };

  const moveSelected = (point: Point, copies: boolean): Drag => moveDrag(topSelected.value.filter((node) => !isLocked(node)), point, copies);

  const move = (event: PointerEvent): void => {
    if (pinch(event)) return;
    const at = pointOf(event);
    const current = press.current;
    if (!current) {
      const kind = tool.value;
      hovered.value = kind === "select" && !space ? clickedAt(toCanvas(at), event.ctrlKey || event.metaKey) : null;
      return;
    }
    if (current.pointer !== event.pointerId) return;
    if (current.pans) {
      panBy(at.x - current.at.x, at.y - current.at.y);
      current.at = at;
      return;
    }
    if (!current.drag) {
      if (Math.hypot(at.x - current.at.x, at.y - current.at.y) < DRAG_PX) return;
      current.drag = current.begin?.() ?? null;
      hovered.value = null;
    }
    current.drag?.move(toCanvas(at), keysOf(event));
  };

  const up = (event: PointerEvent): void => {
    if (pinch(event)) return;
    const current = press.current;
    if (!current || current.pointer !== event.pointerId) return;
    press.current = null;
    panning.value = space;
    if (current.drag) current.drag.end(event.type === "pointercancel");
    else if (event.type === "pointerup") current.click?.();
  };

  const doubleClick = (event: MouseEvent): void => {
    if (tool.value !== "select") return;
    const [only] = topSelected.value;
    const placedOnly = only && placedByPath.value.get(only.path);
    const line = only && placedOnly && gradientLine(only, placedOnly);
    const own = placedOnly && apply(invert(placedOnly.matrix), toCanvas(pointOf(event)));
    if (only && line && own && isOnLine(line, own, LINE_PX / zoom.value)) {
      const next = withStop(line, own);
      edit("Add a colour", (before) => changeLayers(before, new Set([only.uid]), (layer) => withField(layer, line.field, next)));
      return;
    }
    const node = deeperAt(toCanvas(pointOf(event)));
    if (!node) return;
    select([node.uid]);
    if (node.layer.type === "text") editing.value = node.uid;
    if (node.layer.type === "image") void beginCrop(node);
  };

  const menu = (event: MouseEvent): void => {
    event.preventDefault();
    const node = clickedAt(toCanvas(pointOf(event)), false);
    if (node && !isInSelection(toCanvas(pointOf(event)))) select([node.uid]);
    openMenu({ x: event.clientX, y: event.clientY }, contextItems());
  };

  const { width, height } = shown.value;
  const edited = editing.value === null ? undefined : byUid.value.get(editing.value);
  const cursor = panning.value || tool.value === "hand" ? "hand" : tool.value === "select" ? "" : "draw";
  return (
    <div
      ref={element}
      class={`stage ${cursor}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the canvas takes the keys that move and change layers
      tabIndex={0}
      role="application"
      aria-label={`Canvas, ${width} by ${height} px. Arrow keys move the selected layers, Tab selects the next one.`}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={up}
      onPointerLeave={() => {
        hovered.value = null;
      }}
      onDblClick={doubleClick}
      onContextMenu={menu}
      onDragOver={(event) => event.dataTransfer?.types.includes("Files") && event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void addFiles([...(event.dataTransfer?.files ?? [])], toCanvas(pointOf(event)));
      }}
    >
      <canvas
        ref={canvas}
        class="picture"
        role="img"
        aria-label={report.value?.alt || "The picture"}
        data-width={width}
        data-drawn={report.value ? "" : undefined}
        style={{ width: `${width * zoom.value}px`, height: `${height * zoom.value}px`, transform: `translate(${pan.value.x}px, ${pan.value.y}px)` }}
      />
      <Overlay hovered={hovered.value} />
      {edited && <TextEditor key={edited.uid} node={edited} />}
    </div>
  );
}

/** Whether keys go into a text. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "range", "button", "color"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable || target.shadowRoot !== null;
}

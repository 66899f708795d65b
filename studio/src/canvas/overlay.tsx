// What lies over the picture: outlines, handles, guides, in px of the stage.

import { placedByPath } from "../engine/live.ts";
import type { Handle } from "../model/arrange.ts";
import { apply, boundsOf, cornersOf, IDENTITY, type Placed, type Point, type Rect, unionOf } from "../model/geometry.ts";
import { type Node, rounded } from "../model/layer.ts";
import { preview, topSelected } from "../model/store.ts";
import { isLocked } from "../model/structure.ts";
import { rgbaOf } from "../controls/color.ts";
import { cropping, wholeImage } from "./crop.ts";
import { dropLine, gaps, guides, marquee } from "./drag.ts";
import { gradientLine } from "./gradient.ts";
import { pin, pinsOf } from "./pins.ts";
import { editing } from "./tool.ts";
import { stageSize, toStage, zoom } from "./viewport.ts";

const HANDLE_PX = 8;
/** The area around a handle that can be pressed: WCAG 2.2 wants 24 px. */
const GRIP_PX = 24;
/** Px from the box to the handle that rotates it. */
const ROTATE_PX = 26;

/** Px from the ends of a linear gradient to what turns it, and from there to the colours of the ends. */
const END_PX = 30;
const STOP_PX = 18;

const HANDLES: [Handle, number, number][] = [
  ["nw", 0, 0],
  ["n", 0.5, 0],
  ["ne", 1, 0],
  ["e", 1, 0.5],
  ["se", 1, 1],
  ["s", 0.5, 1],
  ["sw", 0, 1],
  ["w", 0, 0.5],
];

const pointsOf = (corners: readonly Point[]): string => corners.map(toStage).map(({ x, y }) => `${x},${y}`).join(" ");

export function Overlay({ hovered }: { hovered: Node | null }) {
  const nodes = topSelected.value;
  const drawn = nodes.flatMap((node) => placedByPath.value.get(node.path) ?? []);
  const hover = hovered && !nodes.includes(hovered) ? placedByPath.value.get(hovered.path) : undefined;
  const { width, height } = stageSize.value;
  const only = nodes.length === 1 ? nodes[0] : undefined;
  const placedOnly = only && placedByPath.value.get(only.path);
  const isFree = nodes.length > 0 && nodes.every((node) => !isLocked(node)) && editing.value === null;
  return (
    <svg class="overlay" width={width} height={height} aria-hidden="true">
      {hover && <polygon class="hover" points={pointsOf(hover.corners)} />}
      {drawn.map((placed) => (
        <polygon key={placed.path} class="chosen" points={pointsOf(placed.corners)} />
      ))}
      {drawn.length > 0 && <Frame placed={drawn} handles={isFree && preview.value === null && cropping.value === null && !drawn.some(({ box }) => box.corners)} />}
      {only && placedOnly && isFree && (cropping.value?.uid === only.uid ? <Crop node={only} placed={placedOnly} /> : pinsOf(only, placedOnly) ? <Pins node={only} placed={placedOnly} /> : <GradientMarks node={only} placed={placedOnly} />)}
      <Marks />
    </svg>
  );
}

/** The handles around the selection, and its size. */
function Frame({ placed, handles }: { placed: Placed[]; handles: boolean }) {
  const [only] = placed;
  if (!only) return null;
  const single = placed.length === 1;
  const union = single ? only.box : unionOf(placed.map(({ corners }) => boundsOf(corners)));
  if (!union) return null;
  const matrix = single ? only.matrix : IDENTITY;
  const corners = (single ? only.corners : cornersOf(union, matrix)).map(toStage) as [Point, Point, Point, Point];
  const degrees = (Math.atan2(matrix.b, matrix.a) * 180) / Math.PI;
  const [sideX, sideY] = [distance(corners[0], corners[1]), distance(corners[0], corners[3])];
  return (
    <g>
      {!single && <polygon class="chosen union" points={corners.map(({ x, y }) => `${x},${y}`).join(" ")} />}
      {handles && HANDLES.filter(([name]) => fits(name, sideX, sideY)).map(([name, u, v]) => {
        const { x, y } = toStage(apply(matrix, { x: union.x + union.width * u, y: union.y + union.height * v }));
        return (
          <g key={name} data-handle={name} class={`handle ${name}`} transform={`translate(${x} ${y}) rotate(${degrees})`} style={{ cursor: cursorOf(name, degrees) }}>
            <rect class="grip" x={-GRIP_PX / 2} y={-GRIP_PX / 2} width={GRIP_PX} height={GRIP_PX} />
            <rect class="knob" x={-HANDLE_PX / 2} y={-HANDLE_PX / 2} width={HANDLE_PX} height={HANDLE_PX} rx={1.5} />
          </g>
        );
      })}
      {handles && single && <RotateHandle union={union} placed={only} degrees={degrees} />}
      <SizeLabel union={union} corners={corners} />
    </g>
  );
}

const distance = (one: Point, other: Point): number => Math.hypot(one.x - other.x, one.y - other.y);

/** Small boxes have handles at their corners only, so that there is room to move them. */
function fits(name: Handle, sideX: number, sideY: number): boolean {
  if (name === "n" || name === "s") return sideX > 40;
  if (name === "e" || name === "w") return sideY > 40;
  return true;
}

function RotateHandle({ union, placed, degrees }: { union: Rect; placed: Placed; degrees: number }) {
  const top = toStage(apply(placed.matrix, { x: union.x + union.width / 2, y: union.y }));
  return (
    <g data-handle="rotate" class="handle rotate" transform={`translate(${top.x} ${top.y}) rotate(${degrees})`}>
      <line x1={0} y1={-4} x2={0} y2={-ROTATE_PX + 5} />
      <circle class="grip" cx={0} cy={-ROTATE_PX} r={GRIP_PX / 2} />
      <circle class="knob" cx={0} cy={-ROTATE_PX} r={5} />
    </g>
  );
}

function SizeLabel({ union, corners }: { union: Rect; corners: Point[] }) {
  const bounds = boundsOf(corners);
  const words = `${rounded(Math.round(union.width * 10) / 10)} × ${rounded(Math.round(union.height * 10) / 10)}`;
  const width = words.length * 6.4 + 14;
  const [x, y] = [bounds.x + bounds.width / 2, bounds.y + bounds.height + 10];
  return (
    <g class="size" transform={`translate(${x} ${y})`}>
      <rect x={-width / 2} y={0} width={width} height={20} rx={4} />
      <text x={0} y={14} text-anchor="middle">
        {words}
      </text>
    </g>
  );
}

const CURSORS = ["ns-resize", "nesw-resize", "ew-resize", "nwse-resize"];
const DIRECTIONS: Handle[] = ["n", "ne", "e", "se", "s", "sw", "w", "nw"];

function cursorOf(name: Handle, degrees: number): string {
  return CURSORS[(((DIRECTIONS.indexOf(name) + Math.round(degrees / 45)) % 4) + 4) % 4] ?? "move";
}

/** The corner pins of a layer in perspective. */
function Pins({ node, placed }: { node: Node; placed: Placed }) {
  return (
    <g class="pins">
      {placed.corners.map(toStage).map(({ x, y }, index) => (
        <g key={index} data-handle={`pin:${index}`} class="handle" transform={`translate(${x} ${y})`}>
          <circle class="grip" r={GRIP_PX / 2} />
          <circle class={`pin ${pin.value?.uid === node.uid && pin.value.index === index ? "picked" : ""}`} r={6} />
          <path class="cross" d="M-2.5 0H2.5M0 -2.5V2.5" />
        </g>
      ))}
    </g>
  );
}

/** The line of a gradient, with its ends and its colours. */
function GradientMarks({ node, placed }: { node: Node; placed: Placed }) {
  const line = gradientLine(node, placed);
  if (!line) return null;
  const on = (point: Point): Point => toStage(apply(placed.matrix, point));
  const [from, to] = [on(line.from), on(line.to)];
  const { type } = line.gradient;
  const radius = distance(from, to);
  const [ux, uy] = radius > 0 ? [(to.x - from.x) / radius, (to.y - from.y) / radius] : [1, 0];
  // The ends of a linear gradient are where the box has handles of its own: what turns it is farther in.
  const inset = type === "linear" ? Math.min(END_PX, radius * 0.2) : 0;
  const [begin, end] = [{ x: from.x + ux * inset, y: from.y + uy * inset }, { x: to.x - ux * inset, y: to.y - uy * inset }];
  return (
    <g class="gradient-marks">
      {type === "conic" ? <circle class="line" cx={from.x} cy={from.y} r={radius} /> : <line class="line" x1={from.x} y1={from.y} x2={to.x} y2={to.y} />}
      <g data-handle="gradient:from" class="handle" transform={`translate(${begin.x} ${begin.y})`}>
        <circle class="grip" r={GRIP_PX / 2} />
        <rect class="knob" x={-4} y={-4} width={8} height={8} />
      </g>
      <g data-handle="gradient:to" class="handle" transform={`translate(${end.x} ${end.y})`}>
        <circle class="grip" r={GRIP_PX / 2} />
        <circle class="knob" r={5} />
      </g>
      {line.stops.map((stop, index) => {
        // Those at the ends stand beside them, so that both can be grasped.
        const aside = type !== "conic" && (stop.offset === 0 || stop.offset === 1) ? inset + Math.min(STOP_PX, radius * 0.12) : 0;
        const at = on(stop.at);
        const inward = stop.offset === 1 ? -aside : aside;
        return (
          <g key={index} data-handle={`gradient:stop${index}`} class="handle" transform={`translate(${at.x + ux * inward} ${at.y + uy * inward})`}>
            <circle class="grip" r={9} />
            <circle class="stop" r={6} style={{ fill: rgbaOf(stop.color) ? stop.color : "#888" }} />
          </g>
        );
      })}
    </g>
  );
}

/** All of an image that is being cropped. */
function Crop({ node, placed }: { node: Node; placed: Placed }) {
  const image = cropping.value;
  if (!image) return null;
  const whole = wholeImage(node.layer, placed.box, image);
  const origin = toStage(apply(placed.matrix, { x: whole.x, y: whole.y }));
  const degrees = (Math.atan2(placed.matrix.b, placed.matrix.a) * 180) / Math.PI;
  const [width, height] = [whole.width * zoom.value, whole.height * zoom.value];
  return (
    <g class="crop" data-handle="crop">
      <image href={image.url} width={width} height={height} preserveAspectRatio="none" transform={`translate(${origin.x} ${origin.y}) rotate(${degrees})`} />
      <rect width={width} height={height} transform={`translate(${origin.x} ${origin.y}) rotate(${degrees})`} />
    </g>
  );
}

/** Guides, equal gaps, the marquee, the place of a drop. */
function Marks() {
  const area = marquee.value;
  const drop = dropLine.value;
  return (
    <g>
      {guides.value.map(({ axis, at, from, to }) => {
        const [one, two] = axis === "x" ? [toStage({ x: at, y: from }), toStage({ x: at, y: to })] : [toStage({ x: from, y: at }), toStage({ x: to, y: at })];
        return <line key={`${axis}${at}`} class="guide" x1={one.x} y1={one.y} x2={two.x} y2={two.y} />;
      })}
      {gaps.value.map(({ axis, from, to, at }) => {
        const [one, two] = axis === "x" ? [toStage({ x: from, y: at }), toStage({ x: to, y: at })] : [toStage({ x: at, y: from }), toStage({ x: at, y: to })];
        return (
          <g key={`${axis}${from}`} class="gap">
            <line x1={one.x} y1={one.y} x2={two.x} y2={two.y} />
            <text x={(one.x + two.x) / 2} y={(one.y + two.y) / 2 - 6} text-anchor="middle">
              {Math.round(to - from)}
            </text>
          </g>
        );
      })}
      {area && <polygon class="marquee" points={pointsOf(cornersOf(area, IDENTITY))} />}
      {drop && <polyline class="drop" points={pointsOf([drop.from, drop.to])} />}
    </g>
  );
}

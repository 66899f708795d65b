// What lies over the picture: outlines, handles, guides, in px of the stage.

import { placedByPath } from "../engine/live.ts";
import type { Handle } from "../model/arrange.ts";
import { apply, boundsOf, cornersOf, IDENTITY, type Placed, type Point, type Rect, unionOf } from "../model/geometry.ts";
import { type Node, rounded } from "../model/layer.ts";
import { preview, topSelected } from "../model/store.ts";
import { isLocked } from "../model/structure.ts";
import { dropLine, gaps, guides, marquee } from "./drag.ts";
import { editing } from "./tool.ts";
import { stageSize, toStage } from "./viewport.ts";

const HANDLE_PX = 8;
/** The area around a handle that can be pressed: WCAG 2.2 wants 24 px. */
const GRIP_PX = 24;
/** Px from the box to the handle that rotates it. */
const ROTATE_PX = 26;

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
  const isFree = nodes.length > 0 && nodes.every((node) => !isLocked(node)) && editing.value === null;
  return (
    <svg class="overlay" width={width} height={height} aria-hidden="true">
      {hover && <polygon class="hover" points={pointsOf(hover.corners)} />}
      {drawn.map((placed) => (
        <polygon key={placed.path} class="chosen" points={pointsOf(placed.corners)} />
      ))}
      {drawn.length > 0 && <Frame placed={drawn} handles={isFree && preview.value === null} />}
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
  const corners = cornersOf(union, matrix).map(toStage) as [Point, Point, Point, Point];
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

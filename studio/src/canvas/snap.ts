// Snapping: a moved box → how far it jumps, and the guides that say why.
//
// A box snaps with its edges and its middle to those of other boxes and of the canvas, and to the
// places where its gap to a neighbour equals another gap in the same row or column.

import type { Rect } from "../model/geometry.ts";

/** A line on the canvas. */
export interface Guide {
  axis: "x" | "y";
  /** Where it is on the axis. */
  at: number;
  /** From and to on the other axis. */
  from: number;
  to: number;
}

/** An equal gap, marked by a line between two boxes. */
export interface Gap {
  axis: "x" | "y";
  from: number;
  to: number;
  /** Where the mark is on the other axis. */
  at: number;
}

export interface Snapped {
  dx: number;
  dy: number;
  guides: Guide[];
  gaps: Gap[];
}

/** The lines of a box on an axis that snap. */
export type Lines = ("start" | "middle" | "end")[];

const ALL_LINES: Lines = ["start", "middle", "end"];

interface Span {
  start: number;
  end: number;
}

const spanOf = (rect: Rect, axis: "x" | "y"): Span =>
  axis === "x" ? { start: rect.x, end: rect.x + rect.width } : { start: rect.y, end: rect.y + rect.height };

const lineOf = ({ start, end }: Span, line: "start" | "middle" | "end"): number =>
  line === "start" ? start : line === "end" ? end : (start + end) / 2;

const other = (axis: "x" | "y"): "x" | "y" => (axis === "x" ? "y" : "x");

/** Two places that are the same for the eye. */
const SAME_PX = 0.01;

/** Snaps a box within `reach` px; `lines` are those that move, by axis. */
export function snap(moved: Rect, others: Rect[], reach: number, lines: { x: Lines; y: Lines } = { x: ALL_LINES, y: ALL_LINES }): Snapped {
  const x = axisSnap(moved, others, "x", reach, lines.x);
  const y = axisSnap(moved, others, "y", reach, lines.y);
  const settled: Rect = { ...moved, x: moved.x + x.by, y: moved.y + y.by };
  return {
    dx: x.by,
    dy: y.by,
    guides: [...guidesAt(settled, others, "x", lines.x, x.kind === "line"), ...guidesAt(settled, others, "y", lines.y, y.kind === "line")],
    gaps: [...(x.kind === "gap" ? gapsAt(settled, others, "x") : []), ...(y.kind === "gap" ? gapsAt(settled, others, "y") : [])],
  };
}

interface AxisSnap {
  by: number;
  kind: "none" | "line" | "gap";
}

function axisSnap(moved: Rect, others: Rect[], axis: "x" | "y", reach: number, lines: Lines): AxisSnap {
  let best: AxisSnap = { by: 0, kind: "none" };
  let distance = reach + SAME_PX;
  const consider = (by: number, kind: "line" | "gap"): void => {
    if (Math.abs(by) < distance) {
      distance = Math.abs(by);
      best = { by, kind };
    }
  };
  const span = spanOf(moved, axis);
  for (const target of others) {
    const targetSpan = spanOf(target, axis);
    for (const line of lines) {
      for (const to of ALL_LINES) consider(lineOf(targetSpan, to) - lineOf(span, line), "line");
    }
  }
  // Only a box that keeps its size has gaps on both sides that can become equal.
  if (lines.length === ALL_LINES.length) for (const by of gapShifts(moved, others, axis)) consider(by, "gap");
  return best;
}

/** Boxes that stand in one row (or column) with a box, in their order. */
function row(moved: Rect, others: Rect[], axis: "x" | "y"): Span[] {
  const across = spanOf(moved, other(axis));
  return others
    .filter((rect) => {
      const span = spanOf(rect, other(axis));
      return span.start < across.end && across.start < span.end;
    })
    .map((rect) => spanOf(rect, axis))
    .sort((one, two) => one.start - two.start);
}

function gapShifts(moved: Rect, others: Rect[], axis: "x" | "y"): number[] {
  const span = spanOf(moved, axis);
  const size = span.end - span.start;
  const spans = row(moved, others, axis);
  const shifts: number[] = [];
  for (let one = 0; one < spans.length; one += 1) {
    for (let two = one + 1; two < spans.length; two += 1) {
      const [a, b] = [spans[one], spans[two]];
      if (!a || !b) continue;
      const gap = b.start - a.end;
      if (gap < 0) continue;
      // Between the two, behind both, in front of both.
      if (gap >= size) shifts.push(a.end + (gap - size) / 2 - span.start);
      shifts.push(b.end + gap - span.start, a.start - gap - span.end);
    }
  }
  return shifts;
}

function guidesAt(settled: Rect, others: Rect[], axis: "x" | "y", lines: Lines, wanted: boolean): Guide[] {
  if (!wanted) return [];
  const span = spanOf(settled, axis);
  const across = spanOf(settled, other(axis));
  const guides = new Map<number, Guide>();
  for (const target of others) {
    const [targetSpan, targetAcross] = [spanOf(target, axis), spanOf(target, other(axis))];
    for (const line of lines) {
      const at = lineOf(span, line);
      if (!ALL_LINES.some((to) => Math.abs(lineOf(targetSpan, to) - at) < SAME_PX)) continue;
      const key = Math.round(at * 100);
      const known = guides.get(key);
      const from = Math.min(known?.from ?? across.start, targetAcross.start);
      const to = Math.max(known?.to ?? across.end, targetAcross.end);
      guides.set(key, { axis, at, from, to });
    }
  }
  return [...guides.values()];
}

/** The marks of all gaps in the row that equal one beside the box. */
function gapsAt(settled: Rect, others: Rect[], axis: "x" | "y"): Gap[] {
  const span = spanOf(settled, axis);
  const across = spanOf(settled, other(axis));
  const at = (across.start + across.end) / 2;
  const spans = [...row(settled, others, axis), span].sort((one, two) => one.start - two.start);
  const gaps: { from: number; to: number; own: boolean }[] = [];
  for (let one = 0; one < spans.length; one += 1) {
    for (let two = one + 1; two < spans.length; two += 1) {
      const [a, b] = [spans[one], spans[two]];
      if (a && b && b.start >= a.end) gaps.push({ from: a.end, to: b.start, own: a === span || b === span });
    }
  }
  const equal = gaps.filter((gap) =>
    gaps.some((other) => other !== gap && (other.own || gap.own) && Math.abs(other.to - other.from - (gap.to - gap.from)) < SAME_PX),
  );
  return equal.map(({ from, to }) => ({ axis, from, to, at }));
}

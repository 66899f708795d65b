// Two documents as pictures, and the pixels in which they differ.

import { useEffect, useRef } from "preact/hooks";
import { drawDocumentOn, filesVersion } from "../engine/live.ts";

/** Px of the width of each picture. */
const WIDTH_PX = 360;

/** `names` are what the two are called. */
export function ComparePictures({ from, to, names = ["before", "after"] }: { from: string; to: string; names?: [string, string] }) {
  const [one, two, difference] = [useRef<HTMLCanvasElement>(null), useRef<HTMLCanvasElement>(null), useRef<HTMLCanvasElement>(null)];
  useEffect(() => {
    if (!one.current || !two.current || !difference.current) return;
    // They are read again and again: the first context decides where their px are kept.
    for (const each of [one, two]) each.current?.getContext("2d", { willReadFrequently: true });
    drawDocumentOn(one.current, from, WIDTH_PX);
    drawDocumentOn(two.current, to, WIDTH_PX);
    compare(one.current, two.current, difference.current);
    // Files that were not there yet change the pictures.
  }, [from, to, filesVersion.value]);
  return (
    <div class="compare">
      <figure>
        <canvas ref={one} />
        <figcaption>{names[0]}</figcaption>
      </figure>
      <figure>
        <canvas ref={two} />
        <figcaption>{names[1]}</figcaption>
      </figure>
      <figure>
        <canvas ref={difference} />
        <figcaption>what differs</figcaption>
      </figure>
    </div>
  );
}

/** Paints what differs red, over the pale picture. */
function compare(one: HTMLCanvasElement, two: HTMLCanvasElement, out: HTMLCanvasElement): void {
  const [width, height] = [Math.max(one.width, two.width), Math.max(one.height, two.height)];
  out.width = width;
  out.height = height;
  const pixels = (canvas: HTMLCanvasElement): Uint8ClampedArray | undefined => canvas.getContext("2d")?.getImageData(0, 0, width, height).data;
  const [a, b, context] = [pixels(one), pixels(two), out.getContext("2d")];
  if (!a || !b || !context) return;
  const result = context.createImageData(width, height);
  for (let at = 0; at < result.data.length; at += 4) {
    const differs = [0, 1, 2, 3].some((channel) => Math.abs((a[at + channel] ?? 0) - (b[at + channel] ?? 0)) > 2);
    for (let channel = 0; channel < 3; channel += 1) result.data[at + channel] = differs ? (channel === 0 ? 220 : 30) : 200 + (b[at + channel] ?? 0) * 0.2;
    result.data[at + 3] = 255;
  }
  context.putImageData(result, 0, 0);
}

// A colour picker: a field of saturation and brightness, hue, alpha, and the template's palette.

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { doc } from "../model/store.ts";
import { type Hsva, hexOf, hsvaOf, paletteOf } from "./color.ts";

const FALLBACK: Hsva = { h: 220, s: 0, v: 82, a: 1 };

export function ColorPicker({ value, onChange }: { value: string; onChange: (color: string) => void }) {
  // A grey has no hue: the one that was chosen stays while the picker is open.
  const kept = useSignal<Hsva>(hsvaOf(value) ?? FALLBACK);
  const field = useRef<HTMLDivElement>(null);
  const parsed = hsvaOf(value);
  if (parsed && hexOf(parsed) !== hexOf(kept.value)) kept.value = parsed;
  const { h, s, v, a } = kept.value;

  const change = (part: Partial<Hsva>): void => {
    kept.value = { ...kept.value, ...part };
    onChange(hexOf(kept.value));
  };
  const drag = (event: PointerEvent): void => {
    if (event.buttons === 0 || !field.current) return;
    field.current.setPointerCapture(event.pointerId);
    const { left, top, width, height } = field.current.getBoundingClientRect();
    const clamp = (share: number): number => Math.min(100, Math.max(0, share * 100));
    change({ s: clamp((event.clientX - left) / width), v: 100 - clamp((event.clientY - top) / height) });
  };
  const key = (event: KeyboardEvent): void => {
    const by = event.shiftKey ? 10 : 1;
    const steps: Record<string, Partial<Hsva>> = {
      ArrowLeft: { s: Math.max(0, s - by) },
      ArrowRight: { s: Math.min(100, s + by) },
      ArrowUp: { v: Math.min(100, v + by) },
      ArrowDown: { v: Math.max(0, v - by) },
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    change(step);
  };
  const palette = paletteOf(doc.value);
  return (
    <div class="color-picker">
      <div
        ref={field}
        class="shades"
        role="slider"
        tabIndex={0}
        aria-label="Saturation and brightness"
        aria-valuenow={Math.round(s)}
        aria-valuetext={`saturation ${Math.round(s)} %, brightness ${Math.round(v)} %`}
        style={{ backgroundColor: `hsl(${h} 100% 50%)` }}
        onPointerDown={drag}
        onPointerMove={drag}
        onKeyDown={key}
      >
        <span class="knob" style={{ left: `${s}%`, top: `${100 - v}%` }} />
      </div>
      <input class="hue" type="range" min={0} max={359} value={Math.round(h)} aria-label="Hue" onInput={(event) => change({ h: Number(event.currentTarget.value) })} />
      <input
        class="alpha"
        type="range"
        min={0}
        max={100}
        value={Math.round(a * 100)}
        aria-label="Opacity of the colour"
        onInput={(event) => change({ a: Number(event.currentTarget.value) / 100 })}
      />
      {palette.length > 0 && (
        <fieldset class="palette">
          <legend>In this template</legend>
          {palette.map((color) => (
            <button key={color} type="button" class="swatch" aria-label={color} title={color} onClick={() => onChange(color)}>
              <span style={{ backgroundColor: color }} />
            </button>
          ))}
        </fieldset>
      )}
    </div>
  );
}

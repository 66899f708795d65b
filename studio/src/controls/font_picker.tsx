// The families of fonts, each drawn in itself by the renderer.

import { useEffect, useRef } from "preact/hooks";
import { familiesOf, withUploadedFonts } from "../engine/fonts.ts";
import { drawDocumentOn, filesVersion } from "../engine/live.ts";
import { printDocument } from "../model/document.ts";
import { doc } from "../model/store.ts";

/** Px of a family's picture. */
const WIDTH_PX = 220;
const HEIGHT_PX = 30;

function Sample({ family }: { family: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (!canvas.current) return;
    const color = getComputedStyle(canvas.current).color;
    const fill = `#${(color.match(/\d+/g) ?? []).slice(0, 3).map((level) => Number(level).toString(16).padStart(2, "0")).join("")}`;
    const sample = { width: WIDTH_PX, height: HEIGHT_PX, fonts: doc.peek()["fonts"] ?? [], layers: [{ type: "text", text: family, font: family, x: 0, y: 0, width: WIDTH_PX, height: HEIGHT_PX, vertical_align: "middle", size: 17, max_lines: 1, fill }] };
    drawDocumentOn(canvas.current, printDocument(withUploadedFonts(sample)), WIDTH_PX * 2);
  }, [family, filesVersion.value]);
  return <canvas ref={canvas} style={{ width: `${WIDTH_PX}px`, height: `${HEIGHT_PX}px` }} />;
}

export function FontPicker({ value, onPick }: { value: string; onPick: (family: string) => void }) {
  const families = familiesOf(doc.value);
  const move = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const buttons = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("button")];
    buttons[buttons.indexOf(document.activeElement as HTMLElement) + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
    event.preventDefault();
  };
  return (
    <div class="font-picker">
      <ul onKeyDown={move}>
        {families.map((family) => (
          <li key={family}>
            <button type="button" class={family === value ? "chosen" : ""} aria-pressed={family === value} aria-label={family} onClick={() => onPick(family)}>
              <Sample family={family} />
            </button>
          </li>
        ))}
      </ul>
      <p class="note">Drop a .ttf or .otf onto the canvas to add a font to this template.</p>
    </div>
  );
}

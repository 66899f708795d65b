// Colours: CSS text ↔ hue, saturation, brightness and alpha.

export interface Hsva {
  /** 0 to 360 */
  h: number;
  /** 0 to 100 */
  s: number;
  /** 0 to 100 */
  v: number;
  /** 0 to 1 */
  a: number;
}

let probe: CanvasRenderingContext2D | null = null;

/** Red, green, blue (0 to 255) and alpha (0 to 1) of a CSS colour; null if it is none. */
export function rgbaOf(text: string): [number, number, number, number] | null {
  probe ??= document.createElement("canvas").getContext("2d");
  if (!probe || !CSS.supports("color", text)) return null;
  probe.fillStyle = "#000";
  probe.fillStyle = text;
  const style = String(probe.fillStyle);
  if (style.startsWith("#")) {
    const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(style.slice(at, at + 2), 16));
    return [r ?? 0, g ?? 0, b ?? 0, 1];
  }
  const numbers = /rgba?\(([^)]+)\)/.exec(style)?.[1]?.split(",").map(Number);
  return numbers ? [numbers[0] ?? 0, numbers[1] ?? 0, numbers[2] ?? 0, numbers[3] ?? 1] : null;
}

export function hsvaOf(text: string): Hsva | null {
  const rgba = rgbaOf(text);
  if (!rgba) return null;
  const [r, g, b] = rgba.slice(0, 3).map((channel) => channel / 255) as [number, number, number];
  const most = Math.max(r, g, b);
  const delta = most - Math.min(r, g, b);
  let h = 0;
  if (delta > 0) h = most === r ? ((g - b) / delta) % 6 : most === g ? (b - r) / delta + 2 : (r - g) / delta + 4;
  return { h: (h * 60 + 360) % 360, s: most === 0 ? 0 : (delta / most) * 100, v: most * 100, a: rgba[3] };
}

/** `#rrggbb`, with alpha `#rrggbbaa`. */
export function hexOf({ h, s, v, a }: Hsva): string {
  const channel = (n: number): number => {
    const k = (n + h / 60) % 6;
    return Math.round(255 * (v / 100) * (1 - (s / 100) * Math.max(0, Math.min(k, 4 - k, 1))));
  };
  const hex = (value: number): string => value.toString(16).padStart(2, "0");
  return `#${hex(channel(5))}${hex(channel(3))}${hex(channel(1))}${a < 1 ? hex(Math.round(a * 255)) : ""}`;
}

/** The colours that a document uses, the most frequent first. */
export function paletteOf(json: unknown): string[] {
  const counts = new Map<string, number>();
  const visit = (value: unknown): void => {
    if (typeof value === "string") {
      if (/^#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i.test(value)) {
        const color = value.toLowerCase();
        counts.set(color, (counts.get(color) ?? 0) + 1);
      }
    } else if (typeof value === "object" && value !== null) Object.values(value).forEach(visit);
  };
  visit(json);
  return [...counts].sort((one, two) => two[1] - one[1]).map(([color]) => color).slice(0, 24);
}

// A gradient: its shape, its angle, and its stops on a bar.

import { rgbaOf } from "./color.ts";
import { type Field, words } from "../schema/field.ts";
import { ChoiceInput, ColorInput, type ControlProps, TextInput } from "./scalar.tsx";

interface Stop {
  offset?: unknown;
  color?: unknown;
}

/** The stops as a CSS gradient, for a preview; expressions are grey. */
export function cssOf(stops: Stop[]): string {
  const color = (stop: Stop): string => (typeof stop.color === "string" && rgbaOf(stop.color) ? stop.color : "#888");
  const part = (stop: Stop): string => (typeof stop.offset === "number" ? `${color(stop)} ${stop.offset * 100}%` : color(stop));
  return `linear-gradient(90deg, ${stops.map(part).join(", ")})`;
}

const COLOR = { kind: "color", name: "color", doc: "", templated: true, required: true, fallback: null, unit: null } as Field;
const OFFSET = { kind: "number", name: "offset", doc: "0 to 1", templated: true, required: false, fallback: "auto", unit: null } as Field;

export function GradientInput({ field, value, onChange, label }: ControlProps) {
  const gradient = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const stops = (Array.isArray(gradient["stops"]) ? gradient["stops"] : []) as Stop[];
  const fields = field.kind === "object" ? field.fields.filter((each) => each.name !== "stops") : [];
  const type = String(gradient["type"] ?? "linear");
  const fits = (name: string): boolean => (type === "linear" ? !["cx", "cy", "r"].includes(name) : type === "radial" ? name !== "angle" : name !== "r");
  const set = (name: string, next: unknown): void => {
    const copy = { ...gradient };
    if (next === undefined) delete copy[name];
    else copy[name] = next;
    onChange(copy);
  };
  const setStop = (index: number, part: Stop): void => {
    const next = stops.map((stop, at) => (at === index ? { ...stop, ...part } : stop));
    set("stops", next.map((stop) => (stop.offset === undefined ? { color: stop.color } : stop)));
  };
  return (
    <div class="gradient">
      <div class="bar" style={{ backgroundImage: cssOf(stops) }} aria-hidden="true" />
      {fields.filter((each) => fits(each.name)).map((each) => (
        <div key={each.name} class="row">
          <span class="label" title={each.doc}>
            {words(each.name)}
          </span>
          {each.kind === "choice" ? (
            <ChoiceInput field={each} value={gradient[each.name]} label={`${label}, ${each.name}`} onChange={(next) => set(each.name, next)} />
          ) : (
            <TextInput field={each} value={gradient[each.name]} label={`${label}, ${each.name}`} onChange={(next) => set(each.name, next)} />
          )}
        </div>
      ))}
      {stops.map((stop, index) => (
        <div key={index} class="stop">
          <ColorInput field={COLOR} value={stop.color} label={`${label}, colour ${index + 1}`} onChange={(color) => color !== undefined && setStop(index, { color })} />
          <TextInput field={OFFSET} value={stop.offset} label={`${label}, place of colour ${index + 1}`} onChange={(offset) => setStop(index, { offset })} />
          {stops.length > 2 && (
            <button type="button" class="icon small" aria-label={`Remove colour ${index + 1}`} onClick={() => set("stops", stops.filter((_, at) => at !== index))}>
              −
            </button>
          )}
        </div>
      ))}
      <div class="buttons">
        <button type="button" class="button quiet" onClick={() => set("stops", [...stops, { color: stops.at(-1)?.color ?? "#888888" }])}>
          + Colour
        </button>
        <button
          type="button"
          class="button quiet"
          onClick={() => set("stops", [...stops].reverse().map((stop) => (typeof stop.offset === "number" ? { ...stop, offset: 1 - stop.offset } : stop)))}
        >
          Reverse
        </button>
      </div>
    </div>
  );
}

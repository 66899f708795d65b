// Controls of one value: numbers and lengths, text, colours, words, switches.

import { useSignal } from "@preact/signals";
import { useId, useRef } from "preact/hooks";
import { isExpression, plainNumber, rounded } from "../model/layer.ts";
import { doc, settle } from "../model/store.ts";
import type { Choice, Field } from "../schema/field.ts";
import { MenuButton } from "../ui/menu.tsx";
import { say } from "../ui/toast.tsx";
import { familiesOf } from "../engine/fonts.ts";
import { ColorPicker } from "./color_picker.tsx";
import { FontPicker } from "./font_picker.tsx";
import { Popover } from "./popover.tsx";
import { read, textOf } from "./value.ts";

export interface ControlProps {
  field: Field;
  value: unknown;
  /** `undefined` takes the field away. */
  onChange: (value: unknown) => void;
  /** What the control is for, where no label beside it says so. */
  label: string;
  id?: string;
  /** What holds without a value. */
  inherited?: unknown;
  /** Whether several layers are selected that differ. */
  mixed?: boolean;
}

/** A button that puts an expression into the field. */
export function ParamButton({ onPick, label }: { onPick: (name: string) => void; label: string }) {
  const names = Object.keys(doc.value.params ?? {});
  if (names.length === 0) return null;
  return (
    <MenuButton className="icon small param-button" title={`Use a param for ${label}`} items={() => names.map((name) => ({ label: name, run: () => onPick(name) }))}>
      {"{}"}
    </MenuButton>
  );
}

/** The list of font families, which the page has once. */
const FAMILIES_ID = "font-families";

/** The families that texts may name. */
export function Families() {
  return (
    <datalist id={FAMILIES_ID}>
      {familiesOf(doc.value).map((family) => (
        <option key={family} value={family} />
      ))}
    </datalist>
  );
}

function placeholder({ field, inherited, mixed }: ControlProps): string {
  if (mixed) return "Mixed";
  if (inherited !== undefined) return textOf(inherited);
  return field.fallback ?? "";
}

/** A number, a length or a short text: stored with Enter or when the control loses the focus. */
export function TextInput(props: ControlProps & { prefix?: string }) {
  const { field, value, onChange, label, id, prefix } = props;
  const invalid = useSignal(false);
  const isNumber = ["number", "integer", "length", "extent"].includes(field.kind);
  const own = props.mixed ? "" : textOf(value);

  const store = (text: string): void => {
    if (text === own) return;
    const result = read(field, text);
    invalid.value = "error" in result;
    if ("error" in result) say(`${label}: expected ${result.error}`, "error");
    else onChange(result.value);
  };
  const step = (event: KeyboardEvent & { currentTarget: HTMLInputElement }): void => {
    const by = (event.shiftKey ? 10 : 1) * (event.key === "ArrowUp" ? 1 : -1) * (field.name === "opacity" || field.name === "line_height" || field.name === "offset" ? 0.05 : 1);
    const text = event.currentTarget.value;
    const share = /^(-?[\d.]+)%$/.exec(text);
    const number = plainNumber(text || placeholder(props) || "0");
    if (share) onChange(`${rounded(Number(share[1]) + by)}%`);
    else if (number !== null) onChange(rounded(number + by));
    else return;
    event.preventDefault();
  };
  return (
    <span class={`input ${isExpression(value) ? "expression" : ""}`}>
      {prefix && (
        <span class="prefix" aria-hidden="true">
          {prefix}
        </span>
      )}
      <input
        id={id}
        type="text"
        list={field.name === "font" ? FAMILIES_ID : undefined}
        autocomplete="off"
        spellcheck={false}
        aria-label={id ? undefined : label}
        aria-invalid={invalid.value}
        placeholder={placeholder(props)}
        value={own}
        // A field of text is shown while it is typed.
        onInput={(event) => {
          if (!isNumber && field.kind === "text" && field.name !== "id" && field.name !== "when") store(event.currentTarget.value);
        }}
        onChange={(event) => store(event.currentTarget.value)}
        onBlur={(event) => {
          settle();
          if (invalid.value) {
            event.currentTarget.value = own;
            invalid.value = false;
          }
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") {
            store(event.currentTarget.value);
            event.currentTarget.select();
          } else if (isNumber && (event.key === "ArrowUp" || event.key === "ArrowDown")) step(event);
        }}
      />
      {field.unit && !isExpression(value) && plainNumber(value ?? 0) !== null && (
        <span class="unit" aria-hidden="true">
          {field.unit}
        </span>
      )}
      {field.templated && <ParamButton label={label} onPick={(name) => onChange(`{{ ${name} }}`)} />}
    </span>
  );
}

/** A text of several lines. */
export function TextArea({ field, value, onChange, label, id }: ControlProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const text = textOf(value);
  const insert = (name: string): void => {
    const element = area.current;
    const at = element?.selectionStart ?? text.length;
    onChange(`${text.slice(0, at)}{{ ${name} }}${text.slice(element?.selectionEnd ?? at)}`);
  };
  return (
    <span class="area">
      <textarea
        ref={area}
        id={id}
        rows={Math.min(8, Math.max(2, text.split("\n").length))}
        aria-label={id ? undefined : label}
        value={text}
        placeholder={field.fallback ?? ""}
        onInput={(event) => {
          onChange(event.currentTarget.value === "" && !field.required ? undefined : event.currentTarget.value);
          if (/\s$/.test(event.currentTarget.value)) settle();
        }}
        onBlur={settle}
      />
      {field.templated && <ParamButton label={label} onPick={insert} />}
    </span>
  );
}

/** A family, chosen from a list where each is drawn in itself, or typed. */
export function FontInput(props: ControlProps) {
  const open = useSignal(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <span class="font">
      <TextInput {...props} />
      <button ref={button} type="button" class="icon small" aria-label={`Choose ${props.label.toLowerCase()}`} title="Choose a font" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
        Aa
      </button>
      {open.value && button.current && (
        <Popover anchor={button.current} label={props.label} onClose={() => (open.value = false)}>
          <FontPicker
            value={props.mixed ? "" : textOf(props.value) || "Inter"}
            onPick={(family) => {
              props.onChange(family === "Inter" ? undefined : family);
              open.value = false;
              button.current?.focus();
            }}
          />
        </Popover>
      )}
    </span>
  );
}

export function ColorInput(props: ControlProps) {
  const { value, onChange, label } = props;
  const open = useSignal(false);
  const button = useRef<HTMLButtonElement>(null);
  const text = props.mixed ? "" : textOf(value);
  return (
    <span class="color">
      <button ref={button} type="button" class="swatch" aria-label={`Pick ${label.toLowerCase()}`} aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
        <span style={{ backgroundColor: isExpression(text) || text === "" ? "transparent" : text }} />
      </button>
      <TextInput {...props} />
      {open.value && button.current && (
        <Popover anchor={button.current} label={label} onClose={() => (open.value = false)}>
          <ColorPicker value={isExpression(text) || text === "" ? "#d0d4dc" : text} onChange={onChange} />
        </Popover>
      )}
    </span>
  );
}

/** Characters that words in a row of buttons may have together. */
const ROW_CHARS = 22;

export function ChoiceInput({ field, value, onChange, label, id, inherited, mixed }: ControlProps & { field: { kind: "choice"; choices: Choice[] } }) {
  const name = useId();
  const { choices } = field;
  const chosen = mixed ? "" : textOf(value);
  if (choices.length <= 4 && choices.reduce((sum, choice) => sum + choice.value.length + 2, 0) <= ROW_CHARS) {
    return (
      <span class="segments" role="radiogroup" aria-label={label}>
        {choices.map((choice) => (
          <label key={choice.value} title={choice.doc}>
            <input
              type="radio"
              name={name}
              checked={chosen === choice.value || (value === undefined && field.fallback === choice.value)}
              onChange={() => onChange(choice.value)}
              // A second click takes the value away.
              onClick={() => chosen === choice.value && !field.required && onChange(undefined)}
            />
            <span>{choice.value}</span>
          </label>
        ))}
      </span>
    );
  }
  return (
    <select id={id} aria-label={id ? undefined : label} value={chosen} onChange={(event) => onChange(event.currentTarget.value || undefined)}>
      {!field.required && <option value="">{mixed ? "Mixed" : `${textOf(inherited) || field.fallback || "Default"}`}</option>}
      {field.required && mixed && <option value="">Mixed</option>}
      {choices.map((choice) => (
        <option key={choice.value} value={choice.value} title={choice.doc}>
          {choice.value}
        </option>
      ))}
    </select>
  );
}

export function BooleanInput({ value, onChange, label, id, mixed }: ControlProps) {
  return (
    <input
      id={id}
      type="checkbox"
      class="switch"
      aria-label={id ? undefined : label}
      checked={value === true}
      indeterminate={mixed ?? false}
      onChange={(event) => onChange(event.currentTarget.checked ? true : undefined)}
    />
  );
}

/** JSON, for what has no control of its own. */
export function JsonInput({ value, onChange, label, id }: ControlProps) {
  const invalid = useSignal(false);
  const text = value === undefined ? "" : JSON.stringify(value, null, 1);
  return (
    <textarea
      id={id}
      class="json"
      rows={3}
      spellcheck={false}
      aria-label={id ? undefined : label}
      aria-invalid={invalid.value}
      value={text}
      onChange={(event) => {
        try {
          onChange(event.currentTarget.value.trim() ? JSON.parse(event.currentTarget.value) : undefined);
          invalid.value = false;
        } catch {
          invalid.value = true;
          say(`${label}: expected JSON`, "error");
        }
      }}
    />
  );
}

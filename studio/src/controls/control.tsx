// A field → its control; lists, objects and choices of a form are made of other controls.

import { useId } from "preact/hooks";
import type { Field } from "../schema/field.ts";
import { PARAM_DOCS, PARAM_FIELDS, words } from "../schema/field.ts";
import type { Param } from "../model/layer.ts";
import { withType } from "../model/param.ts";
import { GradientInput } from "./gradient.tsx";
import { BooleanInput, ChoiceInput, ColorInput, type ControlProps, FontInput, JsonInput, TextArea, TextInput } from "./scalar.tsx";
import { formOf, initial } from "./value.ts";

/** Texts that have several lines. */
const LONG_TEXTS = new Set(["text", "description", "alt", "d"]);

export function Control(props: ControlProps) {
  const { field } = props;
  switch (field.kind) {
    case "boolean":
      return <BooleanInput {...props} />;
    case "choice":
      return <ChoiceInput {...props} field={field} />;
    case "color":
      return <ColorInput {...props} />;
    case "list":
      return <ListInput {...props} field={field} />;
    case "object":
      return field.fields.some((each) => each.name === "stops") ? <GradientInput {...props} /> : <ObjectInput {...props} field={field} />;
    case "map":
      return <MapInput {...props} field={field} />;
    case "either":
      return <EitherInput {...props} field={field} />;
    case "param":
      return <ParamInput {...props} />;
    case "json":
      return <JsonInput {...props} />;
    case "text":
      if (field.name === "font") return <FontInput {...props} />;
      return LONG_TEXTS.has(field.name) ? <TextArea {...props} /> : <TextInput {...props} />;
    default:
      return <TextInput {...props} />;
  }
}

/** Kinds whose controls are higher than a line, so that they stand below their label. */
const BLOCKS = new Set(["list", "object", "map", "either", "json", "param"]);

/** A label with its control. */
export function Row(props: Omit<ControlProps, "label"> & { label?: string }) {
  const id = useId();
  const { field, value } = props;
  const label = props.label ?? words(field.name);
  const isBlock = BLOCKS.has(field.kind) || (field.kind === "text" && LONG_TEXTS.has(field.name));
  const isGroup = BLOCKS.has(field.kind) || field.kind === "choice";
  if (isBlock && value === undefined && field.kind !== "text" && !props.mixed) {
    return (
      <div class="row">
        <span class="label" title={field.doc}>
          {label}
        </span>
        <button type="button" class="icon add" aria-label={`Add ${label.toLowerCase()}`} title={field.doc} onClick={() => props.onChange(initial(field))}>
          +
        </button>
      </div>
    );
  }
  return (
    <div class={`row ${isBlock ? "block" : ""}`}>
      <span class="head">
        {isGroup ? (
          <span class="label" title={field.doc}>
            {label}
          </span>
        ) : (
          <label class="label" for={id} title={field.doc}>
            {label}
          </label>
        )}
        {isBlock && !field.required && value !== undefined && (
          <button type="button" class="icon small" aria-label={`Remove ${label.toLowerCase()}`} onClick={() => props.onChange(undefined)}>
            −
          </button>
        )}
      </span>
      <Control {...props} label={label} {...(!isGroup && { id })} />
    </div>
  );
}

function ObjectInput({ field, value, onChange, inherited }: ControlProps & { field: Field & { kind: "object" } }) {
  const object = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const from = (typeof inherited === "object" && inherited !== null ? inherited : {}) as Record<string, unknown>;
  const change = (name: string, next: unknown): void => {
    const copy = { ...object };
    if (next === undefined) delete copy[name];
    else copy[name] = next;
    onChange(copy);
  };
  return (
    <div class="object">
      {field.fields.map((each) => (
        <Row key={each.name} field={each} value={object[each.name]} inherited={from[each.name]} onChange={(next) => change(each.name, next)} />
      ))}
    </div>
  );
}

/** The types that a value of a list's item may have. */
const ITEM_TYPES = [...PARAM_FIELDS.keys()].filter((type) => !["list", "record", "rich"].includes(type));

function ParamInput({ value, onChange, label }: ControlProps) {
  const param = (typeof value === "object" && value !== null ? value : { type: "text" }) as Param;
  return (
    <div class="object">
      <select aria-label={`Type of ${label}`} value={param.type} onChange={(event) => onChange(withType(param, event.currentTarget.value))}>
        {ITEM_TYPES.map((type) => (
          <option key={type} value={type} title={PARAM_DOCS.get(type)}>
            {words(type)}
          </option>
        ))}
      </select>
      {(PARAM_FIELDS.get(param.type) ?? []).map((field) => (
        <Row
          key={field.name}
          field={field}
          value={param[field.name]}
          onChange={(next) => {
            const copy = { ...param };
            if (next === undefined) delete copy[field.name];
            else copy[field.name] = next;
            onChange(copy);
          }}
        />
      ))}
    </div>
  );
}

function ListInput({ field, value, onChange, label, inherited }: ControlProps & { field: Field & { kind: "list" } }) {
  const list = Array.isArray(value) ? value : [];
  const replace = (index: number, next: unknown): void => onChange(list.map((item, at) => (at === index ? next : item)));
  const remove = (index: number): void => {
    const rest = list.filter((_, at) => at !== index);
    onChange(rest.length === 0 && !field.required ? undefined : rest);
  };
  const isObject = field.item.kind === "object" || field.item.kind === "param";
  return (
    <div class="list">
      {list.map((item, index) => (
        <div key={index} class={`item ${isObject ? "object-item" : ""}`}>
          <Control field={{ ...field.item, name: field.item.name || field.name }} value={item} label={`${label} ${index + 1}`} inherited={inherited} onChange={(next) => (next === undefined ? remove(index) : replace(index, next))} />
          {list.length > field.least && (
            <button type="button" class="icon small" aria-label={`Remove ${label.toLowerCase()} ${index + 1}`} onClick={() => remove(index)}>
              −
            </button>
          )}
        </div>
      ))}
      {list.length < field.most && (
        <button type="button" class="button quiet" onClick={() => onChange([...list, list.at(-1) ?? initial(field.item)])}>
          + Add
        </button>
      )}
    </div>
  );
}

function MapInput({ field, value, onChange, label }: ControlProps & { field: Field & { kind: "map" } }) {
  const map = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const rename = (from: string, to: string): void => {
    if (!to || to in map) return;
    onChange(Object.fromEntries(Object.entries(map).map(([key, item]) => [key === from ? to : key, item])));
  };
  return (
    <div class="list">
      {Object.entries(map).map(([key, item]) => (
        <div key={key} class="item map-item">
          <input type="text" class="key" aria-label={`Name in ${label}`} value={key} onChange={(event) => rename(key, event.currentTarget.value.trim())} />
          <Control field={field.item} value={item} label={`${label} ${key}`} onChange={(next) => onChange({ ...map, [key]: next ?? initial(field.item) })} />
          <button
            type="button"
            class="icon small"
            aria-label={`Remove ${key}`}
            onClick={() => {
              const rest = { ...map };
              delete rest[key];
              onChange(Object.keys(rest).length === 0 ? undefined : rest);
            }}
          >
            −
          </button>
        </div>
      ))}
      <button
        type="button"
        class="button quiet"
        onClick={() => {
          let name = "name";
          for (let count = 2; name in map; count += 1) name = `name${count}`;
          onChange({ ...map, [name]: initial(field.item) });
        }}
      >
        + Add
      </button>
    </div>
  );
}

function EitherInput(props: ControlProps & { field: Field & { kind: "either" } }) {
  const { field, value, onChange, label } = props;
  const at = formOf(field, value);
  const chosen = field.options[at];
  if (!chosen) return <JsonInput {...props} />;
  return (
    <div class="either">
      <select
        aria-label={`Kind of ${label.toLowerCase()}`}
        value={String(at)}
        onChange={(event) => {
          const next = field.options[Number(event.currentTarget.value)];
          if (next) onChange(next.field.kind === "list" && next.field.item.kind === "object" && typeof value === "object" && value !== null ? [value] : initial(next.field));
        }}
      >
        {field.options.map((option, index) => (
          <option key={option.label} value={String(index)}>
            {option.label}
          </option>
        ))}
      </select>
      <Control {...props} field={{ ...chosen.field, name: field.name, required: true } as Field} value={value} />
    </div>
  );
}

// The params of the template: declared, renamed, with their types, defaults and examples.

import { useSignal } from "@preact/signals";
import { Row } from "../controls/control.tsx";
import { report } from "../engine/live.ts";
import { countUses, renameParam } from "../model/expression.ts";
import { withFields, withType } from "../model/param.ts";
import type { Doc, Param } from "../model/layer.ts";
import { doc, edit, shown } from "../model/store.ts";
import { DOCUMENT_FIELDS, PARAM_DOCS, PARAM_FIELDS, words } from "../schema/field.ts";
import { say } from "../ui/toast.tsx";

const NAME = /^[a-z][a-z0-9_]*$/;

function setParam(name: string, param: Param | undefined, label: string): void {
  edit(
    label,
    (before) => {
      const params = { ...before.params };
      if (param) params[name] = param;
      else delete params[name];
      return { ...before, params } as Doc;
    },
    { merge: `param ${name}` },
  );
}

const MISSING = DOCUMENT_FIELDS.find((field) => field.name === "missing");

function setMissing(words: unknown): void {
  edit(
    "Change what counts as missing",
    (before) => {
      const { missing: _, ...rest } = before;
      return (words === undefined ? rest : { ...before, missing: words }) as Doc;
    },
    { merge: "document missing" },
  );
}

/** A value in a line. */
const shortly = (value: unknown): string => (Array.isArray(value) ? (value.length === 1 ? "1 item" : `${value.length} items`) : typeof value === "object" ? JSON.stringify(value) : String(value));

export function Params() {
  const params = Object.entries(shown.value.params ?? {});
  const open = useSignal<string | null>(null);
  const add = (): void => {
    let name = "name";
    for (let count = 2; name in (doc.peek().params ?? {}); count += 1) name = `name${count}`;
    setParam(name, { type: "text", example: "Maria" }, "Add a param");
    open.value = name;
  };
  return (
    <section class="panel params" aria-label="Params">
      <h2 class="visually-hidden">Params</h2>
      <p class="note">Values that a URL may set. Use one in any text as {"{{ name }}"}.</p>
      {params.map(([name, param]) => (
        <ParamCard key={name} name={name} param={param} open={open.value === name} toggle={() => (open.value = open.value === name ? null : name)} renamed={(to) => (open.value = to)} />
      ))}
      <button type="button" class="button" onClick={add}>
        + Add a param
      </button>
      {MISSING && (
        <>
          <h3>What counts as missing</h3>
          <p class="note">Absent, empty and blank values do, and merge tags that were left in. Add what your sender writes instead: Friend, there.</p>
          <Row field={MISSING} label="Also missing" value={shown.value["missing"]} onChange={setMissing} />
        </>
      )}
    </section>
  );
}

function ParamCard({ name, param, open, toggle, renamed }: { name: string; param: Param; open: boolean; toggle: () => void; renamed: (to: string) => void }) {
  const state = report.value?.params[name];
  const value = state?.value;
  const rename = (to: string): void => {
    if (to === name) return;
    if (!NAME.test(to)) say("A param's name has lower-case letters, digits and _, a letter first", "error");
    else if (to in (doc.peek().params ?? {})) say(`There is a param ${to} already`, "error");
    else {
      const uses = countUses(doc.peek(), name);
      edit("Rename a param", (before) => renameParam(before, name, to));
      renamed(to);
      say(`Renamed, with ${uses === 1 ? "1 expression" : `${uses} expressions`}`);
    }
  };
  const remove = (): void => {
    const uses = countUses(doc.peek(), name);
    if (uses > 0) say(`${name} is used in ${uses === 1 ? "1 expression" : `${uses} expressions`}: take it out there first`, "error");
    else setParam(name, undefined, "Remove a param");
  };
  const fields = PARAM_FIELDS.get(param.type) ?? [];
  const order = ["fields", "example", "default", "choices", "max_chars", "min", "max"];
  const rank = (field: { name: string }): number => (order.includes(field.name) ? order.indexOf(field.name) : order.length);
  return (
    <div class={`card ${open ? "open" : ""}`}>
      <button type="button" class="card-head" aria-expanded={open} onClick={toggle}>
        <code>{name}</code>
        <span class="type">{param.type}</span>
        <span class={`value ${value === null || value === undefined ? "missing" : ""}`}>{value === null || value === undefined ? "missing" : shortly(value)}</span>
      </button>
      {open && (
        <div class="card-body">
          <div class="row">
            <label class="label" for={`param-name-${name}`}>
              Name
            </label>
            <span class="input">
              <input id={`param-name-${name}`} type="text" spellcheck={false} value={name} onChange={(event) => rename(event.currentTarget.value.trim())} />
            </span>
          </div>
          <div class="row">
            <label class="label" for={`param-type-${name}`}>
              Type
            </label>
            <select id={`param-type-${name}`} value={param.type} onChange={(event) => setParam(name, withType(param, event.currentTarget.value), "Change the type of a param")}>
              {[...PARAM_FIELDS.keys()].map((type) => (
                <option key={type} value={type} title={PARAM_DOCS.get(type)}>
                  {words(type)}
                </option>
              ))}
            </select>
          </div>
          {[...fields]
            .sort((one, two) => rank(one) - rank(two))
            .map((field) => (
              <Row
                key={field.name}
                field={param.type === "choice" && field.name === "default" && param.choices ? { ...field, kind: "choice", choices: param.choices.map((value) => ({ value, doc: "" })) } : field}
                value={param[field.name]}
                onChange={(next) => {
                  let copy = { ...param };
                  if (field.name === "fields" && typeof next === "object" && next !== null) copy = withFields(param, next as Record<string, Param>);
                  else if (next === undefined) delete copy[field.name];
                  else copy[field.name] = next;
                  setParam(name, copy, `Change ${words(field.name).toLowerCase()}`);
                }}
              />
            ))}
          <button type="button" class="button quiet danger" onClick={remove}>
            Remove {name}
          </button>
        </div>
      )}
    </div>
  );
}

// The properties of what is selected; without a selection, those of the template.

import { useSignal } from "@preact/signals";
import { command, keysText } from "../commands.ts";
import { Row } from "../controls/control.tsx";
import { TextInput } from "../controls/scalar.tsx";
import { placedByPath } from "../engine/live.ts";
import { room } from "../model/arrange.ts";
import { flatCorners } from "../model/corners.ts";
import { changeLayers, type Doc, isStack, newUid, type Node, plainNumber, rounded, UID, type Uid, uid, withField } from "../model/layer.ts";
import { edit, selected, shown } from "../model/store.ts";
import { insert } from "../model/structure.ts";
import { DOCUMENT_FIELDS, type Field, LAYER_DOCS, words } from "../schema/field.ts";
import { ELSEWHERE, type Group, sharedGroups } from "../schema/group.ts";
import { Icon } from "../ui/icon.tsx";

/** Fields of the document that are shown at once. */
const MAIN = ["title", "width", "height", "background", "alt", "access"];

export function Properties() {
  const nodes = selected.value;
  return (
    <section class="panel properties" aria-label="Properties">
      {nodes.length === 0 ? <OfDocument /> : <OfLayers nodes={nodes} />}
    </section>
  );
}

function setDocument(name: string, value: unknown): void {
  edit(
    `Change ${words(name).toLowerCase()}`,
    (before) => {
      const copy: Doc = { ...before };
      if (value === undefined) delete copy[name];
      else copy[name] = value;
      return copy;
    },
    { merge: `document ${name}` },
  );
}

function OfDocument() {
  const current = shown.value;
  const fields = DOCUMENT_FIELDS.filter((field) => !ELSEWHERE.has(field.name));
  const main = MAIN.flatMap((name) => fields.find((field) => field.name === name) ?? []);
  const more = fields.filter((field) => !MAIN.includes(field.name));
  return (
    <>
      <h2>Template</h2>
      <Section group={{ title: "Template", main, more }} get={(name) => ({ value: current[name], mixed: false })} set={setDocument} bare />
    </>
  );
}

function OfLayers({ nodes }: { nodes: Node[] }) {
  const types = nodes.map((node) => node.layer.type);
  const groups = sharedGroups(types);
  const uids = new Set<Uid>(nodes.map((node) => node.uid));
  const get = (name: string): { value: unknown; mixed: boolean } => {
    const value = nodes[0]?.layer[name];
    const text = JSON.stringify(value);
    return { value, mixed: nodes.some((node) => JSON.stringify(node.layer[name]) !== text) };
  };
  const set = (name: string, given: unknown): void => {
    const [only] = nodes;
    const placed = only && placedByPath.value.get(only.path);
    // New corners begin where the box is: four points at one place are no box.
    const isNew = name === "corners" && given !== undefined && get(name).value === undefined;
    const value = isNew && placed ? flatCorners(placed.box, room({ node: only, placed }, shown.peek())) : given;
    edit(`Change ${words(name).toLowerCase()}`, (before) => changeLayers(before, uids, (layer) => withField(layer, name, value)), {
      merge: `${[...uids].join()} ${name}`,
    });
  };
  const [first] = nodes;
  const title = nodes.length > 1 ? `${nodes.length} layers` : words(first?.layer.type ?? "");
  return (
    <>
      <h2 title={LAYER_DOCS.get(first?.layer.type ?? "")}>{title}</h2>
      <AlignBar />
      {groups.map((group) =>
        group.title === "Layout" ? <Layout key={group.title} group={group} nodes={nodes} get={get} set={set} /> : <Section key={group.title} group={group} get={get} set={set} />,
      )}
      {nodes.length === 1 && first?.layer.type === "repeat" && <RepeatLists node={first} />}
    </>
  );
}

/** The other lists of a repeat: each begins with a text. */
function RepeatLists({ node }: { node: Node }) {
  const begin = (slot: "more" | "empty", text: string): void => {
    const layer = { type: "text", text, size: 24, fill: "#14142b", [UID]: newUid() };
    edit("Add a layer", (before) => insert(before, [layer], node.uid, node.layer[slot]?.length ?? 0, slot), { select: [uid(layer)] });
  };
  return (
    <div class="section">
      <h3>Around the items</h3>
      <p class="note">The tree has the layers of each item, then those after the last one where not all are shown, then those without any item.</p>
      <button type="button" class="button quiet" onClick={() => begin("more", "and {{ loop.more }} more")}>
        + A layer if there are more
      </button>
      <button type="button" class="button quiet" onClick={() => begin("empty", "Nothing yet")}>
        + A layer if there is no item
      </button>
    </div>
  );
}

const ALIGN = ["align-left", "align-center", "align-right", "align-top", "align-middle", "align-bottom", "distribute-x", "distribute-y"];

function AlignBar() {
  return (
    <div class="align-bar" role="toolbar" aria-label="Align">
      {ALIGN.map((id) => {
        const { label, keys, isEnabled, run } = command(id);
        return (
          <button key={id} type="button" class="icon" aria-label={label} title={`${label} (${keysText(keys)})`} disabled={isEnabled ? !isEnabled() : false} onClick={run}>
            <Icon name={id} />
          </button>
        );
      })}
    </div>
  );
}

interface SectionProps {
  group: Group;
  get: (name: string) => { value: unknown; mixed: boolean };
  set: (name: string, value: unknown) => void;
  bare?: boolean;
}

function Section({ group, get, set, bare }: SectionProps) {
  const unfolded = useSignal(false);
  const row = (field: Field) => {
    const { value, mixed } = get(field.name);
    return <Row key={field.name} field={field} value={value} mixed={mixed} onChange={(next) => set(field.name, next)} />;
  };
  const isSet = (field: Field): boolean => get(field.name).value !== undefined || get(field.name).mixed;
  const visible = group.more.filter((field) => unfolded.value || isSet(field));
  return (
    <div class="section">
      {!bare && <h3>{group.title}</h3>}
      {group.main.map(row)}
      {visible.map(row)}
      {visible.length < group.more.length && (
        <button type="button" class="button quiet more" aria-expanded={false} onClick={() => (unfolded.value = true)}>
          {`More of ${group.title.toLowerCase()}`}
        </button>
      )}
      {unfolded.value && group.more.length > 0 && (
        <button type="button" class="button quiet more" aria-expanded={true} onClick={() => (unfolded.value = false)}>
          Less
        </button>
      )}
    </div>
  );
}

const SHORT: Record<string, string> = { x: "X", y: "Y", width: "W", height: "H", rotate: "⟲" };

/** Place and size: two columns, with the values that the renderer has found where there are none. */
function Layout({ group, nodes, get, set }: Omit<SectionProps, "bare"> & { nodes: Node[] }) {
  const [only] = nodes;
  const single = nodes.length === 1 && only ? only : null;
  const box = single ? placedByPath.value.get(single.path)?.box : undefined;
  const parent = single ? placedByPath.value.get(single.path)?.parent?.box : undefined;
  const isInStack = nodes.some((node) => isStack(node.parent?.layer));
  const measured: Record<string, number | undefined> = {
    x: box && rounded(box.x - (parent?.x ?? 0)),
    y: box && rounded(box.y - (parent?.y ?? 0)),
    width: box?.width,
    height: box?.height,
  };
  const cells = group.main.filter((field) => SHORT[field.name] && !(isInStack && (field.name === "x" || field.name === "y")));
  const rest = [...group.main, ...group.more].filter((field) => !SHORT[field.name]);
  return (
    <div class="section">
      <h3>Layout</h3>
      <div class="grid">
        {cells.map((field) => {
          const { value, mixed } = get(field.name);
          const size = field.name === "width" || field.name === "height";
          return (
            <span key={field.name} class="cell" title={field.doc}>
              <TextInput
                field={{ ...field, unit: null }}
                value={value}
                mixed={mixed}
                label={words(field.name)}
                prefix={SHORT[field.name] ?? ""}
                inherited={field.name === "rotate" ? "0" : measured[field.name]}
                onChange={(next) => set(field.name, next)}
              />
              {size && <SizingSelect name={field.name} value={value} measured={measured[field.name]} isInStack={isInStack} onChange={(next) => set(field.name, next)} />}
            </span>
          );
        })}
      </div>
      {rest.length > 0 && <Section group={{ title: "Layout", main: rest, more: [] }} get={get} set={set} bare />}
      {single && box && single.layer.type === "group" && <p class="note">A group is as large as what is in it, unless it has a size.</p>}
    </div>
  );
}

/** As in Figma: fixed, as large as the content, or all the room. */
function SizingSelect({ name, value, measured, isInStack, onChange }: { name: string; value: unknown; measured: number | undefined; isInStack: boolean; onChange: (value: unknown) => void }) {
  const mode = value === "fill" || value === "hug" ? value : value === undefined ? "auto" : "fixed";
  return (
    <select
      class="sizing"
      aria-label={`Sizing of the ${name}`}
      value={mode}
      onChange={(event) => {
        const next = event.currentTarget.value;
        onChange(next === "auto" ? undefined : next === "fixed" ? (plainNumber(value) ?? rounded(measured ?? 100)) : next);
      }}
    >
      <option value="auto">Auto</option>
      <option value="fixed">Fixed</option>
      <option value="hug">Hug</option>
      <option value="fill">{isInStack ? "Fill stack" : "Fill"}</option>
    </select>
  );
}

// The tree of layers, the frontmost at the top, with drag and drop.

import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { contextItems } from "../commands.ts";
import { editing } from "../canvas/tool.ts";
import { changeLayers, isContainer, isStack, LOCKED, nameOf, type Node, type Uid, withField } from "../model/layer.ts";
import { byUid, edit, select, selection, topSelected, tree } from "../model/store.ts";
import { isHidden, moveInto, placeless, toggleHidden, toggleLocked } from "../model/structure.ts";
import { report } from "../engine/live.ts";
import { Icon } from "../ui/icon.tsx";
import { openMenu } from "../ui/menu.tsx";

interface Drop {
  uid: Uid;
  where: "above" | "below" | "inside";
}

export function Layers() {
  const folded = useSignal<ReadonlySet<Uid>>(new Set(tree.peek().filter(isLarge).map((node) => node.uid)));
  const drop = useSignal<Drop | null>(null);
  const renamed = useSignal<Uid | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const rows = visibleRows(folded.value);
  const chosen = new Set(selection.value);
  const absent = new Set(report.value?.left_out ?? []);

  useEffect(() => {
    // A layer that was selected on the canvas is shown in the tree.
    const [first] = selection.value;
    list.current?.querySelector(`[data-uid="${first}"]`)?.scrollIntoView({ block: "nearest" });
  }, [selection.value]);

  const toggle = (uid: Uid, fold?: boolean): void => {
    const next = new Set(folded.value);
    if (fold ?? !next.has(uid)) next.add(uid);
    else next.delete(uid);
    folded.value = next;
  };

  const pick = (event: MouseEvent, node: Node): void => {
    if (event.shiftKey && selection.value.length > 0) {
      const uids = rows.map((row) => row.uid);
      const [from, to] = [uids.indexOf(selection.value[0] ?? 0), uids.indexOf(node.uid)];
      select(uids.slice(Math.min(from, to), Math.max(from, to) + 1));
    } else if (event.ctrlKey || event.metaKey) {
      select(chosen.has(node.uid) ? selection.value.filter((uid) => uid !== node.uid) : [...selection.value, node.uid]);
    } else select([node.uid]);
  };

  const key = (event: KeyboardEvent): void => {
    if (renamed.value !== null) return;
    const at = rows.findIndex((row) => row.uid === selection.value[0]);
    const node = rows[at];
    const go = (to: Node | undefined): void => {
      if (!to) return;
      select([to.uid]);
      list.current?.querySelector<HTMLElement>(`[data-uid="${to.uid}"]`)?.focus();
    };
    if (event.altKey && node && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      // Up in the list is to the front.
      const to = node.index + (event.key === "ArrowUp" ? 2 : -1);
      if (to >= 0) edit("Change order", (before) => moveInto(before, [node], node.parent, to, node.slot));
    } else if (event.key === "ArrowDown") go(rows[at + 1] ?? rows[0]);
    else if (event.key === "ArrowUp") go(at < 0 ? rows.at(-1) : rows[at - 1]);
    else if (event.key === "Home") go(rows[0]);
    else if (event.key === "End") go(rows.at(-1));
    else if (event.key === "ArrowRight" && node) {
      if (folded.value.has(node.uid)) toggle(node.uid, false);
      else if (node.layer.children?.length) go(rows[at + 1]);
    } else if (event.key === "ArrowLeft" && node) {
      if (node.layer.children?.length && !folded.value.has(node.uid)) toggle(node.uid, true);
      else if (node.parent) go(node.parent);
    } else if (event.key === "F2" && node) renamed.value = node.uid;
    else if (event.key === "Enter" && node?.layer.type === "text") editing.value = node.uid;
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const over = (event: DragEvent, node: Node): void => {
    if (!event.dataTransfer?.types.includes("application/x-layer")) return;
    event.preventDefault();
    const { top, height } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const share = (event.clientY - top) / height;
    const inside = isContainer(node.layer) && share > 0.25 && share < 0.75;
    drop.value = { uid: node.uid, where: inside ? "inside" : share < 0.5 ? "above" : "below" };
  };

  const dropped = (event: DragEvent): void => {
    event.preventDefault();
    const to = drop.value;
    drop.value = null;
    const target = to && byUid.value.get(to.uid);
    if (!to || !target) return;
    const into = to.where === "inside" ? target : target.parent;
    // The children of a stack have no place of their own.
    const moved = topSelected.peek().map((node) => (isStack(into?.layer) ? { ...node, layer: placeless(node.layer) } : node));
    edit("Change order", (before) =>
      to.where === "inside" ? moveInto(before, moved, target, target.layer.children?.length ?? 0) : moveInto(before, moved, target.parent, target.index + (to.where === "above" ? 1 : 0), target.slot),
    );
  };

  return (
    <section class="panel layers" aria-label="Layers">
      <h2 class="visually-hidden">Layers</h2>
      {rows.length === 0 && <p class="note">No layers yet. Draw one with the tools above the canvas, or paste some.</p>}
      <div ref={list} class="tree" role="tree" aria-label="Layers, the frontmost first" aria-multiselectable="true" onKeyDown={key} onDragLeave={() => (drop.value = null)}>
        {rows.map((node) => {
          const isChosen = chosen.has(node.uid);
          const depth = depthOf(node);
          const at = drop.value?.uid === node.uid ? `drop-${drop.value.where}` : "";
          const hidden = isHidden(node.layer);
          const name = nameOf(node.layer);
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the keys
            <div
              key={node.uid}
              role="treeitem"
              class={`layer ${isChosen ? "chosen" : ""} ${hidden || absent.has(node.path) ? "absent" : ""} ${at}`}
              data-uid={node.uid}
              tabIndex={isChosen || (selection.value.length === 0 && node === rows[0]) ? 0 : -1}
              aria-selected={isChosen}
              aria-level={depth + 1}
              aria-expanded={node.layer.children ? !folded.value.has(node.uid) : undefined}
              style={{ paddingLeft: `${8 + depth * 16}px` }}
              draggable={renamed.value !== node.uid}
              onClick={(event) => pick(event, node)}
              onDblClick={() => (renamed.value = node.uid)}
              onContextMenu={(event) => {
                event.preventDefault();
                if (!isChosen) select([node.uid]);
                openMenu({ x: event.clientX, y: event.clientY }, [{ label: "Rename", keys: "F2", run: () => (renamed.value = node.uid) }, null, ...contextItems()]);
              }}
              onDragStart={(event) => {
                if (!isChosen) select([node.uid]);
                event.dataTransfer?.setData("application/x-layer", String(node.uid));
              }}
              onDragOver={(event) => over(event, node)}
              onDrop={dropped}
              onDragEnd={() => (drop.value = null)}
            >
              <span
                class={`fold ${node.layer.children?.length ? "" : "none"} ${folded.value.has(node.uid) ? "folded" : ""}`}
                aria-hidden="true"
                onClick={(event) => {
                  event.stopPropagation();
                  toggle(node.uid);
                }}
              />
              <Icon name={node.layer.type} />
              {renamed.value === node.uid ? <Rename node={node} done={() => (renamed.value = null)} /> : <span class="name">{name}</span>}
              <Toggle label={`${node.layer[LOCKED] ? "Unlock" : "Lock"} ${name}`} on={node.layer[LOCKED] === true} icon={node.layer[LOCKED] ? "locked" : "unlocked"} onClick={() => edit("Lock", (before) => toggleLocked(before, [node]))} />
              <Toggle label={`${hidden ? "Show" : "Hide"} ${name}`} on={hidden} icon={hidden ? "hidden" : "visible"} onClick={() => edit(hidden ? "Show" : "Hide", (before) => toggleHidden(before, [node]))} />
            </div>
          );
        })}
      </div>
    </section>
  );
}

function Toggle({ label, on, icon, onClick }: { label: string; on: boolean; icon: string; onClick: () => void }) {
  return (
    <button
      type="button"
      class={`icon small toggle ${on ? "on" : ""}`}
      aria-label={label}
      title={label}
      tabIndex={-1}
      onClick={(event) => {
        event.stopPropagation();
        onClick();
      }}
    >
      <Icon name={icon} />
    </button>
  );
}

function Rename({ node, done }: { node: Node; done: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  // Before the next key: it is the first one of the name.
  useLayoutEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, []);
  const store = (text: string): void => {
    const name = text.trim();
    if (name !== (node.layer.id ?? "")) edit("Rename", (before) => changeLayers(before, new Set([node.uid]), (layer) => withField(layer, "id", name || undefined)));
    done();
  };
  return (
    <input
      ref={input}
      type="text"
      class="rename"
      aria-label="Name of the layer"
      value={node.layer.id ?? ""}
      placeholder={nameOf(node.layer)}
      onClick={(event) => event.stopPropagation()}
      onBlur={(event) => store(event.currentTarget.value)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") store(event.currentTarget.value);
        if (event.key === "Escape") done();
      }}
    />
  );
}

/** Layers in a group above which it is folded at first. */
const MANY = 6;

const isLarge = (node: Node): boolean => (node.layer.children?.length ?? 0) > MANY || (node.parent === null && node.layer.type === "group" && countOf(node) > MANY);

const countOf = ({ layer }: Pick<Node, "layer">): number => (layer.children ?? []).reduce((sum, child) => sum + 1 + countOf({ layer: child }), 0);

function depthOf(node: Node): number {
  let depth = 0;
  for (let above = node.parent; above; above = above.parent) depth += 1;
  return depth;
}

/** The rows that are not in a folded layer, the frontmost first. */
function visibleRows(folded: ReadonlySet<Uid>): Node[] {
  const rows: Node[] = [];
  const children = new Map<Uid | null, Node[]>();
  for (const node of tree.value) {
    const parent = node.parent?.uid ?? null;
    children.set(parent, [...(children.get(parent) ?? []), node]);
  }
  const visit = (parent: Uid | null): void => {
    for (const node of [...(children.get(parent) ?? [])].reverse()) {
      rows.push(node);
      if (!folded.has(node.uid)) visit(node.uid);
    }
  };
  visit(null);
  return rows;
}

// The check of an audience: a file, its columns, and the rows whose pictures are bad, the worst first.

import { batch, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { drawOn, filesVersion } from "../engine/live.ts";
import { nameOf } from "../model/layer.ts";
import { byPath, caseName, doc, typedQuery } from "../model/store.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Icon } from "../ui/icon.tsx";
import { begin, cancel, columns, counts, failure, fileName, filter, forget, found, least, listed, opened, reasons, rows, seconds, share, state, take, troubled, unclosed } from "./check.ts";
import { count } from "./count.ts";
import { DrawAll } from "./draw_all.tsx";
import type { Column, Found } from "./message.ts";

/** Rows on a page of the list. */
const PAGE = 20;

/** Px of the picture beside the list. */
const PICTURE_PX = 340;

export function AudienceDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Check an audience" onClose={onClose} wide>
      {failure.value && (
        <p class="error" role="alert">
          {failure.value}
        </p>
      )}
      {opened.value ? <Columns /> : <Drop />}
      {state.value === "running" && <Progress />}
      {(state.value === "done" || state.value === "cancelled" || found.value.length > 0) && <Results onClose={onClose} />}
      <DrawAll />
    </Dialog>
  );
}

function Drop() {
  const over = useSignal(false);
  return (
    <label
      class={`drop-file ${over.value ? "over" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        over.value = true;
      }}
      onDragLeave={() => (over.value = false)}
      onDrop={(event) => {
        event.preventDefault();
        over.value = false;
        const [file] = event.dataTransfer?.files ?? [];
        if (file) void take(file);
      }}
    >
      <Icon name="data" />
      <b>Drop the CSV of your recipients here, or choose it</b>
      <span class="note">Each of them is laid out as the template would be sent. The check uploads nothing: the file stays in this page.</span>
      <input
        type="file"
        accept=".csv,.tsv,.txt,text/csv"
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          if (file) void take(file);
        }}
      />
    </label>
  );
}

function Columns() {
  const { header, first } = opened.value ?? { header: [], first: [] };
  const params = Object.keys(doc.value.params ?? {});
  const others = columns.value.filter(([name]) => !params.includes(name));
  const running = state.value === "running";
  const set = (name: string, index: number | null): void => {
    const rest: Column[] = columns.peek().filter(([known]) => known !== name);
    columns.value = index === null ? rest : [...rest, [name, index]];
  };
  return (
    <section class="columns" aria-label="Columns">
      <p class="file">
        <b>{fileName.value}</b>
        <button type="button" class="button quiet" disabled={running} onClick={forget}>
          Another file…
        </button>
      </p>
      {params.length === 0 && <p class="note">This template has no params: every recipient gets the same picture.</p>}
      {params.map((name) => {
        const index = columns.value.find(([known]) => known === name)?.[1];
        return (
          <div key={name} class="column">
            <label for={`column-${name}`}>
              <code>{name}</code>
            </label>
            <select id={`column-${name}`} disabled={running} value={index === undefined ? "" : String(index)} onChange={(event) => set(name, event.currentTarget.value === "" ? null : Number(event.currentTarget.value))}>
              <option value="">{others.some(([other]) => other.startsWith(`${name}[`)) ? "from the columns below" : "no column: its default"}</option>
              {header.map((title, at) => (
                <option key={at} value={String(at)}>
                  {title || `column ${at + 1}`}
                </option>
              ))}
            </select>
            <span class="note">{index === undefined ? "" : first[index]}</span>
          </div>
        );
      })}
      {others.length > 0 && <p class="note">Columns of lists: {others.map(([name]) => name).join(", ")}</p>}
      <div class="column">
        <label for="column-least">Smallest letters</label>
        <span class="input">
          <input
            id="column-least"
            type="text"
            inputMode="decimal"
            disabled={running}
            placeholder={String(Math.round((doc.value.width * 12) / 600))}
            value={least.value || ""}
            onInput={(event) => (least.value = Math.max(0, Number(event.currentTarget.value) || 0))}
          />
        </span>
        <span class="note">px of the template; less is “shrunk too small”</span>
      </div>
      <p class="buttons">
        {running ? (
          <button type="button" class="button" onClick={cancel}>
            Cancel
          </button>
        ) : (
          <button type="button" class="button primary" onClick={begin}>
            {state.value === "ready" ? "Check all rows" : "Check again"}
          </button>
        )}
      </p>
    </section>
  );
}

function Progress() {
  return (
    <p class="progress">
      <progress aria-label="Rows checked" max={1} value={share.value} />
      <span>
        {count(rows.value)} rows, {count(troubled.value)} in trouble
      </span>
    </p>
  );
}

function Results({ onClose }: { onClose: () => void }) {
  const page = useSignal(0);
  const chosen = useSignal<Found | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const pages = Math.max(1, Math.ceil(listed.value.length / PAGE));
  const at = Math.min(page.value, pages - 1);
  const visible = listed.value.slice(at * PAGE, (at + 1) * PAGE);
  const row = chosen.value && visible.includes(chosen.value) ? chosen.value : (visible[0] ?? null);
  const over = state.value === "done" || state.value === "cancelled";

  const focus = (index: number): void => list.current?.querySelectorAll<HTMLElement>("button")[index]?.focus();
  const turn = (by: number): void => {
    page.value = Math.min(pages - 1, Math.max(0, at + by));
    chosen.value = null;
    requestAnimationFrame(() => focus(0));
  };
  const key = (event: KeyboardEvent): void => {
    const buttons = [...(list.current?.querySelectorAll<HTMLElement>("button") ?? [])];
    const index = buttons.indexOf(document.activeElement as HTMLElement);
    if (event.key === "PageDown") turn(1);
    else if (event.key === "PageUp") turn(-1);
    else if (event.key === "ArrowDown") index === buttons.length - 1 && at < pages - 1 ? turn(1) : focus(index + 1);
    else if (event.key === "ArrowUp") focus(index - 1);
    else if (event.key === "Home") focus(0);
    else if (event.key === "End") focus(buttons.length - 1);
    else return;
    event.preventDefault();
  };
  const words = new Map(reasons.value);
  const choose = (reason: string | null): void =>
    batch(() => {
      filter.value = filter.peek() === reason ? null : reason;
      page.value = 0;
      chosen.value = null;
    });

  return (
    <section class="results" aria-label="Results">
      {over && (
        <p class="summary" role="status">
          <b>{troubled.value === 0 ? "No recipient gets a bad picture" : `${count(troubled.value)} of ${count(rows.value)} recipients get a bad picture`}</b>
          <span class="note">
            {state.value === "cancelled" ? `Cancelled after ${count(rows.value)} rows. ` : ""}
            {count(rows.value)} rows in {seconds.value.toFixed(1)} s
          </span>
        </p>
      )}
      {unclosed.value !== null && (
        <p class="error" role="alert">
          A quoted cell begins in line {unclosed.value} and never ends: what follows was not checked.
        </p>
      )}
      <div class="filters" role="toolbar" aria-label="Show only">
        {reasons.value
          .filter(([code]) => counts.value.has(code))
          .map(([code, label]) => (
            <button key={code} type="button" class={`chip ${filter.value === code ? "chosen" : ""}`} aria-pressed={filter.value === code} onClick={() => choose(code)}>
              {label} <span>{count(counts.value.get(code) ?? 0)}</span>
            </button>
          ))}
      </div>
      {visible.length > 0 && (
        <div class="split">
          <div>
            <ul ref={list} class="rows" onKeyDown={key}>
              {visible.map((each) => (
                <li key={each.line}>
                  <button type="button" class={each === row ? "chosen" : ""} aria-pressed={each === row} onFocus={() => (chosen.value = each)} onClick={() => (chosen.value = each)}>
                    <span class="line">{each.line}</span>
                    <span>{[...new Set(each.troubles.map((trouble) => words.get(trouble.reason) ?? trouble.reason))].join(", ")}</span>
                  </button>
                </li>
              ))}
            </ul>
            <p class="pages">
              <button type="button" class="button quiet" disabled={at === 0} onClick={() => turn(-1)}>
                Previous
              </button>
              <span>
                Page {at + 1} of {count(pages)}
              </span>
              <button type="button" class="button quiet" disabled={at === pages - 1} onClick={() => turn(1)}>
                Next
              </button>
            </p>
          </div>
          {row && <Picture row={row} onClose={onClose} />}
        </div>
      )}
    </section>
  );
}

/** What the tree calls a layer that is named by its path; any other name stays. */
const layerName = (where: string): string => {
  const node = byPath.value.get(where);
  return node ? nameOf(node.layer) : where;
};

function Picture({ row, onClose }: { row: Found; onClose: () => void }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current) drawOn(canvas.current, row.query, PICTURE_PX * 2);
  }, [row, filesVersion.value]);
  const { width, height } = doc.value;
  return (
    <section class="found" aria-label={`Line ${row.line}`}>
      <canvas ref={canvas} style={{ width: `${PICTURE_PX}px`, height: `${Math.round((PICTURE_PX * height) / width)}px` }} />
      <ul>
        {row.troubles.map(({ where, what }) => (
          <li key={where + what}>
            {where && <b>{layerName(where)}</b>} {what}
          </li>
        ))}
      </ul>
      <button
        type="button"
        class="button"
        onClick={() => {
          batch(() => {
            typedQuery.value = row.query;
            caseName.value = "own";
          });
          onClose();
        }}
      >
        Edit with line {row.line}
      </button>
    </section>
  );
}

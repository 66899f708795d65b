// All rows of a checked file as pictures: what they are to be, how far they are, and what became of them.

import { useEffect, useId, useRef } from "preact/hooks";
import type { Batch, Format } from "../publish/batches.ts";
import { KeyForm } from "../publish/key_form.tsx";
import { key } from "../publish/session.ts";
import { askAccess, begin, busy, cancel, current, failure, fetchFile, follow, format, isRunning, obstacle, pattern, retry } from "./batch.ts";
import { count, duration } from "./count.ts";
import { opened, rows, state, troubled } from "./check.ts";

const FORMATS: [Format, string][] = [
  ["png", "PNG"],
  ["jpg", "JPG"],
  ["webp", "WebP"],
  ["gif", "GIF"],
];

export function DrawAll() {
  useEffect(follow, []);
  const isChecked = state.value === "done";
  const batch = current.value;
  if (!isChecked && !batch) return null;
  return (
    <section class="draw-all" aria-labelledby="draw-all">
      <h3 id="draw-all">Draw them all</h3>
      {batch && <Progress key={batch.id} batch={batch} />}
      {failure.value && (
        <p class="error" role="alert">
          {failure.value.message}
        </p>
      )}
      {isChecked && !isRunning.value && <Order />}
    </section>
  );
}

/** What the pictures are to be, or why there can be none. */
function Order() {
  const note = useId();
  useEffect(() => void askAccess(), [key.value]);
  if (obstacle.value) {
    return (
      <>
        <p class="note">{obstacle.value.why}</p>
        {obstacle.value.needsKey && <KeyForm onDone={askAccess} />}
      </>
    );
  }
  const column = opened.value?.header.find((title) => title.trim())?.trim() ?? "";
  const isWrong = failure.value?.field === "name";
  return (
    <form
      class="columns"
      onSubmit={(event) => {
        event.preventDefault();
        void begin();
      }}
    >
      <div class="column">
        <label for="draw-format">Format</label>
        <select id="draw-format" value={format.value} onChange={(event) => (format.value = event.currentTarget.value as Format)}>
          {FORMATS.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </div>
      <div class="column">
        <label for="draw-name">Names of files</label>
        <input id="draw-name" type="text" spellcheck={false} aria-describedby={note} aria-invalid={isWrong} value={pattern.value} onInput={(event) => (pattern.value = event.currentTarget.value)} />
        <span class="note" id={note}>
          {"{row}"} is the number, {`{${column}}`} the cell of that column
        </span>
      </div>
      <p class="note">This sends the file to your deployment{troubled.value > 0 ? ", rows in trouble too" : ""}. It and its pictures are deleted there after 30 days.</p>
      <p class="buttons">
        <button type="submit" class={`button ${current.value ? "" : "primary"}`} aria-disabled={busy.value !== null}>
          {busy.value === "begin" ? "Sending the file…" : `Draw ${count(rows.value)} ${rows.value === 1 ? "row" : "rows"}`}
        </button>
      </p>
    </form>
  );
}

/** What is said of a batch once it has ended, and at each quarter before. */
function words({ state, rows, done, failed }: Batch): string {
  const drawn = count(done - failed);
  if (state === "cancelled") return `Cancelled: ${drawn} of ${count(rows)} rows are drawn`;
  if (state === "done") return `${drawn} of ${count(rows)} rows are drawn${failed > 0 ? `, ${count(failed)} failed` : ""}`;
  const quarter = Math.floor((4 * done) / Math.max(1, rows)) * 25;
  return quarter > 0 ? `${quarter} % of the rows are done` : `Drawing ${count(rows)} rows`;
}

function Progress({ batch }: { batch: Batch }) {
  const { target, rows, done, failed, rate, seconds_left } = batch;
  const summary = useRef<HTMLParagraphElement>(null);
  const runs = isRunning.value;
  // The button that was pressed is gone by now: whoever uses the keyboard goes on from here.
  useEffect(() => {
    const { activeElement } = document;
    if (!activeElement || activeElement === document.body || activeElement.matches("dialog")) summary.current?.focus({ preventScroll: true });
  }, [runs]);
  const part = [`${count(done)} of ${count(rows)} rows done`, failed > 0 && `${count(failed)} failed`, rate > 0 && `${rate.toFixed(1)} rows per second`, seconds_left !== null && `${duration(seconds_left)} left`];
  return (
    <>
      <p ref={summary} class={runs ? "visually-hidden" : "summary"} role="status" tabIndex={-1}>
        <b>{words(batch)}</b>
        {!runs && <span class="note">{target}</span>}
      </p>
      {runs ? (
        <>
          <p class="progress">
            <progress aria-label="Rows drawn" max={rows} value={done} />
            <span>{part.filter(Boolean).join(", ")}</span>
          </p>
          <p class="buttons">
            <span class="note">It goes on when you close this page.</span>
            <button type="button" class="button" aria-disabled={busy.value !== null} onClick={() => void cancel(batch.id)}>
              {busy.value === "cancel" ? "Cancelling…" : "Cancel the batch"}
            </button>
          </p>
        </>
      ) : (
        <Files batch={batch} />
      )}
      {batch.failures.length > 0 && <Failures batch={batch} />}
    </>
  );
}

function Files({ batch: { id, target, state, failed, zips } }: { batch: Batch }) {
  const name = target.replaceAll("/", "-");
  const files: [path: string, label: string, saved: string][] = [
    [`/v1/batches/${id}/manifest.csv`, "Download the manifest", `${name}-manifest.csv`],
    ...zips.map((path, at): [string, string, string] => {
      const number = zips.length > 1 ? ` ${at + 1} of ${zips.length}` : "";
      return [path, `Download the ZIP${number}`, `${name}${zips.length > 1 ? `-${at + 1}` : ""}.zip`];
    }),
  ];
  return (
    <p class="buttons">
      {files.map(([path, label, saved]) => (
        <button key={path} type="button" class={`button ${path === zips[0] ? "primary" : ""}`} aria-disabled={busy.value !== null} onClick={() => void fetchFile(path, saved)}>
          {busy.value === path ? "Fetching…" : label}
        </button>
      ))}
      {(state === "cancelled" || failed > 0) && (
        <button type="button" class="button" aria-disabled={busy.value !== null} onClick={() => void retry(id)}>
          {state === "cancelled" ? "Go on with the batch" : "Draw the failed rows again"}
        </button>
      )}
    </p>
  );
}

function Failures({ batch: { failed, failures } }: { batch: Batch }) {
  return (
    <table class="revisions">
      <caption>{failures.length < failed ? `The first ${count(failures.length)} of ${count(failed)} failed rows; the manifest has all` : "Failed rows"}</caption>
      <thead>
        <tr>
          <th scope="col">Row</th>
          <th scope="col">Line</th>
          <th scope="col">Why</th>
        </tr>
      </thead>
      <tbody>
        {failures.map(({ row, line, why }) => (
          <tr key={row}>
            <td>{count(row)}</td>
            <td>{count(line)}</td>
            <td>{why}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

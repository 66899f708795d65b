// The strip of worst cases below the canvas: the template with every kind of value, always live.

import { batch, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { cases, drawOn, filesVersion, takenVersion } from "../engine/live.ts";
import type { Case, Finding } from "../engine/renderer.ts";
import { byPath, caseName, preview, query, select, shown, tree, typedQuery } from "../model/store.ts";
import { Icon } from "../ui/icon.tsx";

/** Px of the height of a small picture. */
const THUMB_PX = 84;

/** Milliseconds of drawing small pictures before the page may do something else. */
const SLICE_MS = 8;

interface Job {
  canvas: HTMLCanvasElement;
  query: string;
}

const jobs = new Map<HTMLCanvasElement, Job>();
let running = false;

/** Draws small pictures one after the other, while nothing else is to be done. */
function work(): void {
  if (running) return;
  running = true;
  const slice = (): void => {
    const start = performance.now();
    try {
      for (const job of jobs.values()) {
        if (preview.peek() || performance.now() - start > SLICE_MS) break;
        jobs.delete(job.canvas);
        const { width, height } = shown.peek();
        if (job.canvas.isConnected) drawOn(job.canvas, job.query, Math.max(1, Math.round(Math.min(2.4, width / height) * THUMB_PX * Math.min(2, window.devicePixelRatio))));
      }
    } finally {
      // One that fails does not keep the others from being drawn.
      running = jobs.size > 0;
      if (running) setTimeout(slice, preview.peek() ? 120 : 0);
    }
  };
  setTimeout(slice, 60);
}

export function Data() {
  const chosen = caseName.value;
  const all = cases.value;
  const troubled = all.filter((each) => each.findings.length > 0).length;
  const only = useSignal(false);
  const list = only.value ? all.filter((each) => each.findings.length > 0) : all;
  const current = all.find((each) => each.name === chosen);
  const move = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
    const buttons = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("button")];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    buttons[at + (event.key === "ArrowRight" ? 1 : -1)]?.focus();
    event.preventDefault();
  };
  return (
    <section class="data" aria-label="Data">
      <header>
        <h2>Try it with</h2>
        <button type="button" class={`button quiet ${troubled > 0 ? "trouble" : ""}`} aria-pressed={only.value} disabled={troubled === 0} onClick={() => (only.value = !only.value)}>
          {troubled === 0 ? "no case is in trouble" : `${troubled} of ${all.length} cases in trouble`}
        </button>
        <label class="own">
          Own values
          <input type="text" spellcheck={false} placeholder="name=Maria&plan=pro" value={query.value} onInput={(event) => choose("own", event.currentTarget.value)} />
        </label>
        {current && current.findings.length > 0 && <Findings findings={current.findings} />}
      </header>
      <div class="strip" role="toolbar" aria-label="Worst cases" aria-orientation="horizontal" onKeyDown={move}>
        {list.map((each) => (
          <Thumb key={each.name} case_={each} chosen={each.name === chosen} />
        ))}
      </div>
    </section>
  );
}

function choose(name: string, ofQuery: string): void {
  batch(() => {
    typedQuery.value = ofQuery;
    caseName.value = name;
  });
}

function Thumb({ case_, chosen }: { case_: Case; chosen: boolean }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const wasVisible = useSignal(false);
  const { name, query: own, findings } = case_;

  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const observer = new IntersectionObserver(([entry]) => (wasVisible.value = entry?.isIntersecting ?? false));
    observer.observe(element);
    return () => {
      observer.disconnect();
      jobs.delete(element);
    };
  }, []);

  useEffect(() => {
    if (!canvas.current || !wasVisible.value) return;
    jobs.set(canvas.current, { canvas: canvas.current, query: own });
    work();
  }, [own, takenVersion.value, filesVersion.value, wasVisible.value]);

  const { width, height } = shown.value;
  return (
    <button type="button" class={`thumb ${chosen ? "chosen" : ""}`} aria-pressed={chosen} onClick={() => choose(name, own)}>
      <canvas ref={canvas} style={{ width: `${Math.round(Math.min(2.4, width / height) * THUMB_PX)}px`, height: `${Math.round(Math.min(THUMB_PX, (2.4 * THUMB_PX * height) / width))}px` }} />
      <span class="caption">
        {name}
        {findings.length > 0 && (
          <span class="trouble" title={findings.map((finding) => `${finding.layer}: ${finding.what}`).join("\n")}>
            <Icon name="warning" />
            <span class="visually-hidden">, in trouble</span>
          </span>
        )}
      </span>
    </button>
  );
}

/** What is wrong with a case; a click selects the layer. */
export function Findings({ findings }: { findings: Finding[] }) {
  return (
    <ul class="findings">
      {findings.slice(0, 3).map((finding) => (
        <li key={finding.layer + finding.what}>
          <button type="button" class="button quiet" onClick={() => selectLayer(finding.layer)}>
            <b>{finding.layer}</b> {finding.what}
          </button>
        </li>
      ))}
      {findings.length > 3 && <li class="note">and {findings.length - 3} more</li>}
    </ul>
  );
}

/** Selects a layer by its `id` or its path. */
function selectLayer(name: string): void {
  const node = byPath.value.get(name) ?? tree.value.find((each) => each.layer.id === name);
  if (node) select([node.uid]);
}

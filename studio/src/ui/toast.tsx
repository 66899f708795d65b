// Short messages: seen for some seconds, and read out by screen readers.

import { signal } from "@preact/signals";

interface Toast {
  text: string;
  kind: "info" | "error";
}

const toast = signal<Toast | null>(null);
const spoken = signal("");
let timer = 0;

/** Milliseconds that a message stays. */
const SHOWN_MS = 6_000;

/** Shows a message. */
export function say(text: string, kind: "info" | "error" = "info"): void {
  toast.value = { text, kind };
  clearTimeout(timer);
  timer = window.setTimeout(() => {
    toast.value = null;
  }, SHOWN_MS);
}

/** Tells screen readers alone. */
export function announce(text: string): void {
  spoken.value = text;
}

export function Toasts() {
  const current = toast.value;
  return (
    <>
      <div class="visually-hidden" role="status">
        {spoken.value}
      </div>
      <div class="toasts" role={current?.kind === "error" ? "alert" : "status"}>
        {current && <div class={`toast ${current.kind}`}>{current.text}</div>}
      </div>
    </>
  );
}

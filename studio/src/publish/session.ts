// The API key of this tab, which is kept while the tab lives, and nowhere else; and the dialog that is open.

import { effect, signal } from "@preact/signals";

const STORED = "monogram-key";

function stored(): string {
  try {
    return sessionStorage.getItem(STORED) ?? "";
  } catch {
    return "";
  }
}

export const key = signal(stored());

effect(() => {
  try {
    if (key.value) sessionStorage.setItem(STORED, key.value);
    else sessionStorage.removeItem(STORED);
  } catch {
    // Without storage it is kept until the page is left.
  }
});

export type DialogName = "publish" | "key" | "keys" | "audience" | "revisions" | "imported" | "snippet";

/** The dialog that is open. */
export const dialog = signal<DialogName | null>(null);

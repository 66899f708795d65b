// The `<img>` of a published template, for an email sender.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { doc, origin } from "../model/store.ts";
import { Dialog } from "../ui/dialog.tsx";
import { say } from "../ui/toast.tsx";
import { type Sender, senders, snippet } from "./api.ts";
import { KeyForm } from "./key_form.tsx";
import { key } from "./session.ts";

/** The snippet of the open template; that of a public one needs no key. */
export function SnippetDialog({ onClose }: { onClose: () => void }) {
  const needsKey = doc.value["access"] !== "public" && !key.value;
  return (
    <Dialog title={`Snippet of ${origin.value.id}`} onClose={onClose} wide>
      {needsKey ? (
        <>
          <p>This template is not public: its URLs are signed, which needs an API key with the scope sign.</p>
          <KeyForm onDone={() => {}} />
        </>
      ) : (
        <SnippetPanel id={origin.value.id} />
      )}
    </Dialog>
  );
}

/** The `<img>` for an email sender. */
export function SnippetPanel({ id }: { id: string }) {
  const all = useSignal<Sender[]>([]);
  const sender = useSignal("mailchimp");
  const html = useSignal("");
  const notes = useSignal<string[]>([]);
  const error = useSignal<string | null>(null);
  const isPublic = doc.value["access"] === "public";
  const width = Math.min(600, doc.value.width);

  useEffect(() => {
    senders().then(
      (list) => (all.value = list),
      (thrown: Error) => (error.value = thrown.message),
    );
  }, []);
  useEffect(() => {
    let current = true;
    snippet(id, isPublic, sender.value, Object.keys(doc.peek().params ?? {}), width).then(
      (answer) => {
        if (!current) return;
        html.value = answer.html;
        notes.value = answer.notes ?? [];
        error.value = null;
      },
      (thrown: Error) => current && (error.value = thrown.message),
    );
    return () => {
      current = false;
    };
  }, [sender.value]);

  return (
    <div class="form">
      <p>Paste this into the email:</p>
      <label>
        Sender
        <select value={sender.value} onChange={(event) => (sender.value = event.currentTarget.value)}>
          {all.value.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
        </select>
      </label>
      <label>
        HTML
        <textarea readOnly rows={5} class="snippet" value={html.value} onFocus={(event) => event.currentTarget.select()} />
      </label>
      {notes.value.map((note) => (
        <p key={note} class="note">
          {note}
        </p>
      ))}
      {error.value && (
        <p class="error" role="alert">
          {error.value}
        </p>
      )}
      <div class="buttons">
        <button
          type="button"
          class="button primary"
          disabled={!html.value}
          onClick={() =>
            void navigator.clipboard.writeText(html.value).then(
              () => say("Copied"),
              () => say("The browser does not let the page copy: select the text, and copy it", "error"),
            )
          }
        >
          Copy HTML
        </button>
      </div>
    </div>
  );
}

// Publishing: what changed, what is in trouble, the new revision, and then the snippet.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { cases, stressNow } from "../engine/live.ts";
import { forget, kept } from "../engine/kept_files.ts";
import { changes } from "../model/changes.ts";
import { parseDocument, printDocument } from "../model/document.ts";
import { begin, openDraft, published } from "../model/draft.ts";
import type { Json } from "../model/layer.ts";
import { doc, origin } from "../model/store.ts";
import { Dialog } from "../ui/dialog.tsx";
import { say } from "../ui/toast.tsx";
import { ApiError, publish, putAsset, read } from "./api.ts";
import { ChangesList } from "./changes_list.tsx";
import { ComparePictures } from "./compare.tsx";
import { KeyForm } from "./key_form.tsx";
import { key } from "./session.ts";
import { SnippetPanel } from "./snippet_panel.tsx";

const ID = /^[a-z0-9-]+(?:\/[a-z0-9-]+)*$/;

/** The names of assets in a document. */
function assetsIn(value: unknown): Set<string> {
  const found = new Set<string>();
  const visit = (each: unknown): void => {
    if (typeof each === "string") {
      const name = /^asset:([\w./-]+)$/.exec(each)?.[1];
      if (name) found.add(name);
    } else if (typeof each === "object" && each !== null) Object.values(each).forEach(visit);
  };
  visit(value);
  return found;
}

/** Uploads the images that were added here, into the folder of the template's client. */
async function uploadImages(id: string): Promise<void> {
  const client = id.split("/")[0];
  for (const name of assetsIn(doc.peek())) {
    const bytes = await kept(name);
    if (!bytes) continue;
    await putAsset(`${client}/${name}`, bytes);
    await forget(name);
  }
}

function suggestedId(): string {
  const title = doc.peek().title ?? "";
  const slug = title.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
  return origin.peek().id || `my/${slug || "template"}`;
}

interface Theirs {
  text: string;
  revision: number;
}

export function PublishDialog({ onClose }: { onClose: () => void }) {
  const id = useSignal(suggestedId());
  const busy = useSignal(false);
  const error = useSignal<string | null>(null);
  const conflict = useSignal<Theirs | null>(null);
  const done = useSignal<{ id: string; revision: number } | null>(null);
  const { revision, base } = origin.value;
  // What is published is judged as it is now, and not as it was before the last edit.
  useEffect(stressNow, []);

  if (!key.value) {
    return (
      <Dialog title="Publish" onClose={onClose}>
        <p>Publishing needs an API key with the scope templates:write. Everything else works without one.</p>
        <KeyForm onDone={() => {}} />
      </Dialog>
    );
  }
  if (done.value) {
    return (
      <Dialog title={`Published as revision ${done.value.revision}`} onClose={onClose} wide>
        <p>
          <code>{done.value.id}</code> is live in every location within a minute.
        </p>
        <SnippetPanel id={done.value.id} />
      </Dialog>
    );
  }

  const send = async (over: number | null): Promise<void> => {
    busy.value = true;
    error.value = null;
    const [draft, text] = [openDraft(), printDocument(doc.peek())];
    try {
      await uploadImages(id.value);
      const answer = await publish(id.value, text, over);
      published(draft, { id: answer.id, revision: answer.revision, base: text }, text);
      conflict.value = null;
      done.value = { id: answer.id, revision: answer.revision };
    } catch (thrown) {
      if (thrown instanceof ApiError && thrown.problem.status === 412) {
        try {
          conflict.value = await read(id.value);
        } catch {
          error.value = thrown.message;
        }
      } else error.value = thrown instanceof Error ? thrown.message : String(thrown);
    } finally {
      busy.value = false;
    }
  };

  if (conflict.value) {
    const theirs = conflict.value;
    return (
      <Conflict
        theirs={theirs}
        busy={busy.value}
        isNew={origin.value.id !== id.value}
        onMine={() => void send(theirs.revision)}
        onTheirs={() => {
          begin(theirs.text, { id: id.value, revision: theirs.revision, base: theirs.text });
          say("Their version is open; yours stays a draft on the start page");
          onClose();
        }}
        onClose={() => (conflict.value = null)}
      />
    );
  }
  const isSame = id.value === origin.value.id;
  const differences = isSame && base ? changes(parseDocument(base) as unknown as Json, parseDocument(printDocument(doc.value)) as unknown as Json) : null;
  const troubled = cases.value.filter((each) => each.findings.length > 0);
  return (
    <Dialog title="Publish" onClose={onClose} wide>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (ID.test(id.value)) void send(isSame ? revision : null);
          else error.value = "An id has lower-case letters, digits and -, in parts joined by /: acme/welcome";
        }}
      >
        <label>
          Id of the template
          <input type="text" spellcheck={false} value={id.value} onInput={(event) => (id.value = event.currentTarget.value)} />
        </label>
        <p class="note">Its first part is the client. {isSame && revision !== null ? `Revision ${revision} is live; this becomes the next one.` : "A template of this id must not exist yet."}</p>
        {differences && (
          <section>
            <h3>{differences.length === 0 ? "Nothing changed" : `${differences.length} changes since revision ${revision}`}</h3>
            {differences.length > 0 && base && <ComparePictures from={base} to={printDocument(doc.value)} names={[`revision ${revision}`, "this one"]} />}
            {base && <ChangesList from={parseDocument(base) as unknown as Json} to={parseDocument(printDocument(doc.value)) as unknown as Json} most={12} />}
          </section>
        )}
        <section>
          <h3>{troubled.length === 0 ? "No worst case is in trouble" : `${troubled.length} of ${cases.value.length} worst cases are in trouble`}</h3>
          <ul class="changes">
            {troubled.slice(0, 6).map((each) => (
              <li key={each.name}>
                <b>{each.name}</b>: {each.findings[0]?.layer} {each.findings[0]?.what}
              </li>
            ))}
          </ul>
        </section>
        {error.value && (
          <p class="error" role="alert">
            {error.value}
          </p>
        )}
        <div class="buttons">
          <button type="button" class="button" onClick={onClose}>
            Not now
          </button>
          <button type="submit" class="button primary" disabled={busy.value}>
            {busy.value ? "Publishing…" : "Publish"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** Somebody published meanwhile: both versions, and nothing is lost. */
function Conflict({ theirs, busy, isNew, onMine, onTheirs, onClose }: { theirs: Theirs; busy: boolean; isNew: boolean; onMine: () => void; onTheirs: () => void; onClose: () => void }) {
  const mine = parseDocument(printDocument(doc.peek())) as unknown as Json;
  const differences = changes(JSON.parse(theirs.text), mine);
  return (
    <Dialog title={isNew ? "There is a template of this id already" : `Revision ${theirs.revision} was published meanwhile`} onClose={onClose} wide>
      <p>Nothing is lost: yours is a draft in this browser, theirs is live. They differ in {differences.length} places.</p>
      <ComparePictures from={theirs.text} to={printDocument(doc.peek())} names={["theirs", "yours"]} />
      <div class="versions">
        <section>
          <h3>Theirs, revision {theirs.revision}</h3>
          <pre>{printDocument(parseDocument(theirs.text))}</pre>
        </section>
        <section>
          <h3>Yours</h3>
          <pre>{printDocument(doc.peek())}</pre>
        </section>
      </div>
      <ChangesList from={JSON.parse(theirs.text)} to={mine} most={8} say={({ kind, from, to }) => (kind === "changed" ? `theirs ${from}, yours ${to}` : kind === "added" ? "only in yours" : "only in theirs")} />
      <div class="buttons">
        <button type="button" class="button" onClick={onClose}>
          Back
        </button>
        <button type="button" class="button" onClick={onTheirs}>
          Open theirs
        </button>
        <button type="button" class="button primary" disabled={busy} onClick={onMine}>
          Publish mine over it
        </button>
      </div>
    </Dialog>
  );
}

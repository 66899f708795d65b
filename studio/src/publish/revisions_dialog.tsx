// The revisions of the template: a picture of each, what changed, and the way back.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { drawDocumentOn, filesVersion } from "../engine/live.ts";
import { begin } from "../model/draft.ts";
import { origin } from "../model/store.ts";
import { Dialog } from "../ui/dialog.tsx";
import { say } from "../ui/toast.tsx";
import { read, type Revision, revisions, rollback } from "./api.ts";
import { KeyForm } from "./key_form.tsx";
import { key } from "./session.ts";
import { ChangesList } from "./changes_list.tsx";
import { ComparePictures } from "./compare.tsx";

/** Px of the width of a small picture. */
const PICTURE_PX = 132;

/** A revision with its examples, drawn once it is seen. */
function RevisionPicture({ revision, text, load }: { revision: number; text: string | undefined; load: () => void }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    if (!element || text) return;
    const observer = new IntersectionObserver(([entry]) => {
      if (!entry?.isIntersecting) return;
      observer.disconnect();
      load();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [text]);
  useEffect(() => {
    if (canvas.current && text) drawDocumentOn(canvas.current, text, PICTURE_PX * 2);
  }, [text, filesVersion.value]);
  return <canvas ref={canvas} class="revision-picture" role="img" aria-label={`Revision ${revision}`} />;
}

export function RevisionsDialog({ onClose }: { onClose: () => void }) {
  const list = useSignal<Revision[]>([]);
  const error = useSignal<string | null>(null);
  const texts = useSignal<ReadonlyMap<number, string>>(new Map());
  const compared = useSignal<{ from: number; to: number } | null>(null);
  const { id } = origin.value;

  useEffect(() => {
    if (!key.value || !id) return;
    let current = true;
    revisions(id).then(
      (found) => current && (list.value = found),
      (thrown: Error) => current && (error.value = thrown.message),
    );
    return () => {
      current = false;
    };
  }, [key.value]);

  const textOf = async (revision: number): Promise<string> => {
    const known = texts.peek().get(revision);
    if (known) return known;
    const { text } = await read(id, revision);
    texts.value = new Map([...texts.peek(), [revision, text]]);
    return text;
  };
  const guarded = (work: () => Promise<void>) => (): void => {
    work().catch((thrown: Error) => (error.value = thrown.message));
  };

  if (!key.value) {
    return (
      <Dialog title="Revisions" onClose={onClose}>
        <p>Revisions need an API key with the scope templates:read.</p>
        <KeyForm onDone={() => {}} />
      </Dialog>
    );
  }
  const live = list.value.find((each) => each.live);
  const [from, to] = compared.value ? [texts.value.get(compared.value.from), texts.value.get(compared.value.to)] : [];
  return (
    <Dialog title={`Revisions of ${id}`} onClose={onClose} wide>
      {error.value && (
        <p class="error" role="alert">
          {error.value}
        </p>
      )}
      <table class="revisions">
        <thead>
          <tr>
            <th scope="col">Picture</th>
            <th scope="col">Revision</th>
            <th scope="col">Made</th>
            <th scope="col">Key</th>
            <th scope="col">
              <span class="visually-hidden">What to do</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {list.value.map((each, index) => {
            const before = list.value[index + 1];
            return (
              <tr key={each.revision}>
                <td>
                  <RevisionPicture revision={each.revision} text={texts.value.get(each.revision)} load={() => void textOf(each.revision).catch(() => {})} />
                </td>
                <td>
                  {each.revision}
                  {each.live && <b> live</b>}
                  {each.rollback_of ? ` (again ${each.rollback_of})` : ""}
                </td>
                <td>{new Date(each.made).toLocaleString()}</td>
                <td>{each.kid}</td>
                <td class="buttons">
                  {before && (
                    <button
                      type="button"
                      class="button"
                      onClick={guarded(async () => {
                        await Promise.all([textOf(before.revision), textOf(each.revision)]);
                        compared.value = { from: before.revision, to: each.revision };
                      })}
                    >
                      Compare with {before.revision}
                    </button>
                  )}
                  {!each.live && live && (
                    <button
                      type="button"
                      class="button"
                      onClick={guarded(async () => {
                        const text = await textOf(each.revision);
                        const answer = await rollback(id, each.revision, live.revision);
                        begin(text, { id, revision: answer.revision, base: text });
                        say(`Revision ${each.revision} is live again, as ${answer.revision}`);
                        onClose();
                      })}
                    >
                      Roll back
                    </button>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {compared.value && from && to && (
        <section>
          <h3>
            Revision {compared.value.from} and {compared.value.to}
          </h3>
          <ComparePictures from={from} to={to} />
          <ChangesList from={JSON.parse(from)} to={JSON.parse(to)} most={20} />
        </section>
      )}
    </Dialog>
  );
}

// What differs between two documents, in words that a designer knows.

import { type Change, changes, placeInWords } from "../model/changes.ts";
import type { Json } from "../model/layer.ts";

interface Props {
  from: Json;
  to: Json;
  /** Changes that are shown; the others are counted. */
  most: number;
  /** What happened, where it is told otherwise than as before and after. */
  say?: (change: Change) => string;
}

const plainly = ({ kind, from, to }: Change): string => (kind === "changed" ? `${from} → ${to}` : kind);

export function ChangesList({ from, to, most, say = plainly }: Props) {
  const all = changes(from, to);
  return (
    <ul class="changes">
      {all.slice(0, most).map((change) => {
        const { layer, field } = placeInWords(change.path, [to, from]);
        return (
          <li key={change.path} class={change.kind} title={change.path}>
            {layer !== null && <b>{layer} </b>}
            {field && <code>{field}</code>} {say(change)}
          </li>
        );
      })}
      {all.length > most && <li>and {all.length - most} more</li>}
    </ul>
  );
}

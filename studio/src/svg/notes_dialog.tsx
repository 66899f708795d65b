// What an imported SVG has that layers do not, so that nothing is gone in silence.

import { Dialog } from "../ui/dialog.tsx";
import type { Note } from "./import.ts";
import { importNotes } from "./open.ts";

const TITLES: [Note["kind"], string, string][] = [
  ["left", "Left out", "The template does not have these."],
  ["changed", "Kept, but different", "Look at these on the canvas."],
  ["picture", "Kept as pictures", "They look the same, but their colours and shapes cannot be edited here."],
];

export function NotesDialog({ onClose }: { onClose: () => void }) {
  const { name, notes } = importNotes.value;
  return (
    <Dialog title={`What became of ${name || "the SVG"}`} onClose={onClose}>
      <p>Everything else is layers.</p>
      {TITLES.map(([kind, title, meaning]) => {
        const own = notes.filter((note) => note.kind === kind);
        return own.length === 0 ? null : (
          <section key={kind} class="import-notes">
            <h3>{title}</h3>
            <p class="note">{meaning}</p>
            <ul>
              {own.map(({ what, count }) => (
                <li key={what}>
                  {what}
                  {count > 1 && <span class="note"> ({count} times)</span>}
                </li>
              ))}
            </ul>
          </section>
        );
      })}
      <div class="buttons">
        <button type="button" class="button primary" onClick={onClose}>
          Go on
        </button>
      </div>
    </Dialog>
  );
}

// The dialogs of the page: publish, API key, keyboard shortcuts.

import { AudienceDialog } from "../audience/audience_dialog.tsx";
import { COMMANDS, keysText } from "../commands.ts";
import { NotesDialog } from "../svg/notes_dialog.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { KeyForm } from "./key_form.tsx";
import { PublishDialog } from "./publish_dialog.tsx";
import { RevisionsDialog } from "./revisions_dialog.tsx";
import { dialog } from "./session.ts";
import { SnippetDialog } from "./snippet_panel.tsx";

const close = (): void => {
  dialog.value = null;
};

export function Dialogs() {
  switch (dialog.value) {
    case "publish":
      return <PublishDialog onClose={close} />;
    case "revisions":
      return <RevisionsDialog onClose={close} />;
    case "audience":
      return <AudienceDialog onClose={close} />;
    case "snippet":
      return <SnippetDialog onClose={close} />;
    case "imported":
      return <NotesDialog onClose={close} />;
    case "key":
      return <KeyDialog />;
    case "keys":
      return <Shortcuts />;
    default:
      return null;
  }
}

function KeyDialog() {
  return (
    <Dialog title="API key" onClose={close}>
      <KeyForm onDone={close} />
    </Dialog>
  );
}

const MORE: [string, string][] = [
  ["Arrow keys", "Move by 1 px, with Shift by 10; in a stack to the next place; with nothing selected, move the view"],
  ["Tab", "The next layer"],
  ["Enter", "Edit the text, crop the image, or go into the group"],
  ["Escape", "Out of the group, or select nothing"],
  ["Mod+V", "Paste layers, text or images"],
  ["Space and drag", "Move the view"],
  ["Mod+wheel", "Zoom"],
  ["Mod+click", "Select the innermost layer"],
  ["Alt and drag", "Move a copy"],
  ["Shift and drag", "Along one axis; resize in proportion; rotate by 15°"],
  ["Mod and drag", "Without snapping, and not into a stack"],
  ["F2", "Rename, in the tree"],
  ["Alt+↑ Alt+↓", "Forward and backward, in the tree"],
];

function Shortcuts() {
  return (
    <Dialog title="Keyboard shortcuts" onClose={close} wide>
      <dl class="shortcuts">
        {[...COMMANDS.flatMap(({ keys, label }) => (keys ? [[keys, label] as [string, string]] : [])), ...MORE].map(([keys, label]) => (
          <div key={label}>
            <dt>
              <kbd>{keysText(keys)}</kbd>
            </dt>
            <dd>{label}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

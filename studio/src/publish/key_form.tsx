// The form for the API key.

import { useSignal } from "@preact/signals";
import { say } from "../ui/toast.tsx";
import { key } from "./session.ts";

export function KeyForm({ onDone }: { onDone: () => void }) {
  const text = useSignal(key.value);
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        key.value = text.value.trim();
        say(key.value ? "The key is kept until this tab is closed" : "The key is forgotten");
        onDone();
      }}
    >
      <label>
        API key
        <input type="password" autocomplete="off" placeholder="mg_live_…" value={text.value} onInput={(event) => (text.value = event.currentTarget.value)} />
      </label>
      <p class="note">It is kept in this tab alone, until you close it. It needs templates:read to list, templates:write to publish, assets:write for images, sign for signed snippets and batch to draw an audience. What it lacks is said where it is needed.</p>
      <div class="buttons">
        {key.value && (
          <button
            type="button"
            class="button"
            onClick={() => {
              key.value = "";
              text.value = "";
              onDone();
            }}
          >
            Forget it
          </button>
        )}
        <button type="submit" class="button primary">
          Use this key
        </button>
      </div>
    </form>
  );
}

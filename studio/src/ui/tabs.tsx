// Panels of which one is shown.

import { useSignal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useId } from "preact/hooks";

export function Tabs({ label, tabs }: { label: string; tabs: [name: string, panel: ComponentType][] }) {
  const id = useId();
  const chosen = useSignal(0);
  const Panel = tabs[chosen.value]?.[1];
  const key = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    chosen.value = (chosen.value + by + tabs.length) % tabs.length;
    document.getElementById(`${id}-${chosen.value}`)?.focus();
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label={label} onKeyDown={key}>
        {tabs.map(([name], index) => (
          <button
            key={name}
            id={`${id}-${index}`}
            type="button"
            role="tab"
            aria-selected={chosen.value === index}
            aria-controls={`${id}-panel`}
            tabIndex={chosen.value === index ? 0 : -1}
            onClick={() => (chosen.value = index)}
          >
            {name}
          </button>
        ))}
      </div>
      <div id={`${id}-panel`} class="tab-panel" role="tabpanel" aria-labelledby={`${id}-${chosen.value}`}>
        {Panel && <Panel />}
      </div>
    </>
  );
}

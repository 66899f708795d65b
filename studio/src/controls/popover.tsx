// A small panel beside the control that opened it. Escape and a press elsewhere close it.

import type { ComponentChildren } from "preact";
import { createPortal } from "preact/compat";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

export function Popover({ anchor, label, onClose, children }: { anchor: HTMLElement; label: string; onClose: () => void; children: ComponentChildren }) {
  const panel = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    const element = panel.current;
    if (!element) return;
    const [own, at] = [element.getBoundingClientRect(), anchor.getBoundingClientRect()];
    const left = at.left - own.width - 8 > 4 ? at.left - own.width - 8 : Math.min(at.left, window.innerWidth - own.width - 8);
    element.style.left = `${Math.max(8, left)}px`;
    element.style.top = `${Math.max(8, Math.min(at.top - 12, window.innerHeight - own.height - 8))}px`;
    element.querySelector<HTMLElement>("input, [tabindex='0'], button")?.focus();
  }, [anchor]);

  useEffect(() => {
    const outside = (event: Event): void => {
      const target = event.target instanceof Node ? event.target : null;
      if (!panel.current?.contains(target) && !anchor.contains(target)) onClose();
    };
    window.addEventListener("pointerdown", outside, true);
    return () => window.removeEventListener("pointerdown", outside, true);
  }, [anchor, onClose]);

  return createPortal(
    <div
      ref={panel}
      class="popover"
      role="dialog"
      aria-label={label}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
        anchor.focus();
      }}
    >
      {children}
    </div>,
    document.body,
  );
}

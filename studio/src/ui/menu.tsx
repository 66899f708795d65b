// Menus: of a button, or at the pointer. The arrow keys move in them, Escape closes them.

import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { ComponentChildren } from "preact";

export interface MenuItem {
  label: string;
  keys?: string;
  hint?: string;
  disabled?: boolean;
  run: () => void;
}

interface OpenMenu {
  at: { x: number; y: number };
  /** null is a line between items. */
  items: (MenuItem | null)[];
  /** What has the focus again when it closes. */
  from: HTMLElement | null;
}

const current = signal<OpenMenu | null>(null);

export function openMenu(at: { x: number; y: number }, items: (MenuItem | null)[]): void {
  const active = document.activeElement;
  current.value = { at, items, from: active instanceof HTMLElement ? active : null };
}

function close(refocus: boolean): void {
  const from = current.peek()?.from;
  current.value = null;
  if (refocus) from?.focus({ preventScroll: true });
}

/** A button that opens a menu below itself. One without a text of its own has `title` as its name. */
export function MenuButton({ title, items, children, className }: { title: string; items: () => (MenuItem | null)[]; children?: ComponentChildren; className?: string }) {
  const button = useRef<HTMLButtonElement>(null);
  return (
    <button
      ref={button}
      type="button"
      class={className ?? "button"}
      title={title}
      aria-label={className?.startsWith("icon") ? title : undefined}
      aria-haspopup="menu"
      onClick={() => {
        const bounds = button.current?.getBoundingClientRect();
        button.current?.focus();
        openMenu({ x: bounds?.left ?? 0, y: (bounds?.bottom ?? 0) + 4 }, items());
      }}
    >
      {children}
    </button>
  );
}

/** The place where the open menu is shown. */
export function Menus() {
  const menu = current.value;
  const list = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    const element = list.current;
    if (!element || !menu) return;
    const { width, height } = element.getBoundingClientRect();
    element.style.left = `${Math.max(4, Math.min(menu.at.x, window.innerWidth - width - 4))}px`;
    element.style.top = `${Math.max(4, Math.min(menu.at.y, window.innerHeight - height - 4))}px`;
    element.querySelector<HTMLElement>("[role^=menuitem]:not([aria-disabled=true])")?.focus();
  }, [menu]);

  useEffect(() => {
    if (!menu) return;
    const outside = (event: Event): void => {
      if (!(event.target instanceof Node) || !list.current?.contains(event.target)) close(false);
    };
    const away = (): void => close(false);
    window.addEventListener("pointerdown", outside, true);
    window.addEventListener("blur", away);
    return () => {
      window.removeEventListener("pointerdown", outside, true);
      window.removeEventListener("blur", away);
    };
  }, [menu]);

  if (!menu) return null;
  const focusables = (): HTMLElement[] => [...(list.current?.querySelectorAll<HTMLElement>("[role^=menuitem]:not([aria-disabled=true])") ?? [])];
  const key = (event: KeyboardEvent): void => {
    const all = focusables();
    const at = all.indexOf(document.activeElement as HTMLElement);
    if (event.key === "ArrowDown") all[(at + 1) % all.length]?.focus();
    else if (event.key === "ArrowUp") all[(at - 1 + all.length) % all.length]?.focus();
    else if (event.key === "Home") all[0]?.focus();
    else if (event.key === "End") all.at(-1)?.focus();
    else if (event.key === "Escape" || event.key === "Tab") close(true);
    else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
      const letter = event.key.toLowerCase();
      const order = [...all.slice(at + 1), ...all.slice(0, at + 1)];
      order.find((item) => item.textContent?.trim().toLowerCase().startsWith(letter))?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <nav aria-label="Menu">
      <div ref={list} class="menu" role="menu" tabIndex={-1} onKeyDown={key}>
      {menu.items.map((item, index) =>
        item === null ? (
          <hr key={index} class="line" />
        ) : (
          <button
            key={item.label}
            type="button"
            role="menuitem"
            aria-disabled={item.disabled ? true : undefined}
            tabIndex={-1}
            onClick={() => {
              if (item.disabled) return;
              close(true);
              item.run();
            }}
          >
            <span class="label">{item.label}</span>
            {item.hint && <span class="hint">{item.hint}</span>}
            {item.keys && <kbd>{item.keys}</kbd>}
          </button>
        ),
      )}
    </div>
    </nav>
  );
}

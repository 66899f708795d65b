// The JSON beside the canvas, both ways; a mistake is underlined at its place.

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, defaultHighlightStyle, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "preact/hooks";
import { effect } from "@preact/signals";
import { mistake } from "../engine/live.ts";
import type { Mistake } from "../engine/renderer.ts";
import { parseDocument, placeOf, printDocument } from "../model/document.ts";
import { numbered } from "../model/layer.ts";
import { doc, edit, shown, topSelected } from "../model/store.ts";

/** Colours that follow the page's scheme. */
const STYLE = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--code-name)" },
  { tag: tags.string, color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
]);

const THEME = EditorView.theme({
  "&": { height: "100%", backgroundColor: "var(--panel)", color: "var(--ink)", fontSize: "12px" },
  ".cm-scroller": { fontFamily: "ui-monospace, SFMono-Regular, Menlo, monospace", lineHeight: "1.5" },
  ".cm-gutters": { backgroundColor: "var(--panel)", color: "var(--faint)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--hover)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground, ::selection": { backgroundColor: "var(--accent-soft) !important" },
  ".cm-tooltip": { backgroundColor: "var(--panel)", color: "var(--ink)", border: "1px solid var(--edge)" },
});

/** Where a mistake is in the text. */
function diagnosticOf(text: string, { field, message, remedy }: Mistake): Diagnostic {
  const words = `${message}${remedy ? ` (${remedy})` : ""}`;
  const place = field ? placeOf(text, field) : null;
  return { from: place?.from ?? 0, to: place?.to ?? Math.min(1, text.length), severity: "error", message: words };
}

/** The place of a mistake in the syntax, of the words of the browser or of the renderer. */
function syntaxPlace(text: string, message: string): number {
  const position = /position (\d+)/.exec(message)?.[1];
  if (position) return Number(position);
  const [, line, column] = /line (\d+) column (\d+)/.exec(message) ?? [];
  if (!line || !column) return text.length;
  const start = text.split("\n").slice(0, Number(line) - 1).reduce((sum, each) => sum + each.length + 1, 0);
  return start + Number(column) - 1;
}

export default function Code() {
  const host = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    // In a shadow root its styles are a constructed sheet, which the page's policy allows.
    const root = element.shadowRoot ?? element.attachShadow({ mode: "open" });
    let own = false;
    let timer = 0;

    const take = (view: EditorView): void => {
      const text = view.state.doc.toString();
      try {
        const next = numbered(parseDocument(text), doc.peek());
        own = true;
        edit("Edit the JSON", () => next, { merge: "json" });
        own = false;
        view.dispatch(setDiagnostics(view.state, []));
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        const at = Math.min(syntaxPlace(text, message), Math.max(0, text.length - 1));
        view.dispatch(setDiagnostics(view.state, [{ from: at, to: Math.min(text.length, at + 1), severity: "error", message: `This is not JSON: ${message}` }]));
      }
    };

    const takeNow = (view: EditorView): void => {
      clearTimeout(timer);
      if (timer !== 0) take(view);
      timer = 0;
    };

    const view = new EditorView({
      root,
      parent: root as unknown as HTMLElement,
      state: EditorState.create({
        doc: printDocument(doc.peek()),
        extensions: [
          lineNumbers(),
          history(),
          json(),
          bracketMatching(),
          highlightActiveLine(),
          lintGutter(),
          syntaxHighlighting(STYLE),
          syntaxHighlighting(defaultHighlightStyle, { fallback: true }),
          keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
          EditorView.contentAttributes.of({ "aria-label": "The template as JSON" }),
          EditorView.lineWrapping,
          THEME,
          EditorView.updateListener.of((update) => {
            if (!update.docChanged || own) return;
            clearTimeout(timer);
            timer = window.setTimeout(() => takeNow(update.view), 250);
          }),
          // What was typed comes before what is done elsewhere.
          EditorView.domEventHandlers({ blur: (_, view) => takeNow(view) }),
        ],
      }),
    });

    // The document → the text, unless the text made it.
    const stopText = effect(() => {
      const text = printDocument(shown.value);
      if (own || view.hasFocus || text === view.state.doc.toString()) return;
      own = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      own = false;
    });
    const stopMistakes = effect(() => {
      const wrong = mistake.value;
      view.dispatch(setDiagnostics(view.state, wrong ? [diagnosticOf(view.state.doc.toString(), wrong)] : []));
    });
    // What is selected on the canvas is shown in the text.
    const stopSelection = effect(() => {
      const [node] = topSelected.value;
      const place = node && !view.hasFocus ? placeOf(view.state.doc.toString(), node.path) : null;
      if (place) view.dispatch({ selection: { anchor: place.from }, effects: EditorView.scrollIntoView(place.from, { y: "nearest", yMargin: 60 }) });
    });
    return () => {
      takeNow(view);
      stopText();
      stopMistakes();
      stopSelection();
      view.destroy();
    };
  }, []);

  return <section class="code" aria-label="JSON" ref={host} />;
}

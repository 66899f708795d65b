// What is wrong with the document: its mistake, and the warnings of the picture.

import { mistake, report } from "../engine/live.ts";
import { byPath, select } from "../model/store.ts";
import { Icon } from "../ui/icon.tsx";

export function Problems() {
  const wrong = mistake.value;
  const { warnings = [], missing_glyphs = 0, lacking } = report.value ?? {};
  if (wrong) {
    const layer = wrong.field ? layerOf(wrong.field) : null;
    return (
      <div class="problems error" role="alert">
        <Icon name="warning" />
        <span>
          {wrong.field && <code>{wrong.field}</code>} {wrong.message}
          {wrong.remedy && ` (${wrong.remedy})`}. The canvas shows the last version that was right.
        </span>
        {layer && (
          <button type="button" class="button" onClick={() => select([layer])}>
            Select the layer
          </button>
        )}
      </div>
    );
  }
  const remotes = lacking?.remotes.length ?? 0;
  const lines = [
    ...warnings,
    ...(missing_glyphs > 0 ? [`${missing_glyphs} characters have no glyph in any font`] : []),
    ...(remotes > 0 ? [`${remotes === 1 ? "an image" : `${remotes} images`} of other hosts: shown when it is sent; here its fallback`] : []),
  ];
  if (lines.length === 0) return null;
  return (
    <ul class="problems" aria-label="Warnings">
      {lines.slice(0, 4).map((line) => (
        <li key={line}>
          <Icon name="warning" />
          {line}
        </li>
      ))}
      {lines.length > 4 && <li>and {lines.length - 4} more</li>}
    </ul>
  );
}

/** The layer that a field belongs to: `layers[0].children[1]` of `layers[0].children[1].fill`. */
export function layerOf(field: string): number | null {
  const path = /^layers\[\d+\](?:\.(?:children|more|empty)\[\d+\])*/.exec(field)?.[0];
  return path ? (byPath.peek().get(path)?.uid ?? null) : null;
}

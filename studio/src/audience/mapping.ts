// Columns by their index, as the check knows them → columns by their title, as a batch does.

import type { Column } from "./message.ts";

export interface Mapping {
  /** A param, and the title of the column that fills it. */
  pairs: [param: string, title: string][];
  /** Why a batch cannot fill params as the check did. */
  obstacle: string | null;
}

/**
 * The mapping of a batch. `automatic` is what columns fill by their names, which a batch finds by
 * itself; only that of params can be changed, so that those of lists need not be said.
 */
export function mapping(header: string[], params: string[], chosen: Column[], automatic: Column[]): Mapping {
  const titles = header.map((title) => title.trim());
  const pairs: [string, string][] = [];
  for (const [name, index] of chosen) {
    const title = titles[index] ?? "";
    if (!title) return { pairs: [], obstacle: `Column ${index + 1}, which fills ${name}, has no title, by which a batch would find it: give it one in the file` };
    if (titles.indexOf(title) !== titles.lastIndexOf(title)) return { pairs: [], obstacle: `Several columns are called “${title}”, and a batch would not know which one fills ${name}: give each a title of its own in the file` };
    if (params.includes(name)) pairs.push([name, title]);
  }
  for (const [name, index] of automatic) {
    if (chosen.some(([known]) => known === name)) continue;
    return { pairs: [], obstacle: `You chose no column for ${name}, but a batch fills it from “${titles[index]}”, which has its name: choose that column, or give it another title in the file` };
  }
  return { pairs, obstacle: null };
}

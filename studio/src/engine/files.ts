// Where the files of pictures come from: uploads of this page, the deployment's own images and fonts,
// and with a key the files of its client.

import { key } from "../publish/session.ts";
import { origin } from "../model/store.ts";
import { uploadedFontPath } from "./fonts.ts";
import { kept } from "./kept_files.ts";
import type { Files } from "./renderer.ts";

async function bytesOf(url: string, init?: RequestInit): Promise<Uint8Array | null> {
  const response = await fetch(url, init);
  if (response.status === 404 || response.status === 403 || response.status === 401) return null;
  if (!response.ok) throw new Error(`status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** The names that an asset of a template may have, in the order in which publishing looks for them. */
export function candidates(template: string, name: string): string[] {
  const folders = template.split("/").slice(0, -1);
  return folders.map((_, index) => `${folders.slice(0, folders.length - index).join("/")}/${name}`);
}

const isPath = (name: string): boolean => name.split("/").every((part) => /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(part));

export const files: Files = {
  async asset(name) {
    if (!isPath(name)) return null;
    const own = await kept(name);
    if (own) return own;
    const font = uploadedFontPath(name);
    if (font) return bytesOf(font, { headers: { Authorization: `Bearer ${key.peek()}` } });
    if (key.peek()) {
      for (const candidate of [...candidates(origin.peek().id, name), ...(name.includes("/") ? [name] : [])]) {
        const found = await bytesOf(`/v1/assets/${candidate}`, { headers: { Authorization: `Bearer ${key.peek()}` } });
        if (found) return found;
      }
    }
    return bytesOf(`images/${name}`);
  },
  pack: (file) => bytesOf(`/fonts/${file}`),
  template: async (id) => (key.peek() && id.split("/").every((part) => /^[a-z0-9][a-z0-9_-]*$/.test(part)) ? bytesOf(`/v1/templates/${id}`, { headers: { Authorization: `Bearer ${key.peek()}` } }) : null),
};

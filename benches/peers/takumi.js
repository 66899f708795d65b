// A Worker that draws the scenes with Takumi: one renderer an isolate, its font registered once, images decoded once (its cache).

import { Renderer, initSync } from "@takumi-rs/wasm";
import module from "./takumi.wasm";
import inter from "./Inter.ttf";
import { images } from "./images.js";
import { imagesOf, scenes } from "./scenes.js";

initSync({ module });
const renderer = new Renderer();
const font = renderer.registerFont({ name: "Inter", data: inter });

function node({ kind, style, children, text, src }) {
  if (kind === "text") return { type: "text", text, style };
  if (kind === "image") return { type: "image", src, style };
  return { type: "container", style, children: children.map(node) };
}

const sources = Object.fromEntries(
  Object.entries(imagesOf).map(([scene, names]) => [scene, names.map((src) => ({ src, data: new Uint8Array(images[src]) }))]),
);

export default {
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    const scene = pathname.slice(1);
    await font;
    const { name, format = "png", dpr = "1", ...rest } = Object.fromEntries(searchParams);
    const { width, height, root } = scenes[scene](name, rest);
    const devicePixelRatio = Number(dpr);
    const size = { width: width * devicePixelRatio, height: height * devicePixelRatio, devicePixelRatio };
    const file = await renderer.render(node(root), { ...size, format, images: sources[scene] });
    return new Response(file, { headers: { "Content-Type": `image/${format}`, "Content-Length": String(file.byteLength) } });
  },
};

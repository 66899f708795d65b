// The paths of the certificate as SVG, from the scene itself: CSS has no paths. The ring of its seal has a linear gradient here,
// because SVG has no conic one.

import { readFileSync } from "node:fs";

const { layers } = JSON.parse(readFileSync(new URL("../scenes/certificate.json", import.meta.url), "utf8"));
const layer = (id) => layers.find((layer) => layer.id === id);
const frame = layer("frame");

const defs = [];
const define = (element) => {
  defs.push(element.replace(/^<(\w+)/, `<$1 id="d${defs.length}"`));
  return `url(#d${defs.length - 1})`;
};
const stops = ({ stops }) =>
  stops
    .map(({ offset, color }, at) => {
      const [, rgb, alpha = "ff"] = /^(#\w{6})(\w{2})?$/.exec(color);
      return `<stop offset="${offset ?? at / (stops.length - 1)}" stop-color="${rgb}" stop-opacity="${parseInt(alpha, 16) / 255}"/>`;
    })
    .join("");
function paint(fill) {
  if (fill === undefined) return "none";
  if (typeof fill === "string") return fill;
  // Of the box's own size; right for the boxes of this scene, which are square or go straight down or to the right.
  const [x, y] = [Math.sin((fill.angle * Math.PI) / 180) / 2, -Math.cos((fill.angle * Math.PI) / 180) / 2];
  return define(`<linearGradient x1="${0.5 - x}" y1="${0.5 - y}" x2="${0.5 + x}" y2="${0.5 + y}">${stops(fill)}</linearGradient>`);
}

function element({ type, x = 0, y = 0, width, height, opacity = 1, d, stroke, stroke_width, stroke_dash, stroke_linecap, ...rest }) {
  let style = `fill="${paint(rest.fill)}"`;
  if (stroke) style += ` stroke="${stroke}" stroke-width="${stroke_width}"`;
  if (stroke_dash) style += ` stroke-dasharray="${stroke_dash}" stroke-linecap="${stroke_linecap}"`;
  if (rest.shadow) {
    const [, color, alpha] = /^(#\w{6})(\w{2})$/.exec(rest.shadow.color);
    const { dy, blur } = rest.shadow;
    const shadow = `<feDropShadow dx="0" dy="${dy}" stdDeviation="${blur / 2}" flood-color="${color}" flood-opacity="${parseInt(alpha, 16) / 255}"/>`;
    style += ` filter="${define(`<filter>${shadow}</filter>`)}"`;
  }
  const shape = {
    group: () => rest.children.map(element).join(""),
    path: () => `<path d="${d}" ${style}/>`,
    ellipse: () => `<ellipse cx="${width / 2}" cy="${height / 2}" rx="${width / 2}" ry="${height / 2}" ${style}/>`,
    text: () => "",
  }[type]();
  const clip = rest.clip ? ` clip-path="${define(`<clipPath><rect width="${width}" height="${height}"/></clipPath>`)}"` : "";
  return `<g transform="translate(${x} ${y})" opacity="${opacity}"${clip}>${shape}</g>`;
}

function svg(width, height, body) {
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><defs>${defs.join("")}</defs>${body}</svg>`;
  defs.length = 0;
  return text;
}

const [strips, corner] = [frame.children.filter(({ clip }) => clip), frame.children.find(({ type }) => type === "path")];
const drawing = (width, height, layers) => svg(width, height, layers.map((layer) => element({ ...layer, x: 0, y: 0 })).join(""));

export const files = {
  "watermark.svg": drawing(760, 760, [layer("watermark")]),
  "strip-wide.svg": drawing(1424, 40, [strips[0]]),
  "strip-high.svg": drawing(40, 954, [strips[2]]),
  "corner.svg": drawing(40, 40, [corner]),
  // With room for its shadow.
  "seal.svg": svg(216, 264, `<g transform="translate(20 20)">${layer("seal").children.map(element).join("")}</g>`),
};

// Makes templates/assets/icons-*.txt from the package lucide-static: `make icons`.
//
// Each file has the icons whose names begin with its letter, one a line: the name, a space, and SVG path
// data in a box of 24 x 24 that are stroked 2 wide. All forms are paths, so that the core needs no
// other reader.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const VERSION = "1.62.0";
const root = fileURLToPath(new URL("../", import.meta.url));

const round = (value) => String(Math.round(Number(value) * 1000) / 1000);

/** An ellipse as two arcs. */
const ellipse = (cx, cy, rx, ry) => `M${round(cx - rx)} ${round(cy)}a${round(rx)} ${round(ry)} 0 1 0 ${round(2 * rx)} 0a${round(rx)} ${round(ry)} 0 1 0 ${round(-2 * rx)} 0z`;

/** A box, whose corners may be round. */
function rect(x, y, width, height, rx, ry) {
  if (!rx) return `M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${round(-width)}z`;
  const corner = (dx, dy) => `a${round(rx)} ${round(ry)} 0 0 1 ${round(dx)} ${round(dy)}`;
  return (
    `M${round(x + rx)} ${round(y)}h${round(width - 2 * rx)}${corner(rx, ry)}v${round(height - 2 * ry)}${corner(-rx, ry)}` +
    `h${round(2 * rx - width)}${corner(-rx, -ry)}v${round(2 * ry - height)}${corner(rx, -ry)}z`
  );
}

/** Path data that stand behind others: a first `m` is absolute only at the very beginning. */
function absolute(d) {
  const [, x, y, rest] = /^\s*m\s*(-?(?:\d+\.?\d*|\.\d+))[\s,]*(-?(?:\d+\.?\d*|\.\d+))\s*(.*)$/s.exec(d) ?? [];
  if (x === undefined) return d;
  return `M${x} ${y}${/^[\d.-]/.test(rest) ? "l" : ""}${rest}`;
}

/** The path data of a node of an icon. */
function data([tag, attributes]) {
  const of = (name) => Number(attributes[name] ?? 0);
  switch (tag) {
    case "path":
      return absolute(attributes.d);
    case "circle":
      return ellipse(of("cx"), of("cy"), of("r"), of("r"));
    case "ellipse":
      return ellipse(of("cx"), of("cy"), of("rx"), of("ry"));
    case "rect": {
      const rx = attributes.rx ?? attributes.ry;
      return rect(of("x"), of("y"), of("width"), of("height"), Number(rx ?? 0), Number(attributes.ry ?? rx ?? 0));
    }
    case "line":
      return `M${round(of("x1"))} ${round(of("y1"))}L${round(of("x2"))} ${round(of("y2"))}`;
    case "polyline":
    case "polygon":
      return `M${attributes.points.trim()}${tag === "polygon" ? "z" : ""}`;
    default:
      throw new Error(`an icon has a ${tag}`);
  }
}

const folder = mkdtempSync(join(tmpdir(), "icons-"));
try {
  const [packed] = JSON.parse(execFileSync("npm", ["pack", `lucide-static@${VERSION}`, "--json", "--loglevel=error"], { cwd: folder, encoding: "utf8" }));
  execFileSync("tar", ["xzf", packed.filename], { cwd: folder });
  const icons = JSON.parse(readFileSync(join(folder, "package/icon-nodes.json"), "utf8"));
  const shards = new Map();
  for (const name of Object.keys(icons).sort()) {
    const lines = shards.get(name[0]) ?? [];
    lines.push(`${name} ${icons[name].map(data).join("")}`);
    shards.set(name[0], lines);
  }
  for (const [letter, lines] of shards) writeFileSync(`${root}templates/assets/icons-${letter}.txt`, `${lines.join("\n")}\n`);
  console.log(`${Object.keys(icons).length} icons in ${shards.size} files`);
} finally {
  rmSync(folder, { recursive: true });
}

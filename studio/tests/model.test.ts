// The document, its history, its tree and its expressions.

import assert from "node:assert/strict";
import { test } from "node:test";
import { changes, placeInWords } from "../src/model/changes.ts";
import { emptyDocument, parseDocument, placeOf, printDocument } from "../src/model/document.ts";
import { countUses, mapNames, namesIn, pieces, renameParam } from "../src/model/expression.ts";
import { History } from "../src/model/history.ts";
import { type Doc, fresh, LOCKED, nodes, numbered, UID, uid } from "../src/model/layer.ts";
import { dragHandle } from "../src/model/arrange.ts";
import { apply, invert, multiply, turn } from "../src/model/geometry.ts";
import { insert, isHidden, moveInto, remove, reorder, toggleHidden, unwrap, wrap } from "../src/model/structure.ts";
import { snap } from "../src/canvas/snap.ts";

const document = (): Doc =>
  numbered({
    width: 100,
    height: 100,
    params: { name: { type: "text" } },
    layers: [
      { type: "rect", id: "a", x: 1, y: 1 },
      { type: "group", id: "g", x: 10, y: 10, children: [{ type: "rect", id: "b", x: 5 }, { type: "text", id: "c", text: "Hi {{ name | title }}", when: "name and 'name'" }] },
      { type: "rect", id: "d" },
    ],
  });

const ids = (doc: Doc): string => nodes(doc).map((node) => `${node.path.replaceAll(/[a-z]/g, "")}${node.layer.id}`).join(" ");
const node = (doc: Doc, id: string) => {
  const found = nodes(doc).find((each) => each.layer.id === id);
  assert.ok(found);
  return found;
};

test("a document is printed as it was read", () => {
  const text = printDocument(emptyDocument(600, 300, "A"));
  assert.equal(text, '{\n  "title": "A",\n  "width": 600,\n  "height": 300,\n  "background": "#ffffff",\n  "params": {},\n  "layers": []\n}\n');
  assert.equal(printDocument(numbered(parseDocument(text))), text);
  for (const wrong of ["[]", "{}", '{"layers":[1]}', '{"layers":[{"children":{}}]}']) assert.throws(() => parseDocument(wrong), wrong);
});

test("a field is found in the text", () => {
  const text = printDocument(document());
  const at = (field: string): string => {
    const place = placeOf(text, field);
    return place ? text.slice(place.from, place.to) : "";
  };
  assert.equal(at("layers[1].children[0].x"), '"x": 5');
  assert.equal(at("params.name.type"), '"type": "text"');
  assert.ok(at("layers[1].children[0]").startsWith('{ "type": "rect", "id": "b"'));
  // The place of what lacks the field.
  assert.equal(at("layers[0].radius"), "{");
});

test("layers keep their numbers through an edit of the text", () => {
  const doc = document();
  const [a] = doc.layers;
  assert.ok(a);
  a[LOCKED] = true;
  const again = numbered(parseDocument(printDocument(doc)), doc);
  assert.deepEqual(nodes(again).map((each) => each.uid), nodes(doc).map((each) => each.uid));
  assert.equal(again.layers[0]?.[LOCKED], true);
  assert.notEqual(fresh(a)[UID], a[UID]);
});

test("the tree: out, in, elsewhere, in another order", () => {
  const doc = document();
  assert.equal(ids(doc), "[0]a [1]g [1].[0]b [1].[1]c [2]d");
  assert.equal(ids(remove(doc, new Set([node(doc, "g").uid]))), "[0]a [1]d");
  assert.equal(ids(moveInto(doc, [node(doc, "a")], node(doc, "g"), 1)), "[0]g [0].[0]b [0].[1]a [0].[2]c [1]d");
  assert.equal(ids(moveInto(doc, [node(doc, "b")], null, 3)), "[0]a [1]g [1].[0]c [2]d [3]b");
  assert.equal(ids(moveInto(doc, [node(doc, "a")], null, 2)), "[0]g [0].[0]b [0].[1]c [1]a [2]d");
  assert.equal(moveInto(doc, [node(doc, "g")], node(doc, "g"), 0), doc, "not into itself");
  assert.equal(ids(insert(doc, [{ type: "rect", id: "n" }], node(doc, "g").uid, 0)), "[0]a [1]g [1].[0]n [1].[1]b [1].[2]c [2]d");
  const chosen = new Set([node(doc, "a").uid]);
  assert.equal(ids(reorder(doc, chosen, "front")), "[0]g [0].[0]b [0].[1]c [1]d [2]a");
  assert.equal(ids(reorder(doc, chosen, "forward")), "[0]g [0].[0]b [0].[1]c [1]a [2]d");
  assert.equal(ids(reorder(doc, new Set([node(doc, "d").uid]), "backward")), "[0]a [1]d [2]g [2].[0]b [2].[1]c");
});

test("layers are wrapped and unwrapped where they are", () => {
  const doc = document();
  const frames = new Map([[node(doc, "a").uid, { x: 1, y: 1, width: 4, height: 4 }]]);
  const made = wrap(doc, [node(doc, "a"), node(doc, "d")], "group", { x: 1, y: 0, width: 9, height: 9 }, frames);
  assert.equal(ids(made.doc), "[0]g [0].[0]b [0].[1]c [1]undefined [1].[0]a [1].[1]d");
  assert.deepEqual(made.doc.layers[1]?.children?.map(({ x, y }) => [x, y]), [[0, 1], [-1, undefined]]);
  const freed = unwrap(doc, [node(doc, "g")], new Map([[node(doc, "b").uid, { x: 15, y: 10, width: 1, height: 1 }]]));
  assert.equal(ids(freed.doc), "[0]a [1]b [2]c [3]d");
  assert.deepEqual([freed.doc.layers[1]?.["x"], freed.doc.layers[1]?.["y"]], [15, 10]);
});

test("hiding keeps the layer's own condition", () => {
  const doc = document();
  const hidden = toggleHidden(doc, [node(doc, "c")]);
  assert.equal(node(hidden, "c").layer["when"], "false and (name and 'name')");
  assert.ok(isHidden(node(hidden, "c").layer));
  assert.equal(printDocument(toggleHidden(hidden, [node(hidden, "c")])), printDocument(doc));
});

test("names of params are found in expressions, and nothing else", () => {
  const renamed = (text: string): string => mapNames(text, (name) => (name === "name" ? "first" : name));
  for (const [text, expected] of [
    ["name", "first"],
    ["name | title", "first | title"],
    ["x | name", "x | name"],
    ["a.name", "a.name"],
    ["'name' ~ name", "'name' ~ first"],
    ["f(name=name)", "f(name=first)"],
    ["name == 1 and not name", "first == 1 and not first"],
    ["x is name", "x is name"],
    ["x is not name", "x is not name"],
    ["names", "names"],
  ] as const) {
    assert.equal(renamed(text), expected);
  }
  assert.deepEqual([...namesIn("points > 100 and plan == 'pro'")], ["points", "plan"]);
  assert.deepEqual(pieces("a {{ b }} c").map((piece) => piece.source), ["a ", "{{ b }}", " c"]);
});

test("a param is renamed everywhere", () => {
  const doc = document();
  assert.equal(countUses(doc, "name"), 2);
  const next = renameParam(doc, "name", "first_name");
  assert.equal(node(next, "c").layer["text"], "Hi {{ first_name | title }}");
  assert.equal(node(next, "c").layer["when"], "first_name and 'name'");
  assert.deepEqual(Object.keys(next.params ?? {}), ["first_name"]);
  assert.deepEqual(nodes(next).map((each) => each.uid), nodes(doc).map((each) => each.uid), "the selection stays");
});

test("history: steps, merged steps, and what is undone goes with the next step", () => {
  const doc = (width: number): Doc => ({ width, height: 1, layers: [] });
  const history = new History({ doc: doc(0), selection: [], label: "" });
  history.push({ doc: doc(1), selection: [1], label: "One" }, null, 0);
  history.push({ doc: doc(2), selection: [], label: "Nudge" }, "nudge", 10);
  history.push({ doc: doc(3), selection: [], label: "Nudge" }, "nudge", 500);
  history.push({ doc: doc(4), selection: [], label: "Nudge" }, "nudge", 5_000);
  assert.equal(history.undo()?.doc.width, 3);
  assert.equal(history.undo()?.doc.width, 1);
  assert.equal(history.redoLabel, "Nudge");
  assert.equal(history.redo()?.doc.width, 3);
  history.push({ doc: doc(9), selection: [], label: "Nine" }, null, 6_000);
  assert.equal(history.redo(), null);
  for (let steps = 0; steps < 4; steps += 1) history.undo();
  assert.equal(history.current.doc.width, 0);
});

test("handles: opposite sides stay, ratios hold, from the middle", () => {
  const box = { x: 10, y: 10, width: 100, height: 50 };
  const plain = { keepRatio: false, fromMiddle: false };
  assert.deepEqual(dragHandle(box, "se", { x: 120, y: 80 }, plain), { x: 10, y: 10, width: 110, height: 70 });
  assert.deepEqual(dragHandle(box, "nw", { x: 0, y: 0 }, plain), { x: 0, y: 0, width: 110, height: 60 });
  assert.deepEqual(dragHandle(box, "e", { x: -50, y: 0 }, plain), { x: 10, y: 10, width: 1, height: 50 }, "no box turns inside out");
  assert.deepEqual(dragHandle(box, "se", { x: 210, y: 20 }, { ...plain, keepRatio: true }), { x: 10, y: 10, width: 200, height: 100 });
  assert.deepEqual(dragHandle(box, "e", { x: 120, y: 0 }, { ...plain, fromMiddle: true }), { x: 0, y: 10, width: 120, height: 50 });
});

test("a turn and its inverse are nothing", () => {
  const matrix = multiply(turn(30, { x: 5, y: 7 }), turn(-75, { x: 1, y: 2 }));
  const point = apply(invert(matrix), apply(matrix, { x: 3, y: 4 }));
  assert.ok(Math.hypot(point.x - 3, point.y - 4) < 1e-9);
  const quarter = apply(turn(90, { x: 0, y: 0 }), { x: 1, y: 0 });
  assert.ok(Math.hypot(quarter.x, quarter.y - 1) < 1e-9, "clockwise, where y is down");
});

test("snapping: to edges and middles, to equal gaps, not from afar", () => {
  const others = [{ x: 0, y: 0, width: 100, height: 20 }];
  const snapped = snap({ x: 3, y: 60, width: 50, height: 20 }, others, 6);
  assert.deepEqual([snapped.dx, snapped.dy], [-3, 0]);
  assert.deepEqual(snapped.guides, [{ axis: "x", at: 0, from: 0, to: 80 }, { axis: "x", at: 50, from: 0, to: 80 }].filter((guide) => guide.at === 0 || guide.at === 50));
  assert.deepEqual(snap({ x: 11, y: 60, width: 50, height: 20 }, others, 6).dx, 0);
  // Between two boxes, with the same gap to both.
  const row = [{ x: 0, y: 0, width: 20, height: 20 }, { x: 100, y: 0, width: 20, height: 20 }];
  const middle = snap({ x: 47, y: 3, width: 20, height: 11 }, row, 6);
  assert.equal(middle.dx, 3);
  // Behind a row, with the gap of the row.
  const behind = snap({ x: 198, y: 3, width: 30, height: 11 }, row, 6);
  assert.equal(behind.dx, 2);
  assert.deepEqual(behind.gaps.map(({ from, to }) => [from, to]), [[20, 100], [120, 200]]);
});

test("changes are told by their place", () => {
  assert.deepEqual(changes({ a: 1, b: [1, 2, 3] }, { a: 2, b: [1, 3], c: true }), [
    { kind: "changed", path: "a", from: "1", to: "2" },
    { kind: "removed", path: "b[1]", from: "2" },
    { kind: "added", path: "c", to: "true" },
  ]);
  assert.deepEqual(changes({ a: [{ x: 1 }] }, { a: [{ x: 1 }] }), []);
});

test("a place is told by the name of its layer", () => {
  const document = { width: 1, height: 1, layers: [{ type: "rect" }, { type: "stack", id: "list", children: [{ type: "text", text: "Hi" }] }] };
  assert.deepEqual(placeInWords("layers[1].children[0].size", [document]), { layer: "Hi", field: "size" });
  assert.deepEqual(placeInWords("layers[1].shadow[0].blur", [document]), { layer: "list", field: "shadow[0].blur" });
  assert.deepEqual(placeInWords("layers[1]", [document]), { layer: "list", field: "" });
  assert.deepEqual(placeInWords("layers[7].x", [document]), { layer: null, field: "layers[7].x" });
  assert.deepEqual(placeInWords("params.name.default", [document]), { layer: null, field: "params.name.default" });
});

test("uid is 0 for a layer without a number", () => assert.equal(uid({ type: "rect" }), 0));

// What a batch is asked for.

import assert from "node:assert/strict";
import { test } from "node:test";
import { duration } from "../src/audience/count.ts";
import { mapping } from "../src/audience/mapping.ts";
import type { Column } from "../src/audience/message.ts";

test("columns are told by their titles, where a batch can tell them apart", () => {
  const header = [" First Name ", "plan", "", "Mail", "Mail", "cart[0].price"];
  const list: Column = ["cart[0].price", 5];
  const cases: [chosen: Column[], automatic: Column[], expected: [string, string][] | RegExp][] = [
    [[["first_name", 0]], [["first_name", 0]], [["first_name", "First Name"]]],
    [[["first_name", 1]], [["first_name", 0]], [["first_name", "plan"]]],
    [[list], [list], []],
    [[["plan", 2]], [], /Column 3, which fills plan/],
    [[["plan", 4]], [], /Several columns are called “Mail”/],
    [[["plan", 1]], [["first_name", 0], ["plan", 1]], /no column for first_name.* “First Name”/],
  ];
  for (const [chosen, automatic, expected] of cases) {
    const { pairs, obstacle } = mapping(header, ["first_name", "plan", "cart"], chosen, automatic);
    if (expected instanceof RegExp) assert.match(obstacle ?? "", expected);
    else assert.deepEqual([pairs, obstacle], [expected, null]);
  }
});

test("a time is as short as it is useful", () => {
  assert.deepEqual([0, 59, 60, 61, 3_600, 7_500].map(duration), ["0 s", "59 s", "1 min", "2 min", "1 h 0 min", "2 h 5 min"]);
});

// Letters that Inter lacks: from the font packs of build/assets/fonts, and what happens without them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { requestLines, startWorker } from "./harness.mjs";
import { decode } from "./png.mjs";

const card = (more = {}) =>
  JSON.stringify({
    width: 300,
    height: 60,
    access: "public",
    params: { name: { type: "text", default: "friend" } },
    layers: [{ type: "text", id: "hello", text: "Hi, {{ name }}!", size: 30 }],
    ...more,
  });
const query = (name) => `name=${encodeURIComponent(name)}`;

/** Stands in front of the Worker: `X-Fonts` says what becomes of its packs; `X-Fetched` of an answer, how many it asked for. */
const SHOP = `
  import worker from "./index.js";
  export default {
    async fetch(request, env, ctx) {
      const how = request.headers.get("X-Fonts");
      let fetched = 0;
      // The Worker looks at the name of a binding's class.
      const ASSETS = new (class Fetcher {
        fetch(...what) {
          if (!new Request(...what).url.includes("/fonts/")) return env.ASSETS.fetch(...what);
          fetched += 1;
          if (how === "absent") return Promise.resolve(new Response("not here", { status: 404 }));
          if (how === "broken") return Promise.reject(new Error("the network is broken"));
          if (how === "other") return Promise.resolve(new Response("not a font, or another version of one"));
          return env.ASSETS.fetch(...what);
        }
      })();
      const answer = await worker.fetch(request, { ...env, TEMPLATES: env.TEMPLATES, ASSETS }, ctx);
      const response = new Response(answer.body, answer);
      response.headers.set("X-Fetched", fetched);
      return response;
    },
  };`;

/** What an answer says about its fonts. */
async function told(worker, name, how = "") {
  const response = await worker.fetch(`/i/card.png?${query(name)}`, { headers: how ? { "X-Fonts": how } : {} });
  const { width, height } = decode(new Uint8Array(await response.arrayBuffer()));
  assert.deepEqual([response.status, width, height], [200, 300, 60], `${name} ${how}`);
  const brief = response.headers.get("cache-control") === "public, max-age=60";
  return { glyphs: response.headers.get("x-glyphs"), brief, fetched: Number(response.headers.get("x-fetched")) };
}

test("a name in any script has its letters", async () => {
  const worker = await startWorker({ kv: { card: card() }, front: SHOP });
  try {
    assert.deepEqual(await told(worker, "Zoë Ольга Αλέξης"), { glyphs: null, brief: false, fetched: 0 });
    for (const name of ["محمد", "אברהם", "श्रीनिवास", "გიორგი"]) {
      assert.deepEqual(await told(worker, name), { glyphs: null, brief: false, fetched: 1 }, name);
    }
    // Its letters, and the dictionary that says where its lines may end.
    assert.deepEqual(await told(worker, "สมชาย"), { glyphs: null, brief: false, fetched: 2 });
    for (const name of ["王伟", "歐陽詢", "山田さくら", "김민준"]) {
      const { glyphs, brief, fetched } = await told(worker, name);
      assert.deepEqual([glyphs, brief], [null, false], name);
      assert.ok(fetched >= 1 && fetched <= 4, `${name}: ${fetched}`);
    }
    // In memory by now.
    assert.deepEqual(await told(worker, "محمد علي"), { glyphs: null, brief: false, fetched: 0 });
    const { layers, fonts } = await (await worker.fetch(`/i/card.json?${query("محمد")}`)).json();
    assert.deepEqual(fonts.map(({ family }) => family), ["Inter", "Noto Sans Arabic"]);
    assert.deepEqual(layers[0].text.lines, ["Hi, محمد!"]);
  } finally {
    await worker.dispose();
  }
});

test("an emoji is drawn by the one pack of what it begins with", async () => {
  const worker = await startWorker({ kv: { card: card() }, front: SHOP });
  try {
    for (const name of ["Zoë 🎉", "Ana 👩🏽‍💻", "🇵🇹", "1️⃣"]) {
      assert.deepEqual(await told(worker, name), { glyphs: null, brief: false, fetched: 1 }, name);
    }
    // In memory by now; and no font has these two as one.
    assert.deepEqual(await told(worker, "👩‍🎉"), { glyphs: null, brief: false, fetched: 0 });
    // What may be a letter is one.
    assert.deepEqual(await told(worker, "Ana ❤ 123"), { glyphs: null, brief: false, fetched: 0 });
    const { layers, fonts } = await (await worker.fetch(`/i/card.json?${query("Zoë 🎉")}`)).json();
    assert.deepEqual(fonts.map(({ family }) => family), ["Inter", "Twemoji"]);
    assert.deepEqual(layers[0].text.lines, ["Hi, Zoë 🎉!"]);
  } finally {
    await worker.dispose();
  }
});

test("a pack that cannot be had is letters less, for a minute, and no picture less", async () => {
  const worker = await startWorker({ kv: { card: card() }, front: SHOP });
  try {
    for (const [how, name] of [["absent", "محمد"], ["broken", "محمدا"], ["other", "محمداا"]]) {
      const { glyphs, brief, fetched } = await told(worker, name, how);
      assert.deepEqual([glyphs, brief, fetched], [`missing=${name.length}`, true, 1], how);
    }
    assert.deepEqual(await told(worker, "محمد ا"), { glyphs: null, brief: false, fetched: 1 }, "a fault is not kept");
    await requestLines(worker, 4);
    assert.equal(worker.logs.filter(({ message }) => message.includes("font-absent")).length, 3);
    assert.doesNotMatch(JSON.stringify(worker.logs), /محمد/);
  } finally {
    await worker.dispose();
  }
});

test("who needs more packs than a picture may have gets some of them", async () => {
  // 300 Han letters from everywhere.
  const everything = Array.from({ length: 300 }, (_, n) => String.fromCodePoint(0x4e00 + n * 67)).join("");
  const worker = await startWorker({ kv: { card: card({ params: { name: { type: "text", max_chars: 400 } } }) }, front: SHOP });
  try {
    const { glyphs, brief, fetched } = await told(worker, everything);
    assert.match(glyphs ?? "", /^missing=\d+$/);
    assert.equal(brief, false, "it would be the same next time");
    assert.ok(fetched > 10 && fetched <= 24, `${fetched}`);
    const { warnings } = await (await worker.fetch(`/i/card.json?${query(everything)}`)).json();
    assert.ok(warnings.some((warning) => warning.startsWith("fonts: ")), warnings.join("\n"));
  } finally {
    await worker.dispose();
  }
});

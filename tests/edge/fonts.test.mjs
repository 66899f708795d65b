// Characters that Inter lacks: drawn with the font packs of build/assets/fonts, and what happens
// without them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, faults, withWorker } from "./answers.mjs";
import { card } from "./template.mjs";

/** A template with a name in one line of text. */
const greeting = (fields = {}) =>
  card({
    height: 60,
    background: "#fff",
    params: { name: { type: "text", default: "friend" } },
    layers: [{ type: "text", id: "hello", text: "Hi, {{ name }}!", size: 30 }],
    ...fields,
  });
const query = (name) => `name=${encodeURIComponent(name)}`;

/**
 * Stands in front of the Worker. The header `X-Fonts` of a request makes its packs `absent`,
 * `broken` or `other` files; `X-Fetched`
 * of the answer is the number of packs that the Worker fetched.
 */
const FRONT = `
  import worker from "./index.js";
  export default {
    async fetch(request, env, ctx) {
      const how = request.headers.get("X-Fonts");
      let fetched = 0;
      // The Worker checks the name of a binding's class.
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

/** What the headers of a picture say about its fonts. */
async function fontsOf(worker, name, how = "") {
  const { status, header, picture } = await ask(worker, `/i/card.png?${query(name)}`, { headers: how ? { "X-Fonts": how } : {} });
  const { width, height } = picture();
  assert.deepEqual([status, width, height], [200, 300, 60], `${name} ${how}`);
  const brief = header("cache-control") === "public, max-age=60";
  return { glyphs: header("x-glyphs"), brief, fetched: Number(header("x-fetched")) };
}

const explain = async (worker, name) => (await ask(worker, `/i/card.json?${query(name)}`)).json();

test("a name in any script has its letters", async () => {
  await withWorker({ kv: { card: greeting() }, front: FRONT }, async (worker) => {
    assert.deepEqual(await fontsOf(worker, "Zoë Ольга Αλέξης"), { glyphs: null, brief: false, fetched: 0 });
    for (const name of ["محمد", "אברהם", "श्रीनिवास", "გიორგი"]) {
      assert.deepEqual(await fontsOf(worker, name), { glyphs: null, brief: false, fetched: 1 }, name);
    }
    // The glyphs, and the dictionary for line breaks.
    assert.deepEqual(await fontsOf(worker, "สมชาย"), { glyphs: null, brief: false, fetched: 2 });
    for (const name of ["王伟", "歐陽詢", "山田さくら", "김민준"]) {
      const { glyphs, brief, fetched } = await fontsOf(worker, name);
      assert.deepEqual([glyphs, brief], [null, false], name);
      assert.ok(fetched >= 1 && fetched <= 4, `${name}: ${fetched}`);
    }
    // These packs are in memory by now.
    assert.deepEqual(await fontsOf(worker, "محمد علي"), { glyphs: null, brief: false, fetched: 0 });
    const { layers, fonts } = await explain(worker, "محمد");
    assert.deepEqual(fonts.map(({ family }) => family), ["Inter", "Noto Sans Arabic"]);
    assert.deepEqual(layers[0].text.lines, ["Hi, محمد!"]);
  });
});

test("an emoji is drawn with one pack, which its first character decides", async () => {
  await withWorker({ kv: { card: greeting() }, front: FRONT }, async (worker) => {
    for (const name of ["Zoë 🎉", "Ana 👩🏽‍💻", "🇵🇹", "1️⃣"]) {
      assert.deepEqual(await fontsOf(worker, name), { glyphs: null, brief: false, fetched: 1 }, name);
    }
    // The pack is in memory by now, and no font combines these two.
    assert.deepEqual(await fontsOf(worker, "👩‍🎉"), { glyphs: null, brief: false, fetched: 0 });
    // A character that can be text is drawn as text.
    assert.deepEqual(await fontsOf(worker, "Ana ❤ 123"), { glyphs: null, brief: false, fetched: 0 });
    const { layers, fonts } = await explain(worker, "Zoë 🎉");
    assert.deepEqual(fonts.map(({ family }) => family), ["Inter", "Twemoji"]);
    assert.deepEqual(layers[0].text.lines, ["Hi, Zoë 🎉!"]);
  });
});

test("without a pack its glyphs are missing for a minute, and the picture is there", async () => {
  await withWorker({ kv: { card: greeting() }, front: FRONT }, async (worker) => {
    for (const [how, name] of [["absent", "محمد"], ["broken", "محمدا"], ["other", "محمداا"]]) {
      const { glyphs, brief, fetched } = await fontsOf(worker, name, how);
      assert.deepEqual([glyphs, brief, fetched], [`missing=${name.length}`, true, 1], how);
    }
    assert.deepEqual(await fontsOf(worker, "محمد ا"), { glyphs: null, brief: false, fetched: 1 }, "a failed fetch is not cached");
    assert.deepEqual(await faults(worker, 4), ["font-absent", "font-absent", "font-absent"]);
    assert.doesNotMatch(JSON.stringify(worker.logs), /محمد/);
  });
});

test("a picture that needs more packs than it may have gets some of them", async () => {
  // 300 Han characters from many packs.
  const everything = Array.from({ length: 300 }, (_, n) => String.fromCodePoint(0x4e00 + n * 67)).join("");
  await withWorker({ kv: { card: greeting({ params: { name: { type: "text", max_chars: 400 } } }) }, front: FRONT }, async (worker) => {
    const { glyphs, brief, fetched } = await fontsOf(worker, everything);
    assert.match(glyphs ?? "", /^missing=\d+$/);
    assert.equal(brief, false, "it would be the same next time");
    assert.ok(fetched > 10 && fetched <= 24, `${fetched}`);
    const { warnings } = await explain(worker, everything);
    assert.ok(warnings.some((warning) => warning.startsWith("fonts: ")), warnings.join("\n"));
  });
});

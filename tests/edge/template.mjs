// Small template documents, so that no test depends on the look of a sample.

/**
 * A public template of 300 x 120 px that shows all of its params, with these fields replaced or
 * added.
 */
export const card = (fields = {}) =>
  JSON.stringify({
    title: "Card",
    width: 300,
    height: 120,
    background: "{{ color }}",
    alt: "Hello, {{ name }}!",
    access: "public",
    params: {
      name: { type: "text", default: "friend", max_chars: 40, example: "Maria" },
      company: { type: "text" },
      color: { type: "color", default: "#FFD166" },
      points: { type: "number", default: 0, min: 0, max: 100 },
      plan: { type: "choice", choices: ["free", "pro"] },
    },
    layers: [
      { type: "text", text: "{{ name }} {{ company }} {{ points }} {{ plan }}", x: 20, y: 20, width: 260, height: 80, size: 24, fill: "#111" },
    ],
    ...fields,
  });

/** The same template with the asset `logo.png` as its only layer. */
export const withLogo = card({
  layers: [{ type: "image", src: "asset:logo.png", x: 20, y: 20, width: 80, height: 80 }],
});

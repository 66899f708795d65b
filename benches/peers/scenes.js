// The scenes of benches/scenes as trees of CSS boxes, which a peer turns into nodes of its own: the same texts in the same places, by
// hand, from what Monogram says of them (`/i/card.json`). Easier for a peer than for Monogram: no text is fitted, its size is given;
// the paths of the certificate are SVGs, which it may rasterise once.

const at = (left, top, width, height) => ({ position: "absolute", left, top, width, height });

const box = (style, children = []) => ({ kind: "box", style: { display: "flex", ...style }, children });
const text = (style, text) => ({ kind: "text", style: { fontFamily: "Inter", ...style }, text });
const image = (style, src) => ({ kind: "image", style, src });

/** `ground` is the CSS of its background. */
const card = (name, { ground = "linear-gradient(135deg, #5b2be0, #e0488f, #ffb25c)" }) => ({
  width: 1200,
  height: 630,
  root: box({ width: 1200, height: 630, [ground.startsWith("#") ? "backgroundColor" : "backgroundImage"]: ground }, [
    box({ ...at(80, 75, 1040, 480), borderRadius: 32, backgroundColor: "#fff", boxShadow: "0px 18px 48px #1a0b3866" }),
    // Its stroke lies outside.
    box({ ...at(140, 135, 120, 120), borderRadius: 60, backgroundColor: "#fff", boxShadow: "0px 4px 12px #00000040" }),
    image({ ...at(144, 139, 112, 112), borderRadius: 56, objectFit: "cover" }, "avatar.png"),
    text({ ...at(284, 162, 760, 36), fontSize: 30, lineHeight: 1.2, fontWeight: 600, color: "#4a4660" }, "Alder & Stone Realty"),
    text({ ...at(284, 204, 760, 29), fontSize: 24, lineHeight: 1.2, fontWeight: 400, color: "#7a7690" }, "A year of your new home"),
    text(
      { ...at(144, 300, 912, 200), fontSize: 84, lineHeight: 1.1, fontWeight: 700, letterSpacing: -2, color: "#1d1733" },
      `Thank you, ${name}!`,
    ),
  ]),
});

const photo = (name) => ({
  width: 600,
  height: 300,
  root: box({ width: 600, height: 300, backgroundColor: "#141a36" }, [
    image({ ...at(0, 0, 600, 300), objectFit: "cover", objectPosition: "70% 60%" }, "house-dusk.jpg"),
    box({ ...at(0, 0, 600, 300), backgroundImage: "linear-gradient(90deg, #0e1430d9 0%, #0e1430a6 40%, #0e143000 80%)" }),
    box({ ...at(36, 40, 300, 220), flexDirection: "column", justifyContent: "center" }, [
      text(
        { width: 300, fontSize: 39.25, lineHeight: 1.12, fontWeight: 700, color: "#fff" },
        `Welcome home, ${name}. The keys are waiting for you.`,
      ),
    ]),
  ]),
});

const cart = (name, { photo }) => ({
  width: 600,
  height: 300,
  root: box({ width: 600, height: 300, backgroundColor: "#f4f1ec" }, [
    box({ ...at(20, 20, 560, 260), borderRadius: 16, backgroundColor: "#fff", boxShadow: "0px 6px 20px #0000001f" }),
    image({ ...at(36, 36, 228, 228), borderRadius: 12, objectFit: "cover" }, `product-${photo}.jpg`),
    text({ ...at(288, 64, 268, 97), fontSize: 28, lineHeight: 1.15, fontWeight: 700, color: "#1d1733" }, `Still thinking, ${name}?`),
    box({ ...at(288, 204, 180, 48), borderRadius: 24, backgroundColor: "#e0488f" }),
    box({ ...at(288, 216, 180, 22), justifyContent: "center" }, [
      text({ fontSize: 18, lineHeight: 1.2, fontWeight: 600, color: "#fff" }, "Back to the cart"),
    ]),
  ]),
});

const line = (top, size, weight, color, spacing, words) =>
  box({ ...at(200, top, 1200, size * 1.2), justifyContent: "center" }, [
    text({ fontSize: size, lineHeight: 1.2, fontWeight: weight, letterSpacing: spacing, color }, words),
  ]);

const frame = (inset, border) => box({ ...at(inset, inset, 1600 - 2 * inset, 1130 - 2 * inset), boxSizing: "border-box", border });
const corners = [at(48, 48, 40, 40), at(1512, 48, 40, 40), at(48, 1042, 40, 40), at(1512, 1042, 40, 40)];

const certificate = (name) => ({
  width: 1600,
  height: 1130,
  root: box(
    {
      width: 1600,
      height: 1130,
      backgroundImage: "radial-gradient(circle farthest-corner at 50% 50%, #fffdf8 0%, #fcf8ee 60%, #f4ecda 100%)",
    },
    [
      image(at(420, 185, 760, 760), "watermark.svg"),
      frame(40, "3px solid #1a2b50"),
      frame(48, "1px solid #b8924a"),
      frame(88, "1px solid #b8924a"),
      image(at(88, 48, 1424, 40), "strip-wide.svg"),
      image(at(88, 1042, 1424, 40), "strip-wide.svg"),
      image(at(48, 88, 40, 954), "strip-high.svg"),
      image(at(1512, 88, 40, 954), "strip-high.svg"),
      ...corners.map((corner) => box({ ...corner, backgroundColor: "#1a2b50" })),
      ...corners.map((corner) => image(corner, "corner.svg")),
      line(136, 24, 600, "#1a2b50", 6, "MERIDIAN INSTITUTE"),
      line(187, 64, 500, "#7d5d1c", -1.5, "Certificate of Completion"),
      line(356.8, 26, 400, "#535c73", 0, "This is to certify that"),
      line(406, 120, 600, "#1a2b50", -4, name),
      box({ ...at(480, 575, 296, 2), backgroundImage: "linear-gradient(90deg, #b8924a00, #b8924a)" }),
      box({ ...at(824, 575, 296, 2), backgroundImage: "linear-gradient(90deg, #b8924a, #b8924a00)" }),
      box({ ...at(794, 570, 12, 12), backgroundColor: "#b8924a", transform: "rotate(45deg)" }),
      line(608, 26, 400, "#535c73", 0, "has successfully completed"),
      line(663.2, 40, 600, "#1a2b50", -1, "Foundations of Product Design"),
      image(at(692, 780, 216, 264), "seal.svg"),
      line(859.2, 48, 700, "#5d430f", -1, "MI"),
    ],
  ),
});

export const scenes = { card, photo, cart, certificate };

/** The names of a scene's images. */
export const imagesOf = { card: ["avatar.png"], photo: ["house-dusk.jpg"], cart: Array.from({ length: 8 }, (_, photo) => `product-${photo}.jpg`), certificate: ["watermark.svg", "strip-wide.svg", "strip-high.svg", "corner.svg", "seal.svg"] };

"""Cuts the emoji packs from Twemoji's art. tools/packs.py uses it.

An emoji is a sequence of characters, for which one font must have one glyph. So a pack has whole sequences. All sequences that
begin with the same character are in the same pack, whose number is in the index src/font/packs.bin. A pack also has each single
character inside its sequences, so that a sequence that Unicode does not recommend (a family of robots) is drawn as its parts.

Each glyph consists of layers of one colour (COLR version 0). The art is drawn on a square of 36. As in the emoji fonts of
operating systems, the square is a little larger than an em, and is centred on the middle of Inter's capitals.
"""

import dataclasses
import json
import pathlib

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.svgLib.path import parse_path
from fontTools.ttLib.tables.otBase import USE_HARFBUZZ_REPACKER
from picosvg.svg import SVG

FAMILY = "Twemoji"
CREDIT = "Twemoji, copyright 2014-2025 Twitter, Inc and other contributors"
LICENCE = "Creative Commons Attribution 4.0, https://creativecommons.org/licenses/by/4.0/"

NOTICE = f"""The fonts emoji-*.ttf are made from the drawings of Twemoji.

{CREDIT}
https://github.com/jdecked/twemoji

The drawings are licensed under {LICENCE}
(a copy: ../CC-BY-4.0.txt).

Changes: the drawings became the glyphs of fonts (layers of one colour, lines as outlines, points rounded to a thousandth of an em).
Added: a swatch for each skin tone and hair style that stands alone.
"""

# The approximate size of a pack. Only the sequences that begin with a man, a woman or a person are
# larger; each of these has a pack of its own.
PACK_BYTES = 96 * 1024

# The categories of Unicode in this order, so that emoji that are used together are in one pack.
CATEGORIES = [
    "Smileys & Emotion", "People & Body", "Animals & Nature", "Food & Drink", "Activities", "Travel & Places", "Objects", "Symbols",
    "Flags",
]  # fmt: skip

# The em, the side of the art's square, the advance, and the place of the square, in font units.
EM, SIDE, ADVANCE = 1000, 1152, 1250
BOTTOM = 364 - SIDE // 2  # the middle of Inter's capitals is at 0.364 em
LEFT = (ADVANCE - SIDE) // 2

# The largest distance of a glyph's curve from the art's, in font units.
TOLERANCE = 1.0

VS16, ZWJ, KEYCAP = 0xFE0F, 0x200D, 0x20E3

# Signs of an SVG with more than filled shapes.
INVOLVED = ["<g", "<use", "<defs", "clip", "stroke", "rule", "transform"]

NAMED = {"black": "#000", "white": "#fff", "green": "#008000", "red": "#f00", "navy": "#000080", "azure": "#f0ffff"}

# Single modifiers, for which Twemoji has no art. The colours are those of Twemoji's skin and hair.
SWATCHES = {
    0x1F3FB: "#f7dece", 0x1F3FC: "#f3d2a2", 0x1F3FD: "#d5ab88", 0x1F3FE: "#af7e57", 0x1F3FF: "#7c533e",
    0x1F9B0: "#c1694f", 0x1F9B1: "#292f33", 0x1F9B3: "#ccd6dd", 0x1F9B2: "#ffdc5d",
}  # fmt: skip


def svg(body: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 36 36">'
        f"{body.replace(' href=', ' xlink:href=')}</svg>"
    )


def layers(body: str) -> list[tuple[object, tuple[int, int, int, int]]]:
    """The layers of a picture from the lowest to the highest, each an outline and its colour."""
    found = []
    picture = SVG.fromstring(svg(body))
    if any(word in body for word in INVOLVED):
        picture = picture.topicosvg()  # groups, clips, transforms and strokes resolved; slow
    for shape in picture.shapes():
        if shape.fill == "none":
            continue
        pen = TTGlyphPen(None)
        unit = SIDE / 36
        place = TransformPen(Cu2QuPen(pen, TOLERANCE), (unit, 0, 0, -unit, LEFT, BOTTOM + SIDE))
        parse_path(shape.as_path().d, place)
        outline = pen.glyph()
        if outline.numberOfContours > 0:
            found.append((outline, color(shape)))
    return found


def color(shape) -> tuple[int, int, int, int]:
    name = NAMED.get(shape.fill, shape.fill)
    assert name.startswith("#") and len(name) in (4, 7), name
    digits = name[1:] if len(name) == 7 else "".join(digit * 2 for digit in name[1:])
    red, green, blue = (int(digits[at : at + 2], 16) for at in (0, 2, 4))
    return red, green, blue, round(255 * shape.opacity * shape.fill_opacity)


def is_art(c: int) -> bool:
    return c not in (ZWJ, KEYCAP) and not 0xE0000 <= c <= 0xE0FFF and not (c < 0x80)


def pictures(package: pathlib.Path) -> dict[tuple[int, ...], tuple[str, str]]:
    """Sequence (without VS16) → its category and its SVG."""
    icons = json.loads((package / "icons.json").read_text())["icons"]
    names = json.loads((package / "chars.json").read_text())
    categories = json.loads((package / "metadata.json").read_text())["categories"]
    category = {name: key for key, members in categories.items() for name in members}
    found = {}
    for key, name in sorted(names.items()):
        sequence = tuple(c for c in (int(part, 16) for part in key.split("-")) if c != VS16)
        if len(sequence) == 1 and 0xE000 <= sequence[0] <= 0xF8FF:
            continue  # private use: Twitter's own mark
        if len(sequence) == 1 and 0x1F1E6 <= sequence[0] <= 0x1F1FF:
            found[sequence] = ("Flags", icons[name]["body"])  # a letter of no flag
        else:
            found[sequence] = (category.get(name, "Symbols"), icons[name]["body"])
    for c, fill in SWATCHES.items():
        found.setdefault((c,), ("People & Body", f'<rect x="6" y="6" width="24" height="24" rx="6" fill="{fill}"/>'))
    return found


def shards(art: dict[tuple[int, ...], tuple[str, list]]) -> list[list[tuple[int, ...]]]:
    """The sequences of each pack."""
    families: dict[int, list[tuple[int, ...]]] = {}
    for sequence in sorted(art):
        families.setdefault(sequence[0], []).append(sequence)
    # A family has all sequences with the same first character (a keycap's digit, a flag's letter).
    # Its category is that of its shortest sequence.
    order = sorted(families, key=lambda first: (CATEGORIES.index(art[families[first][0]][0]), first))
    packs: list[list[tuple[int, ...]]] = []
    weight, before = 0, None
    for first in order:
        category, more = art[families[first][0]][0], about_bytes(art, families[first])
        if not packs or weight + more > PACK_BYTES or category != before and weight > PACK_BYTES // 2:
            packs.append([])
            weight = 0
        packs[-1] += families[first]
        weight += more
        before = category
    return packs


def outline_key(outline) -> tuple:
    return tuple(outline.coordinates), tuple(outline.endPtsOfContours), bytes(outline.flags)


def about_bytes(art, sequences) -> int:
    """The approximate size of a font with only these sequences."""
    seen = {}
    for sequence in sequences:
        for outline, _ in art[sequence][1]:
            seen.setdefault(outline_key(outline), len(outline.coordinates) * 3 + 26)
    return sum(seen.values()) + sum(len(art[sequence][1]) * 4 + 30 for sequence in sequences)


def parts(sequences: list[tuple[int, ...]]) -> set[int]:
    """The characters inside sequences that no sequence begins with."""
    return {c for sequence in sequences for c in sequence} - {sequence[0] for sequence in sequences}


def write(sequences: list[tuple[int, ...]], art, out: pathlib.Path) -> None:
    """Writes one pack."""
    own = sorted(sequences) + sorted((c,) for c in parts(sequences) if is_art(c) and (c,) in art)
    blank = sorted({c for sequence in sequences for c in sequence} - {s[0] for s in own if len(s) == 1})
    order, glyphs, colors, palette, cmap, names = [".notdef"], {".notdef": box()}, {}, {}, {}, {}
    nothing = TTGlyphPen(None).glyph()

    def add(name: str, glyph) -> str:
        order.append(name)
        glyphs[name] = glyph
        return name

    for c in blank:
        cmap[c] = names[(c,)] = add(f"b{c:x}", nothing)
    for sequence in own:
        name = names[sequence] = add("e" + "_".join(f"{c:x}" for c in sequence), nothing)
        if len(sequence) == 1:
            cmap[sequence[0]] = name
    shared: dict[tuple, str] = {}
    for sequence in own:
        stack = []
        for outline, fill in art[sequence][1]:
            key = outline_key(outline)
            if key not in shared:
                shared[key] = add(f"l{len(shared)}", outline)
            stack.append((shared[key], palette.setdefault(fill, len(palette))))
        colors[names[sequence]] = stack

    font = FontBuilder(EM, isTTF=True)
    font.setupGlyphOrder(order)
    font.setupCharacterMap(cmap)
    font.setupGlyf(glyphs)
    font.setupHorizontalMetrics({name: (ADVANCE, getattr(glyphs[name], "xMin", 0)) for name in order})
    font.setupHorizontalHeader(ascent=BOTTOM + SIDE, descent=BOTTOM)
    font.setupHead(unitsPerEm=EM, created=0, modified=0)
    font.setupOS2(sTypoAscender=BOTTOM + SIDE, sTypoDescender=BOTTOM, sTypoLineGap=0, sCapHeight=728, sxHeight=546)
    font.setupPost(keepGlyphNames=False)
    font.setupNameTable({"copyright": CREDIT, "familyName": FAMILY, "styleName": "Regular", "licenseDescription": LICENCE}, mac=False)
    font.setupCPAL([[tuple(value / 255 for value in fill) for fill in palette]])
    font.setupCOLR(colors, version=0)
    rules = [
        f"  sub {' '.join(names[(c,)] for c in sequence)} by {names[sequence]};" for sequence in sorted(sequences) if len(sequence) > 1
    ]
    if rules:
        # An extension lookup, because the offsets of a family with all its skin tones need more
        # than 16 bits.
        lookup = ["lookup sequences useExtension {", *rules, "} sequences;"]
        font.addOpenTypeFeatures("\n".join(["languagesystem DFLT dflt;", *lookup, "feature ccmp { lookup sequences; } ccmp;"]))
    font.font.cfg[USE_HARFBUZZ_REPACKER] = False
    font.font.recalcTimestamp = False
    font.font.save(out)


def box():
    pen = TTGlyphPen(None)
    for inset, turn in ((100, 1), (160, -1)):
        corners = [(inset, 0 + inset), (inset, 800 - inset), (ADVANCE - inset, 800 - inset), (ADVANCE - inset, inset)][::turn]
        pen.moveTo(corners[0])
        for corner in corners[1:]:
            pen.lineTo(corner)
        pen.closePath()
    return pen.glyph()


def draw(item: tuple[tuple[int, ...], tuple[str, str]]):
    sequence, (category, body) = item
    return sequence, (category, layers(body))


@dataclasses.dataclass
class Pack:
    name: str
    firsts: set[int]  # the first characters of its sequences
    within: set[int]  # the characters inside sequences that no sequence begins with


def cut(package: pathlib.Path, out: pathlib.Path, pool) -> list[Pack]:
    """Writes all packs."""
    art = dict(pool.map(draw, sorted(pictures(package).items()), chunksize=50))
    made = []
    for number, sequences in enumerate(shards(art)):
        name = f"emoji-{number}"
        write(sequences, art, out / f"{name}.ttf")
        made.append(Pack(name, {sequence[0] for sequence in sequences}, {c for c in parts(sequences) if is_art(c)}))
    return made

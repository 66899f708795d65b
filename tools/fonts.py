"""Cuts the fonts that are compiled into the Worker. tools/fonts installs the libraries and runs this.

The same inputs give the same bytes: times are not recalculated, and every version is pinned in fonts.txt.
"""

import importlib.resources
import pathlib
import sys

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.otBase import USE_HARFBUZZ_REPACKER
from fontTools.varLib import instancer

import kerning

# The characters of the Latin, Greek and Cyrillic alphabets: every letter of names and sentences,
# and the signs that are used with them. A range without any glyph in Inter adds nothing.
ALPHABETS = [
    (0x0020, 0x007E),  # Basic Latin
    (0x00A0, 0x02FF),  # Latin-1, Extended A and B, IPA, modifier letters
    (0x0300, 0x036F),  # combining marks
    (0x0370, 0x03FF),  # Greek
    (0x0400, 0x052F),  # Cyrillic and its supplement
    (0x0E3F, 0x0E3F),  # the sign of the baht, which is no letter of Thai alone
    (0x1C80, 0x1C8F),  # Cyrillic Extended C
    (0x1D00, 0x1DFF),  # phonetic extensions, more combining marks
    (0x1E00, 0x1EFF),  # Latin Extended Additional: Vietnamese
    (0x1F00, 0x1FFF),  # Greek Extended
    (0x2000, 0x206F),  # general punctuation
    (0x2070, 0x209F),  # superscripts and subscripts
    (0x20A0, 0x20CF),  # currencies
    (0x20D0, 0x20FF),  # combining marks for symbols
    (0x2100, 0x218F),  # letter-like symbols, number forms
    (0x2190, 0x21FF),  # arrows
    (0x2200, 0x22FF),  # mathematics
    (0x2300, 0x23FF),  # technical: the keys of a keyboard
    (0x25A0, 0x25FF),  # geometric shapes
    (0x2600, 0x27BF),  # stars, ticks, hearts
    (0x2B00, 0x2BFF),  # more arrows and stars
    (0x2C60, 0x2C7F),  # Latin Extended C
    (0x2DE0, 0x2DFF),  # Cyrillic Extended A
    (0x2E00, 0x2E7F),  # supplemental punctuation
    (0xA640, 0xA69F),  # Cyrillic Extended B
    (0xA700, 0xA7FF),  # tone letters, Latin Extended D
    (0xAB30, 0xAB6F),  # Latin Extended E
    (0xFB00, 0xFB06),  # Latin ligatures
    (0xFE20, 0xFE2F),  # combining half marks
    (0xFFFD, 0xFFFD),  # the replacement character
]

# Features in addition to fontTools' default set, which shaping needs (ccmp, locl, mark, mkmk, kern,
# liga, calt, frac …).
FEATURES = ["tnum"]  # digits of one width: countdowns and tables


def share_marks(font: TTFont) -> None:
    """Gives Cyrillic and Greek the rules that put marks on letters, which Inter has for Latin only: `а́`."""
    table = font["GPOS"].table
    scripts = {record.ScriptTag: record.Script.DefaultLangSys for record in table.ScriptList.ScriptRecord}
    marks = [
        index for index in scripts["latn"].FeatureIndex
        if table.FeatureList.FeatureRecord[index].FeatureTag in ("mark", "mkmk")
    ]  # fmt: skip
    for tag in ["cyrl", "grek"]:
        scripts[tag].FeatureIndex = sorted({*scripts[tag].FeatureIndex, *marks})
        scripts[tag].FeatureCount = len(scripts[tag].FeatureIndex)


def inter(out: pathlib.Path) -> None:
    package = importlib.resources.files("fontpkg_inter")
    with importlib.resources.as_file(package / "files" / "Inter[opsz,wght].ttf") as source:
        font = TTFont(source, recalcTimestamp=False)
    share_marks(font)
    options = subset.Options()
    options.layout_features = options.layout_features + FEATURES
    options.hinting = False  # rasterised without hints
    options.recalc_timestamp = False
    options.glyph_names = False
    options.notdef_outline = True  # the box that shows a missing glyph
    options.drop_tables = options.drop_tables + ["DSIG", "STAT", "MVAR", "meta"]  # nothing here reads these
    cut = subset.Subsetter(options)
    cut.populate(unicodes=[c for first, last in ALPHABETS for c in range(first, last + 1)])
    cut.subset(font)
    # More weights than regular to bold would add 56 kB, gzipped. The optical size is that of the
    # default instance.
    font = instancer.instantiateVariableFont(font, {"opsz": 14, "wght": (400, 400, 700)})
    kerning.move(font)
    # Packed by HarfBuzz it is smaller, but not gzipped, as a part of the Worker.
    font.cfg[USE_HARFBUZZ_REPACKER] = False
    font.save(out / "Inter.ttf")
    (out / "OFL.txt").write_bytes((package / "LICENSE").read_bytes())


def playfair(out: pathlib.Path) -> None:
    """The font of a sample template, as a user would upload it: upright and italic, with the alphabets that it has."""
    package = importlib.resources.files("fontpkg_playfair_display")
    for name, target in [("PlayfairDisplay", "playfair-display"), ("PlayfairDisplay-Italic", "playfair-display-italic")]:
        with importlib.resources.as_file(package / "files" / f"{name}[wght].ttf") as source:
            font = TTFont(source, recalcTimestamp=False)
        options = subset.Options()
        options.hinting = False
        options.recalc_timestamp = False
        options.glyph_names = False
        options.notdef_outline = True
        options.drop_tables = options.drop_tables + ["DSIG", "STAT", "MVAR", "meta"]
        cut = subset.Subsetter(options)
        # No Greek: the font has only a few Greek letters, as signs, so that a Greek name would be
        # set in two fonts.
        cut.populate(
            unicodes=[c for first, last in ALPHABETS for c in range(first, last + 1) if not 0x0370 <= c <= 0x03FF]
        )
        cut.subset(font)
        font = instancer.instantiateVariableFont(font, {"wght": (400, 400, 700)})
        kerning.move(font)
        font.save(out / f"{target}.ttf")
    (out / "playfair-display.OFL.txt").write_bytes((package / "LICENSE").read_bytes())


if __name__ == "__main__":
    inter(pathlib.Path(sys.argv[1]))
    playfair(pathlib.Path(sys.argv[1]).parent / "templates" / "assets")

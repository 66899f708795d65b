"""Records the names of tests/names. tools/names installs the libraries and runs this.

    names.py ROOT CLDR

Names come from Faker (first, last and whole names of every locale that it has) and from CLDR (the names of languages and of
countries in every language). From them it writes, into tests/names:

- counts.json: how many names each locale of Faker has, and how many CLDR has;
- words.txt: words of these names in which each of their letters, and each letter with its mark, is there;
- harfbuzz.txt.gz: how HarfBuzz shapes words of every script in our fonts, at four weights;
- han.txt: of each national standard, how many Han letters it has, and those that no font of ours has.

The same versions give the same bytes.
"""

import collections
import gzip
import importlib
import json
import pathlib
import pkgutil
import sys
import unicodedata

import faker.providers.person
import uharfbuzz as hb
from fontTools import unicodedata as scripts
from fontTools.ttLib import TTFont

WEIGHTS = [400, 500, 600, 700]

# Words of each font that are recorded. Inter has the names of most languages.
WORDS, WORDS_OF_INTER = 900, 6000

# The fonts of which CLDR and Faker have fewer words than this get as many that are made of their letters.
MADE = 300

# Scripts of CLDR that no pack has: Deseret and Tai Viet.
WITHOUT = {"Dsrt", "Tavt"}

# Lists of a provider's words; each is a list, or a mapping whose keys are the words.
LISTS = ["first_names", "first_names_male", "first_names_female", "first_names_nonbinary", "last_names", "last_names_male",
         "last_names_female", "last_names_nonbinary", "prefixes", "suffixes"]  # fmt: skip


def words(told) -> list[str]:
    """The words of a provider's list, which may be a mapping of words to their shares, or no list at all."""
    return sorted({str(word) for word in told}) if isinstance(told, (list, tuple, dict, set)) else []


def of_faker() -> dict[str, list[str]]:
    """The names of each locale: each first and each last name, and as many whole names as there are of the fewer."""
    found = {}
    for module in sorted(module.name for module in pkgutil.iter_modules(faker.providers.person.__path__) if module.ispkg):
        provider = importlib.import_module(f"faker.providers.person.{module}").Provider
        lists = {name: words(getattr(provider, name, None)) for name in LISTS}
        first = sorted({word for name, words in lists.items() if name.startswith("first") for word in words})
        last = sorted({word for name, words in lists.items() if name.startswith("last") for word in words})
        whole = [f"{a} {b}" for a, b in zip(first, last)]
        found[module] = sorted({*first, *last, *whole, *lists["prefixes"], *lists["suffixes"]})
    return found


def of_cldr(folder: pathlib.Path) -> dict[str, list[str]]:
    """The names of languages and countries in each language."""
    found = {}
    for locale in sorted(folder.iterdir()):
        names = set()
        for part in ["languages", "territories"]:
            file = locale / f"{part}.json"
            if file.exists():
                told = json.loads(file.read_text())["main"][locale.name]["localeDisplayNames"][part]
                codes = {code.split("-")[0] for code in told}
                names |= {name for name in told.values() if name not in codes}
        found[locale.name] = sorted(names)
    return found


class Font:
    """One of our fonts, for HarfBuzz."""

    def __init__(self, name: str, file: pathlib.Path):
        self.name, self.characters = name, set(TTFont(file).getBestCmap())
        self.font = hb.Font(hb.Face(hb.Blob.from_file_path(str(file))))

    def shape(self, word: str, script: str, weight: int):
        self.font.set_variations({"wght": weight})
        buffer = hb.Buffer()
        buffer.add_str(word)
        buffer.script = script
        buffer.direction = "rtl" if scripts.script_horizontal_direction(script) == "RTL" else "ltr"
        hb.shape(self.font, buffer)
        return [
            (info.codepoint, place.x_advance - self.font.get_glyph_h_advance(info.codepoint), place.x_offset, place.y_offset)
            for info, place in zip(buffer.glyph_infos, buffer.glyph_positions)
        ]


def made(font: Font) -> list[str]:
    """Words of a script that has few names in CLDR: each letter with each sign and with the letter behind it."""
    kinds = collections.Counter(scripts.script(chr(c)) for c in font.characters)
    script = next(script for script, _ in kinds.most_common() if script not in ("Zyyy", "Zinh", "Latn"))
    own = [chr(c) for c in sorted(font.characters) if scripts.script(chr(c)) == script]
    letters = [c for c in own if unicodedata.category(c) in ("Lo", "Lu", "Ll")]
    signs = [c for c in own if unicodedata.category(c)[0] == "M"] or [""]
    many = [
        letter + sign + letters[(at * 7 + number) % len(letters)]
        for at, letter in enumerate(letters) for number, sign in enumerate(signs)
    ]  # fmt: skip
    return sorted(set(many[:: max(1, len(many) // MADE)]))


def record(fonts: list[Font], words: list[str]) -> list[str]:
    """How HarfBuzz shapes words, each in the first font that has all of it: lines of the record."""
    of_font = collections.defaultdict(list)
    for word in words:
        kinds = {scripts.script(c) for c in word} - {"Zyyy", "Zinh"}
        font = next((font for font in fonts if font.characters.issuperset(map(ord, word))), None)
        if font and len(kinds) == 1:
            of_font[font.name, *kinds].append(word)
    lines = []
    for (name, script), found in sorted(of_font.items()):
        font = next(font for font in fonts if font.name == name)
        most = WORDS_OF_INTER if name == "Inter" else WORDS
        step = max(1, len(found) // most)
        lines.append(f"= {name} {script}")
        shaped = {word: [font.shape(word, script, weight) for weight in WEIGHTS] for word in found[::step][:most]}
        used = sorted({glyph[0] for sets in shaped.values() for glyph in sets[0]})
        advances = {}
        for weight in WEIGHTS:
            font.font.set_variations({"wght": weight})
            for glyph in used:
                advances.setdefault(glyph, []).append(font.font.get_glyph_h_advance(glyph))
        lines += [f"- {glyph} {' '.join(map(str, four))}" for glyph, four in advances.items()]
        for word, sets in shaped.items():
            assert all([glyph[0] for glyph in one] == [glyph[0] for glyph in sets[0]] for one in sets)
            moved = [
                f"{at} {' '.join(str(number) for one in sets for number in one[at][1:])}"
                for at in range(len(sets[0]))
                if any(any(one[at][1:]) for one in sets)
            ]
            lines.append("\t".join([word, " ".join(str(glyph[0]) for glyph in sets[0]), *moved]))
    return lines


def han(root: pathlib.Path) -> list[str]:
    """A line for each standard: its name, the number of its Han letters, and those that no font of ours has."""
    ours = set().union(*(TTFont(file).getBestCmap() for file in (root / "fonts" / "packs").glob("*-*.ttf") if "emoji" not in file.name))
    ranges = [(0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2FFFF)]
    every = [chr(c) for first, last in ranges for c in range(first, last + 1)]

    def encodes(c: str, encoding: str, most: int) -> bool:
        try:
            return len(c.encode(encoding)) <= most
        except UnicodeEncodeError:
            return False

    # GB 18030 has every character; in two bytes it has those of GBK.
    standards = {"gb2312": 2, "gb18030": 2, "big5": 2, "cp932": 2, "euc_kr": 2, "hkscs": 2}
    lines = []
    for name, most in standards.items():
        letters = [c for c in every if encodes(c, "big5hkscs" if name == "hkscs" else name, most)]
        letters = [c for c in letters if unicodedata.name(c, "").startswith("CJK")]
        lines.append(f"{name} {len(letters)} {''.join(c for c in letters if ord(c) not in ours)}".rstrip())
    planes = {"plane 0": [c for c in every if ord(c) < 0x10000], "plane 2": [c for c in every if ord(c) >= 0x10000]}
    for name, letters in planes.items():
        letters = [c for c in letters if unicodedata.name(c, "").startswith("CJK")]
        lines.append(f"{name}: {sum(ord(c) in ours for c in letters)} of {len(letters)}")
    return lines


def main(root: pathlib.Path, cldr: pathlib.Path) -> None:
    out = root / "tests" / "names"
    people, places = of_faker(), of_cldr(cldr / "cldr-localenames-full" / "main")
    names = sorted({unicodedata.normalize("NFC", name) for part in (people, places) for of in part.values() for name in of})
    counts = {"faker": {locale: len(of) for locale, of in people.items()}, "cldr": len({name for of in places.values() for name in of})}
    (out / "counts.json").write_text(json.dumps(counts, indent=1) + "\n")

    # A piece for each character that was not there before, with the one before it: marks stand on letters.
    seen, pieces = set(), []
    every = sorted({word for name in names for word in name.split()})
    every = [word for word in every if not any(scripts.script(c) in WITHOUT for c in word)]
    for word in every:
        pairs = {*word, *(word[at : at + 2] for at in range(len(word) - 1) if unicodedata.combining(word[at + 1]))}
        if not pairs <= seen:
            seen |= pairs
            pieces.append(word)
    (out / "words.txt").write_text("\n".join(pieces) + "\n")

    (out / "han.txt").write_text("\n".join(han(root)) + "\n")

    packs = [line.split() for line in (root / "src/font/packs.txt").read_text().splitlines()]
    wanted = [line[0] for line in packs if line[3] in ("scripts", "ur")]
    languages = ["ja-119", "ko-20", "zh-hans-0", "zh-hant-0"]
    fonts = [Font("Inter", root / "fonts/Inter.ttf")]
    fonts += [Font(name, root / "fonts/packs" / f"{name}.ttf") for name in [*wanted, *languages]]
    few = [font for font in fonts[1:] if font.name in [*wanted, "ko-20"] and sum(set(map(ord, word)) <= font.characters for word in every) < MADE]
    every += [word for font in few if not font.name.startswith(("latin", "symbols")) for word in made(font)]
    lines = record([font for font in fonts if font.name != "nastaliq"], every)
    urdu = {word for name in places["ur"] for word in name.split()}
    lines += record([font for font in fonts if font.name == "nastaliq"], sorted(urdu))
    (out / "harfbuzz.txt.gz").write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), 9, mtime=0))
    told = [line for line in lines if line[0] not in "=-"]
    print(f"{sum(counts['faker'].values())} names of {len(people)} locales, {counts['cldr']} of CLDR; {len(pieces)} words hold all their letters")
    print(f"{len(told)} words in {len([line for line in lines if line[0] == '='])} fonts and scripts")


if __name__ == "__main__":
    main(*map(pathlib.Path, sys.argv[1:]))

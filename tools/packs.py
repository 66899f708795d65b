"""Cuts the font packs, which the Worker fetches for names with characters that Inter lacks. tools/fonts runs this.

    packs.py NODE_MODULES FONTS INDEX

reads the packages of tools/packs.txt and FONTS/Inter.ttf, and writes FONTS/packs/*.ttf with their licences, and the index that is
compiled in: INDEX/packs.txt lists the packs, INDEX/packs.bin names the pack of each character.

Most scripts are one pack each. Han, kana and Hangul have a pack for each of Google Fonts' shards. A shard has characters that
are used together, so that a name needs one to three shards. Four languages write the same Han characters in different forms, so
that each of them has its own shards. emoji.py cuts the emoji.

The same inputs give the same bytes: times are not recalculated, and every version is pinned in fonts.txt and packs.txt.
"""

import hashlib
import json
import multiprocessing
import pathlib
import sys

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

import emoji

SCRIPTS = [
    "arabic", "armenian", "bengali", "devanagari", "ethiopic", "georgian", "gujarati", "gurmukhi", "hebrew", "kannada", "khmer",
    "lao", "malayalam", "myanmar", "sinhala", "tamil", "telugu", "thai",
]  # fmt: skip

# Language → the font with its forms.
LANGUAGES = {"zh-hans": "sc", "zh-hant": "tc", "ja": "jp", "ko": "kr"}

# The encoding of each language's national standard. A language has its own forms of the characters
# in its standard. All other characters are rare: the first language that has one has it for all.
# (Korean names in Han characters get the Chinese forms.)
STANDARDS = {"zh-hans": "gb2312", "zh-hant": "big5", "ja": "shift_jis", "ko": None}

# Punctuation, kana, Hangul and full-width letters. Every language has its own forms.
OWN = [(0x3000, 0x31FF), (0xAC00, 0xD7A3), (0xFE10, 0xFE4F), (0xFF00, 0xFFEF)]

# Controls, joiners, selectors, private use. No font is fetched for these.
INVISIBLE = [(0, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x61C, 0x61C), (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E),
             (0x2060, 0x206F), (0xE000, 0xF8FF), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFF0, 0xFFFC), (0xE0000, 0xE0FFF)]  # fmt: skip

# The same weights as in Inter: 400 to 700.
WEIGHTS = {"wght": (400, 400, 700)}

# Tables that the Worker does not read, and features for vertical text, which it does not set.
TABLES = ["DSIG", "STAT", "MVAR", "meta", "vhea", "vmtx", "VORG", "BASE", "VVAR", "gasp"]
VERTICAL = ["vert", "vrt2", "vkrn", "valt", "vpal", "vhal"]


def cut(job: tuple[pathlib.Path, set[int] | None, pathlib.Path]) -> None:
    source, characters, out = job
    font = TTFont(source, recalcTimestamp=False)
    font.flavor = None
    options = subset.Options()
    options.layout_features = [tag for tag in options.layout_features if tag not in VERTICAL]
    options.hinting = False  # rasterised without hints
    options.recalc_timestamp = False
    options.glyph_names = False
    options.notdef_outline = True
    options.drop_tables = options.drop_tables + TABLES
    options.name_IDs = [0, 1, 2, 13, 14]  # copyright, family, style, licence
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=sorted(characters or font.getBestCmap()))
    subsetter.subset(font)
    axes = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes}
    font = instancer.instantiateVariableFont(font, axes | WEIGHTS)
    font.save(out)


def is_han(c: int) -> bool:
    return 0x2E80 <= c < 0x3000 or 0x3400 <= c <= 0x9FFF or 0xF900 <= c <= 0xFAFF or 0x20000 <= c < 0x30000


def standard(language: str) -> set[int]:
    """The Han characters in the standard of a language."""

    def encodes(c: int) -> bool:
        try:
            return bool(chr(c).encode(STANDARDS[language]))
        except UnicodeEncodeError:
            return False

    return {c for c in range(0x4E00, 0xA000) if encodes(c)} if STANDARDS[language] else set()


def shards(packages: pathlib.Path, inter: set[int]):
    """Every shard of every language: its name, its package, its file, and the characters to keep."""
    standards = {language: standard(language) for language in LANGUAGES}
    anyones, taken = set().union(*standards.values()), set()
    for language, font in LANGUAGES.items():
        package, mine = packages / f"noto-sans-{font}", set()
        keys = json.loads((package / "unicode.json").read_text())
        for shard in sorted(int(key[1:-1]) for key in keys if key.startswith("[")):
            file = package / "files" / f"noto-sans-{font}-{shard}-wght-normal.woff2"

            def takes(c: int) -> bool:
                if any(first <= c <= last for first, last in OWN) or c in standards[language]:
                    return True
                return c not in inter and c not in anyones and c not in taken and (is_han(c) or is_visible(c))

            characters = {c for c in TTFont(file).getBestCmap() if takes(c)}
            mine |= characters
            if characters:
                yield f"{language}-{shard}", package, file, characters
        taken |= mine


def is_visible(c: int) -> bool:
    return not any(first <= c <= last for first, last in INVISIBLE)


def sources(packages: pathlib.Path, inter: set[int]):
    """Every pack: its name, its package, its source file, and the characters to keep (None: all)."""
    for script in SCRIPTS:
        package = packages / f"noto-sans-{script}"
        yield script, package, package / "files" / f"noto-sans-{script}-{script}-wght-normal.woff2", None
    yield from shards(packages, inter)


def licence(used: dict[str, tuple[pathlib.Path, pathlib.Path]]) -> str:
    """The copyright notice of each font, then the licence of all of them."""
    lines = [f"{family}: {TTFont(file)['name'].getDebugName(0)}" for family, (_, file) in used.items()]
    bodies = {(package / "LICENSE").read_text().split("\n", 1)[1] for package, _ in used.values()}
    assert len({"".join(body.split()) for body in bodies}) == 1, "all are under the same licence"
    return "\n".join(lines) + "\n" + sorted(bodies)[0]


def index(names: list[tuple[str, str]], emojis: list[emoji.Pack], packs: pathlib.Path, inter: set[int], out: pathlib.Path) -> None:
    """Writes the index: the pack of each character that Inter lacks, and for emoji the pack of each first character."""
    listing, tables = [], {group: {} for group in ["scripts", *LANGUAGES, "emoji", "symbols"]}
    count = dict.fromkeys(tables, 0)

    def told(name: str, group: str, rest: str) -> None:
        contents = (packs / f"{name}.ttf").read_bytes()
        listing.append(f"{name} {len(contents)} {hashlib.sha256(contents).hexdigest()[:16]} {group} {rest}")

    for name, family in names:
        group = next((language for language in LANGUAGES if name.startswith(f"{language}-")), "scripts")
        count[group] += 1
        characters = [
            c for c in TTFont(packs / f"{name}.ttf").getBestCmap()
            if c not in inter and is_visible(c) and c < 0x30000
        ]  # fmt: skip
        for c in characters:
            # The first script has the characters that several scripts share, such as the danda.
            tables[group].setdefault(c, count[group])
        told(name, group, family)
    texts = inter.union(*tables.values())
    for number, pack in enumerate(emojis, 1):
        told(pack.name, "emoji", f"{emoji.FAMILY}\t{''.join(map(chr, sorted(pack.within)))}")
        for c in pack.firsts:
            tables["emoji"][c] = number
            # Used for characters that no text font has.
            if c not in texts:
                tables["symbols"][c] = number
    # The dictionaries for line breaking (examples/words.rs), one for the pack of each script that
    # needs one.
    for file in sorted(packs.glob("*.words")):
        contents = file.read_bytes()
        listing.append(f"{file.stem}-words {len(contents)} {hashlib.sha256(contents).hexdigest()[:16]} words {file.stem}")
    (out / "packs.txt").write_text("\n".join(listing) + "\n")

    # The format: for each group 768 bytes, one for each block of 256 characters, with the number of
    # the block's page (0: none). Then the pages: for each character of the block the number of its
    # pack in the group, from 1 (0: none).
    heads, pages = bytearray(), [bytes(256)]
    assert all(number < 256 for table in tables.values() for number in table.values())
    for table in tables.values():
        for block in range(0x300):
            page = bytes(table.get(block << 8 | low, 0) for low in range(256))
            if page not in pages:
                pages.append(page)
            heads += pages.index(page).to_bytes(2, "little")
    (out / "packs.bin").write_bytes(bytes(heads) + b"".join(pages))


def main(packages: pathlib.Path, fonts: pathlib.Path, out: pathlib.Path) -> None:
    packs = fonts / "packs"
    packs.mkdir(exist_ok=True)
    for old in packs.glob("*.ttf"):
        old.unlink()
    inter = set(TTFont(fonts / "Inter.ttf").getBestCmap())
    found = list(sources(packages / "@fontsource-variable", inter))
    with multiprocessing.Pool() as pool:
        jobs = [(file, characters, packs / f"{name}.ttf") for name, _, file, characters in found]
        pool.map(cut, jobs, chunksize=1)
        emojis = emoji.cut(packages / "@iconify-json" / "twemoji", packs, pool)
    family = {name: json.loads((package / "metadata.json").read_text())["family"] for name, package, _, _ in found}
    used = {family[name]: (package, file) for name, package, file, _ in reversed(found)}
    (packs / "OFL.txt").write_text(licence(dict(reversed(used.items()))))
    (packs / "CC-BY.txt").write_text(emoji.NOTICE)
    index(list(family.items()), emojis, packs, inter, out)


if __name__ == "__main__":
    packages, fonts, out = map(pathlib.Path, sys.argv[1:])
    main(packages, fonts, out)

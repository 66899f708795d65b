"""Cuts the font packs, which the Worker fetches for names with characters that Inter lacks. tools/fonts runs this.

    packs.py NODE_MODULES DEBIAN FONTS INDEX

reads the packages of tools/packs.txt, Debian's fonts of Noto and FONTS/Inter.ttf, and writes FONTS/packs/*.ttf with their licences, and the index that is
compiled in: INDEX/packs.txt lists the packs, INDEX/packs.bin names the pack of each character.

Most scripts are one pack each; `latin` has the letters and marks of Latin, Cyrillic and Greek that Inter lacks. Four languages write the
same Han characters in different forms, so that each of them has its own packs. Those of Japanese and Korean are Google Fonts' shards, which
have characters that are used together; han.py makes those of Chinese from such shards. emoji.py cuts the emoji.

The same inputs give the same bytes: times are not recalculated, and every version is pinned in fonts.txt and packs.txt.
"""

import dataclasses
import hashlib
import importlib.resources
import itertools
import json
import multiprocessing
import pathlib
import sys
import tempfile

from fontTools import subset, unicodedata
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.otBase import USE_HARFBUZZ_REPACKER
from fontTools.varLib import instancer

import emoji
import fonts
import han
import kerning

SCRIPTS = [
    "arabic", "armenian", "bengali", "devanagari", "ethiopic", "georgian", "gujarati", "gurmukhi", "hebrew", "kannada", "khmer",
    "lao", "malayalam", "myanmar", "sinhala", "tamil", "telugu", "thai",
]  # fmt: skip

# Scripts with fewer readers, and the code of each in Unicode. The packs have no character of another script.
FURTHER = {
    "adlam": "Adlm", "balinese": "Bali", "canadian-aboriginal": "Cans", "chakma": "Cakm", "cherokee": "Cher",
    "hanifi-rohingya": "Rohg", "javanese": "Java", "lisu": "Lisu", "meetei-mayek": "Mtei", "mongolian": "Mong", "nko": "Nkoo",
    "nyiakeng-puachue-hmong": "Hmnp", "ol-chiki": "Olck", "oriya": "Orya", "osage": "Osge", "pahawh-hmong": "Hmng",
    "sundanese": "Sund", "syriac": "Syrc", "thaana": "Thaa", "tibetan": "Tibt", "tifinagh": "Tfng", "vai": "Vaii", "yi": "Yiii",
}  # fmt: skip

# Scripts that Noto has in one weight only, or whose other weights would take a megabyte: the renderer makes their bold letters.
REGULAR = ["chakma", "mongolian", "nko", "nyiakeng-puachue-hmong", "osage", "pahawh-hmong", "symbols", "symbols-2", "tibetan",
           "tifinagh", "vai", "yi"]  # fmt: skip

# Packs whose tables HarfBuzz packs.
REPACKED = [*FURTHER, "latin", "nastaliq"]

# Space, no-break space, joiners, and the circle that a mark without a letter stands on.
COMMON = {0x20, 0xA0, 0x200C, 0x200D, 0x25CC}

# Letters that Inter has, and that may get a mark that it lacks: a letter and its marks must be in one font.
BASES = [(0x0041, 0x005A), (0x0061, 0x007A), (0x00C0, 0x017F), (0x01A0, 0x01B0), (0x0218, 0x021B), (0x0250, 0x02AF), (0x0386, 0x03CE),
         (0x0400, 0x045F), (0x0490, 0x04FF), (0x1E00, 0x1EFF)]  # fmt: skip

# Languages that are written in a style of their own where a text says that it is in them.
STYLES = {"ur": "nastaliq"}

# Language → the font with its forms.
LANGUAGES = {"zh-hans": "sc", "zh-hant": "tc", "ja": "jp", "ko": "kr"}

# The encoding of each language's national standard. A language has its own forms of the characters
# in its standard. All other characters are rare: the first language that has one has it for all.
# (Korean names in Han characters get the Chinese forms.)
STANDARDS = {"zh-hans": "gb2312", "zh-hant": "big5", "ja": "cp932", "ko": None}

# Han letters of these encodings that Google Fonts' shards lack come from the whole fonts, in one weight: the language, the font, and
# the encoding. They are rare, but people have them in their names.
RARE = [("zh-hant", "tc", "big5hkscs"), ("zh-hans", "sc", "gbk")]

# Number of rare letters in a pack, which is not to be larger than those of han.py, and the number of the first such pack.
RARE_LETTERS, FIRST_RARE = 140, 200

# Punctuation, kana, Hangul and full-width letters. Every language has its own forms.
OWN = [(0x3000, 0x31FF), (0xAC00, 0xD7A3), (0xFE10, 0xFE4F), (0xFF00, 0xFFEF)]

# Controls, joiners, selectors, private use. No font is fetched for these.
INVISIBLE = [(0, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x61C, 0x61C), (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E),
             (0x2060, 0x206F), (0xE000, 0xF8FF), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFF0, 0xFFFC), (0xE0000, 0xE0FFF)]  # fmt: skip

# The same weights as in Inter: 400 to 700.
WEIGHTS = {"wght": (400, 400, 700)}

# The ascent, descent and line gap of Inter, of an em of 1,000.
LINE = (969, -241, 0)

# Tables that the Worker does not read, and features for vertical text, which it does not set.
TABLES = ["DSIG", "STAT", "MVAR", "meta", "vhea", "vmtx", "VORG", "BASE", "VVAR", "gasp"]
VERTICAL = ["vert", "vrt2", "vkrn", "valt", "vpal", "vhal"]


@dataclasses.dataclass
class Source:
    """A pack's name, the package that it comes from, the font in there, and the characters to keep (None: all). A shard that han.py
    cuts again has its number."""

    name: str
    package: pathlib.Path
    file: pathlib.Path
    characters: set[int] | None = None
    shard: int | None = None

    def family(self) -> str:
        metadata = self.package / "metadata.json"
        told = json.loads(metadata.read_text()).get("family") if metadata.exists() else None
        names = TTFont(self.file)["name"]
        return told if isinstance(told, str) else names.getDebugName(16) or names.getDebugName(1)


def options() -> subset.Options:
    options = subset.Options()
    options.layout_features = [tag for tag in options.layout_features if tag not in VERTICAL]
    options.hinting = False  # rasterised without hints
    options.recalc_timestamp = False
    options.glyph_names = False
    options.notdef_outline = True
    options.drop_tables = options.drop_tables + TABLES
    options.name_IDs = [0, 1, 2, 13, 14]  # copyright, family, style, licence
    return options


def cut(job: tuple[Source, pathlib.Path]) -> None:
    source, out = job
    characters = source.characters
    font = TTFont(source.file, recalcTimestamp=False)
    font.flavor = None
    subsetter = subset.Subsetter(options())
    subsetter.populate(unicodes=sorted(characters or font.getBestCmap()))
    subsetter.subset(font)
    if "fvar" in font:
        axes = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes}
        weights = {"wght": 400} if source.name in REGULAR else WEIGHTS
        font = instancer.instantiateVariableFont(font, axes | weights)
    if source.name.startswith("symbols"):
        # A sign does not make a line of letters higher. (Noto asks for twice the font size.)
        font["hhea"].ascent, font["hhea"].descent, font["hhea"].lineGap = LINE
        font["OS/2"].sTypoAscender, font["OS/2"].sTypoDescender, font["OS/2"].sTypoLineGap = LINE
    kerning.move(font)
    # HarfBuzz packs tables better, but the packs that were there before are not to change for it.
    font.cfg[USE_HARFBUZZ_REPACKER] = source.name in REPACKED
    font.save(out)


def is_han(c: int) -> bool:
    return 0x2E80 <= c < 0x3000 or 0x3400 <= c <= 0x9FFF or 0xF900 <= c <= 0xFAFF or 0x20000 <= c < 0x30000


def is_own(c: int) -> bool:
    return any(first <= c <= last for first, last in OWN)


def encodes(c: int, encoding: str) -> bool:
    try:
        return bool(chr(c).encode(encoding))
    except UnicodeEncodeError:
        return False


def standard(language: str) -> set[int]:
    """The Han characters in the standard of a language."""
    ranges = [range(0x4E00, 0xA000), range(0xF900, 0xFB00)]
    encoding = STANDARDS[language]
    return {c for part in ranges for c in part if encodes(c, encoding)} if encoding else set()


def rare(packages: pathlib.Path, taken: set[int]) -> dict[str, list[Source]]:
    """The packs of rare Han letters of each language."""
    found, taken = {}, set(taken)
    for language, font, encoding in RARE:
        package = packages / "@expo-google-fonts" / f"noto-sans-{font}"
        file = package / "400Regular" / f"NotoSans{font.upper()}_400Regular.ttf"
        letters = sorted(c for c in TTFont(file).getBestCmap() if is_han(c) and c not in taken and encodes(c, encoding))
        taken |= set(letters)
        parts = [letters[at : at + RARE_LETTERS] for at in range(0, len(letters), RARE_LETTERS)]
        found[language] = [Source(f"{language}-{FIRST_RARE + at}", package, file, set(part)) for at, part in enumerate(parts)]
    return found


def shards(packages: pathlib.Path, inter: set[int]):
    """Every shard of every language."""
    whole_fonts, packages = packages, packages / "@fontsource-variable"
    files: dict[str, dict[pathlib.Path, set[int]]] = {}
    for language, font in LANGUAGES.items():
        package = packages / f"noto-sans-{font}"
        keys = json.loads((package / "unicode.json").read_text())
        numbers = sorted(int(key[1:-1]) for key in keys if key.startswith("["))
        names = [package / "files" / f"noto-sans-{font}-{number}-wght-normal.woff2" for number in numbers]
        files[language] = {name: set(TTFont(name).getBestCmap()) for name in names}
    # A language's own forms: the characters of its standard that its font has. A font may lack some of them.
    own = {language: standard(language).intersection(set().union(*files[language].values())) for language in LANGUAGES}
    anyones, taken = set().union(*own.values()), set()
    rest = rare(whole_fonts, inter.union(*(characters for of in files.values() for characters in of.values())))
    for language, font in LANGUAGES.items():
        mine = set()
        for file, whole in files[language].items():

            def takes(c: int) -> bool:
                if is_own(c) or c in own[language]:
                    return True
                return c not in inter and c not in anyones and c not in taken and (is_han(c) or is_visible(c))

            characters = {c for c in whole if takes(c)}
            mine |= characters
            if characters:
                number = int(file.name.split("-")[3])
                shard = number if language in han.LANGUAGES else None
                yield Source(f"{language}-{number}", packages / f"noto-sans-{font}", file, characters, shard)
        taken |= mine
        yield from rest.get(language, [])


def again(found: list[Source], shards: pathlib.Path, packs: pathlib.Path, pool):
    """The packs, where other packs stand for the shards that were cut into a folder."""
    language_of = lambda source: None if source.shard is None else group_of(source.name)  # noqa: E731
    for language, sources in itertools.groupby(found, language_of):
        sources = list(sources)
        if language is None:
            yield from sources
            continue
        parts = han.parts(language, {source.shard: (shards / f"{source.name}.ttf", source.characters) for source in sources})
        names = [f"{language}-{number}" for number in range(len(parts))]
        jobs = [(part, options(), packs / f"{name}.ttf") for name, part in zip(names, parts)]
        pool.starmap(han.join, jobs, chunksize=1)
        yield from (Source(name, sources[0].package, sources[0].file) for name in names)


def rest(inter: set[int]) -> Source:
    """The letters and marks of Latin, Cyrillic and Greek that Inter lacks, and the letters that those marks stand on."""
    package = pathlib.Path(str(importlib.resources.files("fontpkg_noto_sans")))
    file = package / "files" / "NotoSans[wdth,wght].ttf"
    alphabets = {c for first, last in fonts.ALPHABETS for c in range(first, last + 1)}
    bases = {c for first, last in BASES for c in range(first, last + 1)}
    return Source("latin", package, file, (alphabets - inter | bases | COMMON) & set(TTFont(file).getBestCmap()))


def further(packages: pathlib.Path, debian: pathlib.Path, name: str) -> Source:
    """A script with fewer readers."""
    for package, weight in [
        (packages / "@fontsource-variable" / f"noto-sans-{name}", "wght"),
        (packages / "@fontsource-variable" / f"noto-serif-{name}", "wght"),
        (packages / "@fontsource" / f"noto-sans-{name}", "400"),
        (packages / "@fontsource" / f"noto-serif-{name}", "400"),
        (packages / "@expo-google-fonts" / f"noto-sans-{name}", "400Regular"),
        (debian, f"NotoSans{name.title().replace('-', '')}-Regular"),
    ]:
        if package.exists():
            break
    web = package.glob(f"files/{package.name}-{name}-{weight}-normal.woff2")
    files = [*web, *package.glob(f"{weight}/*.ttf"), *package.glob(f"{weight}.ttf")]
    characters = {
        c for c in TTFont(files[0]).getBestCmap()
        if c in COMMON or FURTHER[name] in unicodedata.script_extension(chr(c)) and not is_own(c)
    }  # fmt: skip
    return Source(name, package, files[0], characters)


def is_visible(c: int) -> bool:
    return not any(first <= c <= last for first, last in INVISIBLE)


def symbols(packages: pathlib.Path, taken: set[int]):
    """The signs that no other pack has: an emoji that a text asks for as text (U+FE0E) is one of them."""
    signs = set(range(0x2000, 0x2C00)) - taken
    for name, package, weight in [("symbols", "@fontsource-variable", "wght"), ("symbols-2", "@fontsource", "400")]:
        folder = packages / package / f"noto-sans-{name}"
        file = folder / "files" / f"noto-sans-{name}-symbols-{weight}-normal.woff2"
        characters = signs & set(TTFont(file).getBestCmap())
        signs -= characters
        yield Source(name, folder, file, characters)


def sources(packages: pathlib.Path, debian: pathlib.Path, inter: set[int]):
    """Every pack but the emoji. Packs of one group of the index stand together."""
    variable = packages / "@fontsource-variable"
    languages = list(shards(packages, inter))
    # First, because other scripts have some of the same marks, without the letters that they stand on here.
    latin = rest(inter)
    yield latin
    for script in SCRIPTS:
        package = variable / f"noto-sans-{script}"
        yield Source(script, package, package / "files" / f"noto-sans-{script}-{script}-wght-normal.woff2")
    for script in FURTHER:
        yield further(packages, debian, script)
    yield from symbols(packages, inter.union(latin.characters, *(source.characters for source in languages)))
    yield from languages
    nastaliq = variable / "noto-nastaliq-urdu"
    yield Source("nastaliq", nastaliq, nastaliq / "files" / "noto-nastaliq-urdu-arabic-wght-normal.woff2")


def licence(used: dict[str, Source]) -> str:
    """The copyright notice of each font, then the licence of all of them."""
    lines = [f"{family}: {TTFont(source.file)['name'].getDebugName(0)}" for family, source in used.items()]
    files = [source.package / name for source in used.values() for name in ("LICENSE_FONT", "LICENSE")]
    texts = [file.read_text() for file in files if file.exists()]
    texts = [text for text in texts if "SIL Open Font License" in text]
    assert len({"".join(text.split("PREAMBLE")[1].split()) for text in texts}) == 1, "all are under the same licence"
    return "\n".join(lines) + "\n" + texts[0].split("\n", 1)[1]


def group_of(name: str) -> str:
    """The group of the index that a pack is in."""
    styles = {pack: language for language, pack in STYLES.items()}
    language = next((language for language in LANGUAGES if name.startswith(f"{language}-")), "scripts")
    return styles.get(name, language)


def index(names: list[tuple[str, str]], emojis: list[emoji.Pack], packs: pathlib.Path, inter: set[int], out: pathlib.Path) -> None:
    """Writes the index: the pack of each character that Inter lacks, and for emoji the pack of each first character."""
    listing, tables = [], {group: {} for group in ["scripts", *LANGUAGES, *STYLES, "emoji", "symbols"]}
    count = dict.fromkeys(tables, 0)

    def told(name: str, group: str, rest: str) -> None:
        contents = (packs / f"{name}.ttf").read_bytes()
        listing.append(f"{name} {len(contents)} {hashlib.sha256(contents).hexdigest()[:16]} {group} {rest}")

    for name, family in names:
        group = group_of(name)
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


def main(packages: pathlib.Path, debian: pathlib.Path, fonts: pathlib.Path, out: pathlib.Path) -> None:
    packs = fonts / "packs"
    packs.mkdir(exist_ok=True)
    for old in packs.glob("*.ttf"):
        old.unlink()
    inter = set(TTFont(fonts / "Inter.ttf").getBestCmap())
    found = list(sources(packages, debian, inter))
    with multiprocessing.Pool() as pool, tempfile.TemporaryDirectory() as folder:
        shards = pathlib.Path(folder)
        jobs = [(source, (packs if source.shard is None else shards) / f"{source.name}.ttf") for source in found]
        pool.map(cut, jobs, chunksize=1)
        found = list(again(found, shards, packs, pool))
        emojis = emoji.cut(packages / "@iconify-json" / "twemoji", packs, pool)
    family = {source.name: source.family() for source in found}
    used = {family[source.name]: source for source in reversed(found)}
    (packs / "OFL.txt").write_text(licence(dict(reversed(used.items()))))
    (packs / "CC-BY.txt").write_text(emoji.NOTICE)
    index(list(family.items()), emojis, packs, inter, out)


if __name__ == "__main__":
    main(*map(pathlib.Path, sys.argv[1:]))

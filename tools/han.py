"""Cuts the shards of Chinese again, by how letters are used. packs.py uses it.

A name of four letters is to take less than 300 kB, so that no pack of Han letters may have more than a quarter of it. Letters fill the
packs in the order of their use: those of most names and of most words are in the first few.

- Names come from Faker, whose names tests/names counts too.
- Words come with their frequencies from the dictionary of jieba (MIT). OpenCC (Apache 2.0) writes them in traditional letters.

Google Fonts' shards are the source. A pack has the signs of one of them, with the rules for their spacing, and Han letters of any: there
are no such rules for these, and all are equally wide.
"""

import collections
import dataclasses
import functools
import importlib
import importlib.util
import pathlib
import struct

import opencc
from fontTools import subset
from fontTools.ttLib import TTFont

# The largest pack, in bytes: four of them are less than 300 kB.
MOST = 74_000

# What a pack has beside its letters, in bytes; and what a letter takes beside its outlines.
TABLES, ENTRY = 1_800, 16

# Language → Faker's names, and OpenCC's way from simplified letters.
LANGUAGES = {"zh-hans": ("zh_CN", None), "zh-hant": ("zh_TW", "s2tw")}

# The weight of names beside words. With 0, most Taiwanese names take a pack more; with 1, sentences do.
NAMES = 0.25

# The number of the first of Google Fonts' shards that have the most used characters, in the order of their use.
USED = 100


@dataclasses.dataclass
class Part:
    """A pack: the characters that it has of a shard, and the letters that other shards add."""

    shard: pathlib.Path
    kept: set[int]
    added: dict[pathlib.Path, set[int]] = dataclasses.field(default_factory=dict)


def is_letter(c: int) -> bool:
    """Whether a character is a Han letter that any pack may have. (The few of further planes stay in their shards.)"""
    return 0x3400 <= c <= 0x9FFF or 0xF900 <= c <= 0xFAFF


def is_spelled(c: int) -> bool:
    """Whether a character is kana, bopomofo or Hangul."""
    return 0x3040 <= c <= 0x31BF and c != 0x30FB


def shares(counts: collections.Counter) -> dict[int, float]:
    total = sum(counts.values())
    return {c: count / total for c, count in counts.items()}


@functools.cache
def uses(language: str) -> dict[int, float]:
    """How much each character is used in a language."""
    locale, way = LANGUAGES[language]
    convert = opencc.OpenCC(way).convert if way else str
    words, names = collections.Counter(), collections.Counter()
    folder = importlib.util.find_spec("jieba").submodule_search_locations[0]
    for line in (pathlib.Path(folder) / "dict.txt").read_text(encoding="utf-8").splitlines():
        word, count, _ = line.split()
        for c in convert(word) if not word.isascii() else "":
            words[ord(c)] += int(count)
    provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
    for name in [*sorted(set(provider.first_names)), *sorted(set(provider.last_names))]:
        names.update(map(ord, name))
    words, names = shares(words), shares(names)
    return {c: words.get(c, 0) + NAMES * names.get(c, 0) for c in {*words, *names}}


def weights(file: pathlib.Path) -> dict[int, int]:
    """The bytes that each character of a variable font takes."""
    font = TTFont(file)
    data = font.reader["gvar"]
    count, flags = struct.unpack(">HH", data[12:16])
    kind, size, unit = ("L", 4, 1) if flags & 1 else ("H", 2, 2)
    variations = struct.unpack(f">{count + 1}{kind}", data[20 : 20 + size * (count + 1)])
    found = {}
    for c, name in font.getBestCmap().items():
        at = font.getGlyphID(name)
        found[c] = font["loca"][at + 1] - font["loca"][at] + unit * (variations[at + 1] - variations[at]) + ENTRY
    return found


def parts(language: str, shards: dict[int, tuple[pathlib.Path, set[int]]]) -> list[Part]:
    """The packs of a language, the most used first, of its shards by their numbers."""
    use, home, weight = uses(language), {}, {}
    bases, others = [], []
    for number, (file, characters) in sorted(shards.items(), reverse=True):
        home |= {c: file for c in characters if is_letter(c)}
        weight |= weights(file)
        rest = {c for c in characters if not is_letter(c)}
        spelled = {c for c in rest if is_spelled(c)} if number >= USED else set()
        others += [Part(file, kept) for kept in (spelled, rest - spelled if number < USED else set()) if kept]
        bases += [Part(file, rest - spelled)] if number >= USED and rest - spelled else []
    # The most used signs are in one pack with the most used letters.
    bases.reverse()
    found, room = [], 0
    for letter in sorted(home, key=lambda c: (-use.get(c, 0), c)):
        if weight[letter] > room:
            part = bases.pop() if bases else Part(home[letter], set())
            found.append(part)
            room = MOST - TABLES - sum(weight[c] for c in part.kept)
        room -= weight[letter]
        letters = part.kept if home[letter] == part.shard else part.added.setdefault(home[letter], set())
        letters.add(letter)
    return found + bases + others


def join(part: Part, options: subset.Options, out: pathlib.Path) -> None:
    """Writes a pack of shards that have our weights."""
    font = TTFont(part.shard, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=sorted(part.kept))
    subsetter.subset(font)
    order = font.getGlyphOrder()
    # One row for each glyph, which tells how its advance varies. That of Han letters does not.
    advances = font["HVAR"].table.VarStore.VarData[0]
    for file, letters in sorted(part.added.items()):
        other = TTFont(file)
        names = other.getBestCmap()
        for c in sorted(letters):
            old, new = names[c], f"u{c:04X}"
            assert not other["glyf"][old].isComposite() and not font["HVAR"].table.AdvWidthMap
            order.append(new)
            font["glyf"].glyphs[new] = other["glyf"][old]
            font["gvar"].variations[new] = other["gvar"].variations.get(old, [])
            font["hmtx"].metrics[new] = other["hmtx"].metrics[old]
            advances.Item.append([0] * advances.VarRegionCount)
            for table in font["cmap"].tables:
                table.cmap[c] = new
    advances.ItemCount = len(advances.Item)
    font.setGlyphOrder(order)
    font["glyf"].setGlyphOrder(order)
    font.save(out)
    assert out.stat().st_size <= MOST, f"{out.name} has {out.stat().st_size} bytes"

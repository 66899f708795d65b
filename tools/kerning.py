"""Moves the part of kerning that varies with the weight to where ttf-parser reads it right. fonts.py and packs.py use it.

A pair of single glyphs (PairPos format 1) has its values in a PairSet. What varies is in a device table, whose offset counts from the
start of the PairSet. ttf-parser 0.25 looks for it among the pairs instead, and finds nothing, so that all weights get the kerning of
the default one. It reads the devices of pairs of classes (format 2) right.

Therefore every lookup with such devices gets a second one behind it, of format 2, which has the devices only. The values that do not
vary stay where they are. A shaper adds up both, so that the font means what it meant before.
"""

from fontTools.otlLib import builder
from fontTools.otlLib.optimize import gpos
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables import otTables
from fontTools.ttLib.tables.otBase import ValueRecord

DEVICES = ["XPlaDevice", "YPlaDevice", "XAdvDevice", "YAdvDevice"]


def take(value: ValueRecord | None) -> ValueRecord | None:
    """Takes the devices out of a value, as a value of their own."""
    devices = {name: getattr(value, name, None) for name in DEVICES} if value else {}
    devices = {name: device for name, device in devices.items() if device}
    if not devices:
        return None
    taken = ValueRecord()
    for name, device in devices.items():
        setattr(taken, name, device)
    return taken


def key(value: ValueRecord) -> tuple:
    """What tells one value of devices from another."""
    return tuple((name, device.StartSize, device.EndSize) for name, device in sorted(vars(value).items()))


def subtables(lookup: otTables.Lookup) -> list:
    return [getattr(table, "ExtSubTable", table) for table in lookup.SubTable]


def devices(lookup: otTables.Lookup) -> dict[str, dict[str, ValueRecord]]:
    """Takes the devices of a lookup's pairs of single glyphs: by the first glyph and the second."""
    found, decided, closed = {}, set(), set()
    for table in subtables(lookup):
        if table.Format == 2:
            # The shaper stops here, whatever the second glyph is.
            closed |= set(table.Coverage.glyphs)
            continue
        for first, pairs in zip(table.Coverage.glyphs, table.PairSet):
            for record in pairs.PairValueRecord:
                second, taken = record.SecondGlyph, take(record.Value1)
                assert take(record.Value2) is None, "no font of ours varies the second glyph"
                if (first, second) in decided or first in closed:
                    continue
                decided.add((first, second))
                if taken:
                    found.setdefault(first, {})[second] = taken
        mask = sum(0x10 << at for at in range(4))
        table.ValueFormat1 &= ~mask
        for pairs in table.PairSet:
            for record in pairs.PairValueRecord:
                if record.Value1 is not None:
                    for name in DEVICES:
                        vars(record.Value1).pop(name, None)
    return found


def classes(found: dict[str, dict[str, ValueRecord]], order: dict[str, int]):
    """The pairs as pairs of classes: glyphs with the same devices beside the same glyphs are one class."""
    by_id = order.__getitem__
    rows: dict[tuple, list[str]] = {}
    for first in sorted(found, key=by_id):
        row = tuple((second, key(found[first][second])) for second in sorted(found[first], key=by_id))
        rows.setdefault(row, []).append(first)
    columns: dict[str, list] = {}
    for number, members in enumerate(rows.values()):
        for second, value in found[members[0]].items():
            columns.setdefault(second, []).append((number, key(value)))
    alike: dict[tuple, list[str]] = {}
    for second in sorted(columns, key=by_id):
        alike.setdefault(tuple(columns[second]), []).append(second)
    pairs = {}
    for firsts in rows.values():
        for seconds in alike.values():
            value = found[firsts[0]].get(seconds[0])
            if value:
                pairs[tuple(sorted(firsts)), tuple(sorted(seconds))] = (value, None)
    return pairs


def move(font: TTFont) -> int:
    """Moves the devices of single pairs in a font. The number of pairs whose devices were moved."""
    if "GPOS" not in font or font["GPOS"].table.LookupList is None:
        return 0
    table, moved = font["GPOS"].table, 0
    order = font.getReverseGlyphMap()
    chained = {
        record.LookupListIndex
        for lookup in table.LookupList.Lookup if subtables(lookup) and type(subtables(lookup)[0]).__name__ in ("ContextPos", "ChainContextPos")
        for record in records(lookup)
    }  # fmt: skip
    for index in range(len(table.LookupList.Lookup)):
        lookup = table.LookupList.Lookup[index]
        if not subtables(lookup) or type(subtables(lookup)[0]).__name__ != "PairPos":
            continue
        found = devices(lookup)
        if not found:
            continue
        assert index not in chained, "no rule of context may use it"
        moved += sum(map(len, found.values()))
        pairs = classes(found, order)
        whole = builder.buildPairPosClassesSubtable(pairs, order)
        added = otTables.Lookup()
        added.LookupType, added.LookupFlag = 2, lookup.LookupFlag
        if hasattr(lookup, "MarkFilteringSet"):
            added.MarkFilteringSet = lookup.MarkFilteringSet
        added.SubTable = gpos.compact_class_pairs(font, 9, whole)
        added.SubTableCount = len(added.SubTable)
        table.LookupList.Lookup.append(added)
        uses(table, index, len(table.LookupList.Lookup) - 1)
    table.LookupList.LookupCount = len(table.LookupList.Lookup)
    return moved


def records(lookup: otTables.Lookup):
    """The records of a lookup of context, which name the lookups that it applies."""
    stack = list(subtables(lookup))
    while stack:
        table = stack.pop()
        if isinstance(table, list):
            stack += table
        elif type(table).__name__ == "PosLookupRecord":
            yield table
        elif hasattr(table, "__dict__"):
            stack += [value for value in vars(table).values() if isinstance(value, list) or hasattr(value, "getConverters")]


def uses(table: otTables.GPOS, index: int, added: int) -> None:
    """Adds a lookup to every feature that has another one."""
    features = [record.Feature for record in table.FeatureList.FeatureRecord]
    variations = getattr(table, "FeatureVariations", None)
    for record in variations.FeatureVariationRecord if variations else []:
        features += [swap.Feature for swap in record.FeatureTableSubstitution.SubstitutionRecord]
    for feature in {id(feature): feature for feature in features}.values():
        if index in feature.LookupListIndex:
            feature.LookupListIndex.append(added)
            feature.LookupCount = len(feature.LookupListIndex)

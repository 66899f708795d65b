#!/usr/bin/env python3
"""Makes layouts.txt: JPEGs of every sampling x scan layout x restart interval x process x colour space.

    pip install pillow==13.0.0; python3 layouts.py

libjpeg's tools cannot write most of these layouts, so the writer is here: T.81 baseline and progressive, Huffman.
Each line is NAME BASE64, of deflated bytes: the line `=GROUP` has what Pillow (libjpeg-turbo) sees in every file of that
group, as 24 x 20 RGB pixels; the lines `GROUP/VARIANT` after it are files. The files of a group have the same
coefficients, so one picture is right for all; the script checks that Pillow agrees for each of them. Files that
Pillow cannot decode, or not alike, are printed and left out.
"""
import base64, io, math, os, struct, zlib
from PIL import Image

WIDTH, HEIGHT, STEP = 24, 20, 6
ZIGZAG = sorted(range(64), key=lambda i: (i // 8 + i % 8, (i // 8 if (i // 8 + i % 8) % 2 else i % 8)))
COSINE = [[math.cos((2 * x + 1) * u * math.pi / 16) * (math.sqrt(0.125) if u == 0 else 0.5) for x in range(8)] for u in range(8)]

def level(component, u, v):
    """A smooth scene with an edge: levels -128 to 127 of a component at a place of the picture."""
    wave = [math.sin(5 * u + 2 * v), math.cos(4 * u - 1), math.sin(3 * v + u), math.cos(3 * u + 3 * v)][component]
    return max(-128, min(127, wave * 70 + (40 if u > 0.6 and component != 1 else -10)))

class Component:
    """Quantised coefficients of a component, in whole minimum coded units."""
    def __init__(self, number, factors, most):
        self.id, (self.h, self.v) = number + 1, factors
        across, down = -(-WIDTH // (8 * most[0])), -(-HEIGHT // (8 * most[1]))
        self.columns, self.rows = across * self.h, down * self.v
        width, height = -(-WIDTH * self.h // most[0]), -(-HEIGHT * self.v // most[1])
        self.own_columns, self.own_rows = -(-width // 8), -(-height // 8)
        self.blocks = [[self.block(number, x, y, width, height) for x in range(self.columns)] for y in range(self.rows)]

    def block(self, number, left, top, width, height):
        samples = [[level(number, (min(left * 8 + x, width - 1) + 0.5) / width, (min(top * 8 + y, height - 1) + 0.5) / height)
                    for x in range(8)] for y in range(8)]
        rows = [[sum(c * s for c, s in zip(COSINE[u], row)) for u in range(8)] for row in samples]
        whole = [sum(COSINE[i // 8][y] * rows[y][i % 8] for y in range(8)) for i in range(64)]
        return [int(math.floor(whole[i] / STEP + 0.5)) for i in ZIGZAG]

class Bits:
    def __init__(self):
        self.bytes, self.value, self.count = bytearray(), 0, 0
    def put(self, value, count):
        for bit in range(count - 1, -1, -1):
            self.value, self.count = self.value << 1 | (value >> bit & 1), self.count + 1
            if self.count == 8:
                self.bytes.append(self.value)
                if self.value == 255:
                    self.bytes.append(0)
                self.value = self.count = 0
    def align(self):
        while self.count:
            self.put(1, 1)

def magnitude(value):
    size = abs(value).bit_length()
    return size, value if value >= 0 else value + (1 << size) - 1

def dc_first(out, value, before, low):
    size, bits = magnitude((value >> low) - (before >> low))
    out.append(("dc", size, bits, size))

def ac_first(out, block, start, end, low):
    run = 0
    for value in block[start:end + 1]:
        value = (abs(value) >> low) * (1 if value > 0 else -1)
        if value == 0:
            run += 1
            continue
        while run > 15:
            out.append(("ac", 0xF0, 0, 0))
            run -= 16
        size, bits = magnitude(value)
        out.append(("ac", run << 4 | size, bits, size))
        run = 0
    if run:
        out.append(("ac", 0, 0, 0))

def ac_refine(out, block, start, end, low):
    """T.81, G.1.2.3; every band ends by an end of band of its own."""
    levels = [abs(value) >> low for value in block[start:end + 1]]
    last_new = max((i for i, l in enumerate(levels) if l == 1), default=-1)
    run, corrections = 0, []
    for i, l in enumerate(levels):
        if l == 0:
            run += 1
            if run == 16 and i < last_new:
                out.append(("ac", 0xF0, 0, 0))
                out.extend(("raw", 0, bit, 1) for bit in corrections)
                run, corrections = 0, []
        elif l > 1:
            corrections.append(l & 1)
        if l == 1:
            out.append(("ac", run << 4 | 1, 1 if block[start + i] > 0 else 0, 1))
            out.extend(("raw", 0, bit, 1) for bit in corrections)
            run, corrections = 0, []
    if run or corrections:
        out.append(("ac", 0, 0, 0))
        out.extend(("raw", 0, bit, 1) for bit in corrections)

def units(scan):
    """The blocks of a scan by minimum coded unit (T.81, A.2)."""
    if len(scan) == 1:
        c = scan[0]
        return [[(c, c.blocks[y][x])] for y in range(c.own_rows) for x in range(c.own_columns)]
    across, down = scan[0].columns // scan[0].h, scan[0].rows // scan[0].v
    return [[(c, c.blocks[my * c.v + y][mx * c.h + x]) for c in scan for y in range(c.v) for x in range(c.h)]
            for my in range(down) for mx in range(across)]

def symbols(scan, band, bits, restart):
    """A scan as lists of symbols, one list for each restart interval."""
    (start, end), (high, low) = band, bits
    intervals, before = [[]], {}
    for number, unit in enumerate(units(scan)):
        if restart and number and number % restart == 0:
            intervals.append([])
            before = {}
        out = intervals[-1]
        for component, block in unit:
            if start == 0 and high == 0:
                dc_first(out, block[0], before.get(component.id, 0), low)
                before[component.id] = block[0]
            elif start == 0:
                out.append(("raw", 0, block[0] >> low & 1, 1))
            if end > 0:
                (ac_refine if high else ac_first)(out, block, max(start, 1), end, low)
    return intervals

def marker(code, payload):
    return bytes([0xFF, code]) + struct.pack(">H", len(payload) + 2) + payload

def write(components, layout, restart, progressive, before):
    if progressive:
        scans = [(s, (0, 0), (0, 1)) for s in layout] + [([c], (1, 63), (0, 1)) for c in components]
        scans += [(s, (0, 0), (1, 0)) for s in layout] + [([c], (1, 63), (1, 0)) for c in components]
    else:
        scans = [(s, (0, 63), (0, 0)) for s in layout]
    scans = [(s, band, bits, symbols(s, band, bits, restart)) for s, band, bits in scans]
    used = {"dc": set(range(12)), "ac": {0}}
    for *_, intervals in scans:
        for kind, symbol, *_ in (s for interval in intervals for s in interval):
            used.get(kind, set()).add(symbol)
    out = bytearray(b"\xff\xd8" + before + marker(0xDB, b"\0" + bytes([STEP] * 64)))
    frame = struct.pack(">BHHB", 8, HEIGHT, WIDTH, len(components))
    out += marker(0xC2 if progressive else 0xC0, frame + b"".join(bytes([c.id, c.h << 4 | c.v, 0]) for c in components))
    codes = {}
    for kind, table in (("dc", 0), ("ac", 16)):
        length = len(used[kind]).bit_length()
        counts = [len(used[kind]) if bits == length else 0 for bits in range(1, 17)]
        out += marker(0xC4, bytes([table] + counts + sorted(used[kind])))
        codes[kind] = {symbol: (code, length) for code, symbol in enumerate(sorted(used[kind]))}
    if restart:
        out += marker(0xDD, struct.pack(">H", restart))
    for scan, band, bits, intervals in scans:
        out += marker(0xDA, bytes([len(scan)]) + b"".join(bytes([c.id, 0]) for c in scan) + bytes([*band, bits[0] << 4 | bits[1]]))
        for number, interval in enumerate(intervals):
            if number:
                out += bytes([0xFF, 0xD0 + (number - 1) % 8])
            stream = Bits()
            for kind, symbol, value, count in interval:
                if kind != "raw":
                    stream.put(*codes[kind][symbol])
                stream.put(value, count)
            stream.align()
            out += stream.bytes
    return bytes(out + b"\xff\xd9")

JFIF = marker(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
def adobe(transform):
    return marker(0xEE, b"Adobe\0\x64\0\0\0\0" + bytes([transform]))

COLORS = {"ycc": JFIF, "ycc-adobe": adobe(1), "ycc-bare": b"", "rgb": adobe(0), "jfif-adobe0": JFIF + adobe(0), "gray": JFIF, "cmyk": adobe(0), "ycck": adobe(2)}
THREE = ["11_11_11", "21_11_11", "22_11_11", "12_11_11", "41_11_11", "14_11_11", "42_11_11", "31_11_11", "22_22_22", "22_21_21", "22_12_12",
         "22_21_12", "21_21_11", "11_22_22", "11_21_21", "11_12_12", "21_12_12", "11_22_11", "24_11_11", "42_21_11"]
FOUR = ["11_11_11_11", "21_11_11_21", "22_11_11_22", "12_11_11_12", "22_22_22_22", "11_22_22_11"]
GROUPS = [("ycc", s) for s in THREE] + [("ycc-adobe", "22_11_11"), ("ycc-bare", "22_11_11"), ("jfif-adobe0", "22_11_11")]
GROUPS += [("rgb", s) for s in ("11_11_11", "22_11_11", "21_11_11")] + [("gray", s) for s in ("11", "22", "21")]
GROUPS += [(color, s) for color in ("cmyk", "ycck") for s in FOUR]

def packed(data):
    return base64.b64encode(zlib.compress(data, 9)).decode()

def main():
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    lines = []
    for color, sampling in GROUPS:
        factors = [(int(f[0]), int(f[1])) for f in sampling.split("_")]
        most = max(h for h, _ in factors), max(v for _, v in factors)
        parts = [Component(i, f, most) for i, f in enumerate(factors)]
        layouts = {"all": [parts], "each": [[p] for p in parts]}
        if len(parts) > 2:
            layouts["first"] = [parts[:1], parts[1:3]] + [[p] for p in parts[3:]]
        if len(parts) == 1:
            del layouts["each"]
        expected = None
        for layout, scans in layouts.items():
            for restart in (0, 1, 3) if layout == "each" else (0, 2):
                for progressive in (False, True):
                    name = f"{color}-{sampling}/{layout}-r{restart}{'-progressive' if progressive else ''}"
                    if sum(h * v for h, v in factors) > 10 and layout != "each":
                        continue  # T.81, B.2.3: at most ten blocks a unit.
                    file = write(parts, scans, restart, progressive, COLORS[color])
                    try:
                        seen = Image.open(io.BytesIO(file)).convert("RGB").tobytes()
                    except OSError as error:
                        print("Pillow refuses:", name, error)
                        continue
                    if expected is None:
                        expected = seen
                        lines.append(f"={color}-{sampling} {packed(seen)}")
                    if seen == expected:
                        lines.append(f"{name} {packed(file)}")
                    else:
                        print("Pillow sees other pixels:", name, max(abs(a - b) for a, b in zip(seen, expected)))
    with open("layouts.txt", "w") as f:
        f.write("\n".join(lines) + "\n")

if __name__ == "__main__":
    main()

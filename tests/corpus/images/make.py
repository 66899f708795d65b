#!/usr/bin/env python3
"""Makes this folder's files, and records what other decoders see in them.

    pip install pillow==13.0.0; pip download --no-binary :all: pypng==0.20220715.0 and unpack it
    PYTHONPATH=pypng-0.20220715.0/code python3 make.py

png.txt: name, width, height, SHA-256 of the premultiplied RGBA rows, and the file itself in base64, unless it is in pngsuite/.
Samples of 16 bits are cut to their high byte, as libpng's png_set_strip_16 does; premultiplication rounds as
(t + (t >> 8)) >> 8 with t = c * a + 128.
jpeg/NAME.png: what Pillow (libjpeg-turbo) makes of jpeg/NAME.jpg, upright. JPEG decoders may differ by a little.
layouts.txt, profiles.txt, webp.txt, gif.txt and large.txt are of layouts.py, profiles.py and frames.py, which this runs.
"""
import base64, hashlib, io, os, random, struct
from PIL import Image, ImageOps
import png as pypng
import pngsuite
import frames, layouts, profiles

here = os.path.dirname(os.path.abspath(__file__))
os.chdir(here)
for folder in ("pngsuite", "jpeg"):
    os.makedirs(folder, exist_ok=True)
random.seed(1)
expected = []

def premultiplied(rgba):
    out = bytearray(rgba)
    for i in range(0, len(out), 4):
        a = out[i + 3]
        for j in range(3):
            t = out[i + j] * a + 128
            out[i + j] = (t + (t >> 8)) >> 8
    return bytes(out)

def record(path, data):
    # pypng reads every depth and transparency exactly, but rescales by sBIT, which is advice (§11.3.2.3).
    reader = pypng.Reader(bytes=data)
    width, height, rows, info = reader.asRGBA()
    rows = [list(row) for row in rows]
    depth = info["bitdepth"]
    rgba = bytes((v >> 8 if depth == 16 else v * 255 // ((1 << depth) - 1)) for row in rows for v in row)
    # Pillow is the second opinion, where it can be: it cuts 16-bit greys in its own way, takes tRNS of 1 to 4 bits for 8.
    im = Image.open(io.BytesIO(data))
    header = struct.unpack(">IIBBBBB", data[16:29])
    if b"sBIT" in data and header[3] == 3 or b"sBIT" in data and header[2] < 8:
        rgba = im.convert("RGBA").tobytes()
    elif header[2] < 16 and not (header[3] == 0 and header[2] < 8 and b"tRNS" in data):
        assert im.convert("RGBA").tobytes() == rgba, path
    digest = hashlib.sha256(premultiplied(rgba)).hexdigest()
    expected.append(f"{path} {width} {height} {digest}")
    if path.startswith("pngsuite/"):
        with open(path, "wb") as f:
            f.write(data)
    else:
        expected[-1] += " " + base64.b64encode(data).decode()

for name, data in sorted(pngsuite.png.items()):
    record(f"pngsuite/{name}.png", data)

def noisy(width, values, height, maximum):
    return [[min(maximum, (x * y * 7919 + random.randrange(maximum // 2 + 1)) % (maximum + 1)) for x in range(width * values)] for y in range(height)]

for interlace in (False, True):
    for (width, height) in ((1, 1), (1, 9), (9, 1), (13, 11)):
        for kind, values, depths in (("gray", 1, (1, 2, 4, 8, 16)), ("graya", 2, (8, 16)), ("rgb", 3, (8, 16)), ("rgba", 4, (8, 16)), ("pal", 1, (1, 2, 4, 8))):
            for depth in depths:
                for trns in (False, True):
                    if trns and kind in ("graya", "rgba"):
                        continue
                    maximum = (1 << depth) - 1
                    rows = noisy(width, values, height, maximum)
                    args = dict(width=width, height=height, bitdepth=depth, interlace=interlace)
                    if kind == "pal":
                        args["palette"] = [tuple(random.randrange(256) for _ in range(3)) + ((random.randrange(256),) if trns else ()) for _ in range(maximum + 1)]
                    else:
                        args.update(greyscale=kind.startswith("gray"), alpha=values in (2, 4))
                        if trns:
                            first = rows[0][:values]
                            args["transparent"] = first[0] if values == 1 else tuple(first)
                    out = io.BytesIO()
                    pypng.Writer(**args).write(out, rows)
                    name = f"{kind}{depth}{'t' if trns else ''}{'i' if interlace else ''}-{width}x{height}"
                    record(name, out.getvalue())

with open("png.txt", "w") as f:
    f.write("\n".join(expected) + "\n")

def scene(width, height):
    """Smooth, with hues on all sides, so that a wrong channel or a wrong corner shows."""
    im = Image.new("RGB", (width, height))
    for y in range(height):
        for x in range(width):
            u, v = x / max(1, width - 1), y / max(1, height - 1)
            im.putpixel((x, y), (int(255 * u), int(255 * v), int(255 * (1 - u) * (1 - v)) // 2 + 40))
    return im

def jpeg(name, im, **options):
    path = f"jpeg/{name}.jpg"
    im.save(path, "JPEG", **options)
    seen = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    seen.save(f"jpeg/{name}.png", optimize=True)

base = scene(61, 43)
for name, options in {
    "baseline444": dict(subsampling=0), "baseline422": dict(subsampling=1), "baseline420": dict(subsampling=2),
    "progressive444": dict(subsampling=0, progressive=True), "progressive422": dict(subsampling=1, progressive=True), "progressive420": dict(subsampling=2, progressive=True),
    "optimized": dict(optimize=True), "restarts": dict(restart_marker_blocks=3), "restart-rows": dict(restart_marker_rows=1),
    "rgb": dict(keep_rgb=True),
}.items():
    jpeg(name, base, quality=92, **options)
jpeg("gray", base.convert("L"), quality=92)
jpeg("gray-progressive", base.convert("L"), quality=92, progressive=True)
jpeg("cmyk", base.convert("CMYK"), quality=92)
jpeg("cmyk-progressive", base.convert("CMYK"), quality=92, progressive=True)
for (width, height) in ((1, 1), (1, 17), (17, 1), (8, 8), (16, 16), (33, 31)):
    jpeg(f"size{width}x{height}-444", scene(width, height), quality=92, subsampling=0, progressive=width > height)
    jpeg(f"size{width}x{height}-420", scene(width, height), quality=92, subsampling=2, progressive=width <= height)
for orientation in range(1, 9):
    for order in "<>" if orientation == 6 else "<":
        tiff = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
        # A tag before it, as cameras have.
        tiff += struct.pack(order + "H", 2) + struct.pack(order + "HHII", 0x0100, 4, 1, 61) + struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0) + b"\0\0\0\0"
        jpeg(f"exif{orientation}{'le' if order == '<' else 'be'}", base, quality=92, subsampling=0, exif=b"Exif\0\0" + tiff)

layouts.main()
profiles.main()
frames.main()

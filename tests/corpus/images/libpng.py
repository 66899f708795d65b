#!/usr/bin/env python3
"""Copies libpng's own test images (all of its pngsuite, and contrib/testpngs of at most 4 kB) into libpng.txt.

    curl -O http://deb.debian.org/debian/pool/main/libp/libpng1.6/libpng1.6_1.6.39.orig.tar.gz; tar xzf libpng1.6_1.6.39.orig.tar.gz
    pip install pillow==13.0.0 pypng==0.20220715.0; python3 libpng.py libpng-1.6.39

libpng.txt has the lines of png.txt; make.py explains them.
"""
import base64, hashlib, io, os, pathlib, sys
from PIL import Image
import png as pypng

def premultiplied(rgba):
    out = bytearray(rgba)
    for i in range(0, len(out), 4):
        for j in range(3):
            t = out[i + j] * out[i + 3] + 128
            out[i + j] = (t + (t >> 8)) >> 8
    return bytes(out)

root = pathlib.Path(sys.argv[1]) / "contrib"
files = sorted(root.glob("pngsuite/**/*.png")) + sorted(root.glob("testpngs/*.png"))
lines = []
for path in files:
    data = path.read_bytes()
    # What has a gamma and chromaticities is converted to sRGB, as browsers do and these two do not.
    if len(data) > 4096 or (b"cHRM" in data and b"sRGB" not in data):
        continue
    width, height, rows, info = pypng.Reader(bytes=data).asRGBA()
    depth = info["bitdepth"]
    rgba = bytes((v >> 8 if depth == 16 else v * 255 // ((1 << depth) - 1)) for row in rows for v in row)
    depth, kind = data[24], data[25]
    if depth < 16 and not (kind == 0 and depth < 8 and b"tRNS" in data):
        assert Image.open(io.BytesIO(data)).convert("RGBA").tobytes() == rgba, path
    name = f"libpng/{path.parent.name}/{path.stem}"
    lines.append(f"{name} {width} {height} {hashlib.sha256(premultiplied(rgba)).hexdigest()} {base64.b64encode(data).decode()}")
out = pathlib.Path(__file__).parent / "libpng.txt"
out.write_text("\n".join(lines) + "\n")
print(len(lines), "files")

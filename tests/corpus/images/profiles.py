#!/usr/bin/env python3
"""Makes profiles.txt: pictures with colour profiles, and what LittleCMS (Pillow's ImageCms) makes of them in sRGB.

    pip install pillow==13.0.0; python3 profiles.py

Each line is NAME WIDTH HEIGHT FILE PIXELS: a PNG or JPEG in base64, and the RGB pixels, deflated, in base64. The profiles
are written here, byte by byte, so that every type of curve is there and nobody's copyright is.
"""
import base64, io, os, struct, zlib
from PIL import Image, ImageCms

def fixed(*numbers):
    return b"".join(struct.pack(">i", round(n * 65536)) for n in numbers)

def para(kind, *numbers):
    return b"para\0\0\0\0" + struct.pack(">HH", kind, 0) + fixed(*numbers)

def curv(*samples):
    return b"curv\0\0\0\0" + struct.pack(">I", len(samples)) + b"".join(struct.pack(">H", s) for s in samples)

def linear(level):
    return level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4

def profile(colorants, curve, space=b"RGB ", pcs=b"XYZ ", extra=()):
    tags = [(b"wtpt", b"XYZ \0\0\0\0" + fixed(0.9642, 1, 0.8249)), (b"cprt", b"text\0\0\0\0none\0")]
    tags += [(name, b"XYZ \0\0\0\0" + fixed(*xyz)) for name, xyz in zip((b"rXYZ", b"gXYZ", b"bXYZ"), colorants)]
    tags += [(name, curve) for name in (b"rTRC", b"gTRC", b"bTRC")] + list(extra)
    at, table, data = 132 + 12 * len(tags), b"", b""
    for name, value in tags:
        value += b"\0" * (-len(value) % 4)
        table += name + struct.pack(">II", at + len(data), len(value))
        data += value
    head = struct.pack(">I4sI4s4s4s", at + len(data), b"none", 0x04200000, b"mntr", space, pcs) + b"\0" * 12 + b"acsp" + b"\0" * 28
    head += fixed(0.9642, 1, 0.8249)
    head += b"\0" * (128 - len(head)) + struct.pack(">I", len(tags))
    return head + table + data

P3 = [(0.51512, 0.2412, -0.00105), (0.29198, 0.69225, 0.04189), (0.1571, 0.06657, 0.78407)]
ADOBE = [(0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)]
PROPHOTO = [(0.79767, 0.28804, 0.0), (0.13519, 0.71188, 0.0), (0.03134, 0.00009, 0.82491)]
SRGB = [(0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.7141)]
SRGB_PARA = para(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
PROFILES = {
    "p3": profile(P3, SRGB_PARA),
    "p3-table": profile(P3, curv(*(round(linear(i / 1023) * 65535) for i in range(1024)))),
    "p3-type4": profile(P3, para(4, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045, 0.0, 0.0)),
    "adobe": profile(ADOBE, curv(563)),
    "adobe-para": profile(ADOBE, para(0, 2.19921875)),
    "prophoto": profile(PROPHOTO, curv(461)),
    "type1": profile(ADOBE, para(1, 2.0, 0.9, 0.1)),
    "type2": profile(ADOBE, para(2, 2.0, 0.9, 0.05, 0.05)),
    "linear": profile(SRGB, curv()),
    "swapped": profile([SRGB[1], SRGB[0], SRGB[2]], SRGB_PARA),
    "srgb": profile(SRGB, SRGB_PARA),
    "srgb-table": profile(SRGB, curv(*(round(linear(i / 1023) * 65535) for i in range(1024)))),
}

def scene(size):
    im = Image.new("RGB", (size, size))
    for y in range(size):
        for x in range(size):
            im.putpixel((x, y), (x * 255 // (size - 1), y * 255 // (size - 1), (x * 5 + y * 11) * 255 // (16 * (size - 1))))
    return im

def main():
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    lines = []
    for name, icc in PROFILES.items():
        for kind in ("png", "jpg"):
            out = io.BytesIO()
            scene(16).save(out, "PNG" if kind == "png" else "JPEG", icc_profile=icc, **({} if kind == "png" else dict(quality=95, subsampling=0)))
            stored = Image.open(io.BytesIO(out.getvalue())).convert("RGB")
            seen = ImageCms.profileToProfile(stored, ImageCms.ImageCmsProfile(io.BytesIO(icc)), ImageCms.createProfile("sRGB"),
                                             renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC, flags=ImageCms.Flags.NOOPTIMIZE)
            words = [base64.b64encode(data).decode() for data in (out.getvalue(), zlib.compress(seen.tobytes(), 9))]
            lines.append(" ".join([f"{name}-{kind}", "16", "16", *words]))
    with open("profiles.txt", "w") as f:
        f.write("\n".join(lines) + "\n")

if __name__ == "__main__":
    main()

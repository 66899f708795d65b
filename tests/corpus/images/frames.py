#!/usr/bin/env python3
"""Makes webp.txt, gif.txt and large.txt: WebPs and GIFs of every kind, and what Pillow (libwebp, and its own reader of GIF) sees in them.

    pip install pillow==13.0.0; python3 frames.py

Each line is NAME WIDTH HEIGHT FILE PIXELS: the file in base64, and the straight RGBA pixels of its first picture, upright,
in sRGB, deflated, in base64.
Names that begin with `lossy` are of files whose pixels decoders may round differently. Lines of large.txt are NAME FILE.
"""
import base64, io, os, random, struct, zlib
from PIL import Image, ImageCms, ImageOps
from profiles import PROFILES

random.seed(7)

def scene(width, height, alpha=False):
    """Smooth, with hues on all sides, so that a wrong channel or a wrong corner shows."""
    im = Image.new("RGBA" if alpha else "RGB", (width, height))
    for y in range(height):
        for x in range(width):
            u, v = x / max(1, width - 1), y / max(1, height - 1)
            color = (int(255 * u), int(255 * v), int(255 * (1 - u) * (1 - v)) // 2 + 40)
            opacity = 0 if x + y < (width + height) // 5 else min(255, int(340 * v))
            im.putpixel((x, y), color + ((opacity,) if alpha else ()))
    return im

def noise(width, height, alpha=False):
    size = 4 if alpha else 3
    return Image.frombytes("RGBA" if alpha else "RGB", (width, height), random.randbytes(width * height * size))

def flat(width, height, colors):
    """Areas of so many colours."""
    table = [tuple(random.randrange(256) for _ in range(3)) for _ in range(colors)]
    im = Image.new("RGB", (width, height))
    for y in range(height):
        for x in range(width):
            im.putpixel((x, y), table[(x // 3 + (y // 5) * 7) % colors])
    return im

def chunk(name, data):
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)

def riff(*chunks):
    data = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(data)) + data

def chunks(file):
    at, found = 12, []
    while at + 8 <= len(file):
        length = struct.unpack("<I", file[at + 4:at + 8])[0]
        found.append((file[at:at + 4], file[at + 8:at + 8 + length]))
        at += 8 + length + length % 2
    return found

def webp(im, **options):
    out = io.BytesIO()
    im.save(out, "WEBP", **options)
    return out.getvalue()

def u24(number):
    return struct.pack("<I", number)[:3]

def vp8x(width, height, flags):
    return chunk(b"VP8X", bytes([flags, 0, 0, 0]) + u24(width - 1) + u24(height - 1))

def frame(file, left, top, width, height):
    body = b"".join(chunk(name, data) for name, data in chunks(file) if name in (b"ALPH", b"VP8 ", b"VP8L"))
    return chunk(b"ANMF", u24(left // 2) + u24(top // 2) + u24(width - 1) + u24(height - 1) + u24(100) + b"\0" + body)

def animation(width, height, *frames, flags=0x12):
    return riff(vp8x(width, height, flags), chunk(b"ANIM", b"\xff\x80\x40\xff\0\0"), *frames)

def packed(data, width, code_bits):
    """GIF's LZW, with a new table for each run of codes before they get longer."""
    out, bits, count = bytearray(), 0, 0
    def put(code):
        nonlocal bits, count
        bits |= code << count
        count += code_bits + 1
        while count >= 8:
            out.append(bits & 255)
            bits >>= 8
            count -= 8
    clear = 1 << code_bits
    for place, index in enumerate(data):
        if place % max(1, clear - 2) == 0:
            put(clear)
        put(index)
    put(clear + 1)
    if count:
        out.append(bits & 255)
    blocks = b"".join(bytes([len(out[at:at + 255])]) + bytes(out[at:at + 255]) for at in range(0, len(out), 255))
    return bytes([code_bits]) + blocks + b"\0"

def table(colors):
    size = 2
    while size < len(colors):
        size *= 2
    return size.bit_length() - 2, b"".join(bytes(color) for color in colors) + b"\0\0\0" * (size - len(colors))

def gif(screen, frames, colors=None, version=b"GIF89a"):
    head = version + struct.pack("<HH", *screen)
    if colors:
        bits, data = table(colors)
        head += bytes([0xF0 | bits, 0, 0]) + data
    else:
        head += b"\x70\0\0"
    return head + b"".join(frames) + b";"

def picture(left, top, width, height, data, colors=None, interlaced=False, transparent=None, code_bits=8, size=None):
    out = b"" if transparent is None else b"!\xf9\x04" + bytes([1, 0, 0, transparent]) + b"\0"
    flags, local = 0x40 if interlaced else 0, b""
    if colors:
        bits, local = table(colors)
        flags |= 0x80 | bits
    rows = [data[y * width:(y + 1) * width] for y in range(height)]
    if interlaced:
        rows = [rows[y] for first, step in ((0, 8), (4, 8), (2, 4), (1, 2)) for y in range(first, height, step)]
    out += b"," + struct.pack("<HHHH", left, top, *(size or (width, height))) + bytes([flags]) + local
    return out + packed([index for row in rows for index in row], width, code_bits)

def record(lines, name, file, pixels=None):
    if pixels is None:
        im = Image.open(io.BytesIO(file))
        icc = im.info.get("icc_profile")
        pixels = ImageOps.exif_transpose(im).convert("RGBA")
        if icc:
            alpha = pixels.getchannel("A")
            pixels = ImageCms.profileToProfile(pixels.convert("RGB"), ImageCms.ImageCmsProfile(io.BytesIO(icc)), ImageCms.createProfile("sRGB"),
                                               renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC, flags=ImageCms.Flags.NOOPTIMIZE)
            pixels.putalpha(alpha)
    words = [base64.b64encode(data).decode() for data in (file, zlib.compress(pixels.tobytes(), 9))]
    lines.append(" ".join([name, str(pixels.width), str(pixels.height), *words]))

SIZES = ((1, 1), (1, 17), (17, 1), (16, 16), (33, 31), (61, 43))

def webps(lines):
    for width, height in SIZES:
        size = f"{width}x{height}"
        for alpha in (False, True):
            kind = "alpha-" if alpha else ""
            record(lines, f"lossless-{kind}{size}", webp(scene(width, height, alpha), lossless=True, exact=True))
            if width < 50:
                record(lines, f"lossless-noise-{kind}{size}", webp(noise(width, height, alpha), lossless=True, exact=True))
            record(lines, f"lossy-{kind}{size}", webp(scene(width, height, alpha), quality=80))
    for colors in (1, 2, 3, 4, 5, 16, 17, 200, 256):
        record(lines, f"lossless-colors{colors}", webp(flat(50, 37, colors), lossless=True, exact=True))
    for method in range(7):
        for quality in (0, 50, 100):
            record(lines, f"lossless-m{method}-q{quality}", webp(scene(40, 31, method % 2 == 0), lossless=True, exact=True, method=method, quality=quality))
            record(lines, f"lossy-m{method}-q{quality}", webp(scene(40, 31), method=method, quality=quality))
    for quality in (0, 50, 100):
        record(lines, f"lossy-opacity-q{quality}", webp(scene(64, 48, True), quality=70, alpha_quality=quality))
    record(lines, "lossy-noise", webp(noise(35, 20), quality=90))
    record(lines, "lossy-noise-alpha", webp(noise(35, 20, True), quality=90))
    # Opacity that is not compressed, with each of its filters, which are undone here once more.
    opaque = dict(chunks(webp(scene(20, 13), quality=80)))[b"VP8 "]
    for filter in range(4):
        alpha = bytes([filter << 2]) + random.randbytes(20 * 13)
        record(lines, f"lossy-raw-opacity-{filter}", riff(vp8x(20, 13, 0x10), chunk(b"ALPH", alpha), chunk(b"VP8 ", opaque)))
    for orientation in range(1, 9):
        exif = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
        for prefix in (b"", b"Exif\0\0") if orientation in (1, 6) else (b"",):
            record(lines, f"lossless-exif{orientation}{'-named' if prefix else ''}", webp(scene(21, 14), lossless=True, exact=True, exif=prefix + exif))
    for name in ("p3", "adobe", "srgb", "p3-table"):
        record(lines, f"lossless-icc-{name}", webp(scene(24, 18), lossless=True, exact=True, icc_profile=PROFILES[name]))
        record(lines, f"lossless-alpha-icc-{name}", webp(scene(24, 18, True), lossless=True, exact=True, icc_profile=PROFILES[name]))
    stills = [scene(40, 30, True), noise(40, 30, True)]
    for kind, options in (("lossless", dict(lossless=True, exact=True)), ("lossy", dict(quality=85))):
        out = io.BytesIO()
        stills[0].save(out, "WEBP", save_all=True, append_images=stills[1:], duration=100, **options)
        record(lines, f"{kind}-animation", out.getvalue())
        small = webp(scene(16, 10, True), **options)
        record(lines, f"{kind}-animation-small", animation(40, 30, frame(small, 12, 8, 16, 10), frame(small, 0, 0, 16, 10)))
        opaque = webp(scene(16, 10), **options)
        record(lines, f"{kind}-animation-opaque", animation(16, 10, frame(opaque, 0, 0, 16, 10), frame(small, 0, 0, 16, 10), flags=0x02))
    record(lines, "lossless-garbage-behind", webp(scene(9, 9), lossless=True, exact=True) + b"EXIF\x08\0\0\0garbage!" * 3)

def gifs(lines):
    for width, height in SIZES:
        for colors in (2, 5, 256):
            for interlace in (0, 1):
                out = io.BytesIO()
                flat(width, height, colors).quantize(colors).save(out, "GIF", interlace=interlace)
                record(lines, f"saved{colors}-{'i-' if interlace else ''}{width}x{height}", out.getvalue())
    out = io.BytesIO()
    noise(90, 60).quantize(256).save(out, "GIF")
    record(lines, "saved-noise", out.getvalue())
    out = io.BytesIO()
    frames = [flat(40, 30, 9).quantize(9), flat(40, 30, 20).quantize(20)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], transparency=2, duration=50, loop=0)
    record(lines, "animation", out.getvalue())

    colors = [tuple(random.randrange(256) for _ in range(3)) for _ in range(256)]
    def drawn(name, screen, box, of=256, global_table=True, local=False, transparent=None, interlaced=False, code_bits=8, behind=b"", size=None, version=b"GIF89a", before=b""):
        left, top, width, height = box
        data = [random.randrange(of) for _ in range(width * height)]
        own = [tuple(255 - level for level in color) for color in colors[:of]] if local else None
        pictures = [before, picture(left, top, width, height, data, own, interlaced, transparent, code_bits, size), behind]
        file = gif(screen, pictures, colors[:of] if global_table else None, version)
        # Where the picture does not reach, browsers show nothing; Pillow shows the first colour.
        shown = Image.new("RGBA", (max(screen[0], left + width), max(screen[1], top + height)))
        for place, index in enumerate(data):
            if index != transparent:
                shown.putpixel((left + place % width, top + place // width), (own or colors)[index] + (255,))
        seen = Image.open(io.BytesIO(file))
        if size is None:
            seen = seen.convert("RGBA")
            box = (left, top, left + width, top + height)
            pairs = zip(seen.crop(box).getdata(), shown.crop(box).getdata())
            assert seen.size == shown.size and all(a == b or a[3] == b[3] == 0 for a, b in pairs), name
        record(lines, name, file, shown)

    drawn("whole", (20, 14), (0, 0, 20, 14))
    drawn("version-87a", (20, 14), (0, 0, 20, 14), version=b"GIF87a")
    drawn("transparent", (20, 14), (0, 0, 20, 14), of=8, transparent=3)
    drawn("smaller", (20, 14), (5, 3, 9, 8))
    drawn("smaller-transparent", (20, 14), (5, 3, 9, 8), of=4, transparent=0)
    drawn("smaller-interlaced", (20, 14), (5, 3, 9, 8), interlaced=True)
    drawn("beyond-its-screen", (12, 9), (5, 3, 9, 8))
    drawn("no-screen", (0, 0), (0, 0, 9, 8))
    drawn("no-size", (9, 8), (0, 0, 9, 8), size=(0, 0))
    drawn("local-palette", (20, 14), (0, 0, 20, 14), local=True)
    drawn("only-local-palette", (20, 14), (0, 0, 20, 14), global_table=False, local=True)
    drawn("local-transparent", (20, 14), (0, 0, 20, 14), of=16, local=True, transparent=9)
    for code_bits in range(2, 9):
        drawn(f"codes{code_bits}", (20, 14), (0, 0, 20, 14), of=1 << code_bits, code_bits=code_bits)
    drawn("garbage-behind", (20, 14), (0, 0, 20, 14), behind=b"\0\0;garbage")
    drawn("comments", (20, 14), (0, 0, 20, 14), before=b"!\xfe\x07a place\0!\xff\x0bXMP DataXMP\x03abc\0")
    drawn("second-transparent", (20, 14), (0, 0, 20, 14), of=8, behind=picture(0, 0, 20, 14, [1] * 280, transparent=1))

def slope(width, height, alpha):
    down, across = Image.linear_gradient("L").resize((width, height)), Image.linear_gradient("L").rotate(90).resize((width, height))
    bands = (down, across, Image.new("L", (width, height), 90)) + ((across,) if alpha else ())
    return Image.merge("RGBA" if alpha else "RGB", bands)

def large(lines):
    """The largest legal pictures, without their pixels."""
    files = {"lossy": webp(slope(1990, 2000, False), quality=50), "lossy-alpha": webp(slope(1990, 2000, True), quality=50, alpha_quality=100)}
    out = io.BytesIO()
    slope(1990, 2000, False).quantize(32).save(out, "GIF")
    files["gif"] = out.getvalue()
    lines += [f"{name} {base64.b64encode(file).decode()}" for name, file in files.items()]

def main():
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    for name, make in (("webp", webps), ("gif", gifs), ("large", large)):
        lines = []
        make(lines)
        with open(f"{name}.txt", "w") as f:
            f.write("\n".join(lines) + "\n")

if __name__ == "__main__":
    main()

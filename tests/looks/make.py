#!/usr/bin/env python3
"""Records what Pillow finds in pictures: where their content lies, and which crop has the most detail.

    pip install pillow==13.0.0; python3 make.py

trim.txt: name, tolerance, the box of the content (left, top, right, bottom), and the PNG in base64. The box is that of
`ImageChops.difference` with the margin, cut at the tolerance (`Image.getbbox`).
crop.txt: name, entropy or edges, width and height of the frame, first line and number of lines of the crop, and the PNG in
base64. Pictures of more than 128 px are made smaller with `Image.reduce` before. Entropy is `Image.entropy` of each crop in 64 levels of grey; edges are the sum of the squares of
`ImageChops.difference` between neighbours within a crop, and to the line behind it.
"""
import base64, io, os, random
from PIL import Image, ImageChops, ImageDraw, ImageStat

os.chdir(os.path.dirname(os.path.abspath(__file__)))
random.seed(7)

def encoded(image):
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return base64.b64encode(out.getvalue()).decode()

def premultiplied(image):
    """RGBA with its colours multiplied, rounded as the decoder does."""
    def times(c, a):
        t = c * a + 128
        return (t + (t >> 8)) >> 8
    image = image.convert("RGBA")
    image.putdata([(times(r, a), times(g, a), times(b, a), a) for r, g, b, a in image.getdata()])
    return image

def content(image, tolerance):
    image = premultiplied(image)
    right, bottom = image.width - 1, image.height - 1
    corners = [image.getpixel(at) for at in [(0, 0), (right, 0), (0, bottom), (right, bottom)]]
    alike = all(abs(one - other) <= tolerance for corner in corners for one, other in zip(corner, corners[0]))
    margin = corners[0] if alike and corners[0][3] > tolerance else (0, 0, 0, 0)
    difference = ImageChops.difference(image, Image.new("RGBA", image.size, margin))
    channels = [channel.point(lambda level: 255 if level > tolerance else 0) for channel in difference.split()]
    largest = channels[0]
    for channel in channels[1:]:
        largest = ImageChops.lighter(largest, channel)
    return largest.getbbox() or (0, 0, image.width, image.height)

def noisy(image, levels):
    data = [tuple(max(0, min(255, c + random.randint(-levels, levels))) for c in pixel) for pixel in image.getdata()]
    image.putdata(data)
    return image

def logo(size, ground, ink, box):
    image = Image.new("RGBA", size, ground)
    ImageDraw.Draw(image).ellipse(box, fill=ink)
    return image

clear, white, black = (0, 0, 0, 0), (255, 255, 255, 255), (0, 0, 0, 255)
trims = [
    ("clear-margins", logo((40, 24), clear, (200, 30, 40, 255), (9, 5, 30, 17)), 10),
    ("white-margins", logo((40, 24), white, black, (3, 2, 20, 20)), 0),
    ("coloured-margins", logo((24, 40), (20, 90, 160, 255), white, (4, 11, 15, 30)), 10),
    ("half-clear-margins", logo((24, 24), (255, 0, 0, 128), white, (4, 4, 9, 20)), 10),
    ("noise-within-the-tolerance", noisy(logo((40, 24), (245, 245, 245, 255), black, (12, 6, 25, 18)).convert("RGB"), 4), 10),
    ("noise-beyond-the-tolerance", noisy(logo((40, 24), (245, 245, 245, 255), black, (12, 6, 25, 18)).convert("RGB"), 4), 1),
    ("one-corner-differs", logo((32, 32), white, black, (-8, -8, 6, 6)), 10),
    ("faint-shadow", logo((32, 32), clear, (0, 0, 0, 10), (2, 2, 29, 29)), 10),
    ("faint-shadow-that-counts", logo((32, 32), clear, (0, 0, 0, 10), (2, 2, 29, 29)), 9),
    ("no-margins", logo((16, 16), clear, black, (-9, -9, 30, 30)), 10),
    ("nothing-but-margin", Image.new("RGBA", (16, 9), white), 10),
    ("nothing-at-all", Image.new("RGBA", (16, 9), clear), 10),
    ("one-pixel", Image.new("RGBA", (1, 1), black), 10),
    ("a-line", logo((33, 5), clear, black, (16, 0, 16, 4)), 10),
    ("corners-clear-side-touched", logo((32, 32), clear, black, (-4, 8, 18, 24)), 10),
]
for number in range(20):
    size = (random.randint(1, 40), random.randint(1, 40))
    box = sorted(random.randint(-5, 45) for _ in range(2)) + sorted(random.randint(-5, 45) for _ in range(2))
    colors = [tuple(random.choice([0, 8, 128, 255]) for _ in range(4)) for _ in range(2)]
    trims.append((f"random-{number}", logo(size, *colors, (box[0], box[2], box[1], box[3])), random.choice([0, 9, 10, 60])))
with open("trim.txt", "w") as out:
    for name, image, tolerance in trims:
        print(name, tolerance, *content(image, tolerance), encoded(image), file=out)

def lines_of(image, wide):
    return image if wide else image.transpose(Image.Transpose.TRANSPOSE)

def best(image, kind, frame):
    wide = image.width * frame[1] > image.height * frame[0]
    image = lines_of(image, wide)
    whole, factor = image.height, max(1, -(-min(image.size) // 128))
    image = image.reduce(factor)
    width, height = (frame if wide else (frame[1], frame[0]))
    window = min(max(1, int(whole * width / height / factor + 0.5)), image.width)
    coarse = image.point(lambda level: level >> 2)
    def edges(begin):
        end = min(begin + window + 1, image.width)
        crop = image.crop((begin, 0, end, image.height))
        own = image.crop((begin, 0, begin + window, image.height))
        across = ImageChops.difference(crop.crop((1, 0, crop.width, crop.height)), crop.crop((0, 0, crop.width - 1, crop.height))) if crop.width > 1 else None
        along = ImageChops.difference(own.crop((0, 1, own.width, own.height)), own.crop((0, 0, own.width, own.height - 1))) if own.height > 1 else None
        return sum(ImageStat.Stat(part).sum2[0] for part in (across, along) if part)
    def entropy(begin):
        return round(coarse.crop((begin, 0, begin + window, image.height)).entropy(), 6)
    measure = edges if kind == "edges" else entropy
    begins = range(image.width - window + 1)
    middle = (image.width - window) / 2
    begin = max(begins, key=lambda begin: (measure(begin), -abs(begin - middle), -begin))
    return begin * factor, window * factor

def texture(size, box, kind):
    image = Image.new("L", size, 90)
    step = 11 if kind == "blocks" else 2
    for x in range(max(0, box[0]), min(size[0], box[2])):
        for y in range(max(0, box[1]), min(size[1], box[3])):
            image.putpixel((x, y), random.randint(0, 255) if kind == "noise" else 255 * ((x // step + y // step) % 2))
    return image

crops = []
for name, size, box, kind, frame in [
    ("noise-at-the-right", (60, 20), (40, 2, 58, 18), "noise", (20, 20)),
    ("noise-at-the-left", (60, 20), (1, 2, 15, 18), "noise", (1, 1)),
    ("checks-at-the-bottom", (20, 50), (0, 30, 20, 48), "checks", (40, 30)),
    ("flat", (50, 20), (0, 0, 0, 0), "noise", (10, 10)),
    ("flat-and-tall", (20, 51), (0, 0, 0, 0), "noise", (10, 10)),
    ("same-shape", (40, 20), (0, 0, 9, 9), "noise", (20, 10)),
    ("narrow-frame", (64, 16), (50, 0, 64, 16), "checks", (1, 40)),
    ("large", (300, 150), (200, 20, 280, 140), "blocks", (20, 20)),
    ("large-with-grain", (300, 150), (0, 0, 150, 150), "checks", (20, 20)),
    ("large-and-tall", (260, 389), (30, 200, 180, 380), "blocks", (30, 20)),
]:
    crops.append((name, texture(size, box, kind), frame))
for number in range(12):
    size = (random.randint(3, 60), random.randint(3, 60))
    box = (random.randint(0, size[0]), random.randint(0, size[1]))
    image = texture(size, (*box, box[0] + random.randint(1, 30), box[1] + random.randint(1, 30)), random.choice(["noise", "checks"]))
    crops.append((f"random-{number}", image, (random.randint(1, 40), random.randint(1, 40))))
with open("crop.txt", "w") as out:
    for name, image, frame in crops:
        for kind in ("entropy", "edges"):
            print(name, kind, *frame, *best(image, kind, frame), encoded(image), file=out)

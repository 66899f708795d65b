"""Records what Pillow makes of photographs in perspective (`tests/perspective.rs` compares).

    python tools/perspective.py     # needs Pillow

Each picture is transformed at eight times its size, and then reduced: a slow and plain way to the mean of what is seen
through each px.
"""

import json
from pathlib import Path

from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "tests/oracle/perspective"
SIZE, TIMES = (300, 200), 8

CASES = [
    {"name": "facing", "src": "espresso-cup.jpg", "corners": [[20, 12], [262, 30], [250, 180], [34, 190]]},
    {"name": "floor", "src": "squares.png", "corners": [[110, 40], [190, 40], [290, 190], [10, 190]]},
    {"name": "turned", "src": "espresso-cup.jpg", "corners": [[240, 20], [180, 190], [40, 150], [90, 24]]},
    {"name": "small", "src": "squares.png", "corners": [[120, 80], [180, 86], [176, 118], [118, 120]]},
    {"name": "steep", "src": "espresso-cup.jpg", "corners": [[30, 90], [280, 8], [286, 196], [34, 104]]},
]


def squares():
    """Squares of 32 px, some coloured: a pattern that aliases where it is not averaged."""
    picture = Image.new("RGB", (512, 512), "#f4f1ea")
    draw = ImageDraw.Draw(picture)
    for row in range(16):
        for column in range(16):
            if (row + column) % 2:
                color = "#c0392b" if row == column + 1 else "#1f2a44"
                draw.rectangle([column * 32, row * 32, column * 32 + 31, row * 32 + 31], fill=color)
    picture.save(OUT / "squares.png", optimize=True)


def coefficients(corners, width, height):
    """From px of the large picture to those of the source: eight equations."""
    rows = []
    for (x, y), (u, v) in zip(corners, [(0, 0), (width, 0), (width, height), (0, height)]):
        x, y = x * TIMES, y * TIMES
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for at in range(8):
        pivot = max(range(at, 8), key=lambda row: abs(rows[row][at]))
        rows[at], rows[pivot] = rows[pivot], rows[at]
        rows[at] = [value / rows[at][at] for value in rows[at]]
        for row in range(8):
            if row != at:
                by = rows[row][at]
                rows[row] = [value - by * own for value, own in zip(rows[row], rows[at])]
    return [row[8] for row in rows]


def main():
    OUT.mkdir(exist_ok=True)
    squares()
    for case in CASES:
        folder = OUT if case["src"] == "squares.png" else ROOT / "templates/assets"
        source = Image.open(folder / case["src"]).convert("RGBA")
        large = tuple(side * TIMES for side in SIZE)
        data = coefficients(case["corners"], *source.size)
        seen = source.transform(large, Image.Transform.PERSPECTIVE, data, Image.Resampling.BILINEAR)
        picture = Image.alpha_composite(Image.new("RGBA", large, "white"), seen).convert("RGB").reduce(TIMES)
        picture.save(OUT / f"{case['name']}.png", optimize=True)
        case["size"] = list(source.size)
    (OUT / "cases.json").write_text(json.dumps(CASES, indent=2) + "\n")


main()

"""What schemathesis cannot know of the API: cursors, and files that can be drawn. See tools/fuzz-api."""

import base64
import json
import os
import struct
import zlib

import schemathesis
from hypothesis import strategies as st
from hypothesis.internal import lambda_sources

# Python 3.11 fails to parse a file from deep in the stack ("AST constructor recursion depth mismatch"),
# which hypothesis does to describe a lambda in a message.
lambda_sources.lambda_description = lambda function: "lambda"

# A cursor is any row's key in base64url.
KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_characters="\x7f"), min_size=1, max_size=40)
schemathesis.openapi.format("cursor", KEYS.map(lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")))


def png(size):
    """A PNG of one colour."""
    width, height, colour = size
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = (b"\0" + bytes(colour) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def damaged(file):
    """A file with some bytes changed, or cut short."""
    places = st.lists(st.tuples(st.integers(0, len(file) - 1), st.integers(0, 255)), max_size=3)

    def damage(drawn):
        changes, length = drawn
        bytes_ = bytearray(file)
        for place, byte in changes:
            bytes_[place] = byte
        return bytes(bytes_[:length])

    return st.tuples(places, st.sampled_from([len(file), len(file), len(file) // 2])).map(damage)


COLOURS = st.tuples(*[st.integers(0, 255)] * 3)
PNGS = st.tuples(st.integers(1, 300), st.integers(1, 300), COLOURS).map(png)
with open(os.environ["FONT"], "rb") as file:
    FONTS = damaged(file.read())
VALUES = st.sampled_from(["*|FNAME|*", "{{ first_name }}", "%FIRSTNAME%", "Maria", "", "a b", "&amp;", "#", "%zz", "é"]) | st.text(max_size=12)
PICTURES = st.tuples(st.sampled_from(["/i/acme/hello.png", "/i/welcome.jpg", "/i/none.png", "/s/x/acme/hello.png", "https://img.example/i/acme/hello.png"]), VALUES, VALUES)
EMAILS = st.lists(PICTURES.map('<p><img src="{0[0]}?name={0[1]}&company={0[2]}" width="600">'.format) | st.text(max_size=40), max_size=8)
FILES = {
    "text/html": EMAILS.map(lambda parts: ("<html>" + "".join(parts)).encode("utf-8", "replace")),
    "image/png": PNGS | PNGS.flatmap(damaged) | st.binary(max_size=200),
    "image/jpeg": st.binary(max_size=200).map(lambda tail: b"\xff\xd8\xff\xe0" + tail),
    "font/ttf": FONTS,
    "font/otf": FONTS | st.binary(max_size=200).map(lambda tail: b"OTTO" + tail),
}
for kind, files in FILES.items():
    schemathesis.openapi.media_type(kind, files)


@schemathesis.serializer("text/html", "image/png", "image/jpeg", "font/ttf", "font/otf")
def as_it_is(ctx, value):
    return value if isinstance(value, bytes) else json.dumps(value).encode()


@schemathesis.deserializer("image/png", "image/jpeg", "image/webp", "image/gif", "font/ttf", "font/otf", "font/woff2", "font/woff")
def bytes_of(ctx, response):
    return ""  # a file has no schema


# URLs of this deployment: of the tokens that a generator makes up, none is one.
TOKENS = {"policy": os.environ["POLICY"], "sealed": os.environ["SEALED"]}


@schemathesis.hook
def before_load_schema(ctx, raw_schema):
    paths = raw_schema["paths"]
    # A type whose files are generated takes no example that is a text.
    for media in paths["/v1/lint"]["post"]["requestBody"]["content"].values():
        media.pop("examples", None)
    for path in ("/s/{policy}/{image}", "/x/{sealed}/{image}"):
        for param in paths[path]["get"]["parameters"]:
            if param["name"] in TOKENS:
                param["example"] = TOKENS[param["name"]]
            elif param["name"] == "image":
                param["example"] = "acme/hello.png"


@schemathesis.hook
def map_path_parameters(ctx, path_parameters):
    for name, token in TOKENS.items():
        known = (path_parameters or {}).get(name)
        # Half of them stay as they are.
        if isinstance(known, str) and len(known) % 2:
            path_parameters.update({name: token, "image": "acme/hello.png"})
    return path_parameters

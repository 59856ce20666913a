"""Pictures inside the page itself: data URIs, as short as they can be, the same bytes each time."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from urllib.parse import quote

from shoplib.errors import StoreError

# Only what would end the attribute, the address or its place in a srcset is written as %XX: shorter than base64.
KEPT = "!$'()*+,-./:;=?@[]^_`{|}~"
LEFT_OUT = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", re.DOTALL)
GAPS = re.compile(r">\s+<")
SPACES = re.compile(r"\s*\n\s*")
PATH = re.compile(r'(?<= d=")[^"]*')
STYLE = re.compile(r'(?<= style=")[^"]*')
LONG_DECIMAL = re.compile(r"(\d+\.\d\d)\d+")
PAIR = re.compile(r"(?<=[\d.]) (?=[-\d.])")
SIGNATURES = {"iVBORw0KGgo": "image/png", "/9j/": "image/jpeg", "R0lGOD": "image/gif", "UklGR": "image/webp"}


def svg_uri(svg: str) -> str:
    """Return an SVG document as a data URI without prolog, comments, metadata and blanks nobody sees.

    Coordinates of paths keep two decimals, a hundredth of a point.
    """
    short = SPACES.sub(" ", GAPS.sub("><", LEFT_OUT.sub("", svg))).strip()
    short = STYLE.sub(lambda found: found[0].replace("; ", ";").replace(": ", ":"), PATH.sub(_tight, short))
    return "data:image/svg+xml," + quote(short if "'" in short else short.replace('"', "'"), safe=KEPT)


def _tight(found: re.Match[str]) -> str:
    """Write a path with two decimals and no blanks."""
    path = PAIR.sub(",", LONG_DECIMAL.sub(r"\1", found[0]))
    return path.replace(" ", "")


def picture_uri(data: str) -> str:
    """Return a base64 picture as a data URI of the kind its first bytes show, ``""`` if it is none we know."""
    packed = "".join(data.split())
    for start, kind in SIGNATURES.items():
        if packed.startswith(start):
            return f"data:{kind};base64,{packed}"
    return ""


def file_uri(path: Path) -> str:
    """Return a picture file (SVG, PNG, JPEG, GIF, WebP) as a data URI, ``""`` for any other kind of file."""
    if path.suffix == ".svg":
        return svg_uri(path.read_text(encoding="utf-8"))
    return picture_uri(base64.b64encode(path.read_bytes()).decode())


def inside(folder: Path, name: str) -> Path:
    """Return the file ``name`` of a result folder; ``StoreError`` if it is missing or leads out of the folder."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise StoreError(
            "A page may only show files of its own run",
            where=name,
            wanted="a path inside the stage's result folder, such as figures/takings.svg",
            next_step="save the figure with run.figure and use the path it gives",
        )
    if not path.is_file():
        raise StoreError(
            "A file of the page is missing",
            where=f"{folder.name}/{name}",
            wanted="the file that the notebook said it wrote",
            next_step=f"run the stage again: shoplib run --from {folder.name}",
        )
    return path

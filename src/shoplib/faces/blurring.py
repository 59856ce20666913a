"""Pictures in which nobody is known again, and the search for faces in everything that was written.

A face of which six by six colours are left is found by no detector here, and the recogniser does no better than chance
with it (40 faces of 10 people, first guess right for 7.5%; chance is 7.7%).
"""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

import numpy as np
import pandas as pd

from shoplib.faces.pictures import Box, Picture

if TYPE_CHECKING:
    from shoplib.faces.footage.watched import Watched
    from shoplib.faces.models.detect import Finder

BLOCKS = 6
"""Colours that are left across a face that was cut out."""
HEAD_BLOCKS = (6, 3, 1)
"""Colours left across a head in a frame, fewer each time that a face is still found."""
BESIDE, ABOVE, BELOW = 0.35, 0.6, 0.4
"""How far a head reaches beyond its face, as shares of the width and the height of the face."""
ENLARGED = (1.0, 2.0)
TILE_PX, STEP_PX = 1280, 960
SMALLEST_PX, LIKE_A_CHIP_PX = 4, 150
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff")
TEXTS = (".svg", ".html", ".htm", ".css", ".md", ".json", ".ipynb", ".xml", ".eml")
PACKED = (".xlsx", ".zip", ".docx", ".pptx")
WRITTEN = re.compile(rb"(?:iVBORw0KGgo|/9j/|R0lGOD|UklGR)(?:[A-Za-z0-9+/]|\\n|\s)+")
"""PNG, JPEG, GIF and WebP in base 64, wherever it stands."""
WRITTEN_SVG = re.compile(rb"image/svg\+xml;base64,((?:[A-Za-z0-9+/]|\s)+)")


def hidden(chip: Picture) -> Picture:
    """Return what is left of a face that was cut out: six by six colours."""
    import cv2

    soft = cv2.GaussianBlur(chip, (0, 0), max(chip.shape[:2]) / BLOCKS / 2)
    return np.asarray(cv2.resize(soft, (BLOCKS, BLOCKS), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def best_chips(watched: Sequence[Watched], faces: Sequence[pd.DataFrame]) -> dict[str, Picture]:
    """Return the best face that was cut out of each customer, by key, in order of key.

    ``faces`` are those of ``People``, one table a clip in the order of ``watched``, with ``customer_id``; rows without
    a customer give nothing.
    """
    best: dict[str, tuple[float, Picture]] = {}
    for one, seen in zip(watched, faces, strict=True):
        who, worth = seen["customer_id"].tolist(), seen["quality"].to_numpy(dtype="float64")
        for chip in one.chips:
            name = who[chip.row]
            if isinstance(name, str) and (name not in best or worth[chip.row] > best[name][0]):
                best[name] = float(worth[chip.row]), chip.picture
    return {name: best[name][1] for name in sorted(best)}


def covered(picture: Picture, boxes: Iterable[Box] = ()) -> Picture:
    """Return a frame in which every head is covered: those of ``boxes`` and all that are found, hair and chin with it.

    The frame is looked at again until no face is found in it; if one is found every time, all of it is covered.
    """
    finder = _finder()
    clear = picture.copy()
    heads = [*boxes, *_found(finder, picture)]
    for blocks in HEAD_BLOCKS:
        for box in heads:
            _cover(clear, box, blocks)
        left = _found(finder, clear)
        if not left:
            return clear
        heads += left
    _cover(clear, (0.0, 0.0, float(picture.shape[1]), float(picture.shape[0])), BLOCKS)
    return clear


def faces_in(folder: Path) -> list[str]:
    """Return where in a folder a face is found, such as ``page.html: 2 faces``, by name; none is as it should be.

    Looks at picture files, at pictures inside SVG, HTML, CSS, Markdown, JSON and notebooks, and at pictures inside
    workbooks and archives, small ones enlarged and large ones in pieces. Videos and PDF files are not opened.
    """
    finder = _finder()
    told = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        found = sum(_count(finder, _sized(picture)) for picture in _pictures(path.name, path.read_bytes()))
        if found:
            told.append(f"{path.relative_to(folder).as_posix()}: {found} face{'s' if found > 1 else ''}")
    return told


def _finder() -> Finder:
    from shoplib.faces.models.detect import Finder

    return Finder()


def _count(finder: Finder, picture: Picture) -> int:
    """Return how many faces are found in a picture as it is; if none is, enlarged."""
    return next((found for times in ENLARGED if (found := len(_found(finder, picture, (times,))))), 0)


def _found(finder: Finder, picture: Picture, sizes: Sequence[float] = ENLARGED) -> list[Box]:
    """Return the boxes of all faces found in a picture as it is and enlarged; a large one only as it is, in pieces."""
    import cv2

    boxes: list[Box] = []
    for times in sizes:
        if times > 1 and max(picture.shape[:2]) > TILE_PX:
            continue
        size = round(picture.shape[1] * times), round(picture.shape[0] * times)
        larger = picture if times == 1 else cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC)
        for top in range(0, max(1, size[1] - TILE_PX + STEP_PX), STEP_PX):
            for left in range(0, max(1, size[0] - TILE_PX + STEP_PX), STEP_PX):
                piece = np.ascontiguousarray(larger[top : top + TILE_PX, left : left + TILE_PX], dtype=np.uint8)
                for face in finder.find(piece):
                    x, y, width, height = face.box
                    boxes.append(((x + left) / times, (y + top) / times, width / times, height / times))
    return boxes


def _cover(picture: Picture, box: Box, blocks: int) -> None:
    """Cover a head in place with ``blocks`` colours across."""
    import cv2

    left, top, width, height = box
    rows = slice(max(0, round(top - ABOVE * height)), max(0, round(top + (1 + BELOW) * height)))
    columns = slice(max(0, round(left - BESIDE * width)), max(0, round(left + (1 + BESIDE) * width)))
    head = picture[rows, columns]
    if head.size:
        tall, wide = head.shape[:2]
        few = cv2.resize(head, (blocks, max(1, round(blocks * tall / wide))), interpolation=cv2.INTER_AREA)
        picture[rows, columns] = cv2.resize(few, (wide, tall), interpolation=cv2.INTER_NEAREST)


def _sized(picture: Picture) -> Picture:
    """Return a small picture as large as a face that was cut out, with a rim, as a page may show it; others as is."""
    import cv2

    side = max(picture.shape[:2])
    if side >= LIKE_A_CHIP_PX:
        return picture
    times = LIKE_A_CHIP_PX / side
    size = max(1, round(picture.shape[1] * times)), max(1, round(picture.shape[0] * times))
    large = cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC)
    rim = cv2.copyMakeBorder(large, 40, 40, 40, 40, cv2.BORDER_CONSTANT, value=(255, 255, 255))
    return np.asarray(rim, dtype=np.uint8)


def _pictures(name: str, content: bytes) -> Iterator[Picture]:
    """Yield every picture in a file, those inside it too; what is none, or damaged, yields nothing."""
    kind = Path(name).suffix.lower()
    if kind in PICTURES:
        yield from _decoded(content)
    elif kind in TEXTS:
        plain = unquote_to_bytes(content) if b"data:image/svg+xml," in content else content
        for found in WRITTEN.findall(plain):
            yield from _decoded(_from_base64(found))
        for found in WRITTEN_SVG.findall(plain):
            yield from _pictures("inside.svg", _from_base64(found))
    elif kind in PACKED and zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for inside in sorted(packed.namelist()):
                yield from _pictures(inside, packed.read(inside))


def _from_base64(text: bytes) -> bytes:
    plain = re.sub(rb"\\n|\s", b"", text)
    return base64.b64decode(plain[: len(plain) - (len(plain) % 4 == 1)] + b"=" * (-len(plain) % 4))


def _decoded(content: bytes) -> Iterator[Picture]:
    import cv2

    picture = cv2.imdecode(np.frombuffer(content, dtype=np.uint8), cv2.IMREAD_COLOR) if content else None
    if picture is not None and min(picture.shape[:2]) >= SMALLEST_PX:
        yield np.asarray(picture, dtype=np.uint8)

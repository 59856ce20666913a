"""Which faces of a folder of photos are one person; names of files and folders are never looked at for that."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from shoplib.base import digest
from shoplib.errors import SourceError
from shoplib.faces.identity import cluster
from shoplib.faces.models import catalogue, detect, embed
from shoplib.faces.photos import leftovers, looking, reading
from shoplib.faces.pictures import Bools, Ints, Picture, Prints

MAX_DISTANCE = {"Dlib": 0.55}
"""For single photos, which differ more than the means over a track that the limit of the cameras is for. Of 72 people
on 620 photos, average linkage up to 0.54 joined none wrongly, up to 0.56 three faces in a thousand."""
COLUMNS = ("file", "face_no", "x", "y", "w", "h", "customer_id")


class Models(NamedTuple):
    """What tells faces apart."""

    recogniser: str = embed.DEFAULT
    max_distance: float | None = None
    """Left out: the one measured for the recogniser."""


class Clustered(NamedTuple):
    """What became of a folder."""

    faces: pd.DataFrame
    """One row a face: file (from the folder), face_no (from left to right), x, y, w, h in pixels of the upright photo,
    customer_id (missing if the face cannot be told apart)."""
    photos: int
    """How many files are photos."""
    unread: dict[str, str]
    """File → why it could not be read."""


class _Photo(NamedTuple):
    """The faces of one photo."""

    boxes: Ints
    good: list[bool]
    known: list[int]
    prints: Prints


def faces_of(
    folder: Path,
    models: Models | None,
    *,
    detector: str = detect.DEFAULT,
    but: Path | None = None,
    progress: Callable[[int], object] | None = None,
) -> Clustered:
    """Return every face under a folder with the key of its person, F0001 and so on by first appearance.

    Without ``models`` faces are found and nobody is told apart. Equal files are looked at once.
    The partition depends on what the photos show, not on names, order or folders; two faces of one photo are two
    people. Photos are in memory one at a time. ``but`` is a file to leave out; ``progress`` is told of each file done.
    Raises ``SourceError`` if no file could be read.
    """
    limit = limit_of(models) if models else 0.0
    paths = [path for path in reading.files_of(folder) if but is None or path.resolve() != but.resolve()]
    look = _Looking(detector, models)
    content: dict[str, str] = {}
    photos: dict[str, _Photo] = {}
    unread: dict[str, str] = {}
    for path in paths:
        name = _name(path, folder)
        try:
            data = path.read_bytes()
            content[name] = digest.of_bytes(data)
            if content[name] not in photos:
                photos[content[name]] = look.at(reading.picture(data))
        except OSError as error:
            unread[name] = f"cannot be opened: {error.strerror or error}"
        except SourceError as error:
            if error.where:
                raise
            unread[name] = error.what
        if progress:
            progress(1)
    read = {name: key for name, key in content.items() if name not in unread}
    if not read:
        raise SourceError(
            "No photo could be read", where=str(folder), found=f"{len(paths)} files" if paths else "no files",
            wanted=reading.READ, next_step="name the folder the photos are in",
            details=[f"{name}: {why}" for name, why in list(unread.items())[:20]],
        )  # fmt: skip
    return Clustered(_table(read, photos, _people(photos, limit) if models else {}), len(read), unread)


def limit_of(models: Models) -> float:
    """Return the greatest distance between photos of one person, as given or measured; else raise ``ConfigError``."""
    given = MAX_DISTANCE.get(models.recogniser) if models.max_distance is None else models.max_distance
    return catalogue.max_distance(models.recogniser, given)


class _Looking:
    """Looks at one photo after the other."""

    def __init__(self, detector: str, models: Models | None) -> None:
        self._finder, self._models = detect.Finder(detector), models
        self._cutter = embed.Cutter() if models else None

    def at(self, picture: Picture) -> _Photo:
        """Return the faces of a picture."""
        shown, enlarged, seen = looking.faces_of(picture, self._finder)
        boxes = np.array([_within(face.box, shown.shape, enlarged) for face, _ in seen], dtype=np.int64).reshape(-1, 4)
        good = [worth == "good" for _, worth in seen]
        known = [row for row, (_, worth) in enumerate(seen) if worth != "none"] if self._cutter else []
        chips = [self._cutter.cut(shown, seen[row].face.box) for row in known] if self._cutter else []
        return _Photo(boxes, good, known, embed.prints(chips, (self._models or Models()).recogniser))


def _people(photos: dict[str, _Photo], limit: float) -> dict[tuple[str, int], int]:
    """Return a number for the person of each face, by digest of the photo and row of the face in it."""
    order = sorted(photos)
    faces = [(key, row) for key in order for row in photos[key].known]
    prints = np.concatenate([photos[key].prints for key in order])
    photo = np.repeat(np.arange(len(order)), [len(photos[key].known) for key in order])
    good = np.array([photos[key].good[row] for key, row in faces], dtype=bool)
    group = told_apart(prints, photo, good, limit)
    return {face: int(number) for face, number in zip(faces, group, strict=True) if number >= 0}


def told_apart(prints: Prints, photo: Ints, good: Bools, limit: float) -> Ints:
    """Return the number of the person of each face, −1 where nobody can be named.

    Average linkage up to ``limit`` that never joins two faces of one ``photo``, then odd photos of somebody; a group
    without a face that is ``good`` enough names nobody.
    """
    count = len(prints)
    if not count:
        return np.empty(0, dtype=np.int64)
    far = cluster.distances(prints, np.arange(count), count)
    together = photo[:, None] == photo[None]
    group = cluster.grouped(far, np.ones(count), together, limit)
    group = leftovers.brought_back(group, far, together, limit)
    founded = np.isin(group, group[good])
    return np.where(founded, group, -1)


def _table(read: dict[str, str], photos: dict[str, _Photo], people: dict[tuple[str, int], int]) -> pd.DataFrame:
    rows = [(name, key, row) for name, key in read.items() for row in range(len(photos[key].boxes))]
    person = pd.Series([people.get((key, row)) for _, key, row in rows], dtype="Int64")
    numbers = pd.Series(pd.factorize(person)[0] + 1)
    boxes = np.concatenate([photos[key].boxes for key in read.values()])
    return pd.DataFrame(
        {
            "file": [name for name, _, _ in rows],
            "face_no": np.array([row + 1 for _, _, row in rows], dtype=np.int64),
            **{side: boxes[:, place] for place, side in enumerate("xywh")},
            "customer_id": [f"F{number:04d}" if number else None for number in numbers],
        },
        columns=list(COLUMNS),
    )


def _within(box: tuple[float, float, float, float], shape: tuple[int, ...], enlarged: float) -> list[int]:
    """Return the part of a box that lies on the photo, in whole pixels of the photo: left, top, width, height."""
    tall, wide = shape[:2]
    left, right = (min(max(side, 0.0), float(wide)) for side in (box[0], box[0] + box[2]))
    top, bottom = (min(max(side, 0.0), float(tall)) for side in (box[1], box[1] + box[3]))
    x, y = round(left / enlarged), round(top / enlarged)
    return [x, y, max(round(right / enlarged) - x, 1), max(round(bottom / enlarged) - y, 1)]


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")

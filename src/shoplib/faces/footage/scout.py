"""A clip looked over fast: few frames, small and grey, now and then a look for a face; then where to look closely."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from shoplib.faces.footage import index, light, motion, video
from shoplib.faces.footage.index import Index, Run
from shoplib.faces.pictures import Bools, Ints, Prints

Floats = npt.NDArray[np.float64]
Grey = npt.NDArray[np.uint8]
Spans = list[tuple[float, float]]
Kept = dict[str, npt.NDArray[np.generic]]

CLOSE_KEYS_S = 2.5
"""Key frames at most so far apart show whatever comes in."""
SAMPLES_A_SECOND = 2.0
SAFE_S = 10.0
"""So often a face is looked for although nothing moves: somebody may stand still."""
SHORT_S = 30.0
"""Clips up to this long are looked at from end to end."""
LEARN_S = 60.0
SCENE_S = 60
BEFORE_S, AFTER_S = 1.0, 1.5
"""Looked at closely before something moves and after."""
PACKED_S = 0.5
LARGER, DEVIATIONS = 1.5, 8.0
"""A half second packed into so many times what quiet ones take, and this far beyond their spread, hides a movement."""
MOST_PACKED = 0.1
"""If more half seconds stand out than this share, the bytes tell nothing."""
FROZEN_S, DARK_S = 5.0, 2.0
RUNNING, STILL_SHARE = 3, 0.04


class Samples(NamedTuple):
    """Which frames to look over, as numbers, and at which of them to look for a face."""

    numbers: Ints
    safe: Bools


class Busy(NamedTuple):
    """What the look over found; spans are seconds from the first frame, in order."""

    spans: Spans
    """To be looked at closely."""
    moving_s: float
    frozen: Spans
    dark: Spans
    at_s: Floats
    level: Floats
    grey: bool
    lost: int
    scenes: dict[int, Grey]
    """The empty scene at the beginning of each ``SCENE_S``, by its number."""
    pictures: Prints
    """Boxes of faces that never move: pictures on a wall."""


def samples(known: Index) -> Samples:
    """Return the frames to look over: the key frames if they are close enough, else two a second."""
    numbers = known.keys
    ends = np.concatenate([known.times[numbers], known.times[-1:]])
    close = len(numbers) and known.orderly and float(np.percentile(np.diff(ends), 95)) <= CLOSE_KEYS_S
    if not close or known.seconds <= SHORT_S:
        numbers = np.union1d(
            index.looked(known.times, SAMPLES_A_SECOND), known.keys if known.orderly else known.keys[:0]
        )
    elif len(numbers) > known.seconds * SAMPLES_A_SECOND:
        numbers = numbers[index.looked(known.times[numbers], SAMPLES_A_SECOND)]
    slots = np.floor(known.times[numbers] / SAFE_S + index.LATE)
    return Samples(numbers, np.diff(slots, prepend=-1.0) > 0)


def look_over(path: Path, runs: list[Run], safe: Ints, detector: str) -> Kept:
    """Return, for the frames of some runs: what ``light.look`` tells, and whether it is a key frame; faces by frame.

    Faces are looked for at the numbers in ``safe``. ``lost`` counts what could not be read.
    """
    from shoplib.faces.models.detect import Finder

    finder = Finder(detector)
    careful = set(safe.tolist())
    lost: list[int] = []
    numbers, smalls, fine, key = list[int](), list[Grey](), list[Grey](), list[bool]()
    told, faces = list[tuple[float, ...]](), list[tuple[float, ...]]()
    for run in runs:
        for number, frame in index.decoded(path, run, lost):
            seen = light.look(frame, run.aspect)
            numbers.append(number)
            smalls.append(seen.small)
            fine.append(seen.fine)
            key.append(bool(frame.key_frame))
            told.append((seen.level, seen.bright, seen.chroma))
            if number in careful:
                faces += [(number, *face.box) for face in finder.find(video.picture(frame, run.aspect))]
    figures = np.array(told, dtype=np.float64).reshape(-1, 3)
    return {
        "number": np.array(numbers, dtype=np.int64),
        "small": np.stack(smalls) if smalls else np.empty((0, 1, 1), np.uint8),
        "fine": np.stack(fine) if fine else np.empty((0, 1, 1), np.uint8),
        "key": np.array(key, dtype=bool),
        "figures": figures,
        "faces": np.array(faces, dtype=np.float64).reshape(-1, 5),
        "lost": np.array([len(lost)]),
    }


def judge(known: Index, chunks: Iterable[Kept], light_change: float) -> Busy:
    """Return where to look closely, from all chunks of ``look_over`` in order; one chunk is in memory at a time."""
    scene: motion.Scene | None = None
    before: Grey | None = None
    key_s, key_fine = 0.0, np.empty((0, 0), np.uint8)
    frozen: Spans = []
    numbers, rows, faces = list[int](), list[tuple[float, ...]](), list[Prints]()
    lost, scenes = 0, dict[int, Grey]()
    early, all_chunks = _first_minute(known, chunks)
    for chunk in all_chunks:
        lost += int(chunk["lost"][0])
        faces.append(chunk["faces"].astype(np.float64))
        at_s = known.times[chunk["number"].astype(np.int64)]
        small = chunk["small"].astype(np.uint8)
        numbers += chunk["number"].tolist()
        keys = chunk["key"].astype(bool)
        for at, fine in zip(at_s[keys].tolist(), chunk["fine"][keys].astype(np.uint8), strict=True):
            if motion.same(key_fine, fine):
                frozen.append((key_s, at))
            key_s, key_fine = at, fine
        for at, picture, figures in zip(at_s.tolist(), small, chunk["figures"].tolist(), strict=True):
            if scene is None or (before is not None and before.shape != picture.shape):
                same = [one for one in early if one.shape == picture.shape] if scene is None else []
                scene, before = motion.Scene(same or [picture], light_change), None
            rows.append((at, scene.look(at, picture).busy, *figures))
            scenes.setdefault(int(at // SCENE_S), scene.empty())
            before = picture
    table = np.array(rows, dtype=np.float64).reshape(-1, 5)
    held = np.concatenate([*faces, np.empty((0, 5))])
    fixed = never_moving(held)
    busy = table[:, 1] > 0
    standing = np.isin(np.array(numbers), held[~fixed, 0].astype(np.int64)) & ~busy
    at_s, lit = table[:, 0], table[:, 3] >= light.DARK_LEVEL
    moving = _around(at_s, busy)
    close = [*moving, *((at - SAFE_S, at + SAFE_S) for at in at_s[standing].tolist()), *packed(known)]
    if known.seconds <= SHORT_S:
        close = [(0.0, known.seconds)]
    spans = merged(close, known.seconds)
    still = [(a, b) for a, b in merged(frozen, known.seconds) if b - a >= FROZEN_S]
    chroma = table[lit, 4]
    return Busy(
        spans, round(sum(b - a for a, b in merged(moving, known.seconds)), 3), still,
        light.spans(at_s, ~lit, DARK_S), at_s, table[:, 2],
        bool(len(chroma) and np.median(chroma) < light.GREY_CHROMA), lost, scenes, held[fixed, 1:],
    )  # fmt: skip


def _first_minute(known: Index, chunks: Iterable[Kept]) -> tuple[list[Grey], Iterator[Kept]]:
    """Return the small pictures of the first minute, and all chunks."""
    taken, pictures, following = list[Kept](), list[Grey](), iter(chunks)
    for chunk in following:
        taken.append(chunk)
        at_s = known.times[chunk["number"].astype(np.int64)]
        pictures += list(chunk["small"].astype(np.uint8)[at_s <= LEARN_S])
        if len(at_s) and at_s[-1] > LEARN_S:
            break
    return pictures, itertools.chain(taken, following)


def never_moving(faces: Prints) -> Bools:
    """Return which of the faces (frame and box a row, in order) stand where one stood in each of three looks running.

    Nobody holds still to a few hundredths of a face's width for twenty seconds; a picture on the wall does.
    """
    fixed = np.zeros(len(faces), dtype=bool)
    frames, look = np.unique(faces[:, 0], return_inverse=True)
    alike = faces_alike(faces[:, 1:], faces[:, 1:])
    for first in range(len(frames) - RUNNING + 1):
        here = [np.flatnonzero(look == first + step) for step in range(RUNNING)]
        held = [here[0][alike[np.ix_(here[0], other)].any(axis=1)] for other in here[1:]]
        for one in set(held[0].tolist()).intersection(*(part.tolist() for part in held[1:])):
            fixed |= alike[one] & (look >= first) & (look < first + RUNNING)
    return fixed


def faces_alike(some: Prints, others: Prints, slack: float = 1.0) -> Bools:
    """Return, one row a box of ``some`` and one column a box of ``others``, whether they are in one place and size."""
    width = np.maximum(some[:, None, 2], 1.0)
    away = np.abs((some[:, None, :2] + some[:, None, 2:] / 2) - (others[None, :, :2] + others[None, :, 2:] / 2))
    size = np.abs(some[:, None, 2:] - others[None, :, 2:])
    far = slack * STILL_SHARE * width
    alike: Bools = (away.max(axis=2) <= far) & (size.max(axis=2) <= 2 * far)
    return alike


def _around(at_s: Floats, busy: Bools) -> Spans:
    """Return for each busy sample the span from the sample before it to the one after it, and some more."""
    before = np.minimum(np.concatenate([at_s[:1], at_s[:-1]]), at_s - BEFORE_S)
    after = np.maximum(np.concatenate([at_s[1:], at_s[-1:]]), at_s + AFTER_S)
    return list(zip(before[busy].tolist(), after[busy].tolist(), strict=True))


def packed(known: Index) -> Spans:
    """Return half seconds whose frames between key frames took far more bytes than usual: something moved there.

    It finds what comes and goes between two key frames, in footage whose quality and not its rate is kept even.
    """
    if not known.orderly or len(known.times) < 2:
        return []
    plain = np.ones(len(known.times), dtype=bool)
    plain[known.keys] = False
    place = (known.times / PACKED_S).astype(np.int64)
    size = np.bincount(place, weights=known.sizes * plain)
    low = np.sort(size[size > 0])[: max(1, int((size > 0).sum()) // 2)]
    if not len(low):
        return []
    middle = float(np.median(low))
    spread = 1.4826 * float(np.median(np.abs(low - middle)))
    large = np.flatnonzero(size > max(LARGER * float(low[-1]), middle + DEVIATIONS * spread))
    if len(large) > MOST_PACKED * len(size):
        return []
    return [(float(at) * PACKED_S - PACKED_S, float(at + 2) * PACKED_S) for at in large]


def merged(spans: Spans, end_s: float) -> Spans:
    """Return the spans in order, those that touch made one, none before 0 or beyond the end."""
    found: list[tuple[float, float]] = []
    for begins, ends in sorted((max(0.0, a), min(end_s, b)) for a, b in spans):
        if found and begins <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], ends)
        elif ends > begins:
            found.append((begins, ends))
    return found

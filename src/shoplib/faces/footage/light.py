"""Small grey pictures of frames, how bright and how colourful they are, and what can be told from that over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.faces.footage import video
from shoplib.faces.footage.watched import LIGHT
from shoplib.faces.pictures import Bools

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

Floats = npt.NDArray[np.float64]
LONG_SIDE = 160
FULL_RANGE, BLACK, WHITE = 2, 16, 235
"""libav's word for pictures that use all 256 levels, and the ends of those that do not."""
DARK_LEVEL = 0.13
"""Where nine tenths of the picture are darker than this share of white, nobody can be seen."""
BRIGHT_PART = 90
GREY_CHROMA = 2.0
"""Mean distance of colour from grey, in levels; sensor noise alone stays below."""
GAP_S, GAP_STEPS = 2.0, 5.0


class Look(NamedTuple):
    """What a frame looks like from far away."""

    small: npt.NDArray[np.uint8]
    """Grey, upright, the longer side 160."""
    fine: npt.NDArray[np.uint8]
    """Single pixels of the frame's brightness at even distances, noise and all."""
    level: float
    """Mean, as a share of white."""
    bright: float
    """What nine tenths of the picture are darker than, as a share of white."""
    chroma: float
    """Mean distance from grey, in levels."""


def look(frame: VideoFrame, aspect: float = 1.0) -> Look:
    """Return what a frame looks like from far away."""
    plain = _plain(frame)
    small = grey(plain, aspect)
    chroma = 0.0
    if len(plain.planes) > 1:
        every = [plane(plain, number)[::4, ::4].astype(np.float32) for number in range(1, len(plain.planes))]
        chroma = float(np.mean([np.abs(cells - 128).mean() for cells in every]))
    level, bright = float(small.mean()) / 255, float(np.percentile(small, BRIGHT_PART)) / 255
    luma = plane(plain, 0)
    step = max(1, max(luma.shape) // LONG_SIDE)
    return Look(small, luma[::step, ::step].copy(), round(level, 4), round(bright, 4), round(chroma, 3))


def grey(frame: VideoFrame, aspect: float = 1.0) -> npt.NDArray[np.uint8]:
    """Return the small grey picture of a frame, upright, black 0 and white 255."""
    import cv2

    plain = _plain(frame)
    luma = plane(plain, 0)
    if min(luma.shape) >= 4 * LONG_SIDE:
        luma = luma[::2, ::2]
    share = LONG_SIDE / max(luma.shape)
    size = max(1, round(luma.shape[1] * share)), max(1, round(luma.shape[0] * share))
    small = np.asarray(cv2.resize(np.ascontiguousarray(luma), size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    if plain.color_range != FULL_RANGE and "yuvj" not in plain.format.name:
        spread = (small.astype(np.float32) - BLACK) * (255 / (WHITE - BLACK))
        small = spread.round().clip(0, 255).astype(np.uint8)
    return video.upright(small, frame, aspect)


def _plain(frame: VideoFrame) -> VideoFrame:
    """Return a frame whose first plane is its brightness in single bytes."""
    name = frame.format.name
    if name.startswith(("yuv", "nv12", "gray")) and frame.format.components[0].bits == 8:
        return frame
    return frame.reformat(format="yuv420p")


def plane(frame: VideoFrame, number: int) -> npt.NDArray[np.uint8]:
    """Return one plane of a frame as it lies in memory, without its padding."""
    part = frame.planes[number]
    rows = np.frombuffer(part, np.uint8).reshape(-1, part.line_size)  # type: ignore[call-overload]  # it is a buffer
    wide = part.width * (2 if frame.format.name == "nv12" and number else 1)
    cells: npt.NDArray[np.uint8] = rows[: part.height, :wide]
    return cells


def by_second(at_s: Floats, level: Floats, gaps: list[tuple[float, float]], end_s: float) -> pd.DataFrame:
    """Return one row a second up to the end: ``LIGHT``; seconds wholly without frames are left out."""
    if not len(at_s):
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in LIGHT.items()})
    seconds = np.arange(np.ceil(end_s))
    within = np.zeros(len(seconds), dtype=bool)
    for begins, ends in gaps:
        within |= (seconds >= begins) & (seconds + 1 <= ends)
    seconds = seconds[~within]
    return pd.DataFrame({"at_s": seconds, "level": np.interp(seconds, at_s, level).round(4)}).astype(LIGHT)


def gaps(times: Floats) -> list[tuple[float, float]]:
    """Return the spans without frames: longer than two seconds, and than five usual steps."""
    steps = np.diff(times)
    if not len(steps):
        return []
    long = np.flatnonzero(steps > max(GAP_S, GAP_STEPS * float(np.median(steps))))
    return [(float(times[at]), float(times[at + 1])) for at in long]


def spans(at_s: Floats, flags: Bools, least_s: float) -> list[tuple[float, float]]:
    """Return from where to where flags hold at samples in order of time, if for so long."""
    padded = np.concatenate([[False], flags, [False]]).astype(np.int8)
    begins, ends = np.flatnonzero(np.diff(padded) == 1), np.flatnonzero(np.diff(padded) == -1) - 1
    found = [(float(at_s[a]), float(at_s[b])) for a, b in zip(begins, ends, strict=True)]
    return [(a, b) for a, b in found if b - a >= least_s]

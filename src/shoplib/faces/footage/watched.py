"""What was seen in a clip."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from shoplib.faces.footage.clips import Clip
from shoplib.faces.pictures import Chip, Ints

COLUMNS = {
    "frame": "int64", "face": "int64", "at_s": "float64", "left_px": "float64", "top_px": "float64",
    "width_px": "float64", "height_px": "float64", "score": "float64", "frontal": "float64", "sharp": "float64",
    "quality": "float64", "verdict": "object", "track": "Int64",
}  # fmt: skip
"""Of ``Watched.faces``; ``track`` is missing for false alarms."""
LIGHT = {"at_s": "float64", "level": "float64"}
"""Of ``Watched.light``: seconds from the first frame, mean brightness as a share of full white."""


@dataclass(frozen=True)
class About:
    """A clip's file, and what could not be seen in it; spans are seconds from the first frame, in order."""

    sha256: str
    seconds: float
    frames_a_second: float
    width_px: int
    height_px: int
    looked: int
    busy_s: float
    gaps: list[tuple[float, float]] = field(default_factory=list)
    """Spans without frames."""
    frozen: list[tuple[float, float]] = field(default_factory=list)
    """Spans in which one frame stands still to the last bit of noise."""
    dark: list[tuple[float, float]] = field(default_factory=list)
    """Spans too dark to see anybody."""
    grey: bool = False
    cut_short: bool = False
    simulated: bool = False
    """The file says of itself that its people are rendered."""


@dataclass(frozen=True)
class Watched:
    """What was seen in a clip."""

    clip: Clip
    about: About
    faces: pd.DataFrame
    """One row a face and frame, in order of time, left to right: ``COLUMNS``."""
    light: pd.DataFrame
    """One row a second: ``LIGHT``."""
    looked: Ints
    """Numbers of the frames that were looked at."""
    chips: list[Chip]
    """The best faces of each track, in order of track and time; none where nobody is told apart."""

"""One clip: where its file is, which camera it is of, and when it begins."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Clip:
    """A video file and what people know of it."""

    name: str
    """Told apart from other clips by it; part of no path."""
    path: Path
    starts: dt.datetime
    """Moment of the first frame, UTC."""
    camera: str = "camera 1"
    starts_from: str = "told by a person"
    """How that moment is known."""

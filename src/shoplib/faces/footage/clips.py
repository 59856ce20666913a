"""One clip: where its file is, which camera it is of, and when it begins."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from shoplib.config.cameras import RecordedFootage


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


def recorded(footage: RecordedFootage, paths: Sequence[Path], shop_zone: str) -> list[Clip]:
    """Return the clips of a real camera; ``paths`` are their files in the order they are named."""
    zone = ZoneInfo(footage.timezone or shop_zone)
    return [
        Clip(told.path, path, told.starts.replace(tzinfo=zone).astimezone(dt.UTC), told.camera, told.starts_from)
        for told, path in zip(footage.clips, paths, strict=True)
    ]

"""One clip: where its file is, which camera it is of, and when it begins."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

import pandas as pd

from shoplib.config.cameras import RecordedFootage, SimulatedFootage
from shoplib.store import files

LIST = "clips.csv"


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


class Made(Protocol):
    """A clip that was rendered."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def path(self) -> Path:
        """Its file."""

    @property
    def starts(self) -> dt.datetime:
        """Moment of the first frame, UTC."""


def rendered(films: Sequence[Made]) -> list[Clip]:
    """Return the clips of rendered footage."""
    return [Clip(made.name, made.path, made.starts, starts_from="the film's own clock") for made in films]


def given(
    films: Sequence[Made], footage: SimulatedFootage | RecordedFootage, paths: Sequence[Path], shop_zone: str
) -> list[Clip]:
    """Return the clips of a scenario: those just rendered, or those of a real camera."""
    if isinstance(footage, RecordedFootage):
        return recorded(footage, paths, shop_zone)
    return rendered(films)


def recorded(footage: RecordedFootage, paths: Sequence[Path], shop_zone: str) -> list[Clip]:
    """Return the clips of a real camera; ``paths`` are their files in the order they are named."""
    zone = ZoneInfo(footage.timezone or shop_zone)
    return [
        Clip(told.path, path, told.starts.replace(tzinfo=zone).astimezone(dt.UTC), told.camera, told.starts_from)
        for told, path in zip(footage.clips, paths, strict=True)
    ]


def listed(table: pd.DataFrame, folder: Path) -> Path:
    """Write the table ``footage_clips`` as a list into the folder of the footage, and return its file.

    Real footage is not copied into it: it stays where it is, and the list says by digest which it was.
    """
    files.write_text(folder / LIST, table.to_csv(index=False))
    return folder / LIST

"""One short clip with four people, filmed and watched once."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from shoplib.config.cameras import Cameras, SimulatedFootage
from shoplib.config.models import Shop
from shoplib.faces.footage import clips
from shoplib.faces.footage.watch import looking, watch
from shoplib.faces.footage.watched import Watched
from shoplib.faces.reading import Found, read
from shoplib.simulate.cctv.film import Footage, film


class Clip(NamedTuple):
    """A clip, what was seen in it, and what became of it."""

    footage: Footage
    cameras: Cameras
    watched: Watched
    found: Found


def _clip(folder: Path, seed: int, **footage: object) -> Clip:
    cameras = Cameras(footage=SimulatedFootage(**{"kind": "simulated", **footage}), visit_gap_s=3)
    (made,) = film(cameras.footage, "Asia/Kolkata", seed, folder)
    watched = watch(clips.Clip("footage", made.path, made.starts), looking(cameras, "recognise"))
    return Clip(made, cameras, watched, read([watched], cameras, Shop(timezone="Asia/Kolkata"), "recognise"))


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """Twenty-two seconds: four people in five visits, so one of them comes back."""
    return _clip(tmp_path_factory.mktemp("clip"), 8, seconds=22, people=4, visits=5)


@pytest.fixture(scope="session")
def nobody(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """Nine seconds of an empty shop."""
    return _clip(tmp_path_factory.mktemp("nobody"), 1, seconds=9, width=320, people=0, visits=0)

"""Short clips, small pictures."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from shoplib.config.cameras import SimulatedFootage
from shoplib.simulate.cctv import compose, film

Small = Callable[..., SimulatedFootage]
Shot = Callable[..., list[compose.Frame]]


@pytest.fixture(scope="session")
def small() -> Small:
    """Settings of a clip that is quickly made; any of them may be given."""

    def settings(**more: object) -> SimulatedFootage:
        return SimulatedFootage(
            **{"kind": "simulated", "seconds": 12, "width": 320, "people": 3, "visits": 3, "frames_a_second": 3, **more}
        )

    return settings


@pytest.fixture(scope="session")
def shot() -> Shot:
    """All frames of the first clip, with its own visits or with others."""

    def frames(settings: SimulatedFootage, seed: int, visits: pd.DataFrame | None = None) -> list[compose.Frame]:
        clip = film.plan(settings, "Asia/Kolkata", seed)[0]
        known = clip.visits if visits is None else visits
        return list(compose.frames(settings, known, clip.spans, clip.starts, 0, seed))

    return frames

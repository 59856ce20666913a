"""Short clips, small pictures."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shoplib.config.cameras import SimulatedFootage

Small = Callable[..., SimulatedFootage]


@pytest.fixture(scope="session")
def small() -> Small:
    """Settings of a clip that is quickly made; any of them may be given."""

    def settings(**more: object) -> SimulatedFootage:
        return SimulatedFootage(
            **{"kind": "simulated", "seconds": 12, "width": 320, "people": 3, "visits": 3, "frames_a_second": 3, **more}
        )

    return settings

"""Small panels made by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
import pytest

from shoplib.forecasting.panel import Panel

Made = Callable[..., Panel]


def _panel(
    rows: Sequence[Sequence[float]],
    closed: np.ndarray | None = None,
    known: Mapping[str, np.ndarray] | None = None,
    start: str = "2024-01-01",
    horizon: int = 28,
    country: str = "",
) -> Panel:
    """Return a panel of ``rows`` that reaches over ``horizon`` coming days."""
    y = np.atleast_2d(np.array(rows, dtype=float))
    history = y.shape[1]
    known = known or {}
    wide = max([history, *(grid.shape[1] for grid in known.values())])
    closed = np.zeros((len(y), wide), dtype=bool) if closed is None else closed
    y[closed[:, :history]] = np.nan
    days = pd.date_range(start, periods=closed.shape[1])
    ids = tuple(f"s{at}" for at in range(len(y)))
    return Panel(ids, days, history, y, closed, dict(known), country=country).until(history, horizon)


@pytest.fixture(scope="session")
def panel_of() -> Made:
    """The maker of a panel from rows of values."""
    return _panel


@pytest.fixture(scope="session")
def shop_days() -> Callable[..., np.ndarray]:
    """The maker of noisy days with a weekly pattern, from a seed."""

    def made(days: int, level: float = 100.0, seed: int = 1) -> np.ndarray:
        rng = np.random.default_rng(seed)
        week = np.array([0.7, 0.8, 0.9, 1.0, 1.3, 1.6, 0.7])
        return level * week[np.arange(days) % 7] * rng.gamma(40, 1 / 40, days)

    return made

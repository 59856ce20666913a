"""Series too young for a model, filled from their group."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from shoplib.forecasting import newcomers
from shoplib.forecasting.models.interface import Said
from shoplib.forecasting.panel import Floats, Panel

WEEK = np.array([0.7, 0.75, 0.9, 1.0, 1.5, 1.6, 0.55])
DAYS, HORIZON = 112, 14


def panel_of(y: Floats, groups: list[str] | None = None) -> Panel:
    """Return a panel from a Monday on with the coming days open."""
    ids = tuple(f"p{row}" for row in range(len(y)))
    days = pd.date_range("2024-01-01", periods=y.shape[1] + HORIZON)
    static = pd.DataFrame({"category": groups or ["all"] * len(y)}, index=list(ids))
    return Panel(ids, days, y.shape[1], y, np.zeros((len(y), len(days)), dtype=bool), static=static)


def grown(levels: list[float], days: int = DAYS) -> Floats:
    """Return series that follow the week exactly."""
    return np.array(levels)[:, None] * np.tile(WEEK, days // 7)


def said_of(panel: Panel, level: Floats) -> Said:
    """Return forecasts that know the week, with bands a fifth off; NaN levels say nothing."""
    mean = level[:, None] * np.tile(WEEK, HORIZON // 7)
    return Said(mean, {80: (mean * 0.8, mean * 1.2)})


@pytest.fixture
def shop() -> tuple[Panel, Said]:
    """Six grown series, one with five days of history and one never sold."""
    y = np.vstack([grown([10, 12, 8, 11, 9, 10]), np.full((2, DAYS), np.nan)])
    y[6, -5:] = 20 * np.tile(WEEK, DAYS // 7)[-5:]
    panel = panel_of(y)
    return panel, said_of(panel, np.array([10, 12, 8, 11, 9, 10, np.nan, np.nan]))


def test_a_newcomer_keeps_its_own_level_where_days_are_quiet_and_takes_the_week_of_its_group(shop):
    panel, said = shop
    filled = newcomers.lend(panel, said)
    new = filled.mean[6]
    assert 15 < new.mean() < 20.5
    np.testing.assert_allclose(new / new.mean(), np.tile(WEEK, 2) / WEEK.mean(), rtol=0.02)


def test_a_product_never_sold_takes_the_typical_level_and_the_note_says_so(shop):
    panel, said = shop
    filled = newcomers.lend(panel, said)
    assert filled.mean[7].sum() == pytest.approx(10 * WEEK.sum() * 2, rel=0.02)
    assert filled.notes == (
        "1 series with too little history for a model borrowed from the others of the group: p6.",
        "1 series never sold yet took the typical level of the group: p7.",
    )


def test_what_models_said_of_grown_series_is_left_alone(shop):
    panel, said = shop
    filled = newcomers.lend(panel, said)
    np.testing.assert_array_equal(filled.mean[:6], said.mean[:6])
    np.testing.assert_array_equal(filled.bands[80][0][:6], said.bands[80][0][:6])


def test_bands_of_newcomers_are_wider_than_those_of_their_group_and_never_below_zero(shop):
    panel, said = shop
    low, high = newcomers.lend(panel, said).bands[80]
    mean = newcomers.lend(panel, said).mean
    assert (low >= 0).all()
    assert (low <= mean).all()
    assert (high >= mean).all()
    assert (high[7] / mean[7] > 1.2).all()
    assert (high[6] - mean[6]).sum() / mean[6].sum() < (high[7] - mean[7]).sum() / mean[7].sum()


def test_a_holiday_the_group_knows_ahead_counts_for_the_newcomer(shop):
    panel, said = shop
    said.mean[:, 3] *= 3
    filled = newcomers.lend(panel, said).mean
    assert filled[6, 3] / filled[6, 10] == pytest.approx(3, rel=0.02)


def test_groups_are_kept_apart():
    y = np.vstack([grown([10, 10, 100, 100]), np.full((2, DAYS), np.nan)])
    panel = panel_of(y, ["small", "small", "large", "large", "small", "large"])
    level = np.array([10, 10, 100, 100, np.nan, np.nan])
    filled = newcomers.lend(panel, said_of(panel, level), "category").mean
    assert filled[4].sum() == pytest.approx(10 * WEEK.sum() * 2, rel=0.02)
    assert filled[5].sum() == pytest.approx(100 * WEEK.sum() * 2, rel=0.02)


def test_a_group_without_grown_series_borrows_from_the_whole_panel():
    y = np.vstack([grown([10, 10]), np.full((1, DAYS), np.nan)])
    panel = panel_of(y, ["a", "a", "b"])
    filled = newcomers.lend(panel, said_of(panel, np.array([10, 10, np.nan])), "category").mean
    assert filled[2].sum() == pytest.approx(10 * WEEK.sum() * 2, rel=0.02)


def test_a_newcomer_follows_how_earlier_launches_went():
    """Launches sell double for eight weeks; one in its last week of them is expected to calm down."""
    curve = np.where(np.arange(DAYS) < 56, 2.0, 1.0)
    y = np.full((8, DAYS + 28), np.nan)
    y[:4] = grown([10] * 4, DAYS + 28)
    y[4:7, 35:] = (grown([10] * 3, DAYS + 28)[:, 35:]) * np.where(np.arange(DAYS - 7) < 56, 2.0, 1.0)
    y[7, -21:] = grown([10], DAYS + 28)[0, -21:] * curve[:21]
    panel = panel_of(y)
    level = np.append(np.full(7, 10.0), np.nan)
    filled = newcomers.lend(panel, said_of(panel, level)).mean
    assert filled[7].sum() == pytest.approx(20 * WEEK.sum() * 2, rel=0.12)


@pytest.mark.parametrize(
    "y",
    [np.full((3, 40), np.nan), np.zeros((3, 40)), np.where(np.arange(120).reshape(3, 40) == 39, 1.0, np.nan),
     np.full((3, 1), 4.0), np.full((3, 40), 7.0)],
    ids=["all unknown", "all zero", "one observation", "one day", "constant"],
)  # fmt: skip
def test_the_poorest_panels_get_an_answer(y):
    panel = panel_of(y)
    filled = newcomers.lend(panel, Said(np.full((3, HORIZON), np.nan)))
    assert np.isfinite(filled.mean).all()
    assert (filled.mean >= 0).all()
    assert filled.notes


def test_a_panel_of_grown_series_is_returned_as_it_is():
    panel = panel_of(grown([10, 12]))
    said = said_of(panel, np.array([10.0, 12.0]))
    assert newcomers.lend(panel, said) is said

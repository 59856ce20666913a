"""Bands of sums over days and over series."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from shoplib.forecasting import trials
from shoplib.forecasting.bands import making, sums
from shoplib.forecasting.bands.cheap import usual
from shoplib.forecasting.models.interface import Crew, Here, Said
from shoplib.forecasting.panel import Panel


class Plain:
    """The mean of four same weekdays."""

    name, label, told = "plain", "Plain", "mean of four same weekdays"

    def forecast(self, panel: Panel, horizon: int, crew: Crew) -> Said:
        return Said(usual(panel.y, panel.history, horizon))


def world(rows: int, alike: float, seed: int = 1, days: int = 420) -> tuple[Panel, np.ndarray]:
    """Return a panel of ``days`` and the 28 days after it; ``alike`` is the size of what a month has in common."""
    rng = np.random.default_rng(seed)
    month = np.repeat(rng.normal(0, alike, (rows, days // 28 + 1)), 28, axis=1)
    y = 1000 + month + rng.normal(0, 50, (rows, days + 28))
    calendar = pd.date_range("2023-01-02", periods=days)
    ids = tuple(f"s{row:02d}" for row in range(rows))
    return Panel(ids, calendar, days, y[:, :days], np.zeros((rows, days), dtype=bool)), y[:, days:]


def summed(panel: Panel) -> tuple[pd.DataFrame, making.Made]:
    shown = trials.run(panel, [Plain()], 28, 3, Here())
    said = Plain().forecast(panel.until(panel.history, 28), 28, Here())
    made = making.ahead(shown, "plain", panel, said)
    return sums.over_days(shown, "plain", panel, said.mean, made.bounds), made


@pytest.mark.parametrize("alike", [0.0, 60.0])
def test_sums_of_days_cover_what_they_say(alike: float):
    panel, came = world(120, alike)
    table, _ = summed(panel)
    held = came.sum(axis=1)
    assert 0.7 <= ((held >= table["low_80"]) & (held <= table["high_80"])).mean() <= 0.92
    assert ((held >= table["low_95"]) & (held <= table["high_95"])).mean() >= 0.9
    assert (table["low_95"] <= table["low_80"]).all() and (table["high_80"] <= table["high_95"]).all()
    assert ((table["low_80"] <= table["expected"]) & (table["expected"] <= table["high_80"])).all()


def test_a_sum_is_surer_than_its_days_and_never_surer_than_chance_allows():
    panel, _ = world(3, 0.0)
    table, made = summed(panel)
    low, high = made.bounds[80]
    mean = usual(panel.y, panel.history, 28)
    upper = table["high_80"] - table["expected"]
    assert (upper < (high - mean).sum(axis=1)).all()
    assert (upper >= np.sqrt(((high - mean) ** 2).sum(axis=1)) - 1e-6).all()
    assert (table["expected"] - table["low_80"] >= np.sqrt(((mean - low) ** 2).sum(axis=1)) - 1e-6).all()


def test_series_with_a_label_in_common_are_added_up():
    panel, _ = world(4, 0.0)
    panel.closed[:2, 6::7] = True
    panel.closed[2, 6::7] = True
    panel.y[panel.closed[:, : panel.history]] = np.nan
    shown = trials.run(panel, [Plain()], 28, 2, Here())
    whole, grown = sums.together(shown, panel, ["b", "b", "a", "a"])
    assert grown.ids == whole.ids == ("a", "b")
    np.testing.assert_allclose(whole.actual[:, 1], shown.actual[:, :2].sum(axis=1))
    np.testing.assert_allclose(whole.mean("plain")[:, 0], shown.mean("plain")[:, 2:].sum(axis=1))
    assert whole.closed[0, 1].sum() == 4 and not whole.closed[0, 0].any()
    sold = grown.sold[0, : grown.days.get_loc(whole.cutoffs[0]) + 1]
    assert whole.scale[0, 0] == pytest.approx(np.abs(sold[7:] - sold[:-7]).mean())
    made = making.bands(whole, "plain", grown)
    assert not np.isnan(made[1].bounds[80][0]).any()


def test_what_is_not_forecast_has_no_sum():
    panel, _ = world(3, 0.0)
    panel.y[0] = np.nan
    table, _ = summed(panel)
    assert table.loc["s00"].isna().all()
    assert table.loc[["s01", "s02"]].notna().all(axis=None)

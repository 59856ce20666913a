"""Bands of whole panels: the rules they keep, how they cover, and how they are chosen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from shoplib.forecasting import accuracy, trials
from shoplib.forecasting.bands import making
from shoplib.forecasting.bands.cheap import usual
from shoplib.forecasting.models.interface import Crew, Here, Said
from shoplib.forecasting.panel import Panel
from shoplib.forecasting.trials import Trials


class Plain:
    """The mean of four same weekdays, with bounds of its own where asked."""

    name, label, told = "plain", "Plain", "mean of four same weekdays"

    def __init__(self, width: float | None = None) -> None:
        self.width = width

    def forecast(self, panel: Panel, horizon: int, crew: Crew) -> Said:
        mean = usual(panel.y, panel.history, horizon)
        if self.width is None:
            return Said(mean)
        bands = {level: (mean - far * self.width, mean + far * self.width) for level, far in ((80, 1.28), (95, 1.96))}
        return Said(mean, bands)


def as_panel(y: np.ndarray, closed: np.ndarray | None = None) -> Panel:
    days = pd.date_range("2023-01-02", periods=y.shape[1])
    shut = np.zeros(y.shape, dtype=bool) if closed is None else closed
    return Panel(tuple(f"s{row:02d}" for row in range(len(y))), days, y.shape[1], np.where(shut, np.nan, y), shut)


def mixed(seed: int = 5, days: int = 420) -> Panel:
    """Return amounts, low counts and sparse series, twenty of each, the amounts closed on Sundays."""
    rng = np.random.default_rng(seed)
    week = np.array([0.8, 0.8, 0.9, 1.0, 1.4, 1.6, 0.5])[np.arange(days) % 7]
    amounts = rng.uniform(300, 2000, (20, 1)) * week * rng.lognormal(0, 0.2, (20, days))
    counts = rng.poisson(rng.uniform(1, 4, (20, 1)) * week * rng.gamma(4, 0.25, (20, days)))
    sparse = np.where(rng.random((20, days)) < 0.5, 0, rng.poisson(rng.uniform(15, 60, (20, 1)), (20, days)))
    closed = np.zeros((60, days), dtype=bool)
    closed[:20, 6::7] = True
    return as_panel(np.vstack([amounts, counts, sparse]).astype(float), closed)


def tried(panel: Panel, width: float | None = None, windows: int = 3, horizon: int = 28) -> Trials:
    return trials.run(panel, [Plain(width)], horizon, windows, Here())


def kept(made: making.Made, mean: np.ndarray, closed: np.ndarray) -> bool:
    """Return whether the rules of bands hold: never negative, nested, around the mean, closed days without width."""
    (low, high), (lowest, highest) = made.bounds[80], made.bounds[95]
    known = ~np.isnan(low)
    nested = (lowest <= low) & (low <= mean) & (mean <= high) & (high <= highest) & (lowest >= 0)
    return bool(nested[known].all() and (highest - lowest)[closed & known].sum() == 0)


def test_bands_of_a_mixed_panel_cover_what_they_say_and_keep_the_rules():
    panel = mixed()
    shown = tried(panel)
    made = making.bands(shown, "plain", panel)
    assert all(
        kept(one, said.mean, shut) for one, said, shut in zip(made, shown.said["plain"], shown.closed, strict=True)
    )
    bounds = [one.bounds for one in made]
    steady = accuracy.pooled(shown, "plain", rows=range(20), bands=bounds)
    assert 0.75 <= steady["coverage_80"] <= 0.86 and 0.92 <= steady["coverage_95"] <= 0.985
    counts = accuracy.pooled(shown, "plain", rows=range(20, 40), bands=bounds)
    assert counts["coverage_80"] >= 0.8 and counts["coverage_95"] >= 0.95
    sparse = accuracy.pooled(shown, "plain", rows=range(40, 60), bands=bounds)
    assert sparse["coverage_80"] >= 0.75 and sparse["coverage_95"] >= 0.92
    assert [set(one.kind[:20]) for one in made] == [{making.POOLED}] * 3
    assert [set(one.kind[20:40]) for one in made] == [{making.COUNTS}] * 3


def test_the_same_trials_give_the_same_bands():
    panel = mixed()
    one, other = (making.bands(tried(panel), "plain", panel) for _ in range(2))
    for first, second in zip(one, other, strict=True):
        np.testing.assert_array_equal(first.bounds[95][1], second.bounds[95][1])


def test_a_band_knows_nothing_of_its_window_and_later_ones():
    panel = mixed()
    shown = tried(panel)
    loud = replace(panel, y=np.where(np.arange(panel.history) >= panel.history - 56, panel.y * 5, panel.y))
    late = replace(shown, actual=shown.actual * np.array([1, 5, 5])[:, None, None])
    first, second = making.bands(shown, "plain", panel), making.bands(late, "plain", loud)
    for window in (0, 1):
        for side in (0, 1):
            np.testing.assert_array_equal(first[window].bounds[95][side], second[window].bounds[95][side])
    assert not np.array_equal(first[2].bounds[95][1], second[2].bounds[95][1])


def test_bounds_of_the_models_own_are_used_where_they_hold_and_left_where_they_do_not():
    rng = np.random.default_rng(2)
    # each series varies by another amount that its past does not tell: only the model knows
    y = 500 + rng.normal(0, 20, (30, 400)) * np.sqrt(1.25)
    y[:, -112:] = 500 + rng.normal(0, 60, (30, 112))
    panel = as_panel(y)
    told = making.bands(tried(panel, 60 * np.sqrt(1.25)), "plain", panel)
    assert set(told[2].kind) == {making.NATIVE}
    narrow = making.bands(tried(panel, 5.0), "plain", panel)
    assert set(narrow[2].kind) == {making.POOLED}


def test_bands_that_fell_short_are_widened_and_it_is_said():
    rng = np.random.default_rng(4)
    y = 500 + rng.normal(0, 10, (30, 400))
    y[:, -56:] = 500 + rng.normal(0, 30, (30, 56))
    panel = as_panel(y)
    made = making.bands(tried(panel), "plain", panel)
    assert set(made[0].widened) == {""} and np.isnan(made[0].coverage[80]).all()
    assert set(made[2].widened) == {"80 95"}
    held = made[2].coverage[80][0]
    assert 0.3 < held < 0.75
    table = made[2].table(panel.ids)
    assert list(table.columns) == ["kind", "widened", "coverage_80", "coverage_95"]
    assert table["coverage_80"].tolist() == [held] * 30


def test_the_days_ahead_have_bands_from_all_trials():
    panel = mixed()
    said = Plain().forecast(panel.until(panel.history, 28), 28, Here()).on(panel.until(panel.history, 28))
    made = making.ahead(tried(panel), "plain", panel, said)
    assert kept(made, said.mean, panel.until(panel.history, 28).closed[:, panel.history :])
    assert not np.isnan(made.bounds[80][0]).any()
    assert (made.coverage[80] > 0.7).all()
    longer = Plain().forecast(panel.until(panel.history, 35), 35, Here())
    assert not np.isnan(making.ahead(tried(panel), "plain", panel, longer).bounds[80][0]).any()


def test_a_forecast_of_nothing_has_no_band():
    panel = mixed()
    shown = tried(panel)
    for said in shown.said["plain"]:
        said.mean[3] = np.nan
    made = making.bands(shown, "plain", panel)
    assert all(np.isnan(one.bounds[95][1][3]).all() and one.kind[3] == making.NONE for one in made)
    assert not np.isnan(made[0].bounds[95][1][[2, 4]]).any()


ODD = some.sampled_from(["zeros", "constant", "one", "late", "unknown", "counts", "huge", "tiny", "spike"])


def odd(kind: str, days: int, rng: np.random.Generator) -> np.ndarray:
    blank = np.full(days, np.nan)
    if kind == "zeros":
        return np.zeros(days)
    if kind == "constant":
        return np.full(days, 7.0)
    if kind == "one":
        blank[-1] = 4
        return blank
    if kind == "late":
        blank[-20:] = rng.uniform(5, 9, len(blank[-20:]))
        return blank
    if kind == "unknown":
        return blank
    if kind == "counts":
        return rng.poisson(1.5, days).astype(float)
    if kind == "spike":
        return np.where(np.arange(days) == days - 40, 1e6, 0.0)
    return rng.uniform(0, 1, days) * (1e12 if kind == "huge" else 1e-9)


@settings(max_examples=40, deadline=None)
@given(some.lists(ODD, min_size=1, max_size=5), some.integers(1, 130), some.integers(1, 40), some.integers(0, 9))
@pytest.mark.filterwarnings("error")
def test_no_odd_series_breaks_a_panel(kinds: list[str], days: int, horizon: int, seed: int):
    rng = np.random.default_rng(seed)
    y = np.stack([odd(kind, days, rng) for kind in kinds])
    panel = as_panel(y, np.broadcast_to(rng.random(days) < 0.1, y.shape))
    shown = tried(panel, horizon=horizon)
    for one, said, shut in zip(making.bands(shown, "plain", panel), shown.said["plain"], shown.closed, strict=True):
        assert kept(one, said.mean, shut)
    whole = panel.until(panel.history, horizon)
    said = Plain(3.0).forecast(whole, horizon, Here()).on(whole)
    assert kept(making.ahead(shown, "plain", panel, said), said.mean, whole.closed[:, panel.history :])

"""Ranks that are apart only where the days say so: against plain twins, and by what chance makes of equal items."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from shoplib.sales import ranks

WEEKDAYS = np.array([1.0, 1.0, 1.0, 1.0, 1.5, 1.8, 1.3])


def days(seed: int, length: int, items: int, likeness: float = 0.0, noise: float = 0.3) -> pd.DataFrame:
    """Return takings of equal items: a rhythm of the week, and chance that is alike from day to day."""
    rng = np.random.default_rng(seed)
    chance = rng.normal(size=(length + 30, items))
    for day in range(1, length + 30):
        chance[day] = likeness * chance[day - 1] + (1 - likeness**2) ** 0.5 * chance[day]
    values = 1_000 * WEEKDAYS[np.arange(length) % 7, None] * (1 + noise * chance[30:])
    return pd.DataFrame(values, pd.date_range("2024-01-01", periods=length), [f"I{i}" for i in range(items)])


@pytest.mark.parametrize(
    ("length", "items", "likeness"), [(21, 6, 0.0), (28, 8, 0.4), (90, 2, 0.0), (120, 6, 0.4), (364, 12, 0.6)]
)
def test_equal_items_share_one_rank(length: int, items: int, likeness: float) -> None:
    seeds = 60
    shared = sum(ranks.ranked(days(seed, length, items, likeness))["rank"].eq("1=").all() for seed in range(seeds))
    assert shared >= stats.binom.ppf(0.01, seeds, 0.95)


def test_days_taken_for_independent_would_be_wrong_often() -> None:
    wrong = 0
    for seed in range(60):
        gap = np.diff(days(seed, 120, 2, 0.6).to_numpy() / WEEKDAYS[np.arange(120) % 7, None], axis=1)[:, 0]
        wrong += bool(stats.ttest_1samp(gap, 0).pvalue < 0.05)
    assert wrong > 9  # more than 15 % instead of 5 %


@pytest.mark.parametrize("length", [28, 120])
def test_items_that_differ_are_apart(length: int) -> None:
    for seed in range(20):
        table = days(seed, length, 4, 0.3, noise=0.1) * [1.0, 2.0, 1.0, 4.0]
        found = ranks.ranked(table)
        assert found["rank"].tolist() == ["1", "2", "3=", "3="]
        assert found["item"].head(2).tolist() == ["I3", "I1"]


def test_intervals_hold_the_mean() -> None:
    held = [
        ((found["low"] <= mean) & (found["high"] >= mean)).mean()
        for found in (ranks.ranked(days(seed, 182, 5, 0.4)) for seed in range(60))
        for mean in [1_000 * WEEKDAYS.mean()]
    ]
    assert np.mean(held) == pytest.approx(0.95, abs=0.04)


def slow(daily: pd.DataFrame) -> list[tuple[str, str]]:
    """Return item and rank by plain loops over pairs, weeks and days; without likeness between neighbours."""
    order = sorted(daily, key=lambda name: -daily[name].sum())
    chance = {}
    for one, other in itertools.combinations(order, 2):
        gap = (daily[one] - daily[other]).tolist()
        weeks = [gap[max(end - 7, 0) : end] for end in range(len(gap), 6, -7)]
        means = [float(np.mean([g for g in week if g == g])) for week in weeks]
        middle = sum(means) / len(means)
        error = (sum((m - middle) ** 2 for m in means) / (len(means) - 1) / len(means)) ** 0.5
        chance[one, other] = (2 * stats.t.sf(abs(middle / error), len(means) - 1), middle)
    apart, worst = set(), 0.0
    for place, (pair, (p, middle)) in enumerate(sorted(chance.items(), key=lambda found: found[1][0])):
        worst = max(worst, p * (len(chance) - place))
        if worst < 0.05 and middle > 0:
            apart.add(pair)
    groups: list[list[str]] = []
    for name in order:
        if groups and (groups[-1][0], name) not in apart:
            groups[-1].append(name)
        else:
            groups.append([name])
    starts = np.cumsum([1, *map(len, groups)])
    return [(name, f"{start}{'=' * (len(group) > 1)}")
            for start, group in zip(starts, groups, strict=False) for name in group]  # fmt: skip


def test_a_plain_loop_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranks, "MOST_LIKENESS", 0.0)
    for seed in range(12):
        table = days(seed, 70 + seed, 5) * np.linspace(1, 1.6, 5)
        table = table.mask(np.random.default_rng(seed).random(table.shape) < 0.1)
        found = ranks.ranked(table)
        assert list(zip(found["item"], found["rank"], strict=True)) == slow(table)
        np.testing.assert_allclose(found["total"], sorted(table.sum(), reverse=True))
        np.testing.assert_allclose(found["mean"], table.mean()[found["item"]])


def test_holm_equals_its_definition() -> None:
    given = np.array([[0.01, np.nan], [0.04, 0.03]])
    np.testing.assert_allclose(ranks.holm(given), [[0.03, np.nan], [0.06, 0.06]])
    assert np.isnan(ranks.holm(np.array([np.nan]))).all()
    assert ranks.holm(np.array([0.9, 0.8])).max() == 1.0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_holm_rejects_as_step_down_does(p: list[float]) -> None:
    found = ranks.holm(np.array(p)) < 0.05
    rejected = set()
    for place, at in enumerate(sorted(range(len(p)), key=lambda i: p[i])):
        if p[at] * (len(p) - place) >= 0.05:
            break
        rejected.add(at)
    assert set(np.flatnonzero(found)) == rejected


def test_estimate_of_independent_units_is_students() -> None:
    rng = np.random.default_rng(2)
    units = rng.permutation(np.tile([-1.0, 1.0, -2.0, 2.5], 5))[:, None]
    units = np.concatenate([units[:10], [[np.nan]], units[10:]])
    found = ranks.estimate(units)
    known = units[~np.isnan(units)]
    assert (found.units[0], found.mean[0]) == (20, pytest.approx(known.mean()))
    wider = (found.error[0] / stats.sem(known)) ** 2
    assert wider >= 1
    assert found.freedom[0] == pytest.approx(20 / wider - 1)
    wanted = stats.t.interval(0.95, found.freedom[0], known.mean(), found.error[0])
    assert (found.mean - found.half, found.mean + found.half) == pytest.approx(wanted)
    assert found.chance()[0] == pytest.approx(2 * stats.t.sf(abs(found.mean[0]) / found.error[0], found.freedom[0]))


def test_units_that_are_alike_are_worth_less() -> None:
    alike = np.repeat([1.0, 2.0, 3.0, 4.0, 5.0], 4)[:, None]
    mixed = alike[np.random.default_rng(1).permutation(20)]
    assert ranks.estimate(alike).error[0] > 1.5 * ranks.estimate(mixed).error[0]
    assert ranks.estimate(mixed, 0.5).error[0] >= 3**0.5 * stats.sem(mixed[:, 0])


def test_too_few_units_are_not_judged() -> None:
    found = ranks.estimate(np.ones((ranks.FEWEST - 1, 2)))
    assert np.isnan(found.error).all()
    assert np.isnan(found.chance()).all()
    short = ranks.ranked(days(1, 7, 3))
    assert short["rank"].tolist() == ["", "", ""]
    assert short[["low", "high"]].isna().all(axis=None)
    assert short["total"].is_monotonic_decreasing


def test_what_never_varies_is_certain() -> None:
    same = ranks.estimate(np.zeros((10, 1)))
    assert (same.chance()[0], same.half[0]) == (1.0, 0.0)
    assert ranks.estimate(np.ones((10, 1))).chance()[0] == 0.0
    flat = pd.DataFrame({"a": [5.0] * 60, "b": [5.0] * 60, "c": [4.0] * 60})
    assert ranks.ranked(flat)["rank"].tolist() == ["1=", "1=", "3"]


def test_items_without_enough_days_come_last_and_are_unranked() -> None:
    table = days(4, 90, 3) * [1.0, 3.0, 9.0]
    table.loc[table.index[5:], "I2"] = np.nan
    table["never"] = np.nan
    found = ranks.ranked(table)
    assert dict(zip(found["item"], found["rank"], strict=True)) == {"I1": "1", "I0": "2", "I2": "", "never": ""}
    assert found["item"].iloc[-1] == "never"
    assert found["total"].isna().tolist() == [False, False, False, True]


def test_one_item_and_none() -> None:
    assert ranks.ranked(days(1, 60, 1))["rank"].tolist() == ["1"]
    assert ranks.ranked(days(1, 60, 0)).empty
    assert ranks.ranked(days(1, 0, 2))["rank"].tolist() == ["", ""]


def test_ties_keep_the_order_of_the_columns() -> None:
    flat = pd.DataFrame({"b": [5.0] * 20, "a": [5.0] * 20})
    assert ranks.ranked(flat)["item"].tolist() == ["b", "a"]


def test_weeks_are_counted_back_from_the_last_day() -> None:
    daily = np.arange(60.0)[:, None]
    np.testing.assert_array_equal(ranks.gathered(daily)[:, 0], [7.0 + 7 * week for week in range(8)])
    gap = daily.copy()
    gap[4:11] = np.nan
    gap[53:59] = np.nan
    assert np.isnan(ranks.gathered(gap)[0, 0])
    assert ranks.gathered(gap)[-1, 0] == 59.0
    assert ranks.gathered(daily[:55]).shape == (55, 1)

"""Forecasts that add up, and an owner's word that spreads down."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.errors import ConfigError
from shoplib.forecasting import hierarchy, trials
from shoplib.forecasting.models.interface import Said
from shoplib.forecasting.models.simple import RollingMean, WeekdayMean
from shoplib.forecasting.panel import Floats, Panel

LEVELS = {"total": [], "store": ["store"], "category": ["category"]}
STORES, CATEGORIES = ["north", "south"], ["bread", "milk", "tea"]


def panel_of(y: Floats, horizon: int = 7) -> Panel:
    """Return a panel of stores and categories, from a Monday on."""
    pairs = [(store, category) for store in STORES for category in CATEGORIES][: len(y)]
    static = pd.DataFrame(pairs, columns=["store", "category"])
    static.index = pd.Index(static["store"] + "/" + static["category"], name="unique_id")
    days = pd.date_range("2024-01-01", periods=y.shape[1] + horizon)
    closed = np.zeros((len(y), len(days)), dtype=bool)
    return Panel(tuple(static.index), days, y.shape[1], y, closed, static=static)


def sold(days: int = 210, seed: int = 1) -> Floats:
    """Return six series with a week, noise of their own and one they share."""
    rng = np.random.default_rng(seed)
    week = np.tile([0.7, 0.8, 0.9, 1.0, 1.4, 1.6, 0.6], days // 7 + 1)[:days]
    common = rng.normal(1, 0.1, days)
    return rng.poisson(np.array([[5], [9], [2], [14], [30], [1]]) * week * np.maximum(common, 0.1)).astype(float)


def assert_adds_up(means: dict[str, Floats], panel: Panel) -> None:
    """Assert that every node is the sum of its series, to the sixth decimal."""
    series = pd.DataFrame(means["series"])
    np.testing.assert_allclose(means["total"][0], series.sum(), atol=1e-6, rtol=0)
    for level in ("store", "category"):
        sums = series.groupby(panel.static[level].to_numpy(), sort=True).sum()
        np.testing.assert_allclose(means[level], sums, atol=1e-6, rtol=0)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), method=st.sampled_from(list(hierarchy.TOLD)), scale=st.sampled_from([1e-3, 1, 1e6]))
def test_whatever_the_levels_say_the_answer_adds_up_and_is_never_negative(seed, method, scale):
    rng = np.random.default_rng(seed)
    panel = panel_of(sold(28))
    tree = hierarchy.tree(panel, LEVELS)
    base = tree.parts(rng.gamma(0.3, 30, (len(tree.names), 7)) * scale)
    errors = tree.parts(rng.normal(0, 5, (len(tree.names), 60)) * scale)
    shut = rng.random((6, 7)) < 0.2
    got = hierarchy.reconcile(base, tree, errors, shut, method)
    assert_adds_up(got.means, panel)
    assert all((grid >= 0).all() for grid in got.means.values())
    assert (got.means["series"][shut] == 0).all()
    assert got.method == method


def test_panels_of_the_levels_add_up_and_are_closed_when_all_their_series_are():
    y = sold(28)
    panel = panel_of(y)
    panel.closed[:3, 6] = True
    panel.closed[:, 13] = True
    y[panel.closed[:, :28]] = np.nan
    levels = hierarchy.summed(panel, LEVELS)
    np.testing.assert_allclose(levels["total"].sold[0], np.nansum(y, axis=0))
    assert levels["store"].closed[:, 6].tolist() == [True, False]
    assert np.isnan(levels["total"].y[0, 13])
    assert levels["category"].ids == ("bread", "milk", "tea")
    assert levels["series"] is panel


def test_what_is_not_known_of_a_sum_is_reckoned_from_the_rest_unless_that_is_the_lesser_part():
    y = np.array([[10.0] * 20, [10.0] * 20, [5.0] * 20])
    y[2, 3] = y[0, 5] = y[1, 5] = np.nan
    total = hierarchy.summed(panel_of(y), {"total": []})["total"].y[0]
    assert total[3] == pytest.approx(25)
    assert np.isnan(total[5])
    assert total[4] == pytest.approx(25)


def test_a_series_that_has_not_begun_adds_nothing_to_its_sums():
    y = np.array([[10.0] * 20, [10.0] * 20])
    y[1, :12] = np.nan
    total = hierarchy.summed(panel_of(y), {"total": []})["total"].y[0]
    assert total.tolist() == [10.0] * 12 + [20.0] * 8


def test_flags_known_ahead_become_the_share_of_the_series():
    y = np.ones((4, 10))
    panel = panel_of(y)
    promo = np.zeros((4, 17))
    promo[0, 12], promo[1, 12], promo[2, 12], promo[3, 12] = 1, 0, np.nan, 1
    shop = Panel(panel.ids, panel.days, 10, y, panel.closed, {"promo": promo}, panel.static)
    assert hierarchy.summed(shop, {"total": []})["total"].known["promo"][0, 12] == pytest.approx(2 / 3)


def test_covariance_needs_three_errors_a_node_and_falls_back_to_structure_with_a_note():
    panel = panel_of(sold(28))
    tree = hierarchy.tree(panel, LEVELS)
    base = tree.added(np.ones((6, 7)))
    rng = np.random.default_rng(1)
    enough, few = (tree.parts(rng.normal(0, 1, (len(tree.names), days))) for days in (36, 35))
    assert hierarchy.reconcile(base, tree, enough).method == hierarchy.MINT
    assert hierarchy.reconcile(base, tree, few).method == hierarchy.WLS
    assert hierarchy.reconcile(base, tree, few, method=hierarchy.MINT).notes == (
        "Too few errors or too many series for a covariance; all levels weighed by how many series they hold.",
    )


def test_too_many_series_are_added_up_and_the_note_says_so():
    many = hierarchy.MOST_WLS + 1
    rows = {"total": slice(0, 1), "series": slice(1, many + 1)}
    tree = hierarchy.Tree(("total", *map(str, range(many))), np.ones((1, many)), rows)
    got = hierarchy.reconcile({"total": np.full((1, 2), 9.0), "series": np.ones((many, 2))}, tree)
    assert got.method == hierarchy.BOTTOM_UP
    assert got.means["total"].tolist() == [[many, many]]
    assert got.notes == ("3,001 series are too many to reconcile; the sums are those of the series.",)


def test_a_level_that_says_nothing_is_the_sum_and_a_mute_series_counts_as_nothing():
    panel = panel_of(sold(28))
    tree = hierarchy.tree(panel, LEVELS)
    series = np.full((6, 7), 3.0)
    series[5] = np.nan
    got = hierarchy.reconcile({"series": series}, tree)
    assert got.means["total"][0].tolist() == pytest.approx([15.0] * 7)
    assert got.notes == ("1 series without a forecast count as 0 in the sums.",)


def test_the_total_is_kept_when_series_would_have_fallen_below_zero():
    panel = panel_of(sold(28))
    tree = hierarchy.tree(panel, {"total": []})
    series = np.array([[1.0], [1.0], [1.0], [30.0], [30.0], [30.0]])
    got = hierarchy.reconcile({"total": np.array([[50.0]]), "series": series}, tree, method=hierarchy.OLS).means
    assert (got["series"] >= 0).all()
    assert (got["series"][:3] == 0).all()
    assert got["total"][0, 0] == pytest.approx(93 - 43 * 6 / 7)


def test_a_back_test_says_which_method_was_closest_and_reconciling_beats_adding_up():
    """Where the total is known and the series are guessed at, the total mends the series."""
    panel = panel_of(sold(210))
    tree = hierarchy.tree(panel, LEVELS)
    done = {level: trials.run(part, [WeekdayMean(), RollingMean()], 7, 4)
            for level, part in hierarchy.summed(panel, LEVELS).items()}  # fmt: skip
    mixed = dict.fromkeys(LEVELS, "weekday_mean") | {"series": "rolling_mean"}
    table = hierarchy.beside(done, "rolling_mean", tree, mixed)
    assert set(table["method"]) == set(hierarchy.TOLD)
    assert table["mean"].is_monotonic_increasing
    wape = table.set_index("method")["total"]
    assert wape[hierarchy.WLS] < 0.9 * wape[hierarchy.BOTTOM_UP]
    same = hierarchy.beside(done, "weekday_mean", tree)
    assert same["method"][0] == hierarchy.BOTTOM_UP


def test_bounds_move_with_the_mean():
    said = Said(np.array([[10.0, 0.0]]), {80: (np.array([[8.0, 0.0]]), np.array([[14.0, 2.0]]))})
    after = hierarchy.moved(said, np.array([[5.0, 1.0]]))
    assert after.bands[80][0].tolist() == [[4.0, 1.0]]
    assert after.bands[80][1].tolist() == [[7.0, 3.0]]


def test_an_owners_word_spreads_down_in_proportion_and_the_table_shows_who_moved_whom():
    panel = panel_of(sold(28))
    tree = hierarchy.tree(panel, LEVELS)
    before = tree.added(np.array([[2.0, 2.0], [4.0, 4.0], [6.0, 6.0], [1.0, 1.0], [1.0, 1.0], [1.0, 1.0]]))
    after, table = hierarchy.override(before, tree, "store", "north", 48.0)
    assert_adds_up(after, panel)
    np.testing.assert_allclose(after["series"][:3], [[4, 4], [8, 8], [12, 12]])
    np.testing.assert_allclose(after["series"][3:], before["series"][3:])
    told = table.set_index(["level", "node"])
    assert told.loc[("store", "north"), "because"] == "owner"
    assert told.loc[("total", "total"), "because"] == "adds up"
    assert told.loc[("series", "north/milk"), ["because", "before", "after"]].tolist() == ["spread down", 8.0, 16.0]
    assert told.loc[("category", "bread"), ["because", "moved"]].tolist() == ["adds up", 4.0]
    assert ("store", "south") not in told.index


def test_an_owners_word_for_one_day_of_a_node_that_expected_nothing_spreads_evenly():
    panel = panel_of(sold(28))
    tree = hierarchy.tree(panel, LEVELS)
    after, _ = hierarchy.override(tree.added(np.zeros((6, 3))), tree, "category", "tea", 4.0, slice(1, 2))
    np.testing.assert_allclose(after["category"], [[0, 0, 0], [0, 0, 0], [0, 4, 0]])
    np.testing.assert_allclose(after["series"][[2, 5], 1], [2, 2])


def test_an_impossible_word_is_refused():
    panel = panel_of(sold(28))
    tree = hierarchy.tree(panel, LEVELS)
    with pytest.raises(ConfigError) as refused:
        hierarchy.override(tree.added(np.ones((6, 3))), tree, "store", "nort", 5.0)
    assert str(refused.value) == (
        "A forecast cannot be overridden so\n"
        "  where   store nort\n"
        "  found   no such store\n"
        "  wanted  one of north, south\n"
        "  next    did you mean north?"
    )
    for value in (-1.0, np.nan, np.inf):
        with pytest.raises(ConfigError, match="a quantity of 0 or more"):
            hierarchy.override(tree.added(np.ones((6, 3))), tree, "store", "north", value)


def test_a_level_of_a_column_the_series_do_not_have_is_refused():
    with pytest.raises(ConfigError) as refused:
        hierarchy.tree(panel_of(sold(28)), {"region": ["region"]})
    assert str(refused.value) == (
        "A level of the hierarchy cannot be made\n"
        "  where   region\n"
        "  found   columns of the series: store, category\n"
        "  wanted  the column region\n"
        "  next    name a column that the series have, or leave the level out"
    )


@pytest.mark.parametrize(
    "y", [np.zeros((6, 20)), np.full((6, 20), np.nan), np.full((6, 1), 2.0), np.full((6, 20), 5.0)],
    ids=["all zero", "all unknown", "one observation", "constant"],
)  # fmt: skip
def test_the_poorest_panels_add_up(y):
    panel = panel_of(y)
    tree = hierarchy.tree(panel, LEVELS)
    parts = hierarchy.summed(panel, LEVELS)
    assert [len(part.ids) for part in parts.values()] == [1, 2, 3, 6]
    base = {level: RollingMean().forecast(part, 7, None).mean for level, part in parts.items()}
    errors = {level: np.zeros((len(part.ids), 90)) for level, part in parts.items()}
    got = hierarchy.reconcile(base, tree, errors)
    assert_adds_up(got.means, panel)

"""The five files of a league: what stands in them, that they come whole, and whose folder they may take."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from shoplib.errors import ConfigError, StoreError
from shoplib.forecasting import league, reading, writing

MODELS = ("weekday_mean", "seasonal_naive")


def panel(days=80, series=3):
    rng = np.random.default_rng(5)
    week = 4 + 3 * (np.arange(days) % 7)
    table = pd.concat(
        pd.DataFrame({"unique_id": f"s{place}", "ds": pd.date_range("2024-01-01", periods=days),
                      "y": rng.poisson(week * (1 + place))})
        for place in range(series)
    )  # fmt: skip
    return reading.panel_of(table).panel


@pytest.fixture(scope="module")
def found():
    return league.run(panel(), MODELS, 7, 3)


def test_forecasts_have_a_row_a_series_model_window_and_day(found, tmp_path):
    writing.write(found, tmp_path / "out")
    rows = pd.read_parquet(tmp_path / "out" / "forecasts.parquet")
    assert list(rows) == ["unique_id", "cutoff", "ds", "model", "y", "yhat", "lo80", "hi80", "lo95", "hi95"]
    assert len(rows) == 3 * len(MODELS) * 3 * 7
    assert not rows.duplicated(["unique_id", "cutoff", "ds", "model"]).any()
    ahead = (rows["ds"] - rows["cutoff"]).dt.days
    assert (ahead.min(), ahead.max()) == (1, 7)
    assert set(rows["cutoff"]) == {pd.Timestamp("2024-02-28"), pd.Timestamp("2024-03-06"), pd.Timestamp("2024-03-13")}
    for low, high in (("lo80", "hi80"), ("lo95", "hi95")):
        assert ((rows[low] >= 0) & (rows[low] <= rows["yhat"]) & (rows["yhat"] <= rows[high])).all()
    sold = dict(zip(zip(*(rows[name] for name in ("unique_id", "ds")), strict=True), rows["y"], strict=True))
    assert all(
        value == panel().y[int(name[1]), (day - pd.Timestamp("2024-01-01")).days] for (name, day), value in sold.items()
    )


def test_the_future_has_the_days_after_the_data(found, tmp_path):
    writing.write(found, tmp_path / "out")
    rows = pd.read_parquet(tmp_path / "out" / "future.parquet")
    assert list(rows) == ["unique_id", "cutoff", "ds", "model", "yhat", "lo80", "hi80", "lo95", "hi95"]
    assert set(rows["cutoff"]) == {pd.Timestamp("2024-03-20")}
    assert (rows["ds"].min(), rows["ds"].max()) == (pd.Timestamp("2024-03-21"), pd.Timestamp("2024-03-27"))
    assert len(rows) == 3 * len(MODELS) * 7


def test_measures_are_those_of_the_rows(found, tmp_path):
    writing.write(found, tmp_path / "out")
    rows = pd.read_parquet(tmp_path / "out" / "forecasts.parquet")
    table = pd.read_csv(tmp_path / "out" / "metrics.csv").set_index(["unique_id", "model"])
    assert len(table) == (1 + 3) * len(MODELS)
    for (name, model), part in rows.groupby(["unique_id", "model"]):
        wape = (part["yhat"] - part["y"]).abs().sum() / part["y"].sum()
        assert table.loc[(name, model), "wape"] == pytest.approx(wape, rel=1e-8)
    whole = rows[rows["model"] == MODELS[0]]
    held = ((whole["lo80"] <= whole["y"]) & (whole["y"] <= whole["hi80"])).mean()
    assert table.loc[("*", MODELS[0]), "coverage_80"] == pytest.approx(held, rel=1e-8)
    assert table.loc["*", "rmsse"].is_monotonic_increasing


def test_what_was_chosen_and_what_it_cost_is_told(found, tmp_path):
    writing.write(found, tmp_path / "out")
    chosen = pd.read_csv(tmp_path / "out" / "chosen.csv")
    assert list(chosen) == ["unique_id", "models", "weights", "fallback", "reason"]
    assert chosen["unique_id"].tolist() == ["s0", "s1", "s2"]
    assert set(chosen["models"]) <= set(MODELS)
    assert set(chosen["reason"]) == {"lowest RMSSE of 2 models in 3 trials"}
    cost = json.loads((tmp_path / "out" / "cost.json").read_text())
    assert set(cost["models"]) == set(MODELS)
    assert cost["all"] >= sum(cost["models"].values()) - 0.01


def test_the_same_table_gives_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        writing.write(league.run(panel(), MODELS, 7, 3), tmp_path / name)
    for name in set(writing.NAMES) - {writing.COST}:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_an_earlier_result_is_replaced_and_nothing_is_left_beside(found, tmp_path):
    writing.write(found, tmp_path / "out")
    (tmp_path / "out" / "metrics.csv").write_text("old")
    writing.write(found, tmp_path / "out")
    assert (tmp_path / "out" / "metrics.csv").read_text() != "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(writing.NAMES)


def test_other_peoples_files_are_left_alone(found, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(StoreError) as refused:
        writing.write(found, tmp_path)
    assert str(refused.value) == (
        "The folder holds other files\n"
        f"  where   {tmp_path}\n"
        "  found   mine.txt\n"
        "  wanted  a new or empty folder, or an earlier result\n"
        "  next    name another with --out"
    )
    with pytest.raises(StoreError, match="The folder for results is a file"):
        writing.require_folder(tmp_path / "mine.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_result_that_cannot_be_written_leaves_the_earlier_one(found, tmp_path):
    writing.write(found, tmp_path / "out")
    before = (tmp_path / "out" / "chosen.csv").read_bytes()
    (tmp_path / ".out.part").write_text("in the way")
    with pytest.raises(StoreError):
        writing.write(found, tmp_path / "out")
    assert (tmp_path / "out" / "chosen.csv").read_bytes() == before


def test_a_history_too_short_for_trials_is_forecast_and_told():
    found = league.run(panel(days=12), MODELS, 28, 3)
    assert found.short == ("0 windows instead of 3: the history of 12 days allows no more of 28 days each",)
    assert len(found.trials.cutoffs) == 0
    assert not np.isnan(found.future["weekday_mean"].mean).any()
    assert set(found.chosen["reason"]) == {"nothing could be measured"}


def test_tables_of_a_league_without_trials_have_their_columns(tmp_path):
    writing.write(league.run(panel(days=12), MODELS, 28, 3), tmp_path / "out")
    rows = pd.read_parquet(tmp_path / "out" / "forecasts.parquet")
    assert len(rows) == 0
    assert list(rows)[:6] == ["unique_id", "cutoff", "ds", "model", "y", "yhat"]
    assert pd.read_csv(tmp_path / "out" / "metrics.csv").empty
    assert len(pd.read_parquet(tmp_path / "out" / "future.parquet")) == 3 * 2 * 28


def test_a_model_nobody_knows_is_told_with_the_nearest_name():
    with pytest.raises(ConfigError) as refused:
        league.run(panel(), ["weekday_means"], 7, 3)
    assert "There is no forecasting model of this name\n  where   --models\n  found   weekday_means" in str(
        refused.value
    )
    assert "write weekday_mean, if that is meant" in str(refused.value)

"""``shoplib forecast backtest``: any table of daily series in, five files out, and never a traceback."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest

from shoplib.cli import main
from shoplib.forecasting import writing

DAYS = pd.date_range("2024-01-01", periods=90)
LIST = ("--models", "weekday_mean,rolling_mean")


def table(days=DAYS, **more):
    return pd.DataFrame({"unique_id": "a", "ds": days, "y": (np.arange(len(days)) % 7 + 3.0)} | more)


def backtest(tmp_path, frame, *given):
    frame.to_csv(tmp_path / "in.csv", index=False)
    more = [str(word) for word in given]
    return main(["forecast", "backtest", str(tmp_path / "in.csv"), "--horizon", "7", "--workers", "1", "--quiet",
                 "--out", str(tmp_path / "out"), *more])  # fmt: skip


def test_a_table_gives_five_files_and_tells_what_they_say(tmp_path, capsys):
    both = pd.concat([table(), table(unique_id="b", y=np.arange(90) % 5 + 1.0).drop(index=7)])
    assert backtest(tmp_path, both, *LIST) == 0
    told = capsys.readouterr()
    assert told.err == ""
    lines = told.out.splitlines()
    assert lines[0] == "2 series until 30 Mar 2024, 7 days ahead, 3 windows"
    assert re.fullmatch(r" +RMSSE +WAPE +MASE +bias +in 80 % +in 95 %", lines[1])
    assert lines[2].startswith("weekday_mean ")
    assert lines[4] == "chosen: weekday_mean for 1, rolling_mean for 1"
    assert lines[5] == "note: 1 day of 1 series without a row taken as nothing sold"
    assert lines[6] == f"written: {', '.join(writing.NAMES)} in {tmp_path / 'out'}"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(writing.NAMES)


def test_a_history_shorter_than_the_horizon_is_answered_with_a_warning(tmp_path, capsys):
    assert backtest(tmp_path, table(DAYS[:20]), *LIST, "--horizon", "28") == 1
    assert (
        "missing: 0 windows instead of 3: the history of 20 days allows no more of 28 days each"
        in capsys.readouterr().out
    )
    assert len(pd.read_parquet(tmp_path / "out" / "future.parquet")) == 2 * 28


def test_fewer_windows_than_asked_for_are_told(tmp_path, capsys):
    assert backtest(tmp_path, table(DAYS[:30]), *LIST) == 1
    assert (
        "missing: 2 windows instead of 3: the history of 30 days allows no more of 7 days each"
        in capsys.readouterr().out
    )


@pytest.mark.parametrize("models", ["weekday_mean,tsb,croston_sba,seasonal_naive,ensemble", "auto"])
def test_odd_series_never_break_the_panel(tmp_path, models):
    odd = pd.concat([
        table(), table(unique_id="zeros", y=0), table(unique_id="same", y=5), table(unique_id="once").tail(1),
        table(unique_id="holes").iloc[::11], table(unique_id="empty", y=[np.nan] * 80 + [1.0] * 10),
        table(unique_id="early").head(3), table(unique_id="next", ds=DAYS + pd.Timedelta(days=90), y=np.nan),
    ])  # fmt: skip
    assert backtest(tmp_path, odd, "--models", models) == int(models != "auto"), "auto lends to the one never sold"
    rows = pd.read_parquet(tmp_path / "out" / "future.parquet")
    assert {"a", "zeros", "same", "once", "holes", "empty", "early"} <= set(rows["unique_id"])
    assert (rows["yhat"] >= 0).all()
    assert np.isfinite(rows["yhat"]).all()
    assert rows.loc[rows["unique_id"] == "zeros", "yhat"].max() == 0
    assert set(rows["model"]) == set(models.split(","))


def test_auto_costs_what_its_members_cost(tmp_path, capsys):
    assert backtest(tmp_path, table(), "--windows", "1") == 0
    rows = pd.read_parquet(tmp_path / "out" / "forecasts.parquet")
    assert set(rows["model"]) == {"auto"}
    assert len(rows) == 7
    cost = json.loads((tmp_path / "out" / "cost.json").read_text())
    assert set(cost["models"]) == {"auto"}
    assert sum(cost["members"].values()) - 0.01 <= cost["models"]["auto"] <= cost["all"]
    assert "chosen: " in capsys.readouterr().out


def test_the_ensemble_is_made_of_what_was_asked_for(tmp_path, capsys):
    assert backtest(tmp_path, table(), "--models", "rolling_mean", "seasonal_naive", "ensemble") == 0
    assert "note: ensemble: " in capsys.readouterr().out
    rows = pd.read_parquet(tmp_path / "out" / "forecasts.parquet")
    assert set(rows["model"]) == {"rolling_mean", "seasonal_naive", "ensemble"}


@pytest.mark.parametrize(
    ("frame", "given", "told"),
    [(table(y="x"), LIST, "is not all numbers"), (table().head(0), LIST, "The table has no rows"),
     (pd.concat([table(), table(y=1)]), LIST, "several rows a day"), (table(), ("--id", "shop"), "no column shop"),
     (table(pd.date_range("2020-01-01", periods=60, freq="7D")), LIST, "The series are weekly"),
     (table(), ("--models", "profet"), "write prophet, if that is meant"),
     (table(), ("--holidays", "XX"), "The holidays of this country are not known")],
)  # fmt: skip
def test_what_cannot_be_forecast_is_refused_with_a_reason(tmp_path, capsys, frame, given, told):
    assert backtest(tmp_path, frame, *given) == 2
    spoken = capsys.readouterr()
    assert told in spoken.err
    assert "  next    " in spoken.err
    assert not (tmp_path / "out").exists()


def test_a_folder_of_others_is_refused_before_any_work(tmp_path, capsys):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    assert backtest(tmp_path, table(), *LIST) == 2
    assert "The folder holds other files" in capsys.readouterr().err


@pytest.mark.parametrize("given", [("--horizon", "0"), ("--windows", "x"), ("--workers", "-1")])
def test_counts_that_are_none_are_refused(tmp_path, capsys, given):
    with pytest.raises(SystemExit, match="2"):
        backtest(tmp_path, table(), *given)
    assert "is not a whole number from 1 to 1000" in capsys.readouterr().err

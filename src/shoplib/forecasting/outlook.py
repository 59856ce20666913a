"""From ``sales_daily`` to the forecast: tries the models, chooses one, and says how far it can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from shoplib.base.calendar import Period
from shoplib.forecasting import backtest, intervals, scores
from shoplib.forecasting.backtest import Plan
from shoplib.forecasting.intervals import Range
from shoplib.forecasting.series import EVERYWHERE, MEASURE, coming, lag_scale, ready, takings, together
from shoplib.forecasting.weekly import BASELINE, Model, candidates

FORECAST = ["location_id", "measure", "business_date", "model", "expected", "low_80", "high_80"]
FORECAST_SCORES = ["location_id", "measure", "model", "days", "wape", "mase", "bias", "coverage_80", "chosen"]


@dataclass(frozen=True)
class Outlook:
    """The forecast of a shop with everything that is told about it."""

    plan: Plan
    models: tuple[Model, ...]
    chosen: Model | None
    """The one model used for every place; ``None`` without a forecast."""
    history: pd.Series
    """Takings of all places by day, minor units; NaN where none traded."""
    period: Period | None
    """The coming days."""
    forecast: pd.DataFrame
    """The declared table ``forecast``."""
    scores: pd.DataFrame
    """The declared table ``forecast_scores``."""
    total: Range | None
    """Expected sum of the coming days, all places."""
    left_out: tuple[str, ...]
    """Ids of places that get no forecast: known for less than two weeks, or without trade for four."""

    def score_of(self, place: str = EVERYWHERE) -> pd.Series | None:
        """Return the scores of the chosen model at a place, ``None`` where it could not be tried."""
        rows = self.scores[(self.scores["chosen"] == "yes") & (self.scores["location_id"] == place)]
        return None if rows.empty else rows.iloc[0]


def outlook(
    daily: pd.DataFrame, horizon_days: int = 28, windows: int = 4, models: Sequence[Model] | None = None
) -> Outlook:
    """Return the forecast of daily takings from ``sales_daily``; without rows there are empty tables.

    One model serves all places, so that their forecasts add up to that of ``*``; see :func:`choose`.
    """
    tried = tuple(candidates() if models is None else models)
    series = takings(daily)
    trial = backtest.plan(series, horizon_days, windows)
    places = ready(series)
    left_out = tuple(str(place) for place in series.columns if place not in places)
    if not trial.horizon_days:
        return Outlook(
            trial, tried, None, together(series), None, pd.DataFrame(columns=FORECAST),
            pd.DataFrame(columns=FORECAST_SCORES), None, left_out,
        )  # fmt: skip
    errors = backtest.run(series, list(tried), trial)
    table = scores.score(errors)
    used = choose(table, tried)
    days = coming(series, trial.horizon_days)
    own = errors[errors["model"] == used.name]
    rows = _forecast(series[places], used, days, own)
    expected = float(rows.loc[rows["location_id"] == EVERYWHERE, "expected"].sum())
    return Outlook(
        plan=trial,
        models=tried,
        chosen=used,
        history=together(series),
        period=Period(days[0].date(), days[-1].date()),
        forecast=rows,
        scores=_scores(table, errors, used),
        total=intervals.of_sum(own, expected),
        left_out=left_out,
    )


def choose(table: pd.DataFrame, models: Sequence[Model]) -> Model:
    """Return the model to use, from the scores of :func:`scores.score`: the baseline unless another beats it.

    A model beats it if its MASE is lower for all places together and on average over the places; of those that do, the
    lowest for all together is used. Without scores, and among equals, it is the baseline.
    """
    by_name = {model.name: model for model in models}
    whole = table.index.get_level_values("location_id") == EVERYWHERE
    together_mase = table.loc[whole, "mase"].groupby(level="model").mean()
    single_mase = table.loc[~whole, "mase"].groupby(level="model").mean()
    if BASELINE not in together_mase.index or BASELINE not in single_mase.index:
        return by_name[BASELINE]
    better = (together_mase < together_mase[BASELINE]) & (single_mase < single_mase[BASELINE])
    beating = together_mase[better]
    return by_name[BASELINE if beating.empty else str(beating.idxmin())]


def _forecast(train: pd.DataFrame, model: Model, days: pd.DatetimeIndex, errors: pd.DataFrame) -> pd.DataFrame:
    """Return the declared table ``forecast``: places in order, ``*`` first."""
    table = backtest.forecast(train, model, days)
    table = table.assign(**{EVERYWHERE: together(table)})
    scale = lag_scale(train)
    scale[EVERYWHERE] = lag_scale(together(train).to_frame())[EVERYWHERE]
    rows = table.melt(ignore_index=False, var_name="location_id", value_name="expected").reset_index()
    rows = rows.dropna(subset="expected").sort_values(["location_id", "business_date"], ignore_index=True)
    rows["step"] = (rows["business_date"] - train.index[-1]).dt.days
    rows["scale"] = rows["location_id"].map(scale)
    band = intervals.around(rows, intervals.bounds(errors))
    rows["measure"], rows["model"] = MEASURE, model.name
    rows["low_80"], rows["high_80"] = band["low"], band["high"]
    return rows[FORECAST]


def _scores(table: pd.DataFrame, errors: pd.DataFrame, used: Model) -> pd.DataFrame:
    """Return the declared table ``forecast_scores``."""
    held = {name: intervals.coverage(rows) for name, rows in errors.groupby("model")}
    rows = table.reset_index()
    rows["measure"] = MEASURE
    rows["coverage_80"] = [
        float(held[model].get(place, float("nan")))
        for place, model in zip(rows["location_id"], rows["model"], strict=True)
    ]
    rows["chosen"] = (rows["model"] == used.name).map({True: "yes", False: "no"})
    return rows[FORECAST_SCORES]

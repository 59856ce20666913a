"""The declared tables of a forecast: what is expected, how well each model did, and which are used."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from shoplib.forecasting import accuracy
from shoplib.forecasting.demand_series import KEYS, OTHERS, TAKINGS, UNITS
from shoplib.forecasting.engine import USED, Expected
from shoplib.forecasting.models.interface import LEVELS

FORECAST = [*KEYS, "business_date", "model", "expected", "low_80", "high_80", "low_95", "high_95", "prepare"]
MEASURES = ["wape", "mase", "rmsse", "mape", "rmse", "r2", "bias", "coverage_80", "coverage_95", "width_80"]
SCORES = [*KEYS, "model", "days", *MEASURES, "error_minor", "chosen"]
PREPARED = ("product", "location_product")
"""Levels of what can be prepared."""
MODELS = [*KEYS, "model", "weight", "fallback", "reason"]


def empty(name: str) -> pd.DataFrame:
    """Return a declared table without rows."""
    return pd.DataFrame(columns={"forecast": FORECAST, "forecast_scores": SCORES, "forecast_models": MODELS}[name])


def forecast(found: Sequence[Expected]) -> pd.DataFrame:
    """Return the declared table ``forecast``: one row a series and coming open day."""
    return _stacked([_ahead(one) for one in found], FORECAST)


def _ahead(one: Expected) -> pd.DataFrame:
    panel, horizon = one.series.panel, one.mean.shape[1]
    rows = one.series.keys.loc[one.series.keys.index.repeat(horizon)].reset_index(drop=True)
    rows["business_date"] = np.tile(panel.coming(horizon), len(panel.ids))
    rows["model"] = one.used
    rows["expected"] = one.mean.ravel()
    for level in LEVELS:
        low, high = one.bands.get(level, (np.full_like(one.mean, np.nan),) * 2)
        rows[f"low_{level}"], rows[f"high_{level}"] = low.ravel(), high.ravel()
    counted = (one.series.measure == UNITS) & rows["level"].isin(PREPARED) & (rows["product_id"] != OTHERS)
    rows["prepare"] = np.where(counted, one.prepare.ravel(), np.nan)
    opened = ~panel.closed[:, panel.history : panel.history + horizon].ravel()
    return rows[opened & rows["expected"].notna().to_numpy()]


def scores(found: Sequence[Expected], worth: pd.DataFrame) -> pd.DataFrame:
    """Return the declared table ``forecast_scores``; ``worth`` has price_minor and cost_minor of the units' series."""
    parts = []
    for one in found:
        money = one.series.measure == TAKINGS
        margin = 1.0 if money else (worth["price_minor"] - worth["cost_minor"]).clip(lower=0).to_numpy()
        waste = 1.0 if money else worth["cost_minor"].to_numpy()
        for model in one.trials.said:
            rows = accuracy.scores(one.trials, model, bands=one.past_bands if model == USED else None)
            cost = accuracy.error_money(one.trials, model, margin, waste)["cost"].to_numpy()
            days = rows["days"].to_numpy()
            each = np.round(np.divide(cost, days, out=np.full(len(days), np.nan), where=days > 0))
            rows["error_minor"] = pd.array(each, dtype="Float64").astype("Int64")
            rows["model"], rows["chosen"] = model, "yes" if model == USED else "no"
            rows = rows.reindex(columns=SCORES[len(KEYS) :]).reset_index(drop=True)
            parts.append(pd.concat([one.series.keys, rows], axis=1))
    return _stacked(parts, SCORES).astype({"days": "int64", **dict.fromkeys(MEASURES, "float64")})


def models(found: Sequence[Expected]) -> pd.DataFrame:
    """Return the declared table ``forecast_models``: the parts of each series' forecast, the largest first."""
    parts = []
    for one in found:
        named = one.series.keys.set_axis(pd.Index(one.series.panel.ids, name="unique_id"), axis=0)
        rows = one.models.assign(fallback=one.models["fallback"].map({True: "yes", False: "no"}))
        rows = rows[rows["weight"] > 0].join(named, on="unique_id")
        order = pd.Series(range(len(named)), index=named.index)
        rows = rows.assign(order=rows["unique_id"].map(order))
        parts.append(rows.sort_values(["order", "weight", "model"], ascending=[True, False, True]))
    return _stacked(parts, MODELS)


def _stacked(parts: Sequence[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    filled = [part[columns] for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=columns)

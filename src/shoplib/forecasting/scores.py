"""How far forecasts were from what came. Empty input gives NaN, never zero."""

from __future__ import annotations

import pandas as pd


def scored(errors: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a back-test that can be scored: forecast, and then open."""
    return errors[errors["expected"].notna() & errors["actual"].notna()]


def score(errors: pd.DataFrame) -> pd.DataFrame:
    """Return the scores of each place and model: index location_id and model, columns days, wape, mase and bias.

    ``days`` counts different days; one that several trials forecast is scored in each. ``wape`` and ``bias`` are NaN
    where nothing was taken on the days scored, ``mase`` (Hyndman and Koehler 2006, lag 7) where the history known
    at every start did not vary from week to week.
    """
    rows = scored(errors)
    miss = rows["expected"] - rows["actual"]
    table = pd.DataFrame(
        {
            "location_id": rows["location_id"],
            "model": rows["model"],
            "business_date": rows["business_date"],
            "absolute": miss.abs(),
            "miss": miss,
            "actual": rows["actual"],
            "scaled": miss.abs() / rows["scale"].where(rows["scale"] > 0),
        }
    )
    groups = table.groupby(["location_id", "model"], sort=True)
    total = groups["actual"].sum().where(lambda value: value > 0)
    return pd.DataFrame(
        {
            "days": groups["business_date"].nunique().astype("int64"),
            "wape": groups["absolute"].sum() / total,
            "mase": groups["scaled"].mean(),
            "bias": groups["miss"].sum() / total,
        }
    )

"""We said, it was: what was forecast of past days, beside what came."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from shoplib.forecasting.demand_series import KEYS
from shoplib.forecasting.engine import USED, Expected

KEPT = [*KEYS, "said_on", "business_date", "expected", "low_80", "high_80"]
"""The columns of a forecast that is kept for later."""
SAID = [*KEPT, "found", "kept"]


def said(found: Sequence[Expected], kept: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the declared table ``forecast_said``: forecasts kept from earlier runs, and the newest trial.

    ``kept`` are tables ``forecast`` with the day they were ``said_on``. Those count for days that have come since. The
    newest trial is what would have been said ``horizon`` days ago, from what was known then.
    """
    parts = []
    for one in found:
        if kept is not None and len(kept):
            parts.append(_come(one, kept))
        if len(one.trials.cutoffs):
            parts.append(_trial(one))
    filled = [part[SAID] for part in parts if len(part)]
    if not filled:
        return pd.DataFrame(columns=SAID)
    rows = pd.concat(filled, ignore_index=True)
    return rows.drop_duplicates([*KEYS, "said_on", "business_date"], ignore_index=True)


def _trial(one: Expected) -> pd.DataFrame:
    trials, horizon = one.trials, one.trials.horizon
    start = trials.cutoffs[-1]
    rows = one.series.keys.loc[one.series.keys.index.repeat(horizon)].reset_index(drop=True)
    rows["said_on"] = start
    rows["business_date"] = np.tile(pd.date_range(start + pd.Timedelta(days=1), periods=horizon), len(trials.ids))
    mean = trials.said[USED][-1].mean
    nothing = np.full_like(mean, np.nan)
    low, high = one.past_bands[-1].get(80, (nothing, nothing)) if len(one.past_bands) else (nothing, nothing)
    rows["expected"], rows["low_80"], rows["high_80"] = mean.ravel(), low.ravel(), high.ravel()
    rows["found"], rows["kept"] = trials.actual[-1].ravel(), "no"
    return rows[rows["expected"].notna() & rows["found"].notna()]


def _come(one: Expected, kept: pd.DataFrame) -> pd.DataFrame:
    """Return the kept forecasts of the series of one measure whose days have come."""
    panel = one.series.panel
    days = panel.days[: panel.history]
    rows = kept.loc[kept["measure"].astype(str) == one.series.measure, KEPT].copy()
    row = pd.MultiIndex.from_frame(one.series.keys[KEYS]).get_indexer(pd.MultiIndex.from_frame(rows[KEYS].astype(str)))
    day = days.get_indexer(pd.DatetimeIndex(rows["business_date"]).astype("datetime64[ns]"))
    come = (row >= 0) & (day >= 0) & (pd.DatetimeIndex(rows["said_on"]) < panel.last)
    rows = rows[come]
    rows["found"], rows["kept"] = panel.sold[row[come], day[come]], "yes"
    return rows[rows["found"].notna()]

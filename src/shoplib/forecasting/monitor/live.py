"""We said, it was: each forecast beside the day it was made for, and the score so far."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.forecasting.panel import Floats

EVERY = "*"
LEVELS = (80, 95)
TABLE = (
    "unique_id", "ds", "cutoff", "ahead", "said", "was", "error", "error_share", "inside_80", "inside_95", "verdict",
    "running_wape", "running_inside_80",
)  # fmt: skip
SCORE = ("unique_id", "days", "wape", "bias", "inside_80", "inside_95")
HIT, NEAR, HIGH, LOW = "as said", "near", "less than said", "more than said"


def table(said: pd.DataFrame, came: pd.DataFrame) -> pd.DataFrame:
    """Return each forecast whose day has come, one row a series and day, in that order.

    ``said`` has unique_id, cutoff, ds, yhat and, where there are bands, lo80, hi80, lo95 and hi95; ``came`` has
    unique_id, ds and y. Of several forecasts of a day the one with the latest cutoff before it counts. ``error`` is
    said − was, ``error_share`` its share of what was said. A day inside the 80 % band came :data:`HIT`, inside the 95 %
    band :data:`NEAR`; without a band there is no verdict. ``running_*`` are those of a series up to that day.
    """
    told = said[["unique_id", "cutoff", "ds", "yhat"]].copy()
    for name in (f"{end}{level}" for level in LEVELS for end in ("lo", "hi")):
        told[name] = said[name].astype("float64") if name in said else np.nan
    for name in ("cutoff", "ds"):
        told[name] = pd.to_datetime(told[name])
    told = told[(told["cutoff"] < told["ds"]) & told["yhat"].notna()].sort_values("cutoff", kind="stable")
    told = told.drop_duplicates(["unique_id", "ds"], keep="last")
    days = came[["unique_id", "ds", "y"]].assign(ds=pd.to_datetime(came["ds"])).dropna(subset=["y"])
    both = told.merge(days.drop_duplicates(["unique_id", "ds"], keep="last"), on=["unique_id", "ds"])
    both = both.sort_values(["unique_id", "ds"], kind="stable", ignore_index=True)
    yhat, y = both["yhat"].to_numpy(dtype="float64"), both["y"].to_numpy(dtype="float64")
    inside = {level: _inside(both, y, level) for level in LEVELS}
    found = pd.DataFrame(
        {
            "unique_id": both["unique_id"],
            "ds": both["ds"],
            "cutoff": both["cutoff"],
            "ahead": (both["ds"] - both["cutoff"]).dt.days.astype("int64"),
            "said": yhat,
            "was": y,
            "error": yhat - y,
            "error_share": np.divide(yhat - y, yhat, out=np.full(len(y), np.nan), where=yhat > 0),
            "inside_80": inside[80],
            "inside_95": inside[95],
            "verdict": _verdict(inside, yhat, y),
        }
    )
    return found.assign(**_running(found))[list(TABLE)]


def score(found: pd.DataFrame) -> pd.DataFrame:
    """Return the score so far of :func:`table`: all series together (:data:`EVERY`) first, then each.

    ``wape`` is Σ|error| ÷ Σ|was|, ``bias`` Σerror ÷ Σ|was|, above 0 if too much was said; undefined is NaN.
    """
    rows = [_scored(EVERY, found)] if len(found) else []
    rows += [_scored(str(name), part) for name, part in found.groupby("unique_id", sort=True)]
    return pd.DataFrame(rows, columns=list(SCORE)).astype({"days": "int64"})


def _inside(both: pd.DataFrame, y: Floats, level: int) -> Floats:
    """Return 1 inside the band, 0 outside, NaN without one."""
    low, high = (both[f"{end}{level}"].to_numpy(dtype="float64") for end in ("lo", "hi"))
    return np.where(np.isfinite(low) & np.isfinite(high), ((low <= y) & (y <= high)).astype("float64"), np.nan)


def _verdict(inside: dict[int, Floats], yhat: Floats, y: Floats) -> pd.Series:
    unknown = np.isnan(inside[80]) & np.isnan(inside[95])
    words = np.select(
        [unknown, inside[80] == 1, inside[95] == 1, y < yhat], ["", HIT, NEAR, HIGH], LOW
    )  # fmt: skip
    return pd.Series([word or None for word in words.tolist()], dtype=object)


def _running(found: pd.DataFrame) -> dict[str, pd.Series]:
    by = found["unique_id"]
    size, was = found["error"].abs().groupby(by).cumsum(), found["was"].abs().groupby(by).cumsum()
    known = found["inside_80"].notna()
    inside = found["inside_80"].fillna(0.0).groupby(by).cumsum()
    days = known.astype("float64").groupby(by).cumsum()
    return {"running_wape": size / was.where(was > 0), "running_inside_80": inside / days.where(days > 0)}


def _scored(name: str, part: pd.DataFrame) -> dict[str, object]:
    whole = float(part["was"].abs().sum())
    return {
        "unique_id": name,
        "days": len(part),
        "wape": float(part["error"].abs().sum()) / whole if whole else np.nan,
        "bias": float(part["error"].sum()) / whole if whole else np.nan,
        "inside_80": part["inside_80"].mean(),
        "inside_95": part["inside_95"].mean(),
    }

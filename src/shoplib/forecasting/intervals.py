"""Bands from errors that were really made: of single days, and of the sum of all coming days.

A day's band comes from the errors of the trials, each divided by the usual weekly change of its series, pooled over
places and over the days of a step band (conformal prediction: Vovk et al. 2005). All places together have errors
of their own: they are smaller, because single errors cancel. The band of a sum of days is not the sum of their
bands: it comes from how far the sums of whole trials were off, and is at least as wide as the days' own errors make it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from shoplib.forecasting.scores import scored
from shoplib.forecasting.series import EVERYWHERE

SHARE = 0.8
"""Share of days a band is to hold; the columns ``low_80`` and ``high_80`` are named after it."""
STEP_BANDS = (7, 14, 28)
"""Last step of each band of days ahead; what lies beyond is in the last."""
Z_80 = 1.2816
"""Half-width of the middle 80% of a normal law, in standard deviations."""
FEWEST_TRIALS = 4
"""Trials below which nothing is said of a sum."""
FEWEST = 20
"""Errors a band must rest on; with fewer in its step band all steps are taken together, then there is none."""


@dataclass(frozen=True)
class Range:
    """An expected sum with its band, minor units; bounds are ``None`` where too few trials tell them."""

    expected: float
    low: float | None
    high: float | None
    trials: int
    """Trials that share no day with each other."""


def step_band(step: pd.Series) -> np.ndarray:
    """Return the number of the step band each step (days ahead, from 1) lies in."""
    return np.minimum(np.searchsorted(STEP_BANDS, step.to_numpy(), side="left"), len(STEP_BANDS) - 1)


def bounds(errors: pd.DataFrame) -> pd.DataFrame:
    """Return the lower and upper scaled error for the places and for their sum: columns together, band, low, high.

    ``errors`` are those of one model in a back-test. Rows without enough errors are left out.
    """
    rows = scored(errors)
    rows = rows[rows["scale"] > 0]
    scaled = ((rows["actual"] - rows["expected"]) / rows["scale"]).to_numpy(dtype="float64")
    together, band = (rows["location_id"] == EVERYWHERE).to_numpy(), step_band(rows["step"])
    found = []
    for whole in (False, True):
        for number in range(len(STEP_BANDS)):
            sample = scaled[(together == whole) & (band == number)]
            if len(sample) < FEWEST:
                sample = scaled[together == whole]
            if len(sample) >= FEWEST:
                found.append((whole, number, *_tails(sample)))
    return pd.DataFrame(found, columns=["together", "band", "low", "high"])


def around(rows: pd.DataFrame, limits: pd.DataFrame) -> pd.DataFrame:
    """Return ``low`` and ``high`` for rows with location_id, step, expected and scale, in their order.

    Never below 0, and what is expected lies within. NaN where there is no limit or no scale; a series that never
    varied (scale 0) has a band of no width.
    """
    keys = pd.DataFrame({"together": (rows["location_id"] == EVERYWHERE).to_numpy(), "band": step_band(rows["step"])})
    tails = keys.merge(limits, on=["together", "band"], how="left")
    expected, scale = rows["expected"].to_numpy(dtype="float64"), rows["scale"].to_numpy(dtype="float64")
    down, up = (tails[side].to_numpy(dtype="float64") * scale for side in ("low", "high"))
    return pd.DataFrame(
        {"low": np.maximum(expected + np.minimum(down, 0.0), 0.0), "high": expected + np.maximum(up, 0.0)},
        index=rows.index,
    )


def coverage(errors: pd.DataFrame) -> pd.Series:
    """Return the share of days within the band, by place, for one model's back-test.

    Each trial's band is made only of errors that were known on its first day, so the first trials have none and are not
    counted. A place without a counted day is left out.
    """
    parts = []
    for start, rows in scored(errors).groupby("start", sort=True):
        limits = bounds(errors[errors["business_date"] <= start])
        band = around(rows, limits)
        held = rows["actual"].between(band["low"], band["high"]).where(band["low"].notna())
        parts.append(pd.DataFrame({"location_id": rows["location_id"], "held": held.astype("float64")}))
    if not parts:
        return pd.Series(dtype="float64")
    return pd.concat(parts).dropna().groupby("location_id")["held"].mean()


def of_sum(errors: pd.DataFrame, expected: float) -> Range:
    """Return the expected sum over all coming days and places with its band, from one model's back-test.

    The band is ``expected`` less and plus the larger of two shares. One is by how much the sums of whole trials were
    off, closed days counting as nothing taken: of n trials that share no day, the ⌈0.8 (n + 1)⌉-th smallest,
    the largest where that exceeds n (split conformal; Vovk et al. 2005). Trials a week apart share days, so all of them
    give the errors, but only n give the rank. The other is that of a sum of daily errors; see :func:`_summed`.
    Below four trials there is no band.
    """
    rows = errors[errors["location_id"] == EVERYWHERE].fillna({"actual": 0.0, "expected": 0.0})
    sums = rows.groupby("start")[["expected", "actual"]].sum()
    sums = sums[sums["expected"] > 0]
    if sums.empty:
        return Range(expected, None, None, 0)
    count = _apart(pd.DatetimeIndex(sums.index), int(rows["step"].max()))
    if len(sums) < FEWEST_TRIALS:
        return Range(expected, None, None, count)
    off = np.sort((sums["actual"] / sums["expected"] - 1).abs().to_numpy(dtype="float64"))
    level = min(np.ceil(SHARE * (count + 1) - 1e-9) / count, 1.0)
    share = max(float(off[int(np.ceil(level * len(off) - 1e-9)) - 1]), _summed(rows[rows["start"].isin(sums.index)]))
    return Range(expected, max(0.0, expected * (1 - share)), expected * (1 + share), count)


def _apart(starts: pd.DatetimeIndex, days: int) -> int:
    """Return how many trials of ``days`` days share no day with each other, counted from the last back."""
    kept = [starts[-1]]
    for start in reversed(starts[:-1]):
        if (kept[-1] - start).days >= days:
            kept.append(start)
    return len(kept)


def _summed(rows: pd.DataFrame) -> float:
    """Return the half-width of the band of a sum that daily errors make, as a share of the sum.

    1.28 σ √(h (1 + ρ) / (1 − ρ)) over h days: σ is the root mean square of the daily errors, ρ their correlation with
    the day after in the same trial, 0 at least (the variance of a sum of a first-order autoregression; Bartlett 1946).
    It never exceeds 1.28 σ h, errors that are all alike.
    """
    table = rows.sort_values(["start", "step"])
    trials = table.groupby("start")
    off = (table["actual"] - table["expected"]) / trials["expected"].transform("mean")
    days = float(trials.size().mean())
    square = float((off**2).mean())
    following = off.groupby(table["start"]).shift(-1)
    alike = float((off * following).mean()) / square if square > 0 and following.notna().any() else 0.0
    alike = min(max(alike, 0.0), 1 - 1e-9)
    return Z_80 * float(np.sqrt(square * min((1 + alike) / (1 - alike), days) / days))


def _tails(sample: np.ndarray) -> tuple[float, float]:
    """Return the lower and upper order statistic that leave a tenth on each side (finite sample, n + 1)."""
    ordered, count, tail = np.sort(sample), len(sample), (1 - SHARE) / 2
    low = max(1, int(np.floor((count + 1) * tail + 1e-9)))
    high = min(count, int(np.ceil((count + 1) * (1 - tail) - 1e-9)))
    return float(ordered[low - 1]), float(ordered[high - 1])

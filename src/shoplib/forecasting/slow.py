"""Slow sellers: what kind of demand a series has, how likely any sale is, and where a forecast is not worth making."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.forecasting.panel import Floats, Panel, Whole
from shoplib.forecasting.trials import Trials

NONE, SMOOTH, ERRATIC, INTERMITTENT, LUMPY = "no sales", "smooth", "erratic", "intermittent", "lumpy"
GAP, SIZES = 1.32, 0.49
"""Days from sale to sale, and squared coefficient of variation of what is sold: above them a series is intermittent,
its sizes erratic, with both lumpy (Syntetos, Boylan and Croston 2005)."""
HALF_LIFE_DAYS = 91.0
"""A day counts half as much for the chance of a sale as one so many days later."""
LEAST_PRIOR, MOST_PRIOR = 0.5, 14.0
"""Bounds of the days that what other series do is worth."""
UNLIKELY = 0.5
"""Chance of any sale over the coming days below which a product is better ordered on demand."""
NOTHING_AHEAD = "no sale likely"
ZERO_IS_BETTER = "0 was closer than the forecast"


def patterns(panel: Panel) -> pd.DataFrame:
    """Return one row a series: unique_id, days (known open days), sale_days, gap, sizes, pattern and last_sold.

    ``gap`` is the mean number of days a sale (ADI), ``sizes`` the squared coefficient of variation of the units of
    days with a sale (CV²), NaN without one; ``last_sold`` is NaT without one.
    """
    known = ~np.isnan(panel.y)
    sold = known & (np.nan_to_num(panel.y) > 0)
    days, sales = known.sum(axis=1), sold.sum(axis=1)
    some = sales > 0
    least = np.maximum(sales, 1)
    mean = np.where(sold, panel.y, 0.0).sum(axis=1) / least
    off = np.where(sold, (panel.y - mean[:, None]) ** 2, 0.0).sum(axis=1) / least
    gap = np.where(some, days / least, np.nan)
    sizes = np.where(some, off / np.where(some, mean, 1.0) ** 2, np.nan)
    kind = np.select([~some, (gap > GAP) & (sizes > SIZES), gap > GAP, sizes > SIZES],
                     [NONE, LUMPY, INTERMITTENT, ERRATIC], SMOOTH)  # fmt: skip
    last = panel.history - 1 - sold[:, ::-1].argmax(axis=1)
    return pd.DataFrame({
        "unique_id": pd.Series(panel.ids, dtype="str"), "days": days, "sale_days": sales, "gap": gap, "sizes": sizes,
        "pattern": pd.Series(kind, dtype="str"),
        "last_sold": pd.Series(panel.days[last]).where(pd.Series(some)),
    })  # fmt: skip


def chance(panel: Panel, days: int = 28) -> Floats:
    """Return the probability of each series that anything is sold over its open ones of the coming ``days``.

    Days with a sale are drawn with a chance that is beta-distributed over the series of the panel (moments of their
    own shares); recent days count most. A series never seen has the chance of the panel, one panel of series
    without a sale next to none.
    """
    from scipy.special import betaln

    known = ~np.isnan(panel.y)
    weight = known * 0.5 ** (np.arange(panel.history)[::-1] / HALF_LIFE_DAYS)
    hits = np.where(known & (np.nan_to_num(panel.y) > 0), weight, 0.0).sum(axis=1)
    tries = weight.sum(axis=1)
    share, worth = _prior(hits, tries)
    above, below = hits + share * worth, tries - hits + (1 - share) * worth
    open_days = _open_days(panel, days)
    likely: Floats = -np.expm1(betaln(above, below + open_days) - betaln(above, below))
    return np.clip(likely, 0.0, 1.0)


def _prior(hits: Floats, tries: Floats) -> tuple[float, float]:
    """Return the mean chance of a sale on a day over the series, and the days this is worth for one of them."""
    share = float((hits.sum() + 0.5) / (tries.sum() + 1.0))
    seen = tries > 1
    if seen.sum() < 3:
        return share, LEAST_PRIOR
    each = hits[seen] / tries[seen]
    apart = float(each.var())
    worth = share * (1 - share) / max(apart, 1e-9) - 1.0
    return share, float(np.clip(worth, LEAST_PRIOR, MOST_PRIOR))


def _open_days(panel: Panel, days: int) -> Whole:
    shut = panel.until(panel.history, days).closed[:, panel.history :]
    count: Whole = (~shut).sum(axis=1).astype(np.int64)
    return count


def beside_zero(trials: Trials, model: str) -> pd.DataFrame:
    """Return one row a series: unique_id, rmse of ``model``, rmse_zero of expecting nothing, and zero_wins.

    Squares, because the forecast with the least absolute error of a series that mostly sells nothing is always 0.
    """
    known = ~np.isnan(trials.actual) & ~np.isnan(trials.mean(model))
    count = known.sum(axis=(0, 2))
    off = np.where(known, trials.mean(model) - np.nan_to_num(trials.actual), 0.0)
    size = np.where(known, np.nan_to_num(trials.actual), 0.0)
    rmse, zero = (np.where(count > 0, np.sqrt((grid**2).sum(axis=(0, 2)) / np.maximum(count, 1)), np.nan)
                  for grid in (off, size))  # fmt: skip
    return pd.DataFrame({"unique_id": pd.Series(trials.ids, dtype="str"), "rmse": rmse, "rmse_zero": zero,
                         "zero_wins": zero <= rmse})  # fmt: skip


def on_demand(panel: Panel, trials: Trials | None = None, model: str = "auto", days: int = 28) -> pd.DataFrame:
    """Return what to stop forecasting and order on demand: the least likely to sell first.

    Columns of :func:`patterns`, and ``chance`` of any sale over the coming ``days``, and ``because``. Listed is what
    has a chance below ``UNLIKELY``, and what sells by fits and starts and was closer to 0 than to the forecast.
    """
    table = patterns(panel).assign(chance=chance(panel, days))
    because = pd.Series(np.where(table["chance"] < UNLIKELY, NOTHING_AHEAD, ""), dtype="str")
    if trials is not None:
        zero = table["unique_id"].map(beside_zero(trials, model).set_index("unique_id")["zero_wins"])
        worse = zero.fillna(False).astype(bool) & table["pattern"].isin([NONE, INTERMITTENT, LUMPY]) & (because == "")
        because = because.mask(worse, ZERO_IS_BETTER)
    listed = table.assign(because=because)[because != ""]
    return listed.sort_values(["chance", "unique_id"], kind="stable", ignore_index=True)

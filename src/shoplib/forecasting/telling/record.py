"""We said, it was: forecasts beside what came, and whether their errors are still those of the trials."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.forecasting.demand_series import TAKINGS
from shoplib.forecasting.engine import USED
from shoplib.forecasting.monitor import drift, due, live, newest
from shoplib.forecasting.outlook import Outlook
from shoplib.forecasting.panel import WEEK
from shoplib.forecasting.telling import plain

SHOWN_DAYS = 14
FEWEST_LIVE = WEEK
"""Days that must have come before live errors are judged."""

WATCHED = {
    "total_amount_minor": "amount of a sale",
    "lines": "lines a sale",
    "payment_method": "paid by",
    "quantity": "quantity of a line",
    "product_category": "share of",
}
"""What the watched columns are called."""


def rows(view: Outlook) -> pd.DataFrame:
    """Return what was said of the takings of all places, in order of day; see :func:`live.table`.

    Kept forecasts if any day of one has come, of several of a day the newest; else the newest trial. Closed days are
    left out.
    """
    used = _used(view)
    said = used.rename(columns={"said_on": "cutoff", "business_date": "ds", "expected": "yhat"})
    said = said.rename(columns={"low_80": "lo80", "high_80": "hi80"}).assign(unique_id=live.EVERY)
    came = said[["unique_id", "ds"]].assign(y=used["found"])
    table = live.table(said, came[came["y"] > 0])
    ends = said[["ds", "cutoff", "lo80", "hi80"]].astype({"ds": "datetime64[ns]", "cutoff": "datetime64[ns]"})
    table = table.astype({"ds": "datetime64[ns]", "cutoff": "datetime64[ns]"})
    return table.merge(ends, on=["ds", "cutoff"], how="left")


def sentences(view: Outlook, shop: Shop) -> list[str]:
    """Return where the forecasts beside what came are from, how they did, and whether the models still fit."""
    found = rows(view)
    if found.empty:
        return []
    days = words.plural(len(found), "day")
    first = f"Forecasts of earlier runs, beside what has come since: {days}."
    if not _live(view):
        said_on = plain.day(found["cutoff"].iloc[-1], shop)
        first = (
            "No earlier forecast is kept yet whose days have come. This is what would have been said on "
            f"{said_on}, from what was known then, beside what came: {days}."
        )
    score = live.score(found).iloc[0]
    text = f"A day was off by {words.share(score['wape'], shop.language)}"
    held = found["inside_80"].dropna()
    if len(held):
        text += f"; {words.count(int(held.sum()))} of {words.plural(len(held), 'day')} lay within the 80% band"
    return [first, f"{text}.", *_health(view, found), *_newest(view, shop)]


def table(view: Outlook, shop: Shop) -> pd.DataFrame:
    """Return the last two weeks of what was said and what came, the newest day first."""
    found = rows(view).iloc[::-1].head(SHOWN_DAYS)
    ends = zip(found["lo80"], found["hi80"], strict=True)
    return pd.DataFrame(
        {
            "Day": [plain.day(date, shop, weekday=True) for date in found["ds"]],
            "We said": [plain.amount(value, shop) for value in found["said"]],
            "80% between": [plain.amounts(low, high, shop) for low, high in ends],
            "It was": [plain.amount(value, shop) for value in found["was"]],
            "Off by": (found["error"] / found["was"]).to_numpy(dtype="float64"),
            "In band": found["inside_80"].map({1.0: "yes", 0.0: "no"}).fillna("").to_numpy(),
        }
    )


def _used(view: Outlook) -> pd.DataFrame:
    mine = view.said[(view.said["measure"] == TAKINGS) & (view.said["level"] == "total")]
    kept = mine[mine["kept"] == "yes"]
    return kept if len(kept) else mine


def _live(view: Outlook) -> bool:
    used = _used(view)
    return bool(len(used)) and bool((used["kept"] == "yes").all())


def _health(view: Outlook, found: pd.DataFrame) -> list[str]:
    """Return whether the errors of kept forecasts are still those of the trials; nothing before a week has come."""
    if not _live(view) or view.takings is None or len(found) < FEWEST_LIVE:
        return []
    trials = view.takings.trials
    past = (trials.mean(USED) - np.where(trials.closed, np.nan, trials.actual))[:, 0].reshape(1, -1)
    now = found["error"].to_numpy(dtype="float64")[None, -drift.MONTH :]
    told = due.retrain_due(["takings"], past, now, view.newest.get(newest.SALES, ()))
    if not told.due:
        return [f"The models need no look: {told.reason}."]
    return [
        f"The models deserve a look: {told.reason}. They learn from all days at each run, so ask what changed in the "
        "shop."
    ]


def _newest(view: Outlook, shop: Shop) -> list[str]:
    """Return whether sales of the newest day are like those of the days before; nothing where too few are known."""
    days = [days[-1] for days in view.newest.values() if days and days[-1].judged]
    if not days:
        return []
    told = newest.moved(view.newest)
    if told.empty:
        return ["Amounts, ways of paying and what is bought were on the newest day as on such days before."]
    named = [
        f"{WATCHED.get(row['column'], row['column'])}{f' {word}' if (word := row['word']) else ''} "
        f"{'up' if row['change_share'] > 0 else 'down'} {words.share(abs(row['change_share']), shop.language)}"
        for row in told.to_dict("records")
    ]
    return [f"On the newest day sales were not like those of such days before: {words.listed(named, limit=3)}."]

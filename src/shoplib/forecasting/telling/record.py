"""We said, it was: forecasts beside what came."""

from __future__ import annotations

import pandas as pd

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.forecasting.demand_series import TAKINGS
from shoplib.forecasting.outlook import Outlook
from shoplib.forecasting.telling import plain

SHOWN_DAYS = 14


def rows(view: Outlook) -> pd.DataFrame:
    """Return what was said of the takings of all places, in order of day.

    Kept forecasts if any day of one has come, of several of a day the newest; else the newest trial.
    """
    mine = view.said[(view.said["measure"] == TAKINGS) & (view.said["level"] == "total")]
    kept = mine[mine["kept"] == "yes"]
    used = (kept if len(kept) else mine).sort_values(["business_date", "said_on"], kind="stable")
    return used.drop_duplicates("business_date", keep="last")


def sentences(view: Outlook, shop: Shop) -> list[str]:
    """Return where the forecasts beside what came are from, and how they did."""
    found = rows(view)
    if found.empty:
        return []
    traded = found[found["found"] > 0]
    said_on = plain.day(found["said_on"].iloc[-1], shop)
    days = words.plural(len(traded), "day")
    first = (
        f"Forecasts of earlier runs, beside what has come since: {days}."
        if (found["kept"] == "yes").all()
        else f"No earlier forecast is kept yet whose days have come. This is what would have been said on {said_on}, "
        f"from what was known then, beside what came: {days}."
    )
    wape = (traded["expected"] - traded["found"]).abs().sum() / traded["found"].sum() if len(traded) else float("nan")
    held = traded["found"].between(traded["low_80"], traded["high_80"])[traded["low_80"].notna()]
    told = [first]
    if pd.notna(wape):
        text = f"Together they were off by {words.share(wape, shop.language)} a day"
        if len(held):
            text += f"; {words.count(int(held.sum()))} of {words.plural(len(held), 'day')} lay within the 80% band"
        told.append(f"{text}.")
    return told


def table(view: Outlook, shop: Shop) -> pd.DataFrame:
    """Return the last two weeks of what was said and what came, the newest day first."""
    found = rows(view)
    found = found[(found["found"] > 0) | (found["expected"] > 0)].iloc[::-1].head(SHOWN_DAYS)
    miss = found["expected"] - found["found"]
    within = found["found"].between(found["low_80"], found["high_80"]).map({True: "yes", False: "no"})
    return pd.DataFrame(
        {
            "Day": [plain.day(date, shop, weekday=True) for date in found["business_date"]],
            "We said": [plain.amount(value, shop) for value in found["expected"]],
            "80% between": [plain.amounts(*ends, shop) for ends in zip(found["low_80"], found["high_80"], strict=True)],
            "It was": [plain.amount(value, shop) for value in found["found"]],
            "Off by": (miss / found["found"].where(found["found"] > 0)).to_numpy(dtype="float64"),
            "In band": within.where(found["low_80"].notna(), "").to_numpy(),
        }
    )

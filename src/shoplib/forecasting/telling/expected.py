"""What to expect of all places together, and how far that can be trusted."""

from __future__ import annotations

import pandas as pd

from shoplib.base import money, words
from shoplib.config.models import Shop
from shoplib.forecasting import known_ahead
from shoplib.forecasting.demand_series import LEAST_DAYS, SILENT_DAYS
from shoplib.forecasting.engine import Expected
from shoplib.forecasting.models.interface import LEVELS
from shoplib.forecasting.outlook import Outlook
from shoplib.forecasting.telling import plain

SEASON_DAYS = 730
"""Days of history below which nobody could tell a season of the year from a chance of one year."""
LEAST_LEANING = 0.0005
"""Share up to which a leaning would read 0.0%."""
LOPSIDED = 1.5
"""Times the shorter side of a range from which the longer one is explained."""
CARDS = ("expected_takings", "next_day_takings", "forecast_error")
"""The numbers at the head of the page."""
TILES = (*CARDS, "forecast_error_money", "forecast_coverage")
"""The numbers shown; the others are recorded."""
NO_HISTORY = "No takings were taken in, so nothing can be forecast."
COLUMNS = ["metric", "label", "unit", "value", "before", "change_share", "better", "definition"]


def sentences(view: Outlook, shop: Shop) -> list[str]:
    """Return what is expected, what is known ahead, and how far off such forecasts were."""
    if view.takings is None:
        if not view.plan.history_days:
            return [NO_HISTORY]
        known = words.plural(view.plan.history_days, "day")
        return [
            f"There is no forecast: it needs a place with {LEAST_DAYS} days of history that has traded within the "
            f"last {SILENT_DAYS} days, and the data reach over {known}."
        ]
    return [_expected(view, view.takings, shop), *_trusted(view, view.takings, shop), *_known(view, shop)]


def notes(view: Outlook) -> list[str]:
    """Return what is not as asked: a shorter horizon, no trial, places without a forecast, models left out."""
    told = []
    plan = view.plan
    history = words.plural(plan.history_days, "day")
    if plan.kind == "shortened":
        told.append(
            f"The history of {history} is too short to try forecasts {plan.asked_days} days ahead; "
            f"{plan.horizon_days} days are forecast."
        )
    if plan.kind == "untested":
        told.append(
            f"The history of {history} is too short to try any forecast on days it has not seen, so nothing says how "
            f"far off the next {words.plural(plan.horizon_days, 'day')} may be."
        )
    if view.takings is not None and view.shops.left_out:
        places = words.listed(plain.place(view, place) for place in view.shops.left_out)
        told.append(
            f"No forecast, and none in the sum, for {places}: known for less than {LEAST_DAYS} days, or without "
            f"trade for {SILENT_DAYS} days."
        )
    found = [note for one in (view.takings, view.units) if one for note in one.notes]
    return told + [f"{note[:1].upper()}{note[1:].rstrip('.')}." for note in dict.fromkeys(found)]


def numbers(view: Outlook, shop: Shop) -> pd.DataFrame:
    """Return the numbers of the page as ``run.numbers`` takes them; no rows without a forecast.

    In a currency without coins below one the sum expected is whole: cents of an estimate would claim too much.
    """
    one = view.takings
    if one is None:
        return pd.DataFrame(columns=COLUMNS)
    score = view.score(one.series)
    wanted = ("wape", "bias", "coverage_80", "coverage_95", "error_minor")
    known = {name: None if score is None or pd.isna(score[name]) else float(score[name]) for name in wanted}
    days = words.plural(view.plan.horizon_days, "day")
    seen = "on days the models had not seen"
    first = next_day(view)
    rows = [
        (
            "expected_takings", f"Expected takings, next {days}", "minor", _payable(float(one.mean[0].sum()), shop),
            f"sum of the forecast of gross takings over all places and the coming {days}",
        ),
        (
            "next_day_takings", "Expected takings, next open day", "minor",
            None if first is None else _payable(float(one.mean[0, first]), shop),
            "forecast of gross takings of all places on the first coming day on which any is open",
        ),
        (
            "forecast_error", "Forecast error a day", "share", known["wape"],
            f"sum of absolute daily errors over sum of takings of all places together, {seen}",
        ),
        (
            "forecast_error_money", "What a day is off by", "minor",
            None if known["error_minor"] is None else _payable(known["error_minor"], shop),
            f"mean absolute daily error of takings of all places together, {seen}",
        ),
        (
            "forecast_bias", "Forecast leaning", "share", known["bias"],
            f"sum of errors over sum of takings {seen}; above 0 it expected too much",
        ),
        (
            "forecast_coverage", "Days within the 80% band", "share", known["coverage_80"],
            "share of open days within a band made only of errors known before them",
        ),
        (
            "forecast_coverage_95", "Days within the 95% band", "share", known["coverage_95"],
            "share of open days within a band made only of errors known before them",
        ),
    ]  # fmt: skip
    return pd.DataFrame(
        {
            "metric": [row[0] for row in rows],
            "label": [row[1] for row in rows],
            "unit": [row[2] for row in rows],
            "value": pd.Series([row[3] for row in rows], dtype=object),
            "before": None,
            "change_share": float("nan"),  # beside another time of the year a change would read as a promise
            "better": "neither",
            "definition": [row[4] for row in rows],
        }
    )


def next_day(view: Outlook) -> int | None:
    """Return the day of the horizon, from 0, on which a place is open first; ``None`` if none is."""
    if view.takings is None:
        return None
    panel = view.takings.series.panel
    opened = (~panel.closed[0, panel.history :]).nonzero()[0]
    return int(opened[0]) if len(opened) else None


def _payable(minor: float, shop: Shop) -> int:
    """Return an amount in whole minor units that can be paid in coins and notes.

    >>> _payable(1_250_050.4, Shop(currency="IDR")), _payable(1_250_050.4, Shop(currency="GBP"))
    (1250100, 1250050)
    """
    step = int(10 ** (money.digits(shop.currency) - money.cash_digits(shop.currency)))
    return round(minor / step) * step


def _expected(view: Outlook, one: Expected, shop: Shop) -> str:
    days = words.plural(view.plan.horizon_days, "day")
    text = f"Over the next {days} takings of {plain.amount(float(one.mean[0].sum()), shop)} are expected"
    if len(one.whole) and pd.notna(one.whole["low_80"].iloc[0]):
        low, high = (plain.amount(float(one.whole[end].iloc[0]), shop) for end in ("low_80", "high_80"))
        text += f" (80% between {low} and {high})"
        text += _lopsided(one)
    score = view.score(one.series)
    if score is None or pd.isna(score["wape"]):
        return f"{text}; how far off that may be cannot be told yet."
    return f"{text}; on days it had not seen a day’s forecast was off by {words.share(score['wape'], shop.language)}."


def _lopsided(one: Expected) -> str:
    """Return why the range reaches much farther to one side, ``""`` if it does not."""
    mid = float(one.mean[0].sum())
    below, above = mid - float(one.whole["low_80"].iloc[0]), float(one.whole["high_80"].iloc[0]) - mid
    if max(below, above) <= LOPSIDED * min(below, above):
        return ""
    side, was = ("up", "low") if above > below else ("down", "high")
    return f", farther {side} because earlier forecasts were rather too {was}"


def _trusted(view: Outlook, one: Expected, shop: Shop) -> list[str]:
    """Return which way the forecast leans and whether its bands held."""
    score = view.score(one.series)
    if score is None or pd.isna(score["bias"]):
        return []
    lean = "too much" if score["bias"] > 0 else "too little"
    by = words.share(abs(score["bias"]), shop.language)
    text = f"It expected {by} {lean}" if abs(score["bias"]) > LEAST_LEANING else "It leaned neither way"
    held = [(level, score[f"coverage_{level}"]) for level in LEVELS]
    told = [f"{words.share(share, shop.language)} of days at {level}%" for level, share in held if pd.notna(share)]
    if told:
        text += f"; made of what was known before, the bands held {' and '.join(told)}"
    short = str(one.widened[0]).split() if one.widened else []
    if short:
        text += f"; bands that had held too few days are widened ({words.listed(f'{level}%' for level in short)})"
    return [f"{text}."]


def _known(view: Outlook, shop: Shop) -> list[str]:
    """Return what is known of the coming days, and that a season takes two years to learn."""
    known = []
    past, coming = view.shops.shut[:, : len(view.shops.days)], view.shops.whole[len(view.shops.days) :]
    if view.shops.shut[:, past.shape[1] :].any():
        known.append("closing days")
    named = known_ahead.holidays_of(view.shops.country, coming)
    if len(named):
        first = [f"{name} on {plain.day(day, shop)}" for day, name in zip(named.index, named, strict=True)]
        known.append(words.listed(first, limit=3))
    if view.offers_ahead:
        known.append(f"{words.plural(view.offers_ahead, 'offer')} planned")
    told = [f"Known ahead: {words.listed(known)}."] if known else []
    if view.plan.history_days < SEASON_DAYS:
        days = words.plural(view.plan.history_days, "day")
        told.append(f"The data cover {days}; a season of the year is told from chance only after two years.")
    return told

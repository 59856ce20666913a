"""What the forecast says, in sentences and tables to read."""

from __future__ import annotations

import pandas as pd

from shoplib.base import money, words
from shoplib.config.models import Shop
from shoplib.forecasting.intervals import Range
from shoplib.forecasting.outlook import Outlook
from shoplib.forecasting.series import EVERYWHERE, LEAST_DAYS, SILENT_DAYS, WEEK
from shoplib.forecasting.weekly import BASELINE

WHOLE_FROM = 100
SEASON_DAYS = 730
"""Days of history below which nobody could tell a season of the year from a chance of one year."""
LEAST_LEANING = 0.0005
"""Share up to which a leaning would read 0.0%."""
SCORES = ("wape", "bias", "coverage_80")
CARDS = ("expected_takings", "forecast_error")
"""The numbers at the head of the page."""
SCORE_SHARES = ("Off by", "Leaning", "Within the band")
SCORES_TOLD = (
    "Off by: sum of daily errors over sum of takings. Of a week’s change: mean error over the usual change from a day "
    "to the same day a week later, in the days known by then. Compare it from row to row: “Same as last week” is "
    "seldom 1 itself, because the days tried lie farther ahead and may change more or less than those known. "
    "Leaning: above 0 it expected too much. Within the band: share of days inside the band known before them; 80% is "
    "meant."
)
NO_HISTORY = "No takings were taken in, so nothing can be forecast."
ALL_PLACES = "All places"


def amount(minor: float, shop: Shop) -> str:
    """Return an amount for reading: without decimals from a hundred up.

    >>> amount(1_234_567.4, Shop()), amount(999, Shop())
    ('£12,346', '£9.99')
    """
    whole = abs(money.to_major(round(minor), shop.currency)) >= WHOLE_FROM
    return money.show(round(minor), shop.currency, language=shop.language, whole=whole)


def sentences(view: Outlook, shop: Shop) -> list[str]:
    """Return what is expected, what no model here can know, which model says so, and how far off it was."""
    if view.chosen is None or view.total is None:
        if not view.plan.history_days:
            return [NO_HISTORY]
        known = words.plural(view.plan.history_days, "day")
        return [
            f"There is no forecast: it needs a place with {LEAST_DAYS} days of history that has traded within the "
            f"last {SILENT_DAYS} days, and the data reach over {known}."
        ]
    return [_expected(view, view.total, shop), _unseen(view), *_trusted(view, shop)]


def notes(view: Outlook, names: dict[str, str]) -> list[str]:
    """Return what is not as asked: a shorter horizon, no trial, places without a forecast (by their names)."""
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
            f"The history of {history} is too short to try any forecast on days it has not seen; the mean of the "
            f"same weekdays is shown for {words.plural(plan.horizon_days, 'day')}, without a band."
        )
    if view.chosen is not None and view.left_out:
        places = words.listed(names.get(place, place) for place in view.left_out)
        told.append(
            f"No forecast, and none in the sum, for {places}: known for less than {LEAST_DAYS} days, or without "
            f"trade for {SILENT_DAYS} days."
        )
    return told


def numbers(view: Outlook, shop: Shop) -> pd.DataFrame:
    """Return the numbers of the page as ``run.numbers`` takes them; no rows without a forecast.

    In a currency without coins below one the sum expected is whole: cents of an estimate would claim too much.
    """
    columns = ["metric", "label", "unit", "value", "before", "change_share", "better", "definition"]
    if view.chosen is None or view.total is None:
        return pd.DataFrame(columns=columns)
    score = view.score_of()
    known = {name: None if score is None or pd.isna(score[name]) else float(score[name]) for name in SCORES}
    days = words.plural(view.plan.horizon_days, "day")
    rows = [
        (
            "expected_takings", f"Expected takings, next {days}", "minor", _payable(view.total.expected, shop),
            f"sum of the forecast of gross takings over all places and the coming {days}",
        ),
        (
            "forecast_error", "Forecast error a day", "share", known["wape"],
            "sum of absolute daily errors over sum of takings of all places together, on days the model had not seen",
        ),
        (
            "forecast_bias", "Forecast leaning", "share", known["bias"],
            "sum of errors over sum of takings on days the model had not seen; above 0 it expected too much",
        ),
        (
            "forecast_coverage", "Days within the 80% band", "share", known["coverage_80"],
            "share of days within a band made only of errors known before them",
        ),
    ]  # fmt: skip
    return pd.DataFrame(
        {
            "metric": [row[0] for row in rows],
            "label": [row[1] for row in rows],
            "unit": [row[2] for row in rows],
            "value": pd.Series([row[3] for row in rows], dtype=object),
            "before": None,
            "change_share": float("nan"),  # without a season a change would read as a promise
            "better": "neither",
            "definition": [row[4] for row in rows],
        }
    )


def _payable(minor: float, shop: Shop) -> int:
    """Return an amount in whole minor units that can be paid in coins and notes.

    >>> _payable(1_250_050.4, Shop(currency="IDR")), _payable(1_250_050.4, Shop(currency="GBP"))
    (1250100, 1250050)
    """
    step = int(10 ** (money.digits(shop.currency) - money.cash_digits(shop.currency)))
    return round(minor / step) * step


def place_names(locations: pd.DataFrame) -> dict[str, str]:
    """Return location_id → name shown to readers."""
    return dict(zip(locations["location_id"].astype(str), locations["location_name"].astype(str), strict=True))


def scores_table(view: Outlook) -> pd.DataFrame:
    """Return how each model did on all places together, best first, under the words a reader sees.

    Columns: Model, How it works, Off by, Of a week's change, Leaning, Within the band (shares of one but the
    third), Used.
    """
    rows = view.scores[view.scores["location_id"] == EVERYWHERE].sort_values(["wape", "model"])
    by_name = {model.name: model for model in view.models}
    return pd.DataFrame(
        {
            "Model": [by_name[name].label for name in rows["model"]],
            "How it works": [by_name[name].told for name in rows["model"]],
            "Off by": rows["wape"].to_numpy(),
            "Of a week’s change": rows["mase"].to_numpy(),
            "Leaning": rows["bias"].to_numpy(),
            "Within the band": rows["coverage_80"].to_numpy(),
            "Used": rows["chosen"].to_numpy(),
        }
    )


def places_table(view: Outlook, names: dict[str, str], shop: Shop) -> pd.DataFrame:
    """Return what is expected of each place, largest first, all together on top, under the words a reader sees.

    Columns: Place, Next 7 days if more are forecast, the whole horizon, Off by (share of one, of the model used). With
    one place only there are no rows: they would repeat what is said of all.
    """
    rows, days = view.forecast, view.plan.horizon_days
    if view.chosen is None or view.period is None:
        return pd.DataFrame(columns=["Place", "Off by"])
    whole = f"Next {words.plural(days, 'day')}"
    first = pd.Timestamp(view.period.start)
    total = rows.groupby("location_id")["expected"].sum().sort_values(ascending=False, kind="stable")
    places = [str(place) for place in total.index if place != EVERYWHERE]
    order = [EVERYWHERE, *places] if len(places) > 1 else []
    week = rows[rows["business_date"] < first + pd.Timedelta(days=WEEK)].groupby("location_id")["expected"].sum()
    table = pd.DataFrame({"Place": [ALL_PLACES if place == EVERYWHERE else names.get(place, place) for place in order]})
    if days > WEEK:
        table["Next 7 days"] = [amount(float(week.get(place, 0.0)), shop) for place in order]
    table[whole] = [amount(float(total[place]), shop) for place in order]
    scores = [view.score_of(place) for place in order]
    table["Off by"] = [float("nan") if score is None else score["wape"] for score in scores]
    return table


def _expected(view: Outlook, total: Range, shop: Shop) -> str:
    days = words.plural(view.plan.horizon_days, "day")
    text = f"Over the next {days} takings of {amount(total.expected, shop)} are expected"
    if total.low is not None and total.high is not None:
        text += f" (80% between {amount(total.low, shop)} and {amount(total.high, shop)})"
    score = view.score_of()
    if score is None or pd.isna(score["wape"]):
        return f"{text}; how far off that may be cannot be told yet."
    text += f"; on days it had not seen the forecast was off by {words.share(score['wape'], shop.language)}"
    if total.low is None:
        text += ", but too few trials were possible to give a range for the sum"
    return f"{text}."


def _unseen(view: Outlook) -> str:
    """Return that a season of the year is not in the forecast; with less than two years none could be learnt."""
    missing = "a season such as the weeks around a festival is not in this forecast."
    if view.plan.history_days < SEASON_DAYS:
        known = words.plural(view.plan.history_days, "day")
        return f"The data cover {known}: these models know the week, not the year, so {missing}"
    return f"These models know the week, not the year: {missing}"


def _trusted(view: Outlook, shop: Shop) -> list[str]:
    """Return which model is used and why, which way it leans, and whether its band held."""
    score = view.score_of()
    if view.chosen is None or score is None:
        return []
    off = {row["Model"]: row["Off by"] for row in scores_table(view).to_dict("records")}
    share = {name: words.share(value, shop.language) for name, value in off.items() if pd.notna(value)}
    others = [f"{name} {text}" for name, text in share.items() if name != view.chosen.label]
    days = words.plural(int(score["days"]), "day")
    told = []
    if view.chosen.name == BASELINE:
        told.append(
            "No model did better than the mean of the last four same weekdays, both place by place and for all "
            "together, so that mean is used."
        )
    elif view.chosen.label in share:
        told.append(
            f"{view.chosen.label} is used: tried on {days}, it was off by {share[view.chosen.label]} "
            f"({words.listed(others)})."
        )
    if pd.notna(score["bias"]):
        lean, text = "too much" if score["bias"] > 0 else "too little", "It leaned neither way"
        if abs(score["bias"]) > LEAST_LEANING:
            text = f"It expected {words.share(abs(score['bias']), shop.language)} {lean}"
        if pd.notna(score["coverage_80"]):
            text += f", and {words.share(score['coverage_80'], shop.language)} of days lay within the 80% band"
        told.append(f"{text}.")
    return told

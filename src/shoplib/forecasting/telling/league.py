"""Which models were tried, how well each did, and what being wrong cost."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.forecasting import accuracy
from shoplib.forecasting.demand_series import TAKINGS
from shoplib.forecasting.engine import USED, Expected
from shoplib.forecasting.outlook import Outlook
from shoplib.forecasting.telling import plain

COLUMNS = ["Model", "How it works", "Wins", "Off by", "Leaning", "Loses to the mark", "Error a day"]
TOLD = (
    "Wins: share of series on which no other model has a smaller error; ties count for each. Off by: sum of daily "
    "errors over sum of what came, all series. Leaning: above 0 it expected too much. Loses to the mark: share of "
    "series on which the mean of the last four same weekdays does better; there it is not used. Error a day: what it "
    "would have cost, for takings by how much they were off, place by place and added up."
)


def table(view: Outlook, one: Expected | None, shop: Shop) -> pd.DataFrame:
    """Return the league of the models on the series of a measure, best first, what is used on top."""
    if one is None or not len(one.trials.cutoffs):
        return pd.DataFrame(columns=COLUMNS)
    names = list(one.trials.said)
    found = accuracy.league(one.trials, names)
    won = accuracy.league(one.trials, [name for name in names if name != USED])["share_won"]
    order = [USED, *(name for name in found.index if name != USED)]
    found = found.loc[order]
    errors = _money(view, one)
    return pd.DataFrame(
        {
            "Model": [_label(one, name)[0] for name in order],
            "How it works": [_label(one, name)[1] for name in order],
            "Wins": [plain.share(won.get(name), shop) for name in order],
            "Off by": [plain.share(value, shop, 1) for value in found["wape"]],
            "Leaning": [plain.share(value, shop, 1) for value in found["bias"]],
            "Loses to the mark": [
                "" if name == accuracy.BASELINE else plain.share(found.loc[name, "worse"], shop) for name in order
            ],
            "Error a day": [plain.amount(errors.get(name, np.nan), shop) for name in order],
        }
    )[COLUMNS]


def _label(one: Expected, name: str) -> tuple[str, str]:
    return ("Used", "what the page tells") if name == USED else one.labels.get(name, (name, ""))


def _money(view: Outlook, one: Expected) -> dict[str, float]:
    """Return the mean cost of a day's errors over the bottom series together, by model."""
    keys = one.series.keys.iloc[one.series.bottom]
    mine = view.scores.merge(keys, on=list(keys.columns))
    return {str(name): float(rows.sum()) for name, rows in mine.groupby("model")["error_minor"]}


def sentences(view: Outlook, shop: Shop) -> list[str]:
    """Return what the forecast is made of, and by how much it is better than the mean of four same weekdays."""
    told = []
    for one in (view.takings, view.units):
        if one is None or not len(one.trials.cutoffs):
            continue
        what = "takings" if one.series.measure == TAKINGS else "units"
        ours, mark = (accuracy.pooled(one.trials, name)["wape"] for name in (USED, accuracy.BASELINE))
        parts = _parts(view, one)
        if pd.isna(ours) or pd.isna(mark):
            continue
        text = f"The forecast of {what} is made of {parts}" if parts else f"The forecast of {what}"
        by = 1 - ours / mark if mark > 0 else 0.0
        better = f"{words.share(abs(by), shop.language)} {'smaller' if by > 0 else 'larger'} than those"
        told.append(f"{text}; its errors are {better} of the mean of the last four same weekdays.")
    return told


def _parts(view: Outlook, one: Expected) -> str:
    rows = one.models[one.models["weight"] > 0]
    share = rows.groupby("model")["weight"].sum().sort_values(ascending=False, kind="stable")
    names = [_label(one, str(name))[0] for name in share.index]
    return words.listed(names, limit=4)

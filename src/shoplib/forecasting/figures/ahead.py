"""The weeks behind, the weeks ahead, and the bands around them."""

from __future__ import annotations

import pandas as pd

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.forecasting.demand_series import TAKINGS
from shoplib.forecasting.models.interface import LEVELS
from shoplib.forecasting.outlook import Outlook
from shoplib.forecasting.telling import expected, plain
from shoplib.viz import charts, palette, style, ticks
from shoplib.viz.export import Chart

SHOWN_DAYS = 56
WIDE_BAND = palette.HEAT[0]
BOUNDS = ["low_80", "high_80", "low_95", "high_95"]
AMOUNTS = {name: f"{name}_minor" for name in ("expected", *BOUNDS)}
"""What the columns of the forecast that are amounts are called beside a chart."""


def outlook_chart(view: Outlook, shop: Shop) -> Chart:
    """Return takings of the last eight weeks and those expected (line, bands of 80 and 95%), all places together."""
    table = _table(view)
    if view.takings is None or table.empty:
        reason = expected.sentences(view, shop)[0]
        return Chart(charts.message(reason), reason, reason, reason, table.iloc[:0].rename(columns=AMOUNTS))
    days = words.plural(view.plan.horizon_days, "day")
    worth = plain.amount(float(view.takings.mean[0].sum()), shop)
    ahead = table[table["expected"].notna()]
    levels = [level for level in LEVELS if ahead[f"low_{level}"].notna().any()]
    known = charts.on_calendar(table["business_date"], table["gross_sales_minor"])
    line, low, high = (line_of(ahead, column) for column in ("expected", "low_80", "high_80"))
    bands = f"Expected, with {' and '.join(f'{level}%' for level in levels)} band{'s' * (len(levels) > 1)}"
    figure = charts.days(
        known,
        line,
        unit="Takings a day",
        values=ticks.money_ticks(shop.currency, shop.language),
        dates=ticks.DateLabels(shop.language),
        dots_label="Taken",
        line_label=bands if levels else "Expected",
        low=low if 80 in levels else None,
        high=high if 80 in levels else None,
    )
    with style.house():  # what was taken is one thing with what is expected, not a cloud beside it
        axes = figure.axes[0]
        axes.plot(known.index, known, color=palette.MUTED, linewidth=1.0, zorder=1)
        if 95 in levels:
            bottom, top = line_of(ahead, "low_95"), line_of(ahead, "high_95")
            axes.fill_between(line.index, bottom, top, color=WIDE_BAND, linewidth=0, zorder=0)
            axes.set_ylim(top=max(axes.get_ylim()[1], float(top.max()) * 1.03))
    return Chart(
        figure,
        f"Takings of {worth} are expected over the next {days}.",
        _caption(view, levels, shop),
        _alt(view, ahead, worth, shop),
        table.rename(columns=AMOUNTS),
    )


def line_of(rows: pd.DataFrame, column: str) -> pd.Series:
    """Return a column by day, closed days as gaps; without two days in a row there would be no line, so none then."""
    series = charts.on_calendar(rows["business_date"], rows[column])
    lines = (series.notna() & series.shift().notna()).any()
    return series if lines else series.dropna()


def _table(view: Outlook) -> pd.DataFrame:
    """Return days known and to come of all places: business_date, gross_sales_minor, expected and bounds."""
    ahead = view.forecast[(view.forecast["measure"] == TAKINGS) & (view.forecast["level"] == "total")]
    ahead = ahead[["business_date", "expected", *BOUNDS]].astype({"business_date": "datetime64[ns]"})
    if view.takings is None:
        return ahead.assign(gross_sales_minor=pd.Series(dtype="float64"))
    panel = view.takings.series.panel
    past = pd.DataFrame({"business_date": panel.days[: panel.history], "gross_sales_minor": panel.y[0]})
    return past.iloc[-SHOWN_DAYS:].merge(ahead, on="business_date", how="outer")


def _caption(view: Outlook, levels: list[int], shop: Shop) -> str:
    text = "Completed sales of all places, tax included: the last eight weeks and the days to come. "
    score = None if view.takings is None else view.score(view.takings.series)
    held = [(level, score[f"coverage_{level}"]) for level in levels if score is not None]
    told = [f"the {level}% band held {plain.share(value, shop)}" for level, value in held if pd.notna(value)]
    if told:
        text += f"On days the models had not seen, {' and '.join(told)} of days. "
    return f"{text}Closed days are left out."


def _alt(view: Outlook, ahead: pd.DataFrame, worth: str, shop: Shop) -> str:
    best = ahead.nlargest(1, "expected").to_dict("records")[0]
    text = f"Dots of daily takings up to {plain.day(view.shops.days[-1], shop)}, then a line of what is expected to "
    text += f"{plain.day(ahead['business_date'].iloc[-1], shop)}: {worth} in all, most on "
    text += f"{plain.day(best['business_date'], shop)} with {plain.amount(float(best['expected']), shop)}"
    if pd.notna(best["low_80"]):
        edges = (plain.amount(float(best[side]), shop) for side in ("low_80", "high_80"))
        text += f" (80% between {' and '.join(edges)})"
    return f"{text}."

"""What was said beside what came, and demand beside sales."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.config.models import Shop
from shoplib.forecasting.figures.ahead import line_of
from shoplib.forecasting.outlook import Outlook
from shoplib.forecasting.telling import plain, record, zeros
from shoplib.viz import charts, ticks
from shoplib.viz.export import Chart

AROUND_DAYS = 45
"""Days shown before and after the longest time without goods."""


def record_chart(view: Outlook, shop: Shop) -> Chart | None:
    """Return takings that came as dots on what was said of them (line, band); ``None`` where nothing was said."""
    found = record.rows(view)
    if len(found) < 2:
        return None
    found = found.rename(columns={"ds": "business_date"})
    banded = bool(found["lo80"].notna().any())
    line, low, high = (line_of(found, column) for column in ("said", "lo80", "hi80"))
    came = charts.on_calendar(found["business_date"], found["was"])
    figure = charts.days(
        came,
        line,
        unit="Takings a day",
        values=ticks.money_ticks(shop.currency, shop.language),
        dates=ticks.DateLabels(shop.language),
        dots_label="It was",
        line_label="We said, with 80% band" if banded else "We said",
        low=low if banded else None,
        high=high if banded else None,
    )
    held = found["inside_80"].dropna()
    first, last = (plain.day(date, shop) for date in (found["business_date"].iloc[0], found["business_date"].iloc[-1]))
    text = (
        f"{int(held.sum())} of {len(held)} days lay within the 80% band." if len(held) else "What was said, what came."
    )
    alt = f"Dots of takings from {first} to {last} on a line of what was said of them. {text}"
    names = {"said": "said_minor", "lo80": "low_80_minor", "hi80": "high_80_minor", "was": "found_minor"}
    data = found[["business_date", *names]].rename(columns=names)
    return Chart(figure, text, f"Takings of all places, {first} to {last}; closed days are left out.", alt, data)


def demand_chart(view: Outlook, shop: Shop) -> Chart | None:
    """Return demand beside sales of the best seller that missed most; ``None`` where nothing was out of stock."""
    missed = zeros.empty_shelves(view)
    if view.units is None or missed.empty or missed["units_missed"].iloc[0] <= 0:
        return None
    series, row = view.units.series, int(missed["row"].iloc[0])
    days = series.panel.days[: series.panel.history]
    wanted, sold = series.panel.y[row], np.where(np.isnan(series.panel.y[row]), np.nan, series.sold[row])
    around = np.convolve(np.nan_to_num(wanted - sold), np.ones(2 * AROUND_DAYS + 1), mode="same")
    first_day = max(int(around.argmax()) - AROUND_DAYS, 0)
    table = pd.DataFrame({"business_date": days, "units_sold": sold, "units_wanted": wanted})
    table = table.iloc[first_day : first_day + 2 * AROUND_DAYS + 1].dropna()
    name = plain.product(view, str(series.keys["product_id"].iloc[row]))
    figure = charts.days(
        charts.on_calendar(table["business_date"], table["units_sold"]),
        line_of(table, "units_wanted"),
        unit="Units a day",
        values=ticks.count_ticks(shop.language),
        dates=ticks.DateLabels(shop.language),
        dots_label="Sold",
        line_label="Probably wanted",
    )
    units = plain.quantity(float(missed["units_missed"].iloc[0].round()), shop)
    first, last = (plain.day(date, shop) for date in (table["business_date"].iloc[0], table["business_date"].iloc[-1]))
    text = f"{name}: {units} units were probably wanted and not sold."
    return Chart(
        figure,
        text,
        f"Units of {name} at all places, {first} to {last}, where most was missed. Where dots lie below the line, "
        "it was out of stock somewhere.",
        f"Dots of units sold and a line of units probably wanted, {first} to {last}. {text}",
        table,
    )

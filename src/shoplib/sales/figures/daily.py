"""The figures of the daily report: trend, volume, months, weekdays, best days."""

from __future__ import annotations

import pandas as pd

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.sales import captions, rhythm, summary, trends
from shoplib.sales.baseline import EVERYWHERE
from shoplib.sales.figures import shared
from shoplib.sales.metrics import currency_of
from shoplib.sales.overview import Overview, overview
from shoplib.viz import charts, marks, ticks
from shoplib.viz.export import Chart
from shoplib.viz.marks import Mark


def trend_chart(
    daily: pd.DataFrame, shop: Shop, length_days: int = 90, compare_days: int = 28, odd: pd.DataFrame | None = None
) -> Chart:
    """Return takings of each day with their seven-day mean; the title says how they moved and which day is best.

    Days of ``odd``, the table ``sales_anomalies``, on which all places together stood out are ringed and named.
    """
    table = trends.trend(daily, length_days)
    view = overview(daily, compare_days)
    if table["gross_sales_minor"].isna().all():
        return shared.empty(_unsold(daily, view, shop), table)
    currency = view.currency or shop.currency
    change = view.change_share("gross_sales")
    if change is None:
        title = summary.takings_sentence(view, shop).rstrip(".")
    else:
        moved = words.change(1 + change, 1, shop.language)
        title = f"Takings of the last {compare_days} days are {moved} on the same weekdays before"
    if best := summary.best_weekdays(rhythm.weekday_pattern(daily), shop):
        title = f"{title}; {best}"
    stood_out = _stood_out(table, odd)
    figure = shared.dated(table, "gross_sales_minor", "gross_sales_mean_minor", "Takings a day", shop, currency)
    caption = (
        f"Completed sales, tax included, {captions.days_shown(table, shop)}: each trading day (dots) and the mean "
    )
    caption += "of the seven days up to it (line). Closed days are left out."
    alt = captions.line(table, "gross_sales_minor", "gross_sales_mean_minor", "takings", shop, currency)
    if len(stood_out):
        caption += (
            " Rings mark days far from what their weekday usually takes, and by how much, or days without a sale."
        )
        told = [f"{summary.short_day(day.date(), shop)} {_against(day_row, shop)}" for day, day_row in stood_out]
        alt += f" Far from usual: {captions.listed(told)}"
    return Chart(
        marks.mark_days(figure, [_mark(day, day_row, shop) for day, day_row in stood_out]),
        f"{title}.",
        caption,
        alt,
        table,
    )


def _stood_out(table: pd.DataFrame, odd: pd.DataFrame | None) -> list[tuple[pd.Timestamp, dict[str, float]]]:
    """Return the odd days of all places together among those drawn, those farthest from usual in money first."""
    if odd is None:
        return []
    shown = odd[(odd["location_id"] == EVERYWHERE) & odd["business_date"].isin(table["business_date"])]
    far = (shown["found_minor"] - shown["usual_minor"]).abs().sort_values(ascending=False, kind="stable")
    rows = shown.loc[far.index]
    return [
        (day, {"found_minor": float(found), "usual_minor": float(usual)})
        for day, found, usual in zip(rows["business_date"], rows["found_minor"], rows["usual_minor"], strict=True)
    ]


def _against(row: dict[str, float], shop: Shop) -> str:
    """Return how far a day was from usual, signed, or that it was closed."""
    if not row["found_minor"]:
        return "no sale"
    by = row["found_minor"] / row["usual_minor"] - 1
    return f"{'+' if by > 0 else ''}{words.share(by, shop.language, 0)}"


def _mark(day: pd.Timestamp, row: dict[str, float], shop: Shop) -> Mark:
    label = f"{summary.short_day(day.date(), shared.drawn(shop))} {_against(row, shared.drawn(shop))}"
    found = float(row["found_minor"])
    return Mark(day, found, label, above=found > row["usual_minor"] or not found)


def volume_chart(daily: pd.DataFrame, shop: Shop, length_days: int = 90, compare_days: int = 28) -> Chart:
    """Return the number of sales of each day with their seven-day mean."""
    table = trends.trend(daily, length_days)
    view = overview(daily, compare_days)
    if table["transactions"].isna().all():
        return shared.empty(_unsold(daily, view, shop), table)
    change = view.change_share("transactions")
    sold = words.plural(int(view.now["transactions"] or 0), "sale")
    days = view.period.days if view.period else 0
    title = f"{sold} in the last {days} days" if days > 1 else f"{sold} in one day"
    if change is not None:
        title = f"{title}, {words.change(1 + change, 1, shop.language)} on the same weekdays before"
    return Chart(
        shared.dated(table, "transactions", "transactions_mean", "Sales a day", shop, None),
        f"{title}.",
        f"Completed transactions, {captions.days_shown(table, shop)}: each trading day (dots) and the mean of the "
        "seven days up to it (line). Closed days are left out.",
        captions.line(table, "transactions", "transactions_mean", "the number of sales", shop, None),
        table,
    )


def monthly_chart(daily: pd.DataFrame, shop: Shop) -> Chart | None:
    """Return takings by month, months that are not whole hatched; the title names the best whole month.

    ``None`` if no month with a sale is whole: there is nothing to compare.
    """
    table = trends.monthly(daily)
    if len(table) and table["partial"].all():
        return None
    if table["gross_sales_minor"].isna().all():
        return shared.empty(summary.NO_SALE, table)
    currency = currency_of(daily) or shop.currency
    names = [summary.month(first.date(), shop) for first in table["month"]]
    marks = [summary.month(first.date(), shared.drawn(shop)).replace(" ", "\n") for first in table["month"]]
    whole = table[~table["partial"] & table["gross_sales_minor"].notna()]
    if whole.empty:
        return None
    if len(whole) > 1:
        best = whole["gross_sales_minor"].idxmax()
        title = f"{names[int(best)]} took most of the {len(whole)} whole months: "
        title += f"{summary.amount(float(whole['gross_sales_minor'].max()), shop, currency)}."
    else:
        row = int(whole.index[0])
        title = f"{names[row]} took {summary.amount(whole.iloc[0]['gross_sales_minor'], shop, currency)}; "
        title += "there is no second whole month to compare it with."
    told = [
        f"{name} {summary.amount(takings, shop, currency)}{' (not whole)' if partial else ''}"
        for name, takings, partial in zip(names, table["gross_sales_minor"], table["partial"], strict=True)
    ]
    return Chart(
        charts.columns(
            marks, table["gross_sales_minor"].tolist(), unit="Takings a month",
            values=ticks.money_ticks(currency, shop.language), partial=table["partial"].tolist(),
            partial_label="Month not whole in the data",
        ),
        title,
        "Completed sales by calendar month, tax included. Hatched months are not wholly in the data.",
        f"Bars by month: {captions.listed(told)}",
        table,
    )  # fmt: skip


def weekday_chart(daily: pd.DataFrame, shop: Shop) -> Chart:
    """Return mean takings by weekday with their 95 % intervals."""
    table = rhythm.weekday_pattern(daily)
    currency = currency_of(daily) or shop.currency
    title = summary.weekday_sentence(table, shop, currency)
    if not table["days"].any():
        return shared.empty(title, table.iloc[:0])
    told = [
        f"{summary.weekday(number, shop)} {summary.amount(mean, shop, currency)}"
        for number, mean in enumerate(table["mean_minor"])
        if pd.notna(mean)
    ]
    return Chart(
        charts.intervals(
            [summary.weekday(number, shared.drawn(shop)) for number in range(7)], table["mean_minor"].tolist(),
            table["low_minor"].tolist(), table["high_minor"].tolist(), unit="Takings an open day",
            values=ticks.money_ticks(currency, shop.language),
            short_names=[summary.weekday(number, shared.drawn(shop), "short") for number in range(7)],
        ),
        title,
        "Mean takings of the open days of each weekday (dots) with the range the true mean likely lies in "
        f"(lines, 95% interval), {captions.days_known(daily, shop)}. A hollow dot is a single day.",
        f"Mean takings by weekday: {captions.listed(told)}",
        table,
    )  # fmt: skip


def _unsold(daily: pd.DataFrame, view: Overview, shop: Shop) -> str:
    """Return why there is no day to draw: nothing was sold at all, or not lately."""
    return summary.takings_sentence(view, shop) if daily["transactions"].any() else summary.NO_SALE

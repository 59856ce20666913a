"""The figures of the sales pages: each takes tables of this package and returns a chart whose title is a finding.

All charts survive empty tables: the figure then says why it is empty, and ``data`` has no rows.
"""

from __future__ import annotations

import pandas as pd

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.sales import attributes, captions, mix, rhythm, summary, trends
from shoplib.sales.metrics import currency_of
from shoplib.sales.overview import overview
from shoplib.viz import charts, ticks
from shoplib.viz.export import Chart
from shoplib.viz.style import HouseFigure

MANY_NAMES = 20
FEW_WEEKDAYS = 4
NO_CATEGORY = "No category"


def trend_chart(daily: pd.DataFrame, shop: Shop, length_days: int = 90, compare_days: int = 28) -> Chart:
    """Return takings of each day with their seven-day mean; the title says how they moved and which day is best."""
    table = trends.trend(daily, length_days)
    view = overview(daily, compare_days)
    if table["gross_sales_minor"].isna().all():
        return _empty(summary.takings_sentence(view, shop), table)
    currency = view.currency or shop.currency
    change = view.change_share("gross_sales")
    if change is None:
        title = summary.takings_sentence(view, shop).rstrip(".")
    else:
        moved = words.change(1 + change, 1, shop.language)
        title = f"Takings of the last {compare_days} days are {moved} on the same weekdays before"
    if best := summary.best_weekdays(rhythm.weekday_pattern(daily), shop):
        title = f"{title}; {best}"
    return Chart(
        _dated(table, "gross_sales_minor", "gross_sales_mean_minor", "Takings a day", shop, currency),
        f"{title}.",
        f"Completed sales, tax included, {captions.days_shown(table, shop)}: each trading day (dots) and the mean "
        "of the seven days up to it (line). Closed days are left out.",
        captions.line(table, "gross_sales_minor", "gross_sales_mean_minor", "takings", shop, currency),
        table,
    )


def volume_chart(daily: pd.DataFrame, shop: Shop, length_days: int = 90, compare_days: int = 28) -> Chart:
    """Return the number of sales of each day with their seven-day mean."""
    table = trends.trend(daily, length_days)
    view = overview(daily, compare_days)
    if table["transactions"].isna().all():
        return _empty(summary.takings_sentence(view, shop), table)
    change = view.change_share("transactions")
    sold = words.plural(int(view.now["transactions"] or 0), "sale")
    days = view.period.days if view.period else 0
    title = f"{sold} in the last {days} days" if days > 1 else f"{sold} in one day"
    if change is not None:
        title = f"{title}, {words.change(1 + change, 1, shop.language)} on the same weekdays before"
    return Chart(
        _dated(table, "transactions", "transactions_mean", "Sales a day", shop, None),
        f"{title}.",
        f"Completed transactions, {captions.days_shown(table, shop)}: each trading day (dots) and the mean of the "
        "seven days up to it (line). Closed days are left out.",
        captions.line(table, "transactions", "transactions_mean", "the number of sales", shop, None),
        table,
    )


def monthly_chart(daily: pd.DataFrame, shop: Shop) -> Chart | None:
    """Return takings by month, months that are not whole hatched; the title names the best whole month.

    ``None`` if no month is whole: there is nothing to compare.
    """
    table = trends.monthly(daily)
    if len(table) and table["partial"].all():
        return None
    if table["gross_sales_minor"].isna().all():
        return _empty("There is no completed sale to add up by month.", table)
    currency = currency_of(daily) or shop.currency
    names = [summary.month(first.date(), shop) for first in table["month"]]
    marks = [summary.month(first.date(), _drawn(shop)).replace(" ", "\n") for first in table["month"]]
    whole = table[~table["partial"] & table["gross_sales_minor"].notna()]
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
        return _empty(title, table.iloc[:0])
    told = [
        f"{summary.weekday(number, shop)} {summary.amount(mean, shop, currency)}"
        for number, mean in enumerate(table["mean_minor"])
        if pd.notna(mean)
    ]
    return Chart(
        charts.intervals(
            [summary.weekday(number, _drawn(shop)) for number in range(7)], table["mean_minor"].tolist(),
            table["low_minor"].tolist(), table["high_minor"].tolist(), unit="Takings an open day",
            values=ticks.money_ticks(currency, shop.language),
            short_names=[summary.weekday(number, _drawn(shop), "short") for number in range(7)],
        ),
        title,
        "Mean takings of the open days of each weekday (dots) with the range the true mean likely lies in "
        f"(lines, 95% interval), {captions.days_known(daily, shop)}. A hollow dot is a single day.",
        f"Mean takings by weekday: {captions.listed(told)}",
        table,
    )  # fmt: skip


def hourly_chart(hourly: pd.DataFrame, shop: Shop, unknown_hours: int = 0) -> Chart:
    """Return sales an hour by weekday and hour as a heat map; bars by hour if fewer than four weekdays traded.

    ``unknown_hours`` is the number of sales whose hour is not known; the caption says they are left out.
    """
    table = rhythm.hourly_pattern(hourly, shop.day_start.hour)
    title = summary.hour_sentence(table, shop)
    if table.empty:
        return _empty(title, table)
    left_out = f" {words.plural(unknown_hours, 'sale')} without a known hour are left out." if unknown_hours else ""
    caption = f"Completed transactions an hour on an open day, by business weekday and hour of the clock.{left_out}"
    order = table["local_hour"].drop_duplicates().tolist()
    grid = table.pivot_table(index="weekday", columns="local_hour", values="transactions_per_day")[order]
    top = table.nlargest(3, "transactions_per_day", keep="first")
    told = [
        f"{summary.weekday(day, shop)} {hour}:00 with {words.count(rate, shop.language, 1)}"
        for day, hour, rate in zip(top["weekday"], top["local_hour"], top["transactions_per_day"], strict=True)
    ]
    if len(grid) < FEW_WEEKDAYS:
        rates = grid.mean()
        figure = charts.columns(
            [str(hour) for hour in order], rates.tolist(), unit="Sales an hour", values=ticks.count_ticks(shop.language)
        )
    else:
        figure = charts.heat(
            grid.reindex(range(7)), unit="Sales an hour", values=ticks.count_ticks(shop.language),
            row_names=[summary.weekday(number, _drawn(shop), "short") for number in range(7)],
        )  # fmt: skip
    return Chart(
        figure,
        title,
        caption,
        f"Sales by weekday and hour, {order[0]}:00 to {order[-1]}:59. Busiest: {captions.listed(told)}",
        table,
    )


def location_chart(locations: pd.DataFrame, shop: Shop, currency: str | None = None) -> Chart | None:
    """Return takings by location as bars; ``None`` where there is one, because that is all takings."""
    table = mix.location_comparison(locations)
    if len(table) == 1:
        return None
    title = summary.location_sentence(table, shop, currency)
    if not table["transactions"].any():
        return _empty(title, table.iloc[:0])
    names = table["location_name"].tolist()
    return Chart(
        _money_bars(names, table["gross_sales_minor"], table["share"], "Takings and share of all", shop, currency),
        title,
        f"Completed sales by location, tax included{captions.cut(len(table), MANY_NAMES)}.",
        "Bars by location: " + captions.amounts(names, table["gross_sales_minor"], shop, currency),
        table,
    )


def category_chart(products: pd.DataFrame, shop: Shop, currency: str | None = None) -> Chart | None:
    """Return line sales by category as bars, products without one together in their own; ``None`` if all are in one."""
    table = mix.category_shares(products)
    if len(table) == 1:
        return None
    title = summary.category_sentence(table, shop)
    if table.empty or table["share"].isna().all():
        return _empty(title, table.iloc[:0])
    names = table["product_category"].fillna(NO_CATEGORY).tolist()
    return Chart(
        _money_bars(names, table["line_sales_minor"], table["share"], "Line sales and share of all", shop, currency),
        title,
        f"Line totals of completed sales by category, before discounts and tax{captions.cut(len(table), MANY_NAMES)}.",
        "Bars by category: " + captions.amounts(names, table["line_sales_minor"], shop, currency),
        table,
    )


def products_chart(products: pd.DataFrame, shop: Shop, count: int = 20, currency: str | None = None) -> Chart:
    """Return the best sellers as bars, as many as ``count``."""
    table = mix.top_products(products, count)
    if table.empty or table["share"].isna().all():
        return _empty("No product line was sold.", table.iloc[:0])
    names = table["product_name"].tolist()
    if len(table) == 1:
        title = f"{names[0]} is the one product sold."
    elif len(table) == len(products):
        part = words.share(float(table["share"].iloc[0]), shop.language, 0)
        title = f"{names[0]} sells best: {part} of what was sold."
    else:
        part = words.share(float(table["share"].sum()), shop.language, 0)
        title = f"{names[0]} sells best; the {len(table)} products shown make up {part} of what was sold."
    return Chart(
        _money_bars(names, table["line_sales_minor"], table["share"], "Line sales and share of all", shop, currency),
        title,
        f"Best sellers by line totals of completed sales, before discounts and tax; "
        f"{words.plural(len(products), 'product')} sold in all.",
        "Bars by product: " + captions.amounts(names, table["line_sales_minor"], shop, currency),
        table,
    )


def choice_charts(choices: pd.DataFrame, shop: Shop, compare_days: int = 28) -> dict[str, Chart]:
    """Return the favourites of each attribute as bars, by the name of the figure; none without attributes.

    ``choices`` is the table of :func:`attributes.choices`.
    """
    charts_: dict[str, Chart] = {}
    for number, attribute in enumerate(choices["attribute"].unique(), 1):
        charts_[f"favourites_{number}"] = _choice_chart(choices, attribute, shop, compare_days)
    return charts_


def _choice_chart(choices: pd.DataFrame, attribute: str, shop: Shop, compare_days: int) -> Chart:
    table = choices[choices["attribute"] == attribute].reset_index(drop=True)
    moved = table["trend"].isin([attributes.GAINING, attributes.LOSING])
    shares = [words.share(float(share), shop.language, 0) for share in table["share"]]
    labels = [
        f"{share} · {trend}" if moves else share
        for share, trend, moves in zip(shares, table["trend"], moved, strict=True)
    ]
    names, count = table["value"].tolist(), min(len(table), MANY_NAMES)
    caption = f"Units of completed sales by {attribute}, shares of all that have one{captions.cut(len(table), count)}."
    if moved.any():
        caption += (
            f" Marked: shares of the last {compare_days} days that differ from those before by more than chance "
            "(95% interval for all of them together)."
        )
    return Chart(
        charts.bars(names[:count], table["share"].tolist()[:count], labels[:count], unit="Share of units"),
        attributes.sentence(choices, attribute, shop, compare_days),
        caption,
        f"Bars by {attribute}: "
        + captions.listed(f"{name} {label}" for name, label in zip(names, labels, strict=True)),
        table,
    )


def refunds_chart(daily: pd.DataFrame, shop: Shop, weeks: int = 26) -> Chart | None:
    """Return the refunded share of sales by week: refunds among completed and refunded transactions.

    ``None`` if no refund is known: such a till does not tell that there was none.
    """
    table = trends.weekly(daily).tail(weeks).reset_index(drop=True)
    made = table["refunds"] + table["transactions"].fillna(0)
    table["refund_share"] = table["refunds"] / made.where(made > 0)
    if not daily["refunds"].any():
        return None
    if table["refund_share"].isna().all():
        return _empty("There is no whole week of sales to set refunds against.", table.iloc[:0])
    currency = currency_of(daily) or shop.currency
    total = float(table["refunds"].sum() / made.sum())
    peak = table.loc[table["refund_share"].idxmax()]
    when = words.day(peak["week_end"].date(), shop.language)
    title = f"{words.share(total, shop.language)} of sales were refunded"
    if not table["refunds"].any():
        title = f"Nothing was refunded in {words.plural(len(table), 'week')}"
    elif len(table) > 1:
        title += f", most in the week to {when} ({words.share(float(peak['refund_share']), shop.language)})"
    names = [summary.short_day(end.date(), _drawn(shop)) for end in table["week_end"]]
    worth = summary.amount(float(table["refunds_minor"].sum()), shop, currency)
    return Chart(
        charts.columns(
            names, table["refund_share"].tolist(), unit="Share refunded", values=ticks.share_ticks(shop.language)
        ),
        f"{title}.",
        f"Refunded among completed and refunded transactions, by week ending on the day shown; {worth} in all.",
        f"Bars over {words.plural(len(table), 'week')}: {words.share(total, shop.language)} overall, between "
        f"{words.share(float(table['refund_share'].min()), shop.language)} and "
        f"{words.share(float(table['refund_share'].max()), shop.language)} a week.",
        table,
    )


def best_days_table(daily: pd.DataFrame, shop: Shop, count: int = 5) -> pd.DataFrame:
    """Return the best days as text to show: Day, Takings, Sales, Against a usual day, Note."""
    best = rhythm.best_days(daily, count, shop.timezone)
    currency = currency_of(daily)
    above = [
        words.change(1 + share, 1, shop.language) if pd.notna(share) else "nothing to compare"
        for share in best["above_usual_share"]
    ]
    notes = zip(best["holiday"], best["eve_of"], strict=True)
    return pd.DataFrame(
        {
            "Day": [words.day(date.date(), shop.language, weekday=True) for date in best["business_date"]],
            "Takings": [summary.amount(minor, shop, currency) for minor in best["gross_sales_minor"]],
            "Sales": [words.count(number, shop.language) for number in best["transactions"]],
            "Against a usual day": above,
            "Note": [summary.day_note(holiday, eve) for holiday, eve in notes],
        }
    )


def _dated(table: pd.DataFrame, dots: str, line: str, unit: str, shop: Shop, currency: str | None) -> HouseFigure:
    return charts.days(
        charts.on_calendar(table["business_date"], table[dots]),
        charts.on_calendar(table["business_date"], table[line]),
        unit=unit,
        values=ticks.money_ticks(currency, shop.language) if currency else ticks.count_ticks(shop.language),
        dates=ticks.DateLabels(shop.language),
        dots_label="Day",
        line_label="Mean of 7 days",
        whole=currency is None,
    )


def _money_bars(
    names: list[str], amounts: pd.Series, shares: pd.Series, unit: str, shop: Shop, currency: str | None
) -> HouseFigure:
    code = currency or shop.currency
    shown = list(zip(names, amounts, shares, strict=True))[:MANY_NAMES]
    labels = [
        f"{ticks.money_label(int(minor), code, shop.language)} · {words.share(share, shop.language, 0)}"
        for _, minor, share in shown
    ]
    accent = [name != NO_CATEGORY for name, _, _ in shown]
    return charts.bars([n for n, _, _ in shown], [float(v) for _, v, _ in shown], labels, unit=unit, accent=accent)


def _drawn(shop: Shop) -> Shop:
    """Return the shop with a language whose names of days and months the fonts can draw."""
    return shop.model_copy(update={"language": ticks.drawn_language(shop.language)})


def _empty(reason: str, table: pd.DataFrame) -> Chart:
    return Chart(charts.message(reason), reason, reason, reason, table)

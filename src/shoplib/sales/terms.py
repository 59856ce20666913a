"""The columns of the reports: the one place where each is named, given its unit, and told what it means."""

from __future__ import annotations

from shoplib.base.listing import Column

TERMS: dict[str, Column] = {
    term.name: term
    for term in (
        Column("metric", "Metric", "text", "name in the metric contract"),
        Column("label", "What", "text"),
        Column("business_date", "Day", "day", "business day"),
        Column("week_end", "Week to", "day", "last business day of the seven"),
        Column("month", "Month", "month"),
        Column("weekday", "Weekday", "weekday", "business weekday"),
        Column("local_hour", "Hour", "hour", "hour on the wall clock, from its start"),
        Column("location_name", "Place", "text"),
        Column("location_type", "Kind", "text"),
        Column("city", "City", "text"),
        Column("product_name", "Product", "text"),
        Column("product_category", "Category", "text"),
        Column("employee", "Employee", "text", "key; the name only where the scenario shows names"),
        Column("employee_role", "Role", "text"),
        Column("payment_method", "Way of paying", "text"),
        Column("payment_status", "Paid or not", "text"),
        Column("trading_days", "Trading days", "count", "business days with a completed sale"),
        Column("transactions", "Sales", "count", "completed transactions"),
        Column("transactions_share", "Share of sales", "share", "among all completed transactions"),
        Column("transactions_per_day", "Sales a day", "number", "completed transactions by trading day"),
        Column("units", "Units", "number", "units on the lines of completed transactions"),
        Column("gross_sales_minor", "Takings", "money", "completed totals, tax included, tips not"),
        Column("net_sales_minor", "After refunds", "money", "takings less refunds of the same days"),
        Column("share", "Share", "share", "share of the whole"),
        Column("average_transaction_minor", "Average sale", "money", "takings by completed transaction"),
        Column("gross_sales_per_day_minor", "Takings a day", "money", "takings by trading day"),
        Column("low_minor", "At least", "money", "lower end of the 95% interval of the mean"),
        Column("high_minor", "At most", "money", "upper end of the 95% interval of the mean"),
        Column("line_sales_minor", "Line sales", "money", "line totals before discount and tax"),
        Column("margin_minor", "Margin", "money", "line sales after discount less cost, where the cost is known"),
        Column("margin_share", "Margin share", "share", "margin among the sales whose cost is known"),
        Column("unknown_margin_minor", "Unknown margin", "money", "sales after discount whose cost is not known"),
        Column("refunds", "Refunds", "count", "refunded transactions"),
        Column("refunds_minor", "Refunded", "money", "totals of refunded transactions"),
        Column("refund_share", "Share refunded", "share", "among completed and refunded transactions"),
        Column("change_share", "Change", "share", "of the latest days on the same weekdays before"),
        Column("change_points", "Change", "points", "of the share in the latest days on the same weekdays before"),
        Column("rank", "Rank", "text", "equal ranks are not apart beyond chance"),
        Column("usual_minor", "Usual", "money", "median of the same weekday"),
        Column("note", "Note", "text"),
    )
}


def columns(*names: str) -> tuple[Column, ...]:
    """Return columns by name; ``KeyError`` if one is not a term."""
    return tuple(TERMS[name] for name in names)

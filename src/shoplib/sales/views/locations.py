"""Places: what each took and earned, which are apart beyond chance, and how they differ."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.base import words
from shoplib.base.calendar import Period
from shoplib.base.listing import Column, Listing
from shoplib.sales import attributes, chances, ranks, summary, tables
from shoplib.sales.metrics import untold
from shoplib.sales.terms import columns
from shoplib.sales.view import Scope, View

TITLE = "Which places do best?"
MAIN = (
    "location_name", "location_type", "city", "trading_days", "transactions", "gross_sales_minor", "share",
    "net_sales_minor", "average_transaction_minor", "gross_sales_per_day_minor", "refunds", "refunds_minor",
    "refund_share", "margin_minor", "margin_share", "unknown_margin_minor",
)  # fmt: skip
MORE = ("change_share", "low_minor", "high_minor", "rank", "quadrant", "transactions_per_day", "against_type_share")
COLUMNS = (
    *columns(*MAIN, "change_share"),
    Column("low_minor", "A day, at least", "money", "lower end of the 95% interval of takings a day"),
    Column("high_minor", "A day, at most", "money", "upper end of the 95% interval of takings a day"),
    *columns("rank"),
    Column("quadrant", "Volume and value", "text", "sales a day and average sale against the medians of all places"),
    *columns("transactions_per_day"),
    Column("against_type_share", "Against its kind", "share",
           "takings against what the other places of its kind took on average on the same days"),
)  # fmt: skip
TOTALS = (
    "transactions", "gross_sales_minor", "net_sales_minor", "refunds", "refunds_minor", "margin_minor",
    "unknown_margin_minor",
)  # fmt: skip
UNTOLD = {
    "refunds": ("refunds", "refunds_minor", "refund_share", "net_sales_minor"),
    "margin": ("margin_minor", "margin_share", "unknown_margin_minor"),
}
"""The columns that tell nothing while a metric is not told at all."""
TYPE_COLUMNS = (
    *columns("location_type"),
    Column("places", "Places", "count", "places of this kind, also those without a sale"),
    *columns("transactions", "gross_sales_minor", "share"),
    Column("gross_per_place_day_minor", "Takings a place and day", "money", "takings by trading day of a place"),
)
FEWEST_PLACES = 4
"""Fewer places than this have no medians to be set against."""


def view(scope: Scope) -> View:
    """Return the report on places."""
    table = compared(scope)
    silent = untold(scope.daily)
    hidden = {name for metric, names in UNTOLD.items() if metric in silent for name in names}
    hidden |= {name for name in ("location_type", "city", *MORE) if table[name].isna().all()}
    main = Listing(
        "locations", "All places", table, tuple(c for c in COLUMNS if c.name not in hidden), scope.currency,
        "Places that share a rank are not apart beyond chance.", tuple(n for n in TOTALS if n not in hidden),
    )  # fmt: skip
    types = Listing(
        "location_types", "Kinds of place", by_type(table), TYPE_COLUMNS, scope.currency,
        totals=("places", "transactions", "gross_sales_minor"),
    )  # fmt: skip
    return View("locations", TITLE, tuple(findings(table, scope)), (main, types))


def compared(scope: Scope) -> pd.DataFrame:
    """Return every place over the days shown, largest takings first, ties by key: location_id, :data:`MAIN`, more.

    Margins are missing where no line sold has a known cost, rates and shares where there is nothing to divide by.
    ``low_minor``, ``high_minor`` and ``rank`` are those of :func:`ranks.ranked` over takings a day, ``change_p`` how
    likely the change is by chance.
    """
    table = _sums(scope)
    takings = by_day(scope.shown_daily, scope.window.shown, table["location_id"])
    found = ranks.ranked(takings).set_index("item").reindex(table["location_id"])
    table["change_share"], table["change_p"] = _changes(scope, table["location_id"])
    table["low_minor"], table["high_minor"] = (found[end].to_numpy(dtype="float64") for end in ("low", "high"))
    table["rank"] = pd.Series(found["rank"].to_numpy(), dtype=object).replace("", None)
    table["transactions_per_day"] = _by(table["transactions"], table["trading_days"])
    table["quadrant"] = quadrants(table)
    table["against_type_share"] = _against_type(takings, table["location_type"])
    return table[["location_id", *MAIN, *MORE, "change_p"]]


def by_type(table: pd.DataFrame) -> pd.DataFrame:
    """Return takings by kind of place, largest first, places without one in a row of their own; empty if none has."""
    names = ["location_type", "places", "transactions", "gross_sales_minor", "share", "gross_per_place_day_minor"]
    if table["location_type"].isna().all():
        return pd.DataFrame(columns=names)
    types = (
        table.assign(places=1)
        .groupby("location_type", dropna=False, sort=True)[["places", "transactions", "gross_sales_minor",
                                                            "trading_days"]]
        .sum().reset_index().sort_values("gross_sales_minor", ascending=False, kind="stable", ignore_index=True)
    )  # fmt: skip
    types["share"] = _share(types["gross_sales_minor"])
    types["gross_per_place_day_minor"] = whole_rates(types["gross_sales_minor"], types["trading_days"])
    return types[names]


def quadrants(table: pd.DataFrame) -> pd.Series:
    """Return whether each place has many sales a day and a high average sale, against the medians of all.

    Missing for a place without a sale, and for all with fewer than :data:`FEWEST_PLACES` that sold.
    """
    sold = table["transactions"] > 0
    if sold.sum() < FEWEST_PLACES:
        return pd.Series([None] * len(table), dtype=object)
    volume, value = (table[name].astype("Float64").to_numpy(dtype="float64", na_value=np.nan) for name in
                     ("transactions_per_day", "average_transaction_minor"))  # fmt: skip
    many, high = volume >= np.nanmedian(volume), value >= np.nanmedian(value)
    word = np.where(many, "many sales, ", "few sales, ") + np.where(high, "high value", "low value").astype(object)
    return pd.Series([text if any_sold else None for text, any_sold in zip(word, sold, strict=True)], dtype=object)


def by_day(daily: pd.DataFrame, days: Period | None, places: pd.Series) -> pd.DataFrame:
    """Return takings with a row a calendar day and a column a place, NaN on days it was closed."""
    every = pd.date_range(days.start, days.end) if days else pd.DatetimeIndex([])
    sold = daily[(daily["transactions"] > 0).to_numpy()]
    at = pd.Index(places).get_indexer(pd.Index(sold["location_id"]))
    row = every.get_indexer(pd.Index(sold["business_date"]))
    grid = np.full((len(every), len(places)), np.nan)
    inside = (row >= 0) & (at >= 0)
    grid[row[inside], at[inside]] = sold["gross_sales_minor"].to_numpy()[inside]
    return pd.DataFrame(grid, index=every, columns=places.to_numpy())


def whole_rates(total: pd.Series, number: pd.Series) -> pd.Series:
    """Return ``metrics.whole_rate`` of each row (``Int64``), missing by nothing."""
    by = number.where(number > 0, 1)
    return ((2 * total + by) // (2 * by)).astype("Int64").where(number > 0)


def _sums(scope: Scope) -> pd.DataFrame:
    daily = scope.shown_daily
    places = tables.sales_locations(daily, scope.books.locations)
    more = ["refunds_minor", "subtotal_minor", "discount_minor", "gift_cards_sold_minor", "margin_sales_minor",
            "cost_minor"]  # fmt: skip
    sums = daily.groupby("location_id", sort=True)[more].sum().reindex(places["location_id"], fill_value=0)
    sums = sums.reset_index(drop=True)
    gross, sold, margin_sales = places["gross_sales_minor"], places["transactions"], sums["margin_sales_minor"]
    margin = (margin_sales - sums["cost_minor"]).astype("Int64").where(places["location_id"].isin(_with_costs(scope)))
    places["share"] = _share(gross)
    places["average_transaction_minor"] = whole_rates(gross, sold)
    places["gross_sales_per_day_minor"] = whole_rates(gross, places["trading_days"])
    places["refunds_minor"] = sums["refunds_minor"]
    places["refund_share"] = _by(places["refunds"], places["refunds"] + sold)
    places["margin_minor"] = margin
    places["margin_share"] = _by(margin.astype("Float64"), margin_sales)
    without = sums["discount_minor"] + sums["gift_cards_sold_minor"] + margin_sales
    places["unknown_margin_minor"] = sums["subtotal_minor"] - without
    return places


def _with_costs(scope: Scope) -> list[str]:
    """Return the places that sold a line whose cost is known, gift cards left out."""
    lines = scope.shown.sold_lines
    costed = lines["cost_minor"].notna().to_numpy() & ~lines["gift"].to_numpy()
    place = lines["location_id"].cat
    found = np.bincount(place.codes.to_numpy()[costed], minlength=len(place.categories))
    return [str(name) for name, count in zip(place.categories, found, strict=True) if count]


def _changes(scope: Scope, places: pd.Series) -> tuple[pd.Series, npt.NDArray[np.float64]]:
    """Return the change of each place on the same weekdays before, and how likely it is by chance, all together.

    Judged are the differences of the days on which it was open both times.
    """
    window = scope.window
    now, was = (by_day(scope.daily, days, places) for days in (window.recent, window.before))
    if window.before is None:
        return pd.Series(np.nan, index=places.index), np.full(len(places), np.nan)
    share = _by(now.sum() - was.sum(), was.sum()).reset_index(drop=True)
    apart = now.to_numpy() - was.to_numpy()
    return share, ranks.holm(ranks.estimate(ranks.gathered(apart)).chance())


def _against_type(takings: pd.DataFrame, types: pd.Series) -> pd.Series:
    """Return takings of each place against the mean of the others of its kind on the same days, as a share more.

    Days on which no other of its kind was open are left out; missing where there are none, or its kind is not known.
    """
    found = np.full(len(types), np.nan)
    grid = takings.to_numpy()
    for kind in types.dropna().unique():
        mine = np.flatnonzero((types == kind).to_numpy())
        part = grid[:, mine]
        known = ~np.isnan(part)
        taken = np.where(known, part, 0.0)
        others = known.sum(axis=1)[:, None] - known
        usual = (taken.sum(axis=1)[:, None] - taken) / np.maximum(others, 1)
        both = known & (others > 0)
        wanted = np.where(both, usual, 0.0).sum(axis=0)
        got = np.where(both, taken, 0.0).sum(axis=0)
        found[mine] = np.where(wanted > 0, got / np.where(wanted > 0, wanted, 1.0) - 1, np.nan)
    return pd.Series(found, index=types.index)


def _share(amounts: pd.Series) -> pd.Series:
    whole = float(amounts.sum())
    return amounts / (whole if whole > 0 else np.nan)


def _by(top: pd.Series, bottom: pd.Series) -> pd.Series:
    """Return quotients, missing where there is nothing above zero to divide by."""
    parts = top.astype("Float64").to_numpy(dtype="float64", na_value=np.nan)
    return pd.Series(parts, index=top.index) / bottom.astype("float64").where(bottom > 0)


def findings(table: pd.DataFrame, scope: Scope) -> list[str]:
    """Return what stands out, in sentences: the best place, what changed, refunds, margins not known, silent places."""
    if scope.silence:
        return [scope.silence]
    told = (best(table, scope), _changed(table, scope), _refunded(table, scope), _unknown(table, scope),
            _silent(table, scope))  # fmt: skip
    return [sentence for sentence in told if sentence]


def best(table: pd.DataFrame, scope: Scope) -> str:
    """Return which place takes most and whether it is apart from the second; some place must have sold."""
    sold = table[table["transactions"] > 0]
    top, currency = sold.iloc[0], scope.currency
    worth, a_day, low, high = (
        summary.amount(None if pd.isna(top[name]) else float(top[name]), scope.shop, currency)
        for name in ("gross_sales_minor", "gross_sales_per_day_minor", "low_minor", "high_minor")
    )
    rate = f"{a_day} a day" + ("" if pd.isna(top["low_minor"]) else f", likely between {low} and {high}")
    if len(table) == 1:
        return f"{summary.name(top['location_name'])} took {worth} ({rate})."
    text = f"Of {len(table)} places, {summary.name(top['location_name'])} takes most: {worth}"
    if pd.notna(top["share"]):
        text += f", {words.share(float(top['share']), scope.shop.language, 0)} of all takings"
    text += f" ({rate})"
    if len(sold) == 1:
        return f"{text}; no other sold anything."
    equal = sold[(sold["rank"] == top["rank"]) & (sold["location_id"] != top["location_id"])]
    second = summary.name(sold["location_name"].iloc[1])
    if top["rank"] is None or sold["rank"].iloc[1] is None:
        return f"{text}; there are too few days to say whether {second} is apart from it."
    if equal.empty:
        return f"{text}; that is more than {second}, the second, beyond chance."
    if len(equal) + 1 == len(sold):
        return f"{text}; but no place is apart from it beyond chance."
    return f"{text}; not apart from it beyond chance: {summary.names(equal['location_name'], limit=4)}."


def _changed(table: pd.DataFrame, scope: Scope) -> str:
    known = table[table["change_share"].notna()]
    if len(table) < 2 or known.empty or known["change_p"].isna().all() or scope.window.recent is None:
        return ""
    when = f"in the last {words.plural(scope.window.recent.days, 'day')}"
    apart = known[known["change_p"] < 1 - ranks.CONFIDENCE]
    if apart.empty:
        return f"No place changed beyond chance {when} against the same weekdays before."
    most = apart.loc[apart["change_share"].abs().idxmax()]
    way = words.change(1 + float(most["change_share"]), 1, scope.shop.language)
    text = f"{summary.name(most['location_name'])} changed most beyond chance: {way} {when} on the same weekdays before"
    now, was = (scope.daily.loc[days.covers(scope.daily["business_date"]), "gross_sales_minor"].sum()
                for days in (scope.window.recent, scope.window.before) if days)  # fmt: skip
    together = words.change(float(now), float(was), scope.shop.language)
    return f"{text}; all places together: {together}."


def _refunded(table: pd.DataFrame, scope: Scope) -> str:
    """Return the place refunded most, if its share lies above that of all others beyond chance."""
    made = table["transactions"] + table["refunds"]
    able = table[made >= scope.settings.fewest_sales]
    if len(able) < 2 or not able["refunds"].any():
        return ""
    top = able.loc[able["refund_share"].idxmax()]
    rest = able[able["location_id"] != top["location_id"]]
    mine, others = (int(top["refunds"] + top["transactions"]), int((rest["refunds"] + rest["transactions"]).sum()))
    refunded = int(rest["refunds"].sum())
    z = chances.normal_quantile(1 - (1 - ranks.CONFIDENCE) / (2 * len(able)))
    low, _ = attributes.difference(int(top["refunds"]), mine, refunded, others, z)
    if low <= 0:
        return ""
    shares = (words.share(float(part), scope.shop.language) for part in (top["refund_share"], refunded / others))
    return "{} refunds more of its sales than the others, beyond chance: {} against {}.".format(
        summary.name(top["location_name"]), *shares
    )


def _unknown(table: pd.DataFrame, scope: Scope) -> str:
    if "margin" in untold(scope.daily) or not (table["unknown_margin_minor"] > 0).any():
        return ""
    worth = summary.amount(int(table["unknown_margin_minor"].sum()), scope.shop, scope.currency)
    text = f"For sales of {worth} the cost is not known, so nothing is said of their margin"
    if (table["transactions"] > 0).sum() < 2:
        return f"{text}."
    most = table.loc[table["unknown_margin_minor"].idxmax()]
    part = summary.amount(int(most["unknown_margin_minor"]), scope.shop, scope.currency)
    return f"{text}; most of them at {summary.name(most['location_name'])} ({part})."


def _silent(table: pd.DataFrame, scope: Scope) -> str:
    """Return the places that sold nothing in the days shown, or nothing in the latest of them."""
    none = table[table["transactions"] == 0]
    if len(none):
        return f"Without a completed sale: {summary.names(none['location_name'])}."
    stopped = table[table["change_share"] == -1]
    if scope.window.recent is None or stopped.empty:
        return ""
    days = words.plural(scope.window.recent.days, "day")
    return f"Without a completed sale in the last {days}: {summary.names(stopped['location_name'])}."

"""How often sales are given back, by place, product, hour and way of paying, and which of them beyond chance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.sales import daygrid, ranks, tables, trends
from shoplib.sales.daygrid import Floats
from shoplib.sales.view import Scope

Codes = npt.NDArray[np.integer]

ABOVE, BELOW, LIKE, UNKNOWN = "above the others", "below the others", "like the others", "too few to say"
SURE = 0.05
MANY_DAYS, WEEK = 56, 7  # from so many days on products are compared by weeks: enough of them, and far fewer numbers
LARGEST = 50
NOT_FOUND, NOT_NAMED = "sale not found", "no sale named"
DELAYS = (("the same day", 0), ("1 to 7 days later", 7), ("8 to 30 days later", 30), ("more than 30 days later", None))


def known(scope: Scope) -> bool:
    """Return whether the data hold any refund at all; else nothing is known of them, not even that there was none."""
    return bool(scope.daily["refunds"].any())


def verdicts(part: Floats, whole: Floats, fewest: int) -> pd.DataFrame:
    """Return one row a group: share, low_share and high_share (95 %), and verdict against all other groups.

    ``part`` and ``whole`` hold one row a group, one column a day or week. The interval is Wilson's, widened as far as
    days differ more than sales; a verdict needs ``fewest`` in the whole, and a difference beyond chance with all groups
    together held to 5 % (Holm 1979). Without any other group there is none.
    """
    share, low, high = daygrid.shares(part, whole)
    chance = np.where(whole.sum(axis=1) >= fewest, daygrid.shares_apart(part, whole), np.nan)
    sure = ranks.holm(chance)
    rest_part, rest = part.sum() - part.sum(axis=1), whole.sum() - whole.sum(axis=1)
    others = np.divide(rest_part, rest, out=np.full(len(rest), np.nan), where=rest > 0)
    found = np.select([np.isnan(sure), sure >= SURE, share > others], [UNKNOWN, LIKE, ABOVE], BELOW).astype(object)
    found[rest <= 0] = None
    return pd.DataFrame(
        {"share": share, "low_share": low, "high_share": high, "others_share": others, "verdict": found}
    )


def by_place(scope: Scope) -> pd.DataFrame:
    """Return places with a completed or refunded transaction, most refunded first.

    Columns: location_id, location_name, transactions, refunds, refund_share (of completed and refunded transactions),
    refunds_minor, value_share (the same of their totals), low_share, high_share, others_share, verdict.
    """
    names = ["transactions", "refunds", "refunds_minor", "gross_sales_minor"]
    sums = scope.shown_daily.groupby("location_id", sort=True)[names].sum()
    sums = sums[sums["transactions"] + sums["refunds"] > 0] if known(scope) else sums.iloc[:0]
    table = sums.reset_index().astype({"location_id": object})
    named = scope.books.locations.set_index("location_id")["location_name"].astype(object)
    table["location_name"] = table["location_id"].map(named).fillna(table["location_id"]).astype(object)
    value = table["gross_sales_minor"] + table["refunds_minor"]
    table["value_share"] = (table["refunds_minor"] / value.where(value > 0)).astype("float64")
    daily = scope.shown_daily
    code = pd.Categorical(daily["location_id"], categories=table["location_id"]).codes.astype("int64")
    made = daily["transactions"] + daily["refunds"]
    part, whole = (
        _grid(scope, daily["business_date"], code, len(table), weights) for weights in (daily["refunds"], made)
    )
    judged = verdicts(part, whole, scope.settings.fewest_sales).rename(columns={"share": "refund_share"})
    table = table.join(judged).sort_values(["refunds_minor", "location_id"], ascending=[False, True], ignore_index=True)
    main = ["location_id", "location_name", "transactions", "refunds", "refund_share", "refunds_minor", "value_share"]
    return table[[*main, "low_share", "high_share", "others_share", "verdict"]]


def by_product(scope: Scope) -> pd.DataFrame:
    """Return products with a refunded line, most refunded first.

    Columns: product_id, product_name, product_category, refunded_units, units (sold), refund_share, low_share,
    high_share, others_share, refunded_minor (line totals), verdict. Where refunds are entries of their own the share is
    of the units sold, else of those sold and given back; it is missing where nothing was sold.
    """
    sold, back = scope.shown.sold_lines, scope.shown.refunded_lines
    products = back["product_id"].cat.categories
    step = WEEK if scope.window.shown and scope.window.shown.days >= MANY_DAYS else 1
    size = len(products)
    units = np.abs(back["quantity"].to_numpy())
    code = back["product_id"].cat.codes.to_numpy(dtype="int64")
    part = _grid(scope, back["day"], code, size, units, step)
    whole = _grid(
        scope, sold["day"], sold["product_id"].cat.codes.to_numpy(dtype="int64"), size, sold["quantity"], step
    )
    table = pd.DataFrame({"product_id": np.asarray(products, dtype=object)})
    table["refunded_units"], table["units"] = part.sum(axis=1), whole.sum(axis=1)
    table["refunded_minor"] = np.bincount(code, np.abs(back["line_total_minor"].to_numpy()), size).astype("int64")
    judged = verdicts(part, np.maximum(whole, 0) + part, scope.settings.fewest_sales)
    if scope.books.refunds_apart:
        of = table["units"].where(table["units"] > 0)
        table["refund_share"] = table["refunded_units"] / of
        judged[["low_share", "high_share", "others_share"]] = judged[["low_share", "high_share", "others_share"]].apply(
            _odds
        )
    else:
        table["refund_share"] = judged["share"]
    table = table.join(judged.drop(columns="share")).merge(
        tables.named_products(scope.books), on="product_id", how="left"
    )
    table["product_name"] = table["product_name"].where(table["product_name"].notna(), table["product_id"])
    found = table[np.bincount(code, minlength=size) > 0] if known(scope) else table.iloc[:0]
    found = found.sort_values(["refunded_minor", "product_id"], ascending=[False, True], ignore_index=True)
    return found[
        ["product_id", "product_name", "product_category", "refunded_units", "units", "refund_share", "low_share",
         "high_share", "others_share", "refunded_minor", "verdict"]
    ]  # fmt: skip


def _odds(share: pd.Series) -> pd.Series:
    """Return shares of all units, sold and given back, as shares of those sold."""
    return share / (1 - share).where(share < 1)


def by_hour(scope: Scope) -> pd.DataFrame:
    """Return hours of the clock with a sale or a refund, in the order of the business day.

    Columns: local_hour, transactions, refunds, refund_share, low_share, high_share, others_share, refunds_minor,
    verdict. Entries without a known hour are left out.
    """
    first = scope.shop.day_start.hour
    order = [(first + hour) % 24 for hour in range(24)]
    codes = [rows["hour"].fillna(-1).to_numpy(dtype="int64") for rows in (scope.shown.sold, scope.shown.refunds)]
    table = _by_code(scope, *codes, groups=24)
    return table.loc[[hour for hour in order if hour in table.index]].rename_axis("local_hour").reset_index()


def by_method(scope: Scope) -> pd.DataFrame:
    """Return ways of paying with a sale or a refund, most refunded first: payment_method and as :func:`by_hour`."""
    methods = scope.books.receipts["method"].cat.categories
    codes = [rows["method"].cat.codes.to_numpy(dtype="int64") for rows in (scope.shown.sold, scope.shown.refunds)]
    table = _by_code(scope, *codes, groups=len(methods))
    table.insert(0, "payment_method", np.asarray(methods, dtype=object)[table.index])
    return table.sort_values(["refunds_minor", "payment_method"], ascending=[False, True], ignore_index=True)


def _by_code(scope: Scope, sold: Codes, back: Codes, *, groups: int) -> pd.DataFrame:
    """Return sales and refunds of each code that has any, with their verdicts; codes below 0 are left out."""
    refunds = scope.shown.refunds
    part = _grid(scope, refunds["day"], back, groups)
    made = _grid(scope, scope.shown.sold["day"], sold, groups)
    worth = np.bincount(back[back >= 0], np.abs(refunds["total_minor"].to_numpy())[back >= 0], groups).astype("int64")
    table = pd.DataFrame({"transactions": made.sum(axis=1), "refunds": part.sum(axis=1)}).astype("int64")
    judged = verdicts(part, made + part, scope.settings.fewest_sales).rename(columns={"share": "refund_share"})
    table = table.join(judged.drop(columns="verdict")).assign(refunds_minor=worth, verdict=judged["verdict"])
    return table[(table["transactions"] + table["refunds"] > 0) & known(scope)]


def _grid(
    scope: Scope, days: pd.Series, code: Codes, groups: int, weights: pd.Series | Floats | None = None, step: int = 1
) -> Floats:
    """Return sums by group (rows) and day shown, or ``step`` days (columns); rows without a weight count 1."""
    shown = scope.window.shown
    if shown is None or not groups:
        return np.zeros((groups, 0))
    steps = (shown.days - 1) // step + 1
    cell = code * steps + daygrid.days_since(days, pd.Timestamp(shown.start)) // step
    kept = code >= 0
    worth = None if weights is None else np.asarray(weights, dtype="float64")[kept]
    return np.bincount(cell[kept], worth, groups * steps).astype("float64").reshape(groups, steps)


def largest(scope: Scope, count: int = LARGEST) -> pd.DataFrame:
    """Return the largest refunds first, of equal ones the earliest.

    Columns: business_date (of the refund), sale_day (of the sale it names, NaT if that is not known), days_between,
    location_id, location_name, amount_minor, employee_id, note (whether a sale is named and found).
    """
    refunds = scope.shown.refunds
    amount = refunds["total_minor"].abs()
    top = refunds.assign(amount_minor=amount).sort_values(
        ["amount_minor", "day"], ascending=[False, True], kind="stable"
    )
    top = top.head(count).reset_index(drop=True)
    names = scope.books.locations.set_index("location_id")["location_name"].astype(object)
    place = top["location_id"].astype(object)
    return pd.DataFrame(
        {
            "business_date": top["day"],
            "sale_day": top["sale_day"],
            "days_between": (top["day"] - top["sale_day"]).dt.days.astype("Int64"),
            "location_id": place,
            "location_name": place.map(names).fillna(place).astype(object),
            "amount_minor": top["amount_minor"],
            "employee_id": pd.Series([None if pd.isna(key) else key for key in top["employee_id"]], dtype=object),
            "note": pd.Series(_named(top, scope), dtype=object),
        }
    )


def _named(refunds: pd.DataFrame, scope: Scope) -> list[str | None]:
    """Return what is known of the sale of each refund; nothing where refunds are statuses of sales."""
    if not scope.books.refunds_apart:
        return [None] * len(refunds)
    found = refunds["sale_day"].notna()
    return [
        None if day else NOT_FOUND if named else NOT_NAMED
        for day, named in zip(found, refunds["sale_named"], strict=True)
    ]


def delays(scope: Scope) -> pd.DataFrame:
    """Return how long after the sale refunds were made: delay, refunds, share, refunds_minor, always in that order.

    Empty where refunds are statuses of sales: then nothing tells when they were given back.
    """
    columns = ["delay", "refunds", "share", "refunds_minor"]
    refunds = scope.shown.refunds
    if refunds.empty or not scope.books.refunds_apart:
        return pd.DataFrame({name: pd.Series(dtype=object if name == "delay" else "float64") for name in columns})
    late = waited(scope)
    edges = [float(most) if most is not None else np.inf for _, most in DELAYS]
    kind = np.searchsorted(edges, late.to_numpy())
    kind = np.where(late.isna(), np.where(refunds["sale_named"], len(edges), len(edges) + 1), kind)
    words = [*(word for word, _ in DELAYS), NOT_FOUND, NOT_NAMED]
    counts = np.bincount(kind, minlength=len(words))
    worth = np.bincount(kind, refunds["total_minor"].abs(), len(words)).astype("int64")
    table = pd.DataFrame({"delay": pd.Series(words, dtype=object), "refunds": counts, "share": counts / len(refunds),
                          "refunds_minor": worth})  # fmt: skip
    return table[table["refunds"] > 0].reset_index(drop=True)


def waited(scope: Scope) -> pd.Series:
    """Return the days from sale to refund of each refund, NaN where its sale is not known; a sale later is day 0."""
    refunds = scope.shown.refunds
    return (refunds["day"] - refunds["sale_day"]).dt.days.astype("float64").clip(lower=0)


def weeks(scope: Scope) -> pd.DataFrame:
    """Return the whole weeks shown, oldest first: week_end, transactions, refunds, refund_share, low_share, high_share,
    gross_sales_minor, refunds_minor; empty if no refund is known.
    """
    table = trends.weekly(scope.shown_daily, scope.window.shown)
    table = table if known(scope) else table.iloc[:0]
    days = trends.days(scope.shown_daily, scope.window.shown).tail(7 * len(table))
    part = days["refunds"].to_numpy(dtype="float64").reshape(-1, 7)
    made = days["transactions"].fillna(0).to_numpy(dtype="float64").reshape(-1, 7) + part
    share, low, high = daygrid.shares(part, made)
    whole = table.astype(dict.fromkeys(trends.AMOUNTS, "Int64"))
    return whole.assign(refund_share=share, low_share=low, high_share=high)[
        ["week_end", "transactions", "refunds", "refund_share", "low_share", "high_share", "gross_sales_minor",
         "refunds_minor"]
    ]  # fmt: skip

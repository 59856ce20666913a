"""The eight main tables in plain pandas, as an analyst would write them: read, merge, group."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

Frames = dict[str, pd.DataFrame]


def answers(folder: Path, given: Mapping[str, Any]) -> tuple[Frames, list[dict[str, object]]]:
    """Return seven main tables by name, and the sums that the overview is made of, for its three periods."""
    tables = {name: pd.read_parquet(folder / f"{name}.parquet") for name in (
        "transactions", "transaction_items", "products", "product_prices", "locations", "employees")}  # fmt: skip
    sales = tables["transactions"]
    sales["business_date"] = pd.to_datetime(sales["business_date"])
    refunded = sales[sales["transaction_status"] == "refunded"]
    apart = bool((refunded["refund_of"].notna() | (refunded["total_amount_minor"] < 0)).any())
    lines = costed_lines(tables)
    periods = (("recent_from", "recent_to"), ("before_from", "before_to"), ("from_day", "to_day"))
    sums = [
        {**summed(_between(sales, given, *days), _between(lines, given, *days)), "apart": apart} for days in periods
    ]
    sales, lines = (_between(frame, given, "from_day", "to_day") for frame in (sales, lines))
    sold, back = (sales[sales["transaction_status"] == status] for status in ("completed", "refunded"))
    back = back.assign(back=back["total_amount_minor"].abs())
    calendar = pd.date_range(given["from_day"], given["to_day"])
    found = {
        "daily": daily(sold, back, lines, calendar, apart), "locations": places(sold, back, lines, tables, apart),
        "products": products(lines, tables["products"]), "employees": employees(sold, tables["employees"]),
        "payments": payments(sold), "hours": hours(sold, given["day_start"]),
        "refunds": refunds(sold, back, tables["locations"]),
    }  # fmt: skip
    return found, sums


def _between(frame: pd.DataFrame, given: Mapping[str, Any], first: str, last: str) -> pd.DataFrame:
    return frame[frame["business_date"].between(pd.Timestamp(given[first]), pd.Timestamp(given[last]))]


def costed_lines(tables: Frames) -> pd.DataFrame:
    """Return the lines of completed sales with what is left after discount, their cost and whether they sell cards."""
    sales, prices = tables["transactions"], tables["product_prices"]
    sold = sales.loc[sales["transaction_status"] == "completed",
                     ["transaction_id", "business_date", "location_id", "discount_total_minor"]]  # fmt: skip
    lines = tables["transaction_items"][["transaction_id", "line_number", "product_id", "quantity", "line_total_minor"]]
    lines = lines.merge(sold, on="transaction_id").sort_values(["transaction_id", "line_number"])
    total = lines.groupby("transaction_id")["line_total_minor"]
    so_far, whole = total.cumsum(), total.transform("sum")
    taken, before = (
        lines["discount_total_minor"] * part // whole.where(whole > 0, 1)
        for part in (so_far, so_far - lines["line_total_minor"])
    )
    lines["net"] = lines["line_total_minor"] - (taken - before).where(whole > 0, 0)
    lines = lines.merge(
        tables["products"][["product_id", "product_category", "unit_cost_minor"]], on="product_id", how="left"
    )
    prices = prices.assign(valid_from=pd.to_datetime(prices["valid_from"]))[
        ["product_id", "valid_from", "unit_cost_minor"]
    ]
    lines = pd.merge_asof(
        lines.sort_values("business_date"), prices.sort_values("valid_from"), left_on="business_date",
        right_on="valid_from", by="product_id", suffixes=("_fixed", "_dated"),
    )  # fmt: skip
    dated = lines["product_id"].isin(prices["product_id"])
    each = lines["unit_cost_minor_dated"].where(dated, lines["unit_cost_minor_fixed"]).astype("float64")
    lines["cost"] = np.floor(lines["quantity"] * each + 0.5)
    lines["gift"] = lines["product_category"].str.lower().isin(["gift card", "gift cards"])
    return lines


def whole_rate(total: pd.Series, number: pd.Series) -> pd.Series:
    """Return rates in whole minor units, half a unit rounded up."""
    return ((2 * total + number) // (2 * number)).where(number > 0)


def daily(sold: pd.DataFrame, back: pd.DataFrame, lines: pd.DataFrame, calendar: pd.DatetimeIndex,
          apart: bool) -> pd.DataFrame:  # fmt: skip
    table = sold.groupby("business_date")["total_amount_minor"].agg(["size", "sum"]).reindex(calendar)
    given_back = back.groupby("business_date")["back"].agg(["size", "sum"]).reindex(calendar, fill_value=0)
    return pd.DataFrame({
        "day": calendar, "sales": table["size"].to_numpy(),
        "units": lines.groupby("business_date")["quantity"].sum().reindex(calendar).to_numpy(),
        "gross": table["sum"].to_numpy(), "net": (table["sum"] - given_back["sum"] * apart).to_numpy(),
        "average": whole_rate(table["sum"], table["size"]).to_numpy(), "refunds": given_back["size"].to_numpy(),
        "back": given_back["sum"].to_numpy(),
    })  # fmt: skip


def places(sold: pd.DataFrame, back: pd.DataFrame, lines: pd.DataFrame, tables: Frames, apart: bool) -> pd.DataFrame:
    known = tables["locations"].set_index("location_id")[["location_name", "location_type", "city"]]
    groups, goods = sold.groupby("location_id"), lines[~lines["gift"]]
    sums = groups.agg(days=("business_date", "nunique"), sales=("total_amount_minor", "size"),
                      gross=("total_amount_minor", "sum"))  # fmt: skip
    table = known.join(sums).fillna({"days": 0, "sales": 0, "gross": 0})
    table["share"] = table["gross"] / table["gross"].sum()
    table["refunds"] = back.groupby("location_id").size().reindex(table.index, fill_value=0)
    table["back"] = back.groupby("location_id")["back"].sum().reindex(table.index, fill_value=0)
    table["net"] = table["gross"] - table["back"] * apart
    table["average"] = whole_rate(table["gross"], table["sales"])
    table["per_day"] = whole_rate(table["gross"], table["days"])
    table["refund_share"] = table["refunds"] / (table["refunds"] + table["sales"])
    costed = goods[goods["cost"].notna()].groupby("location_id")[["net", "cost"]].sum()
    table["margin"] = costed["net"] - costed["cost"]
    table["margin_share"] = table["margin"] / costed["net"]
    before_tax = groups["subtotal_minor"].sum() - groups["discount_total_minor"].sum()
    cards = lines[lines["gift"]].groupby("location_id")["net"].sum().reindex(table.index, fill_value=0)
    table["unknown"] = before_tax - cards - costed["net"]
    table = table.reset_index().sort_values(["gross", "location_id"], ascending=[False, True])
    return table[["location_id", "location_name", "location_type", "city", "days", "sales", "gross", "share", "net",
                  "average", "per_day", "refunds", "back", "refund_share", "margin", "margin_share",
                  "unknown"]]  # fmt: skip


def products(lines: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    goods = lines[~lines["gift"]]
    costed, unknown = goods[goods["cost"].notna()], goods[goods["cost"].isna()]
    table = lines.groupby("product_id").agg(
        sales=("transaction_id", "nunique"), units=("quantity", "sum"), line=("line_total_minor", "sum"),
        last=("business_date", "max"),
    )  # fmt: skip
    table["share"] = table["line"] / table["line"].sum()
    sums = costed.groupby("product_id")[["net", "cost"]].sum()
    table["margin"] = sums["net"] - sums["cost"]
    table["margin_share"] = table["margin"] / sums["net"]
    table["unknown"] = unknown.groupby("product_id")["net"].sum().reindex(table.index, fill_value=0)
    table = table.reset_index().merge(
        known[["product_id", "product_name", "product_category"]], on="product_id", how="left"
    )
    table = table.sort_values(["line", "product_id"], ascending=[False, True])
    return table[["product_id", "product_name", "product_category", "sales", "units", "line", "share", "margin",
                  "margin_share", "unknown", "last"]]  # fmt: skip


def employees(sold: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    groups = sold[sold["employee_id"].notna()].groupby("employee_id")
    table = groups.agg(days=("business_date", "nunique"), sales=("total_amount_minor", "size"),
                       gross=("total_amount_minor", "sum"))  # fmt: skip
    known = sold[sold["local_hour"].notna() & sold["employee_id"].notna()]
    worked = known.drop_duplicates(["employee_id", "business_date", "local_hour"])
    table["hours"] = worked.groupby("employee_id").size()
    table["average"] = whole_rate(table["gross"], table["sales"])
    table["per_hour"] = whole_rate(known.groupby("employee_id")["total_amount_minor"].sum(), table["hours"])
    table = table.reset_index().merge(people[["employee_id", "employee_role"]], on="employee_id", how="left")
    table = table.sort_values(["gross", "employee_id"], ascending=[False, True])
    return table[["employee_id", "employee_role", "days", "hours", "sales", "gross", "average", "per_hour"]]


def payments(sold: pd.DataFrame) -> pd.DataFrame:
    table = sold.groupby("payment_method")["total_amount_minor"].agg(["size", "sum"]).reset_index()
    table["part"], table["share"] = table["size"] / table["size"].sum(), table["sum"] / table["sum"].sum()
    table["average"] = whole_rate(table["sum"], table["size"])
    table = table.sort_values(["sum", "payment_method"], ascending=[False, True])
    return table[["payment_method", "size", "part", "sum", "share", "average"]]


def hours(sold: pd.DataFrame, day_start: int) -> pd.DataFrame:
    table = sold.groupby("local_hour")["total_amount_minor"].agg(["size", "sum"]).reset_index()
    table["average"], table["share"] = whole_rate(table["sum"], table["size"]), table["sum"] / table["sum"].sum()
    return table.sort_values("local_hour", key=lambda hour: (hour - day_start) % 24)


def refunds(sold: pd.DataFrame, back: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    table = sold.groupby("location_id")["total_amount_minor"].agg(["size", "sum"]).join(
        back.groupby("location_id")["back"].agg(refunds="size", back="sum"), how="outer"
    ).fillna(0)  # fmt: skip
    table["refund_share"] = table["refunds"] / (table["size"] + table["refunds"])
    table["value_share"] = table["back"] / (table["sum"] + table["back"])
    table = table.reset_index().merge(known[["location_id", "location_name"]], on="location_id", how="left")
    table = table.sort_values(["back", "location_id"], ascending=[False, True])
    return table[["location_id", "location_name", "size", "refunds", "refund_share", "back", "value_share"]]


def summed(sales: pd.DataFrame, lines: pd.DataFrame) -> dict[str, object]:
    """Return the sums that the metrics of the overview are made of."""
    status = sales["transaction_status"]
    sold, back = sales[status == "completed"], sales[status == "refunded"]
    goods = lines[~lines["gift"] & lines["cost"].notna()]
    total, method = sold["total_amount_minor"], sold["payment_method"]
    digital = method.isin(["credit_card", "debit_card", "mobile", "upi"])
    return {
        "trading_days": sold["business_date"].nunique(), "transactions": len(sold),
        "list_sales": sold["subtotal_minor"].sum(), "discounts": sold["discount_total_minor"].sum(),
        "tax": sold["tax_total_minor"].sum(), "gross_sales": total.sum(), "tips": sold["tip_amount_minor"].sum(),
        **{name: total[sold["payment_status"] == word].sum() for name, word in
           (("paid", "paid"), ("unpaid", "unpaid"), ("on_credit", "credit"))},
        "cash": total[method.isin(["cash", "coins"])].sum(), "digital_transactions": digital.sum(),
        "digital": total[digital].sum(), "named_transactions": (~method.isin(["unknown", "other"])).sum(),
        "gift_cards_redeemed": total[method == "gift_card"].sum(), "refunds": len(back),
        "refunds_total": back["total_amount_minor"].abs().sum(), "refunds_tax": back["tax_total_minor"].abs().sum(),
        "voids": (status == "void").sum(), "errors": (status == "error").sum(), "units": lines["quantity"].sum(),
        "gift_cards_sold": lines.loc[lines["gift"], "net"].sum(), "cost": goods["cost"].sum(),
        "costed": goods["net"].sum(),
    }  # fmt: skip

"""The report on products: its main table against a plain loop, what it finds, and that odd shops do not break it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from shoplib.base.listing import plain, shown
from shoplib.sales import slow
from shoplib.sales.views import products

Make = Callable[..., Any]
Facts = dict[str, pd.DataFrame]
HARD_NAMES = ("=1+1", "<script>alert(1)</script>", "🍺 हिन्दी चाय")


def without_costs(facts: Facts) -> Facts:
    nothing = pd.array([None] * len(facts["products"]), "Int64")
    return facts | {
        "products": facts["products"].assign(unit_cost_minor=nothing),
        "product_prices": facts["product_prices"].iloc[:0],
    }


def hard_names(facts: Facts) -> Facts:
    named = facts["products"].assign(
        product_name=[HARD_NAMES[i % 3] for i in range(len(facts["products"]))],
        product_category=[HARD_NAMES[i % 3] for i in range(len(facts["products"]))],
    )
    return facts | {"products": named}


def returned(facts: Facts, every: int = 3) -> Facts:
    """Some lines give goods back within their sale."""
    lines = facts["transaction_items"]
    sign = np.where(np.arange(len(lines)) % every == 0, -1, 1)
    lines = lines.assign(quantity=lines["quantity"] * sign, line_total_minor=lines["line_total_minor"] * sign)
    return facts | {"transaction_items": lines}


def with_colours(facts: Facts) -> Facts:
    """Half of the lines tell a colour."""
    told = ['{"colour":"red"}' if row % 3 else '{"colour":"blue"}' for row in range(len(facts["transaction_items"]))]
    cells = [text if row % 2 else None for row, text in enumerate(told)]
    return facts | {"transaction_items": facts["transaction_items"].assign(attributes=cells)}


SHOPS: dict[str, Callable[[Make], Facts]] = {
    "nothing": lambda make: make(0, 1),
    "one sale": lambda make: make(1, 1, places=1, products=1, statuses=(1.0, 0.0, 0.0, 0.0)),
    "only refunds": lambda make: make(30, 10, statuses=(0.0, 1.0, 0.0, 0.0)),
    "only cancelled": lambda make: make(30, 10, statuses=(0.0, 0.0, 1.0, 0.0)),
    "no lines": lambda make: (facts := make(200)) | {"transaction_items": facts["transaction_items"].iloc[:0]},
    "no costs": lambda make: without_costs(make(200)),
    "returns in sales": lambda make: returned(make(300)),
    "nothing but returns": lambda make: returned(make(50), every=1),
    "one place": lambda make: make(200, places=1),
    "hard names": lambda make: hard_names(make(200)),
    "no master data": lambda make: (facts := make(200)) | {"products": facts["products"].iloc[:0]},
    "colours": lambda make: with_colours(make(300)),
    "many products": lambda make: make(2_000, 90, places=8, products=60),
}


@pytest.mark.parametrize("shop_name", SHOPS)
def test_every_shop_gives_a_report(shop_name: str, make_facts: Make, scoped: Make) -> None:
    facts = SHOPS[shop_name](make_facts)
    view = products.view(scoped(facts))
    assert view.listings[0].name == "products"
    assert 1 <= len(view.findings) <= 5
    for sentence in view.findings:
        assert sentence.endswith((".", "…")), sentence
        assert not any(word in sentence for word in ("nan", "None", "NaT", "<NA>", "..", "  ")), sentence
    for listing in view.listings:
        assert len(shown(listing, "en_GB")) == len(plain(listing)) == len(listing.frame)
        for column in listing.frame:
            assert listing.frame[column].dtype != "string"


@pytest.mark.parametrize("days", [(dt.date(2024, 10, 20), dt.date(2024, 11, 2)), (None, dt.date(2024, 11, 2)),
                                  (dt.date(2030, 1, 1), None)])  # fmt: skip
def test_days_asked_for(days: tuple[dt.date | None, dt.date | None], facts: Facts, scoped: Make) -> None:
    scope = scoped(facts, *days)
    frame = products.view(scope).listing("products").frame
    if scope.window.shown is None:
        assert frame.empty
        assert products.view(scope).findings == ("The data hold none of the days asked for.",)
    else:
        assert frame["last_sold"].max() <= pd.Timestamp(scope.window.shown.end)
        assert frame["line_sales_minor"].sum() == scope.shown.sold_lines["line_total_minor"].sum()


@pytest.mark.parametrize("shop_name", ["a chain", "no costs", "returns in sales", "no master data", "gift cards"])
def test_main_table_equals_a_loop(shop_name: str, make_facts: Make, scoped: Make, line_rows: Make) -> None:
    facts = SHOPS[shop_name](make_facts) if shop_name in SHOPS else make_facts(300)
    gifts = ("wine",) if shop_name == "gift cards" else ()
    scope = scoped(facts, gift_card_categories=gifts)
    wanted: dict[str, dict[str, Any]] = defaultdict(lambda: defaultdict(int) | {"receipts": set(), "days": set()})
    for line in line_rows(facts, gifts):
        if line["refunded"]:
            continue
        row = wanted[line["product_id"]]
        if line["quantity"] >= 0 and line["line_total_minor"] >= 0:
            row["receipts"].add(line["receipt"]["transaction_id"])
            row["days"].add(line["receipt"]["business_date"])
        row["units"] += line["quantity"]
        row["line_sales"] += line["line_total_minor"]
        if line["gift"]:
            continue
        if line["cost_minor"] is None:
            row["unknown"] += line["net_minor"]
        else:
            row["costed"] += 1
            row["sales"] += line["net_minor"]
            row["margin"] += line["net_minor"] - line["cost_minor"]
    names = dict(zip(facts["products"]["product_id"], facts["products"]["product_name"], strict=True))
    total = sum(row["line_sales"] for row in wanted.values())
    frame = products.view(scope).listing("products").frame
    assert frame["product_id"].tolist() == sorted(wanted, key=lambda p: (-wanted[p]["line_sales"], p))
    for row in frame.to_dict("records"):
        key = row["product_id"]
        want = wanted[key]
        assert row["product_name"] == names.get(key, key)
        assert (row["transactions"], row["units"]) == (len(want["receipts"]), want["units"])
        assert row["line_sales_minor"] == want["line_sales"]
        assert row["share"] == pytest.approx(want["line_sales"] / total)
        assert row["unknown_margin_minor"] == want["unknown"]
        assert row["last_sold"] == max(want["days"], default=None) or (pd.isna(row["last_sold"]) and not want["days"])
        if want["costed"]:
            assert row["margin_minor"] == want["margin"]
            assert (want["sales"] <= 0) == bool(pd.isna(row["margin_share"]))
            if want["sales"] > 0:
                assert row["margin_share"] == pytest.approx(want["margin"] / want["sales"])
        else:
            assert pd.isna(row["margin_minor"]) and pd.isna(row["margin_share"])


def test_a_return_inside_a_sale_is_no_sale_of_it(make_facts: Make, scoped: Make) -> None:
    facts = make_facts(100, 20, products=3, statuses=(1.0, 0.0, 0.0, 0.0))
    lines, sales = facts["transaction_items"], facts["transactions"].set_index("transaction_id")["business_date"]
    mine = lines["product_id"] == "P01"
    back = mine & (lines["transaction_id"].map(sales) > pd.Timestamp("2024-10-12"))
    lines.loc[back, ["quantity", "line_total_minor"]] *= -1
    lines.loc[lines["product_id"] == "P02", "line_total_minor"] *= -1
    scope = scoped(facts, slow_days=3)
    frame = products.view(scope).listing("products").frame.set_index("product_id")
    assert frame.loc["P01", "transactions"] == lines.loc[mine & ~back, "transaction_id"].nunique()
    assert frame.loc["P01", "units"] == lines.loc[mine, "quantity"].sum()
    assert frame.loc["P01", "line_sales_minor"] == lines.loc[mine, "line_total_minor"].sum()
    assert frame.loc["P01", "last_sold"] <= pd.Timestamp("2024-10-12")
    assert (frame.loc["P02", "transactions"], frame.loc["P02", "last_sold"]) == (0, pd.NaT)
    quiet = products.view(scope).listing("slow_products").frame
    assert dict(zip(quiet["product_id"], quiet["reason"], strict=True)) == {"P01": slow.SILENT, "P02": slow.NEVER}


def test_main_columns_come_first_and_in_order(facts: Facts, scoped: Make) -> None:
    main = products.view(scoped(facts)).listings[0]
    assert list(main.frame)[:11] == [
        "product_id", "product_name", "product_category", "transactions", "units", "line_sales_minor", "share",
        "margin_minor", "margin_share", "unknown_margin_minor", "last_sold",
    ]  # fmt: skip


def test_change_compares_the_latest_days(facts: Facts, scoped: Make) -> None:
    scope = scoped(facts)
    frame = products.view(scope).listing("products").frame.set_index("product_id")
    lines = scope.books.sold_lines
    for key, row in frame.iterrows():
        mine = lines[lines["product_id"] == key]
        now, was = (
            mine.loc[period.covers(mine["day"]), "line_total_minor"].sum()
            for period in (scope.window.recent, scope.window.before)
        )
        assert row["change_share"] == pytest.approx(now / was - 1)


def test_categories_add_up_to_products(make_facts: Make, scoped: Make) -> None:
    view = products.view(scoped(make_facts(500)))
    main, groups = view.listing("products").frame, view.listing("categories").frame
    assert set(groups["product_category"]) == {"Beer", "Wine", "Hot food", "No category"}
    for name in ("units", "line_sales_minor", "margin_minor", "unknown_margin_minor"):
        assert groups[name].sum() == main[name].sum()
    assert groups["share"].sum() == pytest.approx(1)
    assert groups["products"].sum() == len(main)
    beer = main[main["product_category"] == "Beer"]
    row = groups.set_index("product_category").loc["Beer"]
    assert row["margin_share"] == pytest.approx(beer["margin_minor"].sum() / beer["margin_sales_minor"].sum())


def test_margins_are_not_shown_where_no_cost_is_known(make_facts: Make, scoped: Make) -> None:
    view = products.view(scoped(without_costs(make_facts(200))))
    names = {column.name for column in view.listings[0].columns}
    assert not names & {"margin_minor", "margin_share", "unknown_margin_minor"}
    assert "No cost is known of what was sold, so nothing can be said of margins." in view.findings
    assert view.listings[0].frame["margin_minor"].isna().all()


def test_findings_in_full(make_facts: Make, scoped: Make) -> None:
    view = products.view(scoped(with_colours(make_facts(600))))
    assert view.findings == (
        "Product 11 sells best: £1,611, 10% of line sales; by units it is Product 7 (204).",
        "The category Beer leads with 25% of line sales; no category changed beyond chance.",
        "No product is slow: none was silent for 28 days or more against its own rhythm.",
        "Products with a known cost earned £10,683 margin, 78.3% of £13,647 sold after discounts; another £2,906 has "
        "no known cost, so its margin is unknown.",
        "Favourites: colour red (67% of units, told by 70% of sales).",
    )


def test_what_stopped_is_slow_and_told(make_facts: Make, scoped: Make) -> None:
    facts = make_facts(3_000, 120)
    late = set(facts["transactions"].loc[facts["transactions"]["business_date"] > "2024-12-01", "transaction_id"])
    lines = facts["transaction_items"]
    stopped = (lines["product_id"] == "P03") & lines["transaction_id"].isin(late)
    view = products.view(scoped(facts | {"transaction_items": lines[~stopped]}))
    frame = view.listing("slow_products").frame
    assert frame[["product_id", "reason"]].to_numpy().tolist() == [["P03", slow.SILENT]]
    silence = int(frame["days_without_sale"].iloc[0])
    assert silence == (pd.Timestamp("2025-01-30") - frame["last_sold"].iloc[0]).days >= 60
    told = f"1 product has not sold for 28 days or more: Product 3 ({silence} days)."
    assert told in view.findings


def test_places_are_told_apart_only_where_there_are_several(make_facts: Make, scoped: Make) -> None:
    names = [[listing.name for listing in products.view(scoped(make_facts(200, places=n))).listings] for n in (1, 3)]
    assert names == [
        ["products", "categories", "concentration", "slow_products"],
        ["products", "categories", "concentration", "slow_products", "slow_by_place"],
    ]


def test_order_of_rows_does_not_matter(facts: Facts, scoped: Make) -> None:
    mixed = {name: table.sample(frac=1, random_state=3).reset_index(drop=True) for name, table in facts.items()}
    one, two = (products.view(scoped(world)) for world in (facts, mixed))
    assert one.findings == two.findings
    for first, second in zip(one.listings, two.listings, strict=True):
        pd.testing.assert_frame_equal(first.frame, second.frame)

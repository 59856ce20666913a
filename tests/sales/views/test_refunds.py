"""The report on refunds: its tables against plain loops, who stands out, and that odd shops do not break it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from shoplib.base.listing import plain, shown
from shoplib.sales import refunding
from shoplib.sales.view import Scope
from shoplib.sales.views import refunds

Make = Callable[..., Any]
Facts = dict[str, pd.DataFrame]
HARD_NAMES = ("=1+1", "<script>alert(1)</script>", "🍺 हिन्दी चाय")
LISTINGS = [
    "refunds", "refunds_by_product", "refunds_by_hour", "refunds_by_method", "refund_list", "refund_weeks",
    "refund_delays",
]  # fmt: skip
NO_DATA = ("No transactions were taken in, so there is nothing to tell.",)
NONE_KNOWN = ("No refund is among the rows loaded, so nothing can be said of them.",)


def unnamed(facts: Facts, to: str | None = None) -> Facts:
    """Refunds name no sale, or all the same one."""
    sales = facts["transactions"].copy()
    sales["refund_of"] = sales["refund_of"].where(sales["transaction_status"] != "refunded", to)
    return facts | {"transactions": sales.assign(refund_of=sales["refund_of"] if to else None)}


def negative(facts: Facts) -> Facts:
    """Refunds have totals and quantities below zero."""
    sales, lines = facts["transactions"].copy(), facts["transaction_items"].copy()
    back = sales["transaction_status"] == "refunded"
    sales.loc[back, "total_amount_minor"] *= -1
    of_refunds = lines["transaction_id"].isin(sales.loc[back, "transaction_id"])
    lines.loc[of_refunds, ["quantity", "line_total_minor"]] *= -1
    return facts | {"transactions": sales.assign(refund_of=None), "transaction_items": lines}


def named_hard(facts: Facts) -> Facts:
    products = facts["products"].assign(product_name="=cmd()", product_category="<b>")
    return facts | {"locations": facts["locations"].assign(location_name=HARD_NAMES), "products": products}


SHOPS: dict[str, Callable[[Make], Facts]] = {
    "a chain": lambda make: make(),
    "nothing": lambda make: make(0, 1),
    "one sale": lambda make: make(1, 1, places=1, statuses=(1.0, 0.0, 0.0, 0.0)),
    "one refund": lambda make: make(1, 1, places=1, statuses=(0.0, 1.0, 0.0, 0.0)),
    "only refunds": lambda make: make(30, 10, statuses=(0.0, 1.0, 0.0, 0.0)),
    "no refunds": lambda make: make(200, statuses=(1.0, 0.0, 0.0, 0.0)),
    "statuses of sales": lambda make: unnamed(make()),
    "sales not found": lambda make: unnamed(make(), "nowhere"),
    "below zero": lambda make: negative(make()),
    "no lines": lambda make: (facts := make()) | {"transaction_items": facts["transaction_items"].iloc[:0]},
    "no hours, nobody": lambda make: (
        (facts := make(hours=False)) | {"transactions": facts["transactions"].assign(employee_id=None)}
    ),
    "one place": lambda make: make(places=1),
    "hard names": lambda make: named_hard(make()),
    "no master data": lambda make: (
        (facts := make()) | {name: facts[name].iloc[:0] for name in ("locations", "products", "product_prices")}
    ),
}


@pytest.mark.parametrize("name", SHOPS)
def test_every_shop_is_told(name: str, make_facts: Make, scoped: Make) -> None:
    view = refunds.view(scoped(SHOPS[name](make_facts)))
    assert [listing.name for listing in view.listings] == LISTINGS
    assert 1 <= len(view.findings) <= 5
    for text in view.findings:
        assert text.endswith("."), text
        assert not any(word in text for word in ("nan", "<NA>", "unknown", "..", "  ")), text
    for listing in view.listings:
        assert len(shown(listing, "en_GB")) == len(plain(listing)) == len(listing.frame)
    if name in ("nothing", "one sale", "no refunds"):
        assert view.findings == (NO_DATA if name == "nothing" else NONE_KNOWN)
        assert all(listing.frame.empty for listing in view.listings)


@pytest.mark.parametrize("name", ["a chain", "only refunds", "statuses of sales", "below zero", "one refund"])
def test_places_equal_a_loop(name: str, make_facts: Make, scoped: Make) -> None:
    scope = scoped(SHOPS[name](make_facts))
    receipts, rows = scope.books.receipts, []
    for place in sorted(receipts["location_id"].unique()):
        mine = receipts[receipts["location_id"] == place]
        sold, back = (mine[mine["status"] == status] for status in ("completed", "refunded"))
        if not len(sold) + len(back):
            continue
        worth, gross = int(back["total_minor"].abs().sum()), int(sold["total_minor"].sum())
        known = scope.books.locations.set_index("location_id")["location_name"]
        rows.append([place, known[place], len(sold), len(back), len(back) / (len(sold) + len(back)), worth,
                     worth / (worth + gross)])  # fmt: skip
    rows.sort(key=lambda row: -row[5])
    table = refunds.view(scope).listings[0].frame
    assert table.iloc[:, :7].to_numpy(dtype=object).tolist() == rows
    assert (table["low_share"].isna() | (table["low_share"] <= table["refund_share"])).all()


@pytest.mark.parametrize("name", ["a chain", "statuses of sales", "below zero", "no master data"])
def test_products_equal_a_loop(name: str, make_facts: Make, scoped: Make) -> None:
    scope = scoped(SHOPS[name](make_facts))
    table = refunds.view(scope).listing("refunds_by_product").frame.set_index("product_id")
    lines = scope.books.lines
    for product, row in table.iterrows():
        mine = lines[lines["product_id"] == product]
        back, sold = (mine.loc[mine["refunded"] == kind] for kind in (True, False))
        assert row["refunded_units"] == back["quantity"].abs().sum()
        assert row["refunded_minor"] == back["line_total_minor"].abs().sum()
        assert row["units"] == sold["quantity"].sum()
        of = row["units"] + (0 if scope.books.refunds_apart else row["refunded_units"])
        assert row["refund_share"] == pytest.approx(row["refunded_units"] / of)
    assert table["refunded_minor"].is_monotonic_decreasing
    assert set(table.index) == set(lines.loc[lines["refunded"], "product_id"])


@pytest.mark.parametrize("kind", ["hour", "method"])
def test_hours_and_ways_of_paying_equal_a_loop(kind: str, make_facts: Make, scoped: Make) -> None:
    scope = scoped(make_facts())
    name = {"hour": "local_hour", "method": "payment_method"}[kind]
    table = refunds.view(scope).listing(f"refunds_by_{kind}").frame.set_index(name)
    receipts = scope.books.receipts
    for key, row in table.iterrows():
        mine = receipts[receipts[kind] == key]
        back = mine[mine["status"] == "refunded"]
        assert (row["transactions"], row["refunds"]) == ((mine["status"] == "completed").sum(), len(back))
        assert row["refunds_minor"] == back["total_minor"].abs().sum()
    assert table["refunds"].sum() == (receipts["status"] == "refunded").sum()
    if kind == "hour":
        assert table.index.tolist() == [11, 12, 13, 18, 19, 20, 23, 0]


def test_the_largest_refunds_say_what_is_known_of_their_sale(make_facts: Make, scoped: Make) -> None:
    facts = make_facts(400)
    sales = facts["transactions"]
    back = sales.index[sales["transaction_status"] == "refunded"]
    done = sales.index[(sales["transaction_status"] == "completed") & (sales["business_date"] <= "2024-10-10")]
    sales.loc[back, "refund_of"] = None
    sales.loc[back[:3], "total_amount_minor"] = [90_000, 80_000, 70_000]
    sales.loc[back[0], "refund_of"] = sales.loc[done[0], "transaction_id"]
    sales.loc[back[0], "business_date"] = sales.loc[done[0], "business_date"] + pd.Timedelta(days=5)
    sales.loc[back[1], "refund_of"] = "nowhere"
    table = refunds.view(scoped(facts)).listing("refund_list").frame
    assert table["amount_minor"].tolist()[:3] == [90_000, 80_000, 70_000]
    assert table["days_between"].tolist()[:1] == [5] and table["days_between"].iloc[1:].isna().all()
    assert table["note"].tolist()[:3] == [None, "sale not found", "no sale named"]
    assert table["sale_day"].iloc[0] == sales.loc[done[0], "business_date"]
    assert table["employee_id"].iloc[0] == sales.loc[back[0], "employee_id"]
    delays = refunds.view(scoped(facts)).listing("refund_delays").frame
    assert delays[["delay", "refunds"]].to_numpy().tolist() == [
        ["1 to 7 days later", 1], ["sale not found", 1], ["no sale named", len(back) - 2],
    ]  # fmt: skip
    assert delays["share"].sum() == pytest.approx(1)


def test_the_list_is_cut(make_facts: Make, scoped: Make) -> None:
    scope = scoped(make_facts(400, statuses=(0.5, 0.5, 0.0, 0.0)))
    table = refunds.view(scope).listing("refund_list").frame
    assert len(table) == refunding.LARGEST == 50
    assert table["amount_minor"].tolist() == sorted(scope.books.refunds["total_minor"], reverse=True)[:50]


def test_weeks_equal_a_loop(make_facts: Make, scoped: Make) -> None:
    scope = scoped(make_facts())
    table = refunds.view(scope).listing("refund_weeks").frame
    receipts = scope.books.receipts
    for row in table.itertuples():
        mine = receipts[receipts["day"].between(row.week_end - pd.Timedelta(days=6), row.week_end)]
        back, sold = ((mine["status"] == status).sum() for status in ("refunded", "completed"))
        assert (row.refunds, row.transactions) == (back, sold)
        assert row.refund_share == pytest.approx(back / (back + sold))
        assert row.low_share <= row.refund_share <= row.high_share


def planted(make: Make, seed: int = 5) -> Facts:
    """At L1 and of P03 four times as much is given back as elsewhere; refunds are statuses of sales."""
    facts = make(6_000, 120, statuses=(1.0, 0.0, 0.0, 0.0), seed=seed)
    sales, lines, rng = facts["transactions"], facts["transaction_items"], np.random.default_rng(seed)
    has = sales["transaction_id"].isin(lines.loc[lines["product_id"] == "P03", "transaction_id"])
    chance = 0.03 * np.where(sales["location_id"] == "L1", 4, 1) * np.where(has, 4, 1)
    sales["transaction_status"] = np.where(rng.random(len(sales)) < chance, "refunded", "completed")
    return facts


def test_who_stands_out_is_named(make_facts: Make, scoped: Make) -> None:
    view = refunds.view(scoped(planted(make_facts)))
    places = view.listings[0].frame.set_index("location_id")["verdict"]
    assert places["L1"] == "above the others" and "above the others" not in places.drop("L1").tolist()
    products = view.listing("refunds_by_product").frame.set_index("product_id")["verdict"]
    assert products[products == "above the others"].index.tolist() == ["P03"]
    looks = [text for text in view.findings if text.startswith("Look at ")]
    assert looks[0].startswith("Look at Hill Restaurant: ") and looks[1].startswith("Look at Product 3: ")


def test_chance_alone_names_nobody(make_facts: Make, scoped: Make) -> None:
    named = 0
    for seed in range(6):
        view = refunds.view(scoped(make_facts(1_500, 90, places=4, seed=seed)))
        named += any(text.startswith("Look at ") for text in view.findings)
    assert named <= 1


@pytest.mark.parametrize(
    ("shop", "setting", "sentence"),
    [
        ("a chain", "found", "Refunds were read as entries of their own, for they name the sale they give back: "
                             "takings after refunds subtract them."),
        ("below zero", "found", "Refunds were read as entries of their own, for their totals are below zero: takings "
                                "after refunds subtract them."),
        ("statuses of sales", "found", "Refunds were read as sales marked as given back, for none names a sale or is "
                                       "below zero: they never were in takings, so none are subtracted."),
        ("a chain", "status", "Refunds were read as sales marked as given back, as the scenario says (sales.refunds): "
                              "they never were in takings, so none are subtracted."),
    ],
)  # fmt: skip
def test_how_refunds_were_read_is_said(shop: str, setting: str, sentence: str, make_facts: Make, scoped: Make) -> None:
    assert sentence in refunds.view(scoped(SHOPS[shop](make_facts), refunds=setting)).findings


def test_hours_of_refunds_accuse_nobody(make_facts: Make, scoped: Make) -> None:
    """Where refunds are entries of their own, a quiet hour has many of them for its few sales."""
    facts = make_facts(4_000, 100)
    back = facts["transactions"]["transaction_status"] == "refunded"
    facts["transactions"].loc[back, "local_hour"] = 11
    view = refunds.view(scoped(facts))
    assert view.listing("refunds_by_hour").frame["verdict"].iloc[0] == "above the others"
    assert not any("11:00" in text for text in view.findings)
    status = refunds.view(scoped(facts, refunds="status"))
    assert any(text.startswith("Look at 11:00 to 12:00: ") for text in status.findings)


def test_days_without_refunds_are_said_so(make_facts: Make, scoped: Make) -> None:
    view = refunds.view(scoped(make_facts(), dt.date(2030, 1, 1)))
    assert view.findings == ("The data hold none of the days asked for.",)
    world = make_facts()
    sales = world["transactions"]
    sales.loc[sales["business_date"] >= "2024-11-25", "transaction_status"] = "completed"
    few = refunds.view(scoped(world, dt.date(2024, 11, 25)))
    assert few.findings[0] == "Nothing was refunded in the days shown."
    assert view.listings[0].frame.empty


def test_one_place_has_no_others(make_facts: Make, scoped: Make) -> None:
    scope: Scope = scoped(make_facts(places=1))
    assert refunds.view(scope).listings[0].frame["verdict"].tolist() == [None]
    assert refunding.verdicts(np.zeros((2, 9)), np.ones((2, 9)), 5)["verdict"].tolist() == ["too few to say"] * 2


def test_equal_facts_give_equal_reports(make_facts: Make, scoped: Make) -> None:
    one, two = (refunds.view(scoped(make_facts())) for _ in range(2))
    assert one.findings == two.findings
    for first, second in zip(one.listings, two.listings, strict=True):
        pd.testing.assert_frame_equal(first.frame, second.frame)


def test_sales_that_cannot_be_found_are_counted_as_refunds(make_facts: Make, scoped: Make) -> None:
    world = make_facts(40, 9, statuses=(0.5, 0.5, 0.0, 0.0))
    back = world["transactions"]["transaction_status"] == "refunded"
    world["transactions"]["refund_of"] = None
    world["transactions"].loc[back, "refund_of"] = "nowhere"
    assert refunds.view(scoped(world)).findings[-1] == f"{back.sum()} refunds name a sale that is not in the data."
    world["transactions"].loc[back.idxmax(), "refund_of"] = None
    assert refunds.view(scoped(world)).findings[-1] == (
        f"{back.sum() - 1} refunds name a sale that is not in the data; 1 names no sale."
    )

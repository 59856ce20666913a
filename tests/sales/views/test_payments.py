"""The report on payments against loops over receipts, and its sentences in full."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from shoplib.base import listing
from shoplib.config.models import Shop
from shoplib.sales import adoption, paying
from shoplib.sales.views import payments

Make = Callable[..., Any]
Facts = dict[str, pd.DataFrame]


def sold(world: Facts) -> list[dict[str, Any]]:
    table = world["transactions"]
    return table[table["transaction_status"] == "completed"].to_dict("records")


def of(row: dict[str, Any]) -> int:
    return int(row["total_amount_minor"])


def test_methods_equal_a_loop_over_receipts(make_facts: Make, scoped: Make) -> None:
    world = make_facts(900, 40)
    view = payments.view(scoped(world))
    table, rows = view.listing("payments").frame, sold(world)
    assert table.columns[:6].tolist() == [
        "payment_method", "transactions", "transactions_share", "gross_sales_minor", "share",
        "average_transaction_minor",
    ]  # fmt: skip
    order = sorted({row["payment_method"] for row in rows})
    order.sort(key=lambda method: -sum(of(row) for row in rows if row["payment_method"] == method))
    assert table["payment_method"].tolist() == order
    for row in table.itertuples():
        mine = [of(one) for one in rows if one["payment_method"] == row.payment_method]
        assert (row.transactions, row.gross_sales_minor) == (len(mine), sum(mine))
        assert row.transactions_share == pytest.approx(len(mine) / len(rows))
        assert row.share == pytest.approx(sum(mine) / sum(map(of, rows)))
        assert row.average_transaction_minor == int(np.floor(sum(mine) / len(mine) + 0.5))
        assert row.low_minor < sum(mine) / len(mine) < row.high_minor


def test_the_change_is_that_of_the_share_of_takings(make_facts: Make, scoped: Make) -> None:
    world = make_facts(900, 60)
    scope = scoped(world)
    table, rows = payments.view(scope).listing("payments").frame, sold(world)

    def share(method: str, start: dt.date, end: dt.date) -> float:
        inside = [row for row in rows if start <= row["business_date"].date() <= end]
        return sum(of(row) for row in inside if row["payment_method"] == method) / sum(map(of, inside))

    recent, before = scope.window.recent, scope.window.before
    for row in table.itertuples():
        method = row.payment_method
        wanted = share(method, recent.start, recent.end) - share(method, before.start, before.end)
        assert row.change_points == pytest.approx(wanted)
    assert payments.view(scoped(make_facts(90, 20))).listing("payments").frame["change_points"].isna().all()


def test_methods_have_the_words_of_readers_and_none_is_hidden(make_facts: Make, scoped: Make) -> None:
    world = make_facts(200, 20)
    world["transactions"]["payment_method"] = np.resize(["upi", "coins", "unknown", "store_points"], 200)
    main = payments.view(scoped(world)).listing("payments")
    table = main.frame.set_index("payment_method")
    assert table["method_label"].to_dict() == {
        "upi": "UPI", "coins": "Coins", "unknown": "Not named", "store_points": "Store points",
    }  # fmt: skip
    assert table["kind"].to_dict() == {"upi": "digital", "coins": "cash", "unknown": "other", "store_points": "other"}
    assert "UPI" in listing.shown(main, "en_GB")["Way of paying"].tolist()


def test_statuses_add_up_to_takings_and_are_left_out_where_untold(make_facts: Make, scoped: Make) -> None:
    world = make_facts(900, 40)
    view, rows = payments.view(scoped(world)), sold(world)
    table = view.listing("payment_statuses").frame
    assert table["status_label"].tolist() == ["Paid", "Unpaid", "On credit"]
    for row in table.itertuples():
        mine = [of(one) for one in rows if one["payment_status"] == row.payment_status]
        assert (row.transactions, row.gross_sales_minor) == (len(mine), sum(mine))
    assert table["share"].sum() == pytest.approx(1)
    assert table["gross_sales_minor"].sum() == view.listing("payments").frame["gross_sales_minor"].sum()
    world["transactions"]["payment_status"] = "unknown"
    silent = payments.view(scoped(world))
    assert "payment_statuses" not in {one.name for one in silent.listings}
    assert not any("unpaid" in text for text in silent.findings)


def test_what_is_owed_is_told_with_its_share(make_facts: Make, scoped: Make) -> None:
    world = make_facts(100, 20, statuses=(1.0, 0.0, 0.0, 0.0))
    world["transactions"]["total_amount_minor"] = 1_000
    world["transactions"]["payment_status"] = ["unpaid"] * 4 + ["credit"] * 6 + ["paid"] * 90
    assert "£40.00 (4.0%) is unpaid and £60.00 (6.0%) is on credit." in payments.view(scoped(world)).findings
    world["transactions"]["payment_status"] = "paid"
    assert "Every sale is marked as paid." in payments.view(scoped(world)).findings


def test_months_equal_a_loop_and_partial_ones_say_so(make_facts: Make, scoped: Make) -> None:
    world = make_facts(900, 75)  # 3 Oct to 16 Dec 2024
    table, rows = payments.view(scoped(world)).listing("payment_months").frame, sold(world)
    assert table["month"].tolist() == [pd.Timestamp(2024, month, 1) for month in (10, 11, 12)]
    assert table["note"].tolist() == ["not whole", None, "not whole"]
    for row in table.itertuples():
        mine = [one for one in rows if one["business_date"].month == row.month.month]
        named = [one for one in mine if one["payment_method"] not in ("unknown", "other")]
        digital = [one for one in named if one["payment_method"] in ("credit_card", "debit_card", "mobile", "upi")]
        assert (row.transactions, row.known_transactions) == (len(mine), len(named))
        assert row.digital_share == pytest.approx(len(digital) / len(named))
        assert row.digital_value_share == pytest.approx(sum(map(of, digital)) / sum(map(of, named)))
        assert row.low_share < row.digital_share < row.high_share


def paid_by(shares: list[float], each: int = 400) -> pd.DataFrame:
    """A table of whole months with so many sales each."""
    return pd.DataFrame(
        {
            "month": pd.date_range("2024-01-01", periods=len(shares), freq="MS"),
            "known_transactions": each,
            "digital_transactions": [round(share * each) for share in shares],
            "digital_share": shares,
            "partial": False,
        }
    )


def test_a_steady_rise_is_told_with_its_interval(make_facts: Make, scoped: Make) -> None:
    table = paid_by([0.40, 0.43, 0.44, 0.48, 0.50, 0.52])
    found = adoption.trend(table)
    slope, _ = np.polyfit(range(6), table["digital_share"], 1)
    assert found.word == "rising"
    assert found.slope == pytest.approx(slope)
    assert found.low is not None and 0 < found.low < slope < (found.high or 0)
    assert payments.adopts(found, table, scoped(make_facts(50, 9))) == (
        "Digital payments (card or phone) rose from about 40% of sales in Jan 2024 to about 52% in Jun 2024, by 2.4 "
        "points a month (likely between 0.8 and 4.1 points)."
    )


def test_a_wandering_share_is_no_trend_and_four_months_are_the_least(make_facts: Make, scoped: Make) -> None:
    scope = scoped(make_facts(50, 9))
    wandering = paid_by([0.40, 0.48, 0.39, 0.50, 0.41, 0.47])
    assert adoption.trend(wandering).word == "no clear trend"
    assert payments.adopts(adoption.trend(wandering), wandering, scope).endswith(
        "; over 6 whole months that has not changed beyond chance."
    )
    short = paid_by([0.40, 0.45, 0.50])
    assert adoption.trend(short).word == "too short to say"
    assert payments.adopts(adoption.trend(short), short, scope) == (
        "45.0% of the sales whose way of paying is named were paid digitally (card or phone); a trend needs 4 whole "
        "months and there are 3."
    )
    fixed = paid_by([1.0] * 5)
    assert adoption.trend(fixed).slope == adoption.trend(paid_by([0.0] * 4)).slope == 0
    assert payments.adopts(adoption.trend(fixed), fixed, scope).endswith(
        " (card or phone), unchanged over 5 whole months."
    )


def test_shares_that_only_chance_moves_seldom_trend() -> None:
    rng = np.random.default_rng(5)
    found = [adoption.trend(paid_by((rng.binomial(400, 0.6, 8) / 400).tolist())).word for _ in range(200)]
    assert sum(word != "no clear trend" for word in found) / len(found) < 0.075


def test_places_are_unlike_only_beyond_chance(make_facts: Make, scoped: Make) -> None:
    world = make_facts(3_000, 60, statuses=(1.0, 0.0, 0.0, 0.0))
    alike = payments.view(scoped(world))
    assert alike.listing("payments_by_location").frame["note"].isna().all()
    assert alike.findings[-1] == "How customers pay does not differ between 3 places beyond chance."
    table = world["transactions"]
    pays = (table["location_id"] == "L1") & (table["payment_method"] == "credit_card")
    table.loc[pays.to_numpy() & (np.arange(len(table)) % 2 == 0), "payment_method"] = "cash"
    view = payments.view(scoped(world))
    frame = view.listing("payments_by_location").frame.set_index("location_id")
    mine = table[table["location_id"] == "L1"]
    others = table[table["location_id"] != "L1"]
    cash = [float((part["payment_method"] == "cash").mean()) for part in (mine, others)]
    assert frame.loc["L1", "cash_share"] == pytest.approx(cash[0])
    assert frame.loc["L1", "apart_points"] == pytest.approx(cash[0] - cash[1])
    assert frame.loc["L1", "note"] == f"cash {100 * cash[0]:.1f}% (elsewhere {100 * cash[1]:.1f}%)"
    assert "Hill Restaurant: cash " in view.findings[-1]


def test_a_place_with_few_sales_is_left_out_and_counted(make_facts: Make, scoped: Make) -> None:
    world = make_facts(600, 60, statuses=(1.0, 0.0, 0.0, 0.0))
    world["transactions"].loc[:9, "location_id"] = "L9"
    found = payments.view(scoped(world)).listing("payments_by_location")
    assert found.frame["location_id"].tolist() == ["L0", "L1", "L2"]
    assert found.caption == "How sales were paid at each place. 1 place with fewer than 30 sales left out."
    one = payments.view(scoped(make_facts(600, 60, places=1)))
    assert "payments_by_location" not in {each.name for each in one.listings}


def test_gift_cards_are_owed_when_sold_and_takings_when_redeemed(make_facts: Make, scoped: Make) -> None:
    view = payments.view(scoped(make_facts(), gift_card_categories=("Wine",)))
    text = next(one for one in view.findings if one.startswith("Gift cards"))
    assert text.startswith("Gift cards were sold for £")
    assert ", which is owed in goods and no revenue yet; £" in text
    assert text.endswith(" was paid with gift cards, which is a way of paying and counts as takings.")


def test_latest_days_are_told_where_they_moved_beyond_chance(make_facts: Make, scoped: Make) -> None:
    world = make_facts(2_000, 56, statuses=(1.0, 0.0, 0.0, 0.0))
    late = world["transactions"]["business_date"] > pd.Timestamp("2024-10-30")
    world["transactions"]["payment_method"] = np.where(
        late.to_numpy() | (np.arange(2_000) % 2 == 0), "upi", "cash"
    )  # fmt: skip
    text = payments.view(scoped(world)).findings[1]
    assert (
        "; a trend needs 4 whole months and there is " not in text
        or "In the 28 days to 27 Nov 2024 it was 100.0%" in text
    )
    assert text.endswith(" on the same weekdays before, more than chance explains.")
    steady = payments.view(scoped(make_facts(2_000, 56))).findings[1]
    assert "more than chance" not in steady


NO_SALE = "There was no completed sale in the days shown."
NO_DATA = "No transactions were taken in, so there is nothing to tell."
ALL_SOLD, ALL_BACK = (1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("world", "first"),
    [
        ({"count": 0, "days": 1}, NO_DATA),
        ({"count": 30, "statuses": ALL_BACK}, NO_SALE),
        ({"count": 1, "statuses": ALL_SOLD}, "Only 1 sale was completed: too few to say how customers pay."),
        ({"count": 9, "statuses": ALL_SOLD}, "Only 9 sales were completed: too few to say how customers pay."),
    ],
)
def test_little_is_said_where_little_is_known(
    world: dict[str, Any], first: str, make_facts: Make, scoped: Make
) -> None:
    view = payments.view(scoped(make_facts(**world)))
    assert view.findings[0] == first
    for one in view.listings:
        listing.shown(one, "en_GB")


def test_digital_ways_are_those_the_data_name(make_facts: Make, scoped: Make) -> None:
    world = make_facts()
    told = {"upi": "UPI", "mobile": "phone", "cash": "card, phone or UPI"}
    for method, words in told.items():
        world["transactions"]["payment_method"] = method
        assert paying.digital_ways(scoped(world)) == words


def test_no_named_method_and_days_without_data(make_facts: Make, scoped: Make) -> None:
    world = make_facts()
    world["transactions"]["payment_method"] = "unknown"
    view = payments.view(scoped(world))
    assert view.findings[0] == "The data name no way of paying."
    assert not any("digital" in text.lower() or "differ" in text for text in view.findings)
    world["transactions"]["payment_method"] = "cash"
    assert payments.view(scoped(world)).findings[1] == "No sale was paid by card, phone or UPI."
    outside = payments.view(scoped(world, dt.date(2020, 1, 1), dt.date(2020, 1, 9)))
    assert outside.listing("payments").frame.empty


def test_totals_below_zero_and_odd_names_are_borne(make_facts: Make, scoped: Make) -> None:
    world = make_facts()
    world["transactions"]["total_amount_minor"] *= -1
    world["transactions"]["payment_method"] = np.resize(["=1+1", "<script>alert(1)</script>"], 600)
    world["locations"]["location_name"] = ["=1+1", "<script>", "😀 हिन्दी"]
    view = payments.view(scoped(world, shop=Shop(currency="GBP", language="hi_IN")))
    assert view.listing("payments").frame["share"].isna().all()
    assert view.findings[0].startswith("<script>alert(1)</script> carries ")
    assert " of sales and an unknown share of takings" in view.findings[0]
    assert paying.in_sentence("gift_card") == "gift card"


def test_only_the_days_asked_for_are_counted(make_facts: Make, scoped: Make) -> None:
    world = make_facts(900, 60)
    start, end = dt.date(2024, 10, 20), dt.date(2024, 11, 3)
    rows = [row for row in sold(world) if start <= row["business_date"].date() <= end]
    view = payments.view(scoped(world, start, end))
    assert view.listing("payments").frame["transactions"].sum() == len(rows)
    assert view.listing("payment_months").frame["transactions"].sum() == len(rows)
    assert view.listing("payments_by_location").frame["transactions"].sum() == len(rows)

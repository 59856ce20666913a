"""The report on days: its main table against a plain loop, what it finds, and that odd shops do not break it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from shoplib.base.listing import plain, shown
from shoplib.config.models import Shop
from shoplib.sales.metrics import whole_rate
from shoplib.sales.view import Scope
from shoplib.sales.views import daily

Make = Callable[..., Any]
Facts = dict[str, pd.DataFrame]
HARD_NAMES = ("=1+1", "<script>alert(1)</script>", "🍺 हिन्दी चाय")
ONE_SALE = {"count": 1, "days": 1, "places": 1, "statuses": (1.0, 0.0, 0.0, 0.0)}


def returned(facts: Facts) -> Facts:
    """Every third line gives goods back within its sale."""
    lines = facts["transaction_items"]
    sign = np.where(np.arange(len(lines)) % 3 == 0, -1, 1)
    return facts | {"transaction_items": lines.assign(quantity=lines["quantity"] * sign)}


SHOPS: dict[str, Callable[[Make], Facts]] = {
    "a chain": lambda make: make(),
    "nothing": lambda make: make(0, 1),
    "one sale": lambda make: make(**ONE_SALE),
    "only refunds": lambda make: make(30, 10, statuses=(0.0, 1.0, 0.0, 0.0)),
    "only cancelled": lambda make: make(30, 10, statuses=(0.0, 0.0, 1.0, 0.0)),
    "no refunds": lambda make: make(200, statuses=(1.0, 0.0, 0.0, 0.0)),
    "no lines": lambda make: (facts := make(200)) | {"transaction_items": facts["transaction_items"].iloc[:0]},
    "returns in sales": lambda make: returned(make(300)),
    "one place, Sundays closed": lambda make: make(300, 60, places=1, closed_weekday=6),
    "hard names": lambda make: (
        (facts := make(2_000, 100)) | {"locations": facts["locations"].assign(location_name=HARD_NAMES)}
    ),
    "no master data": lambda make: (facts := make(200)) | {"locations": facts["locations"].iloc[:0]},
}


@pytest.mark.parametrize("name", SHOPS)
def test_every_shop_is_told(name: str, make_facts: Make, scoped: Make) -> None:
    scope = scoped(SHOPS[name](make_facts))
    view = daily.view(scope)
    names = ["daily", "weeks", "months", "weekdays", "best_days", "odd_days"]
    assert [listing.name for listing in view.listings] == names
    assert 1 <= len(view.findings) <= 5
    for text in view.findings:
        assert text.endswith("."), text
        assert not any(word in text for word in ("nan", "None ", "<NA>", "unknown", "..", "  ")) or "None of" in text
    for listing in view.listings:
        assert len(shown(listing, "en_GB")) == len(plain(listing)) == len(listing.frame)


def loop(scope: Scope) -> list[dict[str, Any]]:
    """Return the main table, day by day, from the receipts and lines alone."""
    period, rows = scope.window.shown, []
    if period is None:
        return rows
    receipts, lines = scope.books.receipts, scope.books.lines
    for day in pd.date_range(period.start, period.end):
        of_day = receipts[receipts["day"] == day]
        sold, back = (of_day[of_day["status"] == status] for status in ("completed", "refunded"))
        gross, given = int(sold["total_minor"].sum()), int(back["total_minor"].abs().sum())
        units = float(lines.loc[(lines["day"] == day) & ~lines["refunded"], "quantity"].sum())
        open_day = len(sold) > 0
        rows.append(
            {
                "business_date": day, "transactions": len(sold) if open_day else None,
                "units": units if open_day and units else None, "gross_sales_minor": gross if open_day else None,
                "net_sales_minor": gross - given * scope.books.refunds_apart if open_day else None,
                "average_transaction_minor": whole_rate(gross, len(sold)), "refunds": len(back), "refunds_minor": given,
            }
        )  # fmt: skip
    return rows


@pytest.mark.parametrize("name", SHOPS)
def test_the_main_table_equals_a_loop(name: str, make_facts: Make, scoped: Make) -> None:
    scope = scoped(SHOPS[name](make_facts))
    table = daily.view(scope).listings[0].frame[daily.MAIN].astype(object)
    assert table.where(table.notna(), None).to_dict("records") == loop(scope)


def test_closed_days_are_gaps_and_asked_days_are_all_there(make_facts: Make, scoped: Make) -> None:
    facts = make_facts(400, 60, closed_weekday=6)
    table = daily.view(scoped(facts, dt.date(2024, 10, 6), dt.date(2024, 10, 20))).listings[0].frame
    assert table["business_date"].dt.day.tolist() == list(range(6, 21))
    closed = table["weekday"] == 6
    assert table.loc[closed, "gross_sales_minor"].isna().all() and table.loc[~closed, "gross_sales_minor"].notna().all()
    assert (table.loc[closed, "refunds"] == 0).all()
    assert table.loc[closed, "note"].tolist() == ["no sale", "no sale", "no sale"]


def test_refunds_nobody_knows_of_are_not_shown(make_facts: Make, scoped: Make) -> None:
    view = daily.view(scoped(make_facts(200, statuses=(1.0, 0.0, 0.0, 0.0))))
    for listing in view.listings:
        assert not {"refunds", "refunds_minor", "refund_share"} & {column.name for column in listing.columns}
    assert not any("refund" in text for text in view.findings)


def test_weeks_and_months_add_up_and_say_what_is_not_whole(make_facts: Make, scoped: Make) -> None:
    view = daily.view(scoped(make_facts(700, 100)))
    days, weeks, months = (view.listing(name).frame for name in ("daily", "weeks", "months"))
    assert months["gross_sales_minor"].sum() == days["gross_sales_minor"].sum()
    assert months["note"].tolist() == ["not whole", None, None, "not whole"]
    last = days[days["business_date"] > weeks["week_end"].iloc[-2]]
    assert weeks["gross_sales_minor"].iloc[-1] == last["gross_sales_minor"].sum()
    assert weeks["refund_share"].iloc[-1] == pytest.approx(
        last["refunds"].sum() / (last["refunds"].sum() + last["transactions"].sum())
    )
    takings = weeks["gross_sales_minor"].astype(float)
    assert weeks["change_share"].iloc[-1] == pytest.approx(takings.iloc[-1] / takings.iloc[-2] - 1)
    per_day = [
        whole_rate(int(t), int(n)) for t, n in zip(months["gross_sales_minor"], months["trading_days"], strict=True)
    ]
    assert months["gross_sales_per_day_minor"].tolist() == per_day


def planted(make_facts: Make) -> Facts:
    """Three places with 20 steady sales a day each, one day of which had 80 sales at one place."""
    facts = make_facts(1, 1, places=3, statuses=(1.0, 0.0, 0.0, 0.0))
    one = facts["transactions"].iloc[0]
    days = pd.date_range("2024-09-02", periods=100)
    made = [(day, place) for day in days for place in ("L0", "L1", "L2") for _ in range(20)]
    made += [(days[50], "L1")] * 60
    sales = pd.DataFrame([one] * len(made)).reset_index(drop=True)
    sales["business_date"], sales["location_id"] = [day for day, _ in made], [place for _, place in made]
    sales["transaction_id"] = [f"T{i:05}" for i in range(len(made))]
    sales[["subtotal_minor", "total_amount_minor"]] = 1_000
    return facts | {"transactions": sales, "transaction_items": facts["transaction_items"].iloc[:0]}


def test_a_day_that_stands_out_is_named_with_its_place(make_facts: Make, scoped: Make) -> None:
    view = daily.view(scoped(planted(make_facts)))
    assert (
        "1 day stood out for all places together (1 above usual); the farthest from usual was Tue 22 Oct 2024 "
        "with £1,200 against £600 (more sales at the usual average; one place: Hill Restaurant)."
    ) in view.findings
    days = view.listing("daily").frame.set_index("business_date")
    assert days.loc["2024-10-22", "note"] == (
        "above usual: more sales at the usual average; one place: Hill Restaurant"
    )
    assert days.loc["2024-10-27", "usual_minor"] == 60_000
    odd = view.listing("odd_days").frame
    assert odd[["location_name", "direction", "found_minor", "usual_minor", "change_share"]].to_numpy().tolist() == [
        ["All places", "above", 120_000, 60_000, 1.0], ["Hill Restaurant", "above", 80_000, 20_000, 3.0],
    ]  # fmt: skip
    best = view.listing("best_days").frame
    assert best["business_date"].iloc[0] == pd.Timestamp("2024-10-22")
    assert best["change_share"].iloc[0] == pytest.approx(1.0)


def test_holidays_are_noted(make_facts: Make, scoped: Make) -> None:
    facts = make_facts(2_000, 90)
    notes = daily.view(scoped(facts)).listings[0].frame.set_index("business_date")["note"]
    assert "Christmas Day" in notes["2024-12-25"]
    assert "the day before Christmas Day" in notes["2024-12-24"]
    nowhere = daily.view(scoped(facts, shop=Shop(timezone="UTC"))).listings[0].frame.set_index("business_date")["note"]
    assert nowhere["2024-12-25"] is None


def test_one_place_is_told_once(make_facts: Make, scoped: Make) -> None:
    facts = planted(make_facts)
    facts["transactions"] = facts["transactions"][facts["transactions"]["location_id"] == "L1"]
    odd = daily.view(scoped(facts)).listing("odd_days").frame
    assert odd["location_name"].tolist() == ["Hill Restaurant"]


@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [
        (dt.date(2030, 1, 1), None, "The data hold none of the days asked for."),
        (dt.date(2024, 10, 10), dt.date(2024, 10, 10),
         "The one day did not take far more or less than its weekday usually does."),
        (dt.date(2024, 10, 7), dt.date(2024, 10, 13),
         "None of the 7 days took far more or less than its weekday usually does."),
    ],
)  # fmt: skip
def test_few_days_are_said(start: dt.date, end: dt.date | None, sentence: str, make_facts: Make, scoped: Make) -> None:
    assert sentence in daily.view(scoped(make_facts(), start, end)).findings


def test_a_short_past_is_said(make_facts: Make, scoped: Make) -> None:
    assert "Which days are odd cannot be told before there are 5 of a weekday." in (
        daily.view(scoped(make_facts(100, 20))).findings
    )


def test_equal_facts_give_equal_reports(make_facts: Make, scoped: Make) -> None:
    facts = make_facts()
    mixed = facts | {"transactions": facts["transactions"].sample(frac=1, random_state=3)}
    one, two = (daily.view(scoped(world)) for world in (facts, mixed))
    assert one.findings == two.findings
    for first, second in zip(one.listings, two.listings, strict=True):
        pd.testing.assert_frame_equal(first.frame, second.frame)

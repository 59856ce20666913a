"""The figures of payments: their numbers, their words, and that odd shops do not break them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from shoplib.config.models import Shop
from shoplib.sales import adoption
from shoplib.sales.figures import payments as figures
from shoplib.sales.view import Scope
from shoplib.sales.views import payments
from shoplib.viz import export
from shoplib.viz.export import Chart

Make = Callable[..., Any]
CHARTS: dict[str, Callable[..., Chart | None]] = {
    "methods": figures.methods_chart, "averages": figures.averages_chart, "adoption": figures.adoption_chart,
    "places": figures.places_chart,
}  # fmt: skip
WORLDS: dict[str, dict[str, Any]] = {
    "a chain": {},
    "one place": {"places": 1, "days": 100},
    "one sale": {"count": 1, "days": 1, "places": 1, "statuses": (1.0, 0.0, 0.0, 0.0)},
    "no completed sale": {"count": 30, "statuses": (0.0, 0.5, 0.3, 0.2)},
    "nothing": {"count": 0, "days": 1},
}
NOTHING_TO_SHOW = {
    *(("adoption", world) for world in ("one sale", "no completed sale", "nothing")),
    *(("averages", world) for world in ("one sale", "no completed sale", "nothing")),
    *(("places", world) for world in ("one place", "one sale", "no completed sale", "nothing")),
    ("methods", "one sale"),
}


def drawn(kind: str, scope: Scope) -> Chart | None:
    return CHARTS[kind](payments.view(scope), scope)


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("kind", CHARTS)
def test_charts_survive_every_shop(kind: str, world: str, make_facts: Make, scoped: Make) -> None:
    chart = drawn(kind, scoped(make_facts(**WORLDS[world])))
    assert (chart is None) == ((kind, world) in NOTHING_TO_SHOW)
    if chart is None:
        return
    for text in (chart.title, chart.caption, chart.alt):
        assert text.endswith("."), text
        assert not any(word in text for word in ("nan", "None", "NaT", "..", "  ")), text
    export.svg(chart.figure, kind, wide=False)


@pytest.mark.parametrize("kind", CHARTS)
def test_equal_facts_give_equal_bytes_in_any_language(kind: str, make_facts: Make, scoped: Make) -> None:
    shop = Shop(currency="INR", language="hi_IN", timezone="Asia/Kolkata")
    one, two = (drawn(kind, scoped(make_facts(currency="INR"), shop=shop)) for _ in range(2))
    assert one is not None
    assert two is not None
    assert (one.title, one.caption, one.alt) == (two.title, two.caption, two.alt)
    assert export.svg(one.figure, kind, wide=False) == export.svg(two.figure, kind, wide=False)


def test_methods_draw_both_shares(make_facts: Make, scoped: Make) -> None:
    chart = drawn("methods", scoped(make_facts()))
    assert chart is not None
    dots = [np.asarray(part.get_offsets())[:, 0] for part in chart.figure.axes[0].collections[1:]]
    np.testing.assert_allclose(dots[0], chart.data["transactions_share"])
    np.testing.assert_allclose(dots[1], chart.data["share"])
    assert chart.title.startswith("Cash carries 28.9% of sales and 28.1% of takings; credit card ")


def test_adoption_is_by_month_from_three_whole_ones_and_by_week_before(make_facts: Make, scoped: Make) -> None:
    long, short = scoped(make_facts(900, 130)), scoped(make_facts(900, 60))
    by_month, by_week = drawn("adoption", long), drawn("adoption", short)
    assert by_month is not None
    assert by_week is not None
    assert by_month.data["month"].tolist() == pd.date_range("2024-10-01", periods=5, freq="MS").tolist()
    assert "A hollow dot is a month that is not whole." in by_month.caption
    pd.testing.assert_frame_equal(by_week.data, adoption.weeks(short))
    assert by_week.caption.startswith(
        "Sales paid by card or phone among those whose way of paying is named, by week to "
    )
    line = np.asarray(by_month.figure.axes[0].lines[0].get_ydata(), dtype=float)
    np.testing.assert_allclose(line, by_month.data["digital_share"])


def test_weeks_equal_a_loop(make_facts: Make, scoped: Make) -> None:
    world = make_facts(900, 60)
    table = adoption.weeks(scoped(world))
    sold = world["transactions"][world["transactions"]["transaction_status"] == "completed"]
    assert len(table) == 8
    for row in table.itertuples():
        back = (row.week_end - sold["business_date"]).dt.days
        mine = sold[back.between(0, 6) & (sold["payment_method"] != "unknown")]
        digital = mine["payment_method"].isin(["credit_card", "debit_card", "mobile"])
        assert row.digital_share == pytest.approx(digital.mean())


def test_no_digital_sale_has_no_figure_of_adoption(make_facts: Make, scoped: Make) -> None:
    world = make_facts()
    world["transactions"]["payment_method"] = "cash"
    assert drawn("adoption", scoped(world)) is None
    assert drawn("methods", scoped(world)) is None


def test_the_dearest_way_of_paying_is_named_only_where_it_is_clear(make_facts: Make, scoped: Make) -> None:
    world = make_facts(2_000, 60)
    chart = drawn("averages", scoped(world))
    assert chart is not None
    assert chart.title == "No way of paying goes with dearer sales than all others beyond chance."
    by_card = world["transactions"]["payment_method"] == "credit_card"
    world["transactions"].loc[by_card, "total_amount_minor"] += 5_000
    chart = drawn("averages", scoped(world))
    assert chart is not None
    assert chart.title.startswith("A sale paid by credit card is worth most, £")


def test_places_are_parts_of_one_and_at_most_twenty(make_facts: Make, scoped: Make) -> None:
    chart = drawn("places", scoped(make_facts(4_000, 60, places=24)))
    assert chart is not None
    widths = np.array([bar.get_width() for bar in chart.figure.axes[0].patches]).reshape(-1, 20)
    np.testing.assert_allclose(widths.sum(axis=0), 1.0)
    assert "; the 20 largest of 24; places with fewer than 30 sales are left out." in chart.caption
    assert len(chart.data) == 24


def test_more_ways_of_paying_than_colours_share_the_last_part(make_facts: Make, scoped: Make) -> None:
    world = make_facts(2_000, 60)
    every = ["cash", "credit_card", "debit_card", "mobile", "gift_card", "upi", "coins", "other", "unknown"]
    world["transactions"]["payment_method"] = np.resize(every, 2_000)
    chart = drawn("places", scoped(world))
    assert chart is not None
    assert [text.get_text() for text in chart.figure.legends[0].get_texts()][-1] == "All others"
    widths = np.array([bar.get_width() for bar in chart.figure.axes[0].patches]).reshape(-1, 3)
    np.testing.assert_allclose(widths.sum(axis=0), 1.0)

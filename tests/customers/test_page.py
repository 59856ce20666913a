"""Words and figures of the customer page: in each kind of shop, and nothing where nothing is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from shoplib.config.models import Shop
from shoplib.customers import baskets, dues, figures, rfm, summary, visits
from shoplib.viz import export, style
from shoplib.viz.export import Chart

Make = Callable[..., Any]
SHOP = Shop()
RUPEES = Shop(currency="INR", language="hi_IN", timezone="Asia/Kolkata")


@pytest.fixture
def regulars(sales: Make) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    who = rng.choice([*(f"c{at}" for at in range(40)), "walk-in"], 300)
    made = [(None if name == "walk-in" else name, f"{day:02d}", int(total)) for name, day, total in
            zip(who, np.sort(rng.integers(1, 32, 300)), rng.integers(100, 9_000, 300), strict=True)]  # fmt: skip
    return sales(made)


@pytest.fixture
def stays(visits_of: Make) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    who = rng.choice([*(f"c{at}" for at in range(30)), "?"], 200)
    return visits_of([(None if name == "?" else name, f"{day:02d}", float(minutes)) for name, day, minutes in
                      zip(who, rng.integers(1, 32, 200), rng.integers(1, 20, 200), strict=True)])  # fmt: skip


@pytest.fixture
def telling(sales: Make, lines: Make) -> pd.DataFrame:
    content = [["bread", "butter"]] * 60 + [["bread"]] * 10 + [["milk"]] * 200 + [["tea", "cake"]] * 30
    made = baskets.baskets(sales([(None, "01", 100)] * len(content)), lines(content))
    names = pd.DataFrame({"product_id": ["bread", "butter"], "product_name": ["Bread", "Butter"]})
    return baskets.named(baskets.beyond_chance(baskets.basket_pairs(made, 5), len(made.products)), names)


def all_charts(regulars: pd.DataFrame, stays: pd.DataFrame, telling: pd.DataFrame, shop: Shop) -> list[Chart | None]:
    segments = rfm.customer_segments(regulars)
    return [
        figures.segments_chart(segments, shop),
        figures.weeks_chart(stays, shop),
        figures.visits_chart(stays, shop),
        figures.pairs_chart(telling, shop),
    ]


@pytest.mark.parametrize("shop", [SHOP, RUPEES], ids=["pounds", "rupees in Hindi"])
def test_charts_are_whole(shop: Shop, regulars: pd.DataFrame, stays: pd.DataFrame, telling: pd.DataFrame) -> None:
    first, second = (all_charts(regulars, stays, telling, shop) for _ in range(2))
    for chart, again in zip(first, second, strict=True):
        assert chart is not None and again is not None
        for text in (chart.title, chart.caption, chart.alt):
            assert text.endswith("."), text
            assert not any(word in text for word in ("nan", "None", "..", "  ")), text
        assert len(chart.data)
        assert export.svg(chart.figure, "one", wide=False) == export.svg(again.figure, "one", wide=False)
        with style.house():
            chart.figure.fit(wide=False)
            canvas = FigureCanvasAgg(chart.figure)
            canvas.draw()
        for label in chart.figure.axes[0].texts:
            assert label.get_window_extent(canvas.get_renderer()).x1 <= chart.figure.bbox.width + 1, label.get_text()


def test_charts_draw_their_data(regulars: pd.DataFrame, stays: pd.DataFrame, telling: pd.DataFrame) -> None:
    segments, weeks, each, pairs = all_charts(regulars, stays, telling, SHOP)
    assert segments is not None and weeks is not None and each is not None and pairs is not None
    widths = [bar.get_width() for bar in segments.figure.axes[0].patches]
    assert widths == segments.data["gross_sales_minor"].tolist()
    bars = [bar.get_height() for bar in weeks.figure.axes[0].patches]
    wanted = weeks.data["new"] + weeks.data["returning"]
    assert bars == [*wanted, *weeks.data["returning"]]
    assert weeks.data["whole"].all()
    assert sum(bar.get_height() for bar in each.figure.axes[0].patches) == stays["customer_id"].nunique()
    assert [bar.get_width() for bar in pairs.figure.axes[0].patches] == pairs.data["lift"].tolist()


def test_nothing_is_drawn_or_said_without_data(sales: Make, lines: Make, visits_of: Make) -> None:
    nobody = sales([(None, "01", 100)] * 3)
    segments, stays = rfm.customer_segments(nobody), visits_of([])
    seen = visits.footfall(stays)
    none = baskets.basket_pairs(baskets.baskets(sales([]), lines([])), 1)
    assert figures.segments_chart(segments, SHOP) is None
    assert figures.weeks_chart(stays, SHOP) is None
    assert figures.visits_chart(stays, SHOP) is None
    assert figures.pairs_chart(none, SHOP) is None
    assert summary.customers(segments, nobody, SHOP) == []
    assert summary.visits(seen, SHOP) == []
    assert summary.measured(segments, nobody, seen).empty
    assert summary.dues(dues.dues(nobody), SHOP) == []
    assert summary.pairs(baskets.baskets(sales([]), lines([])), none, none, 10, SHOP) == []
    assert summary.missing(segments, stays) == [
        "Neither sales nor visits carry a customer's key, so who comes back is not known."
    ]
    assert summary.missing(segments, visits_of([("A", "01", 5)])) == [
        "No sale carries a customer's key: visits tell who comes back, not what they spend."
    ]


def test_charts_of_one_customer(sales: Make, visits_of: Make) -> None:
    chart = figures.segments_chart(rfm.customer_segments(sales([("A", "01", 100)])), SHOP)
    assert chart is not None
    assert chart.title == "The one known customer is occasional."
    once = figures.visits_chart(visits_of([("A", "01", 5)]), SHOP)
    assert once is not None
    assert once.title == "100% of the known customers came once; nobody five times."
    assert figures.weeks_chart(visits_of([("A", "01", 5)]), SHOP) is None


def test_customers_are_told(regulars: pd.DataFrame, visits_of: Make) -> None:
    segments = rfm.customer_segments(regulars)
    said = summary.customers(segments, regulars, SHOP)
    known = 100 * float(regulars["customer_id"].notna().mean())
    again = int((segments["transactions"] > 1).sum())
    assert (
        said[0]
        == f"40 customers are known to the till, in {known:.1f}% of the sales; {again} of them bought more than once."
    )
    assert said[1].startswith("Champions are ")
    assert summary.missing(segments, visits_of([])) == []
    metrics = summary.measured(segments, regulars, visits.footfall(visits_of([]))).set_index("metric")["value"]
    assert metrics["known_customers"] == 40
    assert set(metrics.index) == {"known_customers", "known_sales_share", "bought_again_share"}


def test_pairs_are_told(sales: Make, lines: Make) -> None:
    def said(content: list[list[str]], least: int = 1) -> list[str]:
        made = baskets.baskets(sales([(None, "01", 100)] * len(content)), lines(content))
        listed = baskets.basket_pairs(made, least)
        names = pd.DataFrame({"product_id": ["a"], "product_name": ["Apple"]})
        told = baskets.named(baskets.beyond_chance(listed, len(made.products)), names)
        return summary.pairs(made, listed, told, least, SHOP)

    assert said([["a"], ["b"]]) == [
        "Every sale is of one product, so there is nothing to say about what is bought together."
    ]
    assert said([["a", "b"], ["c"]], 5) == [
        "50% of the sales hold two products or more.",
        "No pair of products is found in 5 baskets or more.",
    ]
    assert said([["a", "b"], ["c"]])[1] == (
        "1 pair is found in 1 basket or more, none more often than chance explains."
    )
    assert said([["a", "b"]] * 50 + [["c"]] * 150)[1] == (
        "1 of 1 pair is bought together more often than chance explains: Apple with b, 4.0 times as often."
    )
    assert said([["a", "b"]] * 50 + [["c", "d"]] * 40 + [["e"]] * 10)[1] == (
        "2 of 2 pairs are bought together more often than chance explains, c with d most of all: 2.5 times as often."
    )
    rare = [["a", "b"]] * 14 + [["c"]] * 14_986
    assert said(rare)[1] == "1 of 1 pair is bought together more often than chance explains."
    one_not_rare = "2 of 2 pairs are bought together more often than chance explains; the one that is not rare is "
    assert said([*rare, *[["d", "e"]] * 50])[1] == f"{one_not_rare}d with e, 301.0 times as often."
    many = [f"p{at:03d}" for at in range(baskets.MOST_PRODUCTS + 1)]
    assert said([many, ["a", "b"]])[1] == "1 sale of more than 60 products is left out of what follows."


def test_rare_pairs_are_not_named_in_the_title(telling: pd.DataFrame) -> None:
    rare = telling.assign(support=0.0002)
    chart = figures.pairs_chart(rare, SHOP)
    assert chart is not None
    assert chart.title == "2 rare pairs are bought together more often than chance would have it."
    assert len(chart.data) == 2
    mixed = figures.pairs_chart(pd.concat([rare.iloc[:1], telling.iloc[1:]]), SHOP)
    assert mixed is not None
    assert mixed.data["name_a"].tolist() == telling["name_a"].tolist()[1:]
    assert mixed.title.startswith(str(telling["name_a"].iloc[1]))


def test_dues_are_the_tills_own_record(sales: Make) -> None:
    table = dues.dues(sales([(None, "01", 1_050), (None, "02", 250)], paid=["unpaid", "credit"]))
    assert summary.dues(table, SHOP) == [
        "By the till's own record: 1 sale unpaid (£10.50) and 1 sale on credit (£2.50). Whether they were paid later "
        "is not known here."
    ]

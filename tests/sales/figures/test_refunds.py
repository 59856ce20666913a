"""The figures of refunds: their numbers, their words, and that odd shops do not break them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from shoplib.config.models import Shop
from shoplib.sales import refunding
from shoplib.sales.figures import refunds as figures
from shoplib.sales.view import Scope
from shoplib.viz import export
from shoplib.viz.export import Chart

Make = Callable[..., Any]

CHARTS: dict[str, Callable[[Scope], Chart | None]] = {
    "weeks": lambda scope: figures.weeks_chart(refunding.weeks(scope), scope.shop, scope.currency),
    "places": lambda scope: figures.places_chart(refunding.by_place(scope), scope.shop),
}
WORLDS: dict[str, dict[str, Any]] = {
    "a chain": {},
    "one place": {"places": 1},
    "many places": {"count": 3_000, "places": 30},
    "one day": {"count": 9, "days": 1, "places": 2, "statuses": (0.5, 0.5, 0.0, 0.0)},
    "one sale": {"count": 1, "days": 1, "places": 1, "statuses": (1.0, 0.0, 0.0, 0.0)},
    "only refunds": {"count": 300, "statuses": (0.0, 1.0, 0.0, 0.0)},
    "nothing": {"count": 0, "days": 1},
}
NOTHING_TO_SHOW = {
    ("weeks", "one day"), ("weeks", "one sale"), ("weeks", "nothing"),
    ("places", "one place"), ("places", "one sale"), ("places", "nothing"),
    ("weeks", "only refunds"), ("places", "only refunds"),
}  # fmt: skip


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("kind", CHARTS)
def test_charts_survive_every_shop(kind: str, world: str, make_facts: Make, scoped: Make) -> None:
    chart = CHARTS[kind](scoped(make_facts(**{"seed": 2, **WORLDS[world]})))
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
    one, two = (CHARTS[kind](scoped(make_facts(currency="INR"), shop=shop)) for _ in range(2))
    assert one is not None and two is not None
    assert (one.title, one.caption, one.alt) == (two.title, two.caption, two.alt)
    assert export.svg(one.figure, kind, wide=False) == export.svg(two.figure, kind, wide=False)


def test_weeks_draw_takings_over_shares(make_facts: Make, scoped: Make) -> None:
    scope = scoped(make_facts(2_000, 120))
    chart = CHARTS["weeks"](scope)
    assert chart is not None
    weeks = refunding.weeks(scope)
    above, below = chart.figure.axes
    assert [bar.get_height() for bar in above.patches] == weeks["gross_sales_minor"].tolist()
    dots = np.concatenate([np.asarray(part.get_offsets())[:, 1] for part in below.collections[1:]])
    np.testing.assert_allclose(np.sort(dots), np.sort(weeks["refund_share"]))
    assert f"was refunded in {len(weeks)} weeks beside takings of £" in chart.title


def test_places_are_in_order_and_coloured_only_beyond_chance(make_facts: Make, scoped: Make) -> None:
    facts = make_facts(6_000, 120, statuses=(1.0, 0.0, 0.0, 0.0))
    sales, rng = facts["transactions"], np.random.default_rng(1)
    chance = np.where(sales["location_id"] == "L1", 0.2, 0.05)
    sales["transaction_status"] = np.where(rng.random(len(sales)) < chance, "refunded", "completed")
    chart = CHARTS["places"](scoped(facts))
    assert chart is not None
    assert chart.title == "Refunded more often than the others, beyond chance: Hill Restaurant."
    assert chart.data["refund_share"].is_monotonic_decreasing
    even = CHARTS["places"](scoped(make_facts(2_000)))
    assert even is not None and even.title.endswith("no place is above the others beyond chance.")

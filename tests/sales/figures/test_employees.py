"""The figures of employees: their numbers, their words, and that odd shops do not break them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.text import Text

from shoplib.config.models import Shop
from shoplib.sales import skill
from shoplib.sales.figures import employees
from shoplib.sales.view import View
from shoplib.sales.views.employees import view
from shoplib.viz import export, style
from shoplib.viz.export import Chart

Make = Callable[..., Any]

CHARTS: dict[str, Callable[[View, Shop], Chart | None]] = {
    "ratio": lambda v, shop: employees.ratio_chart(v.listings[0].frame, shop),
    "role": lambda v, shop: employees.role_chart(v.listings[1].frame, shop, v.listings[0].currency),
    "volume": lambda v, shop: employees.volume_value_chart(v.listings[0].frame, shop, v.listings[0].currency),
}
WORLDS: dict[str, tuple[dict[str, Any], Shop, set[str]]] = {
    "a chain": ({"count": 3_000, "days": 80}, Shop(), {"ratio", "role", "volume"}),
    "few days": ({"count": 300, "days": 5}, Shop(), {"role", "volume"}),
    "no hours": ({"hours": False}, Shop(), set()),
    "one sale": ({"count": 1, "days": 1, "places": 1, "statuses": (1.0, 0.0, 0.0, 0.0)}, Shop(), set()),
    "nothing": ({"count": 0, "days": 1}, Shop(), set()),
    "rupees in Hindi": (
        {"currency": "INR"}, Shop(currency="INR", language="hi_IN", timezone="Asia/Kolkata"), {"role", "volume"},
    ),
}  # fmt: skip


def people(count: int, apart: int = 0) -> pd.DataFrame:
    """Return a main table of people from 10 % above the others down to 10 % below, the first of them apart."""
    by = np.linspace(0.1, -0.1, count)
    return pd.DataFrame(
        {
            "employee_id": [f"E{i:02d}" for i in range(count)],
            "employee": [f"E{i:02d}" for i in range(count)],
            "hours": pd.array([100] * count, "Int64"),
            "transactions": np.arange(count) * 10 + 100,
            "average_transaction_minor": pd.array(np.arange(count) * 7 % 50 + 1_000, "Int64"),
            "above_share": by,
            "low_share": by - 0.03,
            "high_share": by + 0.03,
            "verdict": np.where(np.arange(count) < apart, skill.ABOVE, skill.CHANCE).astype(object),
        }
    )


@pytest.mark.parametrize("world", WORLDS)
def test_charts_survive_every_shop(world: str, make_facts: Make, scoped: Make) -> None:
    shape, shop, wanted = WORLDS[world]
    made = view(scoped(make_facts(**shape), shop=shop))
    drawn = {kind: chart for kind in CHARTS if (chart := CHARTS[kind](made, shop))}
    assert set(drawn) == wanted
    for chart in drawn.values():
        for text in (chart.title, chart.caption, chart.alt):
            assert text.endswith("."), text
            assert not any(word in text for word in ("nan", "None", "NaT", "..", "  ")), text
        with style.house():
            chart.figure.fit(wide=False)
            canvas = FigureCanvasAgg(chart.figure)
            canvas.draw()
        labels = [text.get_text() for text in chart.figure.findobj(Text) if isinstance(text, Text)]
        assert not any("nan" in label or "None" in label for label in labels)
        for label in chart.figure.axes[0].texts:
            box = label.get_window_extent(canvas.get_renderer())
            assert not label.get_text() or box.x1 <= chart.figure.bbox.width + 1, label.get_text()


def test_dots_stand_where_people_do(shop: Shop) -> None:
    table = people(5, apart=1).iloc[::-1].reset_index(drop=True)
    chart = employees.ratio_chart(table, shop)
    dots = [c for c in chart.figure.axes[0].collections if isinstance(c, PathCollection)]
    assert [float(np.asarray(c.get_offsets())[0][0]) for c in dots] == pytest.approx([0.1, 0.05, 0, -0.05, -0.1])
    assert [text.get_text() for text in chart.figure.axes[0].texts] == [
        "10.0% above", "5.0% above", "equal", "5.0% below", "10.0% below",
    ]  # fmt: skip
    assert chart.title == "1 employee of 5 is apart from what others take in the same hours, beyond chance."
    assert chart.figure.axes[0].lines[0].get_xdata()[0] == 0.0


def test_chance_alone_is_said_so(shop: Shop) -> None:
    chart = employees.ratio_chart(people(5), shop)
    assert chart.title == "No employee of 5 is apart from what others take in the same hours beyond chance."
    assert chart.caption.endswith("with 95% intervals; all may be chance.")
    nobody = people(5).assign(low_share=np.nan)
    assert employees.ratio_chart(nobody, shop) is None


def test_of_many_the_ends_are_shown(shop: Shop) -> None:
    chart = employees.ratio_chart(people(40, apart=2), shop)
    dots = [c for c in chart.figure.axes[0].collections if isinstance(c, PathCollection)]
    assert len(dots) == 16
    assert chart.caption.endswith("; the first and the last 8 of 40.")
    assert chart.title.startswith("2 employees of 40 are apart ")
    assert len(chart.data) == 40


def test_roles_are_bars_of_takings_an_hour(make_facts: Make, scoped: Make, shop: Shop) -> None:
    roles = view(scoped(make_facts(2_000, 60))).listings[1].frame
    chart = employees.role_chart(roles, shop)
    widths = [bar.get_width() for bar in chart.figure.axes[0].patches]
    assert widths == sorted(roles["gross_per_hour_minor"].astype(float), reverse=True)
    assert " · 2 people" in chart.alt
    assert employees.NO_ROLE in chart.alt
    assert employees.role_chart(roles.iloc[:1], shop) is None


def test_volume_and_value_are_drawn_for_those_with_hours(shop: Shop) -> None:
    table = people(6)
    table.loc[0, "hours"] = pd.NA
    chart = employees.volume_value_chart(table, shop)
    points = np.asarray(chart.figure.axes[0].collections[0].get_offsets())
    assert sorted(points[:, 0]) == pytest.approx([1.1, 1.2, 1.3, 1.4, 1.5])
    assert chart.title == "Employees make between 1.1 and 1.5 sales an hour, of £10.07 to £10.35 on average."
    assert employees.volume_value_chart(table.iloc[:4], shop) is None


@pytest.mark.parametrize("kind", ["ratio", "volume_value"])
def test_equal_tables_give_equal_bytes(kind: str, shop: Shop) -> None:
    maker = getattr(employees, f"{kind}_chart")
    one, two = (maker(people(9), shop) for _ in range(2))
    assert (one.title, one.caption, one.alt) == (two.title, two.caption, two.alt)
    assert export.svg(one.figure, kind, wide=False) == export.svg(two.figure, kind, wide=False)

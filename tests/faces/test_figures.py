"""The timeline: one row a person, in order of coming."""

from __future__ import annotations

import pandas as pd
import pytest

from shoplib.config.models import Shop
from shoplib.faces import figures, summary

START = pd.Timestamp("2024-04-28 08:59:59.600", tz="UTC")


def stays(rows: list[tuple[str | None, float, float]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["customer_id", "entered", "left"])
    moments = {name: START + pd.to_timedelta(table[name], unit="s") for name in ("entered", "left")}
    return table.assign(visit_id=[f"V{n:04d}" for n in range(1, len(table) + 1)], sightings=1, **moments)


def customers(table: pd.DataFrame) -> pd.DataFrame:
    return table.dropna(subset=["customer_id"]).groupby("customer_id").size().rename("visits").reset_index()


def test_rows_stand_in_order_of_coming_and_strangers_last():
    made = stays([(None, 0, 9), ("C0002", 1, 4), ("C0001", 2, 5), ("C0002", 30, 34)])
    table = figures.visits_table(made)
    assert table["who"].tolist() == ["C0002", "C0002", "C0001", "not recognised"]
    assert table["kind"].tolist() == ["First visit", "Came back", "First visit", "Not recognised"]
    chart = figures.visits_chart(customers(made), made, Shop())
    assert chart.title == "2 people came in 3 times; 1 of them came back; 1 more visit not recognised."


@pytest.mark.parametrize(
    ("seconds", "wide", "first"), [(60, 6, "10:00:00"), (0.2, 1, "10:00:00"), (7_200, 6, "10:00"), (90_000, 7, "")]
)
def test_the_clock_has_round_marks(seconds, wide, first):
    made = stays([("C0001", 0, seconds)])
    chart = figures.visits_chart(customers(made), made, Shop())
    (axes,) = chart.figure.axes
    marks = [label.get_text() for label in axes.get_xticklabels()]
    assert 1 <= len(marks) <= wide
    assert marks[0].startswith(first)
    chart.figure.fit(wide=False)
    assert len(axes.get_xticks()) <= 4


def test_many_people_are_cut_and_said():
    made = stays([(f"C{number:04d}", number, number + 3) for number in range(60)])
    chart = figures.visits_chart(customers(made), made, Shop())
    assert chart.caption.endswith("40 of 60 rows are shown, those with most visits.")
    assert len(chart.data) == 60
    assert len(chart.figure.axes[0].get_yticks()) == 40


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([], "No face was recognised in the footage, so nobody can be counted."),
        ([(None, 0, 3)], "1 visit, nobody recognised."),
        ([("C0001", 0, 3)], "1 person came in 1 time; none of them came back."),
    ],
)
def test_the_title_is_the_finding(rows, told):
    made = stays(rows)
    assert summary.came(customers(made), made) == told
    assert figures.visits_chart(customers(made), made, Shop()).title == told

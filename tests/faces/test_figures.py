"""The timeline: one row a person, in order of coming."""

from __future__ import annotations

import pandas as pd
import pytest

from shoplib.config.models import Shop
from shoplib.faces import figures, summary
from shoplib.viz import export

START = pd.Timestamp("2024-04-28 08:59:59.600", tz="UTC")


def stays(rows: list[tuple[str | None, float, float]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["customer_id", "entered", "left"])
    moments = {name: START + pd.to_timedelta(table[name], unit="s") for name in ("entered", "left")}
    return table.assign(visit_id=[f"V{n:04d}" for n in range(1, len(table) + 1)], sightings=1, **moments)


def customers(table: pd.DataFrame) -> pd.DataFrame:
    return table.dropna(subset=["customer_id"]).groupby("customer_id").size().rename("visits").reset_index()


def test_rows_stand_in_order_of_coming_and_strangers_last():
    made = stays([(None, 0, 9), ("F0002", 1, 4), ("F0001", 2, 5), ("F0002", 30, 34)])
    table = figures.visits_table(made)
    assert table["who"].tolist() == ["F0002", "F0002", "F0001", "not recognised"]
    assert table["kind"].tolist() == ["First visit", "Came back", "First visit", "Not recognised"]
    chart = figures.visits_chart(customers(made), made, Shop())
    assert chart.title == "2 people came in 3 times; 1 of them came back; 1 more visit not recognised."


@pytest.mark.parametrize(
    ("seconds", "wide", "first"), [(60, 6, "10:00:00"), (0.2, 1, "10:00:00"), (7_200, 6, "10:00"), (90_000, 7, "")]
)
def test_the_clock_has_round_marks(seconds, wide, first):
    made = stays([("F0001", 0, seconds)])
    chart = figures.visits_chart(customers(made), made, Shop())
    (axes,) = chart.figure.axes
    marks = [label.get_text() for label in axes.get_xticklabels()]
    assert 1 <= len(marks) <= wide
    assert marks[0].startswith(first)
    chart.figure.fit(wide=False)
    assert len(axes.get_xticks()) <= 4


def test_many_people_are_cut_and_said():
    made = stays([(f"F{number:04d}", number, number + 3) for number in range(60)])
    chart = figures.visits_chart(customers(made), made, Shop())
    assert chart.caption.endswith("40 of 60 rows are shown, those with most visits.")
    assert len(chart.data) == 60
    assert len(chart.figure.axes[0].get_yticks()) == 40


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([], "No face was recognised in the footage, so nobody can be counted."),
        ([(None, 0, 3)], "1 visit, nobody recognised."),
        ([("F0001", 0, 3)], "1 person came in 1 time; none of them came back."),
    ],
)
def test_the_title_is_the_finding(rows, told):
    made = stays(rows)
    assert summary.came(customers(made), made) == told
    assert figures.visits_chart(customers(made), made, Shop()).title == told


def test_people_who_work_here_and_groups_are_marked():
    made = stays([("F0001", 0, 9), ("F0002", 1, 8), ("F0003", 0, 99), (None, 2, 5), (None, 3, 6), (None, 6, 9)])
    made = made.assign(staff=[None, None, "presence", None, None, None], group_id=["G1", "G1", None, None, None, None])
    chart = figures.visits_chart(customers(made.iloc[:2]), made, Shop())
    assert chart.data["kind"].tolist() == ["First visit"] * 2 + ["Works here"] + ["Not recognised"] * 3
    (axes,) = chart.figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "F0001", "F0002", "F0003", "not recognised", "",
    ]  # fmt: skip
    assert [text.get_text() for text in chart.figure.legends[0].get_texts()] == [
        "First visit", "Works here", "Not recognised", "Came together",
    ]  # fmt: skip
    assert chart.alt.endswith("1 of somebody who works here; 1 group of people who came together.")
    assert axes.lines[-1].get_xydata().tolist() == [[0, 0], [0, 1]]


def test_who_was_known_before_the_footage_has_come_back():
    made = stays([("F0001", 0, 9), ("F0002", 1, 8), (None, 2, 3)])
    table = figures.visits_table(made.assign(came_before=pd.array([True, False, None], dtype="boolean")))
    assert table["kind"].tolist() == ["Came back", "First visit", "Not recognised"]


def test_where_nobody_is_told_apart_visits_only_keep_out_of_each_others_way():
    made = stays([(None, 0, 9), (None, 1, 4), (None, 5, 8), (None, 9.5, 12)])
    chart = figures.visits_chart(customers(made), made, Shop(), mode="count")
    assert chart.title == "4 visits counted; nobody was told apart."
    assert chart.data["visit_id"].tolist() == ["V0001", "V0004", "V0002", "V0003"]
    assert [label.get_text() for label in chart.figure.axes[0].get_yticklabels()] == ["visits", ""]
    assert chart.figure.legends == []


def test_days_stand_side_by_side_and_the_first_of_many_are_left_out():
    day = 86_400
    made = stays([(f"F{1 + number % 3:04d}", number * day, number * day + 5) for number in range(20)])
    clips = pd.DataFrame({"starts": START + pd.to_timedelta(range(20), unit="D"), "seconds": 60.0})
    few = figures.visits_chart(customers(made.iloc[:4]), made.iloc[:4], Shop(), clips.iloc[:4])
    assert few.caption.endswith("28 Apr 2024 to 1 May 2024. Grey upright bands are times without footage, left out.")
    assert [label.get_text() for label in few.figure.axes[0].get_xticklabels()][:2] == [
        "28 Apr\n09:59",
        "29 Apr\n09:59",
    ]
    many = figures.visits_chart(customers(made), made, Shop(), clips)
    assert "The last 14 of 20 stretches of footage are shown." in many.caption
    assert sum(len(bars) for bars in many.figure.axes[0].containers) == 14
    assert len(many.data) == 20


def test_equal_visits_give_equal_bytes():
    made = stays([("F0001", 0, 9), (None, 1, 8), ("F0001", 70, 80)])
    one, other = (figures.visits_chart(customers(made), made, Shop()).figure for _ in range(2))
    assert [export.svg(one, "x", wide=wide) for wide in (True, False)] == [
        export.svg(other, "x", wide=wide) for wide in (True, False)
    ]

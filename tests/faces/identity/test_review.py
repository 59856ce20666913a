"""The sheet of checks: what it asks first, and what becomes of the answers."""

from __future__ import annotations

import pandas as pd
import pytest

from shoplib.errors import ConfigError
from shoplib.faces.identity import corrections, review


@pytest.fixture
def found(studio, walk):
    """Ann and her sister Bea, hard to tell apart; Cid three times; and somebody too small."""
    studio.faces["bea"] = studio.face("ann") + (studio.face("bea") - studio.face("ann")) * 0.66
    walks = [walk(who, at * 30, at * 30 + 6) for at, who in enumerate(["ann", "bea", "cid", "cid", "cid"])]
    film = studio.film("a", [*walks, walk("eve", 200, 206, width=36)])
    people = studio.people(film)
    assert people.customer == ["F0001", "F0002", "F0003", "F0003", "F0003", None]
    return film, people


def answered(people, path, *answers):
    table = review.sheet(people, pd.DataFrame({"customer_id": ["F0001", "F0001", "F0002", "F0003"]}))
    review.write(path, table.assign(answer=[*answers, *[""] * (len(table) - len(answers))]))
    return review.answers(path, people.seen)


def test_what_changes_the_report_most_is_asked_first(found):
    _, people = found
    table = review.sheet(people, pd.DataFrame({"customer_id": ["F0001", "F0001", "F0002", "F0003"]}))
    assert table["question"].tolist() == [
        "Are F0001 and F0002 one person?",
        "Is the visitor in clip a at 3:20 a person?",
    ]
    assert table["visits"].tolist() == [3, 1]
    assert table["rank"].tolist() == [1, 2]
    assert 0.48 <= table["distance"].iloc[0] <= 0.62
    assert (table["answer"] == "").all()
    assert tuple(table.columns) == review.COLUMNS
    assert len(review.ranked(pd.concat([people.near] * 9), pd.Series({"F0001": 1}))) == 10


@pytest.mark.parametrize(
    ("answers", "customer"),
    [
        (["same", "ignore"], ["F0001", "F0001", "F0002", "F0002", "F0002", None]),
        (["different"], ["F0001", "F0002", "F0003", "F0003", "F0003", None]),
        ([" SAME "], ["F0001", "F0001", "F0002", "F0002", "F0002", None]),
        ([], ["F0001", "F0002", "F0003", "F0003", "F0003", None]),
    ],
)
def test_answers_become_corrections(studio, found, tmp_path, answers, customer):
    film, people = found
    corrections.append(tmp_path, answered(people, tmp_path / "sheet.csv", *answers), people.seen)
    again = studio.people(film, said=corrections.load(tmp_path))
    assert again.customer == customer
    asked = again.review["question"].tolist()
    assert "Are F0001 and F0002 one person?" not in asked if answers else asked
    assert (5 in again.ignored) == ("ignore" in answers)


def test_an_answer_that_is_none_is_told_with_its_line(found, tmp_path):
    path = tmp_path / "sheet.csv"
    with pytest.raises(ConfigError) as raised:
        answered(found[1], path, "same", "perhaps")
    assert str(raised.value) == (
        "Some answers are none\n"
        "  line 3: 'perhaps'\n"
        f"  where   {path}\n"
        "  found   1 of 2\n"
        "  wanted  same, different, ignore, or nothing"
    )


def test_ignore_does_not_say_which_of_two(found, tmp_path):
    with pytest.raises(ConfigError, match="It is not said which of the two to ignore"):
        answered(found[1], tmp_path / "sheet.csv", "ignore")


def test_same_as_nobody_is_refused(found, tmp_path):
    with pytest.raises(ConfigError, match="This answer names a face that is not there"):
        answered(found[1], tmp_path / "sheet.csv", "", "same")


def test_a_file_that_is_no_sheet_is_refused(found, tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(ConfigError, match="The answers cannot be read"):
        review.answers(path, found[1].seen)
    with pytest.raises(ConfigError, match="The answers cannot be read"):
        review.answers(tmp_path / "missing.csv", found[1].seen)


def test_a_sheet_saved_with_semicolons_is_read(found, tmp_path):
    _, people = found
    path = tmp_path / "sheet.csv"
    table = review.sheet(people, pd.DataFrame({"customer_id": ["F0001"]}))
    table["answer"] = table["kind"].map({"pair": "same", "stray": ""})
    table.to_csv(path, index=False, sep=";", encoding="utf-8-sig")
    assert [line.kind for line in review.answers(path, people.seen)] == ["must"]

"""Equal rows have equal digests however they are written, and the digests never change."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplib.ingest.lasting import identity


def test_digests_are_what_they_were_when_the_first_store_was_made() -> None:
    columns = [pd.Series(["T1", "T2", None]), pd.Series([1, pd.NA, 3], dtype="Int64")]
    assert identity.keys("item", columns).to_numpy().tolist() == [
        [-5191135562218123602, 8625588457617832595],
        [795258970426961961, 4663357852816195914],
        [7152109927143366333, 184147644299921935],
    ]
    assert identity.content([pd.Series([1.5]), pd.Series(pd.to_datetime(["2024-06-01"]))]).tolist() == [
        -9038523702897042279
    ]


def test_the_type_a_column_is_held_in_makes_no_difference() -> None:
    texts = ["a", "b", "", "a"]
    held = [pd.Series(texts, dtype=kind) for kind in ("object", "category", "string")]
    numbers = [pd.Series([1, 2, 3, 4], dtype=kind) for kind in ("int64", "Int64")]
    found = {tuple(identity.content([text, number])) for text in held for number in numbers}
    assert len(found) == 1
    missing = pd.Series(["a", "b", None, "a"], dtype=object)
    assert tuple(identity.content([missing, numbers[0]])) in found


TEXTS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")  # readers refuse NUL


@given(
    st.lists(
        st.tuples(st.text(TEXTS, max_size=4), st.integers(-3, 3), st.none() | st.text(TEXTS, max_size=2)), max_size=30
    )
)
def test_two_rows_have_one_digest_if_and_only_if_they_are_equal(rows: list[tuple[str, int, str | None]]) -> None:
    columns = [pd.Series([row[at] for row in rows], dtype="object" if at != 1 else "int64") for at in range(3)]
    if not rows:
        return
    digests = identity.keys("line", columns)
    plain = [(text or None, number, other or None) for text, number, other in rows]
    assert len(set(plain)) == len(digests.drop_duplicates())
    assert len(set(plain)) == identity.content(columns).nunique()


def test_columns_do_not_run_into_one_another() -> None:
    one, other = [pd.Series(["ab"]), pd.Series(["c"])], [pd.Series(["a"]), pd.Series(["bc"])]
    assert identity.content(one).tolist() != identity.content(other).tolist()
    assert identity.content(one).tolist() != identity.content(one[::-1]).tolist()
    assert identity.keys("line", one).to_numpy().tolist() != identity.keys("item", one).to_numpy().tolist()


def test_a_hundred_thousand_rows_that_differ_little_share_nothing() -> None:
    keys = identity.keys("item", [pd.Series(np.arange(100_000)), pd.Series(np.zeros(100_000))])
    assert keys["key_a"].is_unique and keys["key_b"].is_unique


@pytest.mark.parametrize(
    ("cell", "shown"),
    [("1.50", "1.5"), ("1.500", "1.5"), ("3.0", "3"), ("3.", "3"), ("007", "007"), ("-0.10", "-0.1"), ("1,50", "1,50"),
     ("2024-06-01T10:00:00", "2024-06-01 10:00"), ("2024-06-01 10:00:05", "2024-06-01 10:00:05"),
     ("100", "100"), ("tea", "tea"), ("", "")],
)  # fmt: skip
def test_cells_that_nothing_explains_are_one_text_in_every_format(cell: str, shown: str) -> None:
    assert identity.plain(pd.Series([cell])).tolist() == [shown]

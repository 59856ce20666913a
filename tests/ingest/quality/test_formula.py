"""Formulas of columns: how they are read, what they say of rows, what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplib.ingest.quality.formula import parse


def kept(text: str, within: float = 0, **columns: list[float]) -> list[bool]:
    formula = parse(text)
    sides = [side.value(lambda name: np.array(columns[name])) for side in (formula.left, formula.right)]
    return formula.kept(*np.broadcast_arrays(*sides), within).tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a + b = 5", [True, False]), ("a - b <= -1", [True, False]), ("2*a = b + 1", [True, False]),
     ("-a*b < a", [True, True]), ("a > b", [False, True]), ("b >= 1.5*a", [True, False]),
     ("a − b = 4 - b", [False, True])],
)  # fmt: skip
def test_a_formula_says_which_rows_keep_it(text, expected):
    assert kept(text, a=[2, 4], b=[3, 3]) == expected


def test_sides_may_be_apart_within_what_is_allowed():
    assert kept("a = b", within=1, a=[1, 1, 1], b=[2, 3, 0]) == [True, False, True]
    assert kept("a <= b", within=1, a=[3, 4], b=[2, 2]) == [True, False]
    assert kept("a < b", within=1, a=[2, 3], b=[2, 2]) == [True, False]


@given(st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12))
def test_amounts_are_compared_to_the_last_penny(a, b, c):
    assert kept("a - b + c = d", a=[a], b=[b], c=[c], d=[a - b + c]) == [True]
    assert kept("a - b + c = d", a=[a], b=[b], c=[c], d=[a - b + c + 1]) == [False]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a + b", "'a + b' needs one of = <= >= < > between its two sides, and only one"),
        ("a = b = c", "'a = b = c' needs one of = <= >= < > between its two sides, and only one"),
        ("a + = 3", "'a + = 3' lacks a column or a number"),
        ("a * + b = 3", "'a * + b = 3' lacks a column or a number before '+'"),
        ("a b = 3", "'a b = 3' has 'b' where + - or * is wanted"),
        ("a / b = 3", "'a / b = 3' cannot be read at '/ b = 3'; columns, numbers and + - * only"),
        ("__import__('os') = 1", "\"__import__('os') = 1\" cannot be read at \"__import__('os') = 1\"; columns, "
                                 "numbers and + - * only"),
        ("1 = 2", "'1 = 2' names no column"),
        (" = a", "' = a' lacks a column or a number"),
    ],
)  # fmt: skip
def test_what_is_no_formula_is_refused_with_the_place(text, said):
    with pytest.raises(ValueError) as caught:
        parse(text)
    assert str(caught.value) == said


@given(st.text(max_size=30))
def test_any_text_is_a_formula_or_refused(text):
    try:
        assert parse(text).columns
    except ValueError as error:
        assert repr(text) in str(error)

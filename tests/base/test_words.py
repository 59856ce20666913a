"""Numbers, changes and lists in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplib.base import words


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [
        (106, 100, "up 6.0%"),
        (94, 100, "down 6.0%"),
        (100, 100, "unchanged"),
        (10_005, 10_000, "unchanged"),
        (10_006, 10_000, "up 0.1%"),
        (0, 100, "down 100.0%"),
        (5, 0, "with nothing to compare"),
        (5, None, "with nothing to compare"),
        (-50, -100, "up 50.0%"),
        (-100, -50, "down 100.0%"),
        (50, -100, "up 150.0%"),
        (9900, 10, "up 98,900.0%"),
    ],
)
def test_change(now, before, text):
    assert words.change(now, before) == text


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9).filter(bool))
def test_change_says_up_only_of_what_rose(now, before):
    text = words.change(now, before)
    assert text.startswith("up") == (now > before) or text == "unchanged"
    assert "0.0%" not in text.split()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (words.count(-0.4), "0"),
        (words.count(-0.6), "-1"),
        (words.count(1234567, "en_IN"), "12,34,567"),
        (words.count(1234.5, "de_DE", 2), "1.234,50"),
        (words.share(-0.0001), "0.0%"),
        (words.share(1), "100.0%"),
        (words.share(0.12345, decimals=2), "12.34%"),
        (words.plural(0, "row"), "0 rows"),
        (words.plural(1, "entry", "entries"), "1 entry"),
        (words.listed([]), ""),
        (words.listed(range(8)), "0, 1, 2, 3, 4, 5, 6, 7"),
        (words.listed(range(9)), "0, 1, 2, 3, 4, 5, 6, 7 and 1 more"),
        (words.nearest("zzz", ["delimiter"]), ""),
        (words.nearest("transactons", ["transactions", "products"]), "transactions"),
    ],
)
def test_shown(text, shown):
    assert text == shown

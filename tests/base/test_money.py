"""Money: whole minor units there and back, halves away from zero."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplib.base import money

CURRENCIES = ("GBP", "INR", "JPY", "KWD", "EUR")


@given(st.integers(-(10**18), 10**18), st.sampled_from(CURRENCIES))
def test_minor_to_major_and_back(minor, currency):
    assert money.to_minor(money.to_major(minor, currency), currency) == minor


@given(st.decimals(-(10**12), 10**12, places=5), st.sampled_from(CURRENCIES))
def test_rounds_once_half_away_from_zero(amount, currency):
    exact = Fraction(amount) * 10 ** money.digits(currency)
    size = int(abs(exact) + Fraction(1, 2))
    assert money.to_minor(amount, currency) == (size if exact > 0 else -size)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("0.005", "GBP", 1),
        ("-0.005", "GBP", -1),
        ("0.00499999999999999999999999999999999999", "GBP", 0),
        ("2.675", "GBP", 268),
        ("1234.5", "JPY", 1235),
        ("-1234.5", "JPY", -1235),
        ("1.2345", "KWD", 1235),
    ],
)
def test_halves(amount, currency, minor):
    assert money.to_minor(Decimal(amount), currency) == minor


@given(st.lists(st.integers(-(10**9), 10**9)), st.sampled_from(CURRENCIES))
def test_sums_are_exact(amounts, currency):
    assert sum(money.to_major(a, currency) for a in amounts) == money.to_major(sum(amounts), currency)


@pytest.mark.parametrize(
    ("minor", "currency", "language", "whole", "text"),
    [
        (123456, "GBP", "en_GB", False, "£1,234.56"),
        (0, "GBP", "en_GB", False, "£0.00"),
        (-5, "GBP", "en_GB", False, "−£0.05"),
        (-40, "GBP", "en_GB", True, "£0"),
        (-50, "GBP", "en_GB", True, "−£1"),
        (1234, "JPY", "en_GB", False, "JP¥1,234"),
        (123456789, "INR", "en_IN", False, "₹12,34,567.89"),
    ],
)
def test_shown(minor, currency, language, whole, text):
    assert money.show(minor, currency, language=language, whole=whole) == text


@given(st.integers(-(10**12), 10**12))
def test_whole_amount_is_the_rounded_one(minor):
    pounds = money.to_major(minor, "GBP").quantize(Decimal(1), ROUND_HALF_UP)
    digits = "".join(c for c in money.show(minor, "GBP", whole=True).replace(money.MINUS, "-") if c in "-0123456789")
    assert int(digits) == pounds

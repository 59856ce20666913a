"""Money as whole minor units (pence, paise, cents) with its currency: never a float."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from babel.core import Locale, get_global
from babel.numbers import format_currency, get_currency_precision

MINUS = "−"  # U+2212; a line never breaks between it and the amount


def digits(currency: str) -> int:
    """Return how many decimals a currency has (ISO 4217, from CLDR).

    >>> digits("GBP"), digits("JPY")
    (2, 0)
    """
    return get_currency_precision(currency)


def to_minor(amount: Decimal, currency: str) -> int:
    """Return ``amount`` in minor units, half a unit rounded away from zero.

    >>> to_minor(Decimal("548.9715"), "GBP")
    54897
    """
    places = digits(currency)
    return int(amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP).scaleb(places))


def to_major(minor: int, currency: str) -> Decimal:
    """Return minor units as an exact decimal amount.

    >>> to_major(54897, "GBP")
    Decimal('548.97')
    """
    return Decimal(int(minor)).scaleb(-digits(currency))


def show(minor: int, currency: str, *, language: str = "en_GB", whole: bool = False) -> str:
    """Return an amount as a person reads it; ``whole`` leaves the decimals out.

    So does a currency that has no coins below one, such as the rupiah, where there is nothing to leave out.

    >>> show(-123456, "GBP"), show(123456, "GBP", whole=True)
    ('−£1,234.56', '£1,235')
    >>> show(12345678, "INR", language="en_IN", whole=True)
    '₹1,23,457'
    >>> show(14_900_000, "IDR"), show(14_900_050, "IDR")
    ('IDR149,000', 'IDR149,000.50')
    """
    amount = to_major(minor, currency)
    if whole or (cash_digits(currency) == 0 and amount == amount.to_integral_value()):
        amount = amount.quantize(Decimal(1), ROUND_HALF_UP) + 0  # no "−£0"
        pattern = Locale.parse(language).currency_formats["standard"].pattern.replace(".00", "")
        text = format_currency(amount, currency, locale=language, currency_digits=False, format=pattern)
    else:
        text = format_currency(amount, currency, locale=language)
    return str(text).replace("-", MINUS)


def cash_digits(currency: str) -> int:
    """Return how many decimals prices paid in cash have (CLDR).

    >>> cash_digits("GBP"), cash_digits("IDR")
    (2, 0)
    """
    known = get_global("currency_fractions").get(currency)
    return int(known[2]) if known else digits(currency)

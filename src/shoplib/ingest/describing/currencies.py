"""Which currency an unknown file is in, as far as it shows one, and which clock is usual there."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass

import pandas as pd
from babel.numbers import list_currencies

from shoplib.base import words
from shoplib.ingest.describing.naming import AMOUNT_CELL, CURRENCY_HEADING

SIGNS = {"£": "GBP", "€": "EUR", "₹": "INR", "$": "USD", "¥": "JPY", "₩": "KRW", "₺": "TRY", "₦": "NGN", "₱": "PHP",
         "₫": "VND", "฿": "THB", "₴": "UAH", "₽": "RUB", "₪": "ILS"}  # fmt: skip
CODES = {"Rp": "IDR", "Rp.": "IDR", "Rs": "INR", "Rs.": "INR", "zł": "PLN", "Kč": "CZK", "R$": "BRL", "RM": "MYR"}
ZONES = {
    "GBP": "Europe/London", "INR": "Asia/Kolkata", "JPY": "Asia/Tokyo", "KRW": "Asia/Seoul", "TRY": "Europe/Istanbul",
    "NGN": "Africa/Lagos", "PHP": "Asia/Manila", "CHF": "Europe/Zurich", "SEK": "Europe/Stockholm",
    "PLN": "Europe/Warsaw", "SGD": "Asia/Singapore", "ZAR": "Africa/Johannesburg", "MMK": "Asia/Yangon",
    "IDR": "Asia/Jakarta", "VND": "Asia/Ho_Chi_Minh", "THB": "Asia/Bangkok", "CZK": "Europe/Prague",
}  # fmt: skip
MONTH_FIRST = ("USD", "PHP")
"""Currencies of places where the month usually stands first."""
CELLS = 200


@dataclass(frozen=True)
class Currency:
    """The currency taken, how sure that is, why, and the questions left."""

    code: str
    score: float
    evidence: str
    questions: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Return whether somebody or something says it, so that more may be concluded from it."""
        return self.score >= 0.8


def find_currency(rows: pd.DataFrame, given: str) -> Currency:
    """Return the currency: as given, as a column of codes says, else the sign or code of amounts or headings."""
    if given:
        return Currency(given, 1.0, f"{given}, as told")
    for column in rows:
        if CURRENCY_HEADING.fullmatch(str(column).strip()):
            codes = [code for code in rows[column].str.strip().str.upper().unique() if code in list_currencies()]
            if len(codes) == 1:
                return Currency(codes[0], 1.0, f'{codes[0]}, "{column}" holds {codes[0]} throughout')
    cells = (cell for column in rows for cell in rows[column].unique()[:CELLS] if AMOUNT_CELL.fullmatch(cell.strip()))
    texts = [*map(str, rows.columns), *cells]
    codes_said = Counter(code for text in texts for code in _codes_in(text))
    if codes_said:
        code, times = min(codes_said.items(), key=lambda item: (-item[1], item[0]))
        return Currency(code, 0.9, f"{code}, named in {words.plural(times, 'cell')} or headings")
    signs = Counter(m for text in texts for m in text if unicodedata.category(m) == "Sc" and m in SIGNS)
    if not signs:
        return Currency("GBP", 0.2, "GBP, assumed", ("the file shows no currency; GBP is assumed",))
    sign, times = min(signs.items(), key=lambda item: (-item[1], item[0]))
    shared = (f'"{sign}" stands for several currencies; {SIGNS[sign]} is assumed',) if sign in "$¥" else ()
    score = 0.6 if shared else 0.9
    return Currency(SIGNS[sign], score, f'{SIGNS[sign]}, "{sign}" in {words.plural(times, "cell")} or headings', shared)


def _codes_in(text: str) -> list[str]:
    """Return the currencies a heading such as "Total (EUR)" or a cell such as "Rp 15.000" names by letters."""
    parts = [part.strip("()[],;:/") for part in text.replace("\u00a0", " ").split()]
    close = [CODES[code] for code in CODES if text.startswith(code) and text[len(code) :][:1].isdigit()]
    if len(parts) < 2:
        return close[:1]
    found = [part for part in parts if len(part) == 3 and part.isupper() and part in list_currencies()]
    found += [CODES[code] for code in CODES if code in parts]
    return [*found, *close][:1]

"""Arrays to the frames people read: labels as categories, identifiers as text, amounts in minor units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from shoplib.config.models import Shop
from shoplib.config.worlds import EposWorld
from shoplib.simulate import draws
from shoplib.simulate.draws import Bools, Ints
from shoplib.simulate.epos.baskets import Lines
from shoplib.simulate.epos.catalogue import Catalogue
from shoplib.simulate.epos.menu import NAMES
from shoplib.simulate.epos.moments import DAY_SECONDS
from shoplib.simulate.epos.places import TYPES, Places, Staff
from shoplib.simulate.epos.prices import Prices, known
from shoplib.simulate.epos.refunds import STATUSES
from shoplib.simulate.epos.tender import METHODS, PAYMENT_STATUSES

ID_DIGITS = 9


class Labels:
    """The words behind the numbers, each list made ready once."""

    def __init__(self, where: Places, people: Staff, menu: Catalogue, tills: Sequence[str]) -> None:
        payment = [PAYMENT_STATUSES[code] for code in range(len(STATUSES))]
        self.place = [Words(where.ids), Words(where.names), Words([TYPES[kind] for kind in where.kinds])]
        self.place.append(Words(where.cities))
        self.till = Words(tills)
        self.employee = [Words(people.ids), Words(people.names)]
        self.product = [Words(menu.product_ids), Words(menu.names), Words([NAMES[at] for at in menu.category])]
        self.method, self.payment, self.status = Words(METHODS), Words(payment), Words(STATUSES)


class Words:
    """A list of words, to be looked up by position; words may repeat."""

    def __init__(self, words: Sequence[str]) -> None:
        known, position = np.unique(np.array(words, dtype=object), return_inverse=True)
        self._dtype = pd.CategoricalDtype(pd.Index(known, dtype=object))
        self._codes = position.astype(np.int8 if len(known) < 2**7 else np.int16 if len(known) < 2**15 else np.int32)

    def at(self, position: Ints) -> pd.Categorical:
        """Return the word at each position."""
        codes = self._codes.take(position)
        return pd.Categorical.from_codes(codes, dtype=self._dtype, validate=False)  # type: ignore[arg-type, call-arg]  # newer than its stubs


@dataclass(frozen=True)
class Sales:
    """One entry a transaction in every array; amounts in minor units; product columns of line 1."""

    before: int  # transactions before the first of these
    instant: Ints  # wall clock, seconds since 1970
    place: Ints
    till: Ints
    ticket: Ints
    server: Ints
    lines: Ints
    product: Ints
    quantity: Ints
    unit_price: Ints
    subtotal: Ints
    tax: Ints
    discount: Ints
    tip: Ints
    total: Ints
    method: Ints
    status: Ints
    digits: Ints
    has_digits: Bools
    code: Ints
    has_code: Bools
    original: Ints  # among these; -1 for none


def transactions(labels: Labels, sales: Sales) -> pd.DataFrame:
    """Return one row a transaction; ``transaction_id`` counts from ``before`` + 1 in the given order."""
    day = sales.instant // DAY_SECONDS * DAY_SECONDS
    time = (sales.instant - day).astype(np.int32)
    place = [words.at(sales.place) for words in labels.place]
    product = [words.at(sales.product) for words in labels.product]
    employee = [words.at(sales.server) for words in labels.employee]
    return pd.DataFrame(
        {
            "transaction_id": draws.codes(_numbers(sales.before, len(day)), ID_DIGITS, "T"),
            "transaction_number": draws.codes(sales.ticket, 4),
            "timestamp": sales.instant.view("M8[s]"),
            "transaction_date": day.view("M8[s]"),
            "transaction_time": pd.arrays.ArrowExtensionArray(pa.array(time, pa.time32("s"))),
            "location_id": place[0],
            "location_name": place[1],
            "location_type": place[2],
            "city": place[3],
            "device_id": labels.till.at(sales.till),
            "employee_id": employee[0],
            "employee_name": employee[1],
            "num_items": sales.lines,
            "product_id": product[0],
            "product_name": product[1],
            "product_category": product[2],
            "quantity": sales.quantity,
            "unit_price_minor": sales.unit_price,
            "subtotal_minor": sales.subtotal,
            "tax_total_minor": sales.tax,
            "discount_total_minor": sales.discount,
            "tip_amount_minor": sales.tip,
            "total_amount_minor": sales.total,
            "payment_method": labels.method.at(sales.method),
            "payment_status": labels.payment.at(sales.status),
            "transaction_status": labels.status.at(sales.status),
            "card_last_four": draws.codes(sales.digits, 4, present=sales.has_digits),
            "authorization_code": draws.codes(sales.code, 6, present=sales.has_code),
            "refund_of": draws.codes(
                sales.original + np.int64(sales.before + 1), ID_DIGITS, "T", present=sales.original >= 0
            ),
        },
        copy=False,
    )


def items(labels: Labels, before: int, lines: Lines, unit_price: Ints, line_total: Ints) -> pd.DataFrame:
    """Return one row a line of transactions that come after ``before`` others."""
    named = [words.at(lines.product) for words in labels.product]
    numbers = np.arange(1, len(lines.product) + 1, dtype=np.int32) - lines.starts.astype(np.int32).take(lines.owner)
    return pd.DataFrame(
        {
            "transaction_id": draws.codes_at(_numbers(before, len(lines.counts)), lines.owner, ID_DIGITS, "T"),
            "line_number": numbers,
            "product_id": named[0],
            "product_name": named[1],
            "product_category": named[2],
            "quantity": lines.quantity,
            "unit_price_minor": unit_price,
            "line_total_minor": line_total,
        },
        copy=False,
    )


def _numbers(before: int, rows: int) -> Ints:
    return np.arange(before + 1, before + rows + 1)


def locations(where: Places, settings: EposWorld, shop: Shop) -> pd.DataFrame:
    """Return one row a place, with its clock and hours as ``HH:MM``."""
    return pd.DataFrame(
        {
            "location_id": list(where.ids),
            "location_name": list(where.names),
            "location_type": [TYPES[kind] for kind in where.kinds],
            "city": list(where.cities),
            "timezone": shop.timezone,
            "day_start": shop.day_start.strftime("%H:%M"),
            "opens": settings.opens.strftime("%H:%M"),
            "closes": settings.closes.strftime("%H:%M"),
        }
    )


def employees(people: Staff, where: Places) -> pd.DataFrame:
    """Return one row an employee, with the place that is home."""
    return pd.DataFrame(
        {
            "employee_id": list(people.ids),
            "employee_name": list(people.names),
            "employee_role": list(people.roles),
            "location_id": [where.ids[home] for home in people.home],
        }
    )


def products(menu: Catalogue, prices: Prices, cost_known: Bools) -> pd.DataFrame:
    """Return one row a product with its latest price and, where it is known, its latest cost."""
    return pd.DataFrame(
        {
            "product_id": list(menu.product_ids),
            "product_name": list(menu.names),
            "product_category": [NAMES[at] for at in menu.category],
            "unit_price_minor": prices.price[-1],
            "unit_cost_minor": known(prices.cost[-1], cost_known),
        }
    )

"""Arrays to the frames people read: labels as categories, identifiers as text, amounts in minor units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from shoplib.config.models import Shop
from shoplib.config.worlds import EposWorld
from shoplib.simulate import draws
from shoplib.simulate.draws import Bools, Ints
from shoplib.simulate.epos.catalogue import Catalogue
from shoplib.simulate.epos.menu import NAMES
from shoplib.simulate.epos.places import TYPES, Places, Staff
from shoplib.simulate.epos.refunds import STATUSES
from shoplib.simulate.epos.tender import METHODS, PAYMENT_STATUSES

ID_DIGITS = 9


@dataclass(frozen=True)
class Labels:
    """Where the words behind the numbers are."""

    where: Places
    people: Staff
    menu: Catalogue
    tills: Sequence[str]


@dataclass(frozen=True)
class Sales:
    """One entry a transaction in every array; amounts in minor units; product columns of line 1."""

    timestamp: pd.DatetimeIndex
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
    original: Ints


def transactions(labels: Labels, sales: Sales) -> pd.DataFrame:
    """Return one row a transaction; ``transaction_id`` counts from 1 in the given order."""
    where, people, menu = labels.where, labels.people, labels.menu
    numbers = np.arange(1, len(sales.place) + 1)
    midnight = sales.timestamp.normalize()
    time = (sales.timestamp - midnight).to_numpy().astype("timedelta64[s]").astype(np.int32)
    payment = [PAYMENT_STATUSES[code] for code in range(len(STATUSES))]
    return pd.DataFrame(
        {
            "transaction_id": draws.codes(numbers, ID_DIGITS, "T"),
            "transaction_number": draws.codes(sales.ticket, 4),
            "timestamp": sales.timestamp,
            "transaction_date": midnight,
            "transaction_time": pd.arrays.ArrowExtensionArray(pa.array(time, pa.time32("s"))),
            "location_id": _labelled(where.ids, sales.place),
            "location_name": _labelled(where.names, sales.place),
            "location_type": _labelled([TYPES[kind] for kind in where.kinds], sales.place),
            "city": _labelled(where.cities, sales.place),
            "device_id": _labelled(labels.tills, sales.till),
            "employee_id": _labelled(people.ids, sales.server),
            "employee_name": _labelled(people.names, sales.server),
            "num_items": sales.lines,
            "product_id": _labelled(menu.product_ids, sales.product),
            "product_name": _labelled(menu.names, sales.product),
            "product_category": _labelled(NAMES, menu.category[sales.product]),
            "quantity": sales.quantity,
            "unit_price_minor": sales.unit_price,
            "subtotal_minor": sales.subtotal,
            "tax_total_minor": sales.tax,
            "discount_total_minor": sales.discount,
            "tip_amount_minor": sales.tip,
            "total_amount_minor": sales.total,
            "payment_method": _labelled(METHODS, sales.method),
            "payment_status": _labelled(payment, sales.status),
            "transaction_status": _labelled(STATUSES, sales.status),
            "card_last_four": draws.codes(sales.digits, 4, present=sales.has_digits),
            "authorization_code": draws.codes(sales.code, 6, present=sales.has_code),
            "refund_of": draws.codes(sales.original + 1, ID_DIGITS, "T", present=sales.original >= 0),
        },
        copy=False,
    )


def items(labels: Labels, counts: Ints, product: Ints, quantity: Ints, unit_price: Ints) -> pd.DataFrame:
    """Return one row a line; ``counts`` says how many lines each transaction has, in order."""
    menu = labels.menu
    return pd.DataFrame(
        {
            "transaction_id": draws.codes(np.repeat(np.arange(1, len(counts) + 1), counts), ID_DIGITS, "T"),
            "line_number": draws.ragged(np.ones(len(counts), dtype=np.int64), counts),
            "product_id": _labelled(menu.product_ids, product),
            "product_name": _labelled(menu.names, product),
            "product_category": _labelled(NAMES, menu.category[product]),
            "quantity": quantity,
            "unit_price_minor": unit_price,
            "line_total_minor": quantity * unit_price,
        },
        copy=False,
    )


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


def products(menu: Catalogue, price: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Return one row a product with its latest price and cost; ``price`` is periods × products."""
    return pd.DataFrame(
        {
            "product_id": list(menu.product_ids),
            "product_name": list(menu.names),
            "product_category": [NAMES[at] for at in menu.category],
            "unit_price_minor": price[-1],
            "unit_cost_minor": np.rint(price[0] * menu.cost_share).astype(np.int64),
        }
    )


def _labelled(names: Sequence[str], at: Ints) -> pd.Categorical:
    """Return ``names[at]``; names may repeat."""
    known, position = np.unique(np.array(names, dtype=object), return_inverse=True)
    small = position.astype(np.int16 if len(known) < 2**15 else np.int32)
    return pd.Categorical.from_codes(small[at], categories=known.tolist())  # type: ignore[arg-type]  # takes arrays

"""Everything that changed a stock, as the stores wrote it down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from shoplib.config.models import Shop
from shoplib.simulate import draws
from shoplib.simulate.draws import Ints, labelled
from shoplib.simulate.retail import orders
from shoplib.simulate.retail.labels import moments, seconds
from shoplib.simulate.retail.sales import Bill, Sales, lines_of
from shoplib.simulate.retail.stock import Ledger, Plan

KINDS = ("opening", "receipt", "transfer_in", "waste", "sale", "return", "transfer_out", "adjustment")
OPENING, RECEIPT, TRANSFER_IN, WASTE, SALE, RETURN, TRANSFER_OUT, ADJUSTMENT = range(8)
SALE_DIGITS, ORDER_DIGITS, TRANSFER_DIGITS, MOVEMENT_DIGITS = 9, 7, 6, 8
DELIVERY_SECONDS = 1_800  # goods come in so long after opening, or after a third of a shorter day


@dataclass(frozen=True)
class _Part:
    """Movements of one kind: day, second, store, product, units written down, units in truth, what they belong to."""

    kind: int
    day: Ints
    second: Ints
    store: Ints
    product: Ints
    written: Ints
    true: Ints
    reference: pd.api.extensions.ExtensionArray


def movements(
    history: Ledger, plan: Plan, made: Sales, drawn: Bill, store_ids: Sequence[str], shop: Shop
) -> tuple[pd.DataFrame, Ints]:
    """Return the movements in order of time, and beside them the units each really had.

    Sales are one movement a store, product and day, at closing time. What a refund brings back is written as a
    return and written off at once: food that has left the shop is not sold again.
    """
    first, last = seconds(plan.settings.opens), seconds(plan.settings.closes)
    parts = _parts(history, plan, made, drawn, first, last)
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in
               ("day", "second", "store", "product", "written", "true")}  # fmt: skip
    kind = np.repeat([part.kind for part in parts], [len(part.day) for part in parts])
    reference = pd.concat([pd.Series(part.reference) for part in parts], ignore_index=True)
    order = np.lexsort((columns["product"], kind, columns["store"], columns["second"], columns["day"]))
    columns = {name: column[order] for name, column in columns.items()}
    frame = pd.DataFrame(
        {
            "movement_id": draws.codes(np.arange(1, len(order) + 1), MOVEMENT_DIGITS, "M"),
            "timestamp": moments(plan.when, columns["day"], columns["second"], shop.timezone),
            "location_id": labelled(store_ids, columns["store"]),
            "product_id": labelled(plan.products.ids, columns["product"]),
            "movement": labelled(KINDS, kind[order]),
            "quantity": columns["written"],
            "reference": reference.take(order).array,
        },
        copy=False,
    )
    return frame, columns["true"]


def _parts(history: Ledger, plan: Plan, made: Sales, drawn: Bill, first: int, last: int) -> list[_Part]:
    early = first + min(DELIVERY_SECONDS, (last - first) // 3)
    place, what = np.nonzero(history.opening)
    full = history.opening[place, what]
    parts = [_part(OPENING, np.zeros(len(place), dtype=np.int64), first, place, what, full, full)]
    order, store, product, day, units, booked = orders.columns(history.pipe.deliveries, 6)
    parts.append(_part(RECEIPT, day, early, store, product, booked, units, draws.codes(order + 1, ORDER_DIGITS, "PO")))
    out, comes, giver, taker, product, units, booked = orders.columns(history.transfers, 7)
    name = draws.codes(np.arange(1, len(out) + 1), TRANSFER_DIGITS, "TR")
    parts.append(_part(TRANSFER_OUT, out, last, giver, product, -units, -units, name))
    came = comes < len(plan.shut)
    parts.append(_part(TRANSFER_IN, comes[came], early, taker[came], product[came], booked[came], units[came],
                       name[came]))  # fmt: skip
    parts.append(_out(WASTE, early, history.wasted_booked, history.wasted))
    parts.append(_out(SALE, last, history.sold, history.sold))
    parts += _returned(made, drawn)
    day, store, product, counted, book = orders.columns(history.counts, 5)
    off = np.flatnonzero(counted != book)
    gap = (counted - book)[off]
    name = draws.codes(day[off] * plan.shut.shape[1] + store[off] + 1, TRANSFER_DIGITS, "COUNT")
    return [*parts, _part(ADJUSTMENT, day[off], last, store[off], product[off], gap, gap, name)]


def _returned(made: Sales, drawn: Bill) -> list[_Part]:
    transaction, line = lines_of(made, drawn)
    kept = made.refund[transaction]
    transaction, line = transaction[kept], line[kept]
    name = draws.codes(transaction + 1, SALE_DIGITS, "T")
    units = drawn.quantity[line]
    return [
        _Part(kind, made.day[transaction], made.second[transaction], made.store[transaction], drawn.product[line],
              sign * units, sign * units, name)
        for kind, sign in ((RETURN, 1), (WASTE, -1))
    ]  # fmt: skip


def _out(kind: int, second: int, written: Ints, true: Ints) -> _Part:
    """Return the goods that left on each day, from days × stores × products."""
    at = np.nonzero(true)
    units, written_units = (-table[at].astype(np.int64) for table in (true, written))
    return _part(kind, at[0], second, at[1], at[2], written_units, units)


def _part(
    kind: int, day: Ints, second: int, store: Ints, product: Ints, written: Ints, true: Ints,
    reference: pd.api.extensions.ExtensionArray | None = None,
) -> _Part:  # fmt: skip
    if reference is None:
        reference = draws.codes(day, 1, present=np.zeros(len(day), dtype=bool))
    return _Part(kind, day, np.full(len(day), second), store, product, written, true, reference)

"""What a minus means: money back, goods back, or nonsense. Money keeps the sign a file gives it, always."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.config.mapping import AMOUNTS, Mapping
from shoplib.ingest.amounts import Numbers
from shoplib.ingest.mapping import Typed

SALES = ("transaction", "line", "item")
OWN_STATUSES = ("refunded", "void", "error")
"""States that say by themselves what became of a sale, whichever sign its amounts have."""
Finding = tuple[pd.Series, tuple[str, ...], str]
"""Rows, the fields at fault, and the reason."""


def impossible(typed: Typed, mapping: Mapping) -> list[Finding]:
    """Return which rows of sales or masters have a minus where none can be, in the order in which to judge.

    A total below zero is a refund, with subtotal, tax, discount and quantity below zero too; a line below zero is a
    return or a discount line, whichever of quantity, price and amount carries the minus. Never below zero are prices
    and costs of products; tips; the discount of a sale, unless no sale of the file has one above zero (then the file
    writes all of them with a minus); quantity and price of one line at once; a quantity whose amount is above zero,
    unless a status says that it is no sale. A subtotal has the sign of its total, and so has a tax that no subtotal
    proves.
    """
    if not any(has_minus(numbers) for numbers in typed.numbers.values()):
        return []
    if mapping.rows not in SALES:
        names = [name for name in typed.numbers if name in AMOUNTS]
        return [(_real(typed, name).lt(0), (name,), f"{name} is below zero, and it cannot be") for name in names]
    return [*(_of_total(typed) if mapping.rows == "transaction" else []), *_of_quantity(typed, mapping)]


def has_minus(numbers: Numbers) -> bool:
    """Return whether any number of a column is below zero."""
    return any(number is not None and number < 0 for number in numbers.exact)


def _of_total(typed: Typed) -> list[Finding]:
    total, numbers = _real(typed, "total_amount"), typed.numbers
    found: list[Finding] = []
    if "tip_amount" in numbers:
        found.append((_real(typed, "tip_amount").lt(0), ("tip_amount",), "tip_amount is below zero, and it cannot be"))
    if "subtotal" in numbers:
        subtotal, both = _real(typed, "subtotal"), ("subtotal", "total_amount")
        found.append((subtotal.lt(0) & total.ge(0), both, "subtotal is below zero and total_amount is not"))
        found.append((subtotal.gt(0) & total.lt(0), both, "subtotal is above zero and total_amount is below it"))
    if "discount_total" in numbers:
        discount = _real(typed, "discount_total").where(total.ge(0), 0.0)
        if typed.discounts_elsewhere or discount.gt(0).any():
            reason = "discount_total is below zero here and above zero in other sales"
            found.append((discount.lt(0), ("discount_total",), reason))
    if "tax_total" in numbers:
        tax = _real(typed, "tax_total")
        proven = _real(typed, "subtotal").notna() if "subtotal" in numbers else pd.Series(False, index=tax.index)
        for wrong, reason in (
            (tax.lt(0) & total.ge(0), "tax_total is below zero and total_amount is not"),
            (tax.gt(0) & total.lt(0), "tax_total is above zero and total_amount is below it"),
        ):
            found.append((wrong & ~proven, ("tax_total", "total_amount"), reason))
    return found


def _of_quantity(typed: Typed, mapping: Mapping) -> list[Finding]:
    if "quantity" not in typed.numbers or typed.money is None:
        return []
    quantity = _real(typed, "quantity")
    found: list[Finding] = []
    if "unit_price" in typed.numbers:
        both = quantity.lt(0) & _real(typed, "unit_price").lt(0)
        found.append((both, ("quantity", "unit_price"), "quantity and unit_price are both below zero"))
    amount = "total_amount" if mapping.rows == "transaction" else "line_total"
    if amount in typed.numbers:
        wrong = quantity.lt(0) & typed.money.floats().gt(0) & ~says_what_became(typed)
        found.append((wrong, ("quantity", amount), f"quantity is below zero and {amount} is above it"))
    return found


def says_what_became(typed: Typed) -> pd.Series:
    """Return which rows have a status that says by itself that they are no completed sale."""
    if "transaction_status" not in typed.words:
        return pd.Series(False, index=typed.cells.index)
    return typed.words["transaction_status"].isin(OWN_STATUSES)


def _real(typed: Typed, name: str) -> pd.Series:
    """Return the numbers of a field as floats; comparing where there is none is false."""
    return typed.numbers[name].floats()


def signed_quantity(quantity: pd.Series, price: pd.Series, amount: pd.Series) -> pd.Series:
    """Return quantities such that quantity × price has the sign of the amount, which is never changed.

    Tills write a return of two at 5 in three ways: quantity −2 and amount −10; quantity 2 and amount −10; quantity 2,
    price −5 and amount −10. The first is kept. In the second goods came back too, whether the price is told or not, so
    the quantity becomes −2; a discount line written so is no unit sold. The third keeps its quantity and its price:
    ``quantity × price`` is the amount as it stands. Missing amounts and prices change nothing.
    """
    back = amount.lt(0).fillna(False) & quantity.gt(0).fillna(False) & ~price.lt(0).fillna(False)
    return quantity.mask(back.astype(bool), -quantity)


def signed_discount(discount: pd.Series, total: pd.Series) -> pd.Series:
    """Return discounts with the sign of the total they belong to, whichever way a file writes them.

    A sale of 100 with 10 off has 10; the refund of it, −100 and −90 in all, has −10, so that subtotal − discount + tax
    is the total in both.
    """
    size: pd.Series = discount.abs()
    return size.mask(total.lt(0).fillna(False).astype(bool), -size)


def tax_between(subtotal: pd.Series, discount: pd.Series, total: pd.Series) -> pd.Series:
    """Return the tax that is missing from subtotal − discount to the total: of the total's sign, or zero."""
    gap = total - (subtotal - discount)
    same = (gap * sign(total)).gt(0).fillna(False).astype(bool)
    return gap.where(same, 0)


def sign(amounts: pd.Series) -> pd.Series:
    """Return −1 for amounts below zero, else 1."""
    below = amounts.lt(0).fillna(False).astype(bool)
    return pd.Series(np.where(below, -1, 1), index=amounts.index)


def below_zero(transactions: pd.DataFrame) -> pd.Series:
    """Return which transactions are refunds by their total alone: below zero, and no status says otherwise."""
    completed = transactions["transaction_status"].eq("completed")
    return completed & transactions["total_amount_minor"].lt(0).fillna(False).astype(bool)

"""Which columns are money and how many: names propose, arithmetic over the rows decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import permutations

import pandas as pd

from shoplib.ingest.describing.clues import Clue, Column
from shoplib.ingest.signs import signed_discount

AGREEING_SHARE = 0.95
PROVEN_SCORE = 0.95
SAMPLE_ROWS = 5_000
MOST_COLUMNS = 10  # triples of more columns are too many to try
MONEY_FIELDS = ("quantity", "unit_price", "total_amount", "subtotal", "tax_total", "discount_total", "tip_amount")


@dataclass
class Worth:
    """The columns taken for counts and amounts, the evidence and its score by field, and what is left open."""

    columns: dict[str, str] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)
    scores: dict[str, float] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)

    def take(self, name: str, column: str, evidence: str, score: float = PROVEN_SCORE) -> None:
        """Take a column for a field, with its evidence and how well it fits."""
        self.columns[name], self.evidence[name], self.scores[name] = column, evidence, score

    def drop(self, name: str) -> None:
        """Leave a field out again."""
        self.columns.pop(name, None)
        self.evidence.pop(name, None)


def find_worth(columns: dict[str, Column], clues: dict[str, Clue]) -> Worth:
    """Return the columns of quantity, price and amounts; empty if nothing looks like money.

    A proposal by name is kept if nothing contradicts it. What names leave open is searched for among all columns
    of numbers: the total that is quantity × price, the subtotal when tax lies on top, the tax between the two.
    """
    worth = Worth()
    for name in MONEY_FIELDS:
        if name in clues:
            worth.take(name, clues[name].column, clues[name].evidence, clues[name].score)
    spoken_for = {clue.column for clue in clues.values()}
    reals = {
        name: column.numbers.real().head(SAMPLE_ROWS).astype(float)
        for name, column in columns.items()
        if column.numbers is not None and (name not in spoken_for or name in worth.columns.values())
    }
    _find_triple(worth, reals)
    _find_subtotal(worth, reals)
    _find_gross(worth, reals)
    _test_discount_and_tax(worth, reals)
    if "total_amount" not in worth.columns and "unit_price" not in worth.columns:
        _take_the_only_amount(worth, reals)
    return worth


def _find_triple(worth: Worth, reals: dict[str, pd.Series]) -> None:
    """Complete quantity, price and total by the columns that multiply, where names leave one of them open."""
    known = {name: worth.columns[name] for name in ("quantity", "unit_price", "total_amount") if name in worth.columns}
    if len(known) == 3 or len(reals) < 3:
        return
    varied = {name for name in reals if reals[name].min() < reals[name].max()}
    best: tuple[float, tuple[str, ...]] = (0.0, ())
    for quantity, price, total in permutations(list(reals)[:MOST_COLUMNS], 3):
        triple = {"quantity": quantity, "unit_price": price, "total_amount": total}
        if not known and not {quantity, total} <= varied:  # a count that is always 1 proves nothing
            continue
        if any(triple[name] != column for name, column in known.items()) or not _counts(reals[quantity], reals[price]):
            continue
        share = _product_agreement(reals[quantity], reals[price], reals[total])
        if share > max(best[0], AGREEING_SHARE):
            best = (share, (quantity, price, total))
    if not best[1]:
        return
    quantity, price, total = best[1]
    why = f"{quantity} × {price} = {total} in {best[0]:.1%} of the rows"
    for name, column in zip(("quantity", "unit_price", "total_amount"), best[1], strict=True):
        if name not in known:
            worth.take(name, column, why)


def _counts(quantities: pd.Series, prices: pd.Series) -> bool:
    """Return whether one column looks like the counts and the other like the prices: whole and mostly smaller."""
    return bool((quantities.dropna() % 1 == 0).all() and quantities.median() <= prices.median())


def _find_subtotal(worth: Worth, reals: dict[str, pd.Series]) -> None:
    """Find the subtotal where the total is not quantity × price but another column is."""
    names = ("quantity", "unit_price", "total_amount")
    if not all(name in worth.columns for name in names):
        return
    quantity, price, total = (reals[worth.columns[name]] for name in names)
    share = _product_agreement(quantity, price, total)
    if share >= AGREEING_SHARE:
        worth.evidence["total_amount"] += f"; quantity × unit price in {share:.1%} of the rows"
        worth.scores["total_amount"] = PROVEN_SCORE
        return
    for column, values in reals.items():
        fits = _product_agreement(quantity, price, values)
        if column not in (worth.columns[name] for name in names) and fits >= AGREEING_SHARE:
            worth.take("subtotal", column, f"quantity × unit price in {fits:.1%} of the rows")
            return


def _find_gross(worth: Worth, reals: dict[str, pd.Series]) -> None:
    """Take the sum of a proposed total and a tax for the total, where the file has such a column: the first was net."""
    if "total_amount" not in worth.columns or "subtotal" in worth.columns:
        return
    net = worth.columns["total_amount"]
    taken = {worth.columns.get("quantity"), worth.columns.get("unit_price"), net}
    others = [name for name in reals if name not in taken][:MOST_COLUMNS]
    named = worth.columns.get("tax_total")
    for tax, gross in permutations(others, 2):
        if (named and tax != named) or not reals[tax].abs().sum():
            continue
        share = _agreement(reals[net] + reals[tax].fillna(0), reals[gross])
        if share >= AGREEING_SHARE and reals[gross].abs().sum() > reals[net].abs().sum():
            why = f"{net} + {tax} = {gross} in {share:.1%} of the rows"
            worth.take("subtotal", net, why)
            worth.take("total_amount", gross, why)
            worth.take("tax_total", tax, worth.evidence.get("tax_total", "values"))
            return


def _test_discount_and_tax(worth: Worth, reals: dict[str, pd.Series]) -> None:
    """Keep subtotal, discount and tax only if they add up to the total; find the tax that makes them."""
    if "subtotal" not in worth.columns or "total_amount" not in worth.columns:
        return
    subtotal, total = reals[worth.columns["subtotal"]], reals[worth.columns["total_amount"]]
    discount = reals[worth.columns["discount_total"]].fillna(0) if "discount_total" in worth.columns else total * 0
    discount = signed_discount(discount, total)
    candidates = [worth.columns["tax_total"]] if "tax_total" in worth.columns else []
    candidates += [c for c in reals if c not in worth.columns.values()]
    for column in candidates:
        share = _agreement(subtotal - discount + reals[column].fillna(0), total)
        if share >= AGREEING_SHARE:
            why = f"subtotal − discount + {column} = total in {share:.1%} of the rows"
            worth.take("tax_total", column, worth.evidence.get("tax_total", "values") + "; " + why)
            return
    if "tax_total" not in worth.columns and _agreement(subtotal - discount, total) >= AGREEING_SHARE:
        return
    if "tip_amount" in worth.columns:
        parts = [reals[worth.columns[name]].fillna(0) for name in ("tax_total", "tip_amount") if name in worth.columns]
        if _agreement(subtotal - discount + sum(parts), total) >= AGREEING_SHARE:
            worth.questions.append(f'"{worth.columns["total_amount"]}" includes the tip: takings will include tips too')
            return
    column = worth.columns["subtotal"]
    worth.drop("subtotal")
    worth.questions.append(f'"{column}" looks like a subtotal but does not add up to the total; it was left out')


def _take_the_only_amount(worth: Worth, reals: dict[str, pd.Series]) -> None:
    """Take the one column of numbers with decimals for the total, and ask."""
    taken = set(worth.columns.values())
    amounts = [name for name, values in reals.items() if name not in taken and (values.dropna() % 1 != 0).any()]
    if len(amounts) == 1:
        worth.take("total_amount", amounts[0], "the only column of numbers with decimals", 0.4)
        worth.questions.append(f'is "{amounts[0]}" the amount of a sale? its name does not say so')


def agreement(worth: Worth, columns: dict[str, Column], result: str) -> float:
    """Return in which share of the rows quantity × unit price is the column of ``result``; 0 if one is missing."""
    return _share(fits(worth, columns, result))


def fits(worth: Worth, columns: dict[str, Column], result: str) -> pd.Series:
    """Return in which rows quantity × unit price is the column of ``result``; no row if one is missing."""
    names = ("quantity", "unit_price", result)
    reals = []
    for name in names:
        numbers = columns[worth.columns[name]].numbers if name in worth.columns else None
        if numbers is None:
            return pd.Series(dtype=bool)
        reals.append(numbers.real().astype(float))
    return _product_fits(*reals)


def _product_agreement(quantity: pd.Series, price: pd.Series, amount: pd.Series) -> float:
    """Return the share of rows where quantity × price is the amount."""
    return _share(_product_fits(quantity, price, amount))


def _product_fits(quantity: pd.Series, price: pd.Series, amount: pd.Series) -> pd.Series:
    """Return the rows where quantity × price is the amount, its minus aside: it may stand at any of the three.

    Half a unit of the last place is allowed for each piece: a printed price is rounded too.
    """
    gap = ((quantity * price).abs() - amount.abs()).abs().dropna()
    close: pd.Series = gap <= (quantity.abs() * 0.005).clip(lower=0.0101).reindex(gap.index)
    return close


def _agreement(left: pd.Series, right: pd.Series) -> float:
    """Return the share of rows where two amounts agree but for rounding, among rows that have both."""
    return _share((left - right).abs().dropna() <= 0.0151)


def _share(fits: pd.Series) -> float:
    return float(fits.mean()) if len(fits) else 0.0

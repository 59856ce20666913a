"""Which columns tell the sales of an unknown file apart, and whether a row is a sale or a line of one."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from shoplib.base import words
from shoplib.ingest.describing.clues import Column, find_sale, name_score
from shoplib.ingest.describing.proposal import Proposal

RESTART_SHARE = 0.5
TOGETHER_SHARE = 0.9
FILLED_SHARE = 0.95
OF_OTHERS = ("customer_id", "device_id", "employee_id", "product_id")


@dataclass(frozen=True)
class Where:
    """What stands beside the number of a sale: moment and day of each row, and the columns of day, place and till."""

    rows: pd.DataFrame
    moment: pd.Series
    day: pd.Series
    dated: str
    place: str = ""
    till: str = ""


@dataclass(frozen=True)
class Named:
    """A column whose name may be that of a sale's number, and how its values behave."""

    column: Column
    score: float
    unique: bool
    restarts: float
    together: float


def name_sale(
    columns: dict[str, Column], where: Where, taken: set[str], has_total: bool, proposal: Proposal
) -> tuple[list[str], str, str]:  # fmt: skip
    """Return the columns that are together the id of a sale, what a row is, and the column of the till's own number.

    A number that comes again on another day or at another place, each time with a total of its own, is one that a till
    starts afresh: day and place belong to the id, unless another column is another in every row. A number that comes
    again on one day and at one place is that of a sale with several lines.
    """
    named = [_judged(column, score, where) for column, score in _candidates(columns, taken)]
    unique = next((one for one in named if one.unique), None)
    shared = next((one for one in named if not one.unique and one.restarts < RESTART_SHARE), None)
    restarting = next((one for one in named if not one.unique and one.restarts >= RESTART_SHARE), None)
    number = restarting.column.name if restarting is not None else ""
    if shared is not None and (unique is None or _are_lines(shared, unique)):
        column = shared.column
        proposal.note(
            "rows", 0.95 if shared.together >= TOGETHER_SHARE else 0.7,
            f'line, {column.distinct} values of "{column.name}" in {_filled(column)} rows, so rows share a sale',
        )  # fmt: skip
        proposal.took("transaction_id", column.name, shared.score, _why(shared))
        return [column.name], "line", number
    if unique is not None:
        grain = _grain(has_total, proposal)
        proposal.took("transaction_id", unique.column.name, unique.score, _why(unique))
        if number:
            proposal.took(
                "transaction_number", number, 0.9,
                f"its numbers come again on other days or at other places, "
                f'"{unique.column.name}" is another in each row',
            )  # fmt: skip
        return [unique.column.name], grain, number
    if restarting is not None:
        return (*_with_day_and_place(restarting, where, has_total, proposal), number)
    sale = find_sale(columns, where.moment, taken)
    if sale is not None:
        proposal.questions.append(f'does "{sale.column}" number the sales? its values suggest it, its name does not')
        proposal.note("rows", 0.6, f'line, rows share a value of "{sale.column}" and their date and time')
        proposal.took("transaction_id", sale.column, sale.score, sale.evidence)
        return [sale.column], "line", ""
    proposal.questions.append("no column names the sale; each row is taken as one, identical rows count once")
    return [], _grain(has_total, proposal), ""


def _candidates(columns: dict[str, Column], taken: set[str]) -> list[tuple[Column, float]]:
    """Return the columns whose name may be that of a sale's number, best first."""
    found = []
    for column in columns.values():
        score = max(name_score("transaction_id", column.name), name_score("transaction_number", column.name))
        other = max(name_score(field, column.name) for field in OF_OTHERS)
        usable = column.written is None and column.distinct > 1 and column.name not in taken
        if usable and score and score > other * 0.99:
            found.append((column, score))
    return sorted(found, key=lambda one: -one[1])


def _filled(column: Column) -> int:
    return int((column.cells != "").sum())


def _judged(column: Column, score: float, where: Where) -> Named:
    filled = column.cells[column.cells != ""]
    if filled.nunique() == len(filled) >= FILLED_SHARE * len(column.cells):
        return Named(column, score, True, 0.0, 0.0)
    again = filled[filled.duplicated(keep=False)]
    if again.empty:
        return Named(column, score, False, 0.0, 0.0)
    days, moments = (_kinds(values, again) for values in (where.day, where.moment))
    apart = days > 1
    if where.place:
        apart |= _kinds(where.rows[where.place], again) > 1
    return Named(column, score, False, float(apart.mean()), float((moments <= 1).mean()))


def _kinds(values: pd.Series, numbers: pd.Series) -> pd.Series:
    """Return how many different values stand beside each number."""
    return pd.Series(values.loc[numbers.index].groupby(numbers, sort=False).nunique())


def _are_lines(shared: Named, unique: Named) -> bool:
    """Return whether the shared number is that of the sale, though another column is another in each row."""
    return shared.score > unique.score or (shared.score == unique.score and shared.together >= TOGETHER_SHARE)


def _why(one: Named) -> str:
    return f"its name; {one.column.distinct} of {_filled(one.column)} values distinct"


def _grain(has_total: bool, proposal: Proposal) -> str:
    why = (
        "transaction, each row has a total and no other row shares its sale"
        if has_total
        else "line, rows have no total"
    )
    proposal.note("rows", 0.9 if has_total else 0.7, why)
    return "transaction" if has_total else "line"


def _with_day_and_place(one: Named, where: Where, has_total: bool, proposal: Proposal) -> tuple[list[str], str]:
    """Return the fewest columns that, with the till's number, tell sales apart, and what a row is then.

    Where they tell every row apart and rows have totals, a row is a sale; else rows that share them are its lines.
    """
    number = one.column.name
    beside = [[where.place], [where.till], [where.place, where.till]]
    sets = [[*(name for name in names if name), where.dated, number] for names in ([], *beside) if all(names)]
    rows = where.rows[where.rows[number] != ""]
    apart = [len(rows[names].drop_duplicates()) for names in sets]
    fewest = sets[apart.index(max(apart))]
    named = words.listed(f'"{name}"' for name in fewest)
    again = f'the numbers of "{number}" come again on other days or at other places'
    if max(apart) == len(rows) and has_total:
        proposal.note("rows", 0.85, f"transaction, {again}, each time with a total; with {named} no two rows are alike")
        proposal.took("transaction_id", ", ".join(fewest), 0.8, f"{again}, so day and place belong to it")
        return fewest, "transaction"
    proposal.note("rows", 0.75, f"line, {again}; rows that share {named} share a sale")
    proposal.took("transaction_id", ", ".join(fewest), 0.7, f"{again}, so day and place belong to it")
    proposal.questions.append(f"are rows that share {named} lines of one sale?")
    return fewest, "line"

"""Which rows are fit to load: each rule names its column, what stood there and why that cannot be loaded."""

from __future__ import annotations

from dataclasses import dataclass, field
from zoneinfo import available_timezones

import pandas as pd

from shoplib.base import money
from shoplib.config.mapping import REQUIRED, Mapping
from shoplib.ingest import declared, signs
from shoplib.ingest.amounts import OTHER_CURRENCY, Numbers
from shoplib.ingest.mapping import Typed, source_columns, written_as
from shoplib.ingest.times import hints, read_clock

SKIPPED = "skipped"
WITHDRAWN = "withdrawn"  # of a file that is refused as a whole
TOLERANCE_MINOR = 1.0001  # one minor unit, and a little for the binary fractions of floats
CLOCKS = ("day_start", "opens", "closes")
FORWARD = {"promotion": ("starts", "ends"), "visit": ("entered", "left")}


@dataclass
class Verdict:
    """What is held against each row of one file, indexed like them; the first rule broken stands.

    ``rule`` is empty for rows fit to load. ``duplicate`` rows repeat an earlier one: they carry no rule. ``first`` says
    which one, by the number of its ``intake`` and its ``row`` there; −1 where it is not told.
    """

    index: pd.Index
    rule: pd.Series = field(init=False)
    column_name: pd.Series = field(init=False)
    found: pd.Series = field(init=False)
    reason: pd.Series = field(init=False)
    duplicate: pd.Series = field(init=False)
    first: pd.DataFrame = field(init=False)

    def __post_init__(self) -> None:
        for name in ("rule", "column_name", "found", "reason"):
            setattr(self, name, pd.Series("", index=self.index, dtype=object))
        self.duplicate = pd.Series(False, index=self.index)
        self.first = pd.DataFrame(-1, index=self.index, columns=["intake", "row"])

    def copy(self) -> Verdict:
        """Return the same verdict, to hold more against rows without changing this one."""
        other = Verdict(self.index)
        for name in ("rule", "column_name", "found", "reason", "duplicate", "first"):
            setattr(other, name, getattr(self, name).copy())
        return other

    @property
    def good(self) -> pd.Series:
        """Return which rows are fit to load."""
        return (self.rule == "") & ~self.duplicate

    def refuse(self, rows: pd.Series, rule: str, column: str, found: pd.Series | str, reason: pd.Series | str) -> None:
        """Hold a rule against the rows of a mask that have broken none yet and are no duplicates."""
        rows = rows.astype(bool)
        if rows.any():
            rows &= self.good
        if not rows.any():
            return
        self.rule[rows], self.column_name[rows] = rule, column
        self.found[rows] = found[rows] if isinstance(found, pd.Series) else found
        self.reason[rows] = reason[rows] if isinstance(reason, pd.Series) else reason

    def repeat(self, rows: pd.Series, first: pd.DataFrame | None = None) -> None:
        """Count the rows of a mask as duplicates of ``first``; what was held against them no longer matters."""
        rows = rows.astype(bool)
        self.duplicate |= rows
        self.rule[self.duplicate] = ""
        if first is not None:
            self.first[rows] = first[rows]


def judge(rows: pd.DataFrame, typed: Typed, mapping: Mapping, currency: str) -> Verdict:
    """Return what each row of a file breaks by itself; repeats and references are judged later, across files.

    Rules, in the order in which they are tried: ``skipped``, ``empty_cell``, ``unreadable_number``,
    ``other_currency``, ``unreadable_time``, ``unknown_word``, then for sales and masters ``negative_amount``,
    ``line_arithmetic`` and ``total_arithmetic``, for records ``below_minimum`` and ``ends_before_start``.
    """
    verdict = Verdict(rows.index)
    for column, values in mapping.skip.items():
        known = {value.strip().casefold() for value in values}
        verdict.refuse(
            rows[column].str.casefold().isin(known), SKIPPED, column, rows[column],
            "the mapping says that rows with this value are no sales",
        )  # fmt: skip
    _judge_empty(verdict, typed, mapping)
    _judge_numbers(verdict, typed, mapping, currency)
    _judge_times(verdict, typed, mapping)
    _judge_words(verdict, typed, mapping)
    if declared.parts(mapping.rows):
        _judge_minima(verdict, typed, mapping)
        _judge_order(verdict, typed, mapping)
        return verdict
    _judge_negatives(verdict, typed, mapping)
    _judge_arithmetic(verdict, typed, mapping, currency)
    return verdict


def required_fields(typed: Typed, mapping: Mapping) -> list[str]:
    """Return the fields a row cannot do without: the declared ones, and those that say which sale it is."""
    needed = list(REQUIRED[mapping.rows])
    if mapping.rows in ("transaction", "line"):
        needed += ["transaction_id", "location_id", "transaction_status"]
    if mapping.rows in ("line", "item"):
        needed += ["line_total"] if typed.has("line_total") else ["unit_price"]
        needed += ["quantity", "line_number"]
    needed += [part.field for part in declared.parts(mapping.rows) if not part.nullable]
    return [name for name in dict.fromkeys(needed) if typed.has(name)]


def _judge_empty(verdict: Verdict, typed: Typed, mapping: Mapping) -> None:
    for name in required_fields(typed, mapping):
        verdict.refuse(
            typed.cells[name] == "", "empty_cell", source_columns(mapping, [name]), "",
            f"{name} is empty, and a row of this kind cannot do without it",
        )  # fmt: skip


def _judge_numbers(verdict: Verdict, typed: Typed, mapping: Mapping, currency: str) -> None:
    lowest_whole = {part.field: int(part.minimum or 0) for part in declared.parts(mapping.rows) if part.kind == "whole"}
    lowest_whole = lowest_whole or {"line_number": 1, "num_items": 0}
    if typed.has("currency"):
        said = typed.cells["currency"].str.strip().str.upper()
        verdict.refuse(
            ~said.isin(["", currency]), OTHER_CURRENCY, source_columns(mapping, ["currency"]), typed.cells["currency"],
            f"this row is in another currency than {currency}",
        )  # fmt: skip
    marks = f'decimal mark "{mapping.file.decimal}"'
    marks += f' and thousands mark "{mapping.file.thousands}"' if mapping.file.thousands else ", no thousands mark"
    for name, numbers in typed.numbers.items():
        column = source_columns(mapping, [name])
        if any(numbers.problems):
            broken = numbers.rules()
            verdict.refuse(
                broken == OTHER_CURRENCY, OTHER_CURRENCY, column, typed.cells[name],
                f"this amount carries the sign of another currency than {currency}",
            )  # fmt: skip
            verdict.refuse(
                broken != "", "unreadable_number", column, typed.cells[name], f"this is not a number with {marks}"
            )
        if name in lowest_whole:
            real, lowest = numbers.floats(), lowest_whole[name]
            real = real.abs() if name == "num_items" else real  # a refund may count its lines below zero
            wrong = real.notna() & ((real % 1 != 0) | (real < lowest))
            verdict.refuse(
                wrong, "unreadable_number", column, typed.cells[name], f"{name} is not a whole number from {lowest} on"
            )
    if typed.money is not None and any(typed.money.problems) and "line_total" not in typed.numbers:
        verdict.refuse(
            typed.money.rules() != "", "unreadable_number", source_columns(mapping, ["quantity", "unit_price"]),
            "", "quantity × unit price is larger than any sale",
        )  # fmt: skip


def _judge_times(verdict: Verdict, typed: Typed, mapping: Mapping) -> None:
    days = declared.named(mapping.rows, "day")
    for name, moments in typed.dates.items():
        format_, noun = written_as(mapping, name), "date" if name in days else "date and time"
        wrong, cells = ~moments.readable & ((typed.cells[name] != "") | (name == "timestamp")), typed.cells[name]
        if wrong.any():
            reason = f'this is no {noun} written as "{format_}"' if format_ else f"this is no ISO 8601 {noun}"
            reasons = (reason + hints(cells[wrong], format_)).reindex(cells.index)
            verdict.refuse(wrong, "unreadable_time", source_columns(mapping, [name]), cells, reasons)
    if mapping.rows != "location":
        return
    for name in CLOCKS:
        if typed.has(name):
            cells = typed.cells[name]
            wrong = read_clock(cells).isna() & (cells != "")
            verdict.refuse(
                wrong, "unreadable_time", source_columns(mapping, [name]), cells, "this is no time of day such as 04:00"
            )
    if typed.has("timezone"):
        cells = typed.cells["timezone"]
        verdict.refuse(
            ~cells.isin({"", *available_timezones()}), "unknown_word", source_columns(mapping, ["timezone"]), cells,
            "this is no IANA time zone such as Europe/London",
        )  # fmt: skip


def _judge_words(verdict: Verdict, typed: Typed, mapping: Mapping) -> None:
    for name, ours in typed.words.items():
        verdict.refuse(
            ours.isna(), "unknown_word", source_columns(mapping, [name]), typed.cells[name],
            f"{name} has a word nobody has explained; add it under fields.{name}.words",
        )  # fmt: skip


def _judge_minima(verdict: Verdict, typed: Typed, mapping: Mapping) -> None:
    for part in declared.parts(mapping.rows):
        if part.minimum is None or part.field not in typed.numbers:
            continue
        verdict.refuse(
            typed.numbers[part.field].floats().lt(part.minimum), "below_minimum",
            source_columns(mapping, [part.field]), typed.cells[part.field],
            f"{part.field} is below {part.minimum:g}",
        )  # fmt: skip


def _judge_order(verdict: Verdict, typed: Typed, mapping: Mapping) -> None:
    fields = FORWARD.get(mapping.rows, ())
    if not fields or not all(name in typed.dates for name in fields):
        return
    first, last = (typed.dates[name] for name in fields)
    wrong = (last.wall < first.wall) | (last.instant < first.instant)
    verdict.refuse(
        wrong, "ends_before_start", source_columns(mapping, fields), _shown(typed, fields),
        f"{fields[1]} is before {fields[0]}",
    )  # fmt: skip


def _judge_negatives(verdict: Verdict, typed: Typed, mapping: Mapping) -> None:
    for rows, fields, reason in signs.impossible(typed, mapping):
        if rows.any():
            found = typed.cells[fields[0]] if len(fields) == 1 else _shown(typed, fields)
            verdict.refuse(rows, "negative_amount", source_columns(mapping, fields), found, reason)


def _judge_arithmetic(verdict: Verdict, typed: Typed, mapping: Mapping, currency: str) -> None:
    numbers, minor = typed.numbers, 10 ** money.digits(currency)
    value = "subtotal" if mapping.rows == "transaction" else "line_total"
    if {"quantity", "unit_price", value} <= numbers.keys():
        quantity, price, amount = (numbers[name].floats() for name in ("quantity", "unit_price", value))
        quantity = quantity.mask((quantity * price * amount).lt(0) & price.ge(0), -quantity)
        gap = (quantity * price - amount).abs() * minor
        # A printed price is rounded too: half a minor unit for each piece.
        allowed = (quantity.abs() / 2).clip(lower=TOLERANCE_MINOR)
        _refuse_sums(
            verdict, typed, mapping, gap > allowed, "line_arithmetic", ("quantity", "unit_price", value),
            f"quantity × unit price is not {value}",
        )  # fmt: skip
    if mapping.rows != "transaction" or "subtotal" not in numbers:
        return
    tax = _or_zero(numbers, "tax_total", verdict.index)
    subtotal, total = numbers["subtotal"].floats(), numbers["total_amount"].floats()
    discount = signs.signed_discount(_or_zero(numbers, "discount_total", verdict.index), total)
    gap = (subtotal - discount + tax - total) * minor
    if "tax_total" not in numbers:  # the tax is what is missing to the total, so only too small a total is wrong
        gap = (gap * signs.sign(total)).clip(lower=0)
    # some tills add the tip to what the customer owed: such totals are kept as they are
    with_tip = gap + _or_zero(numbers, "tip_amount", verdict.index) * minor
    _refuse_sums(
        verdict, typed, mapping, (gap.abs() > TOLERANCE_MINOR) & (with_tip.abs() > TOLERANCE_MINOR), "total_arithmetic",
        tuple(n for n in ("subtotal", "discount_total", "tax_total", "total_amount") if n in numbers),
        "subtotal − discount + tax is not the total",
    )  # fmt: skip


def _refuse_sums(
    verdict: Verdict, typed: Typed, mapping: Mapping, wrong: pd.Series, rule: str, fields: tuple[str, ...], reason: str
) -> None:
    if wrong.any():
        verdict.refuse(wrong, rule, source_columns(mapping, fields), _shown(typed, fields), reason)


def _or_zero(numbers: dict[str, Numbers], name: str, index: pd.Index) -> pd.Series:
    return numbers[name].floats().fillna(0.0) if name in numbers else pd.Series(0.0, index=index)


def _shown(typed: Typed, fields: tuple[str, ...]) -> pd.Series:
    """Return the cells of some fields side by side, as ``subtotal 10, total_amount 12``."""
    shown = fields[0] + " " + typed.cells[fields[0]]
    for name in fields[1:]:
        shown = shown + f", {name} " + typed.cells[name]
    return shown

"""What became of each row and each penny of a file, and the stop when too much would be lost."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import pandas as pd

from shoplib.base import digest, money, words
from shoplib.errors import ContractError, SourceError
from shoplib.ingest.amounts import EXACT
from shoplib.ingest.intake import File, Intake, Refused
from shoplib.ingest.validation import SKIPPED, WITHDRAWN, Verdict

ROW_SHAPE = "row_shape"
SHOWN_EXAMPLES = 3
SHOWN_CHARACTERS = 60
REMEDIES = {
    "empty_cell": "give the field a default in the mapping, or complete the file",
    "unreadable_number": "check file.decimal and file.thousands in the mapping",
    "other_currency": "check shop.currency in the scenario; other currencies are not converted",
    "unreadable_time": "check the format of timestamp in the mapping",
    "unknown_word": "explain the words under words in the mapping",
    "negative_amount": "a refund has its minus at the total, the line or the quantity; mend the other amounts",
    "line_arithmetic": "map the price before discount and tax, or leave unit_price out of the mapping",
    "total_arithmetic": "map the subtotal before tax, the discount and the tax, or leave subtotal out of the mapping",
    "conflict": "make the key or transaction_id of all columns that tell rows apart",
    "unknown_transaction": "take in the file of their transactions too",
    "unknown_reference": "take in the file of what they name too",
    "below_minimum": "mend these figures where they are kept",
    "ends_before_start": "map the two dates the other way round, or mend them where they are kept",
    ROW_SHAPE: "check file.delimiter, and quotation marks around cells that hold it",
}


MONEY = ("money_in_minor", "money_loaded_minor", "money_set_aside_minor", "money_duplicate_minor")


def row_money(intake: Intake, currency: str) -> pd.Series:
    """Return what each row is worth in minor units, missing where that cannot be read or means nothing."""
    if intake.typed.money is None:
        return pd.Series(pd.NA, index=intake.rows.index, dtype="Int64")
    return intake.typed.money.minor(currency)


def jobs(intake: Intake, currency: str) -> list[dict[str, object]]:
    """Return the rows of ``import_jobs`` for files that are loaded, in their order."""
    good, aside = intake.verdict.good.to_numpy(), (intake.verdict.rule != "").to_numpy()
    twice = intake.verdict.duplicate.to_numpy()
    worth = row_money(intake, currency).fillna(0).to_numpy(dtype="int64")
    copies = set(intake.copies())
    found = []
    for number in intake.kept():
        rows = intake.rows_of(number)
        broken = len(intake.misshapen[number])
        line = {
            **_head(intake.files[number]),
            "status": "loaded",
            "fault": None,
            "rows_in": rows.stop - rows.start + broken,
            "rows_loaded": int(good[rows].sum()),
            "rows_set_aside": int(aside[rows].sum()) + (0 if number in copies else broken),
            "rows_duplicate": int(twice[rows].sum()) + (broken if number in copies else 0),
        }
        if intake.typed.money is None:
            found.append({**line, "currency": None, **dict.fromkeys(MONEY), "money_rounding": None})
            continue
        here = worth[rows]
        money_in = sum(here.tolist())
        rounding = EXACT.subtract(intake.typed.money.part(rows).total(), money.to_major(money_in, currency))
        parts = (money_in, *(sum(here[which[rows]].tolist()) for which in (good, aside, twice)))
        found.append(
            {
                **line,
                "currency": currency,
                **dict(zip(MONEY, parts, strict=True)),
                "money_rounding": format(rounding.normalize() if rounding else Decimal(0), "f"),
            }
        )
    return found


def repeats(intakes: Sequence[Intake], currency: str) -> pd.DataFrame:
    """Return the rows of ``import_repeats``: for each file the earlier ones that had its repeated rows first.

    All rows of a copy are those of the file that came first, records of the wrong shape too. Rows and money of a file
    add up to ``rows_duplicate`` and ``money_duplicate_minor`` of its import.
    """
    parts = []
    for intake, firsts in zip(intakes, _first_imports(intakes), strict=True):
        twice, worth = intake.verdict.duplicate.to_numpy(), row_money(intake, currency).fillna(0)
        copy_of = np.array([None] * len(intake.files), dtype=object)
        copies = intake.copies()
        copy_of[copies] = [intake.files[number].copy_of for number in copies]
        original = copy_of[intake.file_number[twice]]
        broken = [number for number in copies for _ in range(len(intake.misshapen[number]))]
        found = pd.DataFrame(
            {
                "import_id": [*intake.import_ids[twice], *(intake.files[number].import_id for number in broken)],
                "first_import_id": [*np.where(pd.isna(original), firsts[twice], original), *copy_of[broken]],
                "money_minor": [*worth[twice], *(0 for _ in broken)],
            }
        )
        sums = totals(found.pop("money_minor"), [found["import_id"], found["first_import_id"]])
        lines = [(*names, rows, money) for names, (rows, money) in sums.items()]
        part = pd.DataFrame(lines, columns=["import_id", "first_import_id", "rows", "money_minor"])
        part["money_minor"] = part["money_minor"].astype("Int64")
        if intake.typed.money is None:
            part["money_minor"] = pd.array([pd.NA] * len(part), dtype="Int64")
        parts.append(part)
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=["import_id", "first_import_id"])


def _first_imports(intakes: Sequence[Intake]) -> list[np.ndarray]:
    """Return for each row of each intake the import of the row that it repeats in the end, else its own."""
    if not intakes:
        return []
    starts = np.cumsum([0, *(len(intake.rows) for intake in intakes)])
    first = np.arange(starts[-1])
    for intake, start in zip(intakes, starts, strict=False):
        told = intake.verdict.first[intake.verdict.first["intake"] >= 0]
        first[start + told.index] = starts[told["intake"]] + told["row"]
    while (first[first] != first).any():
        first = first[first]
    ids = np.concatenate([intake.import_ids for intake in intakes])
    return np.split(ids[first], starts[1:-1])


def refused_job(refused: Refused) -> dict[str, object]:
    """Return the row of ``import_jobs`` for a file of which nothing is loaded: its rows are not counted."""
    counts = dict.fromkeys(("rows_in", "rows_loaded", "rows_set_aside", "rows_duplicate"), 0)
    head = {**_head(refused.file), "status": "refused", "fault": refused.fault}
    return {**head, **counts, "currency": None, **dict.fromkeys(MONEY), "money_rounding": None}


def _head(file: File) -> dict[str, object]:
    return {
        "import_id": file.import_id,
        "source_name": file.source_name,
        "file_name": file.path.name,
        "file_sha256": file.sha256,
        "mapping_name": file.mapping_name,
        "mapping_version": file.mapping_version,
    }


def total(amounts: pd.Series) -> int:
    """Return the exact sum of whole numbers, however large; missing ones count nothing."""
    return sum(amounts.dropna().tolist())


def totals(amounts: pd.Series, keys: Sequence[pd.Series]) -> dict[tuple[str, ...], tuple[int, int]]:
    """Return how many rows each combination of keys has, and the exact sum of their whole numbers, however large."""
    known = amounts.fillna(0).to_numpy(dtype="int64")
    halves = pd.DataFrame({"rows": 1, "high": known >> 32, "low": known & 0xFFFFFFFF})
    sums = halves.groupby([key.to_numpy() for key in keys], sort=False).sum()
    names = [name if isinstance(name, tuple) else (name,) for name in sums.index]
    parts = zip(*(sums[name].tolist() for name in sums), strict=True)
    return {name: (rows, (high << 32) + low) for name, (rows, high, low) in zip(names, parts, strict=True)}


def require_conservation(lines: Sequence[dict[str, object]], loaded: dict[str, tuple[int, int | None]]) -> None:
    """Ensure that rows and money of each file are all accounted for, and that the tables hold what was kept.

    ``loaded`` gives rows and minor units (none for records) found in the finished tables for each import. A difference
    is a fault of this library: ``ContractError``, and nothing is returned.
    """
    problems = []
    for line in lines:
        for unit, names in (
            ("rows", ("rows_in", "rows_loaded", "rows_set_aside", "rows_duplicate")),
            ("minor units", MONEY),
        ):
            amounts = [line[name] for name in names]
            if None in amounts:
                continue
            whole, *parts = (int(str(amount)) for amount in amounts)
            if whole != sum(parts):
                problems.append(f"{line['source_name']}: {whole} {unit} in, {sum(parts)} accounted for")
        kept = (line["rows_loaded"], line["money_loaded_minor"])
        there = loaded.get(str(line["import_id"]))
        if there is not None and there != kept:
            problems.append(f"{line['source_name']}: rows and minor units kept {kept}, in the tables {there}")
    if problems:
        raise ContractError(
            "Taking in lost or invented rows or money", details=problems, where="shoplib.ingest",
            next_step="keep the file and mend the library; nothing was written",
        )  # fmt: skip


def rejected(intake: Intake, currency: str) -> pd.DataFrame:
    """Return the rows of ``rejected_rows`` for the files of an intake, in their order."""
    verdict = intake.verdict
    aside = ((verdict.rule != "") & (verdict.rule != WITHDRAWN)).to_numpy()
    judged = pd.DataFrame(
        {
            "file": intake.file_number[aside],
            "source_row": intake.source_row[aside],
            "rule": verdict.rule[aside],
            "column_name": verdict.column_name[aside].replace("", None),
            "found": verdict.found[aside],
            "reason": verdict.reason[aside],
            "money_minor": row_money(intake, currency)[aside],
            "row_text": [digest.canonical(record) for record in intake.rows[aside].to_dict("records")],
        }
    )
    width = words.plural(intake.rows.shape[1], "column")
    parts = [judged] if len(judged) else []
    copies = set(intake.copies())
    for number in intake.kept():
        broken = intake.misshapen[number]
        if broken.empty or number in copies:
            continue
        parts.append(
            pd.DataFrame(
                {
                    "file": number,
                    "source_row": broken.index,
                    "rule": ROW_SHAPE,
                    "column_name": None,
                    "found": [words.plural(int(fields), "field") for fields in broken["fields"]],
                    "reason": f"the file has {width}",
                    "money_minor": pd.Series(pd.NA, index=broken.index, dtype="Int64"),
                    "row_text": [json.dumps({"text": text}, ensure_ascii=False) for text in broken["text"]],
                }
            )
        )
    if not parts:
        return judged.assign(import_id=None)
    whole = pd.concat([part.astype({"column_name": object}) for part in parts], ignore_index=True)
    whole = whole.sort_values(["file", "source_row"], ignore_index=True)
    ids = np.array([file.import_id for file in intake.files], dtype=object)
    return whole.assign(import_id=ids[whole["file"].to_numpy(dtype=int)])


def too_dirty(intake: Intake, verdict: Verdict, max_share: float) -> list[int]:
    """Return the numbers of the files of which more than ``max_share`` would be set aside.

    Rows the mapping skips do not count, and files already withdrawn are not asked again.
    """
    broken = (~verdict.rule.isin(("", SKIPPED, WITHDRAWN))).to_numpy()
    misshapen = np.array([len(part) for part in intake.misshapen], dtype=int)
    if verdict is intake.verdict:
        misshapen[intake.copies()] = 0
    rows = np.bincount(intake.file_number, minlength=len(intake.files)) + misshapen
    dirty = np.bincount(intake.file_number, weights=broken, minlength=len(intake.files)) + misshapen
    return [number for number in intake.kept() if dirty[number] > max_share * rows[number]]


def broken(intake: Intake, number: int, verdict: Verdict) -> pd.Series:
    """Return how many rows of a file break each rule, by rule: most first, then by name. Skipped rows break none."""
    counts, misshapen = _broken_rules(intake, number, verdict).value_counts(), len(intake.misshapen[number])
    if misshapen:
        counts = pd.concat([counts, pd.Series({ROW_SHAPE: misshapen})])
    return counts.sort_index(kind="stable").sort_values(ascending=False, kind="stable")


def _broken_rules(intake: Intake, number: int, verdict: Verdict) -> pd.Series:
    rule = verdict.rule.iloc[intake.rows_of(number)]
    return rule[~rule.isin(("", SKIPPED))]


def dirt(intake: Intake, number: int, verdict: Verdict, currency: str, max_share: float) -> SourceError:
    """Return the message that more of a file than ``max_share`` would be set aside.

    It lists each rule with its rows, three examples and the money that would be missing.
    """
    misshapen, rules = intake.misshapen[number], _broken_rules(intake, number, verdict)
    here = intake.rows_of(number)
    rows_in = here.stop - here.start + len(misshapen)
    counts = broken(intake, number, verdict)
    details = []
    for name, count in counts.items():
        details.append(f"{name}: {words.plural(int(count), 'row')}")
        if name == ROW_SHAPE:
            details += [f"  {text}" for text in _misshapen_examples(misshapen)]
        else:
            details += [f"  {text}" for text in _examples(intake, verdict, rules[rules == name].index)]
    together = int(counts.sum())
    found = f"{words.plural(together, 'row')} of {words.count(rows_in)} ({words.share(together / rows_in)})"
    if intake.typed.money is not None:
        found += f", {money.show(total(row_money(intake, currency)[rules.index]), currency)}"
    return SourceError(
        f'Too many rows of source "{intake.source_name}" cannot be loaded', details=details,
        where=str(intake.files[number].path), found=found,
        wanted=f"at most {words.share(max_share)} of the rows (ingest.max_set_aside_share)",
        next_step=REMEDIES.get(str(counts.index[0]), "mend the file or its mapping"),
    )  # fmt: skip


def _examples(intake: Intake, verdict: Verdict, rows: pd.Index) -> list[str]:
    lines = []
    for row in rows[:SHOWN_EXAMPLES]:
        found, column = str(verdict.found[row])[:SHOWN_CHARACTERS], verdict.column_name[row]
        number = int(intake.source_row[row])
        place = f"row {words.count(number)}, {column}" if column else f"row {number}"
        lines.append(f'{place}: "{found}": {verdict.reason[row]}')
    return lines


def _misshapen_examples(misshapen: pd.DataFrame) -> list[str]:
    return [
        f'row {words.count(row)}: {words.plural(fields, "field")}: "{text[:SHOWN_CHARACTERS]}"'
        for row, fields, text in misshapen.head(SHOWN_EXAMPLES).itertuples()
    ]

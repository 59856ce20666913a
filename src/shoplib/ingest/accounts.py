"""What became of each row and each penny of a file, and the stop when too much would be lost."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal

import pandas as pd

from shoplib.base import digest, money, words
from shoplib.config.mapping import Mapping
from shoplib.errors import ContractError, SourceError
from shoplib.ingest.amounts import EXACT
from shoplib.ingest.repeats import Intake
from shoplib.ingest.validation import SKIPPED

ROW_SHAPE = "row_shape"
SHOWN_EXAMPLES = 3
SHOWN_CHARACTERS = 60
REMEDIES = {
    "empty_cell": "give the field a default in the mapping, or complete the file",
    "unreadable_number": "check file.decimal and file.thousands in the mapping",
    "other_currency": "check shop.currency in the scenario; other currencies are not converted",
    "unreadable_time": "check the format of timestamp in the mapping",
    "unknown_word": "explain the words under words in the mapping",
    "negative_amount": "if these are refunds, leave them out of this file for now",
    "line_arithmetic": "map the price before discount and tax, or leave unit_price out of the mapping",
    "total_arithmetic": "map the subtotal before tax, the discount and the tax, or leave subtotal out of the mapping",
    "conflict": "make the key or transaction_id of all columns that tell rows apart",
    "unknown_transaction": "take in the file of their transactions too",
    ROW_SHAPE: "check file.delimiter, and quotation marks around cells that hold it",
}


def import_id(sha256: str, mapping: Mapping, source_name: str) -> str:
    """Return the key of an import: the same file under the same mapping and source always has the same."""
    content = mapping.model_dump(mode="json", exclude={"name", "description"})
    return digest.of_value([sha256, content, source_name])[:16]


def row_money(intake: Intake, currency: str) -> pd.Series:
    """Return what each row is worth in minor units, missing where that cannot be read or means nothing."""
    if intake.typed.money is None:
        return pd.Series(pd.NA, index=intake.raw.rows.index, dtype="Int64")
    return intake.typed.money.minor(currency)


def job(intake: Intake, currency: str) -> dict[str, object]:
    """Return the row of ``import_jobs`` for one file."""
    verdict, worth = intake.verdict, row_money(intake, currency)
    aside = verdict.rule != ""
    row: dict[str, object] = {
        "import_id": intake.import_id,
        "source_name": intake.source_name,
        "file_name": intake.path.name,
        "file_sha256": intake.raw.sha256,
        "mapping_name": intake.mapping.name,
        "rows_in": intake.raw.rows_in,
        "rows_loaded": int(verdict.good.sum()),
        "rows_set_aside": int(aside.sum()) + len(intake.raw.misshapen),
        "rows_duplicate": int(verdict.duplicate.sum()),
    }
    if intake.typed.money is None:
        amounts = ("money_in_minor", "money_loaded_minor", "money_set_aside_minor", "money_duplicate_minor")
        return {**row, "currency": None, **dict.fromkeys(amounts), "money_rounding": None}
    money_in = total(worth)
    rounding = EXACT.subtract(intake.typed.money.total(), money.to_major(money_in, currency))
    return {
        **row,
        "currency": currency,
        "money_in_minor": money_in,
        "money_loaded_minor": total(worth[verdict.good]),
        "money_set_aside_minor": total(worth[aside]),
        "money_duplicate_minor": total(worth[verdict.duplicate]),
        "money_rounding": format(rounding.normalize() if rounding else Decimal(0), "f"),
    }


def total(amounts: pd.Series) -> int:
    """Return the exact sum of whole numbers, however large; missing ones count nothing."""
    return sum(amounts.dropna().tolist())


def require_conservation(jobs: Sequence[dict[str, object]], loaded: dict[str, tuple[int, int]]) -> None:
    """Ensure that rows and money of each file are all accounted for, and that the tables hold what was kept.

    ``loaded`` gives rows and minor units found in the finished tables for each import with money. A difference
    is a fault of this library: ``ContractError``, and nothing is returned.
    """
    problems = []
    for line in jobs:
        for unit, names in (
            ("rows", ("rows_in", "rows_loaded", "rows_set_aside", "rows_duplicate")),
            ("minor units", ("money_in_minor", "money_loaded_minor", "money_set_aside_minor", "money_duplicate_minor")),
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
    """Return the rows of ``rejected_rows`` for one file, in the order of the file."""
    verdict = intake.verdict
    aside = verdict.rule != ""
    rows = intake.raw.rows[aside]
    judged = pd.DataFrame(
        {
            "source_row": rows.index,
            "rule": verdict.rule[aside],
            "column_name": verdict.column_name[aside].replace("", None),
            "found": verdict.found[aside],
            "reason": verdict.reason[aside],
            "money_minor": row_money(intake, currency)[aside],
            "row_text": [digest.canonical(record) for record in rows.to_dict("records")],
        }
    )
    broken = intake.raw.misshapen
    width = words.plural(intake.raw.rows.shape[1], "column")
    misshapen = pd.DataFrame(
        {
            "source_row": broken.index,
            "rule": ROW_SHAPE,
            "column_name": None,
            "found": [words.plural(int(fields), "field") for fields in broken["fields"]],
            "reason": f"the file has {width}",
            "money_minor": pd.Series(pd.NA, index=broken.index, dtype="Int64"),
            "row_text": [json.dumps({"text": text}, ensure_ascii=False) for text in broken["text"]],
        }
    )
    parts = [part for part in (judged, misshapen) if len(part)]
    if not parts:
        return judged.assign(import_id=intake.import_id)
    whole = pd.concat([part.astype({"column_name": object}) for part in parts], ignore_index=True)
    return whole.sort_values("source_row", ignore_index=True).assign(import_id=intake.import_id)


def refuse_dirty(intake: Intake, currency: str, max_share: float) -> None:
    """Raise ``SourceError`` if more of a file than ``max_share`` would be set aside.

    Rows the mapping skips do not count. The message lists each rule with its rows, three examples and the
    money that would be missing.
    """
    line = job(intake, currency)
    rule = intake.verdict.rule
    broken = rule[(rule != "") & (rule != SKIPPED)]
    shape = pd.Series(ROW_SHAPE, index=intake.raw.misshapen.index, dtype=object)
    rules = pd.concat([part for part in (broken, shape) if len(part)]) if len(broken) + len(shape) else broken
    rows_in = int(str(line["rows_in"]))
    if len(rules) <= max_share * rows_in:
        return
    counts = rules.value_counts().sort_index(kind="stable").sort_values(ascending=False, kind="stable")
    details = []
    for name, count in counts.items():
        details.append(f"{name}: {words.plural(int(count), 'row')}")
        details += [f"  {text}" for text in _examples(intake, rules[rules == name].index[:SHOWN_EXAMPLES])]
    worth = row_money(intake, currency)[broken.index]
    found = f"{words.plural(len(rules), 'row')} of {words.count(rows_in)} ({words.share(len(rules) / rows_in)})"
    if intake.typed.money is not None:
        found += f", {money.show(total(worth), currency)}"
    raise SourceError(
        f'Too many rows of source "{intake.source_name}" cannot be loaded', details=details,
        where=str(intake.path), found=found,
        wanted=f"at most {words.share(max_share)} of the rows (ingest.max_set_aside_share)",
        next_step=REMEDIES.get(str(counts.index[0]), "mend the file or its mapping"),
    )  # fmt: skip


def _examples(intake: Intake, rows: pd.Index) -> list[str]:
    verdict, lines = intake.verdict, []
    for row in rows:
        if row in verdict.index:
            found = str(verdict.found[row])[:SHOWN_CHARACTERS]
            place = f"row {words.count(row)}, {verdict.column_name[row]}" if verdict.column_name[row] else f"row {row}"
            lines.append(f'{place}: "{found}": {verdict.reason[row]}')
        else:
            broken = intake.raw.misshapen.loc[row]
            fields = words.plural(int(broken["fields"]), "field")
            lines.append(f'row {words.count(row)}: {fields}: "{str(broken["text"])[:SHOWN_CHARACTERS]}"')
    return lines

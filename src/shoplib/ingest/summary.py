"""The account of a take-in as a reader sees it: what came, what was kept, what was not and why."""

from __future__ import annotations

from collections.abc import Hashable
from decimal import Decimal
from typing import Any

import pandas as pd

from shoplib.base import money, words
from shoplib.ingest.faults import NEXT
from shoplib.ingest.validation import SKIPPED

COUNTS = ("rows_in", "rows_loaded", "rows_set_aside", "rows_duplicate")
AMOUNTS = ("money_in_minor", "money_loaded_minor", "money_set_aside_minor", "money_duplicate_minor")


def by_source(import_jobs: pd.DataFrame) -> pd.DataFrame:
    """Return one row a source, in the order taken in: its files together.

    Columns ``source_name``, ``files``, ``refused``, ``file_name`` (the first), the counts and amounts of
    ``import_jobs`` summed (amounts missing where no file has any), ``currency`` and ``money_rounding``.
    """
    rows = []
    for name, jobs in import_jobs.groupby("source_name", sort=False):
        told = jobs[jobs["money_in_minor"].notna()]
        rounding = sum((Decimal(text) for text in told["money_rounding"].dropna()), Decimal(0))
        rows.append(
            {
                "source_name": name,
                "files": len(jobs),
                "refused": int((jobs["status"] == "refused").sum()),
                "file_name": jobs["file_name"].iloc[0],
                **{column: sum(jobs[column].tolist()) for column in COUNTS},
                **{column: sum(told[column].tolist()) if len(told) else None for column in AMOUNTS},
                "currency": told["currency"].iloc[0] if len(told) else None,
                "money_rounding": format(rounding.normalize() if rounding else Decimal(0), "f"),
            }
        )
    columns = ["source_name", "files", "refused", "file_name", *COUNTS, *AMOUNTS, "currency", "money_rounding"]
    return pd.DataFrame(rows, columns=columns, dtype=object)


def rows_account(import_jobs: pd.DataFrame, language: str = "en_GB") -> pd.DataFrame:
    """Return one line a source, in the order taken in: where the rows of its file, or of all its files, went."""
    told = by_source(import_jobs)
    return pd.DataFrame(
        {
            "Source": told["source_name"],
            "File": [_files(line, language) for line in told.to_dict("records")],
            "Rows in": told["rows_in"].astype("int64"),
            "Loaded": told["rows_loaded"].astype("int64"),
            "Set aside": told["rows_set_aside"].astype("int64"),
            "Duplicate": told["rows_duplicate"].astype("int64"),
        }
    )


def _files(line: dict[Hashable, Any], language: str) -> str:
    """Return the name of a source's only file, or how many it has and how many of them were refused."""
    files, refused = int(line["files"]), int(line["refused"])
    if files == 1:
        return str(line["file_name"]) + (", refused" if refused else "")
    text = f"{words.count(files, language)} files"
    return f"{text}, {words.count(refused, language)} refused" if refused else text


def refused_files(import_jobs: pd.DataFrame) -> pd.DataFrame:
    """Return one line a file of which nothing was loaded: source, file, what is wrong, what to do; else no line."""
    refused = import_jobs[import_jobs["status"] == "refused"]
    told = [fault.partition(NEXT) for fault in refused["fault"]]
    return pd.DataFrame(
        {
            "Source": refused["source_name"].to_numpy(),
            "File": refused["file_name"].to_numpy(),
            "What is wrong": [wrong for wrong, _, _ in told],
            "What to do": [_sentence(step) for _, _, step in told],
        }
    )


def _sentence(step: str) -> str:
    return step[:1].upper() + step[1:]


def money_account(import_jobs: pd.DataFrame, language: str = "en_GB") -> pd.DataFrame:
    """Return one line a source whose files carry amounts: where the money went, as texts ready to read.

    *Rounding* is the exact sum of the files less the sum of their rows, each rounded once, in major units.
    """
    told = by_source(import_jobs)
    told = told[told["money_in_minor"].notna()]
    table = pd.DataFrame({"Source": told["source_name"]})
    for title, part in (
        ("Money in", "in"),
        ("Loaded", "loaded"),
        ("Set aside", "set_aside"),
        ("Duplicate", "duplicate"),
    ):
        pairs = zip(told[f"money_{part}_minor"], told["currency"], strict=True)
        table[title] = [_shown(amount, currency, language) for amount, currency in pairs]
    return table.assign(Rounding=told["money_rounding"]).reset_index(drop=True)


def by_reason(rejected_rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each rule and column: how many rows broke it, their money, the reason, one example.

    Columns ``rule``, ``column_name``, ``rows``, ``money_minor`` (rows without a readable amount count nothing),
    ``reason``, ``example``; most rows first. Without rejected rows the table is empty.
    """
    named = rejected_rows.assign(column_name=rejected_rows["column_name"].fillna(""))
    groups = named.groupby(["rule", "column_name"], sort=True)
    table = groups.agg(
        rows=("source_row", "size"), money_minor=("money_minor", "sum"), reason=("reason", "first"),
        example=("found", "first"),
    ).reset_index()  # fmt: skip
    table["money_minor"] = table["money_minor"].astype("int64")
    return table.sort_values("rows", ascending=False, kind="stable", ignore_index=True)


def sentence(
    import_jobs: pd.DataFrame, source_name: str, language: str = "en_GB", below_zero: pd.DataFrame | None = None
) -> str:
    """Return the account of one source in one sentence: its files if several, rows, then money where it has amounts.

    With ``below_zero`` (of ``facts.Facts``) a second one tells how many totals below zero were taken as refunds, and
    their money, if there were any. ``KeyError`` if there is no such source.
    """
    told = by_source(import_jobs)
    found = told[told["source_name"] == source_name]
    if found.empty:
        raise KeyError(f"no source {source_name!r} was taken in; there are {words.listed(told['source_name'])}")
    line = found.to_dict("records")[0]
    return _account(line, language) + _refunds(below_zero, line, language)


def _account(line: dict[Hashable, Any], language: str) -> str:
    if line["files"] == line["refused"] == 1:
        return "the file was refused, nothing of it is loaded."
    rows = (
        f"{words.count(line['rows_in'], language)} rows in = {words.count(line['rows_loaded'], language)} loaded + "
        f"{words.count(line['rows_set_aside'], language)} set aside + "
        f"{words.count(line['rows_duplicate'], language)} duplicate"
    )
    if line["files"] > 1:
        rows = f"{_files(line, language)}: {rows}"
    if line["money_in_minor"] is None:
        return f"{rows}."
    came, loaded, aside, twice = (
        _shown(line[f"money_{part}_minor"], line["currency"], language)
        for part in ("in", "loaded", "set_aside", "duplicate")
    )
    text = f"{rows}; {came} in = {loaded} loaded + {aside} set aside + {twice} duplicate"
    if Decimal(line["money_rounding"]):
        these = "files differ" if line["files"] > 1 else "file differs"
        text += f" (each amount rounded once; the exact sum of the {these} by {line['money_rounding']})"
    return f"{text}."


def _shown(amount: object, currency: object, language: str) -> str:
    if amount is None or amount is pd.NA or currency is None:
        return ""
    return money.show(int(str(amount)), str(currency), language=language)


def sentences(import_jobs: pd.DataFrame, language: str = "en_GB", below_zero: pd.DataFrame | None = None) -> list[str]:
    """Return what ``sentence`` says of every source with money or refused files; of all if none has."""
    told = by_source(import_jobs)
    chosen = told[told["money_in_minor"].notna() | (told["refused"] > 0)]
    lines = (told if chosen.empty else chosen).to_dict("records")
    several = len(lines) > 1
    texts = [_account(line, language) + _refunds(below_zero, line, language) for line in lines]
    return [(f"{line['source_name']}: " if several else "") + text for line, text in zip(lines, texts, strict=True)]


def _refunds(below_zero: pd.DataFrame | None, line: dict[Hashable, Any], language: str) -> str:
    if below_zero is None:
        return ""
    text = ""
    for taken in below_zero[below_zero["source_name"] == line["source_name"]].to_dict("records"):
        many, worth = int(taken["transactions"]), _shown(taken["money_minor"], taken["currency"], language)
        noun, how = ("total", "was taken as a refund") if many == 1 else ("totals", "were taken as refunds")
        text += f" {words.count(many, language)} {noun} below zero {how}, {worth}."
    return text


def totals(import_jobs: pd.DataFrame, transactions: pd.DataFrame) -> pd.DataFrame:
    """Return the files and rows that came and what became of them as a table of metrics.

    Columns metric, label, unit, value, before, change_share, better, definition; one row a metric.
    """
    refused = int((import_jobs["status"] == "refused").sum())
    rows = [
        ("files_in", "Files in", "files", len(import_jobs), "files of all sources"),
        ("files_refused", "Files refused", "files", refused, "files of which nothing is loaded"),
        ("rows_in", "Rows in", "rows", import_jobs["rows_in"].sum(), "data rows of all files that were not refused"),
        ("rows_loaded", "Rows loaded", "rows", import_jobs["rows_loaded"].sum(), "rows kept"),
        ("rows_set_aside", "Rows set aside", "rows", import_jobs["rows_set_aside"].sum(), "rows refused with a reason"),
        ("rows_duplicate", "Rows repeated", "rows", import_jobs["rows_duplicate"].sum(), "rows that repeat one before"),
        ("transactions_loaded", "Transactions loaded", "transactions", len(transactions), "whatever became of them"),
    ]
    table = pd.DataFrame(rows, columns=["metric", "label", "unit", "value", "definition"])
    return table.assign(before=None, change_share=float("nan"), better="neither")


def reasons(rejected_rows: pd.DataFrame, currency: str, language: str = "en_GB") -> pd.DataFrame:
    """Return ``by_reason`` with words for columns and money as a reader sees it."""
    table = by_reason(rejected_rows)
    return pd.DataFrame(
        {
            "Rule": table["rule"].str.replace("_", " "),
            "Column": table["column_name"],
            "Rows": table["rows"],
            "Money": [money.show(amount, currency, language=language) for amount in table["money_minor"]],
            "Why": table["reason"],
            "Found, for example": table["example"].fillna(""),
        }
    )


def not_counted(rejected_rows: pd.DataFrame, currency: str, language: str = "en_GB") -> list[str]:
    """Return a sentence on the money of rows that wait to be mended, and one on those mended since; else nothing.

    Rows that a mapping says are no sales wait for nobody.
    """
    asked = rejected_rows[rejected_rows["rule"] != SKIPPED]
    mended = asked["mended_by"].notna()
    said = []
    if (~mended).any():
        worth = int(asked.loc[~mended, "money_minor"].fillna(0).sum())
        rows = _rows(int((~mended).sum()), language)
        amount = f"{money.show(worth, currency, language=language)} in {rows}" if worth else rows
        said.append(f"Not counted yet: {amount}, set aside until somebody mends them.")
    if mended.any():
        rows = _rows(int(mended.sum()), language)
        said.append(f"Mended since: {rows} came again, corrected.")
    return said


def _rows(number: int, language: str) -> str:
    return f"{words.count(number, language)} {'row' if number == 1 else 'rows'}"


def had_already(
    import_repeats: pd.DataFrame, import_jobs: pd.DataFrame, currency: str, language: str = "en_GB"
) -> pd.DataFrame:
    """Return one line for each file with rows we had, and the file that had them first; most rows first."""
    names = import_jobs.set_index("import_id")["file_name"]
    table = import_repeats.sort_values(["rows", "import_id", "first_import_id"], ascending=[False, True, True])
    first = table["first_import_id"].map(names)
    return pd.DataFrame(
        {
            "File": table["import_id"].map(names),
            "Rows": table["rows"].astype("int64"),
            "Money": [_shown(amount, currency, language) for amount in table["money_minor"]],
            "Had them first": first.mask(table["import_id"] == table["first_import_id"], "the same file"),
        }
    ).reset_index(drop=True)

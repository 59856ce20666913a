"""The account of a take-in as a reader sees it: what came, what was kept, what was not and why."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

from shoplib.base import money, words


def rows_account(import_jobs: pd.DataFrame) -> pd.DataFrame:
    """Return one line a file, in the order taken in: where its rows went."""
    return pd.DataFrame(
        {
            "Source": import_jobs["source_name"],
            "File": import_jobs["file_name"],
            "Rows in": import_jobs["rows_in"],
            "Loaded": import_jobs["rows_loaded"],
            "Set aside": import_jobs["rows_set_aside"],
            "Duplicate": import_jobs["rows_duplicate"],
        }
    ).reset_index(drop=True)


def money_account(import_jobs: pd.DataFrame, language: str = "en_GB") -> pd.DataFrame:
    """Return one line a file that carries amounts: where its money went, as texts ready to read.

    *Rounding* is the exact sum of the file less the sum of its rows, each rounded once, in major units.
    """
    told = import_jobs[import_jobs["money_in_minor"].notna()]
    table = pd.DataFrame({"Source": told["source_name"]})
    for title, part in (
        ("Money in", "in"),
        ("Loaded", "loaded"),
        ("Set aside", "set_aside"),
        ("Duplicate", "duplicate"),
    ):
        pairs = zip(told[f"money_{part}_minor"], told["currency"], strict=True)
        table[title] = [_shown(amount, currency, language) for amount, currency in pairs]
    return table.assign(Rounding=told["money_rounding"].fillna("")).reset_index(drop=True)


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


def sentence(import_jobs: pd.DataFrame, source_name: str, language: str = "en_GB") -> str:
    """Return the account of one source in one sentence: rows, then money where the file has amounts.

    ``KeyError`` if there is no such source.
    """
    found = import_jobs[import_jobs["source_name"] == source_name]
    if found.empty:
        raise KeyError(f"no source {source_name!r} was taken in; there are {words.listed(import_jobs['source_name'])}")
    job = found.iloc[0]
    rows = (
        f"{words.count(job['rows_in'], language)} rows in = {words.count(job['rows_loaded'], language)} loaded + "
        f"{words.count(job['rows_set_aside'], language)} set aside + "
        f"{words.count(job['rows_duplicate'], language)} duplicate"
    )
    if pd.isna(job["money_in_minor"]):
        return f"{rows}."
    came, loaded, aside, twice = (
        _shown(job[f"money_{part}_minor"], job["currency"], language)
        for part in ("in", "loaded", "set_aside", "duplicate")
    )
    text = f"{rows}; {came} in = {loaded} loaded + {aside} set aside + {twice} duplicate"
    if Decimal(job["money_rounding"] or 0):
        text += f" (each amount rounded once; the exact sum of the file differs by {job['money_rounding']})"
    return f"{text}."


def _shown(amount: object, currency: object, language: str) -> str:
    if amount is None or amount is pd.NA or currency is None:
        return ""
    return money.show(int(str(amount)), str(currency), language=language)


def sentences(import_jobs: pd.DataFrame, language: str = "en_GB") -> list[str]:
    """Return the account of every file that carries money, in one sentence each; all files if none does."""
    money_files = import_jobs[import_jobs["money_in_minor"].notna()]
    told = import_jobs if money_files.empty else money_files
    names = list(told["source_name"])
    several = len(names) > 1
    return [(f"{name}: " if several else "") + sentence(import_jobs, name, language) for name in names]


def totals(import_jobs: pd.DataFrame, transactions: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of all files and what became of them as a table of metrics.

    Columns metric, label, unit, value, before, change_share, better, definition; one row a metric.
    """
    rows = [
        ("rows_in", "Rows in", "rows", import_jobs["rows_in"].sum(), "data rows of all files"),
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

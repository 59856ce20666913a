"""What the rules and the comparison of days found, as a reader sees it: headlines, tables, rows to look up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd

from shoplib.base import money, words

if TYPE_CHECKING:
    from shoplib.ingest.quality.drift import Drift
    from shoplib.ingest.quality.judge import Judgement

STATES = {"kept": "Kept", "borne": "Borne", "broken": "Broken"}
ORDER = {"broken": 0, "borne": 1, "kept": 2}


def headline(found: Judgement, language: str = "en_GB") -> str:
    """Return in one sentence how many rules are kept, borne and broken, and what the rows hold that break any."""
    states, many = found.table["state"].value_counts(), len(found.table)
    broken, borne = int(states.get("broken", 0)), int(states.get("borne", 0))
    if not many:
        return "No rule was held against the facts."
    facts = _plural(found.transactions, "transaction", language)
    if not broken and not borne:
        return (
            f"All {_plural(many, 'rule', language)} are kept by {facts}."
            if many > 1
            else f"The only rule is kept by {facts}."
        )
    rows = f"{_plural(found.rows, 'row', language)} that hold{'s' if found.rows == 1 else ''} "
    rows += money.show(found.money_minor, found.currency, language=language)
    within = f"{words.count(borne, language)} within {'its' if borne == 1 else 'their'} tolerance"
    if not broken:
        whole = (
            f"All {_plural(many, 'rule', language)} hold for {facts}"
            if many > 1
            else f"The only rule holds for {facts}"
        )
        return f"{whole}, {within}: {rows} break{'s' if found.rows == 1 else ''} it." if borne == 1 else (
            f"{whole}, {within}: {rows} break{'s' if found.rows == 1 else ''} them.")  # fmt: skip
    told = (
        f"{words.count(broken, language)} of {_plural(many, 'rule', language)} {'is' if broken == 1 else 'are'} broken"
    )
    return f"{told}{f', {within}' if borne else ''}, in {rows}."


def _plural(number: int, noun: str, language: str) -> str:
    return f"{words.count(number, language)} {noun}{'' if number == 1 else 's'}"


def sentences(quality: pd.DataFrame) -> list[str]:
    """Return what each broken rule means, then each borne one: most money first, then in the order of the rules."""
    told = _told(quality)
    return [f"{row['meaning']}." for row in told[told["state"] != "kept"].to_dict("records")]


def _told(quality: pd.DataFrame) -> pd.DataFrame:
    """Return the rules, broken before borne before kept, those with more money first."""
    keys = pd.DataFrame(
        {
            "state": quality["state"].map(ORDER),
            "money": -quality["money_minor"].fillna(0).astype("int64"),
            "place": range(len(quality)),
        }
    )
    return quality.iloc[keys.sort_values(["state", "money", "place"]).index]


def table(quality: pd.DataFrame, language: str = "en_GB") -> pd.DataFrame:
    """Return one line a rule: broken before borne before kept, those with more money first."""
    told = _told(quality.reset_index(drop=True))
    return pd.DataFrame(
        {
            "Rule": told["rule"].str.replace("_", " "),
            "State": told["state"].map(STATES).mask(told["rows_checked"] == 0, "Nothing to check"),
            "Rows checked": told["rows_checked"].astype("int64"),
            "Rows failing": told["rows_failing"].astype("int64"),
            "Tolerance": [words.share(share, language) for share in told["tolerance_share"]],
            "Money": [
                "" if pd.isna(amount) or not rows else money.show(int(amount), currency, language=language)
                for amount, currency, rows in zip(
                    told["money_minor"], told["currency"], told["rows_failing"], strict=True
                )
            ],
        }
    ).reset_index(drop=True)


def examples(quality: pd.DataFrame, each: int = 3) -> pd.DataFrame:
    """Return rows that break rules, the first ``each`` of every rule: where they came from, what was found, wanted."""
    rows = [
        (rule["rule"].replace("_", " "), one["import_id"] or "", one["source_row"], one["key"], one["column"],
         one["found"], one["wanted"])
        for rule in _told(quality.reset_index(drop=True)).to_dict("records")
        for one in json.loads(rule["samples"])[:each]
    ]  # fmt: skip
    names = ["Rule", "Import", "Row", "Key", "Column", "Found", "Wanted"]
    return pd.DataFrame(rows, columns=names).astype({"Row": "Int64"})


def drift_headline(found: Drift, language: str = "en_GB") -> str:
    """Return in one sentence whether the day is like the days before."""
    if found.first is None or found.last is None:
        return "There is no day to compare."
    day = words.day(found.last, language, weekday=True)
    if found.first != found.last:
        day = f"{words.day(found.first, language)} to {day}"
    if not found.judged:
        return f"{day} cannot be compared: it takes 8 days before, there are {words.count(found.days, language)}."
    if found.table.empty:
        return f"{day} cannot be compared: it has too few sales to tell a difference from chance."
    before = f"the {_plural(found.days, 'day', language)} before"
    if found.weekday:
        before = f"the {words.count(found.days, language)} same weekdays before"
    many, of = len(found.alarms), _plural(len(found.table), "measure", language)
    if not many:
        return f"{day} is like {before} in {'all ' if len(found.table) > 1 else ''}{of}."
    return f"{day} differs from {before} in {words.count(many, language)} of {of}."


def drift_sentences(found: Drift, currency: str, language: str = "en_GB") -> list[str]:
    """Return one sentence a measure that drifted, those that touch most money first."""
    told = []
    for row in found.alarms.to_dict("records"):
        before, now = (_value(row, name, currency, language) for name in ("before", "now"))
        touched = money.show(int(row["money_minor"]), currency, language=language)
        told.append(f"{_subject(row)}: {now}, was {before}; that touches {touched}.")
    return told


def _subject(row: dict[Any, Any]) -> str:
    column = str(row["column_name"]).removesuffix("_minor").replace("_", " ")
    if row["measure"] == "mean":
        return f"Mean {column}"
    return f"Share of {column} {row['word'] or row['measure']}"


def _value(row: dict[Any, Any], name: str, currency: str, language: str) -> str:
    if row["measure"] != "mean":
        return words.share(float(row[name]), language)
    if str(row["column_name"]).endswith("_minor"):
        return money.show(round(float(row[name])), currency, language=language)
    return words.count(float(row[name]), language, 2)

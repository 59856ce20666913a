"""A mapping and a scenario for a file nobody has described yet: each guess with its evidence, doubts as questions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from shoplib.base import money, words
from shoplib.config.mapping import FileFormat
from shoplib.ingest.dates import Hints, day_in_name, order_of, weekdays
from shoplib.ingest.describing import presets, punctuation, trying
from shoplib.ingest.describing.currencies import MONTH_FIRST, ZONES, Currency, find_currency
from shoplib.ingest.describing.drafting import Draft, draft
from shoplib.ingest.describing.footers import empty_columns, find_footers
from shoplib.ingest.describing.naming import used
from shoplib.ingest.describing.proposal import OPEN, Doubt, Proposal, Reading
from shoplib.ingest.describing.punctuation import Pair, Punctuation
from shoplib.ingest.describing.sniff import Sniffed, sniff
from shoplib.ingest.describing.worth import AGREEING_SHARE
from shoplib.ingest.sources import read

ORDERS = {"day": "--day-first", "month": "--month-first", "year": "--year-first"}
MOST_EMPTY_NAMED = 8
PRESET_SCORE = 0.8


@dataclass(frozen=True)
class Told:
    """What a person says about a file: currency, time zone, decimal mark, and which of day, month and year is first."""

    currency: str = ""
    timezone: str = ""
    decimal: str = ""
    order: str = ""
    today: dt.date | None = None
    """No sale is later; where it is not given, that settles nothing."""


def propose(file: Path, name: str, told: Told | None = None, presets_folder: Path | None = None) -> Proposal:
    """Return a mapping and a scenario for a file, tried out on the file itself.

    Nothing ambiguous is settled silently. What can wait (a currency, a zone, rows without an id) is a question;
    numbers and dates that can be read two ways are doubts, with what the file would hold under each, unless something
    in the file speaks for one or ``told`` does. A ready mapping of ``presets_folder`` that fits is named. Raises
    ``SourceError`` if the file is no table, or has no date or no amount of money.
    """
    said = told or Told()
    sniffed = sniff(file)
    rows = read(file, sniffed.kind, sniffed.file_format).rows
    head = Proposal(guesses=list(sniffed.guesses), questions=list(sniffed.questions))
    _name_presets(rows, presets_folder, head)
    skip, footers = find_footers(rows, head)
    judged = rows[~footers]
    empty = empty_columns(judged)
    currency = find_currency(judged, said.currency)
    zone = said.timezone or ZONES.get(currency.code, "UTC")
    head.note("currency", currency.score, currency.evidence)
    head.questions += currency.questions
    if not said.timezone:
        head.questions.append(f"the time zone is a guess: {zone}; the file's times are taken as its wall clock")
    attempt = _Attempt(file, name, sniffed, skip, currency.code, zone)
    hints = _hints(file, judged, currency, zone, said)
    found = punctuation.judge(judged)
    drafts = {
        pair: draft(file, judged, _format(sniffed, pair), currency.code, hints)
        for pair in found.readings or ((found.decimal, found.thousands),)
    }
    pair, score, evidence, doubt = _settle_numbers(found, drafts, currency, said.decimal, judged)
    head.note("decimal", score, evidence)
    best = drafts[pair]
    proposal = _joined(head, best)
    proposal.mapping = attempt.mapping(best, pair)
    proposal.scenario = _scenario(file, name, currency.code, zone, sniffed.kind)
    if doubt:
        ways = tuple(attempt.number_reading(drafts[other], other, found.example) for other in found.readings)
        proposal.doubts.append(Doubt("numbers", found.example, ways))
    if len(best.formats) > 1:
        ways = tuple(attempt.date_reading(best, pair, format_) for format_ in best.formats)
        proposal.doubts.append(Doubt("dates", best.example, ways))
    _ask_about_whole_amounts(best, currency, proposal)
    _tell_the_rest(proposal, rows, empty)
    result = attempt.tried(proposal.mapping)
    proposal.account = result.account
    proposal.questions += result.refusals
    return proposal


def _name_presets(rows: pd.DataFrame, folder: Path | None, head: Proposal) -> None:
    """Name the ready mappings that the headings speak for."""
    for match in presets.recognise(map(str, rows), folder) if folder is not None else []:
        if match.score >= PRESET_SCORE:
            head.note("preset", match.score, f"{match.preset}, {match.evidence}")
            head.questions.append(
                f"this looks like what {match.preset} describes: to use that ready mapping, write "
                f"mapping: mappings/presets/{match.preset}.yaml under the source"
            )


def _hints(file: Path, rows: pd.DataFrame, currency: Currency, zone: str, said: Told) -> Hints:
    usual = "month" if zone.startswith("America/") or (currency.code in MONTH_FIRST and not said.timezone) else "day"
    named = day_in_name(file.name)
    until = [(said.today, "today, when it was looked at")] if said.today else []
    until += [(named[1], "the day in the file's name")] if named else []
    within = (*named, "the time that the file's name says") if named else None
    return Hints(usual=usual, told=said.order, within=within, until=tuple(until), weekdays=weekdays(rows))


def _format(sniffed: Sniffed, pair: Pair) -> FileFormat:
    return sniffed.file_format.model_copy(update={"decimal": pair[0], "thousands": pair[1]})


def _settle_numbers(
    found: Punctuation, drafts: dict[Pair, Draft], currency: Currency, told: str, rows: pd.DataFrame
) -> tuple[Pair, float, str, bool]:
    """Return the marks to take, their score and evidence, and whether only a person can say which they are."""
    first = next(iter(drafts))
    if len(drafts) == 1:
        return first, found.score, found.evidence, False
    fitting = [pair for pair in drafts if pair[0] == told]
    if fitting:
        return (
            fitting[0],
            1.0,
            f'{punctuation.named(fitting[0])}: as told, for "{found.example}" can be read either way',
            False,
        )
    concerned = punctuation.judge(rows[list(dict.fromkeys(c for one in drafts.values() for c in one.numbers()))])
    if len(concerned.readings) < 2:
        pair = concerned.decimal, concerned.thousands
        taken = pair if pair in drafts else first
        return taken, 0.8, f'{concerned.evidence}; "{found.example}" can be read either way, in columns not used', False
    shares = {pair: _agreement(rows, one) for pair, one in drafts.items()}
    agreeing = [pair for pair, share in shares.items() if share >= AGREEING_SHARE]
    if len(agreeing) == 1:
        why = f"quantity × price is the amount in {words.share(shares[agreeing[0]])} of the rows it matters to, only so"
        return agreeing[0], 0.9, f"{punctuation.named(agreeing[0])}: {why}", False
    thousands = [pair for pair in drafts if pair[1]]
    if currency.known and money.cash_digits(currency.code) == 0 and len(thousands) == 1:
        why = f"{currency.code} has no coins below 1, so three digits after a mark are thousands"
        return thousands[0], 0.9, f"{punctuation.named(thousands[0])}: {why}", False
    return first, 0.5, f'"{found.example}" can be read either way, and nothing in the file decides', True


def _agreement(rows: pd.DataFrame, one: Draft) -> float:
    """Return the share of rows with a mark in a number where quantity × price is the amount."""
    marked = pd.concat([rows[name].str.contains("[.,]", regex=True) for name in one.numbers()], axis=1).any(axis=1)
    agreeing = one.agreeing[marked.reindex(one.agreeing.index, fill_value=False)]
    return float(agreeing.mean()) if len(agreeing) else 0.0


def _joined(head: Proposal, best: Draft) -> Proposal:
    """Return what was found about the file and about its columns together."""
    return replace(
        head, guesses=[*head.guesses, *best.proposal.guesses], questions=[*head.questions, *best.proposal.questions]
    )


def _ask_about_whole_amounts(best: Draft, currency: Currency, proposal: Proposal) -> None:
    """Ask whether amounts without a fraction are money at all, where nothing else in the file says so."""
    fields = best.mapping["fields"]
    column = fields.get("total_amount") or fields.get("line_total")
    if currency.known or column is None or "unit_price" in fields:
        return
    numbers = best.columns[column].numbers
    if numbers is not None and all(number is None or number == number.to_integral_value() for number in numbers.exact):
        proposal.questions.append(f'is "{column}" money? it holds whole numbers only, as a count of pieces does')


def _tell_the_rest(proposal: Proposal, rows: pd.DataFrame, empty: list[str]) -> None:
    fields = used(proposal.mapping["fields"])
    rest = [str(name) for name in rows if str(name) not in fields and str(name) not in empty]
    if rest:
        proposal.note("extra", 1.0, f"no field of ours: {words.listed(rest, limit=30)}; kept beside the sales")
    if empty:
        proposal.note("empty", 1.0, f"nothing stands in {words.listed(empty, limit=MOST_EMPTY_NAMED)}")


@dataclass(frozen=True)
class _Attempt:
    """What all readings of one file share."""

    file: Path
    name: str
    sniffed: Sniffed
    skip: dict[str, list[str]]
    currency: str
    zone: str

    def mapping(self, one: Draft, pair: Pair) -> dict[str, Any]:
        """Return the mapping of a draft as plain values."""
        file_format = _format(self.sniffed, pair)
        values = file_format.model_dump(mode="json", exclude_defaults=True)
        if self.sniffed.kind == "csv":
            values = {"delimiter": file_format.delimiter, "encoding": file_format.encoding, **values}
        about = f"Export {self.file.name}; the guesses and their evidence stand beside each field."
        whole = {"description": about, "rows": one.mapping["rows"], **({"file": values} if values else {})}
        rest = {name: value for name, value in one.mapping.items() if name != "rows"}
        return whole | rest | ({"skip": self.skip} if self.skip else {})

    def tried(self, mapping: dict[str, Any]) -> trying.Result:
        """Return what becomes of the file under a mapping."""
        return trying.out(self.file, self.sniffed.kind, mapping, self.name, self.currency, self.zone)

    def number_reading(self, one: Draft, pair: Pair, example: str) -> Reading:
        """Return what one pair of marks makes of the file."""
        number = punctuation.read_as(example, pair)
        result = self.tried(self.mapping(one, pair))
        meaning = f'"{example}" is {number:,f}, {result.money} in all' if number is not None else result.money
        setting = {"decimal": pair[0], "thousands": pair[1]}
        return Reading(setting, f'--decimal "{pair[0]}"', meaning)

    def date_reading(self, one: Draft, pair: Pair, format_: str) -> Reading:
        """Return what one order of day and month makes of the file."""
        mapping = self.mapping(one, pair)
        stamp = {**mapping["fields"]["timestamp"], "format": format_}
        result = self.tried(mapping | {"fields": mapping["fields"] | {"timestamp": stamp}})
        return Reading({"format": format_}, ORDERS[order_of(format_)], f'"{format_}", {result.days}')


def _scenario(file: Path, name: str, currency: str, zone: str, kind: str) -> dict[str, Any]:
    title = name.replace("_", " ").capitalize()
    source = {"kind": kind, "name": "sales", "path": file.as_posix(), "mapping": f"mappings/{name}.yaml"}
    return {
        "extends": "base.yaml",
        "name": name,
        "shop": {"name": title, "currency": currency, "timezone": zone},
        "ingest": {"sources": [source]},
        "report": {"title": f"How {title} is doing"},
    }


def to_yaml(proposal: Proposal) -> tuple[str, str]:
    """Return the texts of the mapping file and of the scenario file, with scores, evidence and questions as comments.

    What is open stands as ``?``, which no run accepts, below the question and its answers.
    """
    doubts = [_comment(f"CHECK: {doubt.question}") for doubt in proposal.doubts]
    questions = [_comment(f"CHECK: {question}") for question in proposal.questions]
    lines = [_comment(proposal.mapping["description"]), *doubts, *questions]
    for name, value in _with_open_places(proposal).items():
        if name not in ("fields", "file"):
            lines += [*_reasons(proposal, name), f"{name}: {_flow(value)}"]
            continue
        lines.append(f"{name}:")
        for ours, theirs in value.items():
            lines += [f"  {line}" for line in _reasons(proposal, ours)]
            lines.append(f"  {ours}: {_flow(theirs)}")
    scenario = yaml.safe_dump(proposal.scenario, sort_keys=False, allow_unicode=True, width=200)
    head = [_comment(line) for line in proposal.evidence]
    return "\n".join(lines) + "\n", "\n".join([*head, *doubts, *questions, scenario])


def _with_open_places(proposal: Proposal) -> dict[str, Any]:
    """Return the mapping with :data:`OPEN` where a doubt is left."""
    mapping = dict(proposal.mapping)
    for doubt in proposal.doubts:
        if "decimal" in doubt.readings[0].setting:
            rest = {name: value for name, value in mapping.get("file", {}).items() if name != "thousands"}
            mapping["file"] = rest | {"decimal": OPEN}
        else:
            stamp = {**mapping["fields"]["timestamp"], "format": OPEN}
            mapping["fields"] = mapping["fields"] | {"timestamp": stamp}
    return mapping


def _reasons(proposal: Proposal, name: str) -> list[str]:
    guess = proposal.guess_of(name)
    lines = [] if guess is None else [_comment(f"{guess.score:.2f}: {guess.evidence}")]
    for doubt in proposal.doubts:
        setting = doubt.readings[0].setting
        if name == ("decimal" if "decimal" in setting else "timestamp"):
            lines += [_comment(f"{_flow(reading.setting)} would mean: {reading.meaning}") for reading in doubt.readings]
    return lines


def _comment(text: str) -> str:
    """Return text as a comment on one line, whatever a column of the file is called."""
    return "# " + " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())


def _flow(value: Any) -> str:
    """Return a value as YAML on one line."""
    text: str = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10_000, sort_keys=False)
    return text.removesuffix("...\n").strip()

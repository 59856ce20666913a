"""A mapping and a scenario for a file nobody has described yet: each guess with its evidence, doubts as questions."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from babel.numbers import list_currencies

from shoplib.base import words
from shoplib.config.mapping import FileFormat, Mapping
from shoplib.config.models import Ingest, Shop
from shoplib.config.sources import CsvSource
from shoplib.errors import SourceError
from shoplib.ingest import summary
from shoplib.ingest.clues import Clue, Column, by_name, date_name_score, find_sale, look_at
from shoplib.ingest.facts import take_in
from shoplib.ingest.readers import read_file
from shoplib.ingest.sniff import number_marks, sniff
from shoplib.ingest.validation import SKIPPED
from shoplib.ingest.vocabulary import to_ours
from shoplib.ingest.worth import AGREEING_SHARE, Worth, agreement, find_worth

SIGNS = {"£": "GBP", "€": "EUR", "₹": "INR", "$": "USD", "¥": "JPY", "₩": "KRW", "₺": "TRY", "₦": "NGN", "₱": "PHP"}
ZONES = {
    "GBP": "Europe/London", "INR": "Asia/Kolkata", "JPY": "Asia/Tokyo", "KRW": "Asia/Seoul", "TRY": "Europe/Istanbul",
    "NGN": "Africa/Lagos", "PHP": "Asia/Manila", "CHF": "Europe/Zurich", "SEK": "Europe/Stockholm",
    "PLN": "Europe/Warsaw", "SGD": "Asia/Singapore", "ZAR": "Africa/Johannesburg", "MMK": "Asia/Yangon",
}  # fmt: skip
PLAIN_FIELDS = (
    "transaction_number", "location_id", "location_name", "location_type", "city", "product_id", "product_name",
    "product_category", "payment_method", "payment_status", "transaction_status", "employee_id", "employee_name",
    "employee_role", "customer_id", "device_id",
)  # fmt: skip
CURRENCY_HEADING = re.compile(r"(currency|curr\.?|ccy)([ _]?code)?", re.IGNORECASE)
AMOUNT_CELL = re.compile(r"[-+(]*\s*[^\w\s]?\s*[-+]?\d[\d.,' \u00a0\u202f]*[^\w\s]?\)?-?")
_FOOTER = re.compile(r"(grand |sub ?)?totals?:?", re.IGNORECASE)


@dataclass
class Proposal:
    """What was guessed: mapping and scenario as plain values, the evidence, and what only a person can settle.

    ``comments`` holds the evidence of single fields, for the YAML text.
    """

    mapping: dict[str, Any]
    scenario: dict[str, Any]
    evidence: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    comments: dict[str, str] = field(default_factory=dict)

    def note(self, name: str, columns: str, evidence: str) -> None:
        """Keep the evidence of one field."""
        self.evidence.append(f'{name} <- "{columns}": {evidence}')
        self.comments[name] = evidence


def propose(file: Path, name: str, *, currency: str | None = None, timezone: str | None = None) -> Proposal:
    """Return a mapping and a scenario for a file, tried out on the file itself.

    The last line of evidence is the account of that trial. Nothing ambiguous is settled silently: a day and month
    that could stand either way, an unknown currency or zone, rows without an id become questions. Raises
    ``SourceError`` if the file is no table, or has no date or no amount of money.
    """
    sniffed = sniff(file)
    rows = read_file(file, sniffed.file_format).rows
    decimal, thousands, evidence, doubts = number_marks(rows)
    file_format = sniffed.file_format.model_copy(update={"decimal": decimal, "thousands": thousands})
    money, why, unsure = _currency(rows, currency)
    zone = timezone or ZONES.get(money, "UTC")
    doubts = [*sniffed.questions, *doubts, *unsure]
    if timezone is None:
        doubts.append(f"the time zone is a guess: {zone}; the file's times are taken as its wall clock")
    columns = look_at(rows, file_format, money, day_first=not zone.startswith("America/"))
    proposal = Proposal({}, {}, [*sniffed.evidence, evidence, f"currency {money}: {why}"], doubts)
    clues = by_name(columns)
    worth = find_worth(columns, clues)
    if not {"total_amount", "unit_price"} & worth.columns.keys():
        raise SourceError(
            "No amount of money was found in the file", where=str(file), found=words.listed(columns, limit=30),
            wanted="a column with the total of a sale, or with a unit price (and a quantity)",
            next_step="add such a column to the export, or write a mapping that names it",
        )  # fmt: skip
    fields: dict[str, Any] = {"timestamp": _timestamp(file, columns, proposal)}
    _find_sale(rows, columns, clues, worth, fields, proposal)
    grain = _grain(columns, clues, worth, proposal)
    if "transaction_id" in clues:
        fields["transaction_id"] = clues["transaction_id"].column
        proposal.note("transaction_id", clues["transaction_id"].column, clues["transaction_id"].evidence)
    _name_money(fields, columns, worth, grain, proposal)
    _name_currency(fields, rows, money, proposal)
    constants = _name_rest(fields, columns, clues, grain, proposal)
    mapping: dict[str, Any] = {
        "description": f"Export {file.name}; the guesses and their evidence stand beside each field.",
        "rows": grain,
        "file": _written(file_format),
        "fields": fields,
    }
    mapping |= {"constants": constants} if constants else {}
    mapping |= _key_and_footers(rows, columns, fields, grain, proposal)
    proposal.mapping = mapping
    proposal.scenario = _scenario(file, name, money, zone)
    unused = [c for c in columns if c not in _used(fields)]
    if unused:
        proposal.evidence.append(f"not used: {words.listed(unused, limit=30)}")
    _try_out(file, mapping, name, money, zone, proposal)
    return proposal


def _currency(rows: pd.DataFrame, given: str | None) -> tuple[str, str, list[str]]:
    """Return the currency, why, and questions: as given, as a column of codes says, else the sign amounts carry."""
    if given:
        return given, "as given", []
    for column in rows:
        if CURRENCY_HEADING.fullmatch(str(column).strip()):
            codes = [code for code in rows[column].str.strip().str.upper().unique() if code in list_currencies()]
            if len(codes) == 1:
                return codes[0], f'"{column}" holds {codes[0]} throughout', []
    cells = (cell for column in rows for cell in rows[column].unique()[:200] if AMOUNT_CELL.fullmatch(cell.strip()))
    texts = [*map(str, rows.columns), *cells]
    signs = Counter(m for text in texts for m in text if unicodedata.category(m) == "Sc" and m in SIGNS)
    if not signs:
        return "GBP", "assumed", ["the file shows no currency; GBP is assumed"]
    sign, times = min(signs.items(), key=lambda item: (-item[1], item[0]))
    shared = [f'"{sign}" stands for several currencies; {SIGNS[sign]} is assumed'] if sign in "$¥" else []
    return SIGNS[sign], f'"{sign}" in {words.plural(times, "cell")} or headings', shared


def _name_currency(fields: dict[str, Any], rows: pd.DataFrame, money: str, proposal: Proposal) -> None:
    """Write the column that names the currency of each row into the fields: rows in another one are set aside."""
    for column in map(str, rows):
        codes = sorted(set(rows[column].str.strip().str.upper()) - {""})
        if CURRENCY_HEADING.fullmatch(column.strip()) and codes and set(codes) <= set(list_currencies()):
            fields["currency"] = column
            proposal.note("currency", column, f"holds {words.listed(codes)}")
            if codes != [money]:
                proposal.questions.append(f'"{column}" holds {words.listed(codes)}; only rows in {money} are loaded')
            return


def _timestamp(file: Path, columns: dict[str, Column], proposal: Proposal) -> dict[str, Any]:
    dated = [c for c in columns.values() if c.written is not None and c.written.has_date]
    if not dated:
        raise SourceError(
            "No date was found in the file", where=str(file), found=words.listed(columns, limit=30),
            wanted="a column with the day, or day and time, of each sale",
            next_step="add such a column to the export, or write a mapping with its format",
        )  # fmt: skip
    day = max(dated, key=lambda c: (date_name_score(c.name), c.written is not None and c.written.has_time))
    clocks = [c for c in columns.values() if c.written is not None and not c.written.has_date]
    parts = [day]
    if day.written is not None and not day.written.has_time and clocks:
        parts.append(max(clocks, key=lambda c: date_name_score(c.name)))
    elif day.written is not None and not day.written.has_time:
        proposal.questions.append("the file has days but no times; hours of the day cannot be told")
    written = [part.written for part in parts if part.written is not None]
    proposal.note("timestamp", ", ".join(p.name for p in parts), "; ".join(w.evidence for w in written))
    proposal.questions += [w.question for w in written if w.question]
    if any(w.question for w in written):
        proposal.comments["timestamp"] = "CHECK: " + next(w.question for w in written if w.question)
    format_ = " ".join(w.format for w in written)
    names = [part.name for part in parts]
    value: dict[str, Any] = {"columns": names if len(names) > 1 else names[0]}
    return value | ({"format": format_} if format_ else {})


def _find_sale(
    rows: pd.DataFrame, columns: dict[str, Column], clues: dict[str, Clue], worth: Worth, fields: dict[str, Any],
    proposal: Proposal,
) -> None:  # fmt: skip
    """Add the column that tells sales apart by its values, where no name does."""
    if "transaction_id" in clues:
        return
    moment = rows[_used(fields)].agg(" ".join, axis=1)
    taken = {*worth.columns.values(), *(clue.column for clue in clues.values())}
    sale = find_sale(columns, moment, taken)
    if sale is not None:
        clues["transaction_id"] = sale
        proposal.questions.append(f'does "{sale.column}" number the sales? its values suggest it, its name does not')


def _grain(columns: dict[str, Column], clues: dict[str, Clue], worth: Worth, proposal: Proposal) -> str:
    """Return whether a row is a transaction or a line of one: lines share the id of their sale."""
    sale = clues.get("transaction_id")
    if sale is not None:
        cells = columns[sale.column].cells
        filled = cells[cells != ""]
        if filled.nunique() < len(filled):
            proposal.evidence.append(
                f'rows: line: {filled.nunique()} values of "{sale.column}" in {len(filled)} rows, so rows share a sale'
            )
            return "line"
    else:
        proposal.questions.append("no column names the sale; each row is taken as one, identical rows count once")
    grain = "transaction" if "total_amount" in worth.columns else "line"
    why = "each row has a total and no other row shares its sale" if grain == "transaction" else "rows have no total"
    proposal.evidence.append(f"rows: {grain}: {why}")
    return grain


def _name_money(
    fields: dict[str, Any], columns: dict[str, Column], worth: Worth, grain: str, proposal: Proposal
) -> None:
    """Write the amounts into the fields, leaving out a price that the rule on arithmetic would refuse."""
    proposal.questions += worth.questions
    result = "subtotal" if grain == "transaction" else "total_amount"
    if result in worth.columns and "unit_price" in worth.columns and "quantity" in worth.columns:
        share = agreement(worth, columns, result)
        if share < AGREEING_SHARE:
            proposal.evidence.append(
                f'"{worth.columns["unit_price"]}" is left out: × quantity it is the {result} in {share:.1%} of the rows'
            )
            if grain == "line" and _repeats_within_sale(fields, columns, worth):
                column = worth.columns.pop("total_amount")
                proposal.questions.append(f'"{column}" repeats on every line of a sale; quantity × price is used')
            else:
                worth.drop("unit_price")
    amounts = ("subtotal", "discount_total", "tax_total", "tip_amount", "total_amount")
    of_line, of_transaction = ("quantity", "unit_price", "total_amount"), ("quantity", "unit_price", *amounts)
    for name in of_line if grain == "line" else of_transaction:
        if name in worth.columns:
            ours = "line_total" if grain == "line" and name == "total_amount" else name
            fields[ours] = worth.columns[name]
            proposal.note(ours, worth.columns[name], worth.evidence[name])


def _repeats_within_sale(fields: dict[str, Any], columns: dict[str, Column], worth: Worth) -> bool:
    """Return whether the total is one and the same on all lines of each sale of several lines."""
    ids = columns[fields["transaction_id"]].cells if "transaction_id" in fields else None
    if ids is None:
        return False
    totals = columns[worth.columns["total_amount"]].cells
    groups = totals.groupby(ids)
    several = groups.size() > 1
    return bool(several.any() and (groups.nunique()[several] == 1).all())


def _name_rest(
    fields: dict[str, Any], columns: dict[str, Column], clues: dict[str, Clue], grain: str, proposal: Proposal
) -> dict[str, str]:
    """Write places, goods, people and statuses into the fields; return constants for what a line cannot miss."""
    used = set(_used(fields))
    for name in PLAIN_FIELDS:
        if name not in clues or clues[name].column in used:
            continue
        column = clues[name].column
        if name in ("payment_method", "payment_status", "transaction_status") and not _words_known(
            name, columns[column], proposal
        ):
            continue
        fields[name] = column
        proposal.note(name, column, clues[name].evidence)
    if "location_id" not in fields and "city" in fields:
        fields["location_id"] = fields["city"]
        proposal.note("location_id", fields["city"], "no column names the shop, the city stands for it")
    if "product_id" not in fields and "product_name" in fields:
        fields["product_id"] = fields.pop("product_name")
        proposal.note("product_id", fields["product_id"], clues["product_name"].evidence)
    if "product_id" not in fields and "product_category" in fields:
        fields["product_id"] = fields["product_category"]
        proposal.note(
            "product_id", fields["product_category"], "no column names the product, its category stands for it"
        )
    if "product_id" in fields:
        return {}
    used = set(_used(fields))
    texts = [c for c in columns.values() if c.is_text and c.name not in used and 1 < c.distinct <= len(c.cells) / 2]
    if texts:
        best = max(texts, key=lambda c: c.distinct)
        fields["product_id"] = best.name
        proposal.note("product_id", best.name, f"values: {best.distinct} texts that repeat")
        proposal.questions.append(f'is "{best.name}" the product? no column name says so')
        return {}
    if grain == "transaction":
        return {}
    proposal.questions.append("no column names the product; all lines go under one name")
    return {"product_id": "unnamed"}


def _words_known(name: str, column: Column, proposal: Proposal) -> bool:
    """Return whether a column's words are understood as far as its field needs; the others become a question."""
    theirs = pd.Series(sorted(column.cells.unique()), dtype=object)
    ours = to_ours(name, theirs)
    strange = theirs[(ours == "other") | ours.isna()].tolist()
    if strange and name == "payment_method":
        proposal.questions.append(f'{words.listed(strange)} in "{column.name}" counted as "other"; explain under words')
    elif strange:
        proposal.questions.append(
            f'"{column.name}" is not used as {name}: nobody has explained {words.listed(strange)}'
        )
        return False
    return True


def _key_and_footers(
    rows: pd.DataFrame, columns: dict[str, Column], fields: dict[str, Any], grain: str, proposal: Proposal
) -> dict[str, Any]:
    """Return ``key`` and ``skip`` of the mapping: a column that numbers the rows, and footers with totals."""
    found: dict[str, Any] = {}
    if grain == "transaction" and "transaction_id" in fields:
        found["key"] = [fields["transaction_id"]]
    else:
        used = set(_used(fields))
        numbering = [
            c for c in columns.values() if c.distinct == len(rows) and c.name not in used and c.written is None
        ]
        if numbering:
            found["key"] = [numbering[0].name]
            proposal.evidence.append(f'key: "{numbering[0].name}" has another value in each of {len(rows)} rows')
        elif rows.duplicated().any():
            proposal.questions.append(
                f"{words.plural(int(rows.duplicated().sum()), 'row')} repeat an earlier one in every column and count "
                "as duplicates; if they are sales, export a line number and make it the key"
            )
    footers = {}
    for name in rows:
        values = sorted(v for v in rows[name].unique() if _FOOTER.fullmatch(v))
        if values and rows[name].isin(values).sum() <= 0.01 * len(rows) + 5:
            footers[str(name)] = values
            proposal.evidence.append(f'skip: rows with {words.listed(values)} in "{name}" are footers')
    return found | ({"skip": footers} if footers else {})


def _used(fields: dict[str, Any]) -> list[str]:
    named = [value["columns"] if isinstance(value, dict) else value for value in fields.values()]
    return [column for value in named for column in (value if isinstance(value, list) else [value])]


def _written(file_format: FileFormat) -> dict[str, Any]:
    """Return a file format as plain values without its defaults."""
    values = file_format.model_dump(mode="json", exclude_defaults=True)
    return {"delimiter": file_format.delimiter, "encoding": file_format.encoding, **values}


def _scenario(file: Path, name: str, currency: str, zone: str) -> dict[str, Any]:
    title = name.replace("_", " ").capitalize()
    source = {"kind": "csv", "name": "sales", "path": file.as_posix(), "mapping": f"mappings/{name}.yaml"}
    return {
        "extends": "base.yaml",
        "name": name,
        "shop": {"name": title, "currency": currency, "timezone": zone},
        "ingest": {"sources": [source]},
        "report": {"title": f"How {title} is doing"},
    }


def _try_out(file: Path, mapping: dict[str, Any], name: str, money: str, zone: str, proposal: Proposal) -> None:
    """Take the file in under the proposal, whatever is set aside, and add the account to the evidence."""
    shop = Shop.model_validate({"name": name, "currency": money, "timezone": zone})
    source = CsvSource(kind="csv", name="sales", path=str(file), mapping=name)
    ingest = Ingest(sources=(source,), max_set_aside_share=1.0)
    facts = take_in(shop, ingest, {name: Mapping.model_validate(mapping | {"name": name})}, {"sales": [file]})
    rejected = facts.rejected_rows
    for line in summary.by_reason(rejected[rejected["rule"] != SKIPPED]).itertuples():
        proposal.questions.append(
            f"{words.plural(int(str(line.rows)), 'row')} would be set aside: {line.reason} "
            f'({line.column_name}, for example "{line.example}")'
        )
    account = summary.sentence(facts.import_jobs, "sales", below_zero=facts.below_zero)
    proposal.evidence.append(f"tried out: {account}")


def to_yaml(proposal: Proposal) -> tuple[str, str]:
    """Return the texts of the mapping file and of the scenario file, with the evidence and questions as comments."""
    doubts = [_comment(f"CHECK: {question}") for question in proposal.questions]
    lines = [_comment(proposal.mapping["description"]), *doubts]
    for name, value in proposal.mapping.items():
        if name != "fields":
            lines.append(f"{name}: {_flow(value)}")
            continue
        lines.append("fields:")
        for ours, theirs in value.items():
            comment = proposal.comments.get(ours, "")
            lines += [f"  {_comment(comment)}"] if comment else []
            lines.append(f"  {ours}: {_flow(theirs)}")
    scenario = yaml.safe_dump(proposal.scenario, sort_keys=False, allow_unicode=True, width=200)
    head = [_comment(line) for line in proposal.evidence]
    return "\n".join(lines) + "\n", "\n".join([*head, *doubts, scenario])


def _comment(text: str) -> str:
    """Return text as a comment on one line, whatever a column of the file is called."""
    return "# " + " ".join(text.split())


def _flow(value: Any) -> str:
    """Return a value as YAML on one line."""
    text: str = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10_000, sort_keys=False)
    return text.removesuffix("...\n").strip()

"""Which columns of an unknown file become which fields: amounts, places, goods, people and words, with the reasons."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
from babel.numbers import list_currencies

from shoplib.base import words
from shoplib.ingest.dates import weekdays
from shoplib.ingest.describing.clues import Clue, Column, spoken_name
from shoplib.ingest.describing.proposal import Proposal
from shoplib.ingest.describing.spellings import WORDS
from shoplib.ingest.describing.worth import AGREEING_SHARE, Worth, agreement
from shoplib.ingest.vocabulary import to_ours

PLAIN_FIELDS = (
    "transaction_number", "location_id", "location_name", "location_type", "city", "product_id", "product_name",
    "product_category", "payment_method", "payment_status", "transaction_status", "employee_id", "employee_name",
    "employee_role", "customer_id", "device_id", "num_items", "refund_of", "card_last_four", "authorization_code",
)  # fmt: skip
OF_TRANSACTIONS = ("num_items", "refund_of", "card_last_four", "authorization_code")
OF_GOODS = ("product_id", "product_name", "product_category")
WORDED = ("payment_method", "payment_status", "transaction_status")
CURRENCY_HEADING = re.compile(
    r"(currency|curr\.?|ccy|wahrung|währung|devise|moneda|valuta|moeda|mata uang)([ _]?code)?", re.IGNORECASE
)
AMOUNT_CELL = re.compile(
    r"[-+(]*\s*(?:[^\w\s]|[A-Z]{3}|R[sp]\.?|RM|R\$)?\s*[-+]?\d[\d.,' \u00a0\u202f]*(?:[^\w\s]|[A-Z]{3}|zł|Kč)?\)?-?"
)


def used(fields: dict[str, Any]) -> list[str]:
    """Return the source columns that fields name, in order."""
    named = [value["columns"] if isinstance(value, dict) else value for value in fields.values()]
    return [column for value in named for column in (value if isinstance(value, list) else [value])]


def name_currency(fields: dict[str, Any], rows: pd.DataFrame, money: str, proposal: Proposal) -> None:
    """Write the column that names the currency of each row into the fields: rows in another one are set aside."""
    for column in map(str, rows):
        codes = sorted(set(rows[column].str.strip().str.upper()) - {""})
        if CURRENCY_HEADING.fullmatch(column.strip()) and codes and set(codes) <= set(list_currencies()):
            fields["currency"] = column
            proposal.took("currency", column, 1.0, f"holds {words.listed(codes)}")
            if codes != [money]:
                proposal.questions.append(f'"{column}" holds {words.listed(codes)}; only rows in {money} are loaded')
            return


def describes_one_of_several(
    columns: dict[str, Column], clues: dict[str, Clue], worth: Worth, proposal: Proposal
) -> bool:
    """Return whether the goods of a row are the first of several: its count of lines is above 1, its amount is more.

    Then quantity, price and product say nothing of the whole sale and are left out.
    """
    counted = columns[clues["num_items"].column].numbers if "num_items" in clues else None
    if counted is None or not {"quantity", "unit_price"} <= worth.columns.keys():
        return False
    amount = "subtotal" if "subtotal" in worth.columns else "total_amount"
    numbers = [
        columns[worth.columns[name]].numbers for name in ("quantity", "unit_price", amount) if name in worth.columns
    ]
    reals = [found.real().astype(float).abs() for found in numbers if found is not None]
    if len(reals) < 3:
        return False
    quantity, price, total = reals
    several = counted.real().astype(float) > 1
    more = (total - quantity * price) > 0.0151
    if not several.any() or more[several].mean() < 0.5:
        return False
    named = clues["num_items"].column
    proposal.questions.append(
        f'the products stand for the first of several ("{named}" is above 1 in {words.share(float(several.mean()))} '
        "of the rows and the amount is more than quantity × price); they are left out: take in the file of lines too"
    )
    for name in ("quantity", "unit_price"):
        worth.drop(name)
    for name in OF_GOODS:
        clues.pop(name, None)
    return True


def name_money(
    fields: dict[str, Any], columns: dict[str, Column], worth: Worth, grain: str, proposal: Proposal
) -> None:
    """Write the amounts into the fields, leaving out a price that the rule on arithmetic would refuse."""
    proposal.questions += worth.questions
    result = "subtotal" if grain == "transaction" else "total_amount"
    if result in worth.columns and "unit_price" in worth.columns and "quantity" in worth.columns:
        share = agreement(worth, columns, result)
        if share < AGREEING_SHARE:
            if grain == "line" and _repeats_within_sale(fields, columns, worth):
                column = worth.columns.pop("total_amount")
                proposal.questions.append(f'"{column}" repeats on every line of a sale; quantity × price is used')
            else:
                proposal.questions.append(
                    f'"{worth.columns["unit_price"]}" is left out: '
                    f"× quantity it is the {result} in {share:.1%} of the rows"
                )
                worth.drop("unit_price")
    amounts = ("subtotal", "discount_total", "tax_total", "tip_amount", "total_amount")
    of_line, of_transaction = ("quantity", "unit_price", "total_amount"), ("quantity", "unit_price", *amounts)
    for name in of_line if grain == "line" else of_transaction:
        if name in worth.columns:
            ours = "line_total" if grain == "line" and name == "total_amount" else name
            fields[ours] = worth.columns[name]
            proposal.took(ours, worth.columns[name], worth.scores.get(name, 0.6), worth.evidence[name])


def _repeats_within_sale(fields: dict[str, Any], columns: dict[str, Column], worth: Worth) -> bool:
    """Return whether the total is one and the same on all lines of each sale of several lines."""
    ids = fields.get("transaction_id")
    if not isinstance(ids, str):
        return False
    totals = columns[worth.columns["total_amount"]].cells
    groups = totals.groupby(columns[ids].cells)
    several = groups.size() > 1
    return bool(several.any() and (groups.nunique()[several] == 1).all())


def name_rest(
    fields: dict[str, Any], columns: dict[str, Column], clues: dict[str, Clue], grain: str, goods: bool,
    proposal: Proposal,
) -> dict[str, str]:  # fmt: skip
    """Write places, goods, people and statuses into the fields; return constants for what a line cannot miss.

    Without ``goods`` no product is looked for.
    """
    taken = set(used(fields))
    for name in PLAIN_FIELDS:
        if name not in clues or name in fields or clues[name].column in taken:
            continue
        if name in OF_TRANSACTIONS and grain != "transaction":
            continue
        column = clues[name].column
        theirs = _explained(name, columns[column], proposal) if name in WORDED else {}
        if theirs is None:
            continue
        fields[name] = {"columns": column, "words": theirs} if theirs else column
        proposal.took(name, column, clues[name].score, clues[name].evidence)
    if "location_id" not in fields and "city" in fields:
        fields["location_id"] = fields["city"]
        proposal.took("location_id", fields["city"], 0.4, "no column names the shop, the city stands for it")
    return _name_goods(fields, columns, clues, grain, proposal) if goods else {}


def _name_goods(
    fields: dict[str, Any], columns: dict[str, Column], clues: dict[str, Clue], grain: str, proposal: Proposal
) -> dict[str, str]:
    if "product_id" not in fields and "product_name" in fields:
        fields["product_id"] = fields.pop("product_name")
        proposal.took("product_id", fields["product_id"], clues["product_name"].score, clues["product_name"].evidence)
    if "product_id" not in fields and "product_category" in fields:
        fields["product_id"] = fields["product_category"]
        why = "no column names the product, its category stands for it"
        proposal.took("product_id", fields["product_category"], 0.4, why)
    if "product_id" in fields:
        return {}
    taken = set(used(fields))
    texts = [c for c in columns.values() if c.is_text and c.name not in taken and 1 < c.distinct <= len(c.cells) / 2]
    texts = [c for c in texts if weekdays(c.cells.to_frame()) is None]
    if texts:
        best = max(texts, key=lambda c: c.distinct)
        fields["product_id"] = best.name
        proposal.took("product_id", best.name, 0.4, f"values: {best.distinct} texts that repeat")
        proposal.questions.append(f'is "{best.name}" the product? no column name says so')
        return {}
    if grain == "transaction":
        return {}
    proposal.questions.append("no column names the product; all lines go under one name")
    return {"product_id": "unnamed"}


def _explained(name: str, column: Column, proposal: Proposal) -> dict[str, str] | None:
    """Return their word → our word for what other languages say; the words nobody knows become a question.

    ``None`` if the field cannot do with the words it has.
    """
    theirs = pd.Series(sorted(column.cells.unique()), dtype=object)
    ours = to_ours(name, theirs)
    unknown = theirs[(ours == "other") | ours.isna()].tolist()
    said = {word: spoken_name(word) for word in unknown}
    plain = dict(zip(unknown, to_ours(name, pd.Series([said[word] for word in unknown], dtype=object)), strict=True))
    found = {word: WORDS[name].get(said[word], plain[word]) for word in unknown}
    known = {word: str(ours) for word, ours in found.items() if isinstance(ours, str) and ours != "other"}
    strange = [word for word in unknown if word not in known]
    if strange and name == "payment_method":
        proposal.questions.append(f'{words.listed(strange)} in "{column.name}" counted as "other"; explain under words')
    elif strange:
        proposal.questions.append(
            f'"{column.name}" is not used as {name}: nobody has explained {words.listed(strange)}'
        )
        return None
    return known


def find_key(
    rows: pd.DataFrame, columns: dict[str, Column], fields: dict[str, Any], grain: str, proposal: Proposal
) -> list[str]:
    """Return the columns that make a row the same row; none where all columns together do."""
    if grain == "transaction" and "transaction_id" in fields:
        named = fields["transaction_id"]
        return [named] if isinstance(named, str) else list(named)
    taken = set(used(fields))
    numbering = [c for c in columns.values() if c.distinct == len(rows) and c.name not in taken and c.written is None]
    if numbering:
        proposal.note("key", 0.8, f'"{numbering[0].name}" has another value in each of {len(rows)} rows')
        return [numbering[0].name]
    if rows.duplicated().any():
        proposal.questions.append(
            f"{words.plural(int(rows.duplicated().sum()), 'row')} repeat an earlier one in every column and count "
            "as duplicates; if they are sales, export a line number and make it the key"
        )
    return []

"""What to do about a file that cannot be read: never what would break the others of its source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shoplib.config.mapping import Mapping
from shoplib.config.models import Ingest, Shop
from shoplib.ingest import accounts, faults, summary
from shoplib.ingest.facts import Facts, take_in

TakeIn = Callable[..., Facts]
LINES: dict[str, Any] = {
    "rows": "line", "fields": {"transaction_id": "id", "timestamp": "at", "product_id": "what", "line_total": "v"},
}  # fmt: skip
HEAD = "id,at,what,v\n"
GOOD = HEAD + "T1,2024-06-01,tea,2.50\nT2,2024-06-01,crème brûlée,7\n"
OTHER = GOOD.replace("T", "U")
ODD: dict[str, tuple[str | bytes, str]] = {
    "utf-16": (OTHER.encode("utf-16"), "this file is utf-16, the others utf-8"),
    "cp1252": (OTHER.encode("cp1252"), "this file is cp1252, the others utf-8"),
    "delimiter": (OTHER.replace(",", ";"), "this file is divided by semicolons, the others by commas"),
    "column": (OTHER.replace("what", "goods"), "this file has no column what"),
    "no header": (OTHER.removeprefix(HEAD), "this file has no header, or another one"),
    "no rows": (HEAD, "this file has no rows"),
    "empty": ("", "this file is empty"),
    "dates": (HEAD + "U1,1.6.24,tea,2\n", "this file writes dates in another way"),
    "numbers": (HEAD + "U1,2024-06-01,tea,two\n", "this file writes numbers in another way"),
    "cut off": (HEAD + "U1,2024-06-01\n", "rows of this file have another number of cells"),
}


def to_do(facts: Facts) -> list[str]:
    return summary.refused_files(facts.import_jobs)["What to do"].tolist()


@pytest.mark.parametrize("kind", ODD)
def test_one_odd_file_is_to_be_exported_again_as_the_others_are(taken: TakeIn, kind: str) -> None:
    text, differs = ODD[kind]
    facts = taken({"days": (LINES, {"a.csv": GOOD, "b.csv": text})}, refuse=["days"], share=0.2)
    assert to_do(facts) == [f"Have this one file exported again as the others are: {differs}"]


def test_an_open_quotation_mark_is_to_be_closed(taken: TakeIn) -> None:
    text = HEAD + 'U1,2024-06-01,tea,"2\nU2,2024-06-01,tea,2\nU3,2024-06-01,tea,2\n'
    facts = taken({"days": (LINES, {"a.csv": GOOD, "b.csv": text})}, refuse=["days"], share=0.2)
    assert to_do(facts) == ["Close the mark in the file, or export it again"]


def test_where_no_file_was_read_the_mapping_may_be_at_fault(taken: TakeIn) -> None:
    files = {"a.csv": OTHER.encode("cp1252"), "b.csv": GOOD.encode("cp1252")}
    first, second = to_do(taken({"days": (LINES, files)}, refuse=["days"]))
    assert first == second and first.startswith("Set file.encoding: cp1252 in the mapping")


def test_every_rule_that_spoils_a_file_has_its_words() -> None:
    assert set(faults.DIFFERS) == set(accounts.REMEDIES)


@pytest.mark.parametrize(("kind", "status"), [("simulated", "loaded"), ("csv", "refused")])
def test_a_header_alone_is_what_a_world_without_sales_writes(tmp_path: Any, kind: str, status: str) -> None:
    (tmp_path / "till.csv").write_text(HEAD)
    source = {"kind": kind, "name": "till", "mapping": "till.yaml", "on_bad_file": "refuse"}
    source["file" if kind == "simulated" else "path"] = "till.csv"
    mapping = Mapping.model_validate({"name": "till", **LINES})
    ingest = Ingest.model_validate({"sources": [source]})
    facts = take_in(Shop(), ingest, {"till.yaml": mapping}, {"till": [tmp_path / "till.csv"]})
    assert facts.import_jobs["status"].tolist() == [status]
    assert facts.transactions.empty and facts.transaction_items.empty

"""What would become of a file, row by row; nothing is written."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from shoplib import cli
from shoplib.config.mapping import Mapping
from shoplib.config.models import Shop
from shoplib.errors import MappingError
from shoplib.ingest.describing.dry_run import columns_told, rehearse

TEXT = """bill;day;total;mood;card
1;01.02.2024;1.250,50;good;Ann
2;02.02.2024;=2+3;bad;Bob
2;02.02.2024;=2+3;bad;Bob
1;01.02.2024;1.250,50;good;Ann
3;31.02.2024;5,00;@SUM(A1);Cy
4;03.02.2024;7,00
"""
MAPPING = {
    "name": "corner",
    "rows": "transaction",
    "file": {"delimiter": ";", "decimal": ",", "thousands": "."},
    "key": ["bill"],
    "ignore": ["card"],
    "fields": {
        "transaction_id": "bill",
        "timestamp": {"columns": "day", "format": "%d.%m.%Y"},
        "total_amount": "total",
    },
}
YAML = """rows: transaction
file: {delimiter: ";", decimal: ",", thousands: "."}
key: [bill]
fields:
  transaction_id: bill
  timestamp: {columns: day, format: "%d.%m.%Y"}
  total_amount: total
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "till.csv").write_text(TEXT, encoding="utf-8")
    (tmp_path / "till.yaml").write_text(YAML, encoding="utf-8")
    return tmp_path / "till.csv"


def test_each_row_has_its_before_its_after_and_its_verdict(file: Path) -> None:
    found = rehearse(file, "csv", Mapping.model_validate(MAPPING), Shop())
    assert found.verdicts["verdict"].tolist() == ["loaded", "set aside", "repeat", "repeat", "set aside", "set aside"]
    assert found.verdicts["rule"].tolist() == ["", "unreadable_number", "", "", "unreadable_time", "row_shape"]
    assert found.verdicts.loc[3, "reason"] == "an earlier row says the same"
    assert found.before.loc[6, "bill"] == "4;03.02.2024;7,00"
    assert found.after.loc[1].to_dict() == {
        "transaction_id": "1", "timestamp": "2024-02-01", "total_amount": "1250.50", "extra": '{"mood":"good"}'
    }  # fmt: skip
    assert found.account.startswith("6 rows in = 1 loaded + 3 set aside + 2 duplicate; £2,506.00 in")
    assert columns_told(found) == ("kept in extra: mood", "not kept: card")


def test_rows_asked_for_are_the_first_and_the_account_is_of_all(file: Path) -> None:
    found = rehearse(file, "csv", Mapping.model_validate(MAPPING), Shop(), rows=2)
    assert len(found.before) == len(found.after) == len(found.verdicts) == 2
    assert found.account.startswith("6 rows in")


def test_a_mapping_of_other_columns_is_refused_before_anything(file: Path) -> None:
    other = MAPPING | {"fields": {**MAPPING["fields"], "total_amount": "totl"}}  # type: ignore[dict-item]
    with pytest.raises(MappingError, match="names 1 column the file does not have"):
        rehearse(file, "csv", Mapping.model_validate(other), Shop())


def test_lines_wait_for_transactions_of_other_files(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("sale,sku,n,price\nA,tea,1,2.50\n")
    fields = {"transaction_id": "sale", "product_id": "sku", "quantity": "n", "unit_price": "price"}
    mapping = Mapping.model_validate({"name": "items", "rows": "item", "fields": fields})
    assert (
        "rows that wait for what other files bring: 1" in rehearse(tmp_path / "items.csv", "csv", mapping, Shop()).notes
    )


def ask(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = cli.main(["ingest", "dry-run", *words])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_the_command_prints_three_formats_and_writes_nothing(
    file: Path, repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(repository)
    words = (str(file), "--mapping", str(file.with_suffix(".yaml")), "--currency", "eur")
    code, table, _ = ask(capsys, *words)
    assert code == 0 and "After: our fields" in table and "kept in extra: mood, card" in table
    _, told, _ = ask(capsys, *words, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(told)))
    assert rows[1]["theirs: total"] == "'=2+3" and rows[4]["theirs: mood"] == "'@SUM(A1)"
    assert rows[0]["ours: total_amount"] == "1250.50" and rows[0]["verdict"] == "loaded"
    _, told, _ = ask(capsys, *words, "--format", "json", "--rows", "1")
    assert [len(table["rows"]) for table in json.loads(told)["tables"]] == [1, 1, 1, 1, 3]
    assert sorted(path.name for path in file.parent.iterdir()) == ["till.csv", "till.yaml"]


def test_a_mapping_without_a_required_field_is_refused(
    file: Path, repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(repository)
    file.with_suffix(".yaml").write_text(YAML.replace("  total_amount: total\n", ""))
    code, out, error = ask(capsys, str(file), "--mapping", str(file.with_suffix(".yaml")))
    assert code == 2 and out == "" and 'needs the field "total_amount"' in error


def test_without_a_mapping_the_command_says_what_it_wants(
    file: Path, repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(repository)
    code, _, error = ask(capsys, str(file))
    assert code == 2
    assert error == (
        "Nothing says what the columns mean\n"
        "  where   shoplib ingest dry-run\n"
        "  wanted  --mapping FILE, or --scenario NAME (and --source NAME)\n"
        "  next    shoplib ingest suggest FILE proposes a mapping\n"
    )

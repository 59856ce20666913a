"""From a figure to its files: every metric adds up to the penny, every transaction leads to its rows."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shoplib.cli import main
from shoplib.errors import SourceError
from shoplib.ingest.lasting import snapshot, tracing
from shoplib.sales import behind, books
from shoplib.sales.metrics import METRICS
from shoplib.store import files, places

TILL: dict[str, Any] = {
    "rows": "transaction",
    "key": ["id"],
    "fields": {"transaction_id": "id", "timestamp": "at", "location_id": "shop", "total_amount": "total",
               "payment_method": "pay", "product_id": "what", "quantity": "q"},
}  # fmt: skip
HEAD = "id,at,shop,total,pay,what,q,note\n"
MONDAY = HEAD + "T1,2024-06-03 10:00,A,5,cash,tea,1,x\nT2,2024-06-03 11:00,B,7.50,card,rum,2,y\n"
TUESDAY = HEAD + ("T3,2024-06-04 10:00,A,2.25,cash,tea,1,x\nT4,2024-06-04 11:00,A,-5,cash,tea,1,back\n"
                  "T5,never,A,9,cash,tea,1,z\n")  # fmt: skip


@pytest.fixture
def folder(box: Callable[..., Any]) -> Path:
    """The snapshot of two days."""
    shop = box({"till": TILL})
    for name, text in (("monday.csv", MONDAY), ("tuesday.csv", TUESDAY)):
        assert shop.load("till", text, name).status == "loaded"
    return places.snapshots(shop.folder, "corner") / snapshot.export(shop.store, shop.folder, "corner")


def facts(folder: Path) -> dict[str, Any]:
    return {
        name: files.read_table(folder / f"{name}.parquet", name, columns) for name, columns in books.COLUMNS.items()
    }


def test_a_transaction_leads_to_its_file_and_row(folder: Path, box: Callable[..., Any]) -> None:
    found = tracing.transaction(folder, "T3")
    assert (found.sale["total_amount_minor"], found.set_aside.empty) == (225, True)
    assert found.rows[["file_name", "source_row", "money_minor"]].to_numpy().tolist() == [["tuesday.csv", 1, 225]]
    path = tracing.find_file(found.rows["file_sha256"].iloc[0], "tuesday.csv", [folder.parents[3]])
    assert path is not None and path.name == "tuesday.csv"
    assert tracing.raw_rows(path, box({"till": TILL}).scenario, "till", [1]) == {
        1: {"id": "T3", "at": "2024-06-04 10:00", "shop": "A", "total": "2.25", "pay": "cash", "what": "tea", "q": "1",
            "note": "x"},
    }  # fmt: skip
    assert tracing.find_file("0" * 64, "tuesday.csv", [folder.parents[3]]) is None


def test_a_row_set_aside_is_found_by_what_stands_in_it(folder: Path) -> None:
    found = tracing.transaction(folder, "T5")
    assert found.sale == {} and found.rows.empty
    assert found.set_aside[["file_name", "source_row", "rule"]].to_numpy().tolist() == [
        ["tuesday.csv", 3, "unreadable_time"]
    ]


def test_an_id_that_is_nowhere_is_told_with_the_nearest(folder: Path) -> None:
    with pytest.raises(SourceError) as told:
        tracing.transaction(folder, "gross_sale", ["gross_sales"])
    assert str(told.value) == (
        "No transaction has this id, and no metric this name\n  where   gross_sale\n  found   4 transactions\n"
        "  next    did you mean gross_sales?"
    )


def test_the_files_behind_takings_add_up_to_them(folder: Path, box: Callable[..., Any]) -> None:
    settings = box({"till": TILL}).scenario.sales
    found = behind.of("net_sales", facts(folder), settings)
    [(title, amounts, unit)] = found.sums()
    assert (title, unit, found.value, found.shown("en_GB")) == ("Takings after refunds", "minor", 975, "£9.75")
    assert amounts.to_dict() == {"T1": 500, "T2": 750, "T3": 225, "T4": -500}
    rows = tracing.by_file(folder, amounts)
    assert rows[["file_name", "transactions", "first_row", "last_row", "money_minor"]].to_numpy().tolist() == [
        ["monday.csv", 2, 1, 2, 1250], ["tuesday.csv", 2, 1, 2, -275],
    ]  # fmt: skip
    assert tracing.first_rows(folder, amounts, 1)[["transaction_id", "file_name"]].to_numpy().tolist() == [
        ["T1", "monday.csv"]
    ]


@pytest.mark.parametrize("name", [metric.name for metric in METRICS])
def test_what_each_transaction_adds_is_the_metric(folder: Path, box: Callable[..., Any], name: str) -> None:
    settings, known = box({"till": TILL}).scenario.sales, facts(folder)
    for location in ("", "A"):
        found = behind.of(name, known, settings, location=location)
        if found.value is None:
            continue
        if found.weights:
            assert found.sums()[0][1].sum() == found.value
        else:
            assert found.worked_out_of
            whole = found.parts[list(found.worked_out_of)].sum()
            assert all(amounts.sum() == whole[column] for column, amounts, _ in found.sums())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["gross_sales", "--day", "2024-06-03"], "Takings: £12.50"),
        (["gross_sales", "--day", "2024-06-03:2024-06-04", "--location", "A"], "2 transactions add up to £7.25"),
        (["T3"], "note: x"),
        (["T5"], "set aside: tuesday.csv, row 3: unreadable_time"),
    ],
)
def test_the_command_traces_figures_and_sales(
    folder: Path, tmp_path: Path, words: list[str], told: str, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    latest = tmp_path / "outputs" / "corner" / "latest"
    shutil.copytree(folder, latest / "tables")
    (tmp_path / "run_all.py").touch()
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "till.yaml").write_text(
        "rows: transaction\nkey: [id]\nfields: {transaction_id: id, timestamp: at, location_id: shop, total_amount: "
        "total, payment_method: pay, product_id: what, quantity: q}\n"
    )
    (tmp_path / "params" / "corner.yaml").write_text(
        "name: corner\ningest:\n  sources:\n    - {kind: csv, name: till, path: '*day.csv', mapping: till.yaml}\n"
    )
    monkeypatch.chdir(tmp_path)
    assert main(["trace", *words, "--scenario", "corner"]) == 0
    assert told in capsys.readouterr().out

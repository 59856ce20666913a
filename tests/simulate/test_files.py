"""The files of a world: their columns, bytes, amounts and counts."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow.parquet
import pytest

from shoplib.base import digest
from shoplib.config.models import Shop
from shoplib.config.worlds import EposWorld
from shoplib.errors import ConfigError, StoreError
from shoplib.simulate import files
from shoplib.simulate.epos import chain
from shoplib.simulate.epos import world as epos
from shoplib.simulate.world import World

HEADS = {
    "locations.csv": "location_id,location_name,location_type,city,timezone,day_start,opens,closes",
    "employees.csv": "employee_id,employee_name,employee_role,location_id",
    "products.csv": "product_id,product_name,product_category,unit_price,unit_cost",
    "product_prices.csv": "product_id,valid_from,unit_price,unit_cost",
    "epos_transactions.csv": (
        "transaction_id,transaction_number,timestamp,transaction_date,transaction_time,location_id,location_name,"
        "location_type,city,device_id,employee_id,employee_name,num_items,product_id,product_name,product_category,"
        "quantity,unit_price,subtotal,tax_total,discount_total,tip_amount,total_amount,payment_method,payment_status,"
        "transaction_status,card_last_four,authorization_code,refund_of"
    ),
    "transaction_items.csv": (
        "transaction_id,line_number,product_id,product_name,product_category,quantity,unit_price,line_total"
    ),
}


def small(transactions: int = 800, seed: int = 1, currency: str = "GBP") -> World:
    return epos.world(EposWorld(transactions=transactions), Shop(currency=currency), seed)


def hashes(folder: Path) -> dict[str, str]:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): digest.of_bytes(path.read_bytes()) for path in found}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_file_has_its_columns_and_rows(tmp_path: Path) -> None:
    counts = files.write(small(), tmp_path)
    assert {*counts, "SIMULATED.txt"} == set(hashes(tmp_path))
    assert counts["epos_transactions.csv"] == counts["epos_transactions.parquet"] == 800
    for name, head in HEADS.items():
        read = rows(tmp_path / name)
        assert ",".join(read[0]) == head
        assert len(read) == counts[name]
        assert all(None not in row and None not in row.values() for row in read)
        text = (tmp_path / name).read_bytes()
        assert b"\r" not in text
        assert b'"' not in text
        assert text.endswith(b"\n")


def test_amounts_are_exact_decimals_that_add_up(tmp_path: Path) -> None:
    world = small()
    files.write(world, tmp_path)
    sales = rows(tmp_path / "epos_transactions.csv")
    lines: dict[str, Decimal] = {}
    for line in rows(tmp_path / "transaction_items.csv"):
        assert Decimal(line["quantity"]) * Decimal(line["unit_price"]) == Decimal(line["line_total"])
        lines[line["transaction_id"]] = lines.get(line["transaction_id"], Decimal(0)) + Decimal(line["line_total"])
    for row in sales:
        subtotal, discount, tax = (Decimal(row[name]) for name in ("subtotal", "discount_total", "tax_total"))
        assert Decimal(row["total_amount"]) == subtotal - discount + tax
        assert lines[row["transaction_id"]] == subtotal
        assert len(row["total_amount"].partition(".")[2]) == 2
        assert row["timestamp"] == f"{row['transaction_date']} {row['transaction_time']}"
    total = sum(Decimal(row["total_amount"]) for row in sales)
    assert total * 100 == int(world.tables["transactions"]["total_amount_minor"].sum())


def test_parquet_holds_what_the_text_holds(tmp_path: Path) -> None:
    files.write(small(), tmp_path)
    text = pd.read_csv(tmp_path / "epos_transactions.csv", dtype=str, keep_default_na=False)
    table = pyarrow.parquet.read_table(tmp_path / "epos_transactions.parquet")
    assert table.column_names == list(text)
    for name in table.column_names:
        cells = ["" if cell is None else str(cell) for cell in table[name].to_pylist()]
        assert cells == text[name].tolist(), name


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for folder, seed in (("a", 1), ("b", 1), ("c", 2)):
        files.write(small(seed=seed), tmp_path / folder)
    first, again, other = (hashes(tmp_path / folder) for folder in "abc")
    assert first == again
    same = {name for name in first if first[name] == other[name]}
    assert same == {"SIMULATED.txt", "truth/promotions.parquet"}


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "BLOCK", 300)


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("group", [1, 250, 1_000_000])
def test_parts_make_the_same_bytes_as_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, group: int) -> None:
    monkeypatch.setattr(files, "ROW_GROUP", group)
    asked = EposWorld(transactions=700 if group > 1 else 5, end=dt.date(2024, 1, 31))
    told: list[int] = []
    rows = files.stream(epos.stream(asked, Shop(), 3), tmp_path / "parts", told.append)
    assert files.write(epos.world(asked, Shop(), 3), tmp_path / "whole") == rows
    assert hashes(tmp_path / "parts") == hashes(tmp_path / "whole")
    assert sum(told) == asked.transactions
    assert len(told) > 1 or asked.transactions < 300


def test_unknown_amounts_stay_empty_and_odd_ones_are_written_in_full(tmp_path: Path) -> None:
    cost = pd.Series([5, None, -1205, 123_456_789_012], dtype="Int64")
    plain = [5, 0, -1205, 123_456_789_012]
    frame = pd.DataFrame({"cost_minor": cost, "total_minor": plain, "units": [3, 0, -2, 2**40]})
    for number in (4, 2):  # with and without figures too large or below zero to be looked up
        shown = frame.head(number)
        empty = pd.DataFrame({"what": [], "value": [], "asked": [], "made": []})
        world = World("GBP", {"t": shown}, {"t.csv": "t", "t.parquet": "t"}, {}, 0, 0, empty)
        files.write(world, tmp_path)
        lines = ["0.05,0.05,3", ",0.00,0", "-12.05,-12.05,-2", "1234567890.12,1234567890.12,1099511627776"]
        assert (tmp_path / "t.csv").read_text().splitlines() == ["cost,total,units", *lines[:number]]
        kept = pyarrow.parquet.read_table(tmp_path / "t.parquet").column("cost").to_pylist()
        assert kept == [Decimal("0.05"), None, Decimal("-12.05"), Decimal("1234567890.12")][:number]


def test_an_earlier_simulation_is_replaced_whole(tmp_path: Path) -> None:
    folder = tmp_path / "world"
    for seed in (1, 2):
        with files.replacing(folder) as fresh:
            files.write(small(30, seed), fresh)
    files.write(small(30, 2), tmp_path / "plain")
    assert hashes(folder) == hashes(tmp_path / "plain")
    with pytest.raises(KeyboardInterrupt), files.replacing(folder) as fresh:
        (fresh / "half").write_text("half")
        raise KeyboardInterrupt
    assert hashes(folder) == hashes(tmp_path / "plain")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plain", "world"]


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    files.write(small(1), tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ConfigError) as caught, files.replacing(tmp_path):
        raise AssertionError("was let in")
    assert str(caught.value) == (
        "The folder for the simulated files is not empty\n"
        f"  where   {tmp_path}\n"
        "  found   notes.txt\n"
        "  wanted  a new or empty folder, or one with an earlier simulation (SIMULATED.txt) and nothing else\n"
        "  next    give another folder with --out"
    )
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_writing_again_replaces(tmp_path: Path) -> None:
    files.write(small(seed=2), tmp_path)
    files.write(small(), tmp_path)
    files.write(small(), tmp_path / "fresh")
    replaced = {name: found for name, found in hashes(tmp_path).items() if not name.startswith("fresh")}
    assert replaced == hashes(tmp_path / "fresh")


@pytest.mark.parametrize("transactions", [0, 1])
def test_tiny_worlds_are_well_formed(tmp_path: Path, transactions: int) -> None:
    counts = files.write(small(transactions), tmp_path)
    assert counts["epos_transactions.csv"] == transactions
    assert (tmp_path / "epos_transactions.csv").read_text().splitlines()[0] == HEADS["epos_transactions.csv"]
    assert len(rows(tmp_path / "epos_transactions.csv")) == transactions
    assert pyarrow.parquet.read_table(tmp_path / "epos_transactions.parquet").num_rows == transactions


def test_a_currency_without_decimals_is_written_without(tmp_path: Path) -> None:
    world = epos.world(EposWorld(transactions=20, target_revenue=600_000_000), Shop(currency="JPY"), 1)
    files.write(world, tmp_path)
    assert all(row["total_amount"].isdigit() for row in rows(tmp_path / "epos_transactions.csv"))


def test_a_folder_that_is_a_file_is_said_so(tmp_path: Path) -> None:
    taken = tmp_path / "raw"
    taken.write_text("not a folder")
    with pytest.raises(StoreError) as caught:
        files.write(small(1), taken)
    assert str(caught.value) == (
        "The simulated files could not be written\n"
        f"  where   {taken}\n"
        "  found   Not a directory\n"
        "  wanted  a folder that can be written, with room for about 60 MB per 100,000 transactions\n"
        "  next    free the folder or give another, then run again"
    )

"""Mappings proposed for files of many shapes, each tried out on its own file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from shoplib.config.load import load
from shoplib.config.mapping import Mapping
from shoplib.errors import SourceError
from shoplib.ingest.describing.proposal import Proposal
from shoplib.ingest.describing.suggest import Told, propose, to_yaml

LOADED = "{n} rows in = {n} loaded + 0 set aside + 0 duplicate"


def proposed(folder: Path, text: str, encoding: str = "utf-8", **known: str) -> Proposal:
    (folder / "export.csv").write_bytes(text.encode(encoding))
    return propose(folder / "export.csv", "corner", Told(**known))


def bills(i: int) -> str:
    sale = i // 2
    clock = f"{1 + sale % 28:02d}-Mar-2024 {1 + sale % 9}:{sale:02d} PM"
    quantity, rate = 1 + i % 3, 10.5 + i % 5
    return f"B{sale}\t{clock}\tTea {i % 5}\t{quantity}\t{rate:.2f}\t{quantity * rate:.2f}\t{['Cash', 'UPI'][sale % 2]}"


def bare(i: int) -> str:
    sale, quantity, price = i // 3, 1 + i % 2, 2.5 + i % 4
    clock = f"2024-01-{1 + i // 12:02d};{9 + sale % 9}:{sale:02d}:00"
    return f"{clock};{100 + sale};Bun {i % 6};{quantity};{price:.2f};{quantity * price:.2f}".replace(".", ",")


SHAPES: dict[str, tuple[str, Callable[[int], str], str, dict[str, Any]]] = {
    "tab, month by name, 12-hour clock, lines": (
        "Bill No\tDate\tItem\tQty\tRate\tAmount\tMode", bills, "utf-8",
        {
            "rows": "line",
            "transaction_id": "Bill No", "product_id": "Item", "quantity": "Qty", "unit_price": "Rate",
            "line_total": "Amount", "payment_method": "Mode",
            "timestamp": {"columns": "Date", "format": "%d-%b-%Y %I:%M %p"},
        },
    ),
    "no header, semicolons, decimal commas": (
        "", bare, "utf-8",
        {
            "rows": "line",
            "transaction_id": "column 3", "product_id": "column 4", "quantity": "column 5", "unit_price": "column 6",
            "line_total": "column 7", "timestamp": {"columns": ["column 1", "column 2"], "format": "%Y-%m-%d %H:%M:%S"},
        },
    ),
    "utf-16, one row a sale": (
        "Order ID,Order Date,Store,Product,Quantity,Unit Price,Total",
        lambda i: f"{i},2024-02-{1 + i % 28:02d} 10:{i:02d}:00,Ulm,Größe {i % 4},{1 + i % 2},2.5,{2.5 + i % 2 * 2.5}",
        "utf-16",
        {
            "rows": "transaction", "key": ["Order ID"],
            "transaction_id": "Order ID", "location_id": "Store", "product_id": "Product", "quantity": "Quantity",
            "unit_price": "Unit Price", "total_amount": "Total",
            "timestamp": {"columns": "Order Date", "format": "%Y-%m-%d %H:%M:%S"},
        },
    ),
    "thousands marks and pounds": (
        "Receipt,Date,Sales Amount,Tender",
        lambda i: f'R{i},{1 + i % 28:02d}/06/2024,"£{1 + i % 3},{i % 10}50.00",Visa', "utf-8",
        {
            "rows": "transaction", "key": ["Receipt"],
            "transaction_id": "Receipt", "total_amount": "Sales Amount", "payment_method": "Tender",
            "timestamp": {"columns": "Date", "format": "%d/%m/%Y"},
        },
    ),
    "ISO times with a zone, rupees": (
        "txn_id,timestamp,total,extra",
        lambda i: f"{i},2024-01-{1 + i % 28:02d}T10:{i:02d}:00+05:30,₹{100 + i}.00,whatever", "utf-8",
        {
            "rows": "transaction", "key": ["txn_id"],
            "transaction_id": "txn_id", "total_amount": "total", "timestamp": {"columns": "timestamp"},
        },
    ),
    "no ids, one price a row": (
        "Date/Time,Item,Price",
        lambda i: f"3/{1 + i // 2}/2024 {1 + i % 11}:{i:02d} AM,Can {i % 3},{5 + i % 3}.00", "utf-8",
        {
            "rows": "line", "product_id": "Item", "unit_price": "Price",
            "timestamp": {"columns": "Date/Time", "format": "%m/%d/%Y %I:%M %p"},
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_every_row_of_each_shape_is_loaded(tmp_path: Path, shape: str) -> None:
    header, row, encoding, wanted = SHAPES[shape]
    lines = ([header] if header else []) + [row(i) for i in range(48)]
    proposal = proposed(tmp_path, "\n".join(lines) + "\n", encoding)
    found = {**proposal.mapping["fields"], "rows": proposal.mapping["rows"]}
    found |= {name: proposal.mapping[name] for name in ("key", "skip", "constants") if name in proposal.mapping}
    assert found == wanted
    assert proposal.evidence[-1].removeprefix("tried out: ").startswith(LOADED.format(n=48))


def test_each_guess_has_its_evidence_and_each_doubt_its_question(tmp_path: Path) -> None:
    rows = "".join(
        f"{i},0{1 + i % 3}/0{1 + i * 7 % 5}/2024,{5 + i % 3}.50,{['Cash', 'Barter'][i % 2]}\n" for i in range(20)
    )
    proposal = proposed(tmp_path, "order no,date,amount,payment,mood\n".replace(",mood", "") + rows)
    assert proposal.evidence == [
        "encoding: utf-8, every byte reads as UTF-8 (score 1.00)",
        "delimiter: comma, 4 columns in 21 of the first 21 records (score 1.00)",
        "header: the first record holds names only (score 0.95)",
        "currency: GBP, assumed (score 0.20)",
        'decimal: decimal mark ".": 3 of 3 marked numbers read so (score 1.00)',
        'timestamp <- "date": day and month could stand either way; nothing decides (score 0.50)',
        "rows: transaction, each row has a total and no other row shares its sale (score 0.90)",
        'transaction_id <- "order no": its name; 20 of 20 values distinct (score 1.00)',
        'total_amount <- "amount": its name, less usual; 3 of 20 values distinct (score 0.80)',
        'payment_method <- "payment": its name, less usual; 2 of 20 values distinct (score 0.80)',
        "tried out: 20 rows in = 20 loaded + 0 set aside + 0 duplicate; "
        "£129.00 in = £129.00 loaded + £0.00 set aside + £0.00 duplicate.",
    ]
    assert proposal.questions == [
        "the file shows no currency; GBP is assumed",
        "the time zone is a guess: Europe/London; the file's times are taken as its wall clock",
        "the file has days but no times; hours of the day cannot be told",
        'Barter in "payment" counted as "other"; explain under words',
    ]
    assert [doubt.question for doubt in proposal.doubts] == [
        'dates: "01/01/2024" can be read 2 ways. '
        '--day-first: "%d/%m/%Y", 15 days from 1 Jan 2024 to 3 May 2024; '
        '--month-first: "%m/%d/%Y", 15 days from 1 Jan 2024 to 5 Mar 2024'
    ]
    text = to_yaml(proposal)[0]
    assert "  # 0.80: its name, less usual; 3 of 20 values distinct\n  total_amount: amount\n" in text
    assert "# CHECK: Barter in" in text and "timestamp: {columns: date, format: '?'}" in text


def test_the_texts_are_files_the_program_reads(tmp_path: Path, repository: Path) -> None:
    text = "id,at,total,note\n" + "".join(f"{i},2024-05-0{i},{i}.50,x\n" for i in range(1, 9))
    proposal = proposed(tmp_path, text, currency="EUR", timezone="Europe/Paris")
    mapping, scenario = to_yaml(proposal)
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "corner.yaml").write_text(mapping, encoding="utf-8")
    (tmp_path / "corner.yaml").write_text(scenario, encoding="utf-8")
    for name in ("base.yaml", "quality.yaml"):
        (tmp_path / name).write_text((repository / "params" / name).read_text(encoding="utf-8"), encoding="utf-8")
    read = load(tmp_path / "corner.yaml")
    assert read.shop.currency == "EUR" and read.shop.timezone == "Europe/Paris" and read.simulate is None
    assert read.mappings["mappings/corner.yaml"] == Mapping.model_validate(proposal.mapping | {"name": "corner"})
    assert yaml.safe_load(scenario) == proposal.scenario


def test_footers_are_skipped(tmp_path: Path) -> None:
    rows = "".join(f"{i},2024-01-0{1 + i % 9},{5 + i % 3}.50\n" for i in range(30))
    proposal = proposed(tmp_path, "invoice,date,amount\n" + rows + "Total,,195.00\n")
    assert proposal.mapping["skip"] == {"invoice": ["Total"]}
    assert "30 loaded + 1 set aside" in proposal.evidence[-1]


def test_a_total_that_stands_on_every_line_is_not_counted_twice(tmp_path: Path) -> None:
    rows = ["id,at,item,qty,price,total"]
    for sale in range(20):
        prices = [1.5 + sale, 2.25]
        rows += [f"{sale},2024-01-{1 + sale:02d} 10:00,tea,1,{price},{sum(prices)}" for price in prices]
    proposal = proposed(tmp_path, "\n".join(rows) + "\n")
    assert "line_total" not in proposal.mapping["fields"]
    assert '"total" repeats on every line of a sale; quantity × price is used' in proposal.questions
    assert "£265.00 in" in proposal.evidence[-1]


def test_rows_that_would_be_set_aside_are_asked_about(tmp_path: Path) -> None:
    rows = "".join(f"{i},2024-01-0{1 + i % 9},{5 + i % 3}.50,1.00\n" for i in range(30))
    proposal = proposed(tmp_path, "invoice,date,amount,discount\n" + rows + "31,2024-01-01,4.00,-1.00\n")
    assert proposal.questions[-1] == (
        "1 row would be set aside: discount_total is below zero here and above zero in other sales "
        '(discount, for example "-1.00")'
    )


RETURNS = {
    "minus at the quantity": (
        "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice",
        lambda i, back: f"{'C' * back}{i // 2},P{i % 7},{-1 if back else 1 + i % 3},{1 + i // 2}/03/2024 10:00,"
        f"{4 + i % 7}",
        ["quantity", "unit_price"],
    ),
    "minus at the amount": (
        "receipt,item,qty,date,price,amount",
        lambda i, back: f"{i},P{i % 7},{1 + i % 3},2024-03-{1 + i // 2:02d} 10:00,{4 + i % 7}.50,"
        f"{'-' * back}{(1 + i % 3) * (4.5 + i % 7):.2f}",
        ["quantity", "unit_price", "total_amount"],
    ),
    "a minus at everything but the price": (
        "receipt,date,subtotal,discount,tax,total",
        lambda i, back: f"{i},2024-03-{1 + i // 2:02d} 10:00," + ",".join(
            f"{'-' * back}{amount:.2f}" for amount in (20 + i, 2.0, (18 + i) * 0.2, (18 + i) * 1.2)
        ),
        ["subtotal", "discount_total", "tax_total", "total_amount"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", RETURNS)
def test_a_file_with_returns_is_understood(tmp_path: Path, shape: str) -> None:
    header, row, fields = RETURNS[shape]
    proposal = proposed(tmp_path, header + "\n" + "".join(row(i, i % 8 == 0) + "\n" for i in range(40)))
    assert set(fields) <= set(proposal.mapping["fields"])
    assert "40 rows in = 40 loaded + 0 set aside + 0 duplicate" in proposal.evidence[-1]
    assert "5 totals below zero were taken as refunds, −£" in proposal.evidence[-1]
    assert not any("set aside" in question for question in proposal.questions)


def test_a_file_without_amounts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        proposed(tmp_path, "date,what\n2024-01-01,tea\n2024-01-02,rum\n")
    assert str(caught.value).replace(str(tmp_path), "FOLDER") == (
        "No amount of money was found in the file\n"
        "  where   FOLDER/export.csv\n"
        "  found   date, what\n"
        "  wanted  a column with the total of a sale, or with a unit price (and a quantity)\n"
        "  next    add such a column to the export, or write a mapping that names it"
    )


def test_a_file_without_dates_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        proposed(tmp_path, "id,total\nA1,1.50\nA2,2.50\n")
    assert str(caught.value).replace(str(tmp_path), "FOLDER") == (
        "No date was found in the file\n"
        "  where   FOLDER/export.csv\n"
        "  found   id, total\n"
        "  wanted  a column with the day, or day and time, of each sale\n"
        "  next    add such a column to the export, or write a mapping with its format"
    )


def test_names_roles_and_tips_are_found_beside_their_keys(tmp_path):
    rows = [
        f"T{i},{i % 7},2024-05-{1 + i % 28:02} 12:0{i % 10},L{i % 2},{'Quay Bar' if i % 2 else 'Hill Inn'},bar,"
        f"E{i % 3},Kim {i % 3},Server,10.00,2.00,{i % 4}.50,12.00,paid,completed"
        for i in range(80)
    ]
    head = (
        "transaction_id,transaction_number,timestamp,location_id,location_name,location_type,employee_id,"
        "employee_name,employee_role,subtotal,tax_total,tip_amount,total_amount,payment_status,transaction_status"
    )
    file = tmp_path / "till.csv"
    file.write_text("\n".join([head, *rows]) + "\n")
    fields = propose(file, "till", Told(currency="GBP", timezone="Europe/London")).mapping["fields"]
    names = ("transaction_number", "location_name", "location_type", "employee_name", "employee_role", "tip_amount")
    assert {name: fields.get(name) for name in names} == {name: name for name in names}


def test_a_name_without_a_key_is_the_key(tmp_path):
    rows = "".join(f"2024-05-{1 + i % 28:02},{'Quay' if i % 2 else 'Hill'},Tea,{i % 4 + 1}.50\n" for i in range(80))
    file = tmp_path / "till.csv"
    file.write_text("date,branch name,item,amount\n" + rows)
    fields = propose(file, "till", Told(currency="GBP", timezone="Europe/London")).mapping["fields"]
    assert fields["location_id"] == "branch name"
    assert "location_name" not in fields


def test_a_total_that_includes_the_tip_is_kept_and_asked_about(tmp_path):
    rows = "".join(f"T{i},2024-05-{1 + i % 28:02} 12:00,10.00,2.00,{i % 4}.50,{12.5 + i % 4:.2f}\n" for i in range(80))
    file = tmp_path / "till.csv"
    file.write_text("transaction_id,timestamp,subtotal,tax_total,tip_amount,total_amount\n" + rows)
    proposal = propose(file, "till", Told(currency="GBP", timezone="Europe/London"))
    assert proposal.mapping["fields"]["subtotal"] == "subtotal"
    assert '"total_amount" includes the tip: takings will include tips too' in proposal.questions
    assert "80 rows in = 80 loaded + 0 set aside" in proposal.evidence[-1]


def test_a_column_of_currencies_is_used_and_several_are_asked_about(tmp_path):
    rows = "".join(
        f"T{i},2024-05-{1 + i % 28:02} 12:00,{i % 9 + 1}.50,{'EUR' if i % 4 else 'GBP'}\n" for i in range(80)
    )
    file = tmp_path / "till.csv"
    file.write_text("transaction_id,timestamp,total_amount,currency\n" + rows)
    proposal = propose(file, "till", Told(currency="EUR", timezone="Europe/Dublin"))
    assert proposal.mapping["fields"]["currency"] == "currency"
    assert '"currency" holds EUR, GBP; only rows in EUR are loaded' in proposal.questions
    assert "80 rows in = 60 loaded + 20 set aside" in proposal.evidence[-1]
    assert any("this row is in another currency than EUR" in question for question in proposal.questions)

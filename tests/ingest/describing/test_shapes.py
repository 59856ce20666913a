"""Files of many kinds, languages and shapes, each understood unaided, or asked about, or refused with its reason."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from shoplib import cli
from shoplib.config.load import load
from shoplib.errors import ConfigError, SourceError
from shoplib.ingest.describing import new
from shoplib.ingest.describing.proposal import Proposal
from shoplib.ingest.describing.suggest import Told, propose

TODAY = dt.date(2026, 1, 1)


def day(sale: int) -> dt.date:
    return dt.date(2024, 3, 1) + dt.timedelta(days=sale // 2)


def comma(amount: float) -> str:
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


def lines(head: str, row: Callable[[int, int, float], str], price: float = 2.5) -> str:
    """Return 60 lines, three a sale, of quantities 1 to 3."""
    return head + "\n" + "".join(row(i, 1 + i % 3, price + i % 4) + "\n" for i in range(60))


LANGUAGES: dict[str, tuple[str, str, dict[str, str]]] = {
    "German": (
        lines(
            "Bon-Nr;Datum;Uhrzeit;Filiale;Artikel;Menge;Einzelpreis;Betrag (EUR);Zahlart",
            lambda i, q, p: f"{i // 3};{day(i // 3):%d.%m.%Y};10:{i // 3:02};Köln;Brot {i % 4};{q};{comma(p)};"
            f"{comma(q * p)};{['Bar', 'Karte'][i // 3 % 2]}",
        ),
        "line",
        {"transaction_id": "Bon-Nr", "location_id": "Filiale", "product_id": "Artikel", "quantity": "Menge",
         "unit_price": "Einzelpreis", "line_total": "Betrag (EUR)"},
    ),
    "French": (
        "N° facture,Date,Magasin,Montant TTC,Mode de paiement\n"
        + "".join(f"F{i},{day(i):%d/%m/%Y},Lyon,€{10 + i}.50,{['CB', 'Espèces'][i % 2]}\n" for i in range(60)),
        "transaction",
        {"transaction_id": "N° facture", "location_id": "Magasin", "total_amount": "Montant TTC"},
    ),
    "Spanish": (
        lines(
            "Folio,Fecha,Hora,Sucursal,Producto,Cantidad,Precio unitario,Importe,Forma de pago",
            lambda i, q, p: f"{i // 3},{day(i // 3):%d/%m/%Y},10:{i // 3:02},Centro,Taco {i % 4},{q},${p:.2f},"
            f"${q * p:.2f},{['Efectivo', 'Tarjeta'][i // 3 % 2]}",
        ),
        "line",
        {"transaction_id": "Folio", "location_id": "Sucursal", "product_id": "Producto", "quantity": "Cantidad",
         "unit_price": "Precio unitario", "line_total": "Importe"},
    ),
    "Italian": (
        lines(
            "Scontrino;Data;Ora;Negozio;Prodotto;Quantità;Prezzo;Totale",
            lambda i, q, p: f"{i // 3};{day(i // 3):%d/%m/%Y};10:{i // 3:02};Roma;Caffè {i % 4};{q};{comma(p)};"
            f"{comma(q * p)}",
        ),
        "line",
        {"transaction_id": "Scontrino", "location_id": "Negozio", "product_id": "Prodotto", "quantity": "Quantità",
         "unit_price": "Prezzo", "line_total": "Totale"},
    ),
    "Portuguese": (
        "Número do cupom,Data da venda,Loja,Valor total,Forma de pagamento\n"
        + "".join(f'{i},{day(i):%d/%m/%Y},Lisboa,"{comma(1_000 + i * 3.25)}",Dinheiro\n' for i in range(60)),
        "transaction",
        {"transaction_id": "Número do cupom", "location_id": "Loja", "total_amount": "Valor total"},
    ),
    "Dutch": (
        lines(
            "Bonnummer;Datum;Tijd;Filiaal;Artikel;Aantal;Prijs;Totaal;Betaalwijze",
            lambda i, q, p: f"{i // 3};{day(i // 3):%d-%m-%Y};10:{i // 3:02};Gent;Wafel {i % 4};{q};{comma(p)};"
            f"{comma(q * p)};{['PIN', 'Contant'][i // 3 % 2]}",
        ),
        "line",
        {"transaction_id": "Bonnummer", "location_id": "Filiaal", "product_id": "Artikel", "quantity": "Aantal",
         "unit_price": "Prijs", "line_total": "Totaal"},
    ),
    "Hindi": (
        "Bill Sankhya,Tarikh,Shakha,Kul Rashi,Bhugtan\n"
        + "".join(f"{i},{day(i):%d-%b-%Y},Pune,₹{100 + i}.00,{['Nakad', 'UPI'][i % 2]}\n" for i in range(60)),
        "transaction",
        {"transaction_id": "Bill Sankhya", "location_id": "Shakha", "total_amount": "Kul Rashi"},
    ),
    "Indonesian": (
        lines(
            "No Transaksi;Tanggal;Jam;Cabang;Nama Barang;Jumlah;Harga Satuan;Total;Metode Pembayaran",
            lambda i, q, p: f"TRX{i // 3};{day(i // 3):%d-%m-%Y};10:{i // 3:02};Bandung;Kopi {i % 4};{q};"
            + f"Rp {p:,.0f};Rp {q * p:,.0f}".replace(",", ".") + f";{['Tunai', 'QRIS'][i // 3 % 2]}",
            15_000,
        ),
        "line",
        {"transaction_id": "No Transaksi", "location_id": "Cabang", "product_id": "Nama Barang", "quantity": "Jumlah",
         "unit_price": "Harga Satuan", "line_total": "Total"},
    ),
}  # fmt: skip


def proposed(folder: Path, text: str, name: str = "export.csv", **told: Any) -> Proposal:
    (folder / name).write_text(text, encoding="utf-8")
    return propose(folder / name, "corner", Told(today=TODAY, **told))


@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_and_ways_to_pay_are_known_in(tmp_path: Path, language: str) -> None:
    text, grain, wanted = LANGUAGES[language]
    proposal = proposed(tmp_path, text)
    fields = proposal.mapping["fields"]
    assert {name: fields.get(name) for name in wanted} == wanted
    assert (proposal.mapping["rows"], proposal.doubts) == (grain, [])
    assert proposal.account.startswith("60 rows in = 60 loaded + 0 set aside")
    assert not any('counted as "other"' in question for question in proposal.questions)


def test_rupiah_have_no_coins_so_a_mark_is_a_thousand(tmp_path: Path) -> None:
    rows = "".join(f"{i};2024-01-{1 + i % 28:02};{20 + i}.000\n" for i in range(40))
    asked = proposed(tmp_path, "no;date;total\n" + rows)
    assert [doubt.subject for doubt in asked.doubts] == ["numbers"]
    settled = proposed(tmp_path, "no;date;total\n" + rows, currency="IDR")
    assert settled.doubts == [] and settled.mapping["file"]["thousands"] == "."
    guess = settled.guess_of("decimal")
    assert guess is not None and "IDR has no coins below 1" in guess.evidence


def test_what_numbers_and_their_sum_would_be_either_way_is_told(tmp_path: Path) -> None:
    rows = "".join(f"{i};2024-01-{1 + i % 28:02};{100 + i},{i % 7}00\n" for i in range(50))
    proposal = proposed(tmp_path, "invoice;date;amount\n" + rows)
    assert [doubt.question for doubt in proposal.doubts] == [
        'numbers: "100,000" can be read 2 ways. --decimal ".": "100,000" is 100,000, £6,239,700.00 in all; '
        '--decimal ",": "100,000" is 100.000, £6,239.70 in all'
    ]
    for mark, thousands in ((".", ","), (",", None)):
        told = proposed(tmp_path, "invoice;date;amount\n" + rows, decimal=mark)
        assert told.doubts == []
        assert (told.mapping["file"].get("decimal", "."), told.mapping["file"].get("thousands")) == (mark, thousands)


def test_arithmetic_settles_numbers_and_marks_in_unused_columns_do_not_matter(tmp_path: Path) -> None:
    rows = [
        f'{i // 2},Tea {i % 4},{1 + i % 3},"{(i % 3 or 4) * 500:,}",{(1 + i % 3) * (i % 3 or 4) * 500}'
        for i in range(60)
    ]
    text = "order,item,qty,price,total,date\n" + "".join(f"{row},{day(i // 2)}\n" for i, row in enumerate(rows))
    proposal = proposed(tmp_path, text)
    assert proposal.doubts == [] and proposal.mapping["file"]["thousands"] == ","
    rows = [f"{i},{day(i)},{i}5,{1 + i % 9}.{100 + i}\n" for i in range(60)]
    assert proposed(tmp_path, "bill,date,total,latitude\n" + "".join(rows)).doubts == []


def test_a_number_that_starts_afresh_belongs_to_its_day_and_place(tmp_path: Path) -> None:
    rows = [
        f"{number:04},{dt.date(2024, 3, 5 + at)},1{number % 9}:30,{place},{number * 2.5 + at:.2f}\n"
        for at in range(12) for place in "AB" for number in range(1, 9)
    ]  # fmt: skip
    proposal = proposed(tmp_path, "transaction_number,date,time,branch,total\n" + "".join(rows))
    fields = proposal.mapping["fields"]
    assert proposal.mapping["rows"] == "transaction"
    assert fields["transaction_id"] == proposal.mapping["key"] == ["branch", "date", "transaction_number"]
    assert proposal.account.startswith("192 rows in = 192 loaded + 0 set aside + 0 duplicate")


def test_an_id_beside_a_number_that_starts_afresh_is_the_id_and_a_first_product_is_left_out(tmp_path: Path) -> None:
    text = "transaction_number,transaction_id,timestamp,num_items,product_name,quantity,unit_price,total_amount\n"
    for i in range(200):
        moment = dt.datetime(2024, 1, 1, 10) + dt.timedelta(hours=i)
        quantity = 1 + i % 3
        text += (
            f"{1 + i % 40:04},T{i:06},{moment},{1 + i % 4},Ale {i % 9},{quantity},4.50,{quantity * 4.5 + i % 4 * 3}\n"
        )
    proposal = proposed(tmp_path, text)
    fields = proposal.mapping["fields"]
    assert proposal.mapping["rows"] == "transaction"
    assert (fields["transaction_id"], fields["transaction_number"]) == ("transaction_id", "transaction_number")
    assert not {"product_id", "product_name", "quantity", "unit_price"} & fields.keys()
    assert any("stand for the first of several" in question for question in proposal.questions)


ORDERS = [{"id": f"O{i}", "created": f"2024-03-{1 + i % 28:02}T10:00:00Z", "total": 12.5 + i} for i in range(40)]


def workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Report of sales"])  # type: ignore[union-attr]  # a new workbook has a sheet
    sheet = book.create_sheet("Sales")
    for row in (["Sales of March"], [], ["id", "created", "total"]):
        sheet.append(row)
    for order in ORDERS:
        sheet.append([order["id"], dt.datetime.fromisoformat(str(order["created"])[:-1]), order["total"]])
    sheet.append(["Total", None, 1_280])
    book.save(path)


KINDS: dict[str, Callable[[Path], object]] = {
    "orders.json": lambda path: path.write_text(json.dumps({"data": {"orders": ORDERS}})),
    "orders.jsonl": lambda path: path.write_text("\n".join(map(json.dumps, ORDERS))),
    "orders.parquet": lambda path: pd.DataFrame(ORDERS).astype({"created": "datetime64[us, UTC]"}).to_parquet(path),
    "orders.xlsx": workbook,
}


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_of_file_is_understood(tmp_path: Path, name: str) -> None:
    KINDS[name](tmp_path / name)
    proposal = propose(tmp_path / name, "corner", Told(today=TODAY))
    assert proposal.mapping["rows"] == "transaction" and " = 40 loaded" in proposal.account
    if name.endswith("xlsx"):
        assert proposal.mapping["file"] == {"skip_lines": 2, "sheet": "Sales"}
        assert proposal.mapping["skip"] == {"id": ["Total"]}


def test_titles_footers_and_rows_without_a_date_at_the_end_are_left_out(tmp_path: Path) -> None:
    body = "".join(f"{i};{day(i)};{5 + i % 3},50\n" for i in range(40))
    text = f"Umsatzbericht;;\nErstellt am 05.04.2024;;\n\nBelegnr;Datum;Betrag\n{body}"
    proposal = proposed(tmp_path, f"{text}Summe;;258,50\n")
    assert (proposal.mapping["file"]["skip_lines"], proposal.mapping["skip"]) == (3, {"Belegnr": ["Summe"]})
    proposal = proposed(tmp_path, f"{text};;258,50\n")
    assert proposal.mapping["skip"] == {"Datum": [""]} and " = 40 loaded + 1 set aside" in proposal.account
    assert 'the last rows have no "Datum" and are skipped as footers; are they no sales?' in proposal.questions


def test_a_product_called_total_is_no_footer(tmp_path: Path) -> None:
    body = "".join(f"{i},{day(i)},{['Total', 'Pie'][i % 2]},{5 + i % 3}.50\n" for i in range(10))
    assert "skip" not in proposed(tmp_path, f"bill,date,product,amount\n{body}").mapping


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a\n1\n2\n", "No delimiter divides the file into columns"),
        ("name,town\nann,ulm\nbob,bonn\n", "No amount of money was found in the file"),
        ("no,date,total\n" + "".join(f"{i},{45292 + i},{i}.50\n" for i in range(9)), "45292 is 2024-01-01"),
        ("no,date,total\n" + "".join(f"{i},{1704103200 + i},{i}.50\n" for i in range(9)), "2024-01-01 10:00:00 UTC"),
    ],
)
def test_what_is_no_table_of_sales_is_refused(tmp_path: Path, text: str, found: str) -> None:
    with pytest.raises(SourceError, match=found):
        proposed(tmp_path, text)


def test_whole_numbers_may_be_pieces_and_no_money(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, "store,date,sales\n" + "".join(f"{i % 3},{day(i)},{i % 9}\n" for i in range(40)))
    assert 'is "sales" money? it holds whole numbers only, as a count of pieces does' in proposal.questions


def test_wide_doubled_and_empty_columns_and_days_that_do_not_exist_are_survived(tmp_path: Path) -> None:
    more = ",".join(f"c{at}" for at in range(295))
    body = "".join(
        f"{i},{'31/02/2024' if i == 7 else format(day(i), '%d/%m/%Y')},{i}.50,{i},{',' * 294}\n" for i in range(60)
    )
    proposal = proposed(tmp_path, f"id,date,total,total,{more}\n{body}")
    assert proposal.mapping["fields"]["total_amount"] == "total" and " = 59 loaded + 1 set aside" in proposal.account
    guess = proposal.guess_of("empty")
    assert guess is not None and guess.evidence.startswith("nothing stands in c0, c1,")


DATES = "order no,date,amount\n" + "".join(
    f"{i},0{1 + i % 3}/0{1 + i * 7 % 5}/2024,{5 + i % 3}.50\n" for i in range(20)
)


@pytest.fixture
def root(tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "params" / "mappings").mkdir(parents=True)
    for name in ("params/base.yaml", "params/quality.yaml", "run_all.py"):
        (tmp_path / name).write_bytes((repository / name).read_bytes())
    (tmp_path / "till.csv").write_text(DATES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_open_question_stops_before_a_run_and_the_flag_answers_it(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["new", "till.csv", "--currency", "GBP"]) == 2
    told = capsys.readouterr()
    assert '--day-first: "%d/%m/%Y", 15 days from 1 Jan 2024 to 3 May 2024; --month-first:' in told.err
    assert "nothing is loaded before" in told.err and not (root / "outputs").exists()
    assert "format: '?'" in (root / "params/mappings/till.yaml").read_text()
    assert cli.main(["new", "till.csv", "--currency", "GBP", "--month-first", "--no-run"]) == 0
    assert load(root / "params/till.yaml").mappings["mappings/till.yaml"].fields["timestamp"].format == "%m/%d/%Y"


def test_files_somebody_has_changed_are_not_written_again(root: Path) -> None:
    made = new.write(root / "till.csv", root, Told(today=TODAY))
    assert len(made.doubts) == 1
    made.mapping.write_text(made.mapping.read_text() + "# mine\n")
    with pytest.raises(ConfigError, match="There is a file of this name already"):
        new.write(root / "till.csv", root, Told(today=TODAY, order="day"))


def test_no_scenario_is_valid_while_the_marks_of_its_numbers_are_open(root: Path) -> None:
    (root / "till.csv").write_text("no,date,amount\n" + "".join(f"{i},{day(i)},{1 + i % 9}.250\n" for i in range(30)))
    made = new.write(root / "till.csv", root, Told(today=TODAY))
    with pytest.raises(ConfigError, match=r"file\.decimal +Input should be '\.' or ','"):
        load(made.scenario)


def test_suggest_prints_or_writes_a_mapping_and_says_what_is_open(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["ingest", "suggest", "till.csv", "--day-first"]) == 0
    assert "# 1.00: comma, 3 columns in 21 of the first 21 records\n  delimiter: ','" in capsys.readouterr().out
    assert cli.main(["ingest", "suggest", "till.csv", "--out", "params/mappings/x.yaml"]) == 2
    assert (root / "params/mappings/x.yaml").is_file()
    assert cli.main(["ingest", "suggest", "till.csv", "--out", "params/mappings/x.yaml"]) == 2
    assert "There is a file of this name already" in capsys.readouterr().err
    (root / "letter.txt").write_text("Dear Sir\nno table here\n")
    assert cli.main(["ingest", "suggest", "letter.txt"]) == 2
    assert capsys.readouterr().err.startswith("No delimiter divides the file into columns\n")

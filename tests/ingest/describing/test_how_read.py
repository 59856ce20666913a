"""The box that says how a file was read, and which line changes it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from shoplib.config.mapping import Mapping
from shoplib.config.models import Ingest, Shop
from shoplib.ingest.describing.how_read import COLUMNS, how_read, of_sources

MAPPING = Mapping.model_validate(
    {
        "name": "corner",
        "rows": "line",
        "file": {"delimiter": ";", "decimal": ",", "thousands": ".", "encoding": "cp1252", "skip_lines": 2},
        "fields": {
            "timestamp": {"columns": ["Datum", "Zeit"], "format": "%d.%m.%Y %H:%M"},
            "product_id": "Artikel",
            "line_total": "Betrag",
            "payment_method": {"columns": "Zahlart", "words": {"Karte": "credit_card"}},
        },
    }
)
ROWS = pd.DataFrame(
    {
        "Datum": ["03.02.2024"], "Zeit": ["09:30"], "Artikel": ["Brot"], "Betrag": ["1.250,50"], "Zahlart": ["Karte"]
    }, dtype=object,
)  # fmt: skip
SHOP = Shop(currency="EUR", timezone="Europe/Berlin")


def test_each_setting_stands_with_a_cell_what_it_became_and_the_line_that_changes_it() -> None:
    told = how_read(ROWS, "csv", MAPPING, SHOP)
    assert tuple(told.columns) == COLUMNS
    lines = told.set_index("What").T.to_dict("list")
    assert lines["Encoding"] == ["cp1252", "", "", "file.encoding: cp1252"]
    assert lines["Delimiter"] == ["semicolon", "", "", 'file.delimiter: ";"']
    assert lines["Title"] == ["2 lines left out", "", "", "file.skip_lines: 2"]
    assert lines["Numbers"] == [
        'decimal mark ",", thousands mark "."', "1.250,50", "1,250.50", 'file.decimal: ",", file.thousands: "."'
    ]  # fmt: skip
    assert lines["Timestamp"] == [
        '"Datum" and "Zeit", as "%d.%m.%Y %H:%M"', "03.02.2024 09:30", "Sat 3 Feb 2024, 09:30",
        'fields.timestamp: {columns: [Datum, Zeit], format: "%d.%m.%Y %H:%M"}',
    ]  # fmt: skip
    assert lines["Line total"] == ['"Betrag"', "1.250,50", "€1,250.50", "fields.line_total: Betrag"]
    assert lines["Payment method"] == ['"Zahlart"', "Karte", "credit_card", "fields.payment_method: Zahlart"]
    assert lines["Clock"][3] == "shop.timezone: Europe/Berlin"


def test_a_number_that_other_marks_read_otherwise_says_so() -> None:
    mapping = MAPPING.model_copy(update={"file": MAPPING.file.model_copy(update={"thousands": "", "decimal": "."})})
    told = how_read(ROWS.assign(Betrag="1.250"), "csv", mapping, SHOP).set_index("What")
    assert told.loc["Numbers", "How it was read"] == (
        'decimal mark "."; under decimal mark ",", thousands mark "." another number'
    )


def test_a_file_without_rows_or_columns_is_told_of_all_the_same() -> None:
    for rows in (ROWS.head(0), ROWS[["Datum"]]):
        assert "shop.currency: EUR" in how_read(rows, "json", MAPPING, SHOP)["To change it"].tolist()


def test_each_source_is_told_by_its_first_readable_file_and_without_cells_where_there_is_none(
    tmp_path: Path,
) -> None:
    mapping = Mapping.model_validate(
        {"name": "m", "rows": "transaction", "fields": {"timestamp": "at", "total_amount": "sum"}}
    )
    listed = [{"kind": "csv", "name": name, "path": "x", "mapping": "m"} for name in ("till", "gone")]
    ingest = Ingest.model_validate({"sources": listed})
    (tmp_path / "a.csv").write_bytes(b"at;sum\n2024-06-01;1.50\n")
    (tmp_path / "b.csv").write_text("at,sum\n2024-06-01,1.50\n")
    files = {"till": [tmp_path / "a.csv", tmp_path / "b.csv"]}
    told = of_sources(ingest, {"m": mapping}, files, Shop()).set_index(["Source", "What"])
    assert told.loc[("till", "Total amount"), ["In the file", "Became"]].tolist() == ["1.50", "£1.50"]
    assert told.loc[("gone", "Total amount"), ["In the file", "Became"]].tolist() == ["", ""]
    assert told.loc[("gone", "Total amount"), "To change it"] == "fields.total_amount: sum"

"""How unknown files are written."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from shoplib.errors import SourceError
from shoplib.ingest.describing.punctuation import judge
from shoplib.ingest.describing.sniff import sniff


def sniffed(folder: Path, data: bytes) -> tuple[str, str, bool]:
    (folder / "x.csv").write_bytes(data)
    found = sniff(folder / "x.csv").file_format
    return found.encoding, found.delimiter, found.header


@pytest.mark.parametrize(
    ("text", "encoding", "wanted"),
    [
        ("a,b\n1,2\n", "utf-8", ("utf-8", ",", True)),
        ("a;b\n1,5;2\n2,5;3\n", "utf-8-sig", ("utf-8-sig", ";", True)),
        ("a\tb\n1,5\t2\n", "utf-16", ("utf-16", "\t", True)),
        ("a|b\n1|2\n", "utf-16-le", ("utf-16-le", "|", True)),
        ("2024-01-01,tea,2.50\n2024-01-02,rum,3.50\n", "utf-8", ("utf-8", ",", False)),
        ("Datum;Größe\n01.02.2024;süß und schön\n02.02.2024;für Gäste\n", "cp1252", ("cp1252", ";", True)),
        ("sep=;\na;b\n1;2\n", "utf-8", ("utf-8", ";", True)),
    ],
)
def test_encoding_delimiter_and_header(tmp_path: Path, text: str, encoding: str, wanted: tuple[str, str, bool]) -> None:
    assert sniffed(tmp_path, text.encode(encoding)) == wanted


def test_evidence_tells_why(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"1;2,5\n2;3,5\n")
    found = sniff(tmp_path / "x.csv")
    assert found.evidence == (
        "encoding: utf-8, every byte reads as UTF-8 (score 1.00)",
        "delimiter: semicolon, 2 columns in 2 of the first 2 records (score 1.00)",
        "header: none, the first record holds values (score 0.80)",
    )
    assert found.file_format.names == ("column 1", "column 2")
    assert found.questions == (
        "DuckDB takes comma for the delimiter, not semicolon; look at the columns",
        "the file has no header; the columns were named by number and recognised by values alone",
    )


def test_text_without_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("Dear Sir\nno table here\n")
    with pytest.raises(SourceError) as caught:
        sniff(tmp_path / "x.csv")
    assert str(caught.value).replace(str(tmp_path), "FOLDER") == (
        "No delimiter divides the file into columns\n"
        "  where   FOLDER/x.csv\n"
        "  found   Dear Sir\n"
        "  wanted  columns divided by comma, semicolon, tab, vertical bar\n"
        "  next    export it again as CSV"
    )


@pytest.mark.parametrize(
    ("cells", "marks", "asked"),
    [
        (["12.50", "3"], (".", ""), False),
        (["13,25", "16"], (",", ""), False),
        (["1,234.50", "12.00"], (".", ","), False),
        (["1.234,50", "12,00"], (",", "."), False),
        (["1 234,50", "12,00"], (",", " "), False),
        (["1,234", "2,500"], (".", ","), True),
        (["1.234", "2.500"], (".", ""), True),
        (["£1,234.50", "£2.00"], (".", ","), False),
        (["1", "2"], (".", ""), False),
    ],
)
def test_marks_of_numbers(cells: list[str], marks: tuple[str, str], asked: bool) -> None:
    found = judge(pd.DataFrame({"v": cells, "what": ["tea", "rum"][: len(cells)]}))
    assert (found.decimal, found.thousands) == marks and bool(found.readings) == asked


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"a,b\x001,2\n")
    with pytest.raises(SourceError) as caught:
        sniff(tmp_path / "x.csv")
    assert str(caught.value).replace(str(tmp_path), "FOLDER") == (
        "The file is no text\n"
        "  where   FOLDER/x.csv\n"
        "  found   NUL characters, the first at byte 3\n"
        "  wanted  a table as CSV, JSON, Excel or parquet\n"
        "  next    export it again as CSV"
    )


def test_a_header_with_nameless_columns_is_no_title(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(",,total,date\n1,2,4.50,2024-01-13\n2,3,5.50,2024-01-14\n")
    found = sniff(tmp_path / "x.csv").file_format
    assert (found.header, found.skip_lines) == (True, 0)

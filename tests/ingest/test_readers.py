"""Files that can be read, and each way in which one cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from shoplib.config.mapping import FileFormat
from shoplib.errors import MappingError, SourceError
from shoplib.ingest import readers
from shoplib.ingest.sources import read


def written(folder: Path, data: bytes) -> Path:
    file = folder / "sales.csv"
    file.write_bytes(data)
    return file


def refused(file: Path, **how: object) -> str:
    with pytest.raises(SourceError) as caught:
        read(file, "csv", FileFormat.model_validate(how))
    return str(caught.value).replace(str(file.parent), "FOLDER")


def test_cells_are_strings_without_outer_blanks_numbered_from_one(tmp_path: Path) -> None:
    raw = read(written(tmp_path, b"Date, Total \n2024-01-01, 007 \nNA,\n"), "csv", FileFormat())
    assert raw.rows.to_dict("list") == {"Date": ["2024-01-01", "NA"], "Total": ["007", ""]}
    assert raw.rows.index.tolist() == [1, 2] and raw.rows_in == 2


def test_blank_records_are_no_rows_but_keep_their_number(tmp_path: Path) -> None:
    raw = read(written(tmp_path, b"a,b\n1,2\n\n,\n3,4\n\n"), "csv", FileFormat())
    assert raw.rows.index.tolist() == [1, 4] and raw.rows_in == 2


def test_rows_of_another_width_stand_apart_with_their_text(tmp_path: Path) -> None:
    raw = read(written(tmp_path, b"a,b\n1,2\n3\n4,5,6\n7,8\n"), "csv", FileFormat())
    assert raw.rows.index.tolist() == [1, 4] and raw.rows_in == 4
    assert raw.misshapen.reset_index().to_dict("list") == {
        "source_row": [2, 3], "fields": [1, 3], "text": ["3", "4,5,6"],
    }  # fmt: skip


def test_quoted_delimiters_marks_and_line_breaks_belong_to_the_cell(tmp_path: Path) -> None:
    raw = read(written(tmp_path, b'a,"b\nb"\n"1,0","say ""hi""\nthere"\n2,3\n'), "csv", FileFormat())
    assert raw.rows.columns.tolist() == ["a", "b\nb"]
    assert raw.rows.iloc[0].tolist() == ["1,0", 'say "hi"\nthere'] and len(raw.rows) == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings_give_the_same_rows(tmp_path: Path, encoding: str) -> None:
    raw = read(written(tmp_path, "naïve,b\r\ncafé,2\r\n".encode(encoding)), "csv", FileFormat(encoding=encoding))
    assert raw.rows.to_dict("list") == {"naïve": ["café"], "b": ["2"]}


def test_a_byte_order_mark_is_no_letter_of_the_first_name(tmp_path: Path) -> None:
    raw = read(written(tmp_path, "a,b\n1,2\n".encode("utf-8-sig")), "csv", FileFormat(encoding="utf-8"))
    assert raw.rows.columns.tolist() == ["a", "b"]


def test_the_hint_of_spreadsheets_is_no_header(tmp_path: Path) -> None:
    raw = read(written(tmp_path, b"sep=;\na;b\n1;2\n"), "csv", FileFormat(delimiter=";"))
    assert raw.rows.to_dict("list") == {"a": ["1"], "b": ["2"]}


def test_a_file_without_header_takes_the_names_given(tmp_path: Path) -> None:
    raw = read(written(tmp_path, b"1,2\n3,4\n"), "csv", FileFormat(header=False, names=("x", "y")))
    assert raw.rows.to_dict("list") == {"x": ["1", "3"], "y": ["2", "4"]}


def test_nameless_and_repeated_columns_get_a_number() -> None:
    assert readers.column_names(["Date", " Total ", "", "Date"]) == ["Date", "Total", "column 3", "Date (2)"]


def test_missing_file_names_the_nearest(tmp_path: Path) -> None:
    written(tmp_path, b"a,b\n1,2\n")
    assert refused(tmp_path / "sale.csv") == (
        'There is no such file\n  where   FOLDER/sale.csv\n  found   sales.csv\n  next    did you mean "sales.csv"?'
    )
    assert refused(tmp_path / "none" / "x.csv").splitlines()[2:] == [
        "  found   no file in that folder", "  next    check the path of the source",
    ]  # fmt: skip


def test_folder_instead_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "monday.csv").write_text("a,b\n1,2\n")
    assert refused(tmp_path / "in") == (
        "A folder stands where a file was expected\n"
        "  where   FOLDER/in\n"
        "  found   monday.csv\n"
        "  wanted  one file with a table\n"
        "  next    name one file of that folder as the path of the source"
    )


def test_empty_file(tmp_path: Path) -> None:
    assert refused(written(tmp_path, b"\n \n")) == (
        "The file is empty\n"
        "  where   FOLDER/sales.csv\n"
        "  found   3 bytes\n"
        "  wanted  a header and rows\n"
        "  next    export it again"
    )


def test_header_without_rows(tmp_path: Path) -> None:
    assert refused(written(tmp_path, b"date,total\n\n")) == (
        "The file has a header and no rows\n"
        "  where   FOLDER/sales.csv\n"
        "  found   date, total\n"
        "  wanted  at least one row below the header\n"
        "  next    export it again with the rows"
    )


def test_wrong_encoding_says_where_and_what_would_fit(tmp_path: Path) -> None:
    lines = "".join(f"{i},crème brûlée à la carte,déjà vu\n" for i in range(20))
    assert refused(written(tmp_path, ("n,dish,note\n1,tea,x\n" + lines).encode("cp1252"))) == (
        "The file is not written in utf-8\n"
        "  where   FOLDER/sales.csv\n"
        "  found   byte 0xE8 at byte 24 (line 3)\n"
        "  wanted  text in utf-8\n"
        "  next    set file.encoding: cp1252 in the mapping and look at the accented letters; "
        "cp1250, cp1254 would fit too"
    )


def test_utf16_read_as_a_single_byte_encoding_shows_nul(tmp_path: Path) -> None:
    assert refused(written(tmp_path, "a,b\n1,2\n".encode("utf-16")), encoding="cp1252") == (
        "The file holds NUL characters, which no text has\n"
        "  where   FOLDER/sales.csv\n"
        "  found   the first on line 1, as cp1252\n"
        "  wanted  plain text\n"
        "  next    if it was saved as Unicode text, set file.encoding: utf-16; else export it again as CSV"
    )


def test_wrong_delimiter_names_the_right_one(tmp_path: Path) -> None:
    assert refused(written(tmp_path, b"date\ttotal\n1\t2\n")) == (
        "The file has only one column\n"
        "  where   FOLDER/sales.csv\n"
        "  found   date\ttotal\n"
        "  wanted  columns divided by comma\n"
        '  next    set file.delimiter: "\\t" in the mapping'
    )


def test_a_header_alone_may_be_a_file_of_no_rows(tmp_path: Path) -> None:
    raw = read(written(tmp_path, b"a,b\n"), "csv", FileFormat(), may_be_empty=True)
    assert raw.rows.columns.tolist() == ["a", "b"] and raw.rows_in == 0


def test_open_quotation_mark_does_not_swallow_the_rest(tmp_path: Path) -> None:
    assert refused(written(tmp_path, b'a,b\n0,0\n1,"2\n3,4\n5,6\n')) == (
        "A quotation mark is opened and never closed\n"
        "  where   FOLDER/sales.csv, row 2\n"
        "  found   3 lines in one cell that begins with '2\\n3,4\\n5,6'\n"
        "  next    close the mark in the file, or export it again"
    )


def test_number_of_names_must_be_the_number_of_columns(tmp_path: Path) -> None:
    assert refused(written(tmp_path, b"1,2\n"), header=False, names=("x",)) == (
        "The mapping names another number of columns than the file has\n"
        "  where   FOLDER/sales.csv\n"
        "  found   2 columns: 1, 2\n"
        "  wanted  1 column: x\n"
        "  next    list every column of the file under file.names"
    )


def test_all_absent_columns_are_named_with_the_nearest() -> None:
    with pytest.raises(MappingError) as caught:
        readers.require_columns(
            Path("sales.csv"), ["Date", "Grand Total", "qty"], ["Date", "GrandTotal", "Qty", "Tip", "Tip"], "till"
        )
    assert str(caught.value) == (
        "Mapping till names 3 columns the file does not have\n"
        '  "GrandTotal" is not in the file; did you mean "Grand Total"?\n'
        '  "Qty" is not in the file; did you mean "qty"?\n'
        '  "Tip" is not in the file\n'
        "  where   sales.csv\n"
        "  found   Date, Grand Total, qty\n"
        "  next    write the file's own column names into the mapping, or take the right file"
    )

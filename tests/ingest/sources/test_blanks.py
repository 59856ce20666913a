"""Tables whose columns are set apart by runs of blanks."""

from __future__ import annotations

from pathlib import Path

from shoplib.config.mapping import FileFormat
from shoplib.ingest import sources

BLANKS = FileFormat(delimiter=" ")


def test_columns_are_set_apart_by_any_number_of_blanks(tmp_path: Path) -> None:
    file = tmp_path / "log.txt"
    file.write_bytes(b" customer  date   value\r\n 00001 19970101   11.77\r\n00002\t19970112 12.00  \r\n 3 4\r\n")
    raw = sources.read(file, "csv", BLANKS)
    assert raw.rows.to_numpy().tolist() == [["00001", "19970101", "11.77"], ["00002", "19970112", "12.00"]]
    assert raw.rows.columns.tolist() == ["customer", "date", "value"]
    assert raw.misshapen.index.tolist() == [3]


def test_a_long_table_is_the_same_in_batches(tmp_path: Path) -> None:
    file = tmp_path / "long.txt"
    file.write_text("a b\n" + "".join(f"  {n}    x{n} \n" for n in range(200_000)))
    whole = sources.read(file, "csv", BLANKS).rows
    assert whole["a"].tolist() == [str(n) for n in range(200_000)]
    parts = [raw.rows for raw in sources.batches(file, "csv", BLANKS, 7_000)]
    assert max(map(len, parts)) <= 7_000 and [cell for part in parts for cell in part["b"]] == whole["b"].tolist()

"""What DuckDB takes for the delimiter of a text: a second opinion from well-kept code, asked for no more than that."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb


def delimiter(text: str) -> str:
    """Return the mark that DuckDB's sniffer divides a text by; ``""`` if it cannot tell, or sees one column."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sample.csv"
        file.write_text(text, encoding="utf-8", newline="")
        with duckdb.connect(config={"threads": 1, "autoinstall_known_extensions": False}) as connection:
            try:
                found = connection.execute(
                    "SELECT Delimiter, len(Columns) FROM sniff_csv(?, strict_mode=false)", [str(file)]
                ).fetchone()
            except duckdb.Error:
                return ""
    return str(found[0]) if found is not None and found[1] > 1 else ""

"""What a stage said in earlier runs, kept outside its results: a file for each last day of the data.

``outputs/<scenario>/said/<table>/2024-12-31.parquet`` is the table as the last run said it that knew no later day. A
stage reads those of earlier days only, so that equal inputs and an equal past give equal bytes.
"""

from __future__ import annotations

from pathlib import Path

from shoplib.pipeline.results import Results
from shoplib.store import files

SAID, DAY = "said", "business_date"


def last_day(path: Path, table: str) -> str:
    """Return the last business day of a table as ISO text, ``""`` if it has no row or is not there."""
    if not path.is_file():
        return ""
    days = files.read_table(path, table, [DAY])[DAY]
    return "" if days.empty else str(days.max().date().isoformat())


def earlier(home: Path, table: str, day: str) -> list[Path]:
    """Return what was said of ``table`` before ``day``, oldest first."""
    return sorted(path for path in (home / SAID / table).glob("*.parquet") if path.stem < day)


def parts(results: Results, table: str, giver: str, dated_by: str) -> dict[str, str]:
    """Return ISO day → digest of what was said of ``table`` before the last day of ``dated_by``, given by ``giver``."""
    day = last_day(results.path(giver, dated_by), dated_by)
    return {path.stem: files.sha256(path) for path in earlier(results.home, table, day)}


def keep(home: Path, table: str, day: str, source: Path) -> None:
    """Keep a finished table as what was said on ``day``; without a day there is nothing to keep."""
    if day:
        target = home / SAID / table / f"{day}.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        files.write_bytes(target, source.read_bytes())

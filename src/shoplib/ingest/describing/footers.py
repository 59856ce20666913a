"""Rows of an unknown file that are no sales: totals between and below the rows."""

from __future__ import annotations

import re

import pandas as pd

from shoplib.base import words
from shoplib.ingest.describing.proposal import Proposal
from shoplib.ingest.describing.spellings import FOOTERS

MOST_SHARE = 0.2
SPARSE_SHARE = 0.7
LAST_ROWS = 3
_FOOTER = re.compile(rf"\W*(?:{FOOTERS})\W*(?:\d.*)?", re.IGNORECASE)


def find_footers(rows: pd.DataFrame, proposal: Proposal) -> tuple[dict[str, list[str]], pd.Series]:
    """Return source column → values whose rows are footers, as in ``skip`` of a mapping, and the mask of those rows.

    A footer says so (Total, Summe, Jumlah), and fills fewer columns than a sale does or stands at the end. Last rows
    without the date that all others have are taken for such, too, and asked about.
    """
    filled = (rows != "").sum(axis=1)
    sparse = filled <= SPARSE_SHARE * filled.median()
    at_end = pd.Series(range(len(rows), 0, -1), index=rows.index) <= LAST_ROWS
    found: dict[str, list[str]] = {}
    footers = pd.Series(False, index=rows.index)
    for name in rows:
        said = sorted(value for value in rows[name].unique() if value and _FOOTER.fullmatch(value))
        here = rows[name].isin(said)
        if (
            said
            and here.sum() <= MOST_SHARE * len(rows) + 1
            and (sparse | at_end)[here].all()
            and not here[~footers].empty
        ):
            if not (here & ~footers).any():
                continue
            found[str(name)] = said
            footers |= here
            proposal.note("skip", 0.9, f'rows with {words.listed(said)} in "{name}" are footers')
    undated = _without_a_date(rows, sparse & at_end & ~footers)
    if undated:
        last = (rows[undated] == "") & ~footers
        found[undated] = [*found.get(undated, []), ""]
        footers |= last
        proposal.note("skip", 0.6, f'only the last {words.plural(int(last.sum()), "row")} have no "{undated}"')
        proposal.questions.append(f'the last rows have no "{undated}" and are skipped as footers; are they no sales?')
    return found, footers


def _without_a_date(rows: pd.DataFrame, last: pd.Series) -> str:
    """Return the column of dates that all rows but those of a mask at the end have, ``""`` if there is none."""
    if not last.any() or last.sum() == len(rows):
        return ""
    for name in rows:
        blank = rows[name] == ""
        if blank.equals(last) and rows[name][~blank].head(20).str.contains(r"\d[-/.]\w+[-/.]\d|\d{4}-\d").all():
            return str(name)
    return ""


def empty_columns(rows: pd.DataFrame) -> list[str]:
    """Return the columns that hold nothing at all."""
    return [str(name) for name in rows if not (rows[name] != "").any()]

"""Tables of a stage: shown on its page as words, and kept as values for the workbook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from babel.numbers import list_currencies

from shoplib.base import listing as listings
from shoplib.base import words
from shoplib.base.listing import Column, Listing
from shoplib.notebook.showing import Showing
from shoplib.store import listings as stored

SHOWN_ROWS = 30
CODE = "|".join(sorted(list_currencies()))
FIGURE = re.compile(rf"[-+−]?([^\w\s]|{CODE})?\s?\d[\d.,\u00a0\u202f]*\s?(%|[^\w\s]|[A-Z]{{3}})?")
FLUSH_LEFT = ("text", "day", "month", "weekday", "hour")
UNBROKEN, NO_BREAK = ("day", "month"), "\u00a0"


class Tables(Showing):
    """The part of a run that shows tables."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._listings = 0

    def listing(
        self, listing: Listing, *, rows: int = SHOWN_ROWS, columns: Sequence[str] = (), skip_empty: bool = False,
        shown: bool = True, form: Listing | None = None, folded: bool = False,
    ) -> None:  # fmt: skip
        """Show the first ``rows`` rows of a listing in words, and keep all of it for the workbook.

        ``columns`` are those shown, in their order here (default: all). With ``skip_empty`` a listing without rows is
        neither shown nor kept; with ``shown=False`` it is only kept. ``form`` is shown in its place, under its name.
        What is ``folded`` opens on request.
        """
        self._unique("table", listing.name)
        if skip_empty and listing.frame.empty:
            return
        stored.write(self._folder, listing, self._listings)
        self._listings += 1
        if not shown:
            return
        part = form or listing
        part = part.pick(columns) if columns else part
        told = listings.shown(part.head(rows), self.config.shop.language)
        for at, column in enumerate(part.columns):
            if column.unit in UNBROKEN:
                told.isetitem(at, [text.replace(" ", NO_BREAK) for text in told.iloc[:, at]])
        self._table(listing.name, part.title, part.caption, [_kind(column) for column in part.columns], told,
                    len(part.frame), kept=True, folded=folded)  # fmt: skip

    def listings(
        self, found: Iterable[Listing], show: Mapping[str, int], columns: Mapping[str, Sequence[str]] | None = None,
        *, forms: Mapping[str, Listing] | None = None, folded: Sequence[str] = (),
    ) -> None:  # fmt: skip
        """Keep several listings for the workbook, and show of each as many rows as ``show`` says (default: none).

        What has no rows is not shown. ``columns`` are the columns shown of a listing (default: all it has), ``forms``
        what is shown in place of one; those ``folded`` open on request.
        """
        for listing in found:
            wanted = [name for name in (columns or {}).get(listing.name, ()) if listing.has(name)]
            rows, form = show.get(listing.name, 0), (forms or {}).get(listing.name)
            empty = (listing if form is None else form).frame.empty
            self.listing(listing, rows=rows, columns=wanted, shown=rows > 0 and not empty, form=form,
                         folded=listing.name in folded)  # fmt: skip

    def table(
        self, name: str, frame: pd.DataFrame, *, title: str, caption: str = "", rows: int = SHOWN_ROWS,
        shares: tuple[str, ...] = (), skip_empty: bool = False, folded: bool = False,
    ) -> None:  # fmt: skip
        """Show the first ``rows`` rows of a table; its column names are the words a reader sees.

        Columns named in ``shares`` are shares of one and read as percentages. With ``skip_empty`` a table without rows
        is not shown; one that is ``folded`` opens on request.
        """
        self._unique("table", name)
        if skip_empty and frame.empty:
            return
        told = frame.head(rows).copy()
        for column in shares:
            told[column] = [self._text(value, "share") for value in told[column]]
        kinds = ["number" if _is_figures(told[column]) else "text" for column in told.columns]
        self._table(name, title, caption, kinds, told, len(frame), folded=folded)

    def _table(
        self, name: str, title: str, caption: str, kinds: list[str], told: pd.DataFrame, total: int, *,
        kept: bool = False, folded: bool = False,
    ) -> None:  # fmt: skip
        """Show rows under a title; ``kept``: the workbook holds them all, ``folded``: they open on request."""
        block = {
            "kind": "table", "id": name, "title": title, "caption": caption, "rows_total": total, "kept": kept,
            "folded": folded,
            "columns": [{"label": str(c), "kind": k} for c, k in zip(told.columns, kinds, strict=True)],
            "rows": [[self._cell(v) for v in row] for row in told.itertuples(index=False)],
        }  # fmt: skip
        self._show(block, f"{title}\n{told.to_string(index=False)}")

    def _cell(self, value: Any) -> str:
        if listings.missing(value):
            return ""
        if isinstance(value, pd.Timestamp):
            return words.day(value.date(), self.config.shop.language).replace(" ", NO_BREAK)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return words.count(value, self.config.shop.language, 0 if float(value).is_integer() else 2)
        return str(value)


def _kind(column: Column) -> str:
    return "text" if column.unit in FLUSH_LEFT else "number"


def _is_figures(column: pd.Series) -> bool:
    """Return whether a column is read as figures: numbers, or texts such as £1,234.50, IDR149,000 and 12.5%."""
    if pd.api.types.is_numeric_dtype(column):
        return True
    filled = [text for text in column.dropna().astype(str) if text]
    return bool(filled) and all(FIGURE.fullmatch(text) for text in filled)

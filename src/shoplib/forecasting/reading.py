"""Any table of daily series to a panel, and what a reader must know of how it was read."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from shoplib.base import words
from shoplib.errors import ConfigError
from shoplib.forecasting.panel import CALENDAR_DAYS, WEEK, Floats, Panel
from shoplib.forecasting.tables import columns
from shoplib.forecasting.tables.assembly import assembled
from shoplib.forecasting.tables.columns import Columns


@dataclass(frozen=True)
class Read:
    """A panel, and notes on what was set right, left out or taken as something."""

    panel: Panel
    notes: tuple[str, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the table and the names of its columns."""
    parser.add_argument("file", metavar="FILE", help="CSV or Parquet file with a row a series and day")
    parser.add_argument("--id", default="unique_id", metavar="COL", help="names the series (default: %(default)s)")
    parser.add_argument("--time", default="ds", metavar="COL", help="the day (default: %(default)s)")
    parser.add_argument("--target", default="y", metavar="COL", help="what was sold (default: %(default)s)")

    def listed(name: str, told: str) -> None:
        parser.add_argument(name, default=[], nargs="+", action="extend", metavar="COLS", help=told)

    listed("--known", "columns known ahead, such as promo,price; coming days are rows with an empty target")
    parser.add_argument("--closed", default="", metavar="COL", help="1 on days a series was shut; then days without a "
                        "row are shut too (else: nothing sold)")  # fmt: skip
    parser.add_argument("--stockout", default="", metavar="COL", help="1 on days goods were out of stock")
    listed("--static", "columns that stay the same for a series, such as its type")
    parser.add_argument("--holidays", default="", metavar="CC", help="country of public holidays: GB, or DE-NW")
    told = "rows of the same series and day that differ (default: %(default)s)"
    parser.add_argument("--duplicates", choices=("refuse", "sum"), default="refuse", help=told)
    parser.add_argument("--timezone", default="", metavar="ZONE", help="turn times that tell their zone to this one")


def asked_columns(asked: argparse.Namespace) -> Columns:
    """Return the columns a person named; ``ConfigError`` for an unknown country or a column of two uses."""
    found = Columns(
        asked.id, asked.time, asked.target, names(asked.known), asked.closed, asked.stockout, names(asked.static),
        country(asked.holidays), asked.duplicates, asked.timezone,
    )  # fmt: skip
    single = [found.id, found.time, found.target]
    twice = [name for name in {*found.known, *found.static, found.closed, found.stockout} if name in single]
    if twice or len(set(single)) < len(single):
        raise ConfigError(
            "A column has two uses", where="--id, --time, --target, --known, --closed, --stockout, --static",
            found=words.listed(sorted(twice) or sorted(name for name in set(single) if single.count(name) > 1)),
            wanted="one use for each column", next_step="name it once",
        )  # fmt: skip
    return found


def names(given: Sequence[str]) -> tuple[str, ...]:
    """Return names given apart or with commas between them, each once.

    >>> names(["promo,school", "price"])
    ('promo', 'school', 'price')
    """
    return tuple(dict.fromkeys(name.strip() for text in given for name in text.split(",") if name.strip()))


def country(code: str) -> str:
    """Return a country, or a part of one, whose public holidays are known; ``ConfigError`` otherwise.

    >>> country("de-nw"), country("")
    ('DE-NW', '')
    """
    if not code:
        return ""
    import holidays

    land, _, part = code.strip().upper().partition("-")
    known = holidays.list_supported_countries()
    parts = {str(name).upper(): str(name) for name in known.get(land, [])}
    if land not in known or (part and part not in parts):
        codes = f"{len(known)} codes such as GB, DE, DE-NW and US-CA"
        raise ConfigError(
            "The holidays of this country are not known", where="--holidays", found=code,
            wanted=f"{land} with one of {words.listed(parts.values(), 60)}" if land in known and parts else codes,
            next_step="write one of these, or leave --holidays out",
        )  # fmt: skip
    return f"{land}-{parts[part]}" if part else land


def read(asked: argparse.Namespace) -> Read:
    """Return the panel of the file a person named, read as its arguments say; ``ShopError`` if it cannot be."""
    wanted = asked_columns(asked)
    return Read(*assembled(columns.of_file(Path(asked.file), wanted), wanted))


def panel_of(frame: pd.DataFrame, asked: Columns | None = None, where: str = "the frame") -> Read:
    """Return the panel of a frame with a row a series and day; ``SourceError`` if it cannot be read as one."""
    wanted = asked or Columns()
    return Read(*assembled(columns.of_frame(frame, wanted, where), wanted))


def reaching(panel: Panel, horizon: int) -> Read:
    """Return the panel with ``horizon`` coming days, gaps in columns known ahead filled from the same weekday before.

    Notes say of which columns. A value is looked for in the last eight weeks; without one it stays NaN.
    """
    ahead = panel.until(panel.history, horizon)
    notes, known = [], dict(ahead.known)
    for name, grid in known.items():
        missing = np.isnan(grid[:, panel.history :])
        if not missing.any():
            continue
        known[name] = _from_weekday_before(grid, panel.history)
        days = words.plural(int(missing.any(axis=0).sum()), "coming day")
        notes.append(
            f"{name} is known for none of the coming days: the back-test knew it, the forecast takes the same weekday "
            "before; give rows with an empty target" if missing.all() else
            f"{name} is not known for {days} of {words.plural(int(missing.any(axis=1).sum()), 'series', 'series')}; "
            "the same weekday before was taken"
        )  # fmt: skip
    return Read(replace(ahead, known=known), tuple(notes))


def _from_weekday_before(grid: Floats, history: int) -> Floats:
    filled = grid.copy()
    start = max(history - CALENDAR_DAYS, 0)
    for day in range(start, grid.shape[1]):
        source = filled[:, day - WEEK] if day - WEEK >= start else np.full(len(grid), np.nan)
        filled[:, day] = np.where(np.isnan(filled[:, day]), source, filled[:, day])
    filled[:, :history] = grid[:, :history]
    return filled

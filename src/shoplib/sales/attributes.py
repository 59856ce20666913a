"""What people choose: the favourite of every trait that lines carry, such as colour and size, and what is gaining."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.sales import chances, tables
from shoplib.sales.books import Books
from shoplib.sales.summary import name

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

CONFIDENCE = 0.95
FEWEST_LINES = 30  # of a place or a stretch of days, before anything is said about it
GAINING, LOSING, STEADY, UNKNOWN = "gaining", "losing", "steady", "not known"
COLUMNS = [
    "attribute", "value", "units", "lines", "line_sales_minor", "share", "latest_share", "before_share",
    "change_low_share", "change_high_share", "trend", "best_location", "best_location_share", "leads_at",
    "coverage_share",
]  # fmt: skip


@dataclass(frozen=True)
class Lines:
    """Lines that tell traits, in codes: ``traits`` is the position in ``sets``, ``place`` that in ``places``."""

    sets: list[dict[str, str]]
    places: list[str]
    traits: Ints
    place: Ints
    receipt: Ints
    latest: npt.NDArray[np.bool_]
    sells: npt.NDArray[np.bool_]
    quantity: Floats
    amount: Floats

    def where(self, rows: npt.NDArray[np.bool_]) -> Lines:
        """Return some of the lines."""
        if rows.all():
            return self
        columns = ("traits", "place", "receipt", "latest", "sells", "quantity", "amount")
        return replace(self, **{column: getattr(self, column)[rows] for column in columns})


def choices(books: Books, compare_days: int = 28) -> pd.DataFrame:
    """Return every value of every attribute on the lines of completed sales, most units first within an attribute.

    Columns: ``attribute``, ``value`` (letter case ignored, shown as it is mostly written), ``units``, ``lines``,
    ``line_sales_minor``; ``share`` of the units that have the attribute; ``latest_share`` and ``before_share`` of the
    last ``compare_days`` business days and of all before; the interval of their difference and what it says
    (``trend``: gaining, losing, steady, or not known with under 30 lines on either side); the place where it has the
    highest share (``best_location``, none with one place); the places it leads beyond chance (``leads_at``); and
    ``coverage_share``, the part of all completed sales that tell the attribute at all. Lines that give back or take off
    (``tables.sells``) count in units and line sales, but are no choice; lines without the attribute count nowhere else.
    Data without attributes give an empty table.
    """
    lines = _told(books, compare_days)
    if lines is None:
        return pd.DataFrame(columns=COLUMNS)
    names = books.locations.drop_duplicates("location_id").set_index("location_id")["location_name"]
    places = [str(names.get(place, place)) for place in lines.places]
    often = np.bincount(lines.traits, minlength=len(lines.sets))
    parts = []
    for attribute in sorted({trait for traits in lines.sets for trait in traits}):
        values, of_set = _values(often, lines.sets, attribute)
        value = of_set[lines.traits]
        mine = lines.where(value >= 0)
        if mine.sells.any():
            sales = np.count_nonzero(np.bincount(mine.receipt[mine.sells])) / len(books.sold)
            table = _of_one(mine, of_set[mine.traits], values, places)
            parts.append(table.assign(attribute=attribute, coverage_share=sales))
    return pd.concat(parts, ignore_index=True)[COLUMNS] if parts else pd.DataFrame(columns=COLUMNS)


def sentences(table: pd.DataFrame, shop: Shop, compare_days: int = 28) -> list[str]:
    """Return what is chosen most of each attribute of :func:`choices`; changes only where they are beyond chance."""
    return [sentence(table, attribute, shop, compare_days) for attribute in table["attribute"].unique()]


def sentence(table: pd.DataFrame, attribute: str, shop: Shop, compare_days: int = 28) -> str:
    """Return the favourite of one attribute, the values that gain and lose most, and where another one leads."""
    mine = table[table["attribute"] == attribute]
    top = mine.iloc[0]
    if len(mine) == 1:
        return f"Every {name(attribute)} sold is {name(top['value'])}."
    text = f"{_capital(name(top['value']))} is the favourite {name(attribute)}"
    text += "" if pd.isna(top["share"]) else f": {_share(float(top['share']), shop)} of units"
    for word, better in ((GAINING, 1), (LOSING, -1)):
        moved = mine[mine["trend"] == word]
        if len(moved):
            most = moved.loc[(better * (moved["latest_share"] - moved["before_share"])).idxmax()]
            now, was = (_share(float(most[side]), shop) for side in ("latest_share", "before_share"))
            text += f"; {name(most['value'])} is {word} ({now} in the last {compare_days} days, {was} before)"
    other = mine[(mine["leads_at"] != "") & (mine["value"] != top["value"])]
    led = [f"{name(value)} leads at {places}" for value, places in zip(other["value"], other["leads_at"], strict=True)]
    return f"{text}." + (f" {_capital('; '.join(led))}." if led else "")


def difference(now: npt.ArrayLike, of_now: int, was: npt.ArrayLike, of_was: int, z: float) -> tuple[Floats, Floats]:
    """Return the interval of the difference of two proportions, now − was (Newcombe, 1998, method 10).

    >>> [round(float(end), 4) for end in difference(56, 70, 48, 80, 1.96)]
    [0.0524, 0.3339]
    """
    first, second = np.asarray(now) / of_now, np.asarray(was) / of_was
    low_1, high_1 = _wilson(first, of_now, z)
    low_2, high_2 = _wilson(second, of_was, z)
    gap = first - second
    low = gap - np.sqrt((first - low_1) ** 2 + (high_2 - second) ** 2)
    high = gap + np.sqrt((high_1 - first) ** 2 + (second - low_2) ** 2)
    return low, high


def _wilson(share: Floats, of: int, z: float) -> tuple[Floats, Floats]:
    """Return the interval of one proportion (Wilson, 1927)."""
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * np.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return middle - half, middle + half


def _told(books: Books, compare_days: int) -> Lines | None:
    """Return the lines of completed sales that tell any trait, ``None`` if none does."""
    sold = books.sold_lines
    texts = sold["attributes"].astype("category")
    if not (texts.cat.codes >= 0).any():
        return None
    latest = sold["day"] > books.receipts["day"].max() - pd.Timedelta(days=compare_days)
    lines = Lines(
        sets=[json.loads(text) for text in texts.cat.categories],
        places=sold["location_id"].cat.categories.tolist(),
        traits=np.asarray(texts.cat.codes, dtype="int64"),
        place=np.asarray(sold["location_id"].cat.codes, dtype="int64"),
        receipt=sold["receipt"].to_numpy(),
        latest=latest.to_numpy(),
        sells=tables.sells(sold),
        quantity=sold["quantity"].to_numpy(),
        amount=sold["line_total_minor"].to_numpy(dtype="float64"),
    )
    return lines.where(lines.traits >= 0)


def _values(lines: Ints, sets: list[dict[str, str]], attribute: str) -> tuple[list[str], Ints]:
    """Return the values of one attribute in order, and which of them each set of traits has, -1 for none.

    ``lines`` is the number of lines of each set; a value on none is left out. Spellings by letter case are one value.
    """
    written = [str(traits.get(attribute, "")).strip() for traits in sets]
    often = pd.Series(lines, index=written).groupby(level=0).sum()
    best = {word.casefold(): word for word in often[often > 0].sort_values(kind="stable").index}
    values = sorted(word for word in best.values() if word)
    place = {word: number for number, word in enumerate(values)}
    return values, np.array([place.get(best.get(word.casefold(), ""), -1) for word in written], dtype="int64")


def _of_one(lines: Lines, value: Ints, values: list[str], places: list[str]) -> pd.DataFrame:
    """Return the values of one attribute, each compared over time and between places."""
    size = len(values)
    units = np.asarray(np.bincount(value, weights=lines.quantity, minlength=size), dtype="float64")
    counts = np.bincount(value[lines.sells], minlength=size)
    sales = np.bincount(value, weights=lines.amount, minlength=size).astype("int64")
    texts = pd.Series(values, dtype=object)
    table = pd.DataFrame(
        {"value": texts, "units": units, "lines": counts, "line_sales_minor": sales, "share": _part(units)}
    )
    table = table.join(_over_time(lines, value, size)).join(_between_places(lines, value, values, places))
    return table.sort_values("units", ascending=False, kind="stable", ignore_index=True)


def _over_time(lines: Lines, value: Ints, size: int) -> pd.DataFrame:
    side = value * 2 + lines.latest
    sums = (np.bincount(side, weights=by, minlength=2 * size) for by in (lines.quantity, lines.sells))
    units, counts = (each.reshape(size, 2).T for each in sums)
    found = pd.DataFrame({"latest_share": _part(units[1]), "before_share": _part(units[0])})
    found["change_low_share"], found["change_high_share"], found["trend"] = np.nan, np.nan, UNKNOWN
    was, now = int(counts[0].sum()), int(counts[1].sum())
    if min(was, now) < FEWEST_LINES:
        return found
    low, high = difference(counts[1], now, counts[0], was, _z(size))
    found["change_low_share"], found["change_high_share"] = low, high
    found["trend"] = np.where(low > 0, GAINING, np.where(high < 0, LOSING, STEADY))
    return found


def _between_places(lines: Lines, value: Ints, values: list[str], places: list[str]) -> pd.DataFrame:
    """Return for each value where its share is highest and, of the places it leads beyond chance, their names."""
    size = len(values)
    found = pd.DataFrame(
        {"best_location": None, "best_location_share": np.nan, "leads_at": ""}, index=range(size)
    )  # fmt: skip
    cell = (lines.place * size + value)[lines.sells]
    counts = np.bincount(cell, minlength=len(places) * size).reshape(len(places), size)
    totals = counts.sum(axis=1)
    enough = totals >= FEWEST_LINES
    if enough.sum() < 2:
        return found
    shown = [place for place, told in zip(places, enough, strict=True) if told]
    share = counts[enough] / totals[enough][:, None]
    found["best_location"] = pd.Series([shown[at] for at in share.argmax(axis=0)], dtype=object)
    found["best_location_share"] = share.max(axis=0)
    z = _z(len(shown))
    led: dict[str, list[str]] = {}
    for place, row, total in zip(shown, share, totals[enough], strict=True):
        top, second = np.argsort(-row, kind="stable")[:2] if len(row) > 1 else (0, 0)
        gap = row[top] - row[second]
        if gap > z * np.sqrt((row[top] + row[second] - gap**2) / total):
            led.setdefault(values[top], []).append(place)
    found["leads_at"] = [words.listed(led.get(value, [])) for value in values]
    return found


def _part(units: Floats) -> Floats:
    """Return units as shares of their sum, NaN where that is not above zero; more given back than sold is nothing."""
    kept = units.clip(min=0)
    whole = float(kept.sum())
    return kept / (whole if whole > 0 else np.nan)


def _z(comparisons: int) -> float:
    """Return how many standard errors keep all of several comparisons together within the confidence (Bonferroni)."""
    return chances.normal_quantile(1 - (1 - CONFIDENCE) / (2 * max(comparisons, 1)))


def _share(value: float, shop: Shop) -> str:
    return words.share(value, shop.language, 0)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

"""What people choose: the favourite of every trait that lines carry, such as colour and size, and what is gaining."""

from __future__ import annotations

import json

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.sales.books import Books

Floats = npt.NDArray[np.float64]

CONFIDENCE = 0.95
FEWEST_LINES = 30  # of a place or a stretch of days, before anything is said about it
GAINING, LOSING, STEADY, UNKNOWN = "gaining", "losing", "steady", "not known"
COLUMNS = [
    "attribute", "value", "units", "lines", "line_sales_minor", "share", "latest_share", "before_share",
    "change_low_share", "change_high_share", "trend", "best_location", "best_location_share", "leads_at",
]  # fmt: skip


def choices(books: Books, compare_days: int = 28) -> pd.DataFrame:
    """Return every value of every attribute on the lines of completed sales, most units first within an attribute.

    Columns: ``attribute``, ``value`` (letter case ignored, shown as it is mostly written), ``units``, ``lines``,
    ``line_sales_minor``; ``share`` of the units that have the attribute; ``latest_share`` and ``before_share`` of the
    last ``compare_days`` business days and of all before; the interval of their difference and what it says
    (``trend``: gaining, losing, steady, or not known with under 30 lines on either side); the place where it has the
    highest share (``best_location``, none with one place); and the places it leads beyond chance (``leads_at``).
    Lines without the attribute count nowhere. Data without attributes give an empty table.
    """
    lines = _lines(books)
    if lines.empty:
        return pd.DataFrame(columns=COLUMNS)
    latest = lines["day"] > books.receipts["day"].max() - pd.Timedelta(days=compare_days)
    names = books.locations.set_index("location_id")["location_name"]
    sets = [json.loads(text) for text in lines["attributes"].cat.categories]
    parts = []
    for attribute in sorted({name for traits in sets for name in traits}):
        value = _values(lines["attributes"], sets, attribute)
        has = value.notna().to_numpy()
        mine = lines[has].assign(value=value[has].to_numpy(), latest=latest[has])
        parts.append(_of_one(mine, names).assign(attribute=attribute))
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def sentences(table: pd.DataFrame, shop: Shop, compare_days: int = 28) -> list[str]:
    """Return what is chosen most of each attribute of :func:`choices`; changes only where they are beyond chance."""
    return [sentence(table, attribute, shop, compare_days) for attribute in table["attribute"].unique()]


def sentence(table: pd.DataFrame, attribute: str, shop: Shop, compare_days: int = 28) -> str:
    """Return the favourite of one attribute, the values that gain and lose most, and where another one leads."""
    mine = table[table["attribute"] == attribute]
    top = mine.iloc[0]
    if len(mine) == 1:
        return f"Every {attribute} sold is {top['value']}."
    text = f"{_capital(top['value'])} is the favourite {attribute}: {_share(float(top['share']), shop)} of units"
    for word, better in ((GAINING, 1), (LOSING, -1)):
        moved = mine[mine["trend"] == word]
        if len(moved):
            most = moved.loc[(better * (moved["latest_share"] - moved["before_share"])).idxmax()]
            now, was = (_share(float(most[name]), shop) for name in ("latest_share", "before_share"))
            text += f"; {most['value']} is {word} ({now} in the last {compare_days} days, {was} before)"
    other = mine[(mine["leads_at"] != "") & (mine["value"] != top["value"])]
    led = [f"{value} leads at {places}" for value, places in zip(other["value"], other["leads_at"], strict=True)]
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


def _lines(books: Books) -> pd.DataFrame:
    """Return the lines of completed sales that have attributes, these as a category of JSON texts."""
    sold = books.sold_lines
    lines = sold[sold["attributes"].notna().to_numpy()]
    return lines.assign(attributes=lines["attributes"].astype("category").cat.remove_unused_categories())


def _values(texts: pd.Series, sets: list[dict[str, str]], attribute: str) -> pd.Series:
    """Return one attribute of each line, missing where it has none; spellings by letter case are one."""
    written = [str(traits.get(attribute, "")).strip() for traits in sets]
    often = pd.Series(texts.value_counts(sort=False).to_numpy(), index=written).groupby(level=0).sum()
    best = {word.casefold(): word for word in often.sort_values(kind="stable").index}
    shown = {text: best[word.casefold()] or None for text, word in zip(texts.cat.categories, written, strict=True)}
    return texts.astype(object).map(shown)


def _of_one(lines: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Return the values of one attribute, each compared over time and between places."""
    table = lines.groupby("value").agg(
        units=("quantity", "sum"), lines=("quantity", "size"), line_sales_minor=("line_total_minor", "sum")
    )
    table["share"] = table["units"] / table["units"].sum()
    table = table.sort_values("units", ascending=False, kind="stable")
    table = table.join(_over_time(lines, table.index)).join(_between_places(lines, table.index, names))
    return table.reset_index()


def _over_time(lines: pd.DataFrame, values: pd.Index) -> pd.DataFrame:
    units, counts = (
        lines.pivot_table(index="value", columns="latest", values="quantity", aggfunc=how, observed=True)
        .reindex(index=values, columns=[False, True]).astype("float64").fillna(0)
        for how in ("sum", "size")
    )  # fmt: skip
    total = units.sum().where(lambda amount: amount > 0)
    found = pd.DataFrame({"latest_share": units[True] / total[True], "before_share": units[False] / total[False]})
    was, now = (int(counts[side].sum()) for side in (False, True))
    found["change_low_share"], found["change_high_share"], found["trend"] = np.nan, np.nan, UNKNOWN
    if min(was, now) < FEWEST_LINES:
        return found
    low, high = difference(counts[True], now, counts[False], was, _z(len(values)))
    found["change_low_share"], found["change_high_share"] = low, high
    found["trend"] = np.where(low > 0, GAINING, np.where(high < 0, LOSING, STEADY))
    return found


def _between_places(lines: pd.DataFrame, values: pd.Index, names: pd.Series) -> pd.DataFrame:
    """Return for each value where its share is highest and, of the places it leads beyond chance, their names."""
    found = pd.DataFrame({"best_location": None, "best_location_share": np.nan, "leads_at": ""}, index=values)
    counts = lines.pivot_table(
        index="location_id", columns="value", values="quantity", aggfunc="size", observed=True, fill_value=0
    )
    counts = counts.reindex(columns=values)[counts.sum(axis=1) >= FEWEST_LINES]
    if len(counts) < 2:
        return found
    shown = [str(names.get(place, place)) for place in counts.index]
    share = counts.div(counts.sum(axis=1), axis=0).to_numpy()
    found["best_location"] = [shown[at] for at in share.argmax(axis=0)]
    found["best_location_share"] = share.max(axis=0)
    z = _z(len(counts))
    led: dict[str, list[str]] = {}
    for place, row, total in zip(shown, share, counts.sum(axis=1), strict=True):
        top, second = np.argsort(-row, kind="stable")[:2] if len(row) > 1 else (0, 0)
        gap = row[top] - row[second]
        if gap > z * np.sqrt((row[top] + row[second] - gap**2) / total):
            led.setdefault(values[top], []).append(place)
    found["leads_at"] = [words.listed(led.get(value, [])) for value in values]
    return found


def _z(comparisons: int) -> float:
    """Return how many standard errors keep all of several comparisons together within the confidence (Bonferroni)."""
    return float(stats.norm.ppf(1 - (1 - CONFIDENCE) / (2 * max(comparisons, 1))))


def _share(value: float, shop: Shop) -> str:
    return words.share(value, shop.language, 0)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

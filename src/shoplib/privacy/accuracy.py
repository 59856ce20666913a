"""How often people would be mistaken on the shop's own camera, before anybody is recognised there.

Faces of the same few people say the same thing again and again, so the intervals rest on people and not on faces: a
pair of people is one trial however often they were compared, and so is one person met again. Rates are means over
these; intervals are the exact binomial ones (Clopper and Pearson, 1934) at that number of trials, as Korn and Graubard
(1998) have them for clustered data.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from shoplib.base import words
from shoplib.errors import ContractError

Floats = npt.NDArray[np.float64]
NEEDED = ("distance", "same", "first", "second")
ALL = "All"
GO, FEW, MANY = "go", "no go: too few people to tell", "no go: too many mistakes"
LEVEL = 0.95
UNKNOWN = "What mistakes to expect is not known: of nobody here is it known who they are."
COLUMNS = (
    "band", "wrong_trials", "wrong_rate", "wrong_low", "wrong_high", "missed_trials", "missed_rate", "missed_low",
    "missed_high", "verdict",
)  # fmt: skip
MOST_WRONG, MOST_MISSED = 0.05, 0.25
"""Shares of visits that may go wrong, or stay unrecognised, at the upper end of the interval."""


class Accuracy(NamedTuple):
    """What can be promised, and whether to go on."""

    table: pd.DataFrame
    """One row for all and one a band: band; trials, compared, rate, low, high of wrong matches (``wrong_``) and of
    people not known again (``missed_``), shares of one; wrong_in, worst_in: visits for each wrong match, expected and
    at worst; verdict."""
    sentence: str
    go: bool


Compared = tuple[Floats, Sequence[str | None], pd.DataFrame]
"""Square distances, whose each row truly is, and bands; see ``pairs``."""


def pairs(distance: Floats, person: Sequence[str | None], bands: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return every two rows of known people as one row: distance, same, first, second, and the bands.

    ``distance`` is square, one row a piece; ``person`` says whose it truly is, or nothing. Bands are columns, one row a
    piece, as ordered categories from worst to best; two pieces are in the worse band of both.
    """
    known = np.array([name is not None for name in person], dtype=bool)
    one, other = np.triu_indices(int(known.sum()), 1)
    names, who = np.unique([name for name in person if name is not None], return_inverse=True)
    low, high = np.minimum(who[one], who[other]), np.maximum(who[one], who[other])
    far = distance[np.ix_(known, known)][one, other]
    found = pd.DataFrame({"distance": far, "same": low == high, "first": names[low], "second": names[high]})
    for name, column in (pd.DataFrame() if bands is None else bands).items():
        of = column[known].astype("category").array
        found[str(name)] = pd.Categorical.from_codes(np.minimum(of.codes[one], of.codes[other]), dtype=of.dtype)
    return found


def accuracy(
    labelled: pd.DataFrame,
    cut: float,
    known: int,
    *,
    bands: Sequence[str] = (),
    most_wrong: float = MOST_WRONG,
    most_missed: float = MOST_MISSED,
    language: str = "en_GB",
) -> Accuracy:
    """Return what to expect at ``cut`` if each visit is compared with ``known`` people; lines as ``pairs`` gives them.

    It is a go if, for all and in each band, the upper ends of both intervals stay within ``most_wrong`` of the visits
    and ``most_missed`` of those of known people. Raises ``ContractError`` if a column is missing or a distance is none.
    """
    _checked(labelled, bands)
    parts = {ALL: labelled}
    for band in bands:
        parts |= {f"{band}: {value}": part for value, part in labelled.groupby(band, observed=False, sort=True)}
    rows = [_row(name, part, cut, known, (most_wrong, most_missed)) for name, part in parts.items()]
    table = pd.DataFrame(rows)
    return Accuracy(table, _sentence(table, cut, known, language), bool((table["verdict"] == GO).all()))


def expected(compared: Compared | None, cut: float, known: int, language: str = "en_GB") -> Accuracy:
    """Return what to expect from pieces of tracks whose people are known; a table without rows where none are."""
    if compared is None:
        return Accuracy(pd.DataFrame(columns=list(COLUMNS)), UNKNOWN, False)
    labelled = pairs(*compared)
    return accuracy(labelled, cut, known, bands=[str(name) for name in compared[2].columns], language=language)


def cut_for(labelled: pd.DataFrame, rate: float) -> float | None:
    """Return the greatest distance seen at which the false match rate is at most ``rate`` even at the upper end.

    ``None`` if no cut of this material can promise that: there are too few pairs of people.
    """
    _checked(labelled, ())
    cuts = np.unique(labelled["distance"].to_numpy(dtype=float))
    low, high = 0, len(cuts)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if _wrong(labelled, cuts[middle]).high <= rate else (low, middle)
    return float(cuts[low - 1]) if low else None


def interval(rate: float, trials: int, level: float = LEVEL) -> tuple[float, float]:
    """Return the exact binomial interval of a rate over some trials; the errors need not be a whole number.

    >>> [round(end, 4) for end in interval(0, 100)]
    [0.0, 0.0362]
    """
    if not trials:
        return 0.0, 1.0
    errors, tail = rate * trials, (1 - level) / 2
    low = float(special.betaincinv(errors, trials - errors + 1, tail)) if errors > 0 else 0.0
    high = float(special.betaincinv(errors + 1, trials - errors, 1 - tail)) if errors < trials else 1.0
    return low, high


def _checked(labelled: pd.DataFrame, bands: Sequence[str]) -> None:
    lacking = [name for name in (*NEEDED, *bands) if name not in labelled.columns]
    wrong = 0 if lacking else int((~np.isfinite(labelled["distance"].to_numpy(dtype=float))).sum())
    if lacking or wrong:
        raise ContractError(
            "These are no labelled pairs", found=f"no column {', '.join(lacking)}" if lacking else
            f"{words.plural(wrong, 'distance')} that are no number", wanted=f"columns {', '.join((*NEEDED, *bands))}",
            next_step="make them with  pairs(distance, person, bands)",
        )  # fmt: skip


class Rate(NamedTuple):
    """How often something went wrong: independent trials, comparisons, mean over the trials, and its interval."""

    trials: int
    compared: int
    rate: float
    low: float
    high: float


def _rate(mistaken: pd.Series, trial: list[pd.Series]) -> Rate:
    each = mistaken.astype(float).groupby(trial).mean()
    rate = float(each.mean()) if len(each) else float("nan")
    return Rate(len(each), len(mistaken), rate, *interval(rate, len(each)))


def _wrong(labelled: pd.DataFrame, cut: float) -> Rate:
    two = labelled[~labelled["same"].astype(bool)]
    return _rate(two["distance"] <= cut, [two["first"], two["second"]])


def _missed(labelled: pd.DataFrame, cut: float) -> Rate:
    one = labelled[labelled["same"].astype(bool)]
    return _rate(one["distance"] > cut, [one["first"]])


def _row(name: str, part: pd.DataFrame, cut: float, known: int, most: tuple[float, float]) -> dict[str, Any]:
    wrong, missed = _wrong(part, cut), _missed(part, cut)
    least, expected, worst = (_a_visit(rate, known) for rate in (wrong.low, wrong.rate, wrong.high))
    verdict = GO if worst <= most[0] and missed.high <= most[1] else FEW
    if least > most[0] or missed.low > most[1]:
        verdict = MANY
    return {
        "band": name,
        **{f"wrong_{field}": value for field, value in wrong._asdict().items()},
        **{f"missed_{field}": value for field, value in missed._asdict().items()},
        "wrong_in": 1 / expected if expected else float("inf"),
        "worst_in": 1 / worst if worst else float("inf"),
        "verdict": verdict,
    }


def _a_visit(rate: float, known: int) -> float:
    """Return the share of visits with a wrong match if each is compared with ``known`` people."""
    return float(-np.expm1(known * np.log1p(-rate))) if rate != 1 else float(known > 0)


def _sentence(table: pd.DataFrame, cut: float, known: int, language: str) -> str:
    """Return what a shop can say: one wrong match in so many visits, at worst; then whether to go on, and why not."""
    row = table.to_dict("records")[0]
    people = f"With {words.plural(known, 'person', 'people')} known"
    seen = f"{words.plural(row['wrong_trials'], 'pair')} of people"
    worst = f"1 in {words.count(np.floor(row['worst_in']), language)}" if row["worst_in"] >= 2 else "every one"
    if not row["wrong_trials"]:
        first = "Nothing can be said of wrong matches: no two different people were compared"
    elif not row["wrong_rate"]:
        first = f"{people}, at worst {worst} of the visits is matched wrongly: none was among {seen}"
    else:
        number = words.count(max(1, round(row["wrong_in"])), language)
        first = f"{people}, expect 1 wrong match in {number} visits, at worst {worst} (95 % interval, {seen})"
    again = "nobody was met twice" if not row["missed_trials"] else (
        f"of visits of known people {words.share(row['missed_rate'], language)} are not recognised, at worst "
        f"{words.share(row['missed_high'], language)}")  # fmt: skip
    stops = [f"{one['band']}, {one['verdict'].removeprefix('no go: ')}"
             for one in table.to_dict("records") if one["verdict"] != GO]  # fmt: skip
    verdict = f"No go at a distance of {cut:g}: {'; '.join(stops)}" if stops else f"Go at a distance of {cut:g}"
    return f"{first}; {again}. {verdict}."

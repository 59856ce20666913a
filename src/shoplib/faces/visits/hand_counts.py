"""People who count a clip by hand, and how far the camera's count of the shop's own footage is off."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from shoplib.base import words
from shoplib.config.cameras import Cameras
from shoplib.config.models import Shop
from shoplib.errors import ConfigError
from shoplib.faces.footage.clips import Clip
from shoplib.faces.visits import frequency
from shoplib.faces.visits.stays import visit_of
from shoplib.store import files

FILE = "hand_counts.csv"
HEADER = ("clip", "from_s", "to_s", "visits", "counted_by", "counted_at")
WHEN = "%Y-%m-%dT%H:%M:%SZ"
MEND = "mend or take away these lines; lines are written by  shoplib faces hand-count"
COLUMNS = ["clip", "from_s", "to_s", "by_hand", "by_camera", "off", "counted_by"]
PROTOCOL = (
    "Count by watching, without looking at the camera’s figure first: every customer whose face can be seen in the "
    "clip, or the part of it that is counted, is one visit, also who is there already or still there at its ends. Who "
    "goes out and is back within {gap} seconds is one visit. Who works here does not count. Of two cameras that show "
    "the same people, count each by itself. Short parts are better than long ones: in one part, a visit missed and one "
    "counted twice cancel each other out."
)


class Count(NamedTuple):
    """What somebody counted in a clip."""

    clip: str
    from_s: float | None
    """From where in the clip, in seconds; None: the whole clip."""
    to_s: float | None
    visits: int
    counted_by: str
    counted_at: dt.datetime
    """UTC."""


class Off(NamedTuple):
    """How far the camera's count is off."""

    parts: int
    """Clips, or parts of clips, that were counted by hand."""
    by_hand: float
    by_camera: int
    wrong: float
    """Visits missed and visits too many, added up over the parts."""
    share: frequency.Estimate
    """``wrong`` as a share of the visits counted by hand (exact Poisson interval; Garwood, 1936)."""


def load(folder: Path) -> list[Count]:
    """Return the counts of a private folder in the order written; no file, none.

    Raises ``ConfigError`` with every line that is not a count.
    """
    path = folder / FILE
    if not path.is_file():
        return []
    try:
        rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig")), strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(
            "The counts by hand cannot be read", where=str(path), found=str(error), wanted="a CSV file in UTF-8",
            next_step="save it as CSV with UTF-8, or take it away and count again",
        ) from error  # fmt: skip
    problems = [] if rows and tuple(rows[0]) == HEADER else [f"line 1: the header is {','.join(HEADER)}"]
    counts = []
    for number, cells in enumerate(rows[1:], start=2):
        if not cells:
            continue
        try:
            counts.append(_count(cells))
        except ValueError as error:
            problems.append(f"line {number}: {error}")
    if problems:
        raise ConfigError("Lines of the counts by hand are not counts", where=str(path), details=problems,
                          next_step=MEND)  # fmt: skip
    return counts


def record(folder: Path, count: Count) -> None:
    """Add a count to the file, whole or not at all; the newest of the same person and part is the one that holds.

    Raises ``ConfigError`` if it is no count, or if its part overlaps another part of the clip that was counted.
    """
    try:
        _proper(count)
    except ValueError as error:
        raise ConfigError("This is no count", found=str(error), next_step="give it again") from error
    before = load(folder)
    mine = _part(count)
    for other in before:
        theirs = _part(other)
        if other.clip == count.clip and theirs != mine and theirs[0] < mine[1] and mine[0] < theirs[1]:
            raise ConfigError(
                "Part of this was counted already", where=str(folder / FILE), found=_told_part(other),
                wanted="the same part, or one that does not overlap it",
                next_step="count that part again, or take its lines out of the file",
            )  # fmt: skip
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(_cells(one) for one in (*before, count))
    files.write_text(folder / FILE, text.getvalue())


def compared(
    counts: Sequence[Count], stays: pd.DataFrame, sightings: pd.DataFrame, clips: Sequence[Clip], cameras: Cameras
) -> pd.DataFrame:
    """Return one row a counted part, in order of clip and time: what people counted, and the camera.

    Columns clip, from_s, to_s (missing: the whole clip), by_hand (the mean, where several people counted), by_camera
    (customers' visits with a face in the part), off (camera less hand), counted_by. Clips that are not among ``clips``
    are left out.
    """
    starts = {clip.name: pd.Timestamp(clip.starts) for clip in clips}
    newest = {(count.clip, *_part(count), count.counted_by): count for count in counts if count.clip in starts}
    if not newest:
        return pd.DataFrame({name: pd.Series(dtype="object") for name in COLUMNS})
    table = pd.DataFrame([(*key, count.visits) for key, count in newest.items()],
                         columns=["clip", "begins", "ends", "who", "visits"])  # fmt: skip
    table = table.sort_values(["clip", "begins", "ends", "who"])
    by = table.groupby(["clip", "begins", "ends"])
    told = by.agg(by_hand=("visits", "mean"), counted_by=("who", ", ".join)).reset_index()
    customers = set(stays.loc[stays["staff"].isna(), "visit_id"])
    visit = visit_of(sightings, clips, cameras)
    seen = sightings[["clip", "seen_at"]].assign(visit=visit)[visit.isin(customers).to_numpy()]
    at_s = (seen["seen_at"] - seen["clip"].map(starts)).dt.total_seconds()
    told["by_camera"] = [
        seen.loc[(seen["clip"] == clip) & at_s.between(begins, ends), "visit"].nunique()
        for clip, begins, ends in told[["clip", "begins", "ends"]].itertuples(index=False)
    ]
    told["off"] = told["by_camera"] - told["by_hand"]
    whole = told["ends"].eq(float("inf"))
    return told.assign(from_s=told["begins"].mask(whole), to_s=told["ends"].mask(whole))[COLUMNS]


def error(table: pd.DataFrame) -> Off:
    """Return how far the camera is off over all parts of the table of ``compared``."""
    hand, wrong = float(table["by_hand"].sum()), float(table["off"].abs().sum())
    if not hand:
        share = frequency.Estimate(float("nan"), 0.0, float("inf"))
    else:
        share = frequency.Estimate(*(end / hand for end in frequency.counted(wrong)))
    return Off(len(table), hand, int(table["by_camera"].sum()), wrong, share)


def told(off: Off, shop: Shop) -> str:
    """Return the measured error in a sentence, or what to do where nothing was counted."""
    if not off.parts:
        return (
            "Nobody has counted this footage by hand, so its error is not known. Count a clip and tell it with  "
            "shoplib faces hand-count SCENARIO CLIP VISITS --by NAME"
        )
    hand = words.count(off.by_hand, shop.language, 0 if off.by_hand == round(off.by_hand) else 1)
    text = (
        f"Counted by hand in {words.plural(off.parts, 'part')} of the footage: {hand} visits, {off.by_camera} by camera"
    )
    if not off.by_hand:
        return f"{text}. Without visits there is no error to measure."
    share, low, high = (words.share(end, shop.language) for end in off.share)
    return f"{text}. The camera’s error is {share}, between {low} and {high} with 95% confidence."


def protocol(cameras: Cameras) -> str:
    """Return how to count by hand, as it is printed beside the error."""
    return PROTOCOL.format(gap=cameras.visit_gap_s)


def _count(cells: Sequence[str]) -> Count:
    """Return the count of a line; ``ValueError`` says what is wrong with it."""
    if len(cells) != len(HEADER):
        raise ValueError(f"{len(cells)} cells where there are {len(HEADER)} columns")
    clip, begins, ends, visits, by, at = (cell.strip() for cell in cells)
    if not visits.isdecimal():
        raise ValueError(f"{visits!r} is not a number of visits")
    try:
        moment = dt.datetime.strptime(at, WHEN).replace(tzinfo=dt.UTC)
    except ValueError:
        raise ValueError(f"{at!r} is not a moment such as 2024-05-01T09:30:00Z") from None
    count = Count(clip, _second(begins), _second(ends), int(visits), by, moment)
    _proper(count)
    return count


def _second(text: str) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        raise ValueError(f"{text!r} is not a number of seconds") from None


def _proper(count: Count) -> None:
    if not count.clip:
        raise ValueError("no clip is named")
    if not count.counted_by.strip():
        raise ValueError("it does not say who counted")
    if count.visits < 0:
        raise ValueError(f"{count.visits} visits")
    begins, ends = count.from_s, count.to_s
    if (begins is None) != (ends is None) or (begins is not None and not 0 <= begins < ends < float("inf")):  # type: ignore[operator]  # both are there or none
        raise ValueError(f"from {begins} to {ends} seconds is no part of a clip")


def _part(count: Count) -> tuple[float, float]:
    return (0.0, float("inf")) if count.from_s is None or count.to_s is None else (count.from_s, count.to_s)


def _told_part(count: Count) -> str:
    part = "the whole clip" if count.from_s is None else f"{count.from_s:g} to {count.to_s:g} s"
    return f"{count.clip}, {part}: {count.visits} visits, by {count.counted_by}"


def _cells(count: Count) -> tuple[str, ...]:
    part = ("" if end is None else f"{end:g}" for end in (count.from_s, count.to_s))
    return count.clip, *part, str(count.visits), count.counted_by, count.counted_at.astimezone(dt.UTC).strftime(WHEN)

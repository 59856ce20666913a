"""What people know better, as lines that name faces by time and place and are replayed on every run.

``must``: two faces are one person. ``cannot``: the first face is not the person of the second. ``ignore``: this piece
of a track is no person. ``never``: the person of this face is not counted, wherever they are seen.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from shoplib.errors import ConfigError, StoreError
from shoplib.faces.identity import anchors, linking
from shoplib.faces.identity.anchors import Anchor, Seen
from shoplib.store import files

FILE = "corrections.csv"
HEADER = ("kind", "clip", "at_s", "x", "y", "other_clip", "other_at_s", "other_x", "other_y", "note")
MUST, CANNOT, IGNORE, NEVER = "must", "cannot", "ignore", "never"
PAIRS, ALONE = (MUST, CANNOT), (IGNORE, NEVER)
WAIT_S = 20.0
MEND = "mend or take away this line; lines are written by  shoplib faces merge, split, not, ignore"


class Line(NamedTuple):
    """One line of the file."""

    kind: str
    one: Anchor
    other: Anchor | None
    note: str
    number: int = 0
    """Which line of the file it is; the header is line 1."""

    def told(self) -> str:
        """Return the line as a person reads it."""
        return f"line {self.number}: {','.join(_cells(self))}"


class Lost(NamedTuple):
    """A line that could not be replayed, and why; it stays in the file."""

    line: Line
    why: str


@dataclass(frozen=True)
class Corrections:
    """The lines of a file."""

    lines: tuple[Line, ...] = ()
    where: str = ""


@dataclass(frozen=True)
class Replayed:
    """Lines by the pieces they are about."""

    musts: list[tuple[int, int, Line]]
    cannots: list[tuple[int, int, Line]]
    ignored: frozenset[int]
    never: frozenset[int]
    cuts: list[tuple[int, int]]
    """Rows of ``Seen.faces`` of which people say that they are two persons, though they lie in one piece."""
    lost: list[Lost]


def load(folder: Path) -> Corrections:
    """Return the corrections of a private folder; no file, none. ``ConfigError``, with the line, if one is torn."""
    path = folder / FILE
    if not path.is_file():
        return Corrections(where=str(path))
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _wrong(path, 0, f"byte {error.start} is no UTF-8 text") from None
    except OSError as error:
        raise StoreError("The corrections cannot be read", where=str(path), found=str(error),
                         next_step="make the file readable for you") from error  # fmt: skip
    rows = text.splitlines(keepends=True)
    if rows and not rows[-1].endswith(("\n", "\r")):
        raise _wrong(path, len(rows), "the line breaks off")
    cells = [_split(path, number, row) for number, row in enumerate(rows, start=1)]
    if not cells or tuple(cells[0]) != HEADER:
        raise _wrong(path, 1, ",".join(cells[0])[:80] if cells else "nothing", ",".join(HEADER))
    filled = ((number, row) for number, row in enumerate(cells[1:], start=2) if any(row))
    return Corrections(tuple(_line(path, number, row) for number, row in filled), str(path))


def append(folder: Path, lines: Sequence[Line], seen: Seen) -> list[Line]:
    """Write new lines behind those there are, all or none, and return them; those there already are left out.

    Raises ``ConfigError`` if they and the lines before contradict each other or what the cameras saw.
    """
    from filelock import FileLock

    path = folder / FILE
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / f".{FILE}.lock", timeout=WAIT_S, is_singleton=True):
        before = load(folder)
        known = {line[:3] for line in before.lines}
        fresh = [line for line in dict.fromkeys(lines) if line[:3] not in known]
        added = [line._replace(number=at) for at, line in enumerate(fresh, start=len(before.lines) + 2)]
        every = replace(before, lines=before.lines + tuple(added))
        impossible = [lost for lost in replay(every, seen).lost if lost.line in added]
        if impossible:
            raise ConfigError(
                "This correction cannot hold", where=str(path), found=impossible[0].why,
                wanted="two people seen at the same time stay two; nothing was written",
                details=[lost.line.told() for lost in impossible[:3]],
                next_step="look at the moment again; if one piece is wrong, take it out first:  shoplib faces not",
            )  # fmt: skip
        _write(path, every.lines)
    return added


def forget(folder: Path, spans: Sequence[tuple[str, float, float]]) -> int:
    """Take away every line that names a moment of some spans (clip as in anchors, seconds from and to).

    Returns how many there were; for an erasure, which leaves no trace of a person.
    """
    before = load(folder)

    def named(anchor: Anchor | None) -> bool:
        return anchor is not None and any(anchor.clip == clip and a <= anchor.at_s <= b for clip, a, b in spans)

    kept = [line for line in before.lines if not named(line.one) and not named(line.other)]
    if len(kept) < len(before.lines):
        _write(folder / FILE, kept)
    return len(before.lines) - len(kept)


def merge(seen: Seen, one: str, other: str) -> list[Line]:
    """Return the lines that make two customers one: every piece of both belongs to the largest one."""
    centre, *rest = [*_pieces(seen, one), *_pieces(seen, other)]
    return [pair(MUST, seen, centre, node, f"merge {one} {other}") for node in rest]


def split(seen: Seen, customer: str, groups: Sequence[Sequence[int]]) -> list[Line]:
    """Return the lines that part a customer into groups of pieces: each holds together, no two are one person.

    The first group keeps the key.
    """
    note, lines = f"split {customer}", []
    for at, group in enumerate(groups):
        lines += [pair(MUST, seen, group[0], node, note) for node in group[1:]]
        lines += [pair(CANNOT, seen, group[0], before[0], note) for before in groups[:at]]
    return lines


def not_this_person(seen: Seen, customer: str, nodes: Sequence[int]) -> list[Line]:
    """Return the lines that say that pieces are not a customer, who keeps the others."""
    others = [node for node in _pieces(seen, customer) if node not in set(nodes)]
    if not others:
        raise ConfigError(
            "Nothing would be left of this customer", found=f"{customer} has no other piece than the ones named",
            wanted="a part of what the customer has",
            next_step=f"if this is nobody to count:  shoplib faces ignore SCENARIO {customer}",
        )  # fmt: skip
    return [pair(CANNOT, seen, node, others[0], f"not {customer}") for node in nodes]


def ignore(seen: Seen, nodes: Sequence[int], note: str = IGNORE) -> list[Line]:
    """Return the lines that leave pieces out: what was taken for a face there is none."""
    return [Line(IGNORE, seen.anchor(node), None, note) for node in nodes]


def never(seen: Seen, customer: str) -> list[Line]:
    """Return the lines that leave a person out, wherever they are seen."""
    return [Line(NEVER, seen.anchor(node), None, f"ignore {customer}") for node in _pieces(seen, customer)]


def replay(corrections: Corrections, seen: Seen) -> Replayed:
    """Return what the lines say of the pieces there are now.

    A line whose face is no more, or that asks for two people of one moment to be one, is listed as lost. Raises
    ``ConfigError``, naming both lines, if two contradict each other.
    """
    ones = seen.found([line.one for line in corrections.lines])
    others = seen.found([line.other or line.one for line in corrections.lines])
    node = np.append(seen.faces["node"].to_numpy(dtype=np.int64), -1)
    made = Replayed([], [], frozenset(), frozenset(), [], [])
    alone: dict[str, set[int]] = {IGNORE: set(), NEVER: set()}
    links = linking.Links(seen.apart)
    for line, row, other_row in zip(corrections.lines, ones.tolist(), others.tolist(), strict=True):
        one, other = int(node[row]), int(node[other_row])
        if row < 0 or other_row < 0:
            made.lost.append(Lost(line, "no face is there any more, or its clip is not read"))
        elif line.kind in ALONE:
            alone[line.kind].add(one)
        elif line.kind == CANNOT and one == other:
            made.cuts.append((row, other_row))
        elif line.kind == CANNOT:
            made.cannots.append((one, other, line))
        elif links.join(one, other):
            made.musts.append((one, other, line))
        else:
            made.lost.append(Lost(line, "both were seen by one camera at the same time"))
    for one, other, line in made.cannots:
        if links.group[one] == links.group[other]:
            raise _contradiction(corrections.where, line, _path(made.musts, one, other))
    return replace(made, ignored=frozenset(alone[IGNORE]), never=frozenset(alone[NEVER]))


def _path(musts: Sequence[tuple[int, int, Line]], one: int, other: int) -> list[Line]:
    """Return the lines that make two pieces one person, from the one to the other."""
    reached: dict[int, list[Line]] = {one: []}
    while other not in reached:
        for first, second, line in musts:
            for here, there in ((first, second), (second, first)):
                if here in reached and there not in reached:
                    reached[there] = [*reached[here], line]
    return reached[other]


def _contradiction(where: str, line: Line, path: Sequence[Line]) -> ConfigError:
    lines = sorted([line, *path], key=lambda each: each.number)
    return ConfigError(
        "Two corrections contradict each other", where=where,
        found=f"line {line.number} tells apart what line{'s' * (len(path) > 1)} "
        f"{' and '.join(str(each.number) for each in path)} put together",
        wanted="one of the two", details=[each.told() for each in lines],
        next_step="take the line away that is wrong, then say it again; nothing was written",
    )  # fmt: skip


def _pieces(seen: Seen, customer: str) -> list[int]:
    mine = seen.of(customer)
    if not mine:
        known = sorted(seen.nodes["customer_id"].dropna().unique())
        raise ConfigError(
            "There is no such customer in the footage", found=customer,
            wanted=f"one of {known[0]} … {known[-1]}" if known else "a customer; nobody was recognised",
            next_step="see the keys in the table footage_visits of the latest run",
        )  # fmt: skip
    return mine


def pair(kind: str, seen: Seen, one: int, other: int, note: str) -> Line:
    """Return a line that puts two pieces together or tells the first from the second."""
    return Line(kind, seen.anchor(one), seen.anchor(other), note)


def _split(path: Path, number: int, row: str) -> list[str]:
    try:
        return next(csv.reader([row.rstrip("\r\n")], strict=True), [])
    except csv.Error as error:
        raise _wrong(path, number, str(error)) from None


def _line(path: Path, number: int, cells: list[str]) -> Line:
    if len(cells) != len(HEADER):
        raise _wrong(path, number, f"{len(cells)} cells", f"{len(HEADER)} cells: {','.join(HEADER)}")
    kind = cells[0]
    if kind not in PAIRS + ALONE:
        raise _wrong(path, number, f"kind {kind[:40]!r}", ", ".join(PAIRS + ALONE))
    if kind in ALONE and any(cells[5:9]):
        raise _wrong(path, number, f"{kind} with a second face", f"{kind} names one face")
    other = _anchor(path, number, cells[5:9]) if kind in PAIRS else None
    return Line(kind, _anchor(path, number, cells[1:5]), other, cells[9], number)


def _anchor(path: Path, number: int, cells: list[str]) -> Anchor:
    try:
        at_s, x, y = (float(cell) for cell in cells[1:])
    except ValueError:
        raise _wrong(path, number, f"{','.join(cells[1:])}", "seconds and pixels as numbers, such as 12.4") from None
    if not (anchors.CLIP.fullmatch(cells[0]) and all(map(math.isfinite, (at_s, x, y)))):
        raise _wrong(path, number, ",".join(cells)[:80], "v and 16 digits of the clip, seconds and pixels")
    return Anchor(cells[0], at_s, x, y)


def _wrong(path: Path, number: int, found: str, wanted: str = "lines as they were written") -> ConfigError:
    where = f"{path}, line {number}" if number else str(path)
    return ConfigError("A correction cannot be read", where=where, found=found, wanted=wanted, next_step=MEND)


def _cells(line: Line) -> tuple[str, ...]:
    one, other = (
        ("", "", "", "") if anchor is None else (anchor.clip, *(f"{round(part, 3):.12g}" for part in anchor[1:]))
        for anchor in (line.one, line.other)
    )
    return (line.kind, *one, *other, line.note)


def _write(path: Path, lines: Sequence[Line]) -> None:
    """Write all lines, whole or not at all; only their owner may read them."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([HEADER, *map(_cells, lines)])
    with files.writing(path) as part:
        part.touch(mode=0o600)
        part.write_text(written.getvalue(), encoding="utf-8", newline="")

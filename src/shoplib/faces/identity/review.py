"""What is worth a person's look: the checks that change the report most, to be answered in a spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from shoplib.errors import ConfigError
from shoplib.faces.identity import anchors, cluster, corrections, linking
from shoplib.faces.identity.anchors import Anchor, Seen
from shoplib.faces.identity.corrections import Line, Replayed
from shoplib.faces.pictures import Bools, Ints
from shoplib.store import files

if TYPE_CHECKING:
    from shoplib.faces.identity.gallery import Known
    from shoplib.faces.identity.naming import People

LOW_SHARE, HIGH_SHARE = 0.48 / 0.54, 0.62 / 0.54
"""Two customers this far apart, as shares of ``max_distance``, may be one."""
UNSURE_SHARE = 0.5 / 0.54
"""A customer whose faces are farther apart, on average, than this share may be several."""
MOST = 10
UNSEEN_COUNTS = 0.25
"""What a visitor whose face was never good enough counts beside one whose face was."""
PAIR, UNSURE, STRAY = "pair", "unsure", "stray"
NEAR = {"kind": "object", "one": "object", "other": "object", "distance": "float64", "share": "float64",
        "question": "object", "one_at": "object", "other_at": "object"}  # fmt: skip
COLUMNS = ("rank", "question", "one", "other", "distance", "visits", "answer", "kind", "one_at", "other_at")
SAME, DIFFERENT, IGNORE = "same", "different", "ignore"
ANSWERS = (SAME, DIFFERENT, IGNORE, "")
PLACE = re.compile(r"(v[0-9a-f]{16})@([0-9.]+)@(-?[0-9.]+)@(-?[0-9.]+)")


@dataclass(frozen=True)
class Rows:
    """How like one another the faces of people are, one row a piece or several that are one."""

    key: list[str | None]
    node: list[int | None]
    """The first piece among those of ``Seen``; None if it is of another clip."""
    total: cluster.Floats
    """Sums of distances between the faces of two rows."""
    faces: cluster.Floats
    sworn: Bools
    """Rows that people put together."""


def near(seen: Seen, rows: Rows, said: Replayed, max_distance: float) -> tuple[pd.DataFrame, frozenset[str]]:
    """Return everything worth a look as ``NEAR``, and the customers who may be several people.

    Pairs seen at the same time, or told apart by people, are not asked about again.
    """
    names = sorted({key for key in rows.key if key is not None})
    place = {name: at for at, name in enumerate(names)}
    of = np.array([place.get(key or "", -1) for key in rows.key], dtype=np.int64)
    mine = of >= 0
    total = cluster.gathered(rows.total[np.ix_(mine, mine)], of[mine], len(names))
    faces = cluster.sizes(of[mine], len(names), rows.faces[mine])
    found = _pairs(seen, names, cluster.means(total, faces) / max_distance, _settled(seen, said, place))
    pairs = faces**2 - faces
    inner = np.divide(np.diagonal(total), pairs, out=np.zeros(len(names)), where=pairs > 0) / max_distance
    unsure = []
    for at in np.flatnonzero(inner > UNSURE_SHARE).tolist():
        part = np.flatnonzero(of == at)
        if not (len(part) == 1 and rows.sworn[part[0]]):
            unsure.append(names[at])
            found.append(_unsure(seen, rows, names[at], float(inner[at]), part))
    strays = [at for at, key in enumerate(rows.key) if key is None and rows.node[at] is not None]
    found += _strays(seen, rows, strays, names, of, max_distance, said)
    table = pd.DataFrame(found, columns=list(NEAR)).astype(NEAR)
    table["distance"] = (table["share"] * max_distance).round(4)
    return table, frozenset(unsure)


def _settled(seen: Seen, said: Replayed, place: dict[str, int]) -> Bools:
    """Return which customers are known to be two people: seen at the same time, or told apart by people."""
    of = np.array([place.get(str(name), -1) for name in seen.nodes["customer_id"]], dtype=np.int64)
    mine = of >= 0
    settled = np.zeros((len(place), len(place)), dtype=bool)
    if mine.any():
        there = cluster.gathered(seen.apart[np.ix_(mine, mine)].astype(np.float64), of[mine], len(place))
        settled |= there > 0
    for one, other, _ in said.cannots:
        if max(one, other) < len(of) and of[one] >= 0 and of[other] >= 0:
            settled[of[one], of[other]] = settled[of[other], of[one]] = True
    return settled


def _pairs(seen: Seen, names: Sequence[str], share: cluster.Floats, settled: Bools) -> list[dict[str, object]]:
    found = []
    for one, other in np.argwhere(np.triu((share <= HIGH_SHARE) & ~settled, 1)).tolist():
        found.append(_row(PAIR, names[one], names[other], float(share[one, other]),
                          f"Are {names[one]} and {names[other]} one person?",
                          _best(seen, names[one]), _best(seen, names[other])))  # fmt: skip
    return found


def _unsure(seen: Seen, rows: Rows, name: str, share: float, part: Ints) -> dict[str, object]:
    group = parts(rows.total[np.ix_(part, part)], rows.faces[part])
    places = []
    for number in (0, 1):
        nodes = [rows.node[at] for at in part[group == number]]
        known = [node for node in nodes if node is not None]
        places.append(_told(seen.anchor(known[0])) if known else "")
    return _row(UNSURE, name, "", share, f"Are all faces of {name} one person?", *places)


def _strays(
    seen: Seen, rows: Rows, strays: list[int], names: Sequence[str], of: Ints, max_distance: float, said: Replayed
) -> list[dict[str, object]]:
    """Return a row for each piece of the footage without a customer."""
    found, mine = [], np.flatnonzero(of >= 0)
    to = np.zeros((len(mine), len(names)))
    to[np.arange(len(mine)), of[mine]] = 1
    those = np.array(strays, dtype=np.int64)
    means = cluster.means_between(rows.total[np.ix_(those, mine)] @ to, rows.faces[those], rows.faces[mine] @ to)
    gone = said.ignored | said.never
    for at, share in zip(strays, means / max_distance, strict=True):
        node = rows.node[at]
        if node is None or node in gone:
            continue
        about = seen.nodes.loc[node]
        minutes, seconds = divmod(int(seen.anchor(node).at_s), 60)
        who = f"the visitor in clip {about['clip']} at {minutes}:{seconds:02d}"
        nearest = int(share.argmin()) if len(names) else -1
        if nearest >= 0 and share[nearest] <= HIGH_SHARE:
            name = names[nearest]
            found.append(_row(STRAY, "", name, float(share[nearest]), f"Is {who} {name}?", _told(seen.anchor(node)),
                              _best(seen, name)))  # fmt: skip
        else:
            found.append(_row(STRAY, "", "", np.nan, f"Is {who} a person?", _told(seen.anchor(node)), ""))
    return found


def kept(seen: Seen, known: Known, said: Replayed) -> Rows:
    """Return how like one another people are by what the gallery keeps of them, for footage that was read before."""
    count = len(known.about)
    node = anchors.same(seen, known.faces, count)
    row_of = {place: row for row, place in enumerate(node) if place is not None}
    pairs = [(row_of[one], row_of[other]) for one, other, _ in said.musts if one in row_of and other in row_of]
    atom = linking.linked(pairs, np.zeros((count, count), dtype=bool))
    first = np.unique(atom, return_index=True)[1].tolist()
    strays = [int(at) for at in seen.nodes.index[seen.nodes["customer_id"].isna()]]
    atoms, size = len(first), len(first) + len(strays)
    total, faces = np.zeros((size, size)), np.zeros(size)
    total[:atoms, :atoms] = cluster.sums(known.prints, atom[known.owner], atoms)
    faces[:atoms] = cluster.sizes(atom[known.owner], atoms)
    keys = [str(known.about["key"].iloc[at]) for at in first]
    sworn = np.bincount(atom, minlength=atoms) > 1
    return Rows([*keys, *[None] * len(strays)], [*[node[at] for at in first], *strays], total, faces,
                np.append(sworn, np.zeros(len(strays), dtype=bool)))  # fmt: skip


def parts(total: cluster.Floats, faces: cluster.Floats) -> Ints:
    """Return the pieces of a customer as the two that average linkage joins last, the larger as 0."""
    count = len(faces)
    joins = cluster.merges(cluster.means(total, faces), np.maximum(faces, 1), np.zeros((count, count), dtype=bool),
                           np.inf)  # fmt: skip
    last = max(count - 2, 0)
    group = cluster.cut(cluster.Merges(joins.one[:last], joins.other[:last], joins.height[:last]), count, np.inf)
    sizes = cluster.sizes(group, 2, faces)
    swapped: Ints = 1 - group if sizes[1] > sizes[0] else group
    return swapped


def halves(rows: Rows, customer: str) -> list[list[int]] | None:
    """Return the pieces of a customer in two groups, the larger first; None if they have fewer than two rows."""
    mine = np.array([at for at, key in enumerate(rows.key) if key == customer and rows.node[at] is not None])
    if len(mine) < 2:
        return None
    group = parts(rows.total[np.ix_(mine, mine)], rows.faces[mine])
    return [[node for at in mine[group == number] if (node := rows.node[at]) is not None] for number in (0, 1)]


def sides(row: Mapping[Hashable, object], seen: Seen) -> list[list[int]]:
    """Return the pieces to show for a check: those of the one side and those of the other, the named one first."""
    shown = []
    for name, at in (("one", "one_at"), ("other", "other_at")):
        node = _node(str(row[at]), seen)
        others = seen.of(str(row[name])) if row[name] else []
        shown.append(list(dict.fromkeys([*([] if node is None else [node]), *others])))
    return [nodes for nodes in shown if nodes]


def ranked(near: pd.DataFrame, visits: pd.Series, most: int | None = MOST) -> pd.DataFrame:
    """Return the checks that change the report most as ``COLUMNS``; ``visits`` counts those of each customer.

    A check is worth the visits that hang on it, the more the nearer the two are to the border.
    """
    one, other = (near[side].map(visits).fillna(0).astype("float64") for side in ("one", "other"))
    stray = near["kind"] == STRAY
    stake = (one + other).where(~stray, 1)
    close = ((HIGH_SHARE - near["share"]) / (HIGH_SHARE - LOW_SHARE)).clip(0.1, 1)
    worth = stake * close.where(near["kind"] != UNSURE, 1).fillna(UNSEEN_COUNTS)
    table = near.assign(visits=stake.round().astype("int64"), worth=worth, answer="")
    table = table.sort_values(["worth", "question"], ascending=[False, True], kind="stable", ignore_index=True)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return table[list(COLUMNS)].head(most if most is not None else len(table))


def sheet(people: People, stays: pd.DataFrame, most: int | None = MOST) -> pd.DataFrame:
    """Return the checks that change the report most, by the visits of ``stays``; see ``COLUMNS``."""
    return ranked(people.near, stays["customer_id"].value_counts(), most)


def write(path: Path, table: pd.DataFrame) -> None:
    """Write a sheet as CSV, to be answered and read back with ``answers``."""
    files.write_text(path, table.to_csv(index=False, lineterminator="\n"))


def answers(path: Path, seen: Seen) -> list[Line]:
    """Return the corrections that the answers of a sheet ask for; rows without an answer ask for none.

    Raises ``ConfigError`` for answers that are none, with their lines.
    """
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig", sep=None, engine="python")
    except (OSError, ValueError) as error:
        raise ConfigError("The answers cannot be read", where=str(path), found=str(error).strip(),
                          wanted="the sheet that  shoplib faces review  wrote, as CSV") from error  # fmt: skip
    missing = [name for name in COLUMNS if name not in table]
    if missing:
        raise ConfigError("The answers cannot be read", where=str(path), found=f"no column {', '.join(missing)}",
                          wanted="the sheet that  shoplib faces review  wrote, as CSV")  # fmt: skip
    table["answer"] = table["answer"].str.strip().str.lower()
    wrong = [f"line {at}: {answer!r}" for at, answer in enumerate(table["answer"], start=2) if answer not in ANSWERS]
    if wrong:
        raise ConfigError("Some answers are none", where=str(path), found=f"{len(wrong)} of {len(table)}",
                          wanted="same, different, ignore, or nothing", details=wrong[:MOST])  # fmt: skip
    lines: list[Line] = []
    for number, row in enumerate(table.to_dict("records"), start=2):
        if row["answer"]:
            lines += _asked_for({str(name): str(cell) for name, cell in row.items()}, seen, f"{path}, line {number}")
    return lines


def _asked_for(row: dict[str, str], seen: Seen, where: str) -> list[Line]:
    """Return the lines one answer asks for."""
    answer, kind = row["answer"], row["kind"]
    one, other = (_node(row[name], seen) for name in ("one_at", "other_at"))
    note = f"review {row['one']} {row['other']}".strip()
    if one is None:
        raise _gone(row, where)
    first = seen.nodes["customer_id"].get(one)
    if answer == IGNORE and kind == PAIR:
        raise ConfigError("It is not said which of the two to ignore", where=where, found=row["question"],
                          wanted="same, different, or nothing",
                          next_step="shoplib faces ignore SCENARIO CUSTOMER")  # fmt: skip
    if answer == IGNORE:
        return corrections.never(seen, str(first)) if kind == UNSURE else corrections.ignore(seen, [one])
    if other is None:
        raise _gone(row, where)
    second = seen.nodes["customer_id"].get(other)
    if answer == DIFFERENT:
        return [corrections.pair(corrections.CANNOT, seen, other, one, note)]
    if kind == STRAY or first is None or second is None:
        return [corrections.pair(corrections.MUST, seen, other, one, note)]
    return corrections.merge(seen, str(first), str(second))


def _gone(row: dict[str, str], where: str) -> ConfigError:
    return ConfigError(
        "This answer names a face that is not there", where=where, found=row["question"],
        wanted="two faces of the latest run" if row["other_at"] else "ignore, or no answer",
        next_step="write the sheet anew:  shoplib faces review",
    )  # fmt: skip


def _node(text: str, seen: Seen) -> int | None:
    parts = PLACE.fullmatch(text.strip())
    if not parts:
        return None
    row = int(seen.found([Anchor(parts[1], *(float(part) for part in parts.groups()[1:]))])[0])
    return int(seen.faces["node"].iloc[row]) if row >= 0 else None


def _best(seen: Seen, customer: str) -> str:
    mine = seen.of(customer)
    return _told(seen.anchor(mine[0])) if mine else ""


def _told(anchor: Anchor) -> str:
    return "@".join([anchor.clip, *(f"{part:.2f}" for part in anchor[1:])])


def _row(kind: str, one: str, other: str, share: float, question: str, one_at: str, other_at: str) -> dict[str, object]:
    return {"kind": kind, "one": one, "other": other, "distance": np.nan, "share": share, "question": question,
            "one_at": one_at, "other_at": other_at}  # fmt: skip

"""Pieces of footage put together with what was known before and with what people say: who is the same person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from shoplib.faces.identity import anchors, cluster, linking
from shoplib.faces.identity.anchors import Seen
from shoplib.faces.identity.corrections import Lost, Replayed
from shoplib.faces.identity.gallery import KNOWN, PHOTO, Known
from shoplib.faces.identity.pieces import STRICT_SHARE, Pieces
from shoplib.faces.pictures import Bools, Ints, Prints

LOOSE_SHARE = 0.62 / 0.54
"""A piece keeps the key it had while it is this near to what else is known of the person, as a share."""
HIGH_SHARE = LOOSE_SHARE
"""Up to here, as a share of ``max_distance``, a sweep goes and two customers may be one."""


NOBODY = Known(
    pd.DataFrame(columns=list(KNOWN)).astype(KNOWN), np.empty((0, 1)), np.zeros(0, dtype=np.int64),
    anchors.together([]),
)  # fmt: skip


@dataclass(frozen=True)
class Nodes:
    """Pieces of the footage, and behind them those the gallery keeps, with all that is known of them."""

    current: int
    """How many are of the footage; they come first."""
    prints: Prints
    owner: Ints
    founds: Bools
    apart: Bools
    label: list[str | None]
    """The key each had before."""

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.founds)


@dataclass(frozen=True)
class Groups:
    """Who is the same person, at one distance."""

    atom: Ints
    """Which atom each node belongs to: nodes that are one whatever their faces say."""
    group: Ints
    """Which person each atom is, from 0; −1 for those that stay without."""
    founders: Ints
    """The atoms that may be a person by themselves."""
    joins: cluster.Merges
    """How the founders, by their place among them, came together, up to the widest distance of the sweep."""
    total: cluster.Floats
    """Sums of distances between the faces of two atoms."""
    faces: cluster.Floats
    """Compared faces of each atom."""
    apart: Bools
    """Atoms that are never one person."""
    label: list[str | None]
    """The lasting key of each atom."""
    sworn: Bools
    """Atoms that people put together."""
    lost: list[Lost]


def without(known: Known, clips: frozenset[str]) -> Known:
    """Return what is known from other clips than these."""
    stays = ~known.about["sha256"].isin(clips).to_numpy(dtype=bool)
    place = np.cumsum(stays) - 1
    mine, there = stays[known.owner], stays[known.faces["node"].to_numpy()]
    faces = known.faces[there]
    return Known(
        known.about[stays].reset_index(drop=True),
        known.prints[mine],
        place[known.owner[mine]],
        faces.assign(node=place[faces["node"].to_numpy()]).reset_index(drop=True),
    )


def with_known(seen: Seen, known: Known) -> Seen:
    """Return whose faces were where, with what is known from other clips behind, so that corrections reach it."""
    count, kept = len(seen.nodes), len(known.about)
    nodes = known.about.rename(columns={"sha256": "clip", "key": "customer_id"}).assign(faces=1)[anchors.NODES]
    apart = np.zeros((count + kept, count + kept), dtype=bool)
    apart[:count, :count] = seen.apart
    return Seen(
        anchors.together([seen.faces, known.faces.assign(node=known.faces["node"] + count)]),
        pd.concat([part for part in (seen.nodes, nodes) if len(part)] or [nodes], ignore_index=True),
        apart,
    )


def left_out(groups: Groups, said: Replayed) -> frozenset[int]:
    """Return the nodes that people leave out: pieces that are no person, and every piece of those never counted."""
    person = groups.group[groups.atom]
    never = list(said.never)
    whole = np.isin(groups.atom, groups.atom[never]) | ((person >= 0) & np.isin(person, person[never]))
    return said.ignored | frozenset(np.flatnonzero(whole).tolist())


def nodes(pieces: Pieces, prints: Prints, known: Known, prior: Sequence[str | None]) -> Nodes:
    """Return pieces and what is known as nodes; ``prints`` are those of the pieces, turned as the known ones are."""
    current, kept = len(pieces.about), len(known.about)
    count = current + kept
    apart = np.zeros((count, count), dtype=bool)
    apart[:current, :current] = pieces.apart
    columns = ["camera", "begins", "ends", "sha256"]
    both = pd.concat([pieces.about[columns], known.about[columns]])
    camera = pd.factorize(both["camera"])[0]
    begins, ends = (both[side].astype("int64").to_numpy() for side in ("begins", "ends"))
    of_clip = (both["sha256"].to_numpy() != PHOTO)[current:]
    at_once = (
        (camera[:current, None] == camera[None, current:])
        & (begins[:current, None] <= ends[None, current:])
        & (begins[None, current:] <= ends[:current, None])
        & of_clip[None]
    )
    apart[:current, current:] = at_once
    apart[current:, :current] = at_once.T
    return Nodes(
        current,
        np.concatenate([part for part in (prints, known.prints) if len(part)] or [np.empty((0, 1))]),
        np.concatenate([pieces.owner, known.owner + current]),
        np.concatenate([pieces.about["founds"].to_numpy(dtype=bool), np.ones(kept, dtype=bool)]),
        apart,
        [*prior, *known.about["key"]],
    )


def priors(seen: Seen, known: Known) -> list[str | None]:
    """Return the key each piece had when its clip was read before: that of most kept faces in its time and place."""
    rows = seen.found([anchors.Anchor(*row) for row in known.faces[["clip", "at_s", "x", "y"]].itertuples(index=False)])
    there = rows >= 0
    votes = pd.DataFrame(
        {
            "node": seen.faces["node"].to_numpy()[rows[there]],
            "key": known.about["key"].to_numpy()[known.faces["node"].to_numpy()[there]],
        }
    )
    counts = votes.value_counts(["node", "key"], sort=False).reset_index()
    best = counts.sort_values(["node", "count", "key"], ascending=[True, False, True]).drop_duplicates("node")
    prior: list[str | None] = [None] * len(seen.nodes)
    for node, key in zip(best["node"], best["key"], strict=True):
        prior[int(node)] = str(key)
    return prior


def grouped(all_nodes: Nodes, said: Replayed, max_distance: float) -> Groups:
    """Return who is the same person.

    First what people say holds, then the keys there were, then the faces: founders come together by average linkage,
    the others join the nearest person at a stricter distance. Known people are never joined with one another.
    """
    count = all_nodes.count
    usable = ~np.isin(all_nodes.owner, list(said.ignored))
    prints, owner = all_nodes.prints[usable], all_nodes.owner[usable]
    total = cluster.sums(prints, owner, count)
    faces = cluster.sizes(owner, count)
    label = _labels(all_nodes, said, cluster.means(total, faces), max_distance * LOOSE_SHARE)
    apart = all_nodes.apart.copy()
    for one, other, _ in said.cannots:
        apart[one, other] = apart[other, one] = True
    names = pd.factorize(pd.Series(label, dtype="object"))[0]
    apart |= (names[:, None] >= 0) & (names[None] >= 0) & (names[:, None] != names[None])
    links = linking.Links(apart)
    lost = [Lost(line, "the two cannot be one: they were seen at the same time, or are told apart by other lines")
            for one, other, line in said.musts if not links.join(one, other)]  # fmt: skip
    for name in range(int(names.max(initial=-1)) + 1):
        mine = np.flatnonzero(names == name)
        first = min(mine.tolist(), key=lambda at: (at < all_nodes.current, at))
        for node in mine.tolist():
            if not links.join(first, node):
                label[node] = None
    atom = cluster.counted(links.group)
    atoms = int(atom.max(initial=-1)) + 1
    keys: list[str | None] = [None] * atoms
    for node, key in enumerate(label):
        keys[atom[node]] = key or keys[atom[node]]
    ignored = np.isin(np.arange(count), list(said.ignored))
    sworn = np.isin(np.arange(atoms), atom[[node for one, other, _ in said.musts for node in (one, other)]]
                    if said.musts else [])  # fmt: skip
    founds = np.zeros(atoms, dtype=bool)
    founds[atom[all_nodes.founds & ~ignored]] = True
    founds |= sworn | np.array([key is not None for key in keys], dtype=bool)
    held = np.zeros(atoms, dtype=bool)
    held[atom[~ignored]] = True
    founds &= held
    by_atom = cluster.gathered(total, atom, atoms)
    faces_each = cluster.sizes(atom, atoms, faces)
    never = linking.apart_by(atom, apart)
    founders = np.flatnonzero(founds)
    among = np.ix_(founders, founders)
    joins = cluster.merges(
        cluster.means(by_atom, faces_each)[among], np.maximum(faces_each[founders], 1), never[among],
        max_distance * HIGH_SHARE,
    )  # fmt: skip
    group = np.full(atoms, -1, dtype=np.int64)
    group[founders] = cluster.cut(joins, len(founders), max_distance)
    _joined(group, by_atom, faces_each, never, held, max_distance * STRICT_SHARE)
    return Groups(atom, group, founders, joins, by_atom, faces_each, never, keys, sworn, lost)


def _labels(all_nodes: Nodes, said: Replayed, mean: cluster.Floats, loose: float) -> list[str | None]:
    """Return the key each node starts with: the one it had, unless people or its face say otherwise.

    Two known customers whom people call one get the lower key. Of two pieces whom people call different, the one named
    first loses the key, and with it all that people put together with it.
    """
    label = [None if node in said.ignored else name for node, name in enumerate(all_nodes.label)]
    names = pd.Series(label, dtype="object")
    for node in [node for node in range(all_nodes.current) if label[node] is not None]:
        others = np.flatnonzero((names == label[node]).to_numpy() & (np.arange(all_nodes.count) >= all_nodes.current))
        far = mean[node, others]
        if np.isfinite(far).any() and far[np.isfinite(far)].mean() > loose:
            label[node] = None
    sworn = linking.linked(((one, other) for one, other, _ in said.musts), all_nodes.apart)
    for one, other, _ in said.cannots:
        theirs = {label[node] for node in np.flatnonzero(sworn == sworn[other])} - {None}
        for node in np.flatnonzero(sworn == sworn[one]).tolist():
            if label[node] in theirs:
                label[node] = None
    same: dict[str, str] = {}
    for number in range(int(sworn.max(initial=-1)) + 1):
        mine = np.flatnonzero(sworn == number)
        found = sorted({_first(same, name) for node in mine if (name := label[node]) is not None})
        same.update(dict.fromkeys(found[1:], found[0]) if found else {})
    return [None if name is None else _first(same, name) for name in label]


def _first(same: Mapping[str, str], name: str) -> str:
    while name in same:
        name = same[name]
    return name


def _joined(
    group: Ints, total: cluster.Floats, faces: cluster.Floats, apart: Bools, held: Bools, max_distance: float
) -> None:
    """Let atoms that founded nobody join the nearest person, nearest first; persons are as their founders are."""
    count = int(group.max(initial=-1)) + 1
    waiting = np.flatnonzero((group < 0) & (faces > 0) & held)
    if not count or not len(waiting):
        return
    of = group >= 0
    to = np.zeros((int(of.sum()), count))
    to[np.arange(len(to)), group[of]] = 1
    far = cluster.means_between(total[np.ix_(waiting, np.flatnonzero(of))] @ to, faces[waiting], faces[of] @ to)
    barred = apart[np.ix_(waiting, np.flatnonzero(of))].astype(np.float64) @ to > 0
    near = np.argwhere(far <= max_distance)
    for at, person in near[np.lexsort((near[:, 1], near[:, 0], far[tuple(near.T)]))].tolist():
        if group[waiting[at]] < 0 and not barred[at, person]:
            group[waiting[at]] = person
            barred[:, person] |= apart[waiting, waiting[at]]

"""Who came: pieces of tracks put together as people, and each person called by a key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.base import calendar
from shoplib.config.cameras import Cameras
from shoplib.config.models import Shop
from shoplib.config.privacy import Mode
from shoplib.faces.footage.watched import Watched
from shoplib.faces.identity import anchors, corrections, keys, knowing, pieces, review, uncertainty
from shoplib.faces.identity.anchors import Seen
from shoplib.faces.identity.corrections import Corrections, Lost, Replayed
from shoplib.faces.identity.gallery import Gallery, Known
from shoplib.faces.identity.knowing import Groups, Nodes
from shoplib.faces.identity.pieces import Pieces
from shoplib.faces.pictures import Chip, Ints, Prints


@dataclass(frozen=True)
class People:
    """Who came; lists are in the order in which the clips were given, pieces in order of time."""

    faces: list[pd.DataFrame]
    """The faces of each clip with the number of their piece as ``track``, and ``customer_id`` added."""
    pieces: Pieces
    customer: list[str | None]
    """The key of each piece, or None: too small, too blurred or too short to tell, or nobody who agreed."""
    unsure: frozenset[str]
    """Customers whose faces are so far apart that they may be several people."""
    sweep: pd.DataFrame
    """How many people there would be at other distances: max_distance, people."""
    between: tuple[int, int]
    """The fewest and most different people it may have been."""
    review: pd.DataFrame
    """The ten checks that change most, as ``review.COLUMNS``; visits are pieces until ``review.sheet`` knows better."""
    near: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Everything worth a look: ``review.NEAR``."""
    ignored: frozenset[int] = frozenset()
    """Pieces left out because people said so; their faces have no track."""
    lost: tuple[Lost, ...] = ()
    """Corrections that could not be replayed, and why."""
    moved: dict[tuple[str, str, str], str | None] = field(default_factory=dict)
    """Kept pieces (key, digest of the clip, moment) that belong to another person since people said so."""
    seen: Seen | None = None
    """Whose faces were where, to correct them by."""


def people(
    watched: Sequence[Watched],
    cameras: Cameras,
    mode: Mode,
    *,
    known: Gallery | None = None,
    corrections: Corrections | None = None,
    consented: frozenset[str] | None = None,
    shop: Shop | None = None,
    prefix: str = keys.PREFIX,
    seed: int = 0,
    workers: int = 1,
) -> People:
    """Return who came in some clips; the order of the clips does not matter.

    ``count`` compares no faces and names nobody. ``session`` names people for a business day of ``shop``. ``recognise``
    numbers them by first appearance, after the highest number of ``known``, whose people keep their keys; with
    ``consented``, only those people of the gallery get a key. Raises ``SourceError`` if a clip is there twice.
    """
    ordered = pieces.in_order(watched)
    chips: list[list[Chip]] = [[] if mode == "count" else pieces.compared(one) for one in ordered]
    prints = [np.empty((0, 1)) for _ in ordered]
    if mode != "count" and any(chips):
        from shoplib.faces.models import embed

        pictures = [chip.picture for mine in chips for chip in mine]
        every = embed.prints(pictures, cameras.recogniser, workers)
        prints = np.split(every, np.cumsum([len(mine) for mine in chips])[:-1])
    found = told_apart(
        ordered, chips, prints, cameras, mode, known=known, said=corrections, consented=consented, shop=shop,
        prefix=prefix, seed=seed,
    )  # fmt: skip
    place = {id(one): at for at, one in enumerate(ordered)}
    return replace(found, faces=[found.faces[place[id(one)]] for one in watched])


def told_apart(
    watched: Sequence[Watched],
    chips: Sequence[Sequence[Chip]],
    prints: Sequence[Prints],
    cameras: Cameras,
    mode: Mode,
    *,
    known: Gallery | None = None,
    said: Corrections | None = None,
    consented: frozenset[str] | None = None,
    shop: Shop | None = None,
    prefix: str = keys.PREFIX,
    seed: int = 0,
) -> People:
    """Return who came, by the prints of the chips of each clip; clips are in order."""
    lines = said or Corrections()
    gallery = known if mode == "recognise" else None
    kept = gallery.known(consented) if gallery else knowing.NOBODY
    others = knowing.without(kept, frozenset(one.about.sha256 for one in watched))
    cut, numbers = pieces.cut(watched, chips, prints, cameras)
    seen = anchors.of_reading(watched, numbers, cut)
    told = corrections.replay(lines, knowing.with_known(seen, others))
    if cuts := _cuts(told, seen, watched):
        cut, numbers = pieces.cut(watched, chips, prints, cameras, cuts)
        seen = anchors.of_reading(watched, numbers, cut)
        told = corrections.replay(lines, knowing.with_known(seen, others))
    days = _days(cut, shop or Shop()) if mode == "session" else np.full(len(cut.about), "")
    cut = replace(cut, apart=cut.apart | (days[:, None] != days[None]))
    turned = gallery.turned(cut.prints) if gallery else cut.prints
    nodes = knowing.nodes(cut, turned, others, knowing.priors(seen, kept))
    groups = knowing.grouped(nodes, told, cameras.max_distance)
    left_out = knowing.left_out(groups, told)
    first = gallery.highest + 1 if gallery else 1
    if mode == "count":
        named: list[str | None] = [None] * nodes.count
    elif mode == "session":
        named = _of_days(groups, nodes, left_out, cut, days)
    else:
        named = _lasting(groups, nodes, left_out, cut, prefix, first, everybody=consented is None)
    customer = named[: nodes.current]
    seen = replace(seen, nodes=seen.nodes.assign(customer_id=pd.Series(customer, dtype="object")))
    near, unsure = review.near(seen, _rows(groups, nodes, named), told, cameras.max_distance)
    counted = _counting(groups, nodes, left_out, everybody=consented is None)
    few, many = uncertainty.between(groups, nodes.prints, groups.atom[nodes.owner], cameras.max_distance, counted, seed)
    exact = len(set(customer) - {None})
    return People(
        faces=_faces(watched, numbers, cut, customer, left_out),
        pieces=cut,
        customer=customer,
        unsure=unsure,
        sweep=uncertainty.sweep(groups, cameras.max_distance, counted),
        between=(min(few, exact), max(many, exact)) if mode != "count" else (0, 0),
        review=review.ranked(near, pd.Series(customer, dtype="object").value_counts()),
        near=near,
        ignored=frozenset(node for node in left_out if node < nodes.current),
        lost=(*told.lost, *groups.lost),
        moved=_moved(others, named[nodes.current :], left_out, nodes.current),
        seen=seen,
    )


def _cuts(told: Replayed, seen: Seen, watched: Sequence[Watched]) -> list[tuple[str, int, float]]:
    """Return where pieces are to be cut because people say that they are two persons: clip, row of a face, second."""
    whole = {anchors.digest_of(one.about.sha256): one.about.sha256 for one in watched}
    table, found = seen.faces, []
    for one, other in told.cuts:
        if max(one, other) < len(table) and table["clip"].iloc[one] in whole:
            middle = (table["at_s"].iloc[one] + table["at_s"].iloc[other]) / 2
            found.append((whole[table["clip"].iloc[one]], int(table["row"].iloc[one]), float(middle)))
    return found


def _days(cut: Pieces, shop: Shop) -> npt.NDArray[np.str_]:
    """Return month and day of the business day of each piece, with the year before them."""
    days = calendar.business_date(cut.about["begins"], shop.timezone, shop.day_start)
    return np.asarray(days.dt.strftime("%Y%m%d"), dtype=np.str_)


def _in_turn(groups: Groups, nodes: Nodes, left_out: frozenset[int], cut: Pieces) -> list[int]:
    """Return the people who came, by first appearance."""
    person = groups.group[groups.atom][: nodes.current]
    counts = (person >= 0) & ~np.isin(np.arange(nodes.current), list(left_out))
    begins = cut.about["begins"].astype("int64").to_numpy()
    order = np.lexsort((np.arange(nodes.current), begins))
    return list(dict.fromkeys(person[order][counts[order]].tolist()))


def _lasting(
    groups: Groups, nodes: Nodes, left_out: frozenset[int], cut: Pieces, prefix: str, first: int, *, everybody: bool
) -> list[str | None]:
    """Return the key of each node: the one its person had, else the next number; none for those who did not agree."""
    person = groups.group[groups.atom]
    key: dict[int, str] = {}
    for atom, label in enumerate(groups.label):
        if label is not None and groups.group[atom] >= 0:
            key[int(groups.group[atom])] = label
    if everybody:
        kept = [int(group) for group in dict.fromkeys(person[nodes.current :].tolist()) if group >= 0]
        fresh = [group for group in [*_in_turn(groups, nodes, left_out, cut), *kept] if group not in key]
        key |= {group: keys.lasting(number, prefix) for number, group in enumerate(dict.fromkeys(fresh), start=first)}
    return [None if node in left_out else key.get(int(group)) for node, group in enumerate(person)]


def _of_days(
    groups: Groups, nodes: Nodes, left_out: frozenset[int], cut: Pieces, days: npt.NDArray[np.str_]
) -> list[str | None]:
    """Return the key of each piece, counted anew on each business day."""
    person = groups.group[groups.atom]
    numbers: dict[str, int] = {}
    key: dict[int, str] = {}
    for group in _in_turn(groups, nodes, left_out, cut):
        day = str(days[np.flatnonzero(person == group)[0]])
        numbers[day] = numbers.get(day, 0) + 1
        key[group] = keys.of_day(day[4:], numbers[day])
    return [None if node in left_out else key.get(int(group)) for node, group in enumerate(person)]


def _counting(groups: Groups, nodes: Nodes, left_out: frozenset[int], *, everybody: bool) -> Callable[[Ints], int]:
    """Return what counts the people of the footage in a grouping of the founders."""
    here = np.array([node for node in range(nodes.current) if node not in left_out], dtype=np.int64)
    came = np.isin(groups.founders, groups.atom[here])
    agreed = np.array([everybody or groups.label[atom] is not None for atom in groups.founders], dtype=bool)

    def counted(group: Ints) -> int:
        return len(np.intersect1d(group[came], group[agreed]))

    return counted


def _rows(groups: Groups, nodes: Nodes, named: Sequence[str | None]) -> review.Rows:
    """Return what is known of the likeness of people, one row an atom."""
    _, first = np.unique(groups.atom, return_index=True)
    node = [int(at) if at < nodes.current else None for at in first]
    return review.Rows([named[at] for at in first], node, groups.total, groups.faces, groups.sworn)


def _faces(
    watched: Sequence[Watched], numbers: Sequence[pd.Series], cut: Pieces, customer: Sequence[str | None],
    left_out: frozenset[int],
) -> list[pd.DataFrame]:  # fmt: skip
    """Return the faces of each clip with the number of their piece and the key of their person."""
    made, begin = [], 0
    names = np.array([*customer, None], dtype=object)
    for one, number in zip(watched, numbers, strict=True):
        of = number.to_numpy(dtype=np.int64, na_value=-1)
        node = np.where(of >= 0, of + begin, -1)
        gone = np.isin(node, list(left_out))
        made.append(
            one.faces.assign(track=number.mask(gone), customer_id=names[node]).astype({"customer_id": "object"})
        )
        begin += int(of.max(initial=-1)) + 1
    return made


def _moved(
    others: Known, named: Sequence[str | None], left_out: frozenset[int], current: int
) -> dict[tuple[str, str, str], str | None]:
    """Return which kept pieces belong to another person now; those left out belong to nobody."""
    about = others.about
    places = zip(about["key"], about["sha256"], about["begins"], strict=True)
    return {
        (str(key), str(clip), begins.isoformat()): name
        for node, ((key, clip, begins), name) in enumerate(zip(places, named, strict=True), start=current)
        if name != key and (name is not None or node in left_out)
    }

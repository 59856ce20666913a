"""The plan of one shelf: boards, what stands where on them, and which places are empty. Nothing is drawn here."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from shoplib.simulate.shelf.looks import Look, looks

WIDTH, HEIGHT = 1480, 1110
"""Size of a shelf in its own pixels, seen straight on; a photo shows a little less."""
ROWS = (3, 6)
HEADER, PLINTH = 0.10, 0.10
"""Shares of the height above the first room and below the last rail: no row is cut by the photo's edge."""
RAIL_PX = (22, 36)
WHOLE_PRODUCT = 0.5
"""Chance that a product which is short is sold out altogether."""
PUSHED_SHARE = 0.04


@dataclass(frozen=True)
class Board:
    """One row: room from ``top`` down to ``bottom``, where packs stand, then a rail of ``rail`` pixels."""

    top: int
    bottom: int
    rail: int


@dataclass(frozen=True)
class Facing:
    """One place for a pack at the front of a row, counted from 0 at the top left."""

    row: int
    product: int
    left: int
    width: int
    height: int
    empty: bool = False
    pushed_back: bool = False
    """There is a pack, but not at the front edge."""


@dataclass(frozen=True)
class Shelf:
    """A shelf as planned; facings run by row, left to right, and reach over both sides."""

    boards: tuple[Board, ...]
    looks: tuple[Look, ...]
    facings: tuple[Facing, ...]


def shelf(layout: np.random.Generator, emptying: np.random.Generator, gap_share: float) -> Shelf:
    """Return a shelf of three to six rows, ``gap_share`` of its facings empty (to the nearest facing, by chance).

    What stands where comes from ``layout`` alone, so that the same shelf can be had fuller or emptier.
    """
    boards = _boards(layout)
    known = looks(layout, int(layout.integers(16, 34)))
    placed: list[Facing] = []
    for row, board in enumerate(boards):
        placed += _row(layout, row, board, known)
    return Shelf(boards, tuple(known), _emptied(emptying, placed, gap_share))


def _boards(rng: np.random.Generator) -> tuple[Board, ...]:
    rows = int(rng.integers(ROWS[0], ROWS[1] + 1))
    rail = int(rng.integers(*RAIL_PX))
    first, last = round(HEIGHT * HEADER), round(HEIGHT * (1 - PLINTH))
    weights = rng.uniform(0.85, 1.15, rows)
    rooms = np.floor((last - first - rows * rail) * weights / weights.sum()).astype(int)
    tops = first + np.concatenate([[0], np.cumsum(rooms + rail)[:-1]])
    return tuple(Board(int(top), int(top + room), rail) for top, room in zip(tops, rooms, strict=True))


def _row(rng: np.random.Generator, row: int, board: Board, known: list[Look]) -> list[Facing]:
    """Fill a row from over its left side to over its right one: blocks of one to five packs of a product."""
    room = board.bottom - board.top
    kind = known[int(rng.integers(len(known)))].kind
    alike = [number for number, look in enumerate(known) if look.kind == kind]
    placed, left = [], -int(rng.integers(0, 60))
    while left < WIDTH:
        among = alike if rng.random() < 0.55 else range(len(known))
        product = int(rng.choice(np.asarray(among)))
        look = known[product]
        height = round(room * look.height_share)
        width = round(height * look.aspect)
        for _ in range(int(rng.integers(1, 6))):
            pushed = bool(rng.random() < PUSHED_SHARE)
            placed.append(Facing(row, product, left, width, height, pushed_back=pushed))
            left += width + int(rng.integers(1, 8))
            if left >= WIDTH:
                break
        left += int(rng.integers(0, 8))
    return placed


def _emptied(rng: np.random.Generator, placed: list[Facing], share: float) -> tuple[Facing, ...]:
    """Empty a share of the facings, product by product: all of it, or its packs at one end."""
    wanted = int(np.floor(len(placed) * share + rng.random()))
    block = np.cumsum([
        number > 0 and (one.row, one.product) != (placed[number - 1].row, placed[number - 1].product)
        for number, one in enumerate(placed)
    ])  # fmt: skip
    first: list[int] = []
    later: list[int] = []
    for chosen in rng.permutation(int(block.max()) + 1):
        members = np.flatnonzero(block == chosen)
        whole = rng.random() < WHOLE_PRODUCT
        take = len(members) if whole else int(rng.integers(1, len(members) + 1))
        ordered = members if rng.random() < 0.5 else members[::-1]
        first += ordered[:take].tolist()
        later += ordered[take:].tolist()
    gone = set([*first, *later][:wanted])
    return tuple(replace(one, empty=True) if number in gone else one for number, one in enumerate(placed))

"""A shelf drawn straight on: back wall, boards, rails with price tags, packs and their shadows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoplib.simulate.shelf import labels
from shoplib.simulate.shelf.looks import Colour, colour, shade
from shoplib.simulate.shelf.packs import Image, Pack, pack
from shoplib.simulate.shelf.shelf import HEIGHT, WIDTH, Board, Facing, Shelf

PUSHED_SCALE, PUSHED_LIGHT = 0.90, 0.72


@dataclass(frozen=True)
class Furniture:
    """Colours and make of a shelf: its back wall, smooth or with holes, its boards and its rails."""

    wall: Colour
    holes: bool
    board: Colour
    rail: Colour
    yellow_tags: bool
    depth: int
    """Pixels of a board's upper side that show in front of the wall where nothing stands."""


def furniture(rng: np.random.Generator) -> Furniture:
    """Return the furniture of one shop: pale or dark walls, rails that differ from them."""
    dark = bool(rng.random() < 0.2)
    wall = colour(rng.random(), rng.uniform(0.0, 0.12), rng.uniform(0.25, 0.38) if dark else rng.uniform(0.62, 0.86))
    hue, grey = rng.random(), rng.random() < 0.6
    level = rng.uniform(0.80, 0.97) if dark or rng.random() < 0.5 else rng.uniform(0.15, 0.40)
    rail = colour(hue, 0.03, level) if grey else colour(hue, rng.uniform(0.55, 0.9), rng.uniform(0.35, 0.8))
    return Furniture(
        wall, bool(rng.random() < 0.3), shade(wall, rng.uniform(0.86, 1.12)), rail, bool(rng.random() < 0.3),
        int(rng.integers(8, 20)),
    )  # fmt: skip


def scene(shelf: Shelf, made_of: Furniture, rng: np.random.Generator) -> Image:
    """Return the picture of a shelf, ``HEIGHT`` × ``WIDTH``, without a camera's faults."""
    image = np.empty((HEIGHT, WIDTH, 3), dtype=np.uint8)
    image[:] = made_of.wall
    if made_of.holes:
        image[4::26, 6::26] = shade(made_of.wall, 0.55)
        image[5::26, 6::26] = shade(made_of.wall, 0.55)
    image[: shelf.boards[0].top] = shade(made_of.board, 0.92)
    image[shelf.boards[-1].bottom :] = shade(made_of.board, 0.45)
    for board in shelf.boards:
        _board(image, board, made_of, rng)
    drawn: dict[tuple[int, int, int], Pack] = {}
    for facing in shelf.facings:
        if not facing.empty:
            _stand(image, shelf, facing, made_of, drawn, rng)
    for row, board in enumerate(shelf.boards):
        _rail(image, board, [one for one in shelf.facings if one.row == row], made_of, rng)
    return image


def _board(image: Image, board: Board, made_of: Furniture, rng: np.random.Generator) -> None:
    """Shade the room of one row: dark under the board above, and the board's own upper side at its foot."""
    room = image[board.top : board.bottom]
    fall = int(rng.uniform(0.10, 0.22) * len(room))
    light = np.ones(len(room))
    light[:fall] = np.linspace(0.55, 1.0, fall)
    room[:] = (room * light[:, None, None]).astype(np.uint8)
    image[board.bottom - made_of.depth : board.bottom] = made_of.board
    image[board.bottom - made_of.depth - 2 : board.bottom - made_of.depth] = shade(made_of.wall, 0.7)


def _stand(
    image: Image, shelf: Shelf, facing: Facing, made_of: Furniture, drawn: dict[tuple[int, int, int], Pack],
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Put one pack on its board, a little askew in light, with its shadow to the right."""
    scale = PUSHED_SCALE if facing.pushed_back else 1.0
    light = rng.uniform(0.94, 1.04) * (PUSHED_LIGHT if facing.pushed_back else 1.0)
    lift = made_of.depth if facing.pushed_back else int(rng.integers(0, 3))
    width, height = round(facing.width * scale), round(facing.height * scale)
    key = (facing.product, width, height)
    if key not in drawn:
        drawn[key] = pack(shelf.looks[facing.product], width, height)
    left = facing.left + (facing.width - width) // 2
    foot = shelf.boards[facing.row].bottom - lift
    shadow = image[foot - height // 2 : foot, max(0, left + width) : max(0, left + width + 6)]
    shadow[:] = (shadow * 0.72).astype(np.uint8)
    _paste(image, drawn[key], left, foot - height, light)


def _paste(image: Image, what: Pack, left: int, top: int, light: float) -> None:
    height, width = what.mask.shape
    first, last = max(0, -left), min(width, WIDTH - left)
    if last <= first:
        return
    solid = what.mask[:, first:last, None].astype(np.float32) / 255
    over = image[top : top + height, left + first : left + last]
    lit = np.clip(what.image[:, first:last] * np.float32(light), 0, 255)
    over[:] = (lit * solid + over * (1 - solid)).astype(np.uint8)


def _rail(image: Image, board: Board, facings: list[Facing], made_of: Furniture, rng: np.random.Generator) -> None:
    """Draw the rail in front of a board, with a price tag under the first pack of each product."""
    top, bottom = board.bottom, board.bottom + board.rail
    image[top:bottom] = made_of.rail
    image[top : top + 2] = shade(made_of.rail, 1.18)
    image[bottom - 2 : bottom] = shade(made_of.rail, 0.6)
    before = None
    for facing in facings:
        if facing.product == before:
            continue
        before = facing.product
        tag = labels.tag(board.rail - 6, int(rng.integers(40, 1500)), made_of.yellow_tags)
        height, width = tag.shape[:2]
        left = facing.left + int(rng.integers(0, max(1, facing.width // 3)))
        if left >= 0 and left + width <= WIDTH:
            image[top + 3 : top + 3 + height, left : left + width] = tag

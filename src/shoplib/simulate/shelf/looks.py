"""What a product looks like: its kind of pack, colours, printed word and proportions."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

Colour: TypeAlias = tuple[int, int, int]
"""Blue, green, red, 0 to 255 each: the order of OpenCV."""

KINDS = ("box", "bottle", "can", "pouch", "jar")
ASPECTS = {"box": (0.50, 1.05), "bottle": (0.26, 0.40), "can": (0.46, 0.66), "pouch": (0.60, 0.90), "jar": (0.56, 0.90)}
"""Width over height, least and most."""
HEIGHTS = {"box": (0.58, 0.92), "bottle": (0.74, 0.94), "can": (0.48, 0.66), "pouch": (0.60, 0.90), "jar": (0.48, 0.74)}
"""Height as a share of the room between two boards, least and most."""
SYLLABLES = ("ba", "bel", "cor", "da", "del", "fi", "gra", "ka", "lo", "ma", "mi", "na", "no", "or", "pa", "ri", "sol",
             "ta", "va", "zu")  # fmt: skip
STYLES = 6


@dataclass(frozen=True)
class Look:
    """One product as it is printed and shaped; every pack of it looks the same."""

    kind: str
    body: Colour
    accent: Colour
    label: Colour
    word: str
    style: int
    aspect: float
    height_share: float


def looks(rng: np.random.Generator, count: int) -> list[Look]:
    """Return ``count`` different products, invented names included; none for 0."""
    return [_look(rng) for _ in range(count)]


def _look(rng: np.random.Generator) -> Look:
    kind = str(rng.choice(KINDS))
    hue = float(rng.random())
    pale = rng.random() < 0.25  # white and pastel packs, the ones most like a wall
    body = colour(hue, rng.uniform(0.02, 0.25) if pale else rng.uniform(0.45, 0.95),
                  rng.uniform(0.82, 0.98) if pale else rng.uniform(0.30, 0.95))  # fmt: skip
    accent = colour(hue + rng.choice([0.08, 0.33, 0.5, 0.62]), rng.uniform(0.5, 0.95), rng.uniform(0.3, 0.95))
    light = rng.random() < 0.7
    label = colour(rng.random(), rng.uniform(0.0, 0.2), 0.96) if light else colour(hue, 0.5, rng.uniform(0.1, 0.3))
    word = "".join(rng.choice(SYLLABLES, int(rng.integers(2, 4)))).upper()
    return Look(
        kind, body, accent, label, word, int(rng.integers(STYLES)),
        float(rng.uniform(*ASPECTS[kind])), float(rng.uniform(*HEIGHTS[kind])),
    )  # fmt: skip


def colour(hue: float, saturation: float, value: float) -> Colour:
    """Return a colour of hue, saturation and value, each 0 to 1; the hue wraps around.

    >>> colour(0.0, 1.0, 1.0), colour(1.5, 0.0, 0.5)
    ((0, 0, 255), (128, 128, 128))
    """
    red, green, blue = colorsys.hsv_to_rgb(float(hue) % 1.0, float(saturation), float(value))
    return round(blue * 255), round(green * 255), round(red * 255)


def shade(of: Colour, factor: float) -> Colour:
    """Return a colour made lighter (factor over 1) or darker.

    >>> shade((100, 200, 40), 1.5)
    (150, 255, 60)
    """
    blue, green, red = (min(255, round(part * factor)) for part in of)
    return blue, green, red


def ink_on(ground: Colour) -> Colour:
    """Return near-black or near-white, whichever can be read on ``ground``."""
    blue, green, red = ground
    return (25, 25, 30) if 0.114 * blue + 0.587 * green + 0.299 * red > 128 else (245, 245, 245)

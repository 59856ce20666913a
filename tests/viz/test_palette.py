"""The colours: readable on white, and told apart by colour-blind readers."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from shoplib.viz import palette

# Linear-RGB matrices of Viénot, Brettel and Mollon (1999) for the two common kinds of colour blindness.
DEUTERANOPIA = np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]])
PROTANOPIA = np.array([[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]])


def lab(colour: str, matrix: np.ndarray) -> np.ndarray:
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = matrix @ np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ linear
    f = np.cbrt(xyz / np.array([0.9505, 1.0, 1.089]))
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("ink", [palette.INK, palette.INK_SOFT, palette.ACCENT, palette.WARNING])
def test_inks_read_on_white(ink: str) -> None:
    assert palette.contrast(ink, palette.PAPER) >= 4.5


@pytest.mark.parametrize("matrix", [np.eye(3), DEUTERANOPIA, PROTANOPIA], ids=["full", "deuteranopia", "protanopia"])
def test_first_series_colours_differ_for_every_eye(matrix: np.ndarray) -> None:
    pairs = combinations(palette.SERIES[:4], 2)
    assert min(float(np.linalg.norm(lab(a, matrix) - lab(b, matrix))) for a, b in pairs) > 12


def test_heat_grows_darker() -> None:
    shades = [palette.luminance(colour) for colour in palette.HEAT]
    assert shades == sorted(shades, reverse=True)


def test_ink_follows_its_ground() -> None:
    assert palette.ink_on(palette.PAPER) == palette.INK
    assert palette.ink_on(palette.ACCENT) == palette.PAPER

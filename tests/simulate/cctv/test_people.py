"""The pictures that travel with the package are whole, credited, and show the face where the catalogue says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shoplib.config.cameras import CAST, TOLD_APART
from shoplib.simulate.cctv import people

VIEWS = ("f0", "l15", "r15", "l28", "r28", "down", "smile", "talk", "p90", "back")
FOLDER = Path(people.__file__).parent / "people"


def test_catalogue_and_pictures_are_complete():
    known = people.catalogue()
    names = {
        f"p{person}_{outfit}_{view}" for person in known.people + known.others for outfit in "ab" for view in VIEWS
    }
    assert (len(known.people), len(known.people + known.others)) == (TOLD_APART, CAST)
    assert set(known.pictures) == names
    assert {path.stem for path in FOLDER.glob("*.webp")} == names
    for name in sorted(names):
        person, outfit, view = name[1:].split("_")
        picture = people.canvas(int(person), outfit, view)
        assert picture.shape == (known.canvas[1], known.canvas[0], 4)
        left, top, right, bottom = known.pictures[name]["box"]
        inside = picture[round(top) : round(bottom), round(left) : round(right), 3]
        assert (inside > 127).mean() > 0.7, name


def test_the_makers_are_named():
    credit = " ".join((FOLDER / "CREDITS.md").read_text(encoding="utf-8").split())
    assert "rendered by this project from MakeHuman / MPFB assets (CC0 1.0; Data Collection AB, Joel" in credit
    assert "Face Units pack by Mika Suominen (CC0 1.0)" in credit


def test_a_mirrored_view_is_the_other_way_round():
    plain = people.dressed(201, "a", "r28", False, 1.0, 1.0, 0.0, 0.0)
    mirrored = people.dressed(201, "a", "r28", True, 1.0, 1.0, 0.0, 0.0)
    assert (plain.yaw, mirrored.yaw) == (28, -28)
    assert np.array_equal(plain.picture[:, ::-1], mirrored.picture)
    assert mirrored.box[0] + mirrored.box[2] == pytest.approx(people.catalogue().canvas[0] - plain.box[0])


def test_light_and_lean_change_what_they_say():
    plain = people.dressed(207, "b", "f0", False, 1.0, 1.0, 0.0, 0.0)
    assert np.array_equal(plain.picture[..., 3], people.canvas(207, "b", "f0")[..., 3])
    assert (plain.picture[..., :3] <= plain.picture[..., 3:]).all()
    dim = people.dressed(207, "b", "f0", False, 0.8, 1.0, 0.0, 0.0)
    assert dim.picture[..., :3].sum() / plain.picture[..., :3].sum() == pytest.approx(0.8, abs=0.03)
    warm = people.dressed(207, "b", "f0", False, 1.0, 1.0, 0.05, 0.0)
    assert warm.picture[..., 2].sum() >= plain.picture[..., 2].sum()
    assert warm.picture[..., 0].sum() < plain.picture[..., 0].sum()
    lean = people.dressed(207, "b", "f0", False, 1.0, 1.0, 0.0, 3.0)
    assert lean.box[0] < plain.box[0]  # leaning to the left, the head goes that way

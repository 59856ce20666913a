"""How well people are told apart by photos, with everything at its default: real ones if there, else rendered ones."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from benchmarks.faces_photos import FOLDER, b_cubed, ours
from shoplib.simulate.cctv import people

from .conftest import portrait, save

REAL = Path(os.environ.get(FOLDER) or Path(__file__).parents[4] / "shared" / "data" / "faces" / "lfw100")
DIFFERENT = (201, 202, 204, 206, 213, 231)


def test_b_cubed_is_what_it_is_defined_as():
    assert b_cubed(["a", "a", "b"], ["1", "1", "1"]) == ((2 / 3 + 2 / 3 + 1 / 3) / 3, 1)
    assert b_cubed(["a", "a", "b"], ["1", "2", "3"]) == (1, (0.5 + 0.5 + 1) / 3)


def test_people_are_told_apart(tmp_path):
    folder = REAL
    if not folder.is_dir():
        folder = tmp_path
        for person in DIFFERENT:
            for outfit, view in (("a", "f0"), ("b", "l15"), ("b", "talk")):
                save(folder / str(person) / f"{outfit}_{view}.png", portrait(person, outfit, view))
        assert set(DIFFERENT) <= {*people.catalogue().people, *people.catalogue().others}
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*"))
    keys = ours(folder)
    precision, recall = b_cubed([name.split("/")[0] for name in files], [keys.get(name, name) for name in files])
    assert precision >= 0.99
    assert recall >= 0.97
    assert len(np.unique(list(keys.values()))) >= len({name.split("/")[0] for name in files})

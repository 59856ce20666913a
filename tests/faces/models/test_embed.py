"""The numbers of a face: those of dlib itself, the same each time, near for one person and far for two."""

from __future__ import annotations

import os

import numpy as np
import pytest

from shoplib.faces.models import detect, embed, weights
from shoplib.simulate.cctv import people


def chips() -> list[np.ndarray]:
    """Return two faces of one person in two outfits, and one of another."""
    finder, cutter, cut = detect.Finder(), embed.Cutter(), []
    for person, outfit in ((207, "a"), (207, "b"), (211, "a")):
        canvas = people.canvas(person, outfit, "f0").astype(int)
        picture = (canvas[..., :3] * canvas[..., 3:] // 255 + 140 * (255 - canvas[..., 3:]) // 255).astype(np.uint8)
        (face,) = finder.find(picture)
        cut.append(cutter.cut(picture, face.box))
    return cut


def test_deepface_gives_what_dlib_gives_and_the_same_each_time(capfd, monkeypatch):
    import dlib

    monkeypatch.delenv("DEEPFACE_HOME", raising=False)
    cut = chips()
    assert cut[0].shape == (150, 150, 3)
    made = embed.prints(cut)
    assert made.shape == (3, 128)
    native = dlib.face_recognition_model_v1(str(weights.locate(weights.DLIB)))
    expected = [np.array(native.compute_face_descriptor(np.ascontiguousarray(chip[:, :, ::-1]))) for chip in cut]
    assert made == pytest.approx(np.array(expected), abs=1e-9)
    assert np.array_equal(made, embed.prints(cut))
    same, other = np.linalg.norm(made[0] - made[1]), np.linalg.norm(made[0] - made[2])
    assert same < 0.5 < other
    assert capfd.readouterr().out == ""
    assert "DEEPFACE_HOME" not in os.environ


def test_no_faces_give_no_numbers():
    assert embed.prints([]).shape == (0, 128)

"""Rendered people as photos, and a folder of them clustered once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shoplib.faces.photos import clustering
from shoplib.faces.pictures import Picture
from shoplib.simulate.cctv import people

PEOPLE = (201, 202, 206, 213)
VIEWS = (("a", "f0"), ("a", "l15"), ("b", "smile"))


def portrait(person: int, outfit: str = "a", view: str = "f0", grey: int = 150) -> Picture:
    """Return one rendered person before a plain wall."""
    cut = people.canvas(person, outfit, view).astype(int)
    return (cut[..., :3] * cut[..., 3:] // 255 + grey * (255 - cut[..., 3:]) // 255).astype(np.uint8)


def save(path: Path, picture: Picture) -> Path:
    """Write a picture as the ending of its name says."""
    import cv2

    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), picture)
    return path


@pytest.fixture(scope="session")
def album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of four people on three photos each, two of them together on one more, and files of no use."""
    folder = tmp_path_factory.mktemp("album")
    for person in PEOPLE:
        for outfit, view in VIEWS:
            save(folder / f"p{person}" / f"{outfit}_{view}.png", portrait(person, outfit, view))
    save(folder / "z_together.jpg", np.hstack([portrait(202), portrait(206, "b")]))
    (folder / "a_broken.jpg").write_bytes((folder / "z_together.jpg").read_bytes()[:9_000])
    (folder / "b_empty.jpg").touch()
    (folder / "c_list.txt").write_text("no photo", encoding="utf-8")
    save(folder / "d_wall.png", np.full((200, 300, 3), 127, np.uint8))
    return folder


@pytest.fixture(scope="session")
def clustered(album: Path) -> clustering.Clustered:
    """Return what became of the album."""
    return clustering.faces_of(album, clustering.Models())

"""Finished pieces are kept whole and used again; torn ones are done anew."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shoplib.errors import SourceError
from shoplib.faces.footage.chunks import Keeper, Task, done


def squared(folder: Path, number: int) -> dict[str, np.ndarray]:
    (folder / f"did-{number}").touch()
    return {"square": np.array([number**2])}


def tasks(folder):
    return [Task(f"piece-{number}", squared, (folder, number)) for number in range(5)]


def results(folder, work, workers=1):
    return [int(piece["square"][0]) for piece in done(tasks(folder), Keeper(work, "x"), workers, Path("a.mp4"))]


def did(folder):
    names = sorted(int(path.name[4:]) for path in folder.glob("did-*"))
    for path in folder.glob("did-*"):
        path.unlink()
    return names


def test_what_is_kept_is_not_done_again_and_what_is_torn_is(tmp_path):
    work = tmp_path / "work"
    assert results(tmp_path, work) == [0, 1, 4, 9, 16]
    assert did(tmp_path) == [0, 1, 2, 3, 4]
    kept = sorted(work.iterdir())
    kept[1].write_bytes(kept[1].read_bytes()[:-7])
    kept[3].unlink()
    kept[4].write_bytes(b"")
    assert results(tmp_path, work) == [0, 1, 4, 9, 16]
    assert did(tmp_path) == [1, 3, 4]


def test_without_a_folder_nothing_is_kept(tmp_path):
    results(tmp_path, None)
    did(tmp_path)
    assert results(tmp_path, None) == [0, 1, 4, 9, 16]
    assert did(tmp_path) == [0, 1, 2, 3, 4]
    assert list(tmp_path.iterdir()) == []


def test_pieces_of_another_clip_are_not_used(tmp_path):
    Keeper(tmp_path, "x").put("piece-0", {"square": np.array([7])})
    assert Keeper(tmp_path, "y").get("piece-0") is None
    assert int(Keeper(tmp_path, "x").get("piece-0")["square"][0]) == 7


def test_a_process_that_dies_is_told(tmp_path):
    import os

    dying = [Task(f"piece-{number}", os._exit, (3,)) for number in range(2)]
    with pytest.raises(SourceError) as caught:
        list(done(dying, Keeper(None, "x"), 2, Path("a.mp4")))
    assert str(caught.value) == (
        "A process that watched the footage died\n"
        "  where   a.mp4\n"
        "  found   it was ended from outside\n"
        "  wanted  about 500 MB of memory for each process\n"
        "  next    run again: what was watched is kept; name fewer workers if memory is short"
    )

"""Pieces of work on a clip: done by one process or several, kept when done, and not done twice."""

from __future__ import annotations

import io
import itertools
import multiprocessing
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np

from shoplib.base import digest
from shoplib.errors import SourceError
from shoplib.faces.footage.scout import Kept
from shoplib.store import files

MARK_BYTES = 64
WAITING = 3
"""Pieces handed out to each process at once."""


class Task(NamedTuple):
    """One piece: a name that nothing else has, and the call that does it, which must reach other processes."""

    name: str
    call: Callable[..., Kept]
    arguments: tuple[object, ...]


class Keeper:
    """Finished pieces in a folder; without one nothing is kept."""

    def __init__(self, folder: Path | None, stem: str) -> None:
        self._folder, self._stem = folder, stem

    def _path(self, name: str) -> Path | None:
        return None if self._folder is None else self._folder / f"{self._stem}-{name}.piece"

    def get(self, name: str) -> Kept | None:
        """Return a piece kept before; ``None`` if there is none or it is not whole."""
        path = self._path(name)
        if path is None or not path.is_file():
            return None
        data = path.read_bytes()
        mark, body = data[:MARK_BYTES], data[MARK_BYTES:]
        if mark != digest.of_bytes(body).encode():
            return None
        try:
            with np.load(io.BytesIO(body), allow_pickle=False) as stored:
                return {key: stored[key] for key in stored.files}
        except (ValueError, zipfile.BadZipFile):
            return None

    def put(self, name: str, piece: Kept) -> None:
        """Keep a piece, whole or not at all."""
        path = self._path(name)
        if path is not None:
            body = io.BytesIO()
            np.savez_compressed(body, **piece)  # type: ignore[arg-type]  # arrays of several kinds
            files.write_bytes(path, digest.of_bytes(body.getvalue()).encode() + body.getvalue())


def done(tasks: Sequence[Task], keeper: Keeper, workers: int, clip: Path) -> Iterator[Kept]:
    """Yield the result of each task in order, those kept before without doing them again.

    With ``workers`` above 1 that many processes share the tasks; the results are the same. Raises ``SourceError`` if a
    process dies, and whatever a task raises.
    """
    if min(workers, len(tasks)) <= 1:
        for task in tasks:
            piece = keeper.get(task.name)
            if piece is None:
                piece = task.call(*task.arguments)
                keeper.put(task.name, piece)
            yield piece
        return
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
    waiting: list[Future[Kept] | Kept] = []
    following = iter(tasks)
    names: list[str] = []
    try:
        for _ in range(len(tasks)):
            for task in itertools.islice(following, WAITING * workers - len(waiting)):
                kept = keeper.get(task.name)
                waiting.append(pool.submit(task.call, *task.arguments) if kept is None else kept)
                names.append(task.name)
            first, name = waiting.pop(0), names.pop(0)
            if isinstance(first, Future):
                first = first.result()
                keeper.put(name, first)
            yield first
    except BrokenExecutor as error:
        raise SourceError(
            "A process that watched the footage died", where=str(clip), found="it was ended from outside",
            wanted="about 500 MB of memory for each process",
            next_step="run again: what was watched is kept; name fewer workers if memory is short",
        ) from error  # fmt: skip
    finally:
        pool.shutdown(wait=True, cancel_futures=True)

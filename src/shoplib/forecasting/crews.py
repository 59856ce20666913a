"""Who does the work that falls into parts: this process, several processes, or a Dask cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread
from typing import Any, TypeVar

from shoplib.forecasting.models.interface import Crew, Here

Part = TypeVar("Part")

THREADS = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
)  # fmt: skip
"""Variables that numerical libraries read, once, when they are loaded."""


class Processes:
    """A crew of several processes, one thread each; made by :func:`processes`."""

    def __init__(self, pool: Executor) -> None:
        self._pool = pool
        self._spent: dict[int, float] = {}

    def map(self, function: Callable[..., Any], *arguments: Iterable[Any]) -> Iterator[Any]:
        """Return the answers of ``function`` for each argument, in order."""
        for answer, process, seconds in self._pool.map(_Told(function), *arguments):
            self._spent[process] = max(seconds, self._spent.get(process, 0.0))
            yield answer

    def seconds(self) -> float:
        """Return the processor time of all members since they started, as told with their last answers."""
        return sum(self._spent.values())


class Dask:
    """A crew of the workers of a Dask client (:class:`distributed.Client`)."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def map(self, function: Callable[..., Any], *arguments: Iterable[Any]) -> Iterator[Any]:
        """Return the answers of ``function`` for each argument, in order."""
        yield from self._client.gather(self._client.map(function, *map(list, arguments), pure=False))


class _Told:
    """A function that tells with each answer who gave it and the processor time its process has used."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    def __call__(self, *arguments: Any) -> tuple[Any, int, float]:
        return self.function(*arguments), os.getpid(), own_seconds()


@contextmanager
def processes(count: int) -> Iterator[Crew]:
    """Give a crew of ``count`` new processes and end them afterwards; for one, this process does the work.

    They are spawned, never forked: compiled libraries hang in forked children. A script that calls this needs the
    ``if __name__ == "__main__"`` guard. Their libraries use one thread each.
    """
    if count <= 1:
        yield Here()
        return
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))  # children inherit it before they load a library
    try:
        with ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_end_with_parent) as pool:
            yield Processes(pool)
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _end_with_parent() -> None:
    """Make this process end when the one that started it does, however that ended."""
    parent = parent_process()
    if parent is not None:
        Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def own_seconds() -> float:
    """Return the processor time of this process and of the programs it ran and waited for."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def spent(crew: Crew) -> float:
    """Return the processor time used so far by this process, the programs it ran, and a crew that is at work."""
    return own_seconds() + (crew.seconds() if isinstance(crew, Processes) else 0.0)


def parts(items: Sequence[Part], size: int) -> list[Sequence[Part]]:
    """Return the items in pieces of ``size``, the last one perhaps smaller: equal whoever does the work."""
    return [items[start : start + size] for start in range(0, len(items), size)]

"""Several clips watched, some at the same time."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from pathlib import Path

from shoplib.errors import SourceError
from shoplib.faces.footage.clips import Clip
from shoplib.faces.footage.watch import Looking, watch
from shoplib.faces.footage.watched import Watched


def watch_all(
    clips: Sequence[Clip],
    looking: Looking,
    *,
    work: Path | None = None,
    workers: int = 1,
    progress: Callable[[float], None] | None = None,
) -> list[Watched]:
    """Return what was seen in each clip, in the order given; see ``watch``.

    With enough clips each process takes whole ones; fewer clips are shared piece by piece. The result is the same.
    """
    tell = progress or (lambda _share: None)
    if workers <= 1 or len(clips) < workers:
        return [
            watch(
                clip, looking, work=work, workers=workers,
                progress=lambda share, number=number: tell((number + share) / len(clips)),  # type: ignore[misc]  # number is bound
            )
            for number, clip in enumerate(clips)
        ]  # fmt: skip
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
    try:
        under_way = [pool.submit(watch, clip, looking, work=work) for clip in clips]
        watched = []
        for number, one in enumerate(under_way, 1):
            watched.append(one.result())
            tell(number / len(clips))
        return watched
    except BrokenExecutor as error:
        raise SourceError(
            "A process that watched the footage died", where="one of several clips", found="it was ended from outside",
            wanted="about 500 MB of memory for each process",
            next_step="run again: what was watched is kept; name fewer workers if memory is short",
        ) from error  # fmt: skip
    finally:
        pool.shutdown(wait=True, cancel_futures=True)

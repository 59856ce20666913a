"""What a person sees while stages run: a bar on a terminal, one line a stage in a batch."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TextIO

from tqdm import tqdm

Event = Callable[[str, str, int, int], None]
"""stage, what ("cell"), cell number, cells in all."""

_listeners: list[Event] = []
stopping = threading.Event()
"""Set when a person wants the run to end: no further notebook or cell is started."""


def emit(stage: str, what: str, at: int = 0, total: int = 0) -> None:
    """Tell everybody who listens in this process; nobody may."""
    for listen in _listeners:
        listen(stage, what, at, total)


class Reporter:
    """Shows progress of stages until it is closed; on a terminal cell by cell, otherwise a line a stage."""

    def __init__(self, stages: int, *, stream: TextIO | None = None, quiet: bool = False) -> None:
        self._stream = stream or sys.stderr
        self._lock = threading.Lock()
        self._cells: dict[str, tuple[int, int]] = {}
        self._quiet = quiet
        live = self._stream.isatty() and not quiet
        self._bar = tqdm(total=stages * 100, file=self._stream, leave=False, dynamic_ncols=True,
                         bar_format="{l_bar}{bar}| {elapsed}<{remaining}") if live else None  # fmt: skip

    def __enter__(self) -> Reporter:
        _listeners.append(self._on_event)
        return self

    def __exit__(self, *_: object) -> None:
        _listeners.remove(self._on_event)
        if self._bar is not None:
            self._bar.close()

    def _on_event(self, stage: str, what: str, at: int, total: int) -> None:
        if what != "cell" or self._bar is None:
            return
        with self._lock:
            self._cells[stage] = (at, total)
            self._redraw()

    def ended(self, stage: str, line: str) -> None:
        """Report that a stage has ended, in one line."""
        with self._lock:
            self._cells[stage] = (1, 1)
            if self._bar is not None:
                self._bar.write(line, file=self._stream)
                self._redraw()
            elif not self._quiet:
                self._stream.write(line + "\n")
                self._stream.flush()

    def _redraw(self) -> None:
        if self._bar is None:
            return
        working = [f"{name} {at}/{total}" for name, (at, total) in self._cells.items() if at < total]
        self._bar.set_description_str(", ".join(working) or "done", refresh=False)
        self._bar.n = round(sum(100 * at / max(total, 1) for at, total in self._cells.values()))
        self._bar.refresh()

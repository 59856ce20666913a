"""Asking again what did not answer: a few times, each time after a longer wait."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from shoplib.base import words
from shoplib.errors import SourceError

T = TypeVar("T")


class Unanswered(Exception):
    """No answer this time, so that it may be asked again; ``error`` is what is said if it never comes.

    ``after_s`` is how long the other side wants to be left alone, if it says so.
    """

    def __init__(self, error: SourceError, after_s: float | None = None) -> None:
        super().__init__(error.what)
        self.error, self.after_s = error, after_s


@dataclass(frozen=True)
class Patience:
    """How long is waited between two tries: the first time ``first_s``, then each time twice as long."""

    first_s: float = 1.0
    longest_s: float = 60.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def wait_s(self, tried: int, after_s: float | None = None) -> float:
        """Return the seconds to wait after so many tries: ``after_s`` at least, never more than ``longest_s``.

        >>> [Patience().wait_s(tried) for tried in (1, 2, 3, 9)], Patience().wait_s(1, after_s=7)
        ([1.0, 2.0, 4.0, 60.0], 7)
        """
        return min(max(self.first_s * 2.0 ** (tried - 1), after_s or 0.0), self.longest_s)


def persistently(ask: Callable[[], T], tries: int, patience: Patience) -> T:
    """Return what ``ask`` returns, asked again while it raises ``Unanswered``.

    After ``tries``, or at once if the other side wants a longer wait than anybody has, its ``SourceError`` is raised.
    """
    from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

    def again(error: BaseException) -> bool:
        return isinstance(error, Unanswered) and (error.after_s or 0) <= patience.longest_s

    def wait(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        return patience.wait_s(state.attempt_number, error.after_s if isinstance(error, Unanswered) else None)

    retrying = Retrying(
        stop=stop_after_attempt(tries), wait=wait, retry=retry_if_exception(again), sleep=patience.sleep, reraise=True
    )
    try:
        return retrying(ask)
    except Unanswered as last:
        asked = retrying.statistics["attempt_number"]
        error = last.error
        raise SourceError(
            error.what, where=error.where, found=f"{error.found}; asked {words.plural(asked, 'time')}",
            wanted=error.wanted, next_step=error.next_step, details=error.details,
        ) from None  # fmt: skip

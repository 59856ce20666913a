"""What pytask calls when a stage has ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytask
from pytask import TaskOutcome


def nobody(_stage: str, _status: str, _error: str) -> None:
    """Nobody listens."""


on_end: Callable[[str, str, str], None] = nobody

_STATUS = {
    TaskOutcome.SUCCESS: "ran",
    TaskOutcome.SKIP_UNCHANGED: "unchanged",
    TaskOutcome.SKIP_PREVIOUS_FAILED: "blocked",
    TaskOutcome.SKIP: "blocked",
    TaskOutcome.FAIL: "failed",
}


def stage_of(task: Any) -> str:
    """Return the stage a pytask task stands for."""
    return str(task.name)


def status_of(report: Any) -> str:
    """Return our word for pytask's outcome."""
    return _STATUS.get(report.outcome, "failed")


@pytask.hookimpl
def pytask_execute_task_log_end(report: Any) -> None:
    """Pass the end of a stage on to whoever shows progress."""
    raised = report.exc_info[1] if report.exc_info else None
    on_end(stage_of(report.task), status_of(report), f"{type(raised).__name__}: {raised}" if raised else "")

"""``shoplib forecast backtest``: what each model would have said of a table of daily series."""

from __future__ import annotations

from typing import Any

from shoplib.cli.command import Add


def add_commands(actions: Any, add: Add) -> None:
    """Add the commands."""

"""``shoplib forecast train, models and predict``: models trained once, kept by their id, asked again."""

from __future__ import annotations

from typing import Any

from shoplib.cli.command import Add


def add_commands(actions: Any, add: Add) -> None:
    """Add the commands."""

"""``shoplib privacy …``: what is kept of people, and how it is given out or erased."""

from __future__ import annotations

from typing import Any

from shoplib.cli.command import Add


def add_commands(commands: Any, add: Add) -> None:
    """Add the commands."""
    del commands, add

"""``shoplib db …``: the lasting store made, moved up and down its versions, checked and copied."""

from __future__ import annotations

from typing import Any

from shoplib.cli.command import Add


def add_commands(commands: Any, add: Add) -> None:
    """Add the commands."""

"""``shoplib ingest run`` and ``watch``: files dropped into a folder."""

from __future__ import annotations

from typing import Any

from shoplib.cli.command import Add


def add_commands(commands: Any, add: Add) -> None:
    """Add the commands."""

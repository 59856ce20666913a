"""``shoplib ingest load``, ``jobs``, ``job`` and ``audit``, ``shoplib trace``: the lasting store."""

from __future__ import annotations

from typing import Any

from shoplib.cli.command import Add


def add_commands(commands: Any, add: Add) -> None:
    """Add the commands."""

"""``shoplib ingest fetch``: what sources on other machines hold, brought here."""

from __future__ import annotations

from typing import Any

from shoplib.cli.command import Add


def add_commands(commands: Any, add: Add) -> None:
    """Add the commands."""

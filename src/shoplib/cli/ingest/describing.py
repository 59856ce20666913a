"""``shoplib ingest suggest`` and ``dry-run``: what a file seems to mean, and what would become of it."""

from __future__ import annotations

from typing import Any

from shoplib.cli.command import Add


def add_commands(commands: Any, add: Add) -> None:
    """Add the commands."""

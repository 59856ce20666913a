"""``shoplib faces benchmark``: seconds and quality of the parts on a clip."""

from __future__ import annotations

from typing import Any

from shoplib.cli.command import Add


def add_commands(actions: Any, add: Add) -> None:
    """Add the commands."""
    del actions, add

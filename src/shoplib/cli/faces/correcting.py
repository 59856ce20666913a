"""``shoplib faces merge, split, not, ignore and review``: what people know better."""

from __future__ import annotations

from typing import Any

from shoplib.cli.command import Add


def add_commands(actions: Any, add: Add) -> None:
    """Add the commands."""
    del actions, add

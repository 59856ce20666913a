"""``shoplib check``: the rules of ``params/quality.yaml`` held against the latest run or the lasting store."""

from __future__ import annotations

from typing import Any

from shoplib.cli.command import Add


def add_commands(commands: Any, add: Add) -> None:
    """Add the commands."""

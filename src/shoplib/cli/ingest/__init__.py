"""``shoplib ingest …``: from other people's files to facts that can be traced back to them."""

from __future__ import annotations

from typing import Any

from shoplib.cli.command import Add
from shoplib.cli.ingest import describing, fetching, inbox, loading


def add_commands(commands: Any, add: Add) -> None:
    """Add ``ingest`` with all its commands."""
    group = commands.add_parser("ingest", help="describe, fetch, load and trace files", description=__doc__)
    below = group.add_subparsers(required=True, metavar="COMMAND")
    for module in (describing, fetching, loading, inbox):
        module.add_commands(below, add)

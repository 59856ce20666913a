"""``shoplib faces …``: footage and photos of one's own, corrections by people, enrolment."""

from __future__ import annotations

import argparse
from typing import Any

from shoplib.cli.command import Add
from shoplib.cli.faces import analysing, clustering, correcting, counting, enrolling, measuring


def add_commands(commands: Any, add: Add) -> None:
    """Add the group and its commands."""
    group = add(commands, "faces", _refuse, "people on footage and photos: told apart, corrected, enrolled, measured")
    actions = group.add_subparsers(metavar="ACTION", required=True)
    for part in (analysing, clustering, correcting, counting, enrolling, measuring):
        part.add_commands(actions, add)


def _refuse(_asked: argparse.Namespace, _given: list[str]) -> int:
    return 2

"""``shoplib forecast …``: back-tests of any table of daily series, models trained once and asked again."""

from __future__ import annotations

import argparse
from typing import Any

from shoplib.cli.command import Add
from shoplib.cli.forecasting import backtesting, training


def add_commands(commands: Any, add: Add) -> None:
    """Add the group and its commands."""
    group = add(commands, "forecast", _refuse, "daily series forecast: models tried, trained, kept and asked again")
    actions = group.add_subparsers(metavar="ACTION", required=True)
    for part in (backtesting, training):
        part.add_commands(actions, add)


def _refuse(_asked: argparse.Namespace, _given: list[str]) -> int:
    return 2

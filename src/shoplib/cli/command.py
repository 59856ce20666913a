"""What the commands share: how one is added, and how the scenario a person names is found."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

Call = Callable[[argparse.Namespace, list[str]], int]
DEFAULT_SCENARIO = "params/water_shop.yaml"
EXIT_CODES = """exit codes: 0 all is true · 1 a stage failed · 2 a setting, file or argument was refused
            4 another run is at work · 130 interrupted"""


class Add(Protocol):
    """Adds a command: its name, the call behind it, one line of help."""

    def __call__(
        self, commands: Any, name: str, call: Call, summary: str, *, scenario: bool = False, codes: str = EXIT_CODES
    ) -> argparse.ArgumentParser:
        """Return the parser of the new command, to which its own arguments are added."""


def add(
    commands: Any, name: str, call: Call, summary: str, *, scenario: bool = False, codes: str = EXIT_CODES
) -> argparse.ArgumentParser:
    """Add a command; ``scenario`` gives it the scenario as its first argument."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=summary, description=summary, epilog=codes,
                                 formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.set_defaults(call=call, outputs="")
    if scenario:
        parser.add_argument("scenario", nargs="?", default=DEFAULT_SCENARIO, help="file in params/, or its name")
    return parser


def scenario_file(text: str, root: Path) -> Path:
    """Return the file a person means by ``epos``, ``epos.yaml`` or ``params/epos.yaml``."""
    choices = [Path(text), root / text, root / "params" / text, root / "params" / f"{text}.yaml"]
    return next((path for path in choices if path.is_file()), root / "params" / f"{Path(text).stem}.yaml")


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)

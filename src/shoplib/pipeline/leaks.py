"""Whether a secret of the environment stands in the files a run wrote."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from shoplib.config import secrets
from shoplib.config.load import read_merged
from shoplib.errors import ConfigError
from shoplib.store import searching
from shoplib.store.searching import Scan

__all__ = ["Scan", "named", "scan", "values"]

SHORTEST = 8
NO_SECRETS = ("PWD", "OLDPWD")
PIECE = searching.PIECE
_OF_ENVIRONMENT = re.compile(r"\w+_(?:key|auth|dsn)|\w*pass")


def scan(folder: Path, environment: Mapping[str, str]) -> Scan:
    """Return which files below ``folder`` hold a secret of ``environment``, by their names in order.

    A secret is the value, of 8 characters and more, of a variable whose name says so. How a file is read, and what is
    not seen in it, says :mod:`shoplib.store.searching`. No value is ever returned: a name that holds one is shown with
    ``…`` in its place. Without secrets nothing is read.
    """
    return searching.scan(folder, searching.needles(values(environment)), piece=PIECE)


def values(environment: Mapping[str, str]) -> list[str]:
    """Return the values of the variables whose names look secret, longest first; short ones are left out."""
    found = {
        value.strip()
        for name, value in environment.items()
        if name not in NO_SECRETS and (secrets.secret_name(name) or _OF_ENVIRONMENT.fullmatch(name.lower()))
    }
    return sorted((value for value in found if len(value) >= SHORTEST), key=lambda value: (-len(value), value))


def named(folder: Path) -> list[str]:
    """Return the environment variables that the scenarios in a folder name, in order; unreadable ones name none."""
    found: set[str] = set()
    for file in sorted(folder.glob("*.yaml")):
        try:
            found |= set(secrets.named(read_merged(file).values))
        except ConfigError:  # a run of that scenario says what is wrong with it
            continue
    return sorted(found)

"""Files by a name with stars in it."""

from __future__ import annotations

import re
from pathlib import Path

STAR = "*"


def is_pattern(name: str) -> bool:
    """Return whether a file name stands for several.

    >>> is_pattern("sales_*.csv"), is_pattern("sales[1].csv")
    (True, False)
    """
    return STAR in name


def matching(path: Path) -> list[Path]:
    """Return the files whose name is like the last part of ``path``, in order of name; ``[]`` if there are none.

    ``*`` stands for any letters or none, all else for itself, letter case included. Folders do not count, nor do
    hidden files unless the pattern begins with a dot.
    """
    there = path.parent.iterdir() if path.parent.is_dir() else ()
    names = sorted(entry.name for entry in there if fits(entry.name, path.name) and entry.is_file())
    return [path.parent / name for name in names if path.name.startswith(".") or not name.startswith(".")]


def fits(name: str, pattern: str) -> bool:
    """Return whether a file name is like a pattern.

    >>> fits("Dago_2024-07-01.csv", "Dago_*.csv"), fits("dago.csv", "Dago*"), fits("a.csv", "?.csv")
    (True, False, False)
    """
    like = ".*".join(re.escape(part) for part in pattern.split(STAR))
    return re.fullmatch(like, name, re.DOTALL) is not None

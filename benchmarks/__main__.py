"""``python -m benchmarks [name …]``: measure and print, all modules of this folder or those named.

Each module's ``main()`` returns its results as dictionaries, each printed as one line of JSON with the name of the
module in front, or as lines of text for tables. ``python -m benchmarks forecasting …`` takes arguments of its own.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from pathlib import Path

from shoplib.errors import ShopError


def main(wanted: list[str]) -> int:
    """Run the benchmarks and return the exit status: 2 if a name is unknown."""
    if wanted[:1] == ["forecasting"]:
        try:
            for line in importlib.import_module("benchmarks.forecasting").main(wanted[1:]):
                print(line, flush=True)
        except ShopError as refused:
            print(refused, file=sys.stderr)
            return 2
        return 0
    known = sorted(part.name for part in pkgutil.iter_modules([str(Path(__file__).parent)]) if part.name[0] != "_")
    unknown = [name for name in wanted if name not in known]
    if unknown:
        print(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    for name in wanted or known:
        for result in importlib.import_module(f"benchmarks.{name}").main():
            line = result if isinstance(result, str) else json.dumps({"benchmark": name, **result}, ensure_ascii=False)
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""``python -m benchmarks [name …]``: measure and print JSON lines, all modules of this folder or those named.

Each module's ``main()`` returns its results as dictionaries; each is printed as one line with the name of the
module in front.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from pathlib import Path


def main(wanted: list[str]) -> int:
    """Run the benchmarks and return the exit status: 2 if a name is unknown."""
    known = sorted(part.name for part in pkgutil.iter_modules([str(Path(__file__).parent)]) if part.name[0] != "_")
    unknown = [name for name in wanted if name not in known]
    if unknown:
        print(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    for name in wanted or known:
        for result in importlib.import_module(f"benchmarks.{name}").main():
            print(json.dumps({"benchmark": name, **result}, ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Make a scenario's page: ``python run_all.py [SCENARIO] [--set key=value] [--plan] …`` (see ``--help``)."""

from __future__ import annotations

import sys
from pathlib import Path

MISSING = """The workbook's packages are not installed for this Python ({python}): {error}.

Linux and macOS:   make run
Windows:           py -3.11 -m venv .venv
                   .venv\\Scripts\\python -m pip install --no-deps -r requirements.lock --editable .
                   .venv\\Scripts\\python run_all.py"""


def main() -> int:
    """Hand over to the library, or say what is missing when it is not installed."""
    try:
        from shoplib.cli import main as run
    except ImportError as error:
        ready = Path(__file__).parent / ".venv" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
        sys.stderr.write(MISSING.format(python=sys.executable, error=error) + "\n")
        if ready.exists():
            sys.stderr.write("\n.venv is there: use its python instead of this one.\n")
        return 2
    return run(["run", *sys.argv[1:]])


if __name__ == "__main__":
    raise SystemExit(main())

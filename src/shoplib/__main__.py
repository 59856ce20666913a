"""``python -m shoplib`` is ``shoplib``."""

from shoplib.cli import main

raise SystemExit(main())

"""What a notebook talks to: ``start`` gives a ``run``; it reads what was declared, shows, writes, and finishes.

    run = notebook.start("04_eda", scenario, run_dir, overrides)
    sales = run.read("transactions")
    run.write("sales_daily", views.daily(sales))
    run.figure(figures.trend(...))
    run.finish()

The façade knows files and tables, not shops: everything about sales, faces or stock is in the domains.
"""

from __future__ import annotations

from shoplib.notebook.run import Run, start
from shoplib.notebook.settings import Settings
from shoplib.notebook.showing import MIME

__all__ = ["MIME", "Run", "Settings", "start"]

"""What the page says of the run itself: whose data, up to which day, from which files, under which code."""

from __future__ import annotations

import datetime as dt
import platform
from collections.abc import Hashable
from importlib import metadata
from typing import Any

import pandas as pd

from shoplib.base import words
from shoplib.config.models import Ingest, Report, Shop
from shoplib.report.layout import PageFacts

CODE_DIGITS = 12


def of_run(
    report: Report,
    shop: Shop,
    ingest: Ingest,
    import_jobs: pd.DataFrame,
    daily: pd.DataFrame,
    run_code: str,
    definitions: tuple[tuple[str, str, str, str], ...] = (),
) -> PageFacts:
    """Return the facts of a page from its settings, the files taken in and ``sales_daily``.

    ``period`` and ``data_line`` come from the first and last business day there is; no clock is read.
    """
    days = pd.DatetimeIndex(daily["business_date"]).sort_values()
    last = days[-1].date() if len(days) else None
    period = f"{words.day(days[0].date(), shop.language)} to {words.day(last, shop.language)}" if last else ""
    return PageFacts(
        title=report.title,
        shop=shop.name,
        period=period,
        data_line=_data_line(import_jobs, last, shop),
        simulated=any(source.kind == "simulated" for source in ingest.sources),
        language=shop.language.replace("_", "-"),
        run_code=run_code,
        provenance=(
            ("Business day", f"from {shop.day_start:%H:%M} to the next day's {shop.day_start:%H:%M}, {shop.timezone}"),
            *((job["file_name"], _file_line(job)) for job in import_jobs.to_dict("records")),
            ("Made with", f"shoplib {metadata.version('shoplib')}, Python {platform.python_version()}"),
        ),
        definitions=definitions,
    )


def _data_line(import_jobs: pd.DataFrame, last: dt.date | None, shop: Shop) -> str:
    if last is None:
        return "The files hold no transaction."
    aside = int(import_jobs["rows_set_aside"].sum())
    kept = f"; {words.plural(aside, 'row')} set aside" if aside else ""
    return (
        f"Data up to {words.day(last, shop.language, weekday=True)} from {words.plural(len(import_jobs), 'file')}{kept}"
    )


def _file_line(job: dict[Hashable, Any]) -> str:
    return f"{words.plural(int(job['rows_in']), 'row')}, SHA-256 {job['file_sha256'][:CODE_DIGITS]}…"

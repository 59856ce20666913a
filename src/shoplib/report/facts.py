"""What the page says of the run itself: whose data, up to which day, from which files, under which code."""

from __future__ import annotations

import datetime as dt
import platform
from importlib import metadata

import pandas as pd
from babel.dates import format_date

from shoplib.base import digest, words
from shoplib.config.models import Ingest, Report, Shop
from shoplib.report.layout import PageFacts

CODE_DIGITS = 12
WORKBOOK = "report.xlsx"
FRIDAY = dt.date(2024, 1, 5)


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
            ("Business day", _business_day(shop)),
            *_sources(import_jobs),
            ("Made with", f"shoplib {metadata.version('shoplib')}, Python {platform.python_version()}"),
        ),
        definitions=definitions,
        last_day=last.isoformat() if last else "",
        workbook=WORKBOOK if report.xlsx else "",
    )


def _data_line(import_jobs: pd.DataFrame, last: dt.date | None, shop: Shop) -> str:
    if last is None:
        return "The files hold no transaction."
    aside = int(import_jobs["rows_set_aside"].sum())
    loaded = int((import_jobs["status"] == "loaded").sum())
    kept = f"; {words.plural(aside, 'row')} set aside" if aside else ""
    return f"Data up to {words.day(last, shop.language, weekday=True)} from {words.plural(loaded, 'file')}{kept}"


def _business_day(shop: Shop) -> str:
    """Return the rule in words: which hours Friday has.

    >>> _business_day(Shop())
    'Friday is Fri 04:00 to Sat 03:59, Europe/London'
    """
    start = dt.datetime.combine(FRIDAY, shop.day_start)
    end = start + dt.timedelta(days=1, minutes=-1)
    names = [format_date(moment.date(), "EEE", locale=shop.language) for moment in (start, end)]
    friday = format_date(FRIDAY, "EEEE", locale=shop.language)
    return f"{friday} is {names[0]} {start:%H:%M} to {names[1]} {end:%H:%M}, {shop.timezone}"


def _sources(import_jobs: pd.DataFrame) -> list[tuple[str, str]]:
    """Return a line for each file taken in; the files of a source with several share one."""
    lines = []
    for source, jobs in import_jobs.groupby("source_name", sort=False):
        rows = words.plural(int(jobs["rows_in"].sum()), "row")
        if len(jobs) == 1:
            lines.append(
                (str(jobs["file_name"].iloc[0]), f"{rows}, SHA-256 {jobs['file_sha256'].iloc[0][:CODE_DIGITS]}…")
            )
        else:
            together = digest.of_value(jobs["file_sha256"].tolist())
            lines.append((str(source), f"{words.plural(len(jobs), 'file')}, {rows}, SHA-256 {together[:CODE_DIGITS]}…"))
    return lines

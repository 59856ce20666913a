"""Files that were refused, and rows that were set aside."""

from __future__ import annotations

import pandas as pd

from shoplib.alerts.problem import FILE_REFUSED, ROWS_SET_ASIDE, problems
from shoplib.base import money, words
from shoplib.config.models import Shop

SKIPPED = "skipped"
"""Rule of ``rejected_rows`` for rows that the mapping leaves out on purpose: they are no loss."""


def alerts(import_jobs: pd.DataFrame, rejected_rows: pd.DataFrame, as_of: pd.Timestamp, shop: Shop) -> pd.DataFrame:
    """Return one alert a source with refused files and one a source with rows set aside, seen on ``as_of``.

    Rows that the mapping skips, or that were mended since, count neither as rows nor as money. Money is the sum of the
    rows, those below zero taken off, as in the account of the files; what is not above zero is no money at stake.
    """
    lost = rejected_rows[(rejected_rows["rule"] != SKIPPED) & rejected_rows["mended_by"].isna()]
    source_of = import_jobs.set_index("import_id")["source_name"]
    aside = lost.groupby(lost["import_id"].map(source_of), sort=True)["money_minor"]
    refused = import_jobs[import_jobs["status"] == "refused"].groupby("source_name", sort=True)["file_name"]
    return problems(
        [_refused(str(source), names, as_of) for source, names in refused]
        + [_set_aside(str(source), amounts, as_of, shop) for source, amounts in aside]
    )


def _refused(source: str, names: pd.Series, as_of: pd.Timestamp) -> dict[str, object]:
    said = f"{words.plural(len(names), 'file')} of {source} could not be loaded: {words.listed(names, 3)}."
    return {
        "alert_id": f"{FILE_REFUSED}:{source}", "rule": FILE_REFUSED, "severity": "urgent", "since": as_of,
        "sentence": said, "found": float(len(names)), "usual": 0.0,
    }  # fmt: skip


def _set_aside(source: str, amounts: pd.Series, as_of: pd.Timestamp, shop: Shop) -> dict[str, object]:
    worth = sum(amounts.dropna().tolist())
    said = f"{words.plural(len(amounts), 'row')} of {source} {'was' if len(amounts) == 1 else 'were'} set aside"
    if worth:
        said += f", {money.show(worth, shop.currency, language=shop.language)} in all"
    return {
        "alert_id": f"{ROWS_SET_ASIDE}:{source}", "rule": ROWS_SET_ASIDE, "severity": "warning", "since": as_of,
        "sentence": f"{said}.", "found": float(len(amounts)), "usual": 0.0,
        "money_minor": worth if worth > 0 else None,
    }  # fmt: skip

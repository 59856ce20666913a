"""Refused files and rows set aside: the figures of the account, less what the mapping skips."""

from __future__ import annotations

import pandas as pd
import pytest

from shoplib.alerts import data
from shoplib.config.models import Shop
from shoplib.ingest import validation

NOW = pd.Timestamp("2024-03-01")


@pytest.fixture
def jobs(table):
    return table("import_jobs", [{"import_id": "a", "source_name": "inbox", "status": "loaded"}])


def told(table, jobs, amounts, rule="empty_cell", mended_by=None):
    lost = [
        {"import_id": "a", "source_row": row, "rule": rule, "money_minor": amount, "mended_by": mended_by}
        for row, amount in enumerate(amounts)
    ]
    found = data.alerts(jobs, table("rejected_rows", lost), NOW, Shop())
    return [(line["sentence"], line["money_minor"]) for line in found.to_dict("records")]


def test_the_rule_of_skipped_rows_is_called_as_the_take_in_calls_it():
    assert data.SKIPPED == validation.SKIPPED


def test_amounts_below_zero_are_taken_off(table, jobs):
    assert told(table, jobs, [700, -200]) == [("2 rows of inbox were set aside, £5.00 in all.", 500)]


def test_what_is_not_above_zero_is_not_at_stake(table, jobs):
    ((said, money),) = told(table, jobs, [-200])
    assert said == "1 row of inbox was set aside, −£2.00 in all." and pd.isna(money)
    ((said, money),) = told(table, jobs, [None])
    assert said == "1 row of inbox was set aside." and pd.isna(money)


def test_rows_the_mapping_skips_are_no_alert(table, jobs):
    assert told(table, jobs, [700], validation.SKIPPED) == []


def test_rows_that_were_mended_since_are_no_alert(table, jobs):
    assert told(table, jobs, [700], mended_by="b") == []

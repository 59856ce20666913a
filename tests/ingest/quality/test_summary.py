"""What a reader is told of rules and of days: headlines, tables, sentences."""

import datetime as dt

import pandas as pd
import pytest

from shoplib.ingest.quality import drift, summary

UNIQUE = {"test": "unique", "table": "transactions"}
POSITIVE = {"test": "not_negative", "table": "transactions", "columns": ["total_amount_minor"]}


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ((None,), "The only rule is kept by 5 transactions."),
        ((None, None), "All 2 rules are kept by 5 transactions."),
        ((0.2, None), "All 2 rules hold for 5 transactions, 1 within its tolerance: 1 row that holds £12.00 "
                      "breaks it."),
        ((0.2, 0.3), "All 2 rules hold for 5 transactions, 2 within their tolerance: 1 row that holds £12.00 breaks "
                     "them."),
        ((0.2,), "The only rule holds for 5 transactions, 1 within its tolerance: 1 row that holds £12.00 breaks it."),
        ((0, None, None), "1 of 3 rules is broken, in 1 row that holds £12.00."),
        ((0, 0.1, 1), "2 of 3 rules are broken, 1 within its tolerance, in 1 row that holds £12.00."),
        ((), "No rule was held against the facts."),
    ],
)  # fmt: skip
def test_the_headline_counts_rules_rows_and_money(small, judged, shares, said):
    rules = [UNIQUE if share is None else {**POSITIVE, "tolerance_share": share} for share in shares]
    assert summary.headline(judged(small, *rules)) == said


def test_the_table_has_broken_rules_first_and_those_with_more_money_before(small, judged):
    cheap = {"test": "not_null", "table": "transactions", "columns": ["card_last_four"]}
    found = judged(small, UNIQUE, {**POSITIVE, "tolerance_share": 1}, POSITIVE, cheap)
    told = summary.table(found.table)
    assert list(told["Rule"]) == ["rule 4", "rule 3", "rule 2", "rule 1"]
    assert list(told["State"]) == ["Broken", "Broken", "Borne", "Kept"]
    assert list(told["Money"]) == ["£45.60", "£12.00", "£12.00", ""]
    assert list(told["Tolerance"]) == ["0.0%", "0.0%", "100.0%", "0.0%"]
    assert summary.sentences(found.table)[0] == (
        "£45.60 of takings came without card_last_four: they are in no figure by it."
    )
    shown = summary.examples(found.table, each=2)
    assert list(shown["Rule"]) == ["rule 4", "rule 4", "rule 3", "rule 2"]
    assert shown.iloc[2].tolist() == ["rule 3", "file", 5, "t5", "total_amount_minor", "-1200", "0 or more"]


def test_without_a_rule_or_a_fault_the_tables_are_empty(small, judged):
    assert summary.table(judged(small).table).empty
    assert summary.examples(judged(small, UNIQUE).table).empty
    assert summary.sentences(judged(small, UNIQUE).table) == []


def compared(alarms: list[tuple[object, ...]], **more: object) -> drift.Drift:
    names = ["column_name", "word", "measure", "before", "now", "money_minor", "alarm"]
    table = pd.DataFrame(alarms, columns=names)
    about = {"first": dt.date(2024, 12, 31), "last": dt.date(2024, 12, 31), "days": 8, "weekday": True, "judged": True}
    return drift.Drift(table, **{**about, **more})


def test_a_day_is_told_with_what_drifted_and_the_money_it_touches():
    found = compared([
        ("total_amount_minor", "", "mean", 2_000.0, 2_400.4, 40_040, True),
        ("payment_method", "cash", "share", 0.3, 0.452, 12_000, True),
        ("quantity", "", "mean", 1.5, 1.8, 900, True),
        ("employee_id", "", "empty", 0.0, 0.5, 800, True),
        ("tax_total_minor", "", "mean", 1.0, 1.0, 0, False),
    ])  # fmt: skip
    assert (
        summary.drift_headline(found) == "Tue 31 Dec 2024 differs from the 8 same weekdays before in 4 of 5 measures."
    )
    assert summary.drift_sentences(found, "GBP") == [
        "Mean total amount: £24.00, was £20.00; that touches £400.40.",
        "Share of payment method cash: 45.2%, was 30.0%; that touches £120.00.",
        "Mean quantity: 1.80, was 1.50; that touches £9.00.",
        "Share of employee id empty: 50.0%, was 0.0%; that touches £8.00.",
    ]


def test_a_day_like_the_others_and_one_that_cannot_be_compared_are_told():
    same = compared([("quantity", "", "mean", 1.5, 1.5, 0, False)], weekday=False, first=dt.date(2024, 12, 30))
    assert summary.drift_headline(same) == "30 Dec 2024 to Tue 31 Dec 2024 is like the 8 days before in 1 measure."
    few = compared([], judged=False, days=3)
    assert summary.drift_headline(few) == "Tue 31 Dec 2024 cannot be compared: it takes 8 days before, there are 3."
    thin = compared([], judged=True, days=8)
    assert summary.drift_headline(thin) == (
        "Tue 31 Dec 2024 cannot be compared: it has too few sales to tell a difference from chance."
    )
    assert summary.drift_headline(compared([], first=None, last=None)) == "There is no day to compare."
    assert summary.drift_sentences(few, "GBP") == []

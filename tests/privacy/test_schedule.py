"""The public schedule says what the clocks of the settings say."""

import pytest

from shoplib.config.privacy import Privacy
from shoplib.privacy import schedule
from shoplib.privacy.sheets import Words


def told(mode, **days):
    return [(row.kind, row.days) for row in schedule.kinds(Privacy(mode=mode, **days), Words("en"))]


def test_each_mode_lists_what_it_can_keep():
    assert told("count") == [("frames", 0), ("visits", 400), ("sums", None)]
    assert told("session") == [("frames", 0), ("embeddings", 0), ("visits", 400), ("sums", None)]
    assert told("recognise", embeddings_days=30, crops_days=3, visits_days=90) == [
        ("frames", 0), ("crops", 3), ("embeddings", 30), ("consents", None), ("visits", 90), ("sums", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "numbers", "crops"),
    [
        ("en", "1 day after your last visit", "7 days after it was made"),
        ("hi", "आपके पिछली बार आने के 1 दिन बाद", "बनने के 7 दिन बाद"),
        ("id", "1 hari setelah kunjungan terakhir Anda", "7 hari setelah dibuat"),
    ],
)
def test_terms_are_said_in_each_language(language, numbers, crops):
    rows = schedule.kinds(Privacy(mode="recognise", embeddings_days=1), Words(language))
    assert {row.kind: row.how_long for row in rows}.items() >= {"embeddings": numbers, "crops": crops}.items()


def test_no_days_is_not_kept():
    rows = schedule.kinds(Privacy(mode="recognise", embeddings_days=30, crops_days=0), Words("en"))
    assert {row.kind: row.how_long for row in rows}["crops"] == "not kept"

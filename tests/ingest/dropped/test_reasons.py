"""What is said of a file: beside it for every bad row, and in one line for people."""

import datetime as dt
import json
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from shoplib.config.models import Shop
from shoplib.ingest.accounts import REMEDIES
from shoplib.ingest.dropped import reasons

SHOP = Shop.model_validate({"name": "Warna", "currency": "IDR", "timezone": "Asia/Jakarta"})
NOBODY = pd.DataFrame(columns=["source_row", "rule", "column_name", "found", "reason", "money_minor"])
REJECTED = pd.DataFrame({
    "source_row": np.array([9, 4], dtype="int64"), "rule": ["skipped", "unreadable_number"],
    "column_name": ["date", "total"], "found": ["TOTAL", "1o"], "reason": ["no sale", "no number"],
    "money_minor": pd.array([99_900, None], dtype="Int64"),
})  # fmt: skip


@dataclass(frozen=True)
class Made:
    status: str = "loaded"
    fault: str = ""
    rejected: pd.DataFrame = field(default_factory=NOBODY.copy)
    job: dict = field(default_factory=dict)
    import_id: str = "ab12cd34ef56ab78"


def job(loaded=58, twice=0, worth=1_234_500_000, **more):
    return {"rows_in": loaded + twice, "rows_loaded": np.int64(loaded), "rows_duplicate": twice, "currency": "IDR",
            "money_loaded_minor": worth, "money_duplicate_minor": 200_000 if twice else 0, **more}  # fmt: skip


def test_a_loaded_file_is_told_with_rows_and_money():
    assert reasons.sentence(Made(job=job()), SHOP) == "loaded 58 rows, IDR12,345,000"


def test_repeats_rows_set_aside_and_rows_the_mapping_leaves_out_are_told_apart():
    bad = REJECTED.assign(money_minor=[99_900, 12_000_000])
    assert reasons.sentence(Made(job=job(twice=2), rejected=bad), SHOP) == (
        "loaded 58 rows, IDR12,345,000; 2 rows we had already, IDR2,000; 1 row left out, as the mapping says; "
        "1 row set aside (IDR120,000 not counted yet)"
    )


def test_a_file_without_money_is_told_in_rows():
    line = job(currency=None, money_loaded_minor=None, money_duplicate_minor=None)
    assert reasons.sentence(Made(job=line), SHOP) == "loaded 58 rows"


def test_a_file_we_had_is_told_with_its_day_at_the_shop_and_its_import():
    late = pd.Timestamp("2024-06-30 18:00", tz="UTC")
    said = "nothing new, loaded on 1 Jul 2024 as import ab12cd34…"
    assert reasons.sentence(Made("known", job={"ended_at": late}), SHOP) == said
    assert reasons.sentence(Made("known", job={"ended_at": dt.datetime(2024, 6, 30, 18)}), SHOP) == said
    assert reasons.sentence(Made("known", job={"ended_at": pd.NaT}), SHOP) == "nothing new, loaded as import ab12cd34…"


def test_a_refused_file_is_told_with_its_fault():
    assert reasons.sentence(Made("refused", "The file is empty."), SHOP) == (
        "refused, nothing of it is loaded: The file is empty."
    )


def test_the_account_lists_every_bad_row_in_order_as_plain_json():
    told = reasons.account("a.csv", "f" * 64, "till", Made(job=job(rows_set_aside=2), rejected=REJECTED))
    assert told["bad_rows"] == [
        {"row": 4, "column": "total", "rule": "unreadable_number", "found": "1o", "reason": "no number",
         "money_minor": None},
        {"row": 9, "column": "date", "rule": "skipped", "found": "TOTAL", "reason": "no sale", "money_minor": 99_900},
    ]  # fmt: skip
    assert told["rows"] == {"in": 58, "loaded": 58, "set_aside": 2, "duplicate": 0}
    assert told["money_minor"]["loaded"] == 1_234_500_000
    assert json.loads(json.dumps(told, allow_nan=False)) == told


def test_a_file_that_could_not_be_read_has_an_account_too():
    told = reasons.account("a.csv", "f" * 64, "till", None, "It is a picture")
    assert (told["status"], told["fault"], told["import_id"], told["bad_rows"]) == (
        "refused",
        "It is a picture",
        None,
        [],
    )


def test_every_rule_says_what_a_cell_must_hold():
    assert set(REMEDIES) <= set(reasons.WANTED)

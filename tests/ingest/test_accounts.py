"""The guard that nothing is lost between the files and the tables."""

from __future__ import annotations

import pandas as pd
import pytest

from shoplib.config.mapping import Mapping
from shoplib.errors import ContractError
from shoplib.ingest import accounts
from shoplib.ingest.intake import import_id

JOB: dict[str, object] = {
    "import_id": "i", "source_name": "till", "rows_in": 3, "rows_loaded": 2, "rows_set_aside": 1, "rows_duplicate": 0,
    "money_in_minor": 300, "money_loaded_minor": 200, "money_set_aside_minor": 100, "money_duplicate_minor": 0,
}  # fmt: skip


def test_an_account_that_adds_up_passes() -> None:
    accounts.require_conservation([JOB], {"i": (2, 200)})


def test_every_difference_is_named() -> None:
    with pytest.raises(ContractError) as caught:
        accounts.require_conservation([{**JOB, "rows_in": 4, "money_in_minor": 301}], {"i": (1, 100)})
    assert str(caught.value) == (
        "Taking in lost or invented rows or money\n"
        "  till: 4 rows in, 3 accounted for\n"
        "  till: 301 minor units in, 300 accounted for\n"
        "  till: rows and minor units kept (2, 200), in the tables (1, 100)\n"
        "  where   shoplib.ingest\n"
        "  next    keep the file and mend the library; nothing was written"
    )


def test_an_import_is_known_by_file_mapping_and_source() -> None:
    fields = {"timestamp": "d", "total_amount": "v"}
    mapping = Mapping.model_validate({"rows": "transaction", "fields": fields})
    other = Mapping.model_validate({"rows": "transaction", "fields": {**fields, "city": "c"}})
    renamed = mapping.model_copy(update={"name": "x", "description": "y"})
    assert import_id("a", mapping, "till") == import_id("a", renamed, "till")
    ids = {import_id(*of) for of in [("a", mapping, "t"), ("b", mapping, "t"), ("a", other, "t"), ("a", mapping, "u")]}
    assert len(ids) == 4 and all(len(name) == 16 for name in ids)


def test_sums_by_file_are_exact_however_large() -> None:
    amounts = pd.Series([2**62, 2**62, 2**62, -5, None], dtype="Int64")
    files = pd.Series(["b", "b", "b", "a", "a"], dtype=object)
    assert accounts.totals(amounts, [files]) == {("b",): (3, 3 * 2**62), ("a",): (2, -5)}
    assert accounts.totals(amounts, [files, files]) == {("b", "b"): (3, 3 * 2**62), ("a", "a"): (2, -5)}
    assert accounts.totals(amounts[:0], [files[:0]]) == {}

"""What a stage said is kept for each last day of the data, and read again once later days have come."""

from __future__ import annotations

import hashlib
import shutil

import pytest

from shoplib.pipeline import remembered, runner
from shoplib.pipeline.stages import Stage
from shoplib.store import files

DAYS = """day = pd.to_datetime([f"2024-03-{run.config.simulate.transactions:02d}"])
frame = pd.DataFrame({"location_id": ["L"], "business_date": day, "direction": ["above"], "found_minor": [2]})
run.write("sales_anomalies", frame.assign(usual_minor=[1], score=[1.0], reason=[None]))"""
SAYS = """before = run.earlier("sales_hourly")
days = len(run.read("sales_anomalies"))
frame = pd.DataFrame({"location_id": ["x"], "weekday": [0], "local_hour": [9], "days": [days], "transactions": [2]})
run.write("sales_hourly", frame.assign(gross_sales_minor=[len(before)]))
run.table("before", before.astype(str), title="Before")"""
STAGES = (
    Stage("a", gives=("sales_anomalies",), sections=("simulate",)),
    Stage(
        "b", needs=("sales_anomalies",), gives=("sales_hourly",), remembers="sales_hourly", dated_by="sales_anomalies"
    ),
)


@pytest.fixture
def book(small, fresh):
    """A workbook of two stages: one gives days, the other says something of them."""
    small.write_notebook(fresh / "notebooks", "a", DAYS)
    small.write_notebook(fresh / "notebooks", "b", SAYS)
    return fresh


def said(root):
    """Return what is kept, as ISO day → digest."""
    folder = root / "outputs" / "s" / remembered.SAID / "sales_hourly"
    return {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*"))}


def test_what_was_said_is_kept_by_day_and_read_when_later_days_have_come(small, book):
    def run(transactions):
        job = small.job(book, f"simulate.transactions={transactions}", stages=STAGES)
        outcome = runner.run(job, STAGES, quiet=True)
        found = files.read_table(job.results.path("b", "sales_hourly"), "sales_hourly")
        assert job.is_true(STAGES[1])
        return {ended.stage: ended.status for ended in outcome.stages}, int(found["gross_sales_minor"].iloc[0])

    assert run(7) == ({"a": "ran", "b": "ran"}, 0)
    first = said(book)
    assert list(first) == ["2024-03-07"]
    assert run(7) == ({"a": "unchanged", "b": "unchanged"}, 0), "its own words of the day are no earlier ones"
    assert run(9) == ({"a": "ran", "b": "ran"}, 1)
    assert list(said(book)) == ["2024-03-07", "2024-03-09"]
    assert run(9) == ({"a": "unchanged", "b": "unchanged"}, 1)
    assert run(7) == ({"a": "restored", "b": "restored"}, 0), "later words do not count for an earlier day"
    (book / "outputs" / "s" / remembered.SAID / "sales_hourly" / "2024-03-07.parquet").write_bytes(b"not parquet")
    assert run(9) == ({"a": "restored", "b": "ran"}, 0), "what cannot be read is left out"
    shutil.rmtree(book / "outputs")
    assert run(7)[1] == 0
    assert said(book) == first


def test_a_table_without_a_day_dates_nothing(tmp_path):
    assert remembered.last_day(tmp_path / "none.parquet", "sales_anomalies") == ""
    remembered.keep(tmp_path, "sales_hourly", "", tmp_path / "none.parquet")
    assert remembered.earlier(tmp_path, "sales_hourly", "2024-01-01") == []

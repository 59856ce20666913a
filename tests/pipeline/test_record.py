"""The run people open: assembled whole, pointed at in one step, explained against another."""

import json

import pytest

from shoplib.errors import StoreError
from shoplib.pipeline import record, runner


@pytest.fixture
def published(small, finished):
    job = small.job(finished)
    return job, record.publish(job, [{"event": "ran", "stage": "a"}])


def test_a_run_holds_tables_notebooks_numbers_and_its_manifest(published):
    job, final = published
    there = {p.relative_to(final).as_posix() for p in final.rglob("*") if p.is_file()}
    assert there == {
        "index.html", "journal.jsonl", "manifest.json", "numbers.json", "raw/seen.txt",
        "tables/organizations.parquet", "tables/sales_hourly.parquet", "tables/sales_products.parquet",
        *(f"notebooks/{name}.{kind}" for name in "abcd" for kind in ("ipynb", "html")),
    }  # fmt: skip
    assert (job.home / "latest").resolve() == final.resolve()


def test_numbers_carry_value_unit_definition_and_stage(published):
    _, final = published
    assert json.loads((final / "numbers.json").read_text()) == {
        "a_days": {
            "definition": "what was asked for", "label": "Days", "stage": "a", "unit": "days",
            "value": 7, "text": "7", "before": None, "text_before": "not known", "all": None, "text_all": "not known",
        }
    }  # fmt: skip


def test_nothing_in_a_run_but_its_journal_names_this_machine_or_a_time(published, finished):
    _, final = published
    for path in final.rglob("*"):
        if path.is_file() and path.name != "journal.jsonl":
            assert str(finished).encode() not in path.read_bytes(), path


def test_publishing_again_adds_to_the_journal_only(published):
    job, final = published
    before = {p: p.read_bytes() for p in final.rglob("*") if p.is_file() and p.name != "journal.jsonl"}
    record.publish(job, [{"event": "unchanged", "stage": "a"}])
    assert {p: p.read_bytes() for p in before} == before
    assert len((final / "journal.jsonl").read_text().splitlines()) == 2


def test_two_runs_are_explained_by_their_cause_and_effect(small, published, finished):
    job, old = published
    changed = small.job(finished, "simulate.transactions=8")
    assert runner.run(changed, changed.graph.stages, quiet=True).ok
    new = record.publish(changed)
    lines = record.explain(record.manifest_of(job.home, old.name), record.manifest_of(job.home, new.name))
    told = "\n".join(lines)
    assert lines[0] == f"{old.name} → {new.name}"
    assert "  a\n    because  simulate.transactions: 7 → 8\n    changed  chapter, organizations" in told
    assert "  c\n    because  input organizations changed\n    changed  chapter, raw" in told


def test_a_run_is_found_by_the_start_of_its_code_and_a_wrong_one_lists_what_there_is(published):
    job, final = published
    assert record.manifest_of(job.home, final.name[:4])["run"] == final.name
    with pytest.raises(StoreError) as error:
        record.manifest_of(job.home, "zzz")
    assert str(error.value) == (
        f'"zzz" is not one run of this scenario\n  where   s\n  found   {final.name}, latest\n'
        "  wanted  a run code from the foot of a page, or latest"
    )


def test_old_runs_go_and_the_results_of_kept_ones_stay(small, published, finished):
    job, old = published
    for count in (8, 9):
        later = small.job(finished, f"simulate.transactions={count}", "run.keep_runs=2")
        assert runner.run(later, later.graph.stages, quiet=True).ok
        last = record.publish(later)
    assert not old.exists()
    assert last.exists()
    assert len(list((job.home / ".stages" / "a").glob("*/receipt.json"))) == 2

"""The chain at work: what runs, what is kept, and how each way of failing is told."""

import hashlib
import json

import nbformat
import pytest

from shoplib.errors import BusyError, ConfigError
from shoplib.pipeline import plan, runner
from shoplib.pipeline.results import Results


def statuses(outcome):
    return {ended.stage: ended.status for ended in outcome.stages}


def run(small, root, *overrides, **options):
    job = small.job(root, *overrides)
    return job, statuses(runner.run(job, job.graph.stages, quiet=True, **options))


def contents(root):
    home = root / "outputs" / "s" / ".stages"
    return {p.relative_to(home).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(home.rglob("*")) if p.is_file()}  # fmt: skip


def test_nothing_runs_when_nothing_changed(small, finished):
    _, found = run(small, finished)
    assert set(found.values()) == {"unchanged"}


def test_a_changed_setting_runs_only_what_depends_on_it_and_the_way_back_is_free(small, finished):
    _, found = run(small, finished, "sales.overview_days=30")
    assert found == {"a": "unchanged", "b": "ran", "c": "unchanged", "d": "ran"}
    _, found = run(small, finished)
    assert found == {"a": "unchanged", "b": "restored", "c": "unchanged", "d": "restored"}


def test_an_equal_result_stops_the_ripple(small, finished):
    small.write_notebook(finished / "notebooks", "c", small.BODY["c"] + "\nother = 1")
    _, found = run(small, finished)
    assert found == {"a": "unchanged", "b": "unchanged", "c": "ran", "d": "unchanged"}


def test_settings_no_stage_declared_run_nothing(small, finished):
    _, found = run(small, finished, "run.cell_timeout_s=61")
    assert set(found.values()) == {"unchanged"}


@pytest.mark.parametrize("damage", ["edited", "removed"])
def test_a_damaged_table_is_made_again(small, finished, damage):
    results = Results(finished / "outputs" / "s")
    table = results.path("b", "sales_hourly")
    table.write_bytes(b"") if damage == "edited" else table.unlink()
    _, found = run(small, finished)
    assert found == {"a": "unchanged", "b": "ran", "c": "unchanged", "d": "unchanged"}


def test_losing_pytasks_memory_costs_nothing(small, finished):
    for path in (finished / "outputs" / "s" / ".state").glob("pytask*"):
        path.unlink()
    _, found = run(small, finished)
    assert set(found.values()) == {"restored"}


def test_two_runs_and_a_dask_cluster_give_the_same_bytes(small, finished, fresh):
    _, found = run(small, fresh, cluster="local")
    assert set(found.values()) == {"ran"}
    assert contents(fresh) == contents(finished)


def test_force_runs_everything_again_to_the_same_bytes(small, finished):
    before = contents(finished)
    _, found = run(small, finished, force=True)
    assert set(found.values()) == {"ran"}
    assert contents(finished) == before


def test_a_raising_a_hanging_and_a_dying_cell_end_as_such_and_cousins_go_on(small, finished):
    small.write_notebook(finished / "notebooks", "b", "x = 1\n1 / 0")
    small.write_notebook(finished / "notebooks", "c", "import time\ntime.sleep(60)")
    _, found = run(small, finished, "run.cell_timeout_s=12")
    assert found == {"a": "unchanged", "b": "failed", "c": "timed out", "d": "blocked"}
    small.write_notebook(finished / "notebooks", "b", "import os\nos.kill(os.getpid(), 9)")
    _, found = run(small, finished, "run.cell_timeout_s=12")
    assert found["b"] == "kernel died"
    failed = finished / "outputs" / "s" / "failed"
    assert (failed / "b" / "error.txt").read_text() == (
        "The kernel died while a cell was running\n"
        "  where   b.ipynb, cell 4: import os\n"
        "  found   the process ended without a Python error: often too little memory, or a crash in compiled code\n"
        "  next    close other programs or take less data, then run the same command again\n"
    )
    assert (failed / "c" / "error.txt").read_text() == (
        "A cell ran over its time\n"
        "  where   c.ipynb, cell 4: import time\n"
        "  wanted  at most 12 s\n"
        "  next    raise run.cell_timeout_s, or make the cell do less\n"
    )


def test_a_failed_notebook_is_kept_with_a_banner_at_the_cell_and_goes_when_it_is_mended(small, finished):
    small.write_notebook(finished / "notebooks", "b", "print('so far')\n1 / 0")
    run(small, finished)
    place = finished / "outputs" / "s" / "failed" / "b"
    kept = nbformat.read(place / "notebook.ipynb", as_version=4)
    at = next(i for i, cell in enumerate(kept.cells) if cell.id == "shoplib-banner")
    assert kept.cells[at].source == "> **This notebook failed here.** ZeroDivisionError: division by zero\n"
    assert kept.cells[at + 1].id == "work"
    assert kept.cells[at + 1].outputs[0].text == "so far\n"
    assert kept.metadata.shoplib.status == "failed"
    small.write_notebook(finished / "notebooks", "b", small.BODY["b"])
    run(small, finished)
    assert not place.exists()


def test_leaving_by_sys_exit_is_not_a_success(small, finished):
    small.write_notebook(finished / "notebooks", "c", "import sys\nsys.exit(0)")
    _, found = run(small, finished)
    assert found["c"] == "failed"
    error = (finished / "outputs" / "s" / "failed" / "c" / "error.txt").read_text()
    assert error.startswith("The notebook ended before run.finish()")


def test_a_broken_promise_is_named(small, finished):
    small.write_notebook(finished / "notebooks", "b", "x = 1")
    run(small, finished)
    assert (finished / "outputs" / "s" / "failed" / "b" / "error.txt").read_text() == (
        "b promised more than it wrote\n"
        "  found   nothing\n"
        "  wanted  sales_hourly\n"
        "  next    write these before run.finish()\n"
        "  where   b.ipynb, cell 5: run.finish()\n"
    )


def test_executed_notebooks_carry_no_time_no_path_and_run_by_hand_with_the_same_scenario(finished):
    results = Results(finished / "outputs" / "s")
    text = (results.folder("a", results.current("a")) / "notebook.ipynb").read_text()
    assert str(finished) not in text
    assert not {"start_time", "iopub", "papermill"} & set(json.loads(text)["metadata"])
    injected = next(c for c in json.loads(text)["cells"] if c["id"] == "injected-parameters")
    assert '"params/s.yaml"' in "".join(injected["source"])
    assert 'run_dir = ""' in "".join(injected["source"])


def test_two_runs_of_one_scenario_do_not_meet(small, finished):
    with runner.only_run(finished / "outputs" / "s"), pytest.raises(BusyError) as error:
        run(small, finished)
    assert str(error.value) == (
        "Another run is at work on this scenario\n  where   s\n"
        "  next    wait for it to end, or stop it, then run the same command again"
    )


def test_a_stage_alone_uses_what_is_there(small, finished):
    job = small.job(finished, "simulate.transactions=9")
    found = statuses(runner.run(job, plan.select(job, ["b"], ""), quiet=True))
    assert found == {"b": "unchanged"}


def test_a_stage_alone_without_its_inputs_says_what_to_run(small, fresh):
    job = small.job(fresh)
    with pytest.raises(ConfigError) as error:
        runner.run(job, plan.select(job, ["b"], ""), quiet=True)
    assert str(error.value) == (
        "b needs a, which has no whole result\n  where   s\n"
        "  next    run the scenario without --only or --from, or add --only a"
    )
    assert not (fresh / "outputs").exists()


def test_a_cluster_at_an_address_does_the_same(small, finished, fresh):
    import distributed

    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        _, found = run(small, fresh, cluster=cluster.scheduler_address)
    assert set(found.values()) == {"ran"}
    assert contents(fresh) == contents(finished)


def test_a_cluster_that_cannot_be_reached_is_a_refusal(small, fresh):
    with pytest.raises(ConfigError) as error:
        run(small, fresh, cluster="tcp://127.0.0.1:9")
    assert str(error.value).startswith("The cluster cannot be reached\n  where   --cluster tcp://127.0.0.1:9\n")

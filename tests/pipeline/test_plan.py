"""What would run, and why."""

from shoplib.pipeline import plan
from shoplib.pipeline.results import Results


def verdicts(small, root, *overrides, **options):
    job = small.job(root, *overrides)
    return {step.stage: (step.verdict, *step.reasons) for step in plan.steps(job, job.graph.stages, **options)}


def test_a_first_plan_runs_everything(small, fresh):
    assert set(verdicts(small, fresh).values()) == {("run", "no finished result yet")}


def test_a_finished_scenario_keeps_everything(small, finished):
    assert set(verdicts(small, finished).values()) == {("keep", "nothing it depends on has changed")}


def test_a_changed_setting_is_named_with_both_values_and_what_hangs_on_it_waits(small, finished):
    assert verdicts(small, finished, "sales.overview_days=30") == {
        "a": ("keep", "nothing it depends on has changed"),
        "b": ("run", "sales.overview_days: 90 → 30"),
        "c": ("keep", "nothing it depends on has changed"),
        "d": ("wait", "only if b gives something new"),
    }


def test_changed_code_and_damage_are_told_apart(small, finished):
    small.write_notebook(finished / "notebooks", "c", "other = 1\n" + small.BODY["c"])
    Results(finished / "outputs" / "s").path("b", "sales_hourly").write_bytes(b"")
    found = verdicts(small, finished)
    assert found["c"] == ("run", "code of the notebook or of the modules it uses changed")
    assert found["b"] == ("run", "a file of its result was changed or removed")


def test_force_and_selection(small, finished):
    assert set(verdicts(small, finished, force=True).values()) == {("run", "asked for by --force")}
    job = small.job(finished)
    assert [s.name for s in plan.select(job, [], "c")] == ["c", "d"]
    assert [s.name for s in plan.select(job, ["d", "a"], "")] == ["a", "d"]


def test_a_plan_prints_one_line_a_stage(small, fresh):
    job = small.job(fresh)
    shown = plan.show(plan.steps(job, job.graph.stages[:1]))
    assert shown == "  a  run      no finished result yet"

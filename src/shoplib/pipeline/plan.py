"""What a run would do, and why, without doing it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from shoplib.base import words
from shoplib.pipeline import keys
from shoplib.pipeline.job import Job
from shoplib.pipeline.stages import Stage


@dataclass(frozen=True)
class Step:
    """The verdict on one stage: ``run``, ``restore`` (an earlier result fits), ``keep`` or ``wait``."""

    stage: str
    verdict: str
    reasons: tuple[str, ...]


def select(job: Job, only: Collection[str], start: str) -> tuple[Stage, ...]:
    """Return the stages a command asks for, in running order: all, some by name, or one and all after it."""
    chosen = {job.graph.stage(name).name for name in only}
    if start:
        chosen |= job.graph.after([job.graph.stage(start).name])
    return tuple(stage for stage in job.graph.stages if not chosen or stage.name in chosen)


def steps(job: Job, stages: Collection[Stage], *, force: bool = False) -> list[Step]:
    """Return the verdict on each of ``stages``, with what changed since its last result."""
    found: list[Step] = []
    moving: set[str] = set()
    for stage in stages:
        step = _step(job, stage, moving, force)
        found.append(step)
        if step.verdict != "keep":
            moving.add(stage.name)
    return found


def _step(job: Job, stage: Stage, moving: set[str], force: bool) -> Step:
    before = [name for name in job.graph.parents(stage) if name in moving]
    old = job.results.receipt(stage.name).get("parts", {})
    fixed = job.fixed(stage)
    if force:
        return Step(stage.name, "run", ("asked for by --force",))
    parts = job.parts(stage)
    if before or parts is None:
        changed = keys.differences(old, {**old, **fixed}) if old else ["no finished result yet"]
        if changed:
            return Step(stage.name, "run", tuple(changed))
        if stage.reads_chapters:
            return Step(stage.name, "run", (f"it shows the run code, and {words.listed(before)} may run",))
        return Step(stage.name, "wait", (f"only if {words.listed(before)} gives something new",))
    if job.is_true(stage):
        return Step(stage.name, "keep", ("nothing it depends on has changed",))
    key = keys.key_of(parts)
    if job.results.whole(stage.name, key):
        return Step(stage.name, "restore", (f"result {key} was made before with these inputs and settings",))
    if job.results.current(stage.name) == key:
        return Step(stage.name, "run", ("a file of its result was changed or removed",))
    return Step(stage.name, "run", tuple(keys.differences(old, parts)))


def show(found: Collection[Step]) -> str:
    """Return the plan as lines of text."""
    wide = max((len(step.stage) for step in found), default=0)
    return "\n".join(f"  {step.stage:<{wide}}  {step.verdict:<7}  {'; '.join(step.reasons)}" for step in found)

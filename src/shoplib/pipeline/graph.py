"""Which stages a scenario has, who gives what to whom, and in which order they can run."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shoplib.base import words
from shoplib.config.models import Scenario
from shoplib.errors import ConfigError
from shoplib.pipeline.stages import Stage


@dataclass(frozen=True)
class Graph:
    """The stages of one scenario in an order they can run in, and the giver of each output."""

    stages: tuple[Stage, ...]
    giver: dict[str, str]

    def stage(self, name: str) -> Stage:
        """Return a stage by its notebook's name or its number; ``ConfigError`` suggests the nearest."""
        for stage in self.stages:
            number = stage.name.partition("_")[0]
            if name in (stage.name, number, number.lstrip("0")):
                return stage
        known = [stage.name for stage in self.stages]
        near = words.nearest(name, known)
        raise ConfigError(
            f'This scenario has no stage "{name}"', found=words.listed(known),
            next_step=f'did you mean "{near}"?' if near else "use one of these names or its number",
        )  # fmt: skip

    def inputs(self, stage: Stage) -> tuple[str, ...]:
        """Return what a stage reads, optional needs included only if somebody gives them."""
        wanted = (need.removesuffix("?") for need in stage.needs)
        return tuple(name for name in wanted if name in self.giver)

    def parents(self, stage: Stage) -> tuple[str, ...]:
        """Return the stages that must be finished before this one, in running order."""
        before = {self.giver[name] for name in self.inputs(stage)}
        if stage.reads_chapters:
            before |= {other.name for other in self.stages if not other.reads_chapters}
        return tuple(other.name for other in self.stages if other.name in before)

    def after(self, names: Iterable[str]) -> frozenset[str]:
        """Return the named stages and everything that depends on them."""
        found = set(names)
        for stage in self.stages:
            if found & set(self.parents(stage)):
                found.add(stage.name)
        return frozenset(found)

    def before(self, names: Iterable[str]) -> frozenset[str]:
        """Return the named stages and everything they depend on."""
        found = set(names)
        for stage in reversed(self.stages):
            if stage.name in found:
                found.update(self.parents(stage))
        return frozenset(found)


def build(scenario: Scenario, stages: Sequence[Stage]) -> Graph:
    """Return the graph of the stages a scenario wants.

    Raises ``ConfigError`` if two stages give the same thing, a need has no giver, or needs form a circle.
    """
    active = [stage for stage in stages if stage.wanted(scenario)]
    giver: dict[str, str] = {}
    for stage in active:
        for name in stage.outputs:
            if name in giver:
                raise ConfigError(f'Both {giver[name]} and {stage.name} give "{name}"', where="pipeline/stages.py",
                                  next_step="let one of them give it")  # fmt: skip
            giver[name] = stage.name
    for stage in active:
        for need in stage.needs:
            if not need.endswith("?") and need not in giver:
                near = words.nearest(need, giver)
                raise ConfigError(
                    f'{stage.name} needs "{need}", but no stage of this scenario gives it', where="pipeline/stages.py",
                    next_step=f'did you mean "{near}"?' if near else "add a stage that gives it",
                )  # fmt: skip
    unordered = Graph(tuple(active), giver)
    by_name = {stage.name: stage for stage in active}
    sorter = graphlib.TopologicalSorter({s.name: unordered.parents(s) for s in active})
    try:
        sorter.prepare()
    except graphlib.CycleError as error:
        raise ConfigError("Stages need one another in a circle", where="pipeline/stages.py",
                          found=" → ".join(error.args[1])) from None  # fmt: skip
    order: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        order += ready
        sorter.done(*ready)
    return Graph(tuple(by_name[name] for name in order), giver)

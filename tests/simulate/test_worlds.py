"""Every world by its kind: what is made is what is asked for, and it is saved whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from shoplib.config.load import load
from shoplib.config.models import Scenario, Shop
from shoplib.config.worlds import EposWorld
from shoplib.errors import ConfigError
from shoplib.simulate import files, worlds


class Bar:
    """Takes note of progress."""

    def __init__(self) -> None:
        self.total: float | None = None
        self.done = 0.0

    def update(self, n: float = 1) -> bool | None:
        self.done += n
        return None


@pytest.fixture
def tiny(repository: Path) -> Scenario:
    return load(repository / "params" / "tiny" / "epos.yaml")


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_saved_is_what_the_notebook_writes(tiny: Scenario, tmp_path: Path) -> None:
    bar = Bar()
    rows = worlds.save(tiny, tmp_path / "saved", bar)
    assert tiny.simulate is not None
    assert rows == files.write(worlds.make(tiny.simulate, tiny.shop, tiny.seed), tmp_path / "written")
    assert content(tmp_path / "saved") == content(tmp_path / "written")
    assert bar.total == bar.done == 1_500


def test_a_world_that_cannot_be_made_leaves_nothing(tiny: Scenario, tmp_path: Path) -> None:
    wrong = tiny.model_copy(update={"simulate": EposWorld(cafes=1, categories=("Spirits",))})
    with pytest.raises(ConfigError, match="A location has no products to sell"):
        worlds.save(wrong, tmp_path / "saved", Bar())
    assert list(tmp_path.iterdir()) == []


def test_a_scenario_without_a_world_is_refused(tiny: Scenario, tmp_path: Path) -> None:
    real = tiny.model_copy(update={"simulate": None})
    with pytest.raises(ConfigError) as caught:
        worlds.save(real, tmp_path / "saved", Bar())
    assert str(caught.value) == (
        "The scenario has no simulated world\n"
        "  where   epos_tiny\n"
        "  wanted  a scenario with a simulate section, such as epos\n"
        "  next    give another scenario"
    )


@pytest.mark.parametrize("kind", ["water_shop", "retail", "branch"])
def test_other_worlds_come_as_a_stream_without_parts(kind: str, repository: Path) -> None:
    scenario = load(repository / "params" / f"{kind}.yaml", ("simulate.transactions=40",))
    assert scenario.simulate is not None
    coming = worlds.stream(scenario.simulate, scenario.shop, scenario.seed)
    assert list(coming.parts) == []
    world = coming.rest()
    assert world.sales == coming.sales
    assert world.currency == scenario.shop.currency
    assert set(world.files.values()) == set(world.tables)
    assert worlds.stream(EposWorld(transactions=0), Shop(), 1).sales == 0

"""Every world by its kind."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, assert_never

from shoplib.config.models import Scenario, Shop
from shoplib.config.worlds import BranchWorld, EposWorld, RetailWorld, Simulate, WaterShopWorld
from shoplib.errors import ConfigError
from shoplib.simulate import files
from shoplib.simulate.world import Stream, World, whole


def make(settings: Simulate, shop: Shop, seed: int) -> World:
    """Return the world a scenario asks for, whole and in memory.

    Raises ``ConfigError`` for settings that no world can meet.
    """
    match settings:
        case EposWorld():
            from shoplib.simulate.epos.world import world as epos_world

            return epos_world(settings, shop, seed)
        case WaterShopWorld():
            from shoplib.simulate.water_shop.world import world as water_shop_world

            return water_shop_world(settings, shop, seed)
        case RetailWorld():
            from shoplib.simulate.retail.world import world as retail_world

            return retail_world(settings, shop, seed)
        case BranchWorld():
            from shoplib.simulate.branch.world import world as branch_world

            return branch_world(settings, shop, seed)
        case _:
            assert_never(settings)


def stream(settings: Simulate, shop: Shop, seed: int) -> Stream:
    """Return the same world in parts: a chain block by block, others at once. Raises as ``make`` does."""
    if isinstance(settings, EposWorld):
        from shoplib.simulate.epos.world import stream as epos_stream

        return epos_stream(settings, shop, seed)
    return whole(make(settings, shop, seed))


class Progress(Protocol):
    """What is told how far a world is: ``tqdm``, or anything like it."""

    total: float | None

    def update(self, n: float = 1) -> bool | None:
        """Take note of so many more transactions."""


def save(scenario: Scenario, folder: Path, progress: Progress) -> dict[str, int]:
    """Write the world of a scenario into ``folder``, whole or not at all, and return the rows of each file.

    An earlier simulation in ``folder`` is replaced. Raises ``ConfigError`` for a folder with anything else in it, for
    a scenario without a simulated world, and for settings that no world can meet.
    """
    if scenario.simulate is None:
        raise ConfigError(
            "The scenario has no simulated world",
            where=scenario.name,
            wanted="a scenario with a simulate section, such as epos",
            next_step="give another scenario",
        )
    with files.replacing(folder) as fresh:
        coming = stream(scenario.simulate, scenario.shop, scenario.seed)
        progress.total = coming.sales
        return files.stream(coming, fresh, progress.update)

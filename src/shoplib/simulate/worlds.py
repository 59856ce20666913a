"""Every world by its kind."""

from __future__ import annotations

from typing import assert_never

from shoplib.config.models import Shop
from shoplib.config.worlds import BranchWorld, EposWorld, RetailWorld, Simulate, WaterShopWorld
from shoplib.simulate.world import World


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

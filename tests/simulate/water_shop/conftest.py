"""A water shop at its default size, made once for all tests that only look at it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from shoplib.config.models import Shop
from shoplib.config.worlds import WaterShopWorld
from shoplib.simulate.water_shop.world import world
from shoplib.simulate.world import World

Make = Callable[..., World]
SHOP = Shop(name="Jal Point", currency="INR", timezone="Asia/Kolkata", language="en_IN")


@cache
def of_seed(seed: int) -> World:
    """Return the default world of a seed."""
    return world(WaterShopWorld(), SHOP, seed)


@pytest.fixture(scope="session")
def usual() -> Callable[[int], World]:
    """Return what gives the default world of a seed; it is made once."""
    return of_seed


@pytest.fixture(scope="session")
def make() -> Make:
    """Return what makes a world of other settings."""

    def made(seed: int = 1, shop: Shop = SHOP, **settings: Any) -> World:
        return world(WaterShopWorld.model_validate(settings), shop, seed)

    return made

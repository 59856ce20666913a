"""The catalogue: any size, unique names, sensible prices."""

from __future__ import annotations

import numpy as np
import pytest

from shoplib.config.worlds import EposWorld
from shoplib.simulate.epos import catalogue, places
from shoplib.simulate.epos.menu import CATEGORIES, NAMES


@pytest.mark.parametrize("products", [10, 11, 60, 150, 1_000, 5_000])
def test_names_are_unique_and_every_category_is_there(products: int) -> None:
    menu = catalogue.catalogue(products, NAMES, np.zeros(8, dtype=np.int64), 1)
    assert len(menu.names) == len(set(menu.names)) == len(set(menu.product_ids)) == products
    assert menu.counts.sum() == products
    assert menu.counts.min() >= 1
    assert not any("," in name or '"' in name for name in menu.names)
    assert (menu.base_price > 1).all()


def test_every_place_sells_something_of_every_category() -> None:
    for seed in range(20):
        weights = catalogue.choice_weights(catalogue.catalogue(10 + seed, NAMES, np.arange(12) % 4, seed))
        assert (weights.sum(axis=1) > 0).all()


def test_prices_lie_in_the_range_of_their_category_and_serve() -> None:
    menu = catalogue.catalogue(150, NAMES, np.zeros(1, dtype=np.int64), 1)
    for words, start, count in zip(CATEGORIES, menu.starts, menu.counts, strict=True):
        factors = [price for _, price, _ in words.serves]
        price = menu.base_price[start : start + count]
        assert price.min() >= words.low * min(factors)
        assert price.max() <= words.high * max(factors)


def test_popularity_is_long_tailed() -> None:
    menu = catalogue.catalogue(1_000, NAMES, np.zeros(1, dtype=np.int64), 1)
    beer = np.sort(menu.taste[0, : menu.counts[0]])[::-1]
    assert beer[: len(beer) // 5].sum() > 0.5 * beer.sum()


@pytest.mark.parametrize("number", [1, 8, 45])
def test_places_have_unique_names_and_somebody_who_serves(number: int) -> None:
    asked = EposWorld(restaurants=number, bars=number, pubs=0, employees=3)
    where = places.places(asked, 1)
    people = places.staff(asked, where, 1)
    assert len(set(where.names)) == len(set(where.ids)) == 2 * number
    assert (people.counts >= 1).all()
    assert people.counts.sum() == len(people.serving)

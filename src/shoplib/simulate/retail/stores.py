"""Where the chain sells: stores with their size, growth and range, and the days their doors stay shut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoplib.base import seeds
from shoplib.config.worlds import RetailWorld
from shoplib.errors import ConfigError
from shoplib.simulate import calendar
from shoplib.simulate.calendar import Days
from shoplib.simulate.draws import Bools, Floats, Ints

TOWNS = (
    "Bath", "Bristol", "Cambridge", "Chester", "Durham", "Exeter", "Harrogate", "Leeds", "Lincoln", "Norwich",
    "Oxford", "Plymouth", "Salisbury", "Sheffield", "Stamford", "Winchester", "Worcester", "York",
)  # fmt: skip
TILLS_A_STORE = 3
SIZE_SPREAD = 0.25
GROWTH_A_YEAR = 0.03
GROWTH_SPREAD = 0.05
REASONS = ("", "Christmas Day", "closed weekday", "repairs")
CHRISTMAS, WEEKLY, REPAIRS = 1, 2, 3


@dataclass(frozen=True)
class Stores:
    """Every store, in the order of its number."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    cities: tuple[str, ...]
    size: Floats  # relative trade
    growth: Floats  # share a year
    ranges: tuple[tuple[str, ...] | None, ...]  # categories carried; none is all

    def __len__(self) -> int:
        return len(self.ids)


def stores(settings: RetailWorld, seed: int) -> Stores:
    """Return the stores of ``store_list``, or ``settings.stores`` of different sizes in English towns."""
    rng = seeds.stream(seed, "simulate", "retail", "stores")
    asked = settings.store_list
    number = len(asked) or settings.stores
    size = rng.lognormal(0.0, SIZE_SPREAD, number)
    growth = rng.normal(GROWTH_A_YEAR, GROWTH_SPREAD, number)
    towns = [TOWNS[at] for at in rng.permutation(len(TOWNS))]
    width = max(2, len(str(number)))
    if asked:
        names, cities = tuple(store.name for store in asked), tuple(store.city for store in asked)
        size = np.array([store.size for store in asked])
    else:
        cities = tuple(towns[at % len(towns)] for at in range(number))
        names = tuple(town if at < len(towns) else f"{town} {at // len(towns) + 1}" for at, town in enumerate(cities))
    return Stores(
        ids=tuple(f"S{at:0{width}d}" for at in range(1, number + 1)),
        names=names,
        cities=cities,
        size=size,
        growth=growth,
        ranges=tuple(store.categories for store in asked) if asked else (None,) * number,
    )


def carried(where: Stores, categories: tuple[str, ...], category: Ints) -> Bools:
    """Return which store carries which product: stores × products.

    ``category`` is the position of each product's category in ``categories``. Raises ``ConfigError`` for a category
    that nobody sells, and for a store that is left without a product.
    """
    found = np.ones((len(where), len(category)), dtype=bool)
    for at, wanted in enumerate(where.ranges):
        if wanted is None:
            continue
        for name in wanted:
            if name not in categories:
                raise ConfigError(
                    f'Store "{where.names[at]}" carries a category that is not in the assortment',
                    where=f"simulate.store_list.{at}.categories", found=name, wanted=", ".join(categories),
                    next_step="name one of these, or add the category to simulate.assortment",
                )  # fmt: skip
        known = np.array([name in wanted for name in categories])
        found[at] = known[category]
        if not found[at].any():
            raise ConfigError(
                f'Store "{where.names[at]}" has no products', where=f"simulate.store_list.{at}.categories",
                found=f"{', '.join(wanted)}, of which simulate.products leaves nothing",
                wanted="at least one product in every store",
                next_step="raise simulate.products, or let the store carry more",
            )  # fmt: skip
    return found


def closed(settings: RetailWorld, where: Stores, when: Days, seed: int) -> Ints:
    """Return why each store is shut on each day, as positions in ``REASONS``: days × stores, 0 is open.

    Raises ``ConfigError`` if no store opens on any day.
    """
    christmas, repairs = calendar.closures(when, len(where), seed)
    reason = np.zeros((len(when), len(where)), dtype=np.int8)
    reason[repairs.T] = REPAIRS
    if settings.closed_weekday is not None:
        reason[when.weekday == settings.closed_weekday] = WEEKLY
    reason[christmas.T] = CHRISTMAS
    if reason.all():
        raise ConfigError(
            "No store opens on any day of the world", where="simulate.closed_weekday",
            found=f"{settings.start} to {settings.end}, shut on weekday {settings.closed_weekday} (0 is Monday)",
            wanted="at least one day with open doors", next_step="move simulate.end, or leave closed_weekday out",
        )  # fmt: skip
    return reason


def next_open(shut: Ints) -> Ints:
    """Return the first open day from each day on, for each store: (days + 1) × stores; ``days`` stands for never.

    >>> next_open(np.array([[0], [1], [0]])).ravel().tolist()
    [0, 2, 2, 3]
    """
    days, places = shut.shape
    at = np.where(shut == 0, np.arange(days)[:, None], days)
    following = np.concatenate([at, np.full((1, places), days)])
    found: Ints = np.minimum.accumulate(following[::-1])[::-1]
    return found

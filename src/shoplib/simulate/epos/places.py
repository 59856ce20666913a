"""Where the chain sells and who works there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from faker import Faker

from shoplib.base import seeds
from shoplib.config.worlds import EposWorld
from shoplib.simulate.draws import Ints

TYPES = ("restaurant", "bar", "pub", "cafe")

TOWNS = (
    "Bath", "Brighton", "Bristol", "Cambridge", "Canterbury", "Chester", "Durham", "Exeter", "Falmouth", "Harrogate",
    "Leeds", "Lincoln", "Manchester", "Norwich", "Nottingham", "Oxford", "Plymouth", "Salisbury", "Sheffield",
    "Shrewsbury", "Stamford", "Winchester", "Worcester", "York",
)  # fmt: skip

HOUSES = {
    "restaurant": (
        "The Salt Yard", "Orchard Table", "Fig and Thistle", "The Long Larder", "Saffron Row", "The Copper Hearth",
        "Juniper Kitchen", "The Glasshouse Grill", "Tide and Ember", "The Pantry on the Green",
    ),
    "bar": (
        "The Night Heron", "Lantern Bar", "The Velvet Fox", "Quayside Social", "The Brass Puzzle", "Paper Moon Bar",
        "The Alchemy Rooms", "Low Light", "The Tin Ceiling", "Second Storey",
    ),
    "pub": (
        "The Plough and Stars", "The Drovers Rest", "The Old Ferryman", "The Hop Barn", "The Millstone",
        "The Kingfisher Inn", "The Three Larks", "The Wheelwrights Arms", "The Lamb and Lantern", "The Anchor Wharf",
    ),
    "cafe": (
        "The Blue Teapot", "Crumb and Kettle", "The Window Seat", "Larkspur Coffee", "The Corner Loaf",
        "Second Cup Lane", "The Warm Oven", "Hazel and Rye", "The Reading Room Café", "Morning Bell",
    ),
}  # fmt: skip

SERVING_ROLE = {"restaurant": "Server", "bar": "Bartender", "pub": "Bartender", "cafe": "Barista"}
TILLS = {"restaurant": 2, "bar": 3, "pub": 2, "cafe": 1}
SIZE = (1.0, 1.05, 0.95, 0.8)


@dataclass(frozen=True)
class Places:
    """Every location, in the order of its number."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    kinds: Ints  # position in TYPES
    cities: tuple[str, ...]
    size: np.ndarray[tuple[int], np.dtype[np.float64]]  # relative trade
    tills: Ints  # devices at each


@dataclass(frozen=True)
class Staff:
    """Everybody at the tills, and who may serve where."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    roles: tuple[str, ...]
    home: Ints  # place of each employee
    serving: Ints  # employees grouped by the place they serve at
    starts: Ints  # first of each place in ``serving``
    counts: Ints  # how many serve at each place, at least 1


def places(settings: EposWorld, seed: int) -> Places:
    """Return the restaurants, then the bars, the pubs and the cafés: invented names in real English towns.

    Towns repeat only after all 24 are used; names are unique in any number.
    """
    rng = seeds.stream(seed, "simulate", "places")
    numbers = (settings.restaurants, settings.bars, settings.pubs, settings.cafes)
    kinds = np.repeat(np.arange(len(TYPES)), numbers)
    towns = [TOWNS[i] for i in rng.permutation(len(TOWNS))]
    names: list[str] = []
    for kind, number in zip(TYPES, numbers, strict=True):
        pool = [HOUSES[kind][i] for i in rng.permutation(len(HOUSES[kind]))]
        names += [_nth_name(pool, i) for i in range(number)]
    width = max(2, len(str(len(kinds))))
    return Places(
        ids=tuple(f"L{number:0{width}d}" for number in range(1, len(kinds) + 1)),
        names=tuple(names),
        kinds=kinds,
        cities=tuple(towns[i % len(towns)] for i in range(len(kinds))),
        size=np.array(SIZE)[kinds] * rng.lognormal(0.0, 0.22, len(kinds)),
        tills=np.array([TILLS[kind] for kind in TYPES])[kinds],
    )


def staff(settings: EposWorld, where: Places, seed: int) -> Staff:
    """Return the employees, dealt out over the places in turn; the first at each is its manager.

    With fewer employees than places, a place without staff of its own is served by somebody else's.
    """
    rng = seeds.stream(seed, "simulate", "staff")
    number, locations = settings.employees, len(where.ids)
    faker = _names()
    faker.seed_instance(int(rng.integers(2**32)))
    home = np.arange(number) % locations
    turn = np.arange(number) // locations
    serving = [
        np.flatnonzero(home == place) if place < number else np.array([place % number]) for place in range(locations)
    ]
    counts = np.array([len(group) for group in serving])
    roles = [
        "Manager" if t == 0 else "Supervisor" if t % 4 == 3 else SERVING_ROLE[TYPES[where.kinds[h]]]
        for t, h in zip(turn.tolist(), home.tolist(), strict=True)
    ]
    width = max(3, len(str(number)))
    return Staff(
        ids=tuple(f"E{n:0{width}d}" for n in range(1, number + 1)),
        names=tuple(f"{faker.first_name()} {faker.last_name()}" for _ in range(number)),
        roles=tuple(roles),
        home=home,
        serving=np.concatenate(serving),
        starts=counts.cumsum() - counts,
        counts=counts,
    )


@cache
def _names() -> Faker:
    """Return the maker of names; whoever takes it seeds it first."""
    return Faker("en_GB")


def _nth_name(pool: list[str], number: int) -> str:
    again, at = divmod(number, len(pool))
    return pool[at] if again == 0 else f"{pool[at]} {again + 1}"

"""People with a customer card: how often they come, since when, and until when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from faker import Faker
from faker.config import AVAILABLE_LOCALES

from shoplib.base import seeds
from shoplib.config.worlds import RetailWorld
from shoplib.simulate.draws import Floats, Ints

FIRST_NAMES, LAST_NAMES = 300, 600
OTHERWISE = "en_GB"  # names for languages that have no names of their own here
RATE_SHAPE = 0.9  # gamma: a few come often, many seldom (Ehrenberg, 1959)
LEAST_RATE = 0.05
NEW_SHARE = 0.25  # joined within the world; the others up to three years before
BEFORE_DAYS = 1_095
CHURN_FROM, CHURN_TO = 0.15, 0.85  # of the span
AWAY_SHARE = 0.08  # of a card's visits lead to another store than its own
MOST_DRAWS = 30
NOBODY = -1


@dataclass(frozen=True)
class People:
    """Card holders; days count from the first of the world."""

    names: tuple[str, ...]
    home: Ints  # store
    rate: Floats  # relative frequency of visits
    joined: Ints  # may be below 0
    left: Ints  # first day without a visit; the world's length for those who stay

    def __len__(self) -> int:
        return len(self.names)


def people(settings: RetailWorld, size: Floats, days: int, language: str, seed: int) -> People:
    """Return the card holders, at home in stores by their ``size``; ``churn_share`` of them leave at some day.

    Names are put together from a few hundred first and last names of the language.
    """
    rng = seeds.stream(seed, "simulate", "retail", "customers")
    number = settings.customers
    first, last = _names(language, int(rng.integers(2**32)))
    name = first[rng.integers(len(first), size=number)] + " " + last[rng.integers(len(last), size=number)]
    new = rng.random(number) < NEW_SHARE
    joined = np.where(new, rng.integers(days, size=number), -rng.integers(1, BEFORE_DAYS, number))
    left = np.full(number, days)
    gone = rng.permutation(number)[: round(number * settings.churn_share)]
    left[gone] = np.rint(days * rng.uniform(CHURN_FROM, CHURN_TO, len(gone))).astype(np.int64)
    return People(
        names=tuple(name.tolist()),
        home=rng.choice(len(size), number, p=size / size.sum()),
        rate=rng.gamma(RATE_SHAPE, 1 / RATE_SHAPE, number) + LEAST_RATE,
        joined=np.where(joined < left, joined, np.minimum(left - 1, 0)),
        left=left,
    )


def buyers(who: People, store: Ints, day: Ints, share: float, places: int, seed: int) -> Ints:
    """Return the card holder of each sale, -1 for sales without a card; ``share`` of them show one.

    A store's sales go to people at home there by their rate, a few to people from elsewhere, and only to those
    who have joined and not left. A sale that finds nobody shows no card.
    """
    rng = seeds.stream(seed, "simulate", "retail", "buyers")
    found = np.full(len(store), NOBODY, dtype=np.int64)
    if not len(who):
        return found
    order = np.argsort(who.home, kind="stable")
    edges = np.append(0.0, who.rate[order].cumsum())
    starts = np.searchsorted(who.home[order], np.arange(places + 1))
    waiting = np.sort(rng.permutation(len(store))[: round(len(store) * share)])
    for _ in range(MOST_DRAWS):
        if not len(waiting):
            break
        home = np.where(rng.random(len(waiting)) < AWAY_SHARE, rng.integers(places, size=len(waiting)), store[waiting])
        low, high = edges[starts[home]], edges[starts[home + 1]]
        at = np.searchsorted(edges, low + (high - low) * rng.random(len(waiting)), side="right") - 1
        person = order[np.minimum(at, len(who) - 1)]
        fits = (low < high) & (who.joined[person] <= day[waiting]) & (day[waiting] < who.left[person])
        found[waiting[fits]] = person[fits]
        waiting = waiting[~fits]
    return found


def _names(language: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    faker = Faker(language if language in AVAILABLE_LOCALES else OTHERWISE)
    faker.seed_instance(seed)
    first = sorted({_plain(faker.first_name()) for _ in range(FIRST_NAMES)})
    last = sorted({_plain(faker.last_name()) for _ in range(LAST_NAMES)})
    return np.array(first, dtype=object), np.array(last, dtype=object)


def _plain(name: str) -> str:
    return name.replace(",", "").replace('"', "")

"""Customers with a rhythm of their own, and who of them comes on which day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoplib.base import seeds
from shoplib.simulate import draws
from shoplib.simulate.draws import Bools, Floats, Ints
from shoplib.simulate.water_shop.days import Days

KINDS = ("household", "business", "occasional", "stranger")
HOUSEHOLD, BUSINESS, OCCASIONAL, STRANGER = range(4)
KIND_SHARES = {"household": 0.70, "business": 0.14, "occasional": 0.16}
CUSTOMERS_PER_DAILY_VISIT = 2.2  # so that they make up about three quarters of the visits
# Days between visits by kind: median, spread of the logarithm, least, most.
INTERVAL_DAYS = ((2.6, 0.35, 1.2, 10.0), (1.5, 0.25, 1.0, 5.0), (15.0, 0.45, 6.0, 45.0))
KIND_BY_WEEKDAY = np.array(
    [
        [0.95, 0.93, 0.95, 0.97, 1.00, 1.15, 1.25],
        [1.20, 1.15, 1.15, 1.15, 1.15, 0.80, 0.05],
        [0.95, 0.95, 0.95, 0.95, 1.00, 1.10, 1.15],
    ]
)
OVERDUE = 3.0  # intervals after which a visit becomes no more urgent
MOST_KNOWN = 0.92  # of a day's people; the rest are strangers
COMPANION_DELAY = 0.6  # companions are less often customers than those they come with
NEW_SHARE = 0.06  # of the customers are new within the span
NON_PAYER_SHARE = 0.02
LEAST_NON_PAYERS = 2
ACCOUNT_CHANCE = (0.03, 0.40, 0.0)
SHORTEST_WITH_CHANGES = 14


@dataclass(frozen=True)
class Crowd:
    """People who come again, one entry each. Days are counted from the first; ``len(when)`` is never."""

    kind: Ints
    interval_days: Floats
    usual_cans: Ints
    taste: Floats  # 0 prefers the largest can, 1 the smallest
    joins: Ints  # first day they can come; negative is before the span
    stops: Ints  # first day they no longer come
    non_payer: Bools
    account: Bools
    """May buy on credit."""

    def __len__(self) -> int:
        return len(self.kind)


def crowd(number: int, when: Days, churn_share: float, seed: int) -> Crowd:
    """Return so many customers, in a random order of kinds.

    Of households and businesses exactly ``churn_share`` stop on a day between 30 % and 75 % of the span; spans
    under 14 days have neither those nor new customers. A few, at least two of twenty or more, do not pay.
    """
    rng = seeds.stream(seed, "simulate", "water_shop", "people")
    counts = list(draws.allocate(number, KIND_SHARES).values())
    kind = rng.permutation(np.repeat(np.arange(3), counts))
    middle, spread, least, most = np.array(INTERVAL_DAYS)[kind].T
    cans = np.where(kind == BUSINESS, 2 + rng.poisson(1.4, number), 1 + (rng.random(number) < 0.4))
    taste = rng.random(number)
    joins, stops = _changes(rng, kind, len(when), churn_share)
    non_payers = max(LEAST_NON_PAYERS, round(NON_PAYER_SHARE * number)) if number >= 20 else 0
    non_payer = np.zeros(number, dtype=bool)
    non_payer[rng.choice(number, non_payers, replace=False)] = True
    return Crowd(
        kind=kind,
        interval_days=np.clip(middle * np.exp(rng.normal(0, spread)), least, most),
        usual_cans=np.where(kind == OCCASIONAL, 1, cans),
        taste=np.where(kind == BUSINESS, taste * 0.3, taste),
        joins=joins,
        stops=stops,
        non_payer=non_payer,
        account=rng.random(number) < np.array(ACCOUNT_CHANCE)[kind],
    )


def customers(visits: int, open_days: int) -> int:
    """Return how many customers a shop with so many visits has."""
    return max(1, round(CUSTOMERS_PER_DAILY_VISIT * visits / open_days))


def who(lead: Bools, counts: Ints, known: Crowd, when: Days, seed: int) -> Ints:
    """Return the person of each place in the shop: a customer's number, or one past all of them for a stranger.

    ``lead`` has one entry a place, ordered by day, ``counts`` the places of each day. A customer
    comes at most once a day. The urge to come grows with the square of the days since the last time, as in
    a Weibull renewal process of shape 3; on each day as many customers are drawn, in proportion to it, as their
    rhythms ask for on average, times that day's footfall. Strangers are numbered on from the customers, one each.
    """
    rng = seeds.stream(seed, "simulate", "water_shop", "who")
    person = np.full(len(lead), -1, dtype=np.int64)
    last = -rng.random(len(known)) * known.interval_days - 1e-9
    order = rng.random(len(lead)) + COMPANION_DELAY * ~lead
    usual = max(counts.sum() / max(1, when.open.sum()), 1e-9)
    ends = counts.cumsum()
    for day in np.flatnonzero(counts):
        here = np.flatnonzero((known.joins <= day) & (day < known.stops))
        kind, interval = known.kind[here], known.interval_days[here]
        weekday = KIND_BY_WEEKDAY[kind, when.weekday[day]]
        asked = (weekday / interval).sum() / usual
        number = min(round(counts[day] * min(MOST_KNOWN, asked)), len(here))
        urge = weekday / interval * np.minimum((day - last[here]) / interval, OVERDUE) ** 2
        comes = here[draws.chosen(rng, number, urge)]
        first = ends[day] - counts[day]
        places = first + np.argsort(order[first : ends[day]], kind="stable")[:number]
        person[places] = rng.permutation(comes)
        last[comes] = day
    strange = person < 0
    person[strange] = len(known) + np.arange(int(strange.sum()))
    return person


def kind_of(person: Ints, known: Crowd) -> Ints:
    """Return the kind of each person."""
    return np.append(known.kind, STRANGER)[np.minimum(person, len(known))]


def _changes(rng: np.random.Generator, kind: Ints, days: int, churn_share: float) -> tuple[Ints, Ints]:
    joins, stops = np.full(len(kind), -1), np.full(len(kind), days)
    if days < SHORTEST_WITH_CHANGES:
        return joins, stops
    regular = np.flatnonzero(kind != OCCASIONAL)
    gone = rng.choice(regular, round(churn_share * len(regular)), replace=False)
    stops[gone] = rng.integers(int(days * 0.30), int(days * 0.75) + 1, len(gone))
    staying = np.setdiff1d(np.arange(len(kind)), gone)
    new = rng.choice(staying, min(round(NEW_SHARE * len(kind)), len(staying)), replace=False)
    joins[new] = rng.integers(1, int(days * 0.8) + 1, len(new))
    return joins, stops

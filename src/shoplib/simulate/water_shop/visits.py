"""When each person came in and went out, by the true clock."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from shoplib.base import seeds
from shoplib.simulate import draws
from shoplib.simulate.draws import Floats, Ints
from shoplib.simulate.water_shop.days import Days
from shoplib.simulate.water_shop.hours import Hours
from shoplib.simulate.water_shop.parties import Parties, Places

# Arrivals by hour of the clock from 0 to 23, one row a kind: household, business, occasional, stranger.
HOURS = np.array(
    [
        [.2, .2, .2, .2, .4, 1.5, 5, 9.5, 10, 7.5, 4.8, 3, 2, 1.3, 1, 1.2, 2.2, 4.6, 8.4, 9.2, 6, 2.4, .8, .3],
        [.2, .2, .2, .2, .3, .8, 2, 4, 7, 10, 10, 7, 4.5, 2, 1.6, 3, 4.4, 4, 3, 2, 1.2, .6, .3, .2],
        [.2, .2, .2, .2, .3, .8, 2.2, 4.8, 6.5, 6.5, 5.5, 4, 3, 2, 1.5, 1.8, 3, 5.4, 7.6, 7.8, 5, 2, .8, .3],
        [.3, .2, .2, .2, .3, .8, 2, 4.4, 6, 5.8, 5.2, 4.6, 3.8, 2.6, 2, 2.4, 3.6, 5.8, 7.4, 7.2, 4.8, 2.2, 1, .5],
    ]
)  # fmt: skip
SUNDAY = 6
SUNDAY_LATER_HOURS = 1.0
SHORTEST_S, SPREAD_S = 60, 300
DWELL = (1.6, 2.6)  # beta: most stay two to four minutes
LOOK = (1.2, 3.6)  # those who only look leave sooner
DOOR_S = 6  # a group is through the door within so many seconds


@dataclass(frozen=True)
class Stays:
    """Seconds after midnight by the true clock, one entry a place; a walk-in's is the moment it is served."""

    entered: Ints
    left: Ints


def stays(
    of: Parties, place: Places, kind: Ints, looked: draws.Bools, when: Days, open_: Hours,
    usual: tuple[dt.time, dt.time], seed: int,
) -> Stays:  # fmt: skip
    """Return coming and going of every place, within that day's opening hours and 1 to 6 minutes apart.

    ``kind`` is that of each place's person, ``looked`` says of each party whether it buys nothing. Who comes
    together arrives within seconds; who is paid for by another leaves with that one. On a day whose hours are
    shorter than a stay, stays end with it.
    """
    rng = seeds.stream(seed, "simulate", "water_shop", "stays")
    first = np.flatnonzero(place.lead)
    group = kind[first] * 2 + (when.weekday[of.day] == SUNDAY)
    opened, closed = open_.opened[of.day], open_.closed[of.day]
    arrives = opened + (_share_of_day(rng, group, usual) * (closed - opened)).astype(np.int64)
    arrives = np.where(of.partner >= 0, arrives[np.maximum(of.partner, 0)], arrives)

    stay = SHORTEST_S + np.rint(SPREAD_S * np.where(looked, rng.beta(*LOOK, len(of)), rng.beta(*DWELL, len(of))))
    stay = np.minimum(stay.astype(np.int64), closed - opened)
    last = (closed - stay)[place.party]
    behind = rng.integers(0, DOOR_S + 1, len(place.party)) * (~place.lead | (of.partner >= 0)[place.party])
    entered = np.minimum(arrives[place.party] + behind, last)
    together = np.minimum(entered[first] + stay, closed)[place.party]
    lag = rng.integers(-DOOR_S, DOOR_S + 1, len(place.party)) * ~place.lead
    left = np.clip(together + lag, entered + SHORTEST_S, entered + SHORTEST_S + SPREAD_S)
    return Stays(entered, np.minimum(left, closed[place.party]))


def _share_of_day(rng: np.random.Generator, group: Ints, usual: tuple[dt.time, dt.time]) -> Floats:
    """Return how far into the opening hours each party comes, from 0 up to, not including, 1."""
    first, last = (time.hour * 60 + time.minute for time in usual)
    minute = draws.pick(rng, _profile(first, last), group)
    share: Floats = (minute + rng.random(len(group))) / (last - first)
    return np.minimum(share, draws.BELOW_ONE)


def _profile(first: int, last: int) -> Floats:
    """Return arrivals by minute of the usual opening hours: for each kind a row for weekdays and one for Sundays."""
    clock = np.arange(first, last) / 60
    middles = np.arange(-1, 25) + 0.5
    rows = []
    for hours in HOURS:
        around = [hours[-1], *hours, hours[0]]
        rows += [np.interp(clock - later, middles, around) for later in (0.0, SUNDAY_LATER_HOURS)]
    return np.array(rows)

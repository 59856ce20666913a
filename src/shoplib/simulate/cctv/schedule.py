"""Who comes in, when, with whom, where they stand, and how they look that time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.base.seeds import stream
from shoplib.config.cameras import CAST, LEAST_AWAY_S, LONGEST_VISIT_S, TOLD_APART, VISITS_APART_S, SimulatedFootage
from shoplib.simulate.cctv.lights import Span

WALK_IN_S, WALK_OUT_S = 2.6, 2.2
STAND_S = (2.2, LONGEST_VISIT_S - WALK_IN_S - WALK_OUT_S)
BEHIND_S, GO_S = (0.3, 0.8), 0.5
"""How much later the second of two comes in, and at most leaves."""
SETTLED_S, BEFORE_DARK_S = 2.0, 0.5
PLACES = 6
STAFF_X, RIGHTMOST = [0.93, 0.82], (0.86, 0.76, 0.68)
"""Where those of the shop stand, and how far to the right customers go beside so many of them."""
OUTFITS = np.array(["a", "b"])
CUSTOMER, STAFF, CROWD = "customer", "staff", "crowd"
ROWS, ROW_RISES, ROW_SCALES = 10, 0.085, np.array([0.94, 0.8, 0.68])
COLUMNS = {
    "visit": "int64", "person": "int64", "outfit": "object", "kind": "object", "group": "Int64", "x": "float64",
    "scale": "float64", "enters_s": "float64", "arrives_s": "float64", "turns_s": "float64", "leaves_s": "float64",
    "gain": "float64", "gamma": "float64", "warmth": "float64", "lean_deg": "float64", "phase": "float64",
    "tall": "float64",
}  # fmt: skip


def roles(settings: SimulatedFootage, seed: int) -> tuple[list[int], list[int]]:
    """Return the customers in the order they first come, and those of the shop; 0 to 16, the first 12 told apart."""
    rng = stream(seed, "simulate", "cctv", "people")
    customers = rng.permutation(CAST if settings.alike else TOLD_APART)[: settings.people].tolist()
    rest = [person for person in [*range(TOLD_APART, CAST), *range(TOLD_APART)] if person not in customers]
    return customers, rest[: settings.staff]


def coming(settings: SimulatedFootage, spans: list[Span]) -> int:
    """Return how many visits a clip has in which the light burns in ``spans``: all of them, or as many as fit."""
    begins, ends = _room(settings, spans)
    return min(settings.visits, settings.most(ends - begins)) if settings.people else 0


def _room(settings: SimulatedFootage, spans: list[Span]) -> Span:
    """Return the longest span in which people may come and go, none of it dark."""
    spans = spans or [(0.0, 0.0)]
    usable = [(b + (SETTLED_S if b > 0 else 0), e - (BEFORE_DARK_S if e < settings.seconds else 0)) for b, e in spans]
    return max(usable, key=lambda span: span[1] - span[0])


def visits(settings: SimulatedFootage, spans: list[Span], clip: int, before: int, seed: int) -> pd.DataFrame:
    """Return one row a visit, in order of coming in; those of the shop and a crowd last.

    ``clip`` numbers the clips, ``before`` is how many visits earlier clips had. Person is 0 to 16; x is where they
    stand as a share of the width, scale how large. Everybody comes once before anybody comes again; then they come
    again in the same order, each time in the other outfit. No visit reaches into the dark or beyond the clip; who
    stays is there as long as the light burns.
    """
    customers, staff = roles(settings, seed)
    parts = [_customers(settings, spans, clip, before, seed, customers)]
    for number, (begins, ends) in enumerate(spans):
        rng = stream(seed, "simulate", "cctv", "stays", str(clip), str(number))
        places = STAFF_X[: len(staff)]
        parts.append(_staying(STAFF, staff, places, [0.95] * len(staff), (begins, ends), clip, rng))
        at = np.arange(settings.crowd)
        x = 0.07 + 0.086 * (at % ROWS) + 0.043 * (at // ROWS % 2) + rng.uniform(-0.01, 0.01, len(at))
        scale = ROW_SCALES[at // ROWS] + rng.uniform(-0.02, 0.02, len(at))
        parts.append(_staying(CROWD, (at % CAST).tolist(), x.tolist(), scale.tolist(), (begins, ends), clip, rng))
        parts[-1]["tall"] += ROW_RISES * (at // ROWS)
    table = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return table.assign(visit=np.arange(len(table)))[list(COLUMNS)].astype(COLUMNS)


def _customers(
    settings: SimulatedFootage, spans: list[Span], clip: int, before: int, seed: int, people: list[int]
) -> pd.DataFrame:
    rng = stream(seed, "simulate", "cctv", "visits", str(clip))
    count = coming(settings, spans)
    begins, ends = _room(settings, spans)
    number = np.arange(count)
    turns_a_person = max(len(people) - (1 if settings.together_share else 0), 0)
    every_s = (ends - begins - LONGEST_VISIT_S + VISITS_APART_S) / max(count, 1)
    again_s = turns_a_person * every_s - LONGEST_VISIT_S - LEAST_AWAY_S
    spread_s = every_s - VISITS_APART_S if count <= len(people) else min(every_s - VISITS_APART_S, again_s)
    second = _second(count, settings.together_share, rng)
    first = number - second
    late = np.where(second, rng.uniform(*BEHIND_S, count), 0)
    enters = begins + first * every_s + (rng.random(count) * max(spread_s, 0.0))[first] + late
    stands = rng.uniform(*STAND_S, count)[first] - late + np.where(second, GO_S * rng.random(count), 0)
    arrives = enters + WALK_IN_S
    turns = arrives + stands
    person = np.array(people, dtype=np.int64)[(before + number) % max(len(people), 1)] if count else number
    turn_of = (before + number) // max(len(people), 1)
    two = second | np.append(second[1:], False)[:count]
    group = pd.array(np.cumsum(two & ~second) - 1, dtype="Int64")
    group[~two] = pd.NA
    return _looks(person, turn_of, rng, seed).assign(
        kind=CUSTOMER, group=group, x=_places(settings, arrives, turns, second, rng), scale=1.0,
        enters_s=enters, arrives_s=arrives, turns_s=turns, leaves_s=turns + WALK_OUT_S,
    )  # fmt: skip


def _second(count: int, share: float, rng: np.random.Generator) -> np.ndarray:
    """Return which visits are the second of two who come together."""
    pairs = min(round(share * count / 2), count // 2)
    chosen = np.sort(rng.permutation(count - pairs)[:pairs])
    second = np.zeros(count, dtype=bool)
    second[chosen + np.arange(pairs) + 1] = True
    return second


def _places(
    settings: SimulatedFootage, arrives: np.ndarray, turns: np.ndarray, second: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Return where everybody stands: as far from the others as there is room, two together side by side."""
    x = np.linspace(0.26, RIGHTMOST[settings.staff], PLACES)
    taken, place = np.full(PLACES, -np.inf), np.zeros(len(arrives), dtype=np.int64)
    for visit in np.flatnonzero(~second):
        wide = 2 if visit + 1 < len(second) and second[visit + 1] else 1
        busy = np.flatnonzero(taken > arrives[visit])
        starts = np.arange(PLACES - wide + 1)
        distance = np.abs(starts[:, None, None] + np.arange(wide)[None, :, None] - busy).min(axis=(1, 2), initial=9)
        place[visit] = rng.permutation(np.flatnonzero(distance == distance.max()))[0]
        for step in range(wide):
            place[visit + step] = place[visit] + step
            taken[place[visit + step]] = turns[visit + step]
    return np.asarray(x[place] + rng.uniform(-0.01, 0.01, len(place)))


def _staying(
    kind: str, people: list[int], x: list[float], scale: list[float], span: Span, clip: int, rng: np.random.Generator
) -> pd.DataFrame:
    person = np.array(people, dtype=np.int64)
    return _looks(person, np.full(len(person), clip), rng, 0).assign(
        kind=kind, group=pd.array([None] * len(person), dtype="Int64"), x=np.array(x), scale=np.array(scale),
        enters_s=span[0], arrives_s=span[0], turns_s=span[1], leaves_s=span[1],
    )  # fmt: skip


def _looks(person: np.ndarray, turn_of: np.ndarray, rng: np.random.Generator, seed: int) -> pd.DataFrame:
    """Return outfit, light and posture of visits."""
    always = stream(seed, "simulate", "cctv", "looks")
    first_outfit, tall = always.integers(0, 2, CAST), always.uniform(-0.012, 0.012, CAST)
    count = len(person)
    return pd.DataFrame(
        {
            "person": person,
            "outfit": OUTFITS[(first_outfit[person] + turn_of) % 2],
            "gain": rng.uniform(0.82, 1.03, count),
            "gamma": rng.uniform(0.88, 1.18, count),
            "warmth": rng.uniform(-0.05, 0.05, count),
            "lean_deg": rng.uniform(-3, 3, count),
            "phase": rng.random(count),
            "tall": tall[person],
        }
    )

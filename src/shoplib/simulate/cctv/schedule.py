"""Who comes in, when, and how they look that time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.base.seeds import stream
from shoplib.config.cameras import LEAST_AWAY_S, LONGEST_VISIT_S, VISITS_APART_S, SimulatedFootage

WALK_IN_S, WALK_OUT_S = 2.6, 2.2
STAND_S = (2.2, LONGEST_VISIT_S - WALK_IN_S - WALK_OUT_S)
SLOTS = 3
OUTFITS = np.array(["a", "b"])


def visits(settings: SimulatedFootage, cast: int, seed: int) -> pd.DataFrame:
    """Return one row a visit, in order of coming in; no visit reaches beyond the clip.

    Columns visit (from 0), person (0 to ``cast`` − 1), outfit, slot (place at the counter), the seconds at which
    they enter, arrive at the counter, turn and leave, and the light and posture of that visit. Everybody comes once
    before anybody comes again; then they come again in the same order, each time in the other outfit.
    """
    rng = stream(seed, "simulate", "cctv", "visits")
    count, number = settings.visits, np.arange(settings.visits)
    people = rng.permutation(cast)[: settings.people]
    every_s = (settings.seconds - LONGEST_VISIT_S + VISITS_APART_S) / max(count, 1)
    again_s = settings.people * every_s - LONGEST_VISIT_S - LEAST_AWAY_S
    spread_s = every_s - VISITS_APART_S if count <= settings.people else min(every_s - VISITS_APART_S, again_s)
    enters = number * every_s + rng.random(count) * spread_s
    turns = enters + WALK_IN_S + rng.uniform(*STAND_S, count)
    turn_of = number // max(settings.people, 1)
    first_outfit = rng.integers(0, 2, cast)
    person = people[number % max(settings.people, 1)] if count else number
    tall = rng.uniform(-0.012, 0.012, cast)
    return pd.DataFrame(
        {
            "visit": number,
            "person": person,
            "outfit": OUTFITS[(first_outfit[person] + turn_of) % 2],
            "slot": number % SLOTS,
            "enters_s": enters,
            "arrives_s": enters + WALK_IN_S,
            "turns_s": turns,
            "leaves_s": turns + WALK_OUT_S,
            "gain": rng.uniform(0.82, 1.03, count),
            "gamma": rng.uniform(0.88, 1.18, count),
            "warmth": rng.uniform(-0.05, 0.05, count),
            "lean_deg": rng.uniform(-3, 3, count),
            "phase": rng.random(count),
            "tall": tall[person],
        }
    )

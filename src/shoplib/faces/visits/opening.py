"""What one camera's day says of opening; read backwards, of closing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from shoplib.faces.pictures import Bools
from shoplib.faces.visits import lighting
from shoplib.faces.visits.lighting import Floats

BEFORE_S = 300
"""Somebody seen so long before the light went on says that the shop was open already."""
QUIET_S = 60
"""Nobody is there for so long, in a picture one can see in, before the first person opens the shop."""
DARK_S = 10
"""No shorter darkness at the beginning counts."""
LIGHT, PERSON, LIT, HOLE, DARK, EARLY, CROWDED, OTHER, NOBODY, GREY, FROZEN = (
    "light", "person", "lit", "hole", "dark", "early", "crowded", "other", "nobody", "grey", "frozen",
)  # fmt: skip
OPENED = {
    LIGHT: "the light went on",
    PERSON: "the first person seen in a shop that was dark and empty",
    LIT: "not visible: the footage begins after opening",
    HOLE: "not visible: the shop opened while nothing was filmed",
    DARK: "not visible: the picture is dark all day",
    EARLY: "not visible: people were seen before the light went on",
    CROWDED: "not visible: people are there as soon as anything can be seen",
    OTHER: "not visible: another camera saw people first",
    NOBODY: "not visible: the light did not go on and nobody came",
    GREY: "not visible: a picture without colour, as of a camera at night, does not show the light",
    FROZEN: "not visible: the picture stands still all day",
}
CLOSED = {
    LIGHT: "the light went off",
    PERSON: "the last person seen before the shop was dark and empty",
    LIT: "not visible: the footage ends before closing",
    HOLE: "not visible: the shop closed while nothing was filmed",
    DARK: OPENED[DARK],
    EARLY: "not visible: people were seen after the light went off",
    CROWDED: "not visible: people are there as long as anything can be seen",
    OTHER: "not visible: another camera saw people last",
    NOBODY: "not visible: the light did not go off and nobody was there",
    GREY: OPENED[GREY],
    FROZEN: OPENED[FROZEN],
}


class Course(NamedTuple):
    """What one camera saw of brightness over a day, one sample a second."""

    at_s: Floats
    """Seconds, rising; frozen spans are left out."""
    level: Floats
    dark: Bools
    """Too dark to see anybody."""
    grey: bool

    def backwards(self) -> Course:
        """Return the same day from its end, seconds below zero."""
        return Course(-self.at_s[::-1], self.level[::-1], self.dark[::-1], self.grey)


class Verdict(NamedTuple):
    """What a camera says."""

    at_s: float
    """Not a number if it does not show the moment."""
    why: str
    light_s: float
    """When the light went on; not a number if that is not shown."""
    begins_s: float


def opened(course: Course, first_here: float, first_anywhere: float, least: float) -> Verdict:
    """Return when and by which witness the shop opened, by the rule told in ``hours.footage_days``.

    ``first_here`` is the first person this camera saw, ``first_anywhere`` the first of any camera, not a number if
    there was none; ``least`` the change of brightness that counts.
    """
    if not len(course.at_s):
        return Verdict(np.nan, HOLE, np.nan, np.inf)
    begins = float(course.at_s[0])
    changes = lighting.changes(course.at_s, course.level, least)
    first = changes[0] if changes else None
    light_s = first.at_s if first is not None and first.up and first.seen else np.nan
    if not np.isnan(light_s):
        early = first_anywhere < light_s - BEFORE_S
        return Verdict(np.nan if early else light_s, EARLY if early else LIGHT, light_s, begins)
    why = HOLE if first is not None and first.up else _by_people(course, first_here, first_anywhere)
    return Verdict(first_here if why == PERSON else np.nan, why, np.nan, begins)


def _by_people(course: Course, first_here: float, first_anywhere: float) -> str:
    """Return what people say where the light says nothing."""
    if course.dark.all():
        return DARK
    sees = int(np.argmin(course.dark))
    since = float(course.at_s[sees])
    if since - course.at_s[0] < DARK_S:
        return GREY if course.grey else LIT
    if np.isnan(first_anywhere):
        return NOBODY
    if first_anywhere < since + QUIET_S:
        return CROWDED
    if not first_here <= first_anywhere:
        return OTHER
    filmed = course.at_s[course.at_s <= first_here]
    whole = np.diff(filmed, append=first_here).max() <= lighting.HOLE_S
    return PERSON if whole else HOLE


def decided(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the verdict that counts: light before people, the earlier first; else of the camera that begins first.

    None at all are of cameras whose picture stands still.
    """
    if not verdicts:
        return Verdict(np.nan, FROZEN, np.nan, np.nan)
    order = pd.DataFrame(verdicts, columns=list(Verdict._fields))
    order["unseen"], order["people"] = order["at_s"].isna(), order["why"] != LIGHT
    order.loc[order["unseen"], "people"] = False
    best = order.sort_values(["unseen", "people", "at_s", "begins_s"], kind="stable").index[0]
    return verdicts[int(best)]

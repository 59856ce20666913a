"""What was seen, in sentences and figures to keep."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.config.privacy import Mode

NOBODY = "No face was recognised in the footage, so nobody can be counted."
NOBODY_SEEN = "Nobody was seen in the footage."
RENDERED = (
    "The people in this footage are rendered and were chosen because a face recogniser can tell them apart: these "
    "scores show that the parts work together and say nothing about footage of real people. "
    "They are made from MakeHuman / MPFB assets (CC0 1.0; Data Collection AB, Joel Palmius, Jonas Hauquier) and the "
    "Face Units pack by Mika Suominen (CC0 1.0)."
)
TRUTH_UNKNOWN = "The truth about real footage is not known; a count by hand, above, is what comes nearest to it."
MODES: dict[Mode, str] = {
    "count": "Mode count: people are counted and nobody is told apart. Faces are found and followed from frame to "
    "frame; no numbers are made that could tell whose they are, and somebody who comes twice counts twice.",
    "session": "Mode session: people are told apart within a day and forgotten at its end. The numbers that tell faces "
    "apart are held in memory only, and no key links one day to another.",
    "recognise": "Mode recognise: people are told apart by numbers made of their faces, and known again on another "
    "day.",
}
RENDERED_MODE = " The people are rendered, so nobody has to consent."
CONSENTED_MODE = (
    " Only those who agreed to it get a key; everybody else is counted and not told apart. The numbers are kept "
    "encrypted, no longer than the scenario says."
)
FEW_S, MINUTE_S, HOUR_S = 90, 60, 3_600
GOOD = "good enough"
GOOD_SHARE, AIM = 0.9, 0.1
"""A camera that shows nine people of ten wide enough can do it: the aim is the face that one in ten falls short of."""
EXAMPLE_M = 3


def came(customers: pd.DataFrame, stays: pd.DataFrame, mode: Mode = "recognise") -> str:
    """Return how many people came how often, how many of them came back, and how many were not recognised.

    People who work here are left out.

    >>> customers = pd.DataFrame({"visits": [2, 1]})
    >>> came(customers, pd.DataFrame({"customer_id": ["F0001", "F0002", "F0001"]}))
    '2 people came in 3 times; 1 of them came back.'
    """
    people, seen = outsiders(customers), outsiders(stays)
    if mode == "count":
        return f"{words.plural(len(seen), 'visit')} counted; nobody was told apart." if len(seen) else NOBODY_SEEN
    unknown = int(seen["customer_id"].isna().sum())
    if people.empty:
        return NOBODY if not unknown else f"{words.plural(unknown, 'visit')}, nobody recognised."
    back = int((people["visits"] > 1).sum())
    times = int(people["visits"].sum())
    who = words.plural(len(people), "person", "people") + (" (a day, added up)" if mode == "session" else "")
    again = "came back on the same day" if mode == "session" else "came back"
    text = f"{who} came in {words.plural(times, 'time')}; {words.count(back) if back else 'none'} of them {again}"
    return f"{text}; {words.plural(unknown, 'more visit')} not recognised." if unknown else f"{text}."


def outsiders(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of stays or people that are not of somebody who works here."""
    return table[table["staff"].isna()] if "staff" in table else table


def headline(customers: pd.DataFrame, stays: pd.DataFrame, clips: pd.DataFrame, mode: Mode, *, rendered: bool) -> str:
    """Return the same with how much footage it rests on, for readers who do not see whether it is rendered."""
    days = len(clips["starts"].dt.date.unique()) if len(clips) else 0
    kind = "Rendered footage" if rendered else "Footage"
    of = f"{kind} of {lasting(float(clips['seconds'].sum()))}" if len(clips) else "No footage"
    on = f" on {words.plural(days, 'day')}" if days > 1 else ""
    return f"{of}{on}: {came(customers, stays, mode)}"


def lasting(seconds: float) -> str:
    """Return a length of time in its nearest unit.

    >>> lasting(1), lasting(89.6), lasting(600), lasting(5_700), lasting(7_200)
    ('1 second', '1.5 minutes', '10 minutes', '1.6 hours', '2 hours')
    """
    if round(seconds) < MINUTE_S:
        return words.plural(round(seconds), "second")
    size, name = (MINUTE_S, "minute") if seconds < FEW_S * MINUTE_S else (HOUR_S, "hour")
    value = round(seconds / size, 1)
    decimals = 0 if value == int(value) else 1
    return f"{words.count(value, decimals=decimals)} {name}{'' if value == 1 else 's'}"


def mode(mode: Mode, *, rendered: bool) -> str:
    """Return what was done with faces and what was not."""
    if mode == "recognise":
        return MODES[mode] + (RENDERED_MODE if rendered else CONSENTED_MODE)
    return MODES[mode]


def footage(clips: pd.DataFrame) -> str:
    """Return how much footage there is, and how much of it shows something moving."""
    if clips.empty:
        return "There is no footage."
    total = float(clips["seconds"].sum())
    cameras = clips["camera"].nunique()
    by = f" of {words.plural(cameras, 'camera')}" if cameras > 1 else ""
    share = words.share(float(clips["busy_s"].sum()) / total, decimals=0) if total else "nothing"
    return f"{words.plural(len(clips), 'clip')}{by}, {lasting(total)} in all; something moves in {share} of it."


def footage_kept(clips: pd.DataFrame) -> str:
    """Return what this page keeps of the clips: their digests, not the clips."""
    digests = [str(digest)[:12] for digest in clips["sha256"]]
    which = f" (beginning {words.listed(digests, limit=6)})" if digests else ""
    return (
        f"The clips themselves are not part of the page or of its data; the SHA-256 of each file is kept{which} and "
        "shows whether a clip is the one that was read."
    )


def clips_table(clips: pd.DataFrame, shop: Shop) -> pd.DataFrame:
    """Return the clips as a reader sees them, in order of time."""
    ordered = clips.sort_values(["starts", "camera", "clip"], ignore_index=True)
    return pd.DataFrame(
        {
            "Clip": ordered["clip"], "Camera": ordered["camera"],
            "Starts": ordered["starts"].dt.tz_convert(shop.timezone).dt.strftime("%Y-%m-%d %H:%M:%S"),
            "Known from": ordered["starts_from"], "Length": [lasting(one) for one in ordered["seconds"]],
            "Frames a second": ordered["frames_a_second"].round(1),
            "Picture": [f"{w} × {h}" for w, h in zip(ordered["width_px"], ordered["height_px"], strict=True)],
            "SHA-256 begins": ordered["sha256"].astype(str).str[:12],
        }
    )  # fmt: skip


def unseen(clips: pd.DataFrame, gate: pd.DataFrame) -> list[str]:
    """Return what could not be seen, a sentence each: in the footage, then of faces; empty if there is nothing."""
    told = []
    for column, what in (
        ("gap_s", "have no frames"), ("frozen_s", "show a picture that stands still"),
        ("dark_s", "are too dark to see anybody"),
    ):  # fmt: skip
        mine = clips[clips[column] > 0]
        if len(mine):
            told.append(f"{_begun(float(mine[column].sum()), what)} ({words.plural(len(mine), 'clip')}).")
    for column, one, many in (
        ("cut_short", "clip ends before it should, or cannot be read in parts.",
         "clips end before they should, or cannot be read in parts."),
        ("grey", "clip is grey, as of a camera at night: nobody can be recognised in it with confidence.",
         "clips are grey, as of a camera at night: nobody can be recognised in them with confidence."),
    ):  # fmt: skip
        number = int(clips[column].sum())
        if number:
            told.append(f"{words.count(number)} {one if number == 1 else many}")
    short = gate[(gate["reason"] != GOOD) & (gate["faces"] > 0)]
    reasons = [f"{words.count(int(n))} {why}" for n, why in zip(short["faces"], short["reason"], strict=True)]
    if reasons:
        of = words.plural(int(gate["faces"].sum()), "face")
        told.append(f"Of {of}, {words.listed(reasons)}: not good enough to tell whose they are.")
    return told


def _begun(seconds: float, what: str) -> str:
    length = lasting(seconds)
    return f"{length} of the footage {what if not length.startswith('1 ') else _single(what)}"


def _single(what: str) -> str:
    first, rest = what.split(" ", 1)
    return f"{ {'have': 'has', 'show': 'shows', 'are': 'is'}[first] } {rest}"


def opening(days: pd.DataFrame, shop: Shop) -> list[str]:
    """Return when the shop opened and closed on its last day with footage, and on how many days either is known.

    What is not visible is said so with its reason, never guessed.
    """
    if days.empty:
        return ["Opening and closing are not visible: there is no footage."]
    last = days.sort_values("business_date").iloc[-1]
    day = words.day(last["business_date"].date(), shop.language)
    told = [f"{day}: {_moment(last, 'opened', 'opening', shop)}; {_moment(last, 'closed', 'closing', shop)}."]
    if len(days) > 1:
        opened, closed = (int(days[side].notna().sum()) for side in ("opened", "closed"))
        told.append(
            f"Of {words.plural(len(days), 'day')} with footage, the opening is visible on {words.count(opened)} and "
            f"the closing on {words.count(closed)}."
        )
    return told


def _moment(row: pd.Series, side: str, name: str, shop: Shop) -> str:
    if pd.isna(row[side]):
        return f"{name} not visible ({str(row[f'{side}_by']).removeprefix('not visible: ')})"
    return f"{side} at {row[side].tz_convert(shop.timezone):%H:%M} ({row[f'{side}_by']})"


def uncertain(number: int, between: tuple[int, int], cut: float) -> str:
    """Return between how many different people there may be.

    >>> uncertain(20, (19, 22), 0.54)
    '19 to 22 different people: 20 with faces up to 0.54 apart taken for one.'
    """
    low, high = between
    who = words.plural(low, "different person", "different people")
    if low != high:
        who = f"{words.count(low)} to {words.count(high)} different people"
    return f"{who}: {words.count(number)} with faces up to {words.count(cut, decimals=2)} apart taken for one."


def doubts(people: int, between: tuple[int, int], cut: float, mode: Mode) -> list[str]:
    """Return between how many different people there may be, where people are told apart."""
    return [] if mode == "count" else [uncertain(people, between, cut)]


def worked(customers: pd.DataFrame, stays: pd.DataFrame) -> str:
    """Return how many people and visits there are with those who work here, and without them."""
    people, mine = outsiders(customers), outsiders(stays)
    staff, shifts = len(customers) - len(people), len(stays) - len(mine)
    if not staff and not shifts:
        return "Nobody was taken for somebody who works here."
    who = f"{words.plural(staff, 'person', 'people')} and {words.plural(shifts, 'stay')}"
    return (
        f"{who} of the shop's own are left out: {words.plural(len(people), 'person', 'people')} and "
        f"{words.plural(len(mine), 'visit')} without them, {words.count(len(customers))} and {words.count(len(stays))} "
        "with them."
    )


def widest(sightings: pd.DataFrame) -> pd.Series:
    """Return the widest face of each person followed, in pixels, by clip and track."""
    followed = sightings.dropna(subset=["track"])
    return followed.groupby(["clip", "track"])["width_px"].max()


def advice(sightings: pd.DataFrame, needed_px: int, shop: Shop) -> str:
    """Return whether the camera can ever do it, and if not how much nearer it has to be.

    A face grows in the picture as one over its distance. The camera can if nine in ten of the people followed are at
    some moment ``needed_px`` wide.
    """
    wide = widest(sightings)
    if wide.empty:
        return "Nobody was followed, so it cannot be said whether this camera sees faces large enough."
    share = float((wide >= needed_px).mean())
    reached = (
        f"{words.share(share, shop.language, 0)} of those who passed showed a face at least {needed_px} pixels wide"
    )
    if share >= GOOD_SHARE:
        return f"This camera can do it: {reached}."
    typical = float(np.quantile(wide, AIM))
    times = needed_px / typical
    nearer, more = words.count(EXAMPLE_M / times, shop.language, 1), words.count(needed_px - typical, shop.language)
    return (
        f"This camera shows faces too small for some: {reached}. For nine in ten to do so, faces have to be "
        f"{words.count(times, shop.language, 1)} times as wide ({more} pixels more than "
        f"{words.count(typical, shop.language)}). A face's width grows as 1 / distance: move the camera from, say, "
        f"{EXAMPLE_M} m to {nearer} m, zoom in as much, or record that many times as many pixels across."
    )


def dwell_s(stays: pd.DataFrame) -> float | None:
    """Return the median length of a visit of customers in seconds; none without one that ended."""
    mine = outsiders(stays)
    lasts = (mine["left"] - mine["entered"]).dt.total_seconds().dropna() if len(mine) else pd.Series(dtype="float64")
    return float(lasts.median()) if len(lasts) else None


def measured(customers: pd.DataFrame, stays: pd.DataFrame, mode: Mode = "recognise") -> pd.DataFrame:
    """Return the figures of the footage as a table of metrics; what a mode cannot know is missing.

    Columns metric, label, unit, value, before, change_share, better, definition.
    """
    people, mine = outsiders(customers), outsiders(stays)
    apart = mode != "count"
    day = " within a day" if mode == "session" else ""
    dwell = dwell_s(stays)
    rows = [
        ("footage_people", "People in the footage", "people", len(people) if apart else None,
         f"people told apart by their faces{day}, without those who work here"),
        ("footage_visits", "Visits in the footage", "visits", len(mine),
         "stays, recognised or not, without those of people who work here; a person out of sight for longer than the "
         "setting has come again"),
        ("footage_came_back", "Came back", "people", int((people["visits"] > 1).sum()) if apart else None,
         f"people with more than one stay in the footage{day}"),
        ("footage_not_recognised", "Visits not recognised", "visits",
         int(mine["customer_id"].isna().sum()) if apart else None,
         "stays of somebody too far away, too blurred or too much turned away to tell"),
        ("footage_dwell", "Median stay", "seconds", dwell if dwell is None else round(dwell, 1),
         "from the first sighting of a face to the last, half of the visits are longer"),
        ("footage_staff", "People who work here", "people", len(customers) - len(people) if apart else None,
         "people left out because they are on the list, stand behind the counter or are seen most of the day"),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["metric", "label", "unit", "value", "definition"])
    return table.assign(before=None, change_share=float("nan"), better="neither")


def scored(scores: pd.DataFrame, shop: Shop) -> str:
    """Return what the scores say: people and visits recognised, and the B-cubed F1; or why there are none."""
    if scores.empty:
        return TRUTH_UNKNOWN
    by = scores.set_index("measure")
    people, visits = by.loc["People recognised"], by.loc["Visits recognised"]
    if not people["of"]:
        return "Nobody came in, so there is nothing to score."
    f1 = float(scores.loc[scores["measure"] == "Both together", "share"].iloc[0])
    grouping = (
        "no face was recognised"
        if pd.isna(f1)
        else f"faces are grouped with a B-cubed F1 of {words.share(f1, shop.language)}"
    )
    return (
        f"{people['found']} of {words.plural(int(people['of']), 'person', 'people')} and "
        f"{visits['found']} of {words.plural(int(visits['of']), 'visit')} were recognised; {grouping}."
    )


def score_table(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the scores as a reader sees them."""
    return scores.rename(columns=lambda name: str(name).capitalize())

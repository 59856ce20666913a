"""The way of people's data, from the camera to the page, drawn from the settings in force."""

from __future__ import annotations

import unicodedata
from html import escape
from typing import NamedTuple

from shoplib.config.cameras import Cameras
from shoplib.config.privacy import Privacy
from shoplib.privacy.sheets import Words

DETECTORS = {"yunet": "YuNet"}
RECOGNISERS = {"Dlib": "dlib ResNet"}
NARROWEST_PX = 32
"""Narrower faces are never compared, whatever the settings say."""
WIDE, LEFT, GAP, PAD = 460, 300, 16, 10
TITLE, MORE = 15.5, 13
LINE = 18
EM = 0.56
"""Mean width of a letter, of the size of type."""
INK, SOFT, RULE, ACCENT = "#222b33", "#55606b", "#c3ccd3", "#0b5c8c"
GONE, STAYS = ("#edf5ef", "#17693c"), ("#fdf7e7", "#7a4d00")


class Step(NamedTuple):
    """One thing that happens to data, and how long its result is kept."""

    title: str
    more: str
    kept: str
    stays: bool = True


def steps(cameras: Cameras, privacy: Privacy, words: Words) -> list[Step]:
    """Return what happens, in order, under the mode in force."""
    none = words("kept_once")
    eyes = _cameras(cameras)
    found = [
        Step(
            words("flow_camera"),
            words("flow_camera_more", looks=cameras.looks_a_second, cameras=words(
                "flow_cameras_one" if eyes == 1 else "flow_cameras_many", **({} if eyes == 1 else {"n": eyes}))),
            none, stays=False,
        ),
        Step(words("flow_find"), words("flow_find_more", px=min(NARROWEST_PX, cameras.min_face_px),
                                       detector=DETECTORS.get(cameras.detector, cameras.detector)), none, stays=False),
    ]  # fmt: skip
    numbers = Step(words("flow_numbers"), words("flow_numbers_more",
                   recogniser=RECOGNISERS.get(cameras.recogniser, cameras.recogniser)), none, stays=False)  # fmt: skip
    visits = words.days(privacy.visits_days)
    page = Step(words("flow_page"), words("flow_page_more"), words("kept_sums"), stays=False)
    if privacy.mode == "count":
        return [*found, Step(words("flow_count"), words("flow_count_more"), visits), page]
    if privacy.mode == "session":
        session = Step(words("flow_day"), words("flow_day_more"), words("kept_session"), stays=False)
        return [*found, numbers, session, Step(words("flow_visits"), words("flow_visits_more"), visits), page]
    crops = privacy.crops_days
    return [
        *found,
        numbers,
        Step(words("flow_compare"), words("flow_compare_more"), none, stays=False),
        Step(words("flow_record"), words("flow_record_more"),
             words("kept_after_seen", days=words.days(privacy.embeddings_days or 0))),
        *([Step(words("flow_review"), words("flow_review_more"), words.days(crops))] if crops else []),
        Step(words("flow_visits"), words("flow_visits_more"), visits),
        page,
    ]  # fmt: skip


def _cameras(cameras: Cameras) -> int:
    footage = cameras.footage
    return len({clip.camera for clip in footage.clips}) if footage.kind == "recorded" else 1


def picture(cameras: Cameras, privacy: Privacy, words: Words) -> str:
    """Return the picture as SVG, with its steps as its text for those who cannot see it."""
    drawn, top = [], 1
    told = steps(cameras, privacy, words)
    for number, step in enumerate(told):
        lines = _lines(step)
        tall = 2 * PAD + LINE * max(len(lines), 2) - 4
        drawn += _step(step, lines, top, tall)
        top += tall
        if number < len(told) - 1:
            drawn.append(f'<path d="M40 {top + 2}v{GAP - 7}m-4.5 -4.5l4.5 4.5l4.5 -4.5" fill="none" stroke="{ACCENT}" '
                         'stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/>')  # fmt: skip
            top += GAP
    said = "; ".join(f"{step.title} ({step.kept})" for step in told)
    return (
        f'<svg class="flow" viewBox="0 0 {WIDE} {top + 1}" role="img" aria-label="{escape(said)}" '
        f'font-family="inherit">\n{chr(10).join(drawn)}\n</svg>'
    )


def _lines(step: Step) -> list[tuple[str, bool]]:
    """Return the lines of a step's box, each with whether it is of the title."""
    room = LEFT - 2 * PAD - 4
    return [(line, True) for line in wrapped(step.title, room / (TITLE * EM * 1.06))] + [
        (line, False) for line in wrapped(step.more, room / (MORE * EM))
    ]


def _step(step: Step, lines: list[tuple[str, bool]], top: float, tall: float) -> list[str]:
    drawn = [f'<rect x="1" y="{top}" width="{LEFT}" height="{tall}" rx="7" fill="#fff" stroke="{RULE}"/>']
    for number, (line, title) in enumerate(lines):
        look = f'font-size="{TITLE}" font-weight="650" fill="{INK}"' if title else f'font-size="{MORE}" fill="{SOFT}"'
        drawn.append(f'<text x="{PAD + 4}" y="{top + PAD + 11 + LINE * number}" {look}>{escape(line)}</text>')
    ground, ink = STAYS if step.stays else GONE
    told = wrapped(step.kept, (WIDE - LEFT - 34) / (MORE * EM))
    high = LINE * len(told) + 8
    start = top + (tall - high) / 2
    drawn.append(f'<path d="M{LEFT + 1} {top + tall / 2:g}h13" stroke="{RULE}" stroke-width="1.5"/>')
    drawn.append(f'<rect x="{LEFT + 14}" y="{start:g}" width="{WIDE - LEFT - 15}" height="{high}" rx="7" '
                 f'fill="{ground}"/>')  # fmt: skip
    middle = (LEFT + 14 + WIDE - 1) / 2
    drawn += [
        f'<text x="{middle:g}" y="{start + 16.5 + LINE * number:g}" text-anchor="middle" font-size="{MORE}" '
        f'font-weight="600" fill="{ink}">{escape(line)}</text>'
        for number, line in enumerate(told)
    ]
    return drawn


def wrapped(text: str, room: float) -> list[str]:
    """Return a text in lines of at most ``room`` letters; marks that stand over or under a letter take no room.

    >>> wrapped("Compared with those who agreed", 16)
    ['Compared with', 'those who agreed']
    """
    found: list[str] = []
    for word in text.split():
        if found and _wide(f"{found[-1]} {word}") <= room:
            found[-1] = f"{found[-1]} {word}"
        else:
            found.append(word)
    return found


def _wide(text: str) -> int:
    return sum(unicodedata.category(mark) not in ("Mn", "Cf") for mark in text)

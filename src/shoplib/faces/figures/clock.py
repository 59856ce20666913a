"""The clock under the figures of footage: round marks of local time, and the pauses between clips left out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from shoplib.base import calendar
from shoplib.config.models import Shop
from shoplib.faces.pictures import Prints
from shoplib.viz import palette, ticks
from shoplib.viz.style import HouseFigure

STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 14_400, 21_600)
MOST_MARKS, MOST_WITH_SECONDS = (7, 4), (7, 3)
MINUTE_S = 60
PAUSE = 0.1
"""Clips with less than this share of all footage between them stand side by side without a break."""
BREAK = 0.03
"""Width of a break, as a share of all footage."""
LETTER_IN, EDGES_IN = 0.075, 1.3


@dataclass(frozen=True)
class Stretches:
    """Stretches of footage in order of time, UTC, none touching the next."""

    begins: pd.DatetimeIndex
    ends: pd.DatetimeIndex

    @property
    def seconds(self) -> Prints:
        """Length of each."""
        lengths = (self.ends - self.begins).total_seconds().to_numpy(dtype="float64")
        return np.asarray(np.maximum(lengths, 1.0), dtype=np.float64)

    @property
    def starts(self) -> Prints:
        """Place of each on the axis, in seconds of footage with a break after each."""
        rest = self.seconds[:-1] + BREAK * self.seconds.sum()
        return np.concatenate([[0.0], np.cumsum(rest)])

    @property
    def end(self) -> float:
        """Last place on the axis."""
        return float(self.starts[-1] + self.seconds[-1])

    def places(self, moments: pd.Series) -> Prints:
        """Return the place of each moment on the axis; one in a pause stands at the end of the stretch before it."""
        which = np.clip(self.begins.searchsorted(pd.DatetimeIndex(moments), side="right") - 1, 0, None)
        into = (pd.DatetimeIndex(moments) - self.begins[which]).total_seconds().to_numpy(dtype="float64")
        placed: Prints = self.starts[which] + np.clip(into, 0.0, self.seconds[which])
        return placed

    def cover(self, moment: pd.Timestamp) -> bool:
        """Return whether there is footage at a moment."""
        return bool(((self.begins <= moment) & (moment <= self.ends)).any())

    def last(self, most: int) -> Stretches:
        """Return the last ``most`` of them."""
        return Stretches(self.begins[-most:], self.ends[-most:])


def stretches(begins: pd.Series, ends: pd.Series, shop: Shop | None = None) -> Stretches:
    """Return the stretches that spans make up together, short pauses taken in, cut at business days of a shop."""
    spans = pd.DataFrame({"begins": pd.to_datetime(begins, utc=True), "ends": pd.to_datetime(ends, utc=True)})
    spans = spans.sort_values(["begins", "ends"], ignore_index=True)
    fresh = pd.Series(data=False, index=spans.index)
    if shop:
        days = calendar.business_date(spans["begins"], shop.timezone, shop.day_start)
        fresh = days != days.shift()
    reached = spans["ends"].cummax().shift()
    pause = (spans["begins"] - reached).dt.total_seconds()
    allowed = PAUSE * (spans["ends"] - spans["begins"]).dt.total_seconds().sum()
    number = ((pause > allowed) | fresh).cumsum()
    groups = spans.groupby(number)
    return Stretches(pd.DatetimeIndex(groups["begins"].min()), pd.DatetimeIndex(groups["ends"].max()))


def of_clips(clips: pd.DataFrame, shop: Shop) -> Stretches:
    """Return the stretches of the table of clips."""
    return stretches(clips["starts"], clips["starts"] + pd.to_timedelta(clips["seconds"], unit="s"), shop)


def time_axis(figure: HouseFigure, axes: Axes, along: Stretches, zone: str, language: str = "") -> None:
    """Ensure the axis shows stretches side by side: round times of one, else when each begins.

    With a ``language`` the day is told beside the time, if there are several.
    """
    whole = along.end
    axes.set_xlim(-0.01 * whole, whole * 1.01)
    axes.grid(axis="y", visible=False)
    local = along.begins.tz_convert(zone)
    if len(along.begins) == 1:
        axes.grid(axis="x", visible=True)
        zero = local[0]

        def fit(wide: bool) -> None:
            since = (zero - zero.normalize()).total_seconds()
            places, labels = round_marks(since, whole, wide=wide)
            axes.set_xticks([place - since for place in places], labels)

    else:
        axes.grid(axis="x", visible=False)
        middle = BREAK * along.seconds.sum() / 2
        for start in along.starts[1:]:
            axes.axvspan(start - 2 * middle, start, color=palette.GRID, linewidth=0, zorder=0)
        same = not language or local[0].date() == local[-1].date()
        language = ticks.drawn_language(language or ticks.FALLBACK_LANGUAGE)
        names = [f"{moment:%H:%M}" if same else f"{day_mark(moment, language)}\n{moment:%H:%M}" for moment in local]

        def fit(wide: bool) -> None:
            room = ((7.2 if wide else 3.5) - EDGES_IN) / LETTER_IN
            need = max(len(line) for name in names for line in name.split("\n")) + 1.0
            kept, free_from = [], -math.inf
            for place, start in enumerate(along.starts):
                letter = float(start) / whole * room
                if letter >= free_from:
                    kept.append(place)
                    free_from = letter + need
            axes.set_xticks([float(along.starts[place]) for place in kept])
            axes.set_xticklabels([names[place] for place in kept], ha="left")

    figure.fitters.append(fit)


def round_marks(first_s: float, span_s: float, *, wide: bool) -> tuple[list[float], list[str]]:
    """Return round times from ``first_s`` on, in seconds after local midnight, and what they read.

    >>> round_marks(35_999.6, 60, wide=True)[1][:2]
    ['10:00:00', '10:00:10']
    """
    place = 0 if wide else 1
    most, few = MOST_MARKS[place], MOST_WITH_SECONDS[place]
    fits = (step for step in STEPS_S if span_s / step <= (most if step >= MINUTE_S else few))
    step = next(fits, math.ceil(span_s / most))
    first = math.ceil(first_s / step) * step
    places = [float(place) for place in range(first, math.floor(first_s + span_s) + 1, step)]
    seconds = "" if step >= MINUTE_S else ":%S"
    return places, [f"{pd.Timestamp(0) + pd.Timedelta(seconds=place):%H:%M{seconds}}" for place in places]


def day_mark(moment: pd.Timestamp, language: str) -> str:
    """Return a day short enough for an axis.

    >>> day_mark(pd.Timestamp("2024-04-28"), "en_GB")
    '28 Apr'
    """
    from babel.dates import format_date

    return str(format_date(moment.date(), "d MMM", locale=language))


def of_day(moments: pd.Series, shop: Shop) -> tuple[pd.Series, pd.Series]:
    """Return the business day of each moment, and its seconds after the midnight that day begins with."""
    days = calendar.business_date(moments, shop.timezone, shop.day_start)
    local = moments.dt.tz_convert(shop.timezone).dt.tz_localize(None)
    return days, (local - days).dt.total_seconds()

"""Settings of the stages that a scenario may have or leave out; a section that is there wakes its stage."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field, model_validator

from shoplib.config.section import ClockTime, Section, Share

LONGEST_VISIT_S = 8.2
VISITS_APART_S, LEAST_AWAY_S = 1.5, 1.0


class SimulatedFootage(Section):
    """A short clip of rendered people, made from the seed."""

    kind: Literal["simulated"]
    seconds: int = Field(60, ge=9, le=7_200, description="length of the clip")
    frames_a_second: int = Field(5, ge=1, le=30, description="frames a second")
    width: int = Field(960, ge=320, le=1_920, multiple_of=16, description="width of the picture in pixels")
    people: int = Field(10, ge=0, le=12, description="different people who come in")
    visits: int = Field(14, ge=0, description="times somebody comes in; people come again in turn")
    day: dt.date = Field(dt.date(2024, 4, 28), description="day on the camera's clock")
    time: ClockTime = Field(dt.time(10), description="time at the first frame")

    @model_validator(mode="after")
    def _possible(self) -> SimulatedFootage:
        room_s = self.seconds - LONGEST_VISIT_S + VISITS_APART_S
        again = int(self.people * room_s / (LONGEST_VISIT_S + LEAST_AWAY_S))
        most = min(int(room_s / VISITS_APART_S), max(self.people, again))
        if self.visits > most and self.people:
            who = f"{self.visits} visits of {self.people} people"
            raise ValueError(f"{who} do not fit into {self.seconds} seconds; at most {most} do")
        if self.people > self.visits:
            raise ValueError(f"{self.people} people cannot come in {self.visits} visits")
        if self.visits and not self.people:
            raise ValueError(f"{self.visits} visits need at least one person")
        return self


class Cameras(Section):
    """Footage of people in the shop."""

    footage: SimulatedFootage = Field(description="where the footage comes from")
    looks_a_second: float = Field(
        5, gt=0, le=30, description="frames a second that are looked at; below 4 people are lost"
    )
    min_face_px: int = Field(40, ge=16, le=400, description="narrower faces are counted, not recognised")
    max_distance: float = Field(
        0.54, gt=0, le=2, description="two faces farther apart than this are two people (Euclidean, dlib)"
    )
    visit_gap_s: int = Field(20, ge=1, le=7_200, description="out of sight longer than this is a new visit")


class Customers(Section):
    """Who comes back, and what is bought together."""

    min_pair_baskets: int = Field(10, ge=1, description="baskets a pair of products must be found in")
    top_pairs: int = Field(15, ge=1, le=200, description="length of the list of pairs")


class Forecasting(Section):
    """What comes next."""

    horizon_days: int = Field(
        28, ge=1, le=365, description="days forecast; fewer if they cannot be tried on the history"
    )
    windows: int = Field(
        4, ge=1, le=52, description="how many times that length, back from the last day, the models are tried on"
    )


class Inventory(Section):
    """Stock on hand."""

    demand_days: int = Field(28, ge=7, le=365, description="days that daily demand is measured over")
    over_days: int = Field(90, ge=1, le=3_650, description="stock that lasts longer than this is too much")
    dead_days: int = Field(60, ge=1, le=3_650, description="stock without a sale for this long is dead")


class SimulatedPhotos(Section):
    """Photos of rendered shelves, made from the seed."""

    kind: Literal["simulated"]
    photos: int = Field(8, ge=1, le=10_000, description="number of photos")
    gap_share: Share = Field(0.12, description="share of facings that are empty")


class Shelves(Section):
    """Photos of shelves."""

    photos: SimulatedPhotos = Field(description="where the photos come from")


class Alerts(Section):
    """What needs a person."""

    takings_drop_share: Share = Field(0.35, description="a day this far below its usual weekday is told")
    look_back_days: int = Field(14, ge=1, le=365, description="last days that are looked at")
    most: int = Field(40, ge=1, le=10_000, description="most alerts of a run; the rest are counted")

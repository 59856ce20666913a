"""Settings of the footage and of how it is watched: cameras, clips, faces, visits."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from shoplib.config.section import ClockTime, Section, Share

LONGEST_VISIT_S = 8.2
VISITS_APART_S, LEAST_AWAY_S = 1.5, 1.0
CAST, TOLD_APART = 17, 12
"""How many people were rendered, and how many of them were chosen because they are easily told apart."""
DAY_S = 86_400
DLIB = "Dlib"


class SimulatedFootage(Section):
    """Clips of rendered people in a drawn shop, made from the seed."""

    kind: Literal["simulated"]
    seconds: int = Field(60, ge=9, le=7_200, description="length of a clip")
    frames_a_second: int = Field(5, ge=1, le=30, description="frames a second")
    width: int = Field(960, ge=320, le=3_840, multiple_of=16, description="width of the picture in pixels")
    upright: bool = Field(False, description="the picture is taller than wide, as of a phone held upright")
    people: int = Field(10, ge=0, le=CAST, description="different customers who come in")
    alike: bool = Field(
        False, description="customers out of all 17 who were rendered; else out of the 12 who are easily told apart"
    )
    visits: int = Field(
        14,
        ge=0,
        description="times somebody comes in, in each clip, fewer where the light burns too short; people come again "
        "in turn",
    )
    together_share: Share = Field(0, description="share of visits by two who come in together")
    staff: int = Field(0, ge=0, le=2, description="people of the shop, seen from the first light to the last")
    crowd: int = Field(0, ge=0, le=30, description="people who stand in rows all the time, some of them twice")
    day: dt.date = Field(dt.date(2024, 4, 28), description="first day, on the camera's clock")
    days: int = Field(1, ge=1, le=366, description="days with footage, one after the other")
    times: tuple[ClockTime, ...] = Field(
        (dt.time(10),), min_length=1, description="time at the first frame of each clip of a day, in order"
    )
    lights_on: ClockTime | None = Field(None, description="when the light goes on; left out: it burns before")
    lights_off: ClockTime | None = Field(
        None, description="when the light goes off, past midnight if before lights_on; left out: it burns on"
    )
    lights_spread_s: int = Field(0, ge=0, le=3_600, description="most seconds after these times, 0.4 of it at least")
    infrared: bool = Field(False, description="grey pictures, as of a camera at night")
    stamp: bool = Field(True, description="camera and time are written on the picture; never on an upright one")

    def most(self, seconds: float) -> int:
        """Return how many visits fit into so many seconds of light."""
        room_s = seconds - LONGEST_VISIT_S + VISITS_APART_S
        turns = self.people - (1 if self.together_share else 0)
        again = int(turns * room_s / (LONGEST_VISIT_S + LEAST_AWAY_S))
        return max(0, min(int(room_s / VISITS_APART_S), max(self.people, again)))

    @model_validator(mode="after")
    def _possible(self) -> SimulatedFootage:
        if self.together_share and self.people < 2:
            raise ValueError(f"together_share needs at least two people, not {self.people}")
        if self.visits > self.most(self.seconds) and self.people:
            who = f"{self.visits} visits of {self.people} people"
            raise ValueError(f"{who} do not fit into {self.seconds} seconds; at most {self.most(self.seconds)} do")
        if self.people > self.visits * self.days * len(self.times):
            raise ValueError(f"{self.people} people cannot come in {self.visits} visits")
        if self.visits and not self.people:
            raise ValueError(f"{self.visits} visits need at least one person")
        if self.people > TOLD_APART and not self.alike:
            raise ValueError(f"only {TOLD_APART} people are easily told apart; with alike there are {CAST}")
        if self.people + self.staff > CAST:
            raise ValueError(f"{self.people} customers and {self.staff} of the shop are more than the {CAST} rendered")
        return self

    @model_validator(mode="after")
    def _in_order(self) -> SimulatedFootage:
        starts = [_seconds(time) for time in self.times]
        following = [*starts[1:], *([starts[0] + DAY_S] if self.days > 1 else [])]
        for time, start, then in zip(self.times, starts, following, strict=False):
            if start + self.seconds > then:
                raise ValueError(f"the clip of {self.seconds} seconds at {time:%H:%M} is not over before the next")
        if self.lights_on is not None and self.lights_off is not None:
            lit_s = (_seconds(self.lights_off) - _seconds(self.lights_on)) % DAY_S
            if self.lights_spread_s >= min(lit_s, DAY_S - lit_s):
                raise ValueError("lights_on and lights_off must be farther apart than lights_spread_s, at either end")
        return self


def _seconds(time: dt.time) -> int:
    """Return the seconds since midnight."""
    return time.hour * 3_600 + time.minute * 60


class Clip(Section):
    """One video file."""

    path: str = Field(min_length=1, description="video file, from the project's folder")
    starts: dt.datetime = Field(description="local time of the first frame, such as 2026-03-01T09:00:00")
    starts_from: str = Field("told by a person", description="how that time is known")
    camera: str = Field("camera 1", min_length=1, description="which camera; two cameras may run at the same time")

    @field_validator("starts")
    @classmethod
    def _local(cls, moment: dt.datetime) -> dt.datetime:
        if moment.tzinfo is not None:
            raise ValueError("is written with a zone; write the local time, the zone is cameras.footage.timezone")
        return moment


class RecordedFootage(Section):
    """Video files of a real camera."""

    kind: Literal["recorded"]
    clips: tuple[Clip, ...] = Field(min_length=1, description="the files")
    timezone: str = Field("", description="IANA zone of the cameras' clocks; left out: that of the shop")

    @model_validator(mode="after")
    def _distinct(self) -> RecordedFootage:
        paths = [clip.path for clip in self.clips]
        twice = sorted({path for path in paths if paths.count(path) > 1})
        if twice:
            raise ValueError(f"{twice[0]} is named twice")
        return self


Footage = Annotated[SimulatedFootage | RecordedFootage, Field(discriminator="kind")]


class Staff(Section):
    """Who is not a customer."""

    keys: tuple[str, ...] = Field((), description="customer keys of people who work here, such as F0003")
    zone: tuple[Share, Share, Share, Share] | None = Field(
        None, description="left, top, right and bottom of where only staff stand, as shares of the picture"
    )
    zone_share: Share = Field(0.8, description="seen in the zone for this share of a stay is staff")
    present_share: Share = Field(
        0.5, description="seen for this share of the lit footage of a day is staff; 1 turns it off"
    )
    least_present_s: int = Field(60, ge=1, description="no presence shorter than this makes anybody staff")


class Cameras(Section):
    """Footage of people in the shop."""

    footage: Footage = Field(description="where the footage comes from")
    detector: str = Field("yunet", description="what finds faces: yunet, or another that DeepFace knows")
    recogniser: str = Field(DLIB, description="what tells faces apart: Dlib, or another model that DeepFace knows")
    looks_a_second: float = Field(
        5,
        gt=0,
        le=30,
        description="frames a second that are looked at while somebody is there; below 4 people are lost",
    )
    min_face_px: int = Field(40, ge=16, le=400, description="narrower faces found no customer")
    max_distance: float = Field(
        0.54, gt=0, le=2, description="two faces farther apart than this are two people (Euclidean, dlib)"
    )
    visit_gap_s: int = Field(20, ge=1, le=7_200, description="out of sight longer than this is a new visit")
    group_s: float = Field(5, ge=0, le=600, description="people who come and go within this time came together")
    staff: Staff = Field(default_factory=Staff, description="who is not a customer")
    light_change: Share = Field(
        0.25, description="a lasting change of brightness by this share of full white is the light going on or off"
    )
    chunk_s: int = Field(
        120, ge=10, le=7_200, description="footage is watched, and kept if interrupted, in such pieces"
    )

    @model_validator(mode="before")
    @classmethod
    def _measured(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("recogniser", DLIB) != DLIB and "max_distance" not in given:
            raise ValueError(
                f"max_distance must be set for {given['recogniser']}: the default is measured for {DLIB}, and other "
                "recognisers measure on other scales"
            )
        return given

"""Settings of the stages that a scenario may have or leave out; a section that is there wakes its stage."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from shoplib.config.section import Section, Share


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

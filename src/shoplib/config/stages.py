"""Settings of the stages that a scenario may have or leave out; a section that is there wakes its stage."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from shoplib.config.section import Name, Section, Share


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
        3, ge=1, le=52, description="how many times that length, back from the last day, the models are tried on"
    )
    models: Literal["auto"] | tuple[Name, ...] = Field(
        "auto",
        description="auto tries and weighs what pays; or the names of models, of which each series gets its best",
    )
    levels: tuple[Literal["location", "category", "product", "location_product"], ...] = Field(
        ("location", "category", "product", "location_product"),
        description="what is forecast beside the sum of all; location_product: the best sellers place by place, "
        "where five of them fit",
    )
    max_series: int = Field(
        40, ge=10, le=10_000, description="most series that are forecast: the largest places, the best-selling products"
    )
    holidays: str = Field(
        "", pattern=r"^(none|[A-Z]{2}(-[A-Z0-9]{1,3})?)?$",
        description="country of the public holidays, ISO 3166 such as GB-ENG or IN; empty: that of the time zone; none",
    )  # fmt: skip
    shortage_costs: float = Field(
        3.0, gt=0, le=1_000, description="how many times as bad it is to run out of one as to throw one away"
    )

    @field_validator("models")
    @classmethod
    def _some(cls, models: str | tuple[str, ...]) -> str | tuple[str, ...]:
        if not models:
            raise ValueError("name at least one model, or write auto")
        return models


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

"""The scenario: every setting with its type, unit, bounds and meaning. ``params/schema.json`` is made from it.

Models are frozen and refuse unknown keys. Units stand in names (``_days``, ``_s``, ``_share``, ``_mb``).
"""

from __future__ import annotations

import datetime as dt
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from babel.core import Locale, UnknownLocaleError
from babel.numbers import list_currencies
from pydantic import Field, field_validator, model_validator

from shoplib.config.cameras import Cameras
from shoplib.config.mapping import Mapping, Misfits
from shoplib.config.privacy import Privacy
from shoplib.config.quality import Quality
from shoplib.config.secrets import SecretName
from shoplib.config.section import ClockTime, Name, Section, Share
from shoplib.config.sources import Source
from shoplib.config.stages import Alerts, Customers, Forecasting, Inventory, Shelves
from shoplib.config.worlds import Simulate


class Shop(Section):
    """Whose sales these are, and the clock and money they are told in."""

    name: str = Field("The shop", min_length=1, description="name on the page")
    currency: str = Field("GBP", description="ISO 4217 code; amounts in other currencies are refused")
    timezone: str = Field("Europe/London", description="IANA zone of the tills' wall clock")
    day_start: ClockTime = Field(dt.time(4), description="local time at which a business day begins")
    language: str = Field("en_GB", description="locale of numbers, dates and names of days")

    @field_validator("currency")
    @classmethod
    def _currency(cls, code: str) -> str:
        if code not in list_currencies():
            raise ValueError(f"{code!r} is not an ISO 4217 currency code such as GBP, INR or EUR")
        return code

    @field_validator("timezone")
    @classmethod
    def _timezone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError(f"{zone!r} is not an IANA time zone such as Europe/London or Asia/Kolkata")
        ZoneInfo(zone)
        return zone

    @field_validator("language")
    @classmethod
    def _language(cls, language: str) -> str:
        try:
            Locale.parse(language)
        except (UnknownLocaleError, ValueError) as error:
            raise ValueError(f"{language!r} is not a locale such as en_GB or hi_IN") from error
        return language


class Run(Section):
    """How the chain runs; none of it changes a result."""

    workers: int = Field(2, ge=1, le=64, description="stages run at the same time")
    cell_timeout_s: int = Field(600, ge=1, description="seconds one cell may take")
    memory_limit_mb: int | None = Field(None, ge=256, description="MiB of private memory a notebook may take")
    keep_runs: int = Field(10, ge=1, description="finished runs kept in outputs/<scenario>/")


class Ingest(Section):
    """Where the facts come from, how much dirt is borne, and whether they are kept in a lasting store."""

    sources: tuple[Source, ...] = Field((), description="files to take in")
    max_set_aside_share: Share = Field(
        0.05, description="share of a file's rows that may be set aside before the run stops"
    )
    quality: str = Field("quality.yaml", description="file in params/ with the rules every fact is held to")
    store: bool = Field(
        False, description="load new files into the lasting store first and take the facts from there; an inbox always"
    )
    database_env: SecretName = Field(
        "DATABASE_URL", description="environment variable with the store's URL; unset: SQLite, data/<name>.db"
    )
    batch_rows: int = Field(200_000, ge=1_000, description="rows of a file read into memory at once when it is loaded")
    still_s: float = Field(2.0, ge=0, description="seconds a file in the inbox must not have changed to be taken")
    watch_s: float = Field(5.0, gt=0, description="seconds between two looks into the inbox with --watch")

    @model_validator(mode="after")
    def _distinct(self) -> Ingest:
        seen = [source.name for source in self.sources]
        twice = sorted({name for name in seen if seen.count(name) > 1})
        if twice:
            raise ValueError(f"two sources are called {twice[0]!r}; give each its own name")
        simulated = [source.name for source in self.sources if source.kind == "simulated"]
        if self.stored and simulated:
            raise ValueError(
                f"source {simulated[0]!r} is simulated within a run, so it cannot be loaded into a store before it; "
                "write the world with  shoplib simulate  and name its files"
            )
        return self

    @property
    def stored(self) -> bool:
        """Return whether the facts are taken from the lasting store."""
        return self.store or any(source.kind == "inbox" for source in self.sources)


class ExpectedDay(Section):
    """A day on which something odd is expected, so that nobody is alarmed, and which is out of what is usual."""

    day: dt.date = Field(description="business day")
    place: str = Field("*", min_length=1, description="key of the place; * is every place")
    note: str = Field(min_length=1, description="why, as readers see it, such as street fair")


class Sales(Section):
    """How sales are told."""

    overview_days: int = Field(90, ge=7, le=730, description="days of the overview's trend")
    compare_days: int = Field(28, ge=7, le=364, description="days of a period compared with the one before")
    top_products: int = Field(20, ge=1, le=200, description="length of the list of best sellers")
    slow_days: int = Field(28, ge=1, le=730, description="a product without a sale for this long is slow-moving")
    idle_share: Share = Field(0.25, description="an open hour below this share of the usual open hour is idle")
    fewest_sales: int = Field(30, ge=1, le=10_000, description="fewer sales than this are not ranked or judged")
    show_names: bool = Field(False, description="show the names of employees; their keys stand for them otherwise")
    gift_card_categories: tuple[str, ...] = Field(
        ("Gift card", "Gift cards"), description="categories whose products are gift cards: owed in goods, no revenue"
    )
    refunds: Literal["found", "apart", "status"] = Field(
        "found",
        description="apart: refunds are entries of their own, which net takings subtract; status: sales marked as "
        "given back, which are not in takings; found: all are apart if any names its sale, else those below zero",
    )
    expected_days: tuple[ExpectedDay, ...] = Field((), description="days known to be odd, with their reason")


class Report(Section):
    """What the page looks like."""

    title: str = Field("How the shop is doing", min_length=1, description="title of the page")
    pdf: bool = Field(True, description="write report.pdf beside report.html")
    xlsx: bool = Field(True, description="write report.xlsx, the tables as a workbook, beside report.html")


class Scenario(Section):
    """One YAML file in ``params/``: everything a run is asked to do."""

    name: Name = Field(description="short name; outputs go to outputs/<name>/")
    description: str = Field("", description="one sentence for people who choose a scenario")
    seed: int = Field(1, ge=0, description="seed of everything random")
    shop: Shop = Field(default_factory=Shop, description="whose sales")
    run: Run = Field(default_factory=Run, description="how the chain runs")
    simulate: Simulate | None = Field(None, description="simulated world; leave out for real data only")
    ingest: Ingest = Field(default_factory=Ingest, description="files to take in")
    cameras: Cameras | None = Field(None, description="footage of people in the shop; leave out without cameras")
    privacy: Privacy = Field(default_factory=Privacy, description="what may be done with people's faces")
    sales: Sales = Field(default_factory=Sales, description="how sales are told")
    customers: Customers | None = Field(None, description="who comes back, what is bought together")
    forecasting: Forecasting | None = Field(None, description="what comes next")
    inventory: Inventory | None = Field(None, description="stock on hand; needs stock movements among the sources")
    shelves: Shelves | None = Field(None, description="photos of shelves")
    alerts: Alerts | None = Field(None, description="what needs a person")
    report: Report = Field(default_factory=Report, description="the page")
    mappings: dict[str, Mapping] = Field(
        default_factory=dict, description="filled when the file is read; do not write it"
    )
    quality: Quality = Field(default_factory=Quality, description="filled when the file is read; do not write it")

    @model_validator(mode="after")
    def _sources_exist(self) -> Scenario:
        if self.simulate is None and any(s.kind == "simulated" for s in self.ingest.sources):
            raise ValueError("ingest.sources uses kind: simulated, but there is no simulate section")
        if not self.ingest.sources:
            raise ValueError("ingest.sources is empty; name at least one file to take in")
        return self

    @model_validator(mode="after")
    def _may_tell_apart(self) -> Scenario:
        if self.cameras is None or self.cameras.footage.kind == "simulated" or self.privacy.mode == "count":
            return self
        if lacking := self.privacy.lacking():
            why = f"privacy.mode {self.privacy.mode} on real footage needs it"
            raise Misfits([(("privacy", name), f"{wrong} ({why})") for name, wrong in lacking])
        return self

"""Simulated worlds: how much of each, over which days, with which shares and which noise."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from shoplib.config.section import ClockTime, Section, Share


def _add_up(name: str, shares: Mapping[Any, float]) -> None:
    total = sum(shares.values())
    if abs(total - 1) > 1e-9:
        raise ValueError(f"{name} add up to {total:g}, not to 1; name every share, for they replace the defaults")


class Span(Section):
    """The days of a world."""

    start: dt.date = Field(dt.date(2024, 1, 1), description="first business day")
    end: dt.date = Field(dt.date(2024, 12, 31), description="last business day")

    @model_validator(mode="after")
    def _forward(self) -> Span:
        if self.end < self.start:
            raise ValueError(f"end {self.end} is before start {self.start}")
        return self


MenuCategory = Literal[
    "Beer", "Wine", "Spirits", "Cocktails", "Soft Drinks", "Appetizers", "Main Course", "Desserts", "Sides",
    "Hot Beverages",
]  # fmt: skip


class EposWorld(Span):
    """A chain of bars, pubs, restaurants and cafés, with a till transaction for every bill."""

    kind: Literal["epos"] = Field("epos", description="which world")
    transactions: int = Field(100_000, ge=0, le=100_000_000, description="number of transactions")
    restaurants: int = Field(3, ge=0, description="locations of this type")
    bars: int = Field(3, ge=0, description="locations of this type")
    pubs: int = Field(2, ge=0, description="locations of this type")
    cafes: int = Field(0, ge=0, description="locations of this type")
    products: int = Field(150, ge=10, le=5_000, description="number of products, spread over the categories")
    categories: tuple[MenuCategory, ...] | None = Field(
        None, min_length=1, description="categories that are sold; all ten if left out"
    )
    employees: int = Field(25, ge=1, le=5_000, description="number of employees")
    opens: ClockTime = Field(dt.time(10), description="opening time of every location")
    closes: ClockTime = Field(dt.time(23), description="closing time of every location")
    target_revenue: float = Field(
        3_090_000,
        gt=0,
        description="completed revenue of 100,000 transactions, in major units; scales with them",
    )
    dispersion: float = Field(
        0.05, ge=0, le=5, description="over-dispersion of daily demand: variance = mean + dispersion × mean²"
    )
    status_shares: dict[Literal["completed", "refunded", "error", "void"], Share] = Field(
        {"completed": 0.92, "refunded": 0.05, "error": 0.01, "void": 0.02},
        description="shares of each status",
    )
    payment_shares: dict[Literal["credit_card", "debit_card", "cash", "mobile", "gift_card"], Share] = Field(
        {"credit_card": 0.45, "debit_card": 0.30, "cash": 0.15, "mobile": 0.08, "gift_card": 0.02},
        description="shares of each way to pay",
    )

    @model_validator(mode="after")
    def _possible(self) -> EposWorld:
        if self.restaurants + self.bars + self.pubs + self.cafes == 0:
            raise ValueError("restaurants, bars, pubs and cafes are all 0; a world needs at least one location")
        _add_up("status_shares", self.status_shares)
        _add_up("payment_shares", self.payment_shares)
        return self


class CanSize(Section):
    """One size of water can."""

    litres: int = Field(ge=1, le=100, description="litres of water in it")
    price: float = Field(gt=0, description="price of one filling, in major units")
    cost: float | None = Field(None, ge=0, description="cost of one filling, in major units; none if unknown")
    share: Share = Field(description="share of the cans sold")


class WaterShopWorld(Span):
    """A shop that sells water in cans, watched by a camera: footfall, visits, sales, and who did not pay."""

    kind: Literal["water_shop"] = Field("water_shop", description="which world")
    start: dt.date = Field(dt.date(2024, 3, 4), description="first business day")
    end: dt.date = Field(dt.date(2024, 4, 28), description="last business day")
    transactions: int | None = Field(
        None, ge=0, le=10_000_000, description="number of sales; if left out it follows from visits_a_day"
    )
    visits_a_day: float = Field(140, gt=0, le=100_000, description="mean visits on a usual day")
    customers: int | None = Field(
        None, ge=1, le=10_000_000, description="people who come again; if left out it follows from the visits"
    )
    dispersion: float = Field(
        0.02, ge=0, le=5, description="over-dispersion of daily footfall: variance = mean + dispersion × mean²"
    )
    city: str = Field("Hyderabad", min_length=1, description="town of the shop")
    opens: ClockTime = Field(dt.time(7), description="usual opening time")
    closes: ClockTime = Field(dt.time(21), description="usual closing time")
    can_sizes: tuple[CanSize, ...] = Field(
        (
            CanSize(litres=20, price=40, cost=18, share=0.65),
            CanSize(litres=10, price=25, cost=11, share=0.35),
        ),
        description="sizes of cans with price, cost and share",
    )
    payment_shares: dict[Literal["cash", "upi", "coins"], Share] = Field(
        {"cash": 0.38, "upi": 0.50, "coins": 0.12}, description="shares of each way to pay among paid sales"
    )
    unpaid_share: Share = Field(0.04, description="share of sales written down as not paid")
    credit_share: Share = Field(0.03, description="share of sales on credit agreed before")
    walked_off_share: Share = Field(0.02, description="share of buying visits that leave neither money nor a record")
    only_looked_share: Share = Field(0.12, description="share of visits that buy nothing")
    walk_in_share: Share = Field(0.10, description="share of sales to people the camera does not see")
    group_share: Share = Field(0.10, description="share of visits that come in with somebody")
    missed_visit_share: Share = Field(0.05, description="share of visits the camera misses")
    missing_sale_share: Share = Field(0.03, description="share of sales that are not written down")
    recognised_share: Share = Field(0.92, description="share of customers' seen visits in which the camera knows them")
    known_customer_share: Share = Field(
        0.85, description="share of the written sales to customers that carry the customer's key"
    )
    clock_offset_s: int = Field(180, ge=0, le=3600, description="the till's clock is off by up to so many seconds")
    churn_share: Share = Field(0.12, description="share of regular customers who stop coming at some day")

    @model_validator(mode="after")
    def _possible(self) -> WaterShopWorld:
        _add_up("payment_shares", self.payment_shares)
        if not self.can_sizes:
            raise ValueError("can_sizes is empty; a shop needs at least one size")
        _add_up("shares of can_sizes", {str(at): size.share for at, size in enumerate(self.can_sizes)})
        litres = [size.litres for size in self.can_sizes]
        if len(set(litres)) < len(litres):
            raise ValueError("two can_sizes hold the same litres")
        if self.unpaid_share + self.credit_share > 1:
            raise ValueError("unpaid_share and credit_share add up to more than 1")
        if self.closes <= self.opens:
            raise ValueError(f"closes {self.closes:%H:%M} is not after opens {self.opens:%H:%M}")
        return self


class Assortment(Section):
    """One category of goods of a world."""

    products: tuple[str, ...] = Field(min_length=1, description="names of the products, best sellers first")
    price: tuple[float, float] = Field(description="least and highest price, in major units")
    cost_share: Share = Field(0.6, description="cost as a share of the price")
    shelf_life_days: int | None = Field(None, ge=1, description="days a unit keeps; none keeps for ever")
    peak_month: int | None = Field(None, ge=1, le=12, description="month of the highest sales")
    peak_days: dict[str, float] = Field(
        default_factory=dict, description='factor on a day of the year, such as "02-14": 3.5'
    )
    share: float = Field(1.0, gt=0, description="relative size of the category's sales")
    tax_share: Share = Field(0.0, description="tax added at the till, as a share of the price (retail)")

    @model_validator(mode="after")
    def _possible(self) -> Assortment:
        low, high = self.price
        if not 0 < low <= high:
            raise ValueError(f"price {low:g} to {high:g} is no range above 0")
        if len(set(self.products)) < len(self.products):
            raise ValueError("a product stands twice in products")
        for day, factor in self.peak_days.items():
            try:
                dt.date.fromisoformat(f"2024-{day}")
            except ValueError:
                raise ValueError(f'{day!r} in peak_days is not a day such as "02-14"') from None
            if not factor > 0:
                raise ValueError(f"the factor {factor:g} of {day} in peak_days is not above 0")
        return self


class StoreRange(Section):
    """One store and what it carries."""

    name: str = Field(min_length=1, description="name shown to readers")
    city: str = Field("", description="town or city")
    size: float = Field(1.0, gt=0, description="relative trade")
    categories: tuple[str, ...] | None = Field(None, description="categories it carries; all if left out")


class RetailWorld(Span):
    """Stores with stock: sales, suppliers, lead times, orders, movements, counts, offers known ahead."""

    kind: Literal["retail"] = Field("retail", description="which world")
    transactions: int = Field(60_000, ge=0, le=10_000_000, description="number of transactions, refunds included")
    stores: int = Field(5, ge=1, le=1_000, description="stores, if store_list is left out")
    store_list: tuple[StoreRange, ...] = Field((), description="the stores one by one")
    assortment: dict[str, Assortment] = Field(
        default_factory=dict, description="category → goods; a grocer's if left out"
    )
    products: int | None = Field(
        None, ge=1, description="most products, best sellers of each category first; all of the assortment if left out"
    )
    suppliers: int = Field(6, ge=1, le=1_000, description="number of suppliers")
    customers: int = Field(2_500, ge=0, le=10_000_000, description="people with a customer card")
    card_share: Share = Field(0.55, description="share of transactions that show a card")
    opens: ClockTime = Field(dt.time(8), description="opening time of every store")
    closes: ClockTime = Field(dt.time(20), description="closing time of every store")
    closed_weekday: int | None = Field(None, ge=0, le=6, description="weekday without trade, Monday is 0")
    refund_share: float = Field(0.02, ge=0, le=0.5, description="share of transactions that are refunds, up to half")
    dispersion: float = Field(
        0.35, ge=0, le=5, description="over-dispersion of daily demand: variance = mean + dispersion × mean²"
    )
    lead_time_cv: float = Field(0.35, ge=0, le=2, description="spread of lead times: standard deviation over mean")
    service_level: Share = Field(0.95, description="cycle service the simulated orders aim at")
    record_error_share: Share = Field(
        0.01, description="share of receipts, waste and transfers whose quantity is written down wrongly"
    )
    promotions: int = Field(12, ge=0, le=10_000, description="offers over the whole span")
    churn_share: Share = Field(0.10, description="share of card holders who stop coming at some day")
    missing_cost_share: Share = Field(0.04, description="share of products whose cost is not written down")

    @model_validator(mode="after")
    def _possible(self) -> RetailWorld:
        if self.closes <= self.opens:
            raise ValueError(f"closes {self.closes:%H:%M} is not after opens {self.opens:%H:%M}")
        names = [store.name for store in self.store_list]
        if len(set(names)) < len(names):
            raise ValueError("two stores in store_list have the same name")
        for store in self.store_list:
            if store.categories is None:
                continue
            unknown = sorted(set(store.categories) - set(self.assortment))
            if self.assortment and unknown:
                raise ValueError(f"store {store.name!r} carries {unknown[0]!r}, which is not in assortment")
            if not store.categories:
                raise ValueError(f"store {store.name!r} carries no category, so it has no products")
        return self


class BranchWorld(Span):
    """Clothes shops that drop one file a day into an inbox: some late, some twice, some garbled."""

    kind: Literal["branch"] = Field("branch", description="which world")
    start: dt.date = Field(dt.date(2024, 7, 1), description="first business day")
    end: dt.date = Field(dt.date(2024, 12, 31), description="last business day")
    transactions: int = Field(24_000, ge=0, le=10_000_000, description="number of receipts")
    branches: tuple[str, ...] = Field(
        ("Kemang", "Menteng", "Dago", "Malioboro"), min_length=1, description="names of the branches"
    )
    assortment: dict[str, Assortment] = Field(default_factory=dict, description="category → goods; clothes if left out")
    colours: dict[str, Share] = Field(
        {"black": 0.26, "navy": 0.20, "white": 0.18, "sage": 0.14, "terracotta": 0.12, "mustard": 0.10},
        description="shares of colours",
    )
    sizes: dict[str, Share] = Field({"S": 0.22, "M": 0.36, "L": 0.28, "XL": 0.14}, description="shares of sizes")
    opens: ClockTime = Field(dt.time(9), description="opening time of every branch")
    closes: ClockTime = Field(dt.time(21), description="closing time of every branch")
    late_share: Share = Field(0.06, description="share of files that come one to four days late")
    twice_share: Share = Field(0.05, description="share of files that come again under another name")
    garbled_share: Share = Field(0.04, description="share of files with a planted fault")
    dispersion: float = Field(
        0.30,
        ge=0,
        le=5,
        description="over-dispersion of a product's daily demand at a branch: variance = mean + dispersion × mean²",
    )

    @model_validator(mode="after")
    def _possible(self) -> BranchWorld:
        _add_up("colours", self.colours)
        _add_up("sizes", self.sizes)
        folded = [name.casefold() for name in self.branches]
        twice = [name for name in self.branches if folded.count(name.casefold()) > 1]
        if twice:
            raise ValueError(f"branch {twice[0]!r} stands twice in branches")
        for name in self.branches:
            if not re.fullmatch(r"\w([\w -]*\w)?", name) or "_" in name:
                raise ValueError(f"branch {name!r} is part of file names: letters, digits, blanks and hyphens only")
        goods = [product for part in self.assortment.values() for product in part.products]
        for word in (*self.colours, *self.sizes, *self.assortment, *goods):
            if not word or word != word.strip() or set(word) & set(',"\n\r'):
                raise ValueError(
                    f"{word!r} stands in a file without quotation marks: no comma, mark, line end or outer blank in it"
                )
        if self.twice_share + self.garbled_share > 1:
            raise ValueError("twice_share and garbled_share add up to more than 1")
        if self.closes <= self.opens:
            raise ValueError(f"closes {self.closes:%H:%M} is not after opens {self.opens:%H:%M}")
        return self


Simulate = Annotated[EposWorld | WaterShopWorld | RetailWorld | BranchWorld, Field(discriminator="kind")]

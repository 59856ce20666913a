"""The stock, day after day: deliveries, spoilage, sales, losses, counts, transfers, orders."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from shoplib.base import seeds
from shoplib.config.worlds import RetailWorld
from shoplib.simulate.calendar import Days
from shoplib.simulate.draws import Bools, Floats, Ints
from shoplib.simulate.retail import ordering, orders
from shoplib.simulate.retail.goods import Goods
from shoplib.simulate.retail.ordering import Buyer
from shoplib.simulate.retail.orders import Pipeline, misread
from shoplib.simulate.retail.suppliers import Suppliers

SHRINKAGE_SHARE = 0.006  # of demand: what is stolen, broken or mislaid
OPENING = (0.7, 1.2)  # stock at the start as a share of the level
LEAST_OPENING = 6  # and at least so many, or a pack
TRANSFER_WEEKDAY = 2
TRANSFER_CHANCE = 0.5
SPARE, NEED = 0.7, 0.5  # a store gives what it has above this share of its level; one asks for this share of its own


@dataclass(frozen=True)
class Plan:
    """What the stock follows from."""

    settings: RetailWorld
    products: Goods
    sources: Suppliers
    carried: Bools  # stores × products
    shut: Ints  # days × stores
    opens: Ints  # (days + 1) × stores: next open day
    when: Days
    demand: Ints  # days × stores × products, units
    known: Floats  # days × stores × products: units a buyer can know of
    cost: Ints  # days × products, minor units


@dataclass
class Ledger:
    """What happened: units by day, store and product, and lists that were written day by day."""

    opening: Ints  # stores × products
    sold: Ints
    wasted: Ints
    wasted_booked: Ints  # what was written down of it
    shrunk: Ints
    on_hand: Ints  # in truth, at the end of each day
    book: Ints  # stores × products: sum of what was written down, at the end
    pipe: Pipeline
    counts: list[tuple[Ints, ...]] = field(default_factory=list)
    """Day, store, product, units counted, units in the books."""
    transfers: list[tuple[Ints, ...]] = field(default_factory=list)
    """Day out, day in (the world's length if it never came), from, to, product, units, units written down."""


@dataclass
class _Shelves:
    """The state at a moment: stores × products."""

    true: Ints
    book: Ints
    inflow: Ints  # all that ever came in
    came_before: Ints  # days × stores × products: inflow before each day
    reviewed: Ints  # suppliers × stores: day of the last order, or of the last look at it

    def spoilt(self, day: int, keeps: Ints, ahead: Ints | int = 0) -> Ints:
        """Return what of today's stock is past its life on a day, or so many days later if none were sold.

        The oldest goes first, so it is what came in long ago and has not gone out.
        """
        before = np.minimum(day + ahead - keeps + 1, day)
        at = np.flatnonzero((keeps > 0) & (before > 0))
        old = np.zeros_like(self.true)
        gone = self.inflow[:, at] - self.true[:, at]
        old[:, at] = np.maximum(self.came_before[before[at], :, at].T - gone, 0)
        return old


def run(plan: Plan, seed: int) -> Ledger:
    """Return the stock's whole history.

    Each open day: deliveries come in, spoilt goods go out (first in, first out), demand is met as far as stock
    reaches, a little is lost unseen; on Wednesdays stores help each other out; on a store's last open day of a month
    everything is counted and the books are put right; at night orders are written. The stores know only
    their books: a delivery written down wrongly, or a theft, misleads them until the next count.
    """
    rng = seeds.stream(seed, "simulate", "retail", "stock")
    errors = seeds.stream(seed, "simulate", "retail", "records")
    mind = ordering.buyer(plan.known, plan.carried, plan.settings.service_level, rng)
    horizon = plan.sources.review[plan.sources.of] + plan.sources.stated[plan.sources.of]
    opening = _opening(plan, ordering.order_up_to(mind, -1, horizon[0], plan.products, plan.settings.dispersion), rng)
    lost = rng.poisson(SHRINKAGE_SHARE * plan.known)
    counting = _count_days(plan)
    came_before, *empty = (np.zeros(plan.demand.shape, dtype=np.int32) for _ in range(6))
    state = _Shelves(opening.copy(), opening.copy(), opening.copy(), came_before, -plan.sources.offset)
    sold_by_day, wasted, written, gone, left = empty
    pipe = orders.pipeline(plan.demand.shape)
    history = Ledger(opening, sold_by_day, wasted, written, gone, left, book=state.book, pipe=pipe)
    for day, demand in enumerate(plan.demand):
        opened = plan.shut[day] == 0
        state.came_before[day] = state.inflow
        came, booked = orders.take_in(history.pipe, day)
        state.true += came
        state.inflow += came
        state.book += booked
        spoilt = state.spoilt(day, plan.products.shelf_life) * opened[:, None]
        spoilt_booked = misread(spoilt, plan.sources.packs[0], plan.settings.record_error_share, errors)
        sold = np.minimum(demand, state.true - spoilt)
        shrunk = np.minimum(lost[day] * opened[:, None], state.true - spoilt - sold)
        state.true -= spoilt + sold + shrunk
        state.book -= spoilt_booked + sold
        history.sold[day], history.shrunk[day] = sold, shrunk
        history.wasted[day], history.wasted_booked[day] = spoilt, spoilt_booked
        mind.learn(day, sold, (state.true == 0) | ~opened[:, None])
        level = ordering.order_up_to(mind, day, horizon[0], plan.products, plan.settings.dispersion)
        if plan.when.weekday[day] == TRANSFER_WEEKDAY:
            _transfer(history, state, plan, day, np.where(opened[:, None], level, -1), rng, errors)
        _count(history, state, day, plan.carried & counting[day][:, None])
        history.on_hand[day] = state.true
        _order(history.pipe, state, plan, mind, day, level, rng, errors)
    return history


def _opening(plan: Plan, level: Ints, rng: np.random.Generator) -> Ints:
    """Return the stock on the first morning: about the level, at least a pack or one of what keeps."""
    found = np.ceil(level * rng.uniform(*OPENING, level.shape)).astype(np.int64)
    units: Ints = np.maximum(found, np.minimum(plan.sources.packs[0], LEAST_OPENING)) * plan.carried
    return units


def _count_days(plan: Plan) -> Bools:
    """Return each store's last open day of each month: days × stores."""
    month = plan.when.dates.astype("datetime64[M]")
    ends = np.flatnonzero((plan.when.dates + 1).astype("datetime64[M]") != month)
    following = np.append(ends, len(month))[np.searchsorted(ends, np.arange(len(month)))]
    counted: Bools = (plan.shut == 0) & (plan.opens[1:] > following[:, None])
    return counted


def _count(history: Ledger, state: _Shelves, day: int, chosen: Bools) -> None:
    place, product = np.nonzero(chosen)
    if len(place):
        counted, book = state.true[place, product], state.book[place, product]
        history.counts.append((np.full(len(place), day), place, product, counted, book))
        state.book[place, product] = counted


def _transfer(
    history: Ledger, state: _Shelves, plan: Plan, day: int, level: Ints, rng: np.random.Generator,
    errors: np.random.Generator,
) -> None:  # fmt: skip
    """Send goods that keep from the store with most to spare to one whose books say it has none.

    ``level`` is below 0 where a store is shut. What is sent today comes on the receiver's next open day.
    """
    able = (level >= 0) & plan.carried
    spare = np.where(able, state.book - np.ceil(SPARE * level), 0)
    need = np.where(able & (state.book <= 0), np.ceil(NEED * level), 0)
    product = np.flatnonzero((rng.random(level.shape[1]) < TRANSFER_CHANCE) & (plan.products.shelf_life == 0))
    giver, taker = spare[:, product].argmax(axis=0), need[:, product].argmax(axis=0)
    units = np.minimum(spare[giver, product], need[taker, product]).astype(np.int64)
    units = np.minimum(units, state.true[giver, product])
    some = units > 0
    giver, taker, product, units = giver[some], taker[some], product[some], units[some]
    booked = misread(units, plan.sources.packs[0][product], plan.settings.record_error_share, errors)
    comes = plan.opens[day + 1, taker]
    history.transfers.append((np.full(len(units), day), comes, giver, taker, product, units, booked))
    state.true[giver, product] -= units
    state.book[giver, product] -= units
    for table, amount in ((history.pipe.coming, units), (history.pipe.booked, booked)):
        np.add.at(table, (comes, taker, product), amount)


def _order(
    pipe: Pipeline, state: _Shelves, plan: Plan, mind: Buyer, day: int, level: Ints, rng: np.random.Generator,
    errors: np.random.Generator,
) -> None:  # fmt: skip
    """Write the night's orders: first from each product's first supplier, then what is pressing from its second."""
    sources = plan.sources
    turn = (day - state.reviewed >= sources.review[:, None]) & (plan.shut[day] == 0)
    state.reviewed[turn] = day
    ahead = sources.stated[sources.of[0]]
    sold_till_then = np.floor(mind.mean(day, ahead)).astype(np.int64)
    spoiling = np.maximum(state.spoilt(day, plan.products.shelf_life, ahead) - sold_till_then, 0)
    position = state.book + pipe.on_order - spoiling
    wanted: list[tuple[Ints, ...]] = []
    for preference, share in ((0, 1.0), (1, ordering.SECOND_LEVEL)):
        due = turn[sources.of[preference]].T & (sources.of[preference] >= 0) & plan.carried
        target = np.floor(level * share).astype(np.int64)
        units = ordering.lines_to_order(position, target, due, sources.packs[preference])
        position = position + units
        at, what = np.nonzero(units)
        wanted.append((at, sources.of[preference][what], what, units[at, what], np.full(len(at), preference)))
    store, supplier, product, asked, asked_of = orders.columns(wanted, 5)
    if not len(store):
        return
    _, order = np.unique(store * len(sources) + supplier, return_inverse=True)
    worth = asked * plan.cost[day, product] * sources.extra_cost[asked_of, product]
    times = ordering.met_minimum(order, worth, sources.minimum[supplier], state.book[store, product] <= 0)
    kept = times > 0
    if kept.any():
        _, renumbered = np.unique(order[kept], return_inverse=True)
        lines = (renumbered, store[kept], supplier[kept], product[kept], (asked * times)[kept])
        orders.place(pipe, plan.settings, sources, plan.opens, day, lines, rng, errors)

"""A chain before its first sale: places, people, goods, demand by day, and how all that is cut into blocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoplib.base import money
from shoplib.config.models import Shop
from shoplib.config.worlds import EposWorld
from shoplib.simulate import calendar, draws
from shoplib.simulate.calendar import Days
from shoplib.simulate.draws import Floats, Ints
from shoplib.simulate.epos import (
    baskets,
    catalogue,
    demand,
    expected,
    frames,
    menu,
    moments,
    places,
    prices,
    promotions,
    refunds,
    rota,
    tender,
)

REVENUE_BASE = 100_000  # transactions that target_revenue speaks of
BLOCK = 131_072  # transactions of one block, at most, unless a single day has more


@dataclass(frozen=True)
class Chain:
    """Everything that is settled before sales are drawn."""

    settings: EposWorld
    shop: Shop
    seed: int
    where: places.Places
    people: places.Staff
    odd: int  # employee with planted voids
    menu: catalogue.Catalogue
    when: Days
    wanted: demand.Demand
    times: moments.Clock
    tastes: baskets.Tastes
    offers: promotions.Discounts
    ladder: prices.Ladder
    labels: frames.Labels
    cuts: tuple[tuple[int, int], ...]  # first day of each block, and the day after its last
    statuses: Ints  # blocks × statuses
    methods: Ints  # blocks × ways to pay

    @property
    def target_minor(self) -> float:
        """What completed sales are to bring in."""
        asked = self.settings.target_revenue * self.settings.transactions / REVENUE_BASE
        return asked * float(10 ** money.digits(self.shop.currency))

    def priced(self, sold: Floats) -> prices.Prices:
        """Return the prices at which ``sold`` brings in the target; see ``prices.scaled``."""
        return prices.scaled(self.ladder, sold, self.target_minor, self.shop.currency)

    def expected(self) -> Floats:
        """Return the units to be expected on completed sales; see ``expected.sold``."""
        share = self.statuses[:, refunds.COMPLETED].sum() / max(1, self.settings.transactions)
        return expected.sold(
            self.wanted.counts, float(share), self.where, self.when, self.times, self.tastes, self.menu,
            self.ladder, self.offers,
        )  # fmt: skip


def chain(settings: EposWorld, shop: Shop, seed: int) -> Chain:
    """Return a chain with its demand.

    Raises ``ConfigError`` if a place has nothing to sell.
    """
    where = places.places(settings, seed)
    people = places.staff(settings, where, seed)
    goods = catalogue.catalogue(settings.products, settings.categories or menu.NAMES, where.kinds, seed)
    when = calendar.days(settings.start, settings.end)
    wanted = demand.demand(settings.transactions, where, when, settings.dispersion, seed)
    cuts = blocks_of_days(wanted.counts.sum(axis=0))
    sizes = np.array([int(wanted.counts[:, first:last].sum()) for first, last in cuts])
    return Chain(
        settings=settings,
        shop=shop,
        seed=seed,
        where=where,
        people=people,
        odd=rota.odd_one_out(people, seed),
        menu=goods,
        when=when,
        wanted=wanted,
        times=moments.clock(settings, when, shop.timezone),
        tastes=baskets.tastes(where, goods),
        offers=promotions.discounts(when),
        ladder=prices.ladder(goods, when, seed),
        labels=frames.Labels(where, people, goods, rota.till_names(where)),
        cuts=cuts,
        statuses=_counts(settings.transactions, refunds.STATUSES, dict(settings.status_shares.items()), sizes),
        methods=_counts(settings.transactions, tender.METHODS, dict(settings.payment_shares.items()), sizes),
    )


def blocks_of_days(by_day: Ints) -> tuple[tuple[int, int], ...]:
    """Return runs of days, each with at most 131,072 transactions or a single day: first day, day after the last.

    >>> blocks_of_days(np.array([100_000, 40_000, 30_000, 200_000]))
    ((0, 1), (1, 3), (3, 4))
    """
    done = np.concatenate([[0], by_day.cumsum()])
    cuts, first = [], 0
    while first < len(by_day):
        last = max(first + 1, int(np.searchsorted(done, done[first] + BLOCK, side="right")) - 1)
        cuts.append((first, last))
        first = last
    return tuple(cuts)


def _counts(total: int, names: tuple[str, ...], shares: dict[str, float], sizes: Ints) -> Ints:
    of_all = draws.allocate(total, {name: shares.get(name, 0.0) for name in names})
    return draws.dealt(np.array(list(of_all.values())), sizes)

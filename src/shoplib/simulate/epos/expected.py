"""What a chain sells on average, worked out from the tables its sales are drawn from, without drawing any.

A world of several blocks gets its prices from these figures, since its sales are not there yet when the first block
is made. Their error is that of the draws alone: about 0.9 / √transactions of the takings.
"""

from __future__ import annotations

import numpy as np

from shoplib.simulate.calendar import Days
from shoplib.simulate.draws import Floats, Ints
from shoplib.simulate.epos.baskets import HOURS, MONTHS, Tastes
from shoplib.simulate.epos.catalogue import Catalogue
from shoplib.simulate.epos.menu import CATEGORIES
from shoplib.simulate.epos.moments import Clock
from shoplib.simulate.epos.places import Places
from shoplib.simulate.epos.prices import TAX_BASIS_POINTS, Ladder
from shoplib.simulate.epos.promotions import BASIS_POINTS, Discounts


def sold(
    counts: Ints,
    completed_share: float,
    where: Places,
    when: Days,
    times: Clock,
    tastes: Tastes,
    menu: Catalogue,
    ladder: Ladder,
    offers: Discounts,
) -> Floats:
    """Return the units to be expected on completed sales, less discount and with tax: price periods × products.

    ``counts`` is the number of transactions by place and day.
    """
    rows = where.kinds[:, None] * 7 + when.weekday[None, :]
    paid = 1 - offers.expected()[where.kinds] / BASIS_POINTS
    lines = _mean(tastes.lines).reshape(-1, HOURS)[where.kinds]
    by_hour = counts[:, :, None] * times.by_hour[rows] * paid * lines[:, None, :]

    period = ladder.period(np.arange(len(when)))
    cell = period * MONTHS + when.month - 1
    by_month = np.zeros((len(ladder.first_days) * MONTHS, len(where.ids), HOURS))
    np.add.at(by_month, cell, by_hour.swapaxes(0, 1))

    category = _shares(tastes.category).reshape(-1, HOURS, MONTHS, len(CATEGORIES))[where.kinds]
    shaped = by_month.reshape(-1, MONTHS, len(where.ids), HOURS)
    of_category = np.einsum("tmph,phmc->tpc", shaped, category, optimize=True)
    of_category *= _mean(tastes.quantity).reshape(-1, len(CATEGORIES))[where.kinds]
    product = _shares(tastes.product).reshape(len(where.ids), len(CATEGORIES), -1)
    rank = np.arange(len(menu.category)) - menu.starts[menu.category]
    units: Floats = np.einsum("tpx,px->tx", of_category[:, :, menu.category], product[:, menu.category, rank])
    units *= completed_share * (1 + TAX_BASIS_POINTS / BASIS_POINTS)
    return units


def _shares(weights: Floats) -> Floats:
    sums = weights.sum(axis=1, keepdims=True)
    shares: Floats = np.divide(weights, sums, out=np.zeros_like(weights), where=sums > 0)
    return shares


def _mean(weights: Floats) -> Floats:
    """Return the mean of 1, 2, 3 … under each row of weights."""
    mean: Floats = _shares(weights) @ np.arange(1, weights.shape[1] + 1)
    return mean

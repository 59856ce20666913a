"""What became of each transaction, and which earlier sale each refund gives back."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from shoplib.base import seeds
from shoplib.simulate import draws
from shoplib.simulate.draws import Floats, Ints

STATUSES = ("completed", "refunded", "error", "void")
COMPLETED, REFUNDED, ERROR, VOID = range(4)
LAG_SALES = 9  # a refund comes about this many sales after the sale


def statuses(number: int, shares: Mapping[str, float], void_weight: Floats, seed: int) -> Ints:
    """Return a status for each transaction, as positions in ``STATUSES``, in exactly the shares asked for.

    Voids fall where ``void_weight`` is high; errors and refunds anywhere.
    """
    rng = seeds.stream(seed, "simulate", "statuses")
    counts = draws.allocate(number, {name: shares.get(name, 0.0) for name in STATUSES})
    status = np.zeros(number, dtype=np.int8)
    status[draws.chosen(rng, counts["void"], void_weight)] = VOID
    others = rng.permutation(np.flatnonzero(status == COMPLETED))
    status[others[: counts["refunded"]]] = REFUNDED
    status[others[counts["refunded"] : counts["refunded"] + counts["error"]]] = ERROR
    return status


def originals(status: Ints, place: Ints, places: int, seed: int) -> Ints:
    """Return for each refund an earlier completed sale of its place, and -1 for everything else.

    No sale is given back twice. Sales are given back in the order they were made, most within the day. A
    refund stays at -1 only if every earlier sale of its place is already given back.
    """
    rng = seeds.stream(seed, "simulate", "refunds")
    original = np.full(len(status), -1, dtype=np.int64)
    for at in range(places):
        here = np.flatnonzero(place == at)
        sales = here[status[here] == COMPLETED]
        refunds = here[status[here] == REFUNDED]
        earlier = np.searchsorted(sales, refunds)
        lag = rng.geometric(1 / LAG_SALES, len(refunds))
        kept, rank = _ranks(earlier, lag)
        original[refunds[kept]] = sales[rank]
    return original


def _ranks(earlier: Ints, lag: Ints) -> tuple[Ints, Ints]:
    """Return which refunds can be met, and for each a rank below ``earlier``; ranks rise strictly.

    ``earlier`` counts the sales before each refund and never falls. The wish is ``earlier - lag``; it is
    raised past the rank before it, then lowered as far as the refunds after it need.
    """
    turn = np.arange(len(earlier))
    met = np.minimum(np.minimum.accumulate(earlier - turn), 1) + turn
    kept = np.flatnonzero(np.diff(met, prepend=0) > 0)
    limit = earlier[kept]
    turn = np.arange(len(kept))
    wish = np.maximum.accumulate(np.maximum(limit - lag[kept], 0) - turn)
    most = np.minimum.accumulate((limit - 1 - turn)[::-1])[::-1]
    return kept, np.minimum(wish, most) + turn

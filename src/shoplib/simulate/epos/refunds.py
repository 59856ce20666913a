"""What became of each transaction, and which earlier sale each refund gives back."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shoplib.simulate import draws
from shoplib.simulate.draws import Bools, Ints

STATUSES = ("completed", "refunded", "error", "void")
COMPLETED, REFUNDED, ERROR, VOID = range(4)
LAG_SALES = 9  # a refund comes about this many sales after the sale


def statuses(rng: np.random.Generator, odd: Bools, void_factor: float, counts: Ints) -> npt.NDArray[np.int8]:
    """Return a status for each transaction, as positions in ``STATUSES``, in exactly the counts asked for.

    Where ``odd`` is true a void is ``void_factor`` times as likely; errors and refunds fall anywhere.
    """
    weights = np.ones((2, len(STATUSES)))
    weights[1, VOID] = void_factor
    return draws.exactly(rng, weights, odd.view(np.int8), counts)


def originals(rng: np.random.Generator, status: Ints, place: Ints, places: int) -> Ints:
    """Return for each refund an earlier completed sale of its place, and -1 for everything else.

    No sale is given back twice. Sales are given back in the order they were made, most within the day. A
    refund stays at -1 only if every earlier sale of its place is already given back.
    """
    original = np.full(len(status), -1, dtype=np.int32)
    what = place.astype(np.int32) * len(STATUSES) + status
    for at in range(places):
        sales = np.flatnonzero(what == at * len(STATUSES) + COMPLETED)
        refunds = np.flatnonzero(what == at * len(STATUSES) + REFUNDED)
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

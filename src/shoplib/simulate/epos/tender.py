"""How each transaction was paid: method, tip, card and authorisation."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shoplib.simulate import draws
from shoplib.simulate.draws import Alias, Bools, Floats, Ints
from shoplib.simulate.epos.places import TYPES
from shoplib.simulate.epos.refunds import COMPLETED, ERROR, REFUNDED, VOID

METHODS = ("credit_card", "debit_card", "cash", "mobile", "gift_card")
CREDIT_CARD, DEBIT_CARD, CASH, MOBILE, GIFT_CARD = range(5)
PAYMENT_STATUSES = {COMPLETED: "paid", REFUNDED: "refunded", ERROR: "failed", VOID: "unpaid"}

# Relative liking by type: restaurant, bar, pub, café.
BY_TYPE = {
    CASH: (0.75, 0.9, 1.5, 1.2),
    MOBILE: (0.8, 1.5, 0.9, 1.4),
    GIFT_CARD: (1.6, 0.8, 0.7, 0.7),
    DEBIT_CARD: (0.8, 1.05, 1.2, 1.2),
}
SMALL_BILL = {CASH: 1.8, DEBIT_CARD: 1.2}  # liking for small bills
SMALL_SHARE = 0.45  # of the mean bill: below it a bill is small
GIFT_MONTHS = (12, 1, 2)
GIFT_FACTOR = 2.2
# Chance of a tip by method and type.
TIP_CHANCE = np.array(
    [
        [0.38, 0.16, 0.07, 0.10],
        [0.36, 0.14, 0.06, 0.09],
        [0.10, 0.05, 0.02, 0.12],
        [0.30, 0.15, 0.06, 0.08],
        [0.12, 0.05, 0.02, 0.03],
    ]
)
TIP_PER_MILLE = np.array([0, 50, 100, 125, 150])  # of the total
TIP_WEIGHTS = np.array([2.0, 5.0, 3.0, 1.0])
TIP_STEP_MINOR = 10
MILLE = 1_000


def methods(
    rng: np.random.Generator, original: Ints, kind: Ints, month: Ints, total: Ints, counts: Ints
) -> npt.NDArray[np.int8]:
    """Return a way to pay for each transaction, as positions in ``METHODS``, in exactly the counts asked for.

    Money goes back the way it came: a refund has the method of its ``original`` (-1 for none), as long
    as the counts allow it, which fails only in worlds of a few rows. Cash is likelier in pubs and for
    small bills, gift cards in winter, phones in bars.
    """
    winter = np.zeros(13, dtype=np.int8)
    winter[list(GIFT_MONTHS)] = 1
    small = total < SMALL_SHARE * total.mean() if len(total) else np.zeros(0, dtype=bool)
    group = kind * 4 + small * np.int32(2) + winter.take(month)
    refund = np.flatnonzero(original >= 0)
    of_all = draws.dealt(counts, np.array([len(refund), len(kind) - len(refund)]))[0]
    paired = np.minimum(of_all, counts // 2)
    back = rng.permutation(refund)[: int(paired.sum())]
    sold = original.take(back)
    method = np.full(len(kind), -1, dtype=np.int8)
    method[back] = draws.exactly(rng, _liking(), group.take(sold), paired)
    method[sold] = method.take(back)
    rest = np.flatnonzero(method < 0)
    method[rest] = draws.exactly(rng, _liking(), group.take(rest), counts - 2 * paired)
    return method


class Tips:
    """Draws tips."""

    def __init__(self) -> None:
        given = TIP_CHANCE.ravel()[:, None] * (TIP_WEIGHTS / TIP_WEIGHTS.sum())
        self._choice = Alias(np.concatenate([1 - TIP_CHANCE.ravel()[:, None], given], axis=1))

    def drawn(self, rng: np.random.Generator, status: Ints, method: Ints, kind: Ints, total: Ints) -> Ints:
        """Return the tip on each completed sale in minor units, on top of its total; 0 elsewhere."""
        choice = self._choice.pick(rng, method * np.int32(len(TYPES)) + kind)
        at = np.flatnonzero((choice > 0) & (status == COMPLETED))
        exact = total.take(at) * TIP_PER_MILLE.take(choice.take(at))
        step = MILLE * TIP_STEP_MINOR
        tip = np.zeros(len(total), dtype=np.int64)
        tip[at] = (exact + step // 2) // step * TIP_STEP_MINOR
        return tip


def cards(rng: np.random.Generator, original: Ints, status: Ints, method: Ints) -> tuple[Ints, Bools, Ints, Bools]:
    """Return last four digits and where there are any, authorisation codes and where there are any.

    Cards and phones have digits, and a refund those of its sale; only what the issuer agreed to has a code.
    """
    word = draws.words(rng, len(method))
    digits = draws.below(word, 10_000)
    # A code is three digits and three more.
    code = draws.below(np.left_shift(word, draws.HALF_BITS, dtype=np.uint32), 1_000) * np.int32(1_000)
    code += draws.below(draws.words(rng, len(method)), 1_000)
    by_card = (method != CASH) & (method != GIFT_CARD)
    refund = np.flatnonzero(original >= 0)
    digits[refund] = digits.take(original.take(refund))
    return digits, by_card, code, by_card & ((status == COMPLETED) | (status == REFUNDED))


def _liking() -> Floats:
    """Return how well each method is liked: one row for each type, size of bill and season."""
    weights = np.ones((len(TYPES), 2, 2, len(METHODS)))
    for method, liking in BY_TYPE.items():
        weights[..., method] *= np.array(liking)[:, None, None]
    for method, factor in SMALL_BILL.items():
        weights[:, 1, :, method] *= factor
    weights[:, :, 1, GIFT_CARD] *= GIFT_FACTOR
    return weights.reshape(-1, len(METHODS))

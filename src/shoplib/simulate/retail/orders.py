"""Orders on their way: when they really come, in how many parts, and what is written down of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from shoplib.config.worlds import RetailWorld
from shoplib.simulate.draws import Floats, Ints
from shoplib.simulate.retail.suppliers import Suppliers

CANCELLED_SHARE = 0.01
IN_PARTS_SHARE = 0.07  # of the orders; half of their lines are short at first
SHORT_LINE_SHARE = 0.5
REST_COMES_SHARE = 0.6
REST_DAYS = 2.0  # the rest comes so many days later, and two more on average
OPEN, PART_RECEIVED, RECEIVED, CANCELLED = range(4)


@dataclass
class Pipeline:
    """What was ordered and what is on its way; days × stores × products in units, one day more for "too late"."""

    coming: Ints
    booked: Ints  # what will be written down of it
    settled: Ints  # what is no longer on order from that day
    on_order: Ints  # stores × products
    heads: list[tuple[Ints, ...]] = field(default_factory=list)
    """For each order: day, store, supplier, true lead days, day promised, day it came, day the rest came, fate.

    Days of things that never came within the world are its length; the fate is 1 for a cancelled order, 2 for one
    whose rest is never sent.
    """
    lines: list[tuple[Ints, ...]] = field(default_factory=list)
    """For each line: order, product, units ordered, units received."""
    deliveries: list[tuple[Ints, ...]] = field(default_factory=list)
    """For each line and day something came: order, store, product, day, units, units written down."""
    number: int = 0

    @property
    def days(self) -> int:
        """Length of the world."""
        return len(self.coming) - 1


def pipeline(shape: tuple[int, ...]) -> Pipeline:
    """Return an empty pipeline for days × stores × products."""
    days, places, products = shape
    longer = (days + 1, places, products)
    coming, booked, settled = (np.zeros(longer, dtype=np.int32) for _ in range(3))
    return Pipeline(coming, booked, settled, on_order=np.zeros((places, products), dtype=np.int64))


def misread(units: Ints, packs: Ints, share: float, rng: np.random.Generator) -> Ints:
    """Return what is written down: of so many ``share`` twice the units, half of them, or a pack more or less.

    Nothing is never written down as something, nor something as nothing.
    """
    kind = rng.integers(4, size=units.shape)
    wrong = np.choose(kind, [units * 2, -(-units // 2), units + packs, units - packs])
    written: Ints = np.where((rng.random(units.shape) < share) & (units > 0) & (wrong > 0), wrong, units)
    return written


def place(
    pipe: Pipeline, settings: RetailWorld, sources: Suppliers, opens: Ints, day: int,
    wanted: tuple[Ints, Ints, Ints, Ints, Ints], rng: np.random.Generator, errors: np.random.Generator,
) -> None:  # fmt: skip
    """Write the orders of one night: ``wanted`` holds order, store, supplier, product and units of each line.

    Orders are numbered from 0 without gaps. True lead times are gamma with ``settings.lead_time_cv``, in whole days,
    at least one; a door that is shut puts off the delivery to the next open day.
    """
    order, store, supplier, product, units = wanted
    _, first = np.unique(order, return_index=True)
    days, where, who = pipe.days, store[first], supplier[first]
    lead = np.maximum(np.rint(_leads(sources.true_mean[who], settings.lead_time_cv, rng)), 1).astype(np.int64)
    promised = opens[np.minimum(day + sources.stated[who], days), where]
    chance, rest = rng.random(len(first)), rng.random(len(first)) < REST_COMES_SHARE
    cancelled = chance < CANCELLED_SHARE
    in_parts = ~cancelled & (chance < CANCELLED_SHARE + IN_PARTS_SHARE)
    came = np.where(cancelled, days, opens[np.minimum(day + lead, days), where])
    gap = (REST_DAYS + rng.poisson(REST_DAYS, len(first))).astype(np.int64)
    later = np.where(in_parts & rest & (came < days), opens[np.minimum(came + gap, days), where], days)

    short = in_parts[order] & (rng.random(len(order)) < SHORT_LINE_SHARE)
    early = np.where(short, np.maximum(units * rng.uniform(0.2, 0.8, len(order)), 1), units).astype(np.int64)
    early[cancelled[order]] = 0
    late = np.where(rest[order], units - early, 0)
    late[cancelled[order]] = 0
    never = units - early - late
    packs = sources.packs[0][product]
    received = np.zeros_like(units)
    for part, when in ((early, came[order]), (late, later[order])):
        some = (part > 0) & (when < days)
        booked = misread(part, packs, settings.record_error_share, errors)
        np.add.at(pipe.coming, (when[some], store[some], product[some]), part[some])
        np.add.at(pipe.booked, (when[some], store[some], product[some]), booked[some])
        np.add.at(pipe.settled, (when[some], store[some], product[some]), part[some])
        received[some] += part[some]
        pipe.deliveries.append(
            (order[some] + pipe.number, store[some], product[some], when[some], part[some], booked[some])
        )
    given_up = np.where(cancelled, promised, came)[order]  # a cancelled order is known to be one when it was due
    np.add.at(pipe.settled, (given_up, store, product), never)
    np.add.at(pipe.on_order, (store, product), units)
    fate = np.where(cancelled, 1, np.where(in_parts & ~rest, 2, 0))
    pipe.heads.append((np.full(len(first), day), where, who, lead, promised, came, later, fate))
    pipe.lines.append((order + pipe.number, product, units, received))
    pipe.number += len(first)


def take_in(pipe: Pipeline, day: int) -> tuple[Ints, Ints]:
    """Return what comes in on a day, stores × products: units, and units written down."""
    pipe.on_order -= pipe.settled[day]
    return pipe.coming[day], pipe.booked[day]


def columns(rows: Sequence[tuple[Ints, ...]], width: int) -> list[Ints]:
    """Return lists of rows, written night after night, as ``width`` whole columns."""
    if not rows:
        return [np.zeros(0, dtype=np.int64) for _ in range(width)]
    return [np.concatenate([np.asarray(part[at], dtype=np.int64) for part in rows]) for at in range(width)]


def statuses(pipe: Pipeline) -> tuple[Ints, Ints]:
    """Return the status of each order at the end of the world, and the day the last of it came (its length if open).

    An order whose rest is never sent is closed on the day it came. Statuses count as in ``OPEN``, ``PART_RECEIVED``,
    ``RECEIVED``, ``CANCELLED``.
    """
    _, _, _, _, promised, came, _, fate = columns(pipe.heads, 8)
    order, _, ordered, received = columns(pipe.lines, 4)
    asked = np.bincount(order, weights=ordered, minlength=pipe.number)
    got = np.bincount(order, weights=received, minlength=pipe.number)
    status = np.full(pipe.number, OPEN)
    status[came < pipe.days] = PART_RECEIVED
    status[(came < pipe.days) & ((got == asked) | (fate == 2))] = RECEIVED
    status[(fate == 1) & (promised < pipe.days)] = CANCELLED
    delivered, _, _, day, _, _ = columns(pipe.deliveries, 6)
    done = np.zeros(pipe.number, dtype=np.int64)
    np.maximum.at(done, delivered, day)
    return status, np.where(status == RECEIVED, done, pipe.days)


def _leads(mean: Floats, cv: float, rng: np.random.Generator) -> Floats:
    if cv == 0:
        return mean
    return rng.gamma(1 / cv**2, mean * cv**2)

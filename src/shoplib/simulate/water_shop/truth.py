"""What was planted, as tables: the answers an analysis is marked against.

Times are the shop's wall clock without a zone, by the true clock, which is the camera's. ``date`` is the day.
``true_visit_id`` and ``true_sale_id`` number everything that happened; ``visit_id`` and ``transaction_id`` are the
keys in the files, empty where nothing was logged or written.

========================  =============================================================================================
table                     columns
========================  =============================================================================================
``visits``                true_visit_id, visit_id, person_id, customer_id (empty for strangers), date, entered, left,
                          seen (by the camera), recognised (as that customer), group_id, outcome (paid, unpaid, credit,
                          walked_off, only_looked; who is paid for has the outcome of the sale), pays (rings it up),
                          true_sale_id (the sale that serves this visit)
``sales``                 true_sale_id, transaction_id, true_visit_id (of who pays), visit_id, walk_in, written,
                          person_id, customer_id, date, sold_at, can_size, number_of_cans, amount_minor, payment_mode,
                          payment_status
``unpaid_visits``         true_visit_id, visit_id, customer_id, date, outcome (unpaid or walked_off), seen,
                          transaction_id, number_of_cans, worth_minor; one row for each party
``missing_sales``         true_sale_id, true_visit_id, visit_id, customer_id, date, sold_at, amount_minor
``clock_offsets``         date, offset_s (till less true clock; each sale is up to 10 s beside that)
``open_close``            date, opened, closed, first_visit (coming in), last_visit (going out), visits, seen
``closed_days``           date, reason
``churn``                 customer_id, kind, stops_date (first day they no longer come), last_date (of their last visit
                          or sale; empty if there was none), encounters
``non_payers``            customer_id, kind, encounters, not_paid (sales written as unpaid, and walks off)
``price_changes``         can_size, date, price_before_minor, price_after_minor
``anomalies``             date, what, factor (on footfall), expected_visits, visits
``customers``             customer_id, kind (household, business, occasional), interval_days (their rhythm), usual_cans,
                          account (may buy on credit), non_payer, joins_date (empty if before the span), stops_date,
                          encounters
``demand``                date, temperature_c (highest of the day), holiday, open, factor, expected_visits (without
                          noise and planted days), visits, sales, written_sales
========================  =============================================================================================
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.config.worlds import WaterShopWorld
from shoplib.simulate import draws
from shoplib.simulate.draws import Bools, Floats, Ints
from shoplib.simulate.water_shop import fates, frames, people
from shoplib.simulate.water_shop.camera import Visits
from shoplib.simulate.water_shop.days import REASONS, Days
from shoplib.simulate.water_shop.fates import Fates
from shoplib.simulate.water_shop.footfall import Flow
from shoplib.simulate.water_shop.hours import Hours
from shoplib.simulate.water_shop.parties import Parties
from shoplib.simulate.water_shop.people import Crowd
from shoplib.simulate.water_shop.prices import Prices
from shoplib.simulate.water_shop.sales import Sales
from shoplib.simulate.water_shop.till import Till

OUTCOMES = (*fates.STATUSES, "walked_off", "only_looked")
WALKED_OFF, ONLY_LOOKED = 3, 4


@dataclass(frozen=True)
class Made:
    """Everything that was drawn; ``payer`` is the person of each party that pays, ``taken`` its cans."""

    settings: WaterShopWorld
    when: Days
    flow: Flow
    hours: Hours
    parties: Parties
    fates: Fates
    known: Crowd
    payer: Ints
    taken: Ints
    visits: Visits
    sales: Sales
    till: Till
    prices: Prices


def tables(made: Made) -> dict[str, pd.DataFrame]:
    """Return all truth tables, described above."""
    visits, sales = _visits(made), _sales(made)
    return {
        "visits": visits,
        "sales": sales,
        "unpaid_visits": _unpaid(made, visits),
        "missing_sales": _missing(sales),
        "clock_offsets": pd.DataFrame({"date": frames.dates(made.when.dates), "offset_s": made.till.offset_s}),
        "open_close": _open_close(made),
        "closed_days": _closed(made.when),
        "churn": _churn(made),
        "non_payers": _non_payers(made),
        "price_changes": _price_changes(made),
        "anomalies": _anomalies(made),
        "customers": _customers(made),
        "demand": _demand(made),
    }


def _visits(made: Made) -> pd.DataFrame:
    of, when = made.visits, made.when
    day = made.parties.day[of.party]
    sale = _sale_of_party(made)[of.party]
    outcome = np.where(made.fates.looked[of.party], ONLY_LOOKED, WALKED_OFF)
    outcome = np.where(sale >= 0, _status_of_party(made)[of.party], outcome)
    customer = of.person < len(made.known)
    return pd.DataFrame(
        {
            "true_visit_id": frames.keys(np.arange(1, len(of) + 1), "RV"),
            "visit_id": frames.keys(of.seen.cumsum(), "V", of.seen),
            "person_id": frames.keys(of.person + 1, "P"),
            "customer_id": frames.customer_keys(of.person, len(made.known), customer),
            "date": frames.dates(when.dates[day]),
            "entered": frames.clock(when, day, of.entered),
            "left": frames.clock(when, day, of.left),
            "seen": of.seen,
            "recognised": of.recognised,
            "group_id": frames.keys(of.group + 1, "G", of.group >= 0),
            "outcome": draws.labelled(OUTCOMES, outcome),
            "pays": of.lead & (sale >= 0),
            "true_sale_id": frames.keys(sale + 1, "RS", sale >= 0),
        },
        copy=False,
    )


def _sales(made: Made) -> pd.DataFrame:
    of, when, wrote = made.sales, made.when, made.till
    day, person = made.parties.day[of.party], made.payer[of.party]
    number = np.zeros(len(of), dtype=np.int64)
    number[wrote.sale] = np.arange(1, len(wrote.sale) + 1)
    visit, log = _visit_of(made, of.party)
    return pd.DataFrame(
        {
            "true_sale_id": frames.keys(np.arange(1, len(of) + 1), "RS"),
            "transaction_id": frames.keys(number, "T", of.written),
            "true_visit_id": frames.keys(visit + 1, "RV", visit >= 0),
            "visit_id": frames.keys(log, "V", log > 0),
            "walk_in": made.parties.walk_in[of.party],
            "written": of.written,
            "person_id": frames.keys(person + 1, "P"),
            "customer_id": frames.customer_keys(person, len(made.known), person < len(made.known)),
            "date": frames.dates(when.dates[day]),
            "sold_at": frames.clock(when, day, of.second),
            "can_size": draws.labelled(frames.size_ids(made.settings), of.size),
            "number_of_cans": of.cans,
            "amount_minor": of.amount_minor,
            "payment_mode": draws.labelled(frames.MODES, of.mode),
            "payment_status": draws.labelled(fates.STATUSES, of.status),
        },
        copy=False,
    )


def _unpaid(made: Made, visits: pd.DataFrame) -> pd.DataFrame:
    """Return paying visits that ended unpaid; cans of those who walked off are worth the first size's price."""
    of = made.visits
    sale = _sale_of_party(made)[of.party]
    walked = made.fates.walked[of.party]
    at = np.flatnonzero(of.lead & (walked | (_status_of_party(made)[of.party] == fates.UNPAID) & (sale >= 0)))
    party = of.party[at]
    taken = made.taken[party]
    price = made.prices.of(made.parties.day[party], np.zeros(len(at), dtype=np.int64))
    worth = taken * price
    sold = np.flatnonzero(sale[at] >= 0)
    worth[sold] = made.sales.amount_minor[sale[at[sold]]]
    number = np.zeros(len(made.sales), dtype=np.int64)
    number[made.till.sale] = np.arange(1, len(made.till.sale) + 1)
    ticket = np.zeros(len(at), dtype=np.int64)
    ticket[sold] = number[sale[at[sold]]]
    kept = visits.iloc[at][["true_visit_id", "visit_id", "customer_id", "date", "outcome", "seen"]]
    return kept.reset_index(drop=True).assign(
        transaction_id=frames.keys(ticket, "T", ticket > 0), number_of_cans=taken, worth_minor=worth
    )


def _missing(sales: pd.DataFrame) -> pd.DataFrame:
    columns = ["true_sale_id", "true_visit_id", "visit_id", "customer_id", "date", "sold_at", "amount_minor"]
    return sales.loc[~sales["written"], columns].reset_index(drop=True)


def _open_close(made: Made) -> pd.DataFrame:
    of, days = made.visits, len(made.when)
    day = made.parties.day[of.party]
    first = np.full(days, np.iinfo(np.int64).max)
    last = np.full(days, -1)
    np.minimum.at(first, day, of.entered)
    np.maximum.at(last, day, of.left)
    visits = np.bincount(day, minlength=days)
    every = np.arange(days)
    empty = visits == 0
    frame = pd.DataFrame(
        {
            "date": frames.dates(made.when.dates),
            "opened": frames.clock(made.when, every, made.hours.opened),
            "closed": frames.clock(made.when, every, made.hours.closed),
            "first_visit": _where(frames.clock(made.when, every, np.where(empty, 0, first)), ~empty),
            "last_visit": _where(frames.clock(made.when, every, last), ~empty),
            "visits": visits,
            "seen": np.bincount(day, weights=of.seen, minlength=days).astype(np.int64),
        }
    )
    return frame[made.when.open].reset_index(drop=True)


def _closed(when: Days) -> pd.DataFrame:
    at = np.flatnonzero(~when.open)
    reasons = np.array(REASONS, dtype=object)[when.shut[at]]
    return pd.DataFrame({"date": frames.dates(when.dates[at]), "reason": pd.Series(reasons, dtype="str")})


def _churn(made: Made) -> pd.DataFrame:
    known, when = made.known, made.when
    at = np.flatnonzero(known.stops < len(when))
    last = np.full(len(known) + 1, -1)
    customer = np.minimum(made.payer, len(known))
    np.maximum.at(last, customer, made.parties.day)
    of_visits = np.minimum(made.visits.person, len(known))
    np.maximum.at(last, of_visits, made.parties.day[made.visits.party])
    last = last[at]
    return pd.DataFrame(
        {
            "customer_id": frames.customer_keys(at, len(made.known)),
            "kind": _kinds(known, at),
            "stops_date": frames.dates(when.dates[known.stops[at]]),
            "last_date": _where(frames.dates(when.dates[np.maximum(last, 0)]), last >= 0),
            "encounters": _encounters(made)[at],
        }
    )


def _non_payers(made: Made) -> pd.DataFrame:
    at = np.flatnonzero(made.known.non_payer)
    unpaid = made.sales.party[made.sales.written & (made.sales.status == fates.UNPAID)]
    party = np.append(unpaid, np.flatnonzero(made.fates.walked))
    not_paid = np.bincount(np.minimum(made.payer[party], len(made.known)), minlength=len(made.known) + 1)
    return pd.DataFrame(
        {
            "customer_id": frames.customer_keys(at, len(made.known)),
            "kind": _kinds(made.known, at),
            "encounters": _encounters(made)[at],
            "not_paid": not_paid[at],
        }
    )


def _price_changes(made: Made) -> pd.DataFrame:
    price = made.prices.price
    period, size = np.nonzero(price[1:] != price[:-1])
    sizes = np.array(frames.size_ids(made.settings), dtype=object)
    return pd.DataFrame(
        {
            "can_size": pd.Series(sizes[size], dtype="str"),
            "date": frames.dates(made.when.dates[made.prices.first_days[period + 1]]),
            "price_before_minor": price[period, size],
            "price_after_minor": price[period + 1, size],
        }
    )


def _anomalies(made: Made) -> pd.DataFrame:
    at = np.flatnonzero(made.flow.what != "")
    expected, visits = _expected(made), _visits_by_day(made)
    return pd.DataFrame(
        {
            "date": frames.dates(made.when.dates[at]),
            "what": pd.Series(made.flow.what[at], dtype="str"),
            "factor": made.flow.factor[at],
            "expected_visits": expected[at],
            "visits": visits[at],
        }
    )


def _customers(made: Made) -> pd.DataFrame:
    known, when = made.known, made.when
    every = np.arange(len(known))
    joins = np.maximum(known.joins, 0)
    stops = np.minimum(known.stops, len(when) - 1)
    return pd.DataFrame(
        {
            "customer_id": frames.customer_keys(every, len(known)),
            "kind": _kinds(known, every),
            "interval_days": known.interval_days,
            "usual_cans": known.usual_cans,
            "account": known.account,
            "non_payer": known.non_payer,
            "joins_date": _where(frames.dates(when.dates[joins]), known.joins >= 0),
            "stops_date": _where(frames.dates(when.dates[stops]), known.stops < len(when)),
            "encounters": _encounters(made),
        }
    )


def _demand(made: Made) -> pd.DataFrame:
    when, days = made.when, len(made.when)
    day = made.parties.day[made.sales.party]
    return pd.DataFrame(
        {
            "date": frames.dates(when.dates),
            "temperature_c": when.temperature_c,
            "holiday": when.holiday,
            "open": when.open,
            "factor": made.flow.factor,
            "expected_visits": _expected(made),
            "visits": _visits_by_day(made),
            "sales": np.bincount(day, minlength=days),
            "written_sales": np.bincount(day, weights=made.sales.written, minlength=days).astype(np.int64),
        }
    )


def _expected(made: Made) -> Floats:
    """Return visits to be expected on each day without noise and planted days."""
    expected: Floats = len(made.visits) * made.flow.level / made.flow.rate.sum()
    return expected


def _visits_by_day(made: Made) -> Ints:
    return np.bincount(made.parties.day[made.visits.party], minlength=len(made.when))


def _encounters(made: Made) -> Ints:
    """Return how often each customer came: visits, and sales at the door."""
    at_door = np.flatnonzero(made.parties.walk_in)
    people_met = np.append(made.visits.person, made.payer[at_door])
    met = np.bincount(np.minimum(people_met, len(made.known)), minlength=len(made.known) + 1)
    return met[: len(made.known)]


def _sale_of_party(made: Made) -> Ints:
    """Return the position of each party's sale, -1 for none."""
    sale = np.full(len(made.parties), -1, dtype=np.int64)
    sale[made.sales.party] = np.arange(len(made.sales))
    return sale


def _status_of_party(made: Made) -> Ints:
    status = np.full(len(made.parties), -1, dtype=np.int64)
    status[made.sales.party] = made.sales.status
    return status


def _visit_of(made: Made, party: Ints) -> tuple[Ints, Ints]:
    """Return the position of each party's paying visit (-1 for none) and its number in the log (0 for none)."""
    visit = made.visits.of_sale[party]
    logged = np.append(np.where(made.visits.seen, made.visits.seen.cumsum(), 0), 0)
    return visit, logged[visit]


def _kinds(known: Crowd, at: Ints) -> pd.Categorical:
    return draws.labelled(people.KINDS[: people.STRANGER], known.kind[at])


def _where(dates: npt.NDArray[np.datetime64], present: Bools) -> npt.NDArray[np.datetime64]:
    """Return dates, missing where not ``present``."""
    return np.where(present, dates, np.datetime64("NaT", "s"))

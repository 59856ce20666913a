"""What was planted, as tables: the answers an analysis is marked against."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.simulate.calendar import Days
from shoplib.simulate.draws import Bools, Ints
from shoplib.simulate.epos.catalogue import SLOW_FACTOR, Catalogue
from shoplib.simulate.epos.demand import Demand
from shoplib.simulate.epos.places import Places, Staff
from shoplib.simulate.epos.rota import VOID_FACTOR


def demand(wanted: Demand, where: Places, when: Days) -> pd.DataFrame:
    """Return every place on every day: transactions to expect without noise or planted days, and drawn ones."""
    everything = np.ones(wanted.counts.shape, dtype=bool)
    frame = _cells(everything, where, when)
    frame["expected_transactions"] = wanted.expected[everything]
    frame["transactions"] = wanted.counts[everything]
    return frame


def anomalies(wanted: Demand, where: Places, when: Days) -> pd.DataFrame:
    """Return the planted days: by which factor demand was off, how many transactions came, how many ought to."""
    planted = wanted.factor != 1
    frame = _cells(planted, where, when)
    frame["factor"] = wanted.factor[planted]
    frame["expected_transactions"] = wanted.expected[planted]
    frame["transactions"] = wanted.counts[planted]
    return frame


def closed_days(wanted: Demand, where: Places, when: Days) -> pd.DataFrame:
    """Return the days a place was shut, with the reason."""
    shut = wanted.christmas | wanted.repairs
    frame = _cells(shut, where, when)
    frame["reason"] = np.where(wanted.christmas[shut], "Christmas Day", "repairs").astype(object)
    return frame


def slow_sellers(menu: Catalogue, units: Ints) -> pd.DataFrame:
    """Return the products made to sell at a fraction of their rank's pace, and the units on all lines."""
    at = np.flatnonzero(menu.slow)
    return pd.DataFrame(
        {
            "product_id": pd.Series([menu.product_ids[i] for i in at], dtype="str"),
            "factor": np.full(len(at), SLOW_FACTOR),
            "units": units[at].astype(np.int64),
        }
    )


def staff(people: Staff, served: Ints, voids: Ints, odd: int) -> pd.DataFrame:
    """Return every employee: planted factor on voids (1 for all but one), transactions and voids."""
    return pd.DataFrame(
        {
            "employee_id": list(people.ids),
            "void_factor": np.where(np.arange(len(people.ids)) == odd, VOID_FACTOR, 1.0),
            "transactions": served,
            "voids": voids,
        }
    )


def _cells(chosen: Bools, where: Places, when: Days) -> pd.DataFrame:
    place, day = np.nonzero(chosen)
    return pd.DataFrame(
        {
            "location_id": pd.Series(np.array(where.ids, dtype=object)[place], dtype="str"),
            "date": when.dates[day].astype("datetime64[s]"),
        }
    )

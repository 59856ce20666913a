"""What was planted, as tables: the answers an analysis is marked against.

Days are business days; ``location_id``, ``product_id`` and the other keys are those of the files.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.simulate import draws
from shoplib.simulate.calendar import Days
from shoplib.simulate.draws import Bools, Ints
from shoplib.simulate.retail import orders
from shoplib.simulate.retail.customers import People
from shoplib.simulate.retail.demand import Demand
from shoplib.simulate.retail.frames import CUSTOMER_DIGITS
from shoplib.simulate.retail.goods import BASIS_POINTS, SLOW_FACTOR, Goods
from shoplib.simulate.retail.movements import ORDER_DIGITS
from shoplib.simulate.retail.offers import Offers
from shoplib.simulate.retail.stock import Ledger, Plan
from shoplib.simulate.retail.stores import REASONS, Stores


def demand(wanted: Demand, made: Ints, history: Ledger, plan: Plan, where: Stores) -> pd.DataFrame:
    """Return every store on every day.

    location_id, date, expected_sales (sales to expect without noise and planted days), sales (completed
    transactions; ``made`` is days × stores), units_wanted, units_sold, units_lost.
    """
    day, store = (part.ravel() for part in np.indices(made.shape))
    sold = history.sold.sum(axis=2)
    asked = plan.demand.sum(axis=2)
    return _cells(day, store, plan.when, where).assign(
        expected_sales=wanted.expected.ravel(),
        sales=made.ravel(),
        units_wanted=asked.ravel(),
        units_sold=sold.ravel(),
        units_lost=(asked - sold).ravel(),
    )


def lost_sales(history: Ledger, plan: Plan, where: Stores) -> pd.DataFrame:
    """Return each store, product and day on which somebody wanted more than there was.

    location_id, product_id, date, units_wanted, units_sold, units_lost.
    """
    day, store, product = np.nonzero(plan.demand > history.sold)
    asked, sold = plan.demand[day, store, product], history.sold[day, store, product]
    frame = _cells(day, store, plan.when, where, plan.products, product)
    return frame.assign(units_wanted=asked, units_sold=sold, units_lost=asked - sold)


def empty_shelves(history: Ledger, plan: Plan) -> Bools:
    """Return where nothing is left at the end of a day of what a store carries and people still want."""
    alive = np.arange(len(plan.shut))[:, None] < plan.products.dead_from
    empty: Bools = (history.on_hand == 0) & plan.carried & alive[:, None, :]
    return empty


def stockouts(history: Ledger, plan: Plan, where: Stores) -> pd.DataFrame:
    """Return each run of days at whose end a shelf was empty, closed days included.

    location_id, product_id, first_date, last_date, days, units_lost (demand that met the empty shelf).
    """
    out = empty_shelves(history, plan).transpose(1, 2, 0)
    edges = np.diff(np.pad(out, ((0, 0), (0, 0), (1, 1))).astype(np.int8), axis=2)
    store, product, first = np.nonzero(edges == 1)
    last = np.nonzero(edges == -1)[2] - 1
    lost = np.zeros((*out.shape[:2], out.shape[2] + 1), dtype=np.int64)
    lost[:, :, 1:] = (plan.demand - history.sold).transpose(1, 2, 0).cumsum(axis=2)
    frame = _cells(first, store, plan.when, where, plan.products, product).rename(columns={"date": "first_date"})
    return frame.assign(
        last_date=plan.when.dates[last].astype("datetime64[s]"),
        days=last - first + 1,
        units_lost=lost[store, product, last + 1] - lost[store, product, first],
    )


def stock(history: Ledger, plan: Plan, where: Stores) -> pd.DataFrame:
    """Return the stock at the end of the world: location_id, product_id, on_hand (in truth), book (written down)."""
    store, product = np.nonzero(plan.carried)
    frame = _cells(np.zeros_like(store), store, plan.when, where, plan.products, product).drop(columns="date")
    return frame.assign(on_hand=history.on_hand[-1][store, product], book=history.book[store, product])


def anomalies(wanted: Demand, made: Ints, where: Stores, when: Days) -> pd.DataFrame:
    """Return the planted days: location_id, date, factor on demand, expected_sales, sales."""
    day, store = np.nonzero(wanted.factor != 1)
    frame = _cells(day, store, when, where)
    return frame.assign(
        factor=wanted.factor[day, store], expected_sales=wanted.expected[day, store], sales=made[day, store]
    )


def closed_days(shut: Ints, where: Stores, when: Days) -> pd.DataFrame:
    """Return the days a store was shut: location_id, date, reason."""
    day, store = np.nonzero(shut)
    return _cells(day, store, when, where).assign(reason=np.array(REASONS, dtype=object)[shut[day, store]])


def churn(who: People, when: Days) -> pd.DataFrame:
    """Return the card holders who stop coming: customer_id, churn_date (first day they would not come any more)."""
    at = np.flatnonzero(who.left < len(when))
    return pd.DataFrame(
        {
            "customer_id": draws.codes(at + 1, CUSTOMER_DIGITS, "C"),
            "churn_date": when.dates[who.left[at]].astype("datetime64[s]"),
        }
    )


def promotions(plan: Offers, off: Ints, products: Goods, where: Stores) -> pd.DataFrame:
    """Return one row an offer and product, with its effect.

    promotion_id, product_id, location_id (none is everywhere), first_day and last_day (counted from the first of
    the world, from 0), discount_share, demand_factor (on the product's demand), days (store-days in the world on
    which this discount is the product's).
    """
    at = np.repeat(np.arange(len(plan)), [len(part) for part in plan.products])
    product = np.concatenate([*plan.products, np.zeros(0, dtype=np.int64)]).astype(np.int64)
    discount = plan.discount_bp[at] / BASIS_POINTS
    spans = zip(plan.first[at], plan.last[at], plan.store[at], product, plan.discount_bp[at], strict=True)
    used = [int((off[f : e + 1, slice(None) if s < 0 else s, p] == bp).sum()) for f, e, s, p, bp in spans]
    return pd.DataFrame(
        {
            "promotion_id": pd.Series(np.array(plan.ids, dtype=object)[at], dtype="str"),
            "product_id": pd.Series(np.array(products.ids, dtype=object)[product], dtype="str"),
            "location_id": pd.Series(np.array([*where.ids, None], dtype=object)[plan.store[at]], dtype="str"),
            "first_day": plan.first[at],
            "last_day": plan.last[at],
            "discount_share": discount,
            "demand_factor": (1 - discount) ** -products.elasticity[product],
            "days": np.array(used, dtype=np.int64),
        }
    )


def slow_products(products: Goods, history: Ledger, when: Days) -> pd.DataFrame:
    """Return the slow and the dead: product_id, kind, factor on demand, units sold, dead_date (none for the slow)."""
    dead = products.dead_from < len(when)
    at = np.flatnonzero(products.slow | dead)
    stopped = np.where(dead[at], when.dates[np.minimum(products.dead_from[at], len(when) - 1)], np.datetime64("NaT"))
    return pd.DataFrame(
        {
            "product_id": pd.Series([products.ids[i] for i in at], dtype="str"),
            "kind": pd.Series(np.where(dead[at], "dead", "slow"), dtype="str"),
            "factor": np.where(dead[at], 0.0, SLOW_FACTOR),
            "units": history.sold.sum(axis=(0, 1))[at].astype(np.int64),
            "dead_date": stopped.astype("datetime64[s]"),
        }
    )


def lead_times(history: Ledger, plan: Plan, where: Stores) -> pd.DataFrame:
    """Return every order that was not cancelled.

    order_id, supplier_id, location_id, stated_days, mean_days (of the supplier, in truth), true_days (order to
    first delivery if every door were open), came_date (first delivery; none after the world's end).
    """
    _, store, supplier, lead, _, came, _, fate = orders.columns(history.pipe.heads, 8)
    at = np.flatnonzero(fate != 1)
    within = came[at] < len(plan.shut)
    first = np.where(within, plan.when.dates[np.minimum(came[at], len(plan.shut) - 1)], np.datetime64("NaT"))
    return pd.DataFrame(
        {
            "order_id": draws.codes(at + 1, ORDER_DIGITS, "PO"),
            "supplier_id": pd.Series(np.array(plan.sources.ids, dtype=object)[supplier[at]], dtype="str"),
            "location_id": pd.Series(np.array(where.ids, dtype=object)[store[at]], dtype="str"),
            "stated_days": plan.sources.stated[supplier[at]],
            "mean_days": plan.sources.true_mean[supplier[at]],
            "true_days": lead[at],
            "came_date": first.astype("datetime64[s]"),
        }
    )


def record_errors(written: pd.DataFrame, true: Ints) -> pd.DataFrame:
    """Return the movements written down wrongly: movement_id, movement, quantity (written), true_quantity."""
    wrong = np.flatnonzero(written["quantity"].to_numpy() != true)
    frame = written.loc[wrong, ["movement_id", "movement", "quantity"]].reset_index(drop=True)
    return frame.assign(movement=frame["movement"].astype("str"), true_quantity=true[wrong])


def shrinkage(history: Ledger, plan: Plan, where: Stores) -> pd.DataFrame:
    """Return what vanished unseen: location_id, product_id, date, units."""
    day, store, product = np.nonzero(history.shrunk)
    frame = _cells(day, store, plan.when, where, plan.products, product)
    return frame.assign(units=history.shrunk[day, store, product])


def _cells(
    day: Ints, store: Ints, when: Days, where: Stores, products: Goods | None = None, product: Ints | None = None
) -> pd.DataFrame:
    columns = {"location_id": pd.Series(np.array(where.ids, dtype=object)[store], dtype="str")}
    if products is not None and product is not None:
        columns["product_id"] = pd.Series(np.array(products.ids, dtype=object)[product], dtype="str")
    columns["date"] = pd.Series(when.dates[day].astype("datetime64[s]"))
    return pd.DataFrame(columns)

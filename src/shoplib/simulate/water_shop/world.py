"""A shop that sells water in cans, watched by a camera: footfall, visits, sales, and who did not pay.

The parts are drawn one after another, each from streams of its own: days and footfall, who comes together, who
they are, when, what becomes of them, what they buy, what the camera and the till made of it. All of it works on
whole arrays; only the choice of a day's customers goes day by day.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.base import seeds
from shoplib.config.models import Shop
from shoplib.config.worlds import WaterShopWorld
from shoplib.simulate.draws import Bools, Ints
from shoplib.simulate.water_shop import (
    camera,
    days,
    fates,
    footfall,
    frames,
    hours,
    parties,
    people,
    prices,
    sales,
    tally,
    till,
    truth,
    visits,
)
from shoplib.simulate.water_shop.tally import Tally
from shoplib.simulate.world import SHARES, World, shares_made

FILES = {
    "locations.csv": "locations",
    "products.csv": "products",
    "product_prices.csv": "product_prices",
    "customers.csv": "customers",
    "visits.csv": "visits",
    "sample_transactions.csv": "transactions",
    "sample_transactions.parquet": "transactions",
}


def world(settings: WaterShopWorld, shop: Shop, seed: int) -> World:
    """Return a simulated water shop.

    With ``settings.transactions`` exactly so many sales stand in the file and the footfall follows; without, sales
    follow from ``visits_a_day``. Every sale is of a visit or a walk-in; true times lie within that day's opening
    hours, the till's within ``clock_offset_s`` and 10 s of them. ``amount = cans × price of that day``. No
    transactions give empty frames with the right columns. The truth is described in ``truth``. Raises
    ``ConfigError`` for shares that leave no sale to write down.
    """
    when = days.days(settings.start, settings.end, seed)
    flow = footfall.flow(when, settings.dispersion, seed)
    counts, wanted = _counts(settings, flow, seed)
    of = parties.parties(counts, wanted, settings.group_share, seed)
    place = parties.places(of)
    number = settings.customers or people.customers(len(place.party), int(when.open.sum()))
    known = people.crowd(number, when, settings.churn_share, seed)
    in_shop = np.bincount(of.day[place.party], minlength=len(when))
    person = people.who(place.lead, in_shop, known, when, seed)
    kind = people.kind_of(person, known)
    first = np.flatnonzero(place.lead)
    payer, payer_kind = person[first], kind[first]

    fate = fates.fates(of, payer_kind, payer, known, wanted, seed)
    open_ = hours.hours(settings.opens, settings.closes, len(when), seed)
    usual = (settings.opens, settings.closes)
    stay = visits.stays(of, place, kind, fate.looked, when, open_, usual, seed)
    seen = camera.visits(of, place, person, stay, known, settings.missed_visit_share, settings.recognised_share, seed)
    price = prices.prices(settings.can_sizes, when, shop.currency, seed)
    taken = sales.cans(of, payer_kind, payer, known, seed)
    sold = sales.sales(
        settings, of, fate.buys, stay.entered[first], stay.left[first], taken, payer_kind, payer, known, price,
        flow.what == footfall.OUTAGE, wanted.missing, seed,
    )  # fmt: skip
    buyer = payer[sold.party]
    wrote = till.till(
        sold, of.day[sold.party], len(when), buyer < len(known), settings.known_customer_share,
        settings.clock_offset_s, seed,
    )  # fmt: skip

    transactions = frames.transactions(sold, wrote, buyer, len(known), settings, when)
    made = truth.Made(settings, when, flow, open_, of, fate, known, payer, taken, seen, sold, wrote, price)
    return World(
        currency=shop.currency,
        tables={
            "locations": frames.locations(settings, shop),
            "products": frames.products(settings, price, shop.currency),
            "product_prices": frames.product_prices(settings, price, when, shop.currency),
            "customers": frames.customers(known, when, seeds.stream(seed, "simulate", "water_shop", "joined")),
            "visits": frames.visits(seen, of.day[seen.party], len(known), when),
            "transactions": transactions,
        },
        files=FILES,
        truth=truth.tables(made),
        sales=len(transactions),
        takings_minor=int(transactions["amount_minor"].sum()),
        shares=_shares(made, transactions),
    )


def _counts(settings: WaterShopWorld, flow: footfall.Flow, seed: int) -> tuple[Ints, Tally]:
    """Return how many parties and walk-ins come on each day, and how many of everything there are."""
    if settings.transactions is not None:
        wanted = tally.for_rows(settings, settings.transactions)
        return footfall.shared_out(flow, wanted.encounters, seed), wanted
    usual = settings.visits_a_day
    if settings.walk_in_share < 1:
        usual *= tally.parties_a_visit(settings.group_share) * tally.encounters_a_party(settings)
    counts = footfall.drawn(flow, usual, seed)
    return counts, tally.for_encounters(settings, int(counts.sum()))


def _shares(made: truth.Made, transactions: pd.DataFrame) -> pd.DataFrame:
    """Return what was asked beside what was made, ways to pay among paid sales and sizes among cans in the file."""
    settings, seen, wrote = made.settings, made.visits, made.till
    paid = transactions.loc[transactions["payment_status"] == "paid", "payment_mode"]
    modes = dict(zip(("cash", "upi", "coins"), frames.MODES, strict=True))
    sizes = dict(zip(frames.size_ids(settings), (can.share for can in settings.can_sizes), strict=True))
    statuses = {
        "paid": 1 - settings.unpaid_share - settings.credit_share,
        "unpaid": settings.unpaid_share,
        "credit": settings.credit_share,
    }
    looked, walked = (fate[seen.party] for fate in (made.fates.looked, made.fates.walked))
    customers = made.payer[made.sales.party[wrote.sale]] < len(made.known)
    recognisable = seen.seen & (seen.person < len(made.known))
    rows = [
        ("visits", "missed by the camera", settings.missed_visit_share, ~seen.seen),
        ("visits", "of people who came together", settings.group_share, seen.group >= 0),
        ("visits", "only looked", settings.only_looked_share, looked),
        ("visits that take cans", "walked off", settings.walked_off_share, walked[~looked]),
        ("seen visits of customers", "recognised", settings.recognised_share, seen.recognised[recognisable]),
        ("sales", "at the door, without a visit", settings.walk_in_share, made.parties.walk_in[made.sales.party]),
        ("sales", "not written down", settings.missing_sale_share, ~made.sales.written),
        ("sales to customers", "with the customer's key", settings.known_customer_share, wrote.keyed[customers]),
    ]
    noise = pd.DataFrame([(*row[:3], _mean(row[3])) for row in rows], columns=list(SHARES))
    in_cans = transactions["can_size"].repeat(transactions["number_of_cans"].tolist())
    return pd.concat(
        [
            shares_made("way to pay of paid sales", paid, {modes[m]: s for m, s in settings.payment_shares.items()}),
            shares_made("size of cans", in_cans, sizes),
            shares_made("payment status", transactions["payment_status"], statuses),
            noise,
        ],
        ignore_index=True,
    )


def _mean(chosen: Bools) -> float:
    return float(chosen.mean()) if len(chosen) else float("nan")

"""Arrays to the frames of the raw files: keys as text, the wall clock without a zone, amounts in minor units."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.base import money
from shoplib.config.models import Shop
from shoplib.config.worlds import WaterShopWorld
from shoplib.simulate import draws
from shoplib.simulate.draws import Bools, Ints
from shoplib.simulate.water_shop.camera import Visits
from shoplib.simulate.water_shop.days import Days
from shoplib.simulate.water_shop.fates import STATUSES
from shoplib.simulate.water_shop.people import Crowd
from shoplib.simulate.water_shop.prices import Prices
from shoplib.simulate.water_shop.sales import Sales
from shoplib.simulate.water_shop.till import DAY_SECONDS, Till

LOCATION_ID = "W1"
LOCATION_TYPE = "water shop"
MODES = ("Cash", "UPI", "Coins")
LEAST_DIGITS = 6
LEAST_CUSTOMER_DIGITS = 4
KNOWN_BEFORE_DAYS = 900


def transactions(
    of: Sales, wrote: Till, person: Ints, customers: int, settings: WaterShopWorld, when: Days
) -> pd.DataFrame:
    """Return the till's sales in its own order; ``person`` has one entry a sale, written or not."""
    at = wrote.sale
    return pd.DataFrame(
        {
            "transaction_id": keys(np.arange(1, len(at) + 1), "T"),
            "timestamp": clock(when, np.zeros(len(at), dtype=np.int64), wrote.second),
            "customer_id": customer_keys(person[at], customers, wrote.keyed),
            "payment_mode": draws.labelled(MODES, of.mode[at]),
            "can_size": draws.labelled(size_ids(settings), of.size[at]),
            "number_of_cans": of.cans[at],
            "amount_minor": of.amount_minor[at],
            "payment_status": draws.labelled(STATUSES, of.status[at]),
        },
        copy=False,
    )


def visits(of: Visits, day: Ints, customers: int, when: Days) -> pd.DataFrame:
    """Return the camera's log: the visits it saw, numbered in order of coming in."""
    at = np.flatnonzero(of.seen)
    return pd.DataFrame(
        {
            "visit_id": keys(np.arange(1, len(at) + 1), "V"),
            "location_id": draws.labelled((LOCATION_ID,), np.zeros(len(at), dtype=np.int64)),
            "customer_id": customer_keys(of.person[at], customers, of.recognised[at]),
            "entered": clock(when, day[at], of.entered[at]),
            "left": clock(when, day[at], of.left[at]),
            "group_id": keys(of.group[at] + 1, "G", of.grouped[at]),
        },
        copy=False,
    )


def products(settings: WaterShopWorld, price: Prices, currency: str) -> pd.DataFrame:
    """Return one row a can size with its latest price."""
    return pd.DataFrame(
        {
            "can_size": size_ids(settings),
            "name": [f"Water can {can.litres} L" for can in settings.can_sizes],
            "litres": [can.litres for can in settings.can_sizes],
            "price_minor": price.price[-1],
            "cost_minor": costs(settings, currency),
        }
    )


def product_prices(settings: WaterShopWorld, price: Prices, when: Days, currency: str) -> pd.DataFrame:
    """Return every size's price from the first day on, then one row a change, in order of day and size."""
    changed = np.ones(price.price.shape, dtype=bool)
    changed[1:] = price.price[1:] != price.price[:-1]
    period, size = np.nonzero(changed)
    return pd.DataFrame(
        {
            "can_size": np.array(size_ids(settings), dtype=object)[size],
            "valid_from": dates(when.dates[price.first_days[period]]),
            "price_minor": price.price[period, size],
            "cost_minor": costs(settings, currency)[size],
        }
    )


def locations(settings: WaterShopWorld, shop: Shop) -> pd.DataFrame:
    """Return the one shop, with its clock and hours as ``HH:MM``."""
    return pd.DataFrame(
        {
            "location_id": [LOCATION_ID],
            "location_name": [plain(shop.name)],
            "location_type": [LOCATION_TYPE],
            "city": [plain(settings.city)],
            "timezone": [shop.timezone],
            "day_start": [shop.day_start.strftime("%H:%M")],
            "opens": [settings.opens.strftime("%H:%M")],
            "closes": [settings.closes.strftime("%H:%M")],
        }
    )


def customers(known: Crowd, when: Days, rng: np.random.Generator) -> pd.DataFrame:
    """Return every customer with the day they became one: before the span for all but those new within it."""
    before = -rng.integers(1, KNOWN_BEFORE_DAYS, len(known))
    joined = when.dates[0] + np.where(known.joins < 0, before, known.joins).astype("timedelta64[D]")
    return pd.DataFrame({"customer_id": customer_keys(np.arange(len(known)), len(known)), "joined": dates(joined)})


def size_ids(settings: WaterShopWorld) -> list[str]:
    """Return the key of each can size, such as ``20L``."""
    return [f"{can.litres}L" for can in settings.can_sizes]


def costs(settings: WaterShopWorld, currency: str) -> pd.api.extensions.ExtensionArray:
    """Return the cost of each size in minor units, missing where it is not known."""
    minor = 10 ** money.digits(currency)
    return pd.array(
        [None if can.cost is None else round(can.cost * minor) for can in settings.can_sizes], dtype="Int64"
    )


def keys(numbers: Ints, prefix: str, present: Bools | None = None) -> pd.api.extensions.ExtensionArray:
    """Return numbers as keys of one width, missing where not ``present``."""
    width = max(LEAST_DIGITS, len(str(numbers.max(initial=0))))
    return draws.codes(numbers, width, prefix, present)


def customer_keys(person: Ints, customers: int, present: Bools | None = None) -> pd.api.extensions.ExtensionArray:
    """Return the keys of some of so many customers, the same in every file."""
    return draws.codes(person + 1, max(LEAST_CUSTOMER_DIGITS, len(str(customers))), "C", present)


def clock(when: Days, day: Ints, second: Ints) -> npt.NDArray[np.datetime64]:
    """Return the wall clock to the second; seconds count from midnight of the day and may run over it."""
    stamp: npt.NDArray[np.datetime64] = when.dates[0].astype("datetime64[s]") + (day * DAY_SECONDS + second).astype(
        "timedelta64[s]"
    )
    return stamp


def dates(days: npt.NDArray[np.datetime64]) -> npt.NDArray[np.datetime64]:
    """Return days in the unit that frames keep."""
    return days.astype("datetime64[s]")


def plain(text: str) -> str:
    """Return a name without the marks that a plain delimited file cannot hold."""
    return " ".join(text.replace(",", " ").replace('"', " ").split())

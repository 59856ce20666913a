"""What the stock says, in sentences, numbers and tables to read. A stock line is one product at one place."""

from __future__ import annotations

import pandas as pd

from shoplib.base import money, words
from shoplib.config.models import Shop
from shoplib.config.stages import Inventory
from shoplib.inventory.position import DEAD, FINE, IDLE, LOW, OUT, OVER, URGENT, valid

WHOLE_FROM = 100
CARDS = ("stock_value", "lines_out")
"""The numbers at the head of the page."""
NO_STOCK = "No stock movement was taken in, so nothing can be said about stock."
STATES = (OUT, LOW, FINE, OVER, DEAD)


def amount(minor: float, shop: Shop) -> str:
    """Return an amount for reading: without decimals from a hundred up.

    >>> amount(1_234_567, Shop()), amount(999, Shop())
    ('£12,346', '£9.99')
    """
    whole = abs(money.to_major(round(minor), shop.currency)) >= WHOLE_FROM
    return money.show(round(minor), shop.currency, language=shop.language, whole=whole)


def count(position: pd.DataFrame, *states: str) -> int:
    """Return how many stock lines are in one of the states."""
    return int(position["state"].isin(states).sum())


def value(position: pd.DataFrame, *states: str) -> int:
    """Return the value of the stock lines in the states, of all if none is named: minor units, known costs only."""
    rows = position[position["state"].isin(states)] if states else position
    return int(rows["stock_value_minor"].astype("Float64").fillna(0).sum())


def sentences(position: pd.DataFrame, fallen: pd.DataFrame, shop: Shop, settings: Inventory) -> list[str]:
    """Return what lies in stock, what is missing, what lies too long, and whether the books can be true.

    ``fallen`` is the table of :func:`shoplib.inventory.ledger.negatives`.
    """
    if position.empty:
        return [NO_STOCK]
    total, places = value(position), position["location_id"].nunique()
    where = f"in {places} places" if places > 1 else "in stock"
    text = f"On {words.day(position['as_of'].iloc[0].date(), shop.language)} goods worth {amount(total, shop)} at cost "
    text += f"lay {where}: {words.count(count(position, OUT), shop.language)} of "
    text += (
        f"{words.plural(len(position), 'stock line')} {_are(count(position, OUT))} out{_gone(position, settings)}, and "
    )
    text += f"{words.count(count(position, LOW), shop.language)} will be out before a delivery can come."
    told = [text]
    idle = value(position, *IDLE)
    if idle > 0:
        told.append(
            f"Goods worth {amount(idle, shop)} ({words.share(idle / total, shop.language, 0)}) last longer than "
            f"{settings.over_days} days or did not sell for {settings.dead_days}."
        )
    unknown = int((position["stock_value_minor"].isna() & (position["on_hand"] > 0)).sum())
    if unknown:
        told.append(
            f"{words.plural(unknown, 'stock line')} {_are(unknown)} not in these values: the cost is not known."
        )
    return [*told, _books(fallen, position)]


def numbers(position: pd.DataFrame, fallen: pd.DataFrame, settings: Inventory) -> pd.DataFrame:
    """Return the numbers of the page as ``run.numbers`` takes them; no rows without stock."""
    rows: list[tuple[str, str, str, float | None, str]] = []
    if not position.empty:
        cover = position["cover_days"].dropna()
        rows = [
            (
                "stock_value", "Stock at cost", "minor", value(position),
                "sum over products and places of units on hand × cost valid on the last day; unknown costs left out",
            ),
            (
                "lines_out", "Stock lines out", "stock lines", count(position, OUT),
                "products at a place with nothing on hand at the end of the last day",
            ),
            (
                "lines_low", "Stock lines low", "stock lines", count(position, LOW),
                "products at a place whose stock lasts less long than a delivery usually takes",
            ),
            (
                "idle_value", "Stock that lies too long", "minor", value(position, *IDLE),
                f"value of stock that lasts over {settings.over_days} days, or did not sell for {settings.dead_days}",
            ),
            (
                "median_cover", "Median days of cover", "days", float(cover.median()) if len(cover) else None,
                "units on hand over units sold a day while in stock, the middle one of all stock lines",
            ),
            (
                "levels_below_zero", "Times a level fell below zero", "times", len(fallen),
                "movements after which the books held less than nothing; something was not booked or booked wrongly",
            ),
        ]  # fmt: skip
    return pd.DataFrame(
        {
            "metric": [row[0] for row in rows],
            "label": [row[1] for row in rows],
            "unit": [row[2] for row in rows],
            "value": pd.Series([row[3] for row in rows], dtype=object),
            "before": pd.Series([None] * len(rows), dtype=object),
            "change_share": pd.Series([None] * len(rows), dtype="float64"),
            "better": ["neither"] * len(rows),
            "definition": [row[4] for row in rows],
        }
    )


def urgent(position: pd.DataFrame, prices: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """Return the lines that are out or low, largest daily sales value first.

    The columns of ``stock_position`` and ``daily_sales_minor``: daily demand × price valid on the day, missing if one
    of them is not known; lines without it come last.
    """
    rows = position[position["state"].isin(URGENT)].copy()
    if rows.empty:
        return rows.assign(daily_sales_minor=pd.Series(dtype="Float64"))
    price = valid(prices, products, "unit_price_minor", rows["as_of"].iloc[0])
    worth = rows["daily_demand"].astype("Float64") * rows["product_id"].map(price).astype("Float64")
    rows["daily_sales_minor"] = worth
    keys = ["daily_sales_minor", "location_id", "product_id"]
    return rows.sort_values(keys, ascending=[False, True, True], na_position="last", ignore_index=True)


def urgent_table(
    position: pd.DataFrame, prices: pd.DataFrame, products: pd.DataFrame, locations: pd.DataFrame, shop: Shop
) -> pd.DataFrame:
    """Return the most urgent lines under the words a reader sees.

    Columns: Product, Place, State, On hand, On order, Sold a day, Lasts (days), Delivery takes (days), Sales a day.
    """
    rows = urgent(position, prices, products)
    return pd.DataFrame(
        {
            "Product": _names(rows["product_id"], products, "product_id", "product_name"),
            "Place": _names(rows["location_id"], locations, "location_id", "location_name"),
            "State": rows["state"],
            "On hand": rows["on_hand"],
            "On order": rows["on_order"],
            "Sold a day": rows["daily_demand"].astype("float64").round(2),
            "Lasts (days)": rows["cover_days"].astype("float64").round(1),
            "Delivery takes (days)": rows["lead_time_days"].astype("float64").round(1),
            "Sales a day": [
                "" if pd.isna(minor) else amount(float(minor), shop) for minor in rows["daily_sales_minor"]
            ],
        }
    )


def places_table(position: pd.DataFrame, locations: pd.DataFrame, shop: Shop) -> pd.DataFrame:
    """Return stock by place, most valuable first, under the words a reader sees.

    Columns: Place, Stock at cost, Stock lines, Out, Low, Fine, Over, Dead (stock lines each).
    """
    places = sorted(position["location_id"].unique(), key=lambda place: (-value(_at(position, place)), place))
    table = pd.DataFrame(
        {
            "Place": _names(pd.Series(places, dtype=object), locations, "location_id", "location_name"),
            "Stock at cost": [amount(value(_at(position, place)), shop) for place in places],
            "Stock lines": [len(_at(position, place)) for place in places],
        }
    )
    for state in STATES:
        table[state.capitalize()] = [count(_at(position, place), state) for place in places]
    return table


def negatives_table(fallen: pd.DataFrame, products: pd.DataFrame, locations: pd.DataFrame) -> pd.DataFrame:
    """Return the times a level fell below zero, latest first, under the words a reader sees.

    Columns: Day, Product, Place, Movement, Units, Level before, Level after, Mended on.
    """
    return pd.DataFrame(
        {
            "Day": fallen["business_date"],
            "Product": _names(fallen["product_id"], products, "product_id", "product_name"),
            "Place": _names(fallen["location_id"], locations, "location_id", "location_name"),
            "Movement": [f"{kind.replace('_', ' ')} {key}" for kind, key in
                         zip(fallen["movement"], fallen["movement_id"], strict=True)],
            "Units": fallen["quantity"],
            "Level before": fallen["before"],
            "Level after": fallen["level"],
            "Mended on": fallen["until"],
        }
    )  # fmt: skip


def _books(fallen: pd.DataFrame, position: pd.DataFrame) -> str:
    if fallen.empty:
        return "No level ever fell below zero."
    lines = len(fallen.drop_duplicates(["location_id", "product_id"]))
    now = int((position["on_hand"] < 0).sum())
    text = f"By the books the level fell below zero {words.plural(len(fallen), 'time')}, on "
    text += f"{words.plural(lines, 'stock line')}; {words.count(now)} {_are(now)} below zero now. "
    return f"{text}Nothing can be sold that is not there: a movement is missing or wrong."


def _gone(position: pd.DataFrame, settings: Inventory) -> str:
    """Return in brackets how many of the lines that are out were not sold for long, ``""`` if none."""
    quiet = (position["as_of"] - position["last_sold"]).dt.days
    gone = int(((position["state"] == OUT) & ~(quiet < settings.dead_days)).sum())
    return f" ({words.count(gone)} of them not sold for {settings.dead_days} days)" if gone else ""


def _at(position: pd.DataFrame, place: str) -> pd.DataFrame:
    return position[position["location_id"] == place]


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _names(keys: pd.Series, table: pd.DataFrame, key: str, name: str) -> list[str]:
    known = dict(zip(table[key], table[name], strict=True))
    return [str(known.get(one, one)) for one in keys]

"""Small stocks, by hand and from a seed, in the shape of the declared tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pytest

Make = Callable[..., pd.DataFrame]
Move = tuple[int, str, float]
START = pd.Timestamp("2024-01-01")
COLUMNS = [
    "movement_id", "timestamp", "business_date", "location_id", "product_id", "movement", "quantity", "reference",
]  # fmt: skip
KINDS = ("sale", "return", "receipt", "transfer_out", "transfer_in", "waste", "count", "adjustment")


def _as_movements(stocks: dict[tuple[str, str], Sequence[Move]]) -> pd.DataFrame:
    """Return ``stock_movements`` from (place, product) → (day from 0, kind, units); one a minute from ten o'clock."""
    rows = []
    for (place, product), moves in stocks.items():
        for at, (day, kind, units) in enumerate(moves):
            date = START + pd.Timedelta(days=day)
            when = (date + pd.Timedelta(hours=10, minutes=at)).tz_localize("UTC")
            rows.append((f"{place}-{product}-{at:04d}", when, date, place, product, kind, float(units), None))
    table = pd.DataFrame(rows, columns=COLUMNS)
    kinds = {"timestamp": "datetime64[ns, UTC]", "business_date": "datetime64[ns]", "quantity": "float64"}
    return table.astype(kinds)


def _random_movements(seed: int, days: int = 40, places: int = 2, products: int = 3) -> pd.DataFrame:
    """Return movements of every kind at random times, sales most often, some reversed; levels may fall below zero."""
    rng = np.random.default_rng(seed)
    stocks: dict[tuple[str, str], list[Move]] = {}
    for place in range(places):
        for product in range(products):
            moves: list[Move] = [(0, "opening", float(rng.integers(0, 20)))]
            for day in np.sort(rng.integers(0, days, rng.integers(0, 40))):
                kind = str(rng.choice(["sale"] * 8 + list(KINDS)))
                units = float(rng.integers(1, 6))
                incoming = kind in ("return", "receipt", "transfer_in") or (
                    kind in ("count", "adjustment") and rng.random() < 0.5
                )
                moves.append((int(day), kind, units if incoming else -units))
            stocks[(f"L{place}", f"P{product}")] = moves
    table = _as_movements(stocks)
    turned = table[(table["movement"] == "sale") & (rng.random(len(table)) < 0.1)]
    back = turned.assign(
        movement_id="R" + turned["movement_id"], movement="reversal", quantity=-turned["quantity"],
        reference=turned["movement_id"], timestamp=turned["timestamp"] + pd.Timedelta(days=1),
        business_date=turned["business_date"] + pd.Timedelta(days=1),
    )  # fmt: skip
    return pd.concat([table, back], ignore_index=True) if len(back) else table


def _as_orders(
    rows: list[tuple[str, str, int, int | None, str, str, float, float]],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return orders and lines from (supplier, place, ordered, received or None, status, product, asked, came)."""
    orders = pd.DataFrame(
        {
            "order_id": [f"O{at}" for at in range(len(rows))],
            "supplier_id": [row[0] for row in rows],
            "location_id": [row[1] for row in rows],
            "ordered_on": pd.to_datetime([START + pd.Timedelta(days=row[2]) for row in rows]),
            "promised_on": pd.NaT,
            "received_on": pd.to_datetime(
                [pd.NaT if row[3] is None else START + pd.Timedelta(days=row[3]) for row in rows]
            ),
            "order_status": [row[4] for row in rows],
        }
    )
    lines = pd.DataFrame(
        {
            "order_id": orders["order_id"],
            "product_id": [row[5] for row in rows],
            "ordered_units": [row[6] for row in rows],
            "received_units": [row[7] for row in rows],
        }
    )
    return orders, lines.astype({"ordered_units": "float64", "received_units": "float64"})


@pytest.fixture(scope="session")
def as_movements() -> Make:
    """The maker of movements by hand."""
    return _as_movements


@pytest.fixture(scope="session")
def random_movements() -> Make:
    """The maker of movements from a seed."""
    return _random_movements


@pytest.fixture(scope="session")
def as_orders() -> Callable[..., tuple[pd.DataFrame, pd.DataFrame]]:
    """The maker of orders and their lines."""
    return _as_orders


@pytest.fixture(scope="session")
def goods() -> dict[str, pd.DataFrame]:
    """Prices, products and places: P0's cost rises on day 20, P1 has no dated price, P2 has no cost."""
    days = [START, START + pd.Timedelta(days=20), START + pd.Timedelta(days=500), START]
    prices = pd.DataFrame(
        {
            "product_id": ["P0", "P0", "P0", "P2"],
            "valid_from": pd.to_datetime(days),
            "unit_price_minor": pd.array([200, 250, 999, 80], dtype="Int64"),
            "unit_cost_minor": pd.array([100, 120, 999, None], dtype="Int64"),
        }
    )
    products = pd.DataFrame(
        {
            "product_id": ["P0", "P1", "P2"],
            "product_name": ["Tea", "Milk", "Soap"],
            "unit_price_minor": pd.array([999, 300, 999], dtype="Int64"),
            "unit_cost_minor": pd.array([999, 50, 999], dtype="Int64"),
        }
    )
    places = pd.DataFrame({"location_id": ["L0", "L1"], "location_name": ["Harbour", "Hill"]})
    return {"prices": prices, "products": products, "locations": places}

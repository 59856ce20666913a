"""A till export of 100,000 rows whose receipt numbers repeat: the reports tell what a few lines of pandas say."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from shoplib.config.mapping import Mapping
from shoplib.config.models import Ingest, Sales, Shop
from shoplib.config.sources import CsvSource
from shoplib.ingest.describing.suggest import Told, propose
from shoplib.ingest.facts import take_in
from shoplib.sales import reports
from shoplib.sales.view import Scope, scope_of

ROWS = 100_000
METHODS = ["credit_card", "debit_card", "cash", "mobile", "gift_card"]
LABELS = dict(zip(METHODS, ["Credit card", "Debit card", "Cash", "Phone", "Gift card"], strict=True))
PLACES = pd.DataFrame(
    {
        "location_id": [f"L{n}" for n in range(1, 9)],
        "location_name": ["Oak", "Quay", "Lamp", "Mill", "Crown", "Basil", "Saffron", "Ember"],
        "location_type": ["pub", "bar", "bar", "pub", "bar", "restaurant", "restaurant", "restaurant"],
        "city": ["London", "Leeds", "Bath", "York"] * 2,
    }
)


def export() -> pd.DataFrame:
    """Return a year of a till's rows, one a transaction, in its 28 columns."""
    rng = np.random.default_rng(11)
    moment = pd.Timestamp("2024-01-01") + pd.to_timedelta(
        rng.integers(0, 366, ROWS) * 86_400 + rng.integers(10 * 3_600, 23 * 3_600, ROWS), unit="s"
    )
    place, product = PLACES.iloc[rng.integers(0, 8, ROWS)].reset_index(drop=True), rng.integers(1, 151, ROWS)
    quantity, price = rng.integers(1, 5, ROWS), 200 + 17 * product
    subtotal = quantity * price
    discount = np.where(rng.random(ROWS) < 0.1, subtotal // 10, 0)
    tax = (subtotal - discount) // 5
    status = rng.choice(["completed", "refunded", "void", "error"], ROWS, p=[0.92, 0.05, 0.02, 0.01])
    method, clerk = rng.choice(METHODS, ROWS, p=[0.45, 0.3, 0.15, 0.08, 0.02]), rng.integers(1, 26, ROWS)
    money = {
        "unit_price": price, "subtotal": subtotal, "tax_total": tax, "discount_total": discount,
        "tip_amount": np.where(rng.random(ROWS) < 0.3, subtotal // 12, 0), "total_amount": subtotal - discount + tax,
    }  # fmt: skip
    card = np.isin(method, METHODS[:2])
    return pd.DataFrame(
        {
            "transaction_id": [f"TX{n:08d}" for n in range(ROWS)],
            "transaction_number": rng.integers(1, 10_000, ROWS),
            "timestamp": moment.strftime("%Y-%m-%d %H:%M:%S"),
            "transaction_date": moment.strftime("%Y-%m-%d"),
            "transaction_time": moment.strftime("%H:%M:%S"),
            **{name: place[name] for name in PLACES},
            "device_id": [f"T{n}" for n in rng.integers(1, 4, ROWS)],
            "employee_id": [f"E{n:02d}" for n in clerk],
            "employee_name": [f"Clerk {n}" for n in clerk],
            "num_items": quantity,
            "product_id": [f"P{n:03d}" for n in product],
            "product_name": [f"Product {n}" for n in product],
            "product_category": [f"Category {n % 10}" for n in product],
            "quantity": quantity,
            **{name: [f"{value // 100}.{value % 100:02d}" for value in amount] for name, amount in money.items()},
            "payment_method": method,
            "payment_status": np.select([status == "completed", status == "refunded"], ["paid", "refunded"], "failed"),
            "transaction_status": status,
            "card_last_four": np.where(card, rng.integers(1_000, 10_000, ROWS).astype(str), ""),
            "authorization_code": np.where(card, rng.integers(100_000, 1_000_000, ROWS).astype(str), ""),
        }
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, Scope]:
    """The completed rows of the file as pandas reads them, and the scope of the reports on the file taken in."""
    file: Path = tmp_path_factory.mktemp("till") / "epos_transactions.csv"
    export().to_csv(file, index=False)
    proposal = propose(file, "till", Told(currency="GBP", timezone="Europe/London"))
    shop = Shop()
    source = CsvSource(kind="csv", name="sales", path=str(file), mapping="till")
    mapping = Mapping.model_validate(proposal.mapping | {"name": "till"})
    facts = take_in(shop, Ingest(sources=(source,)), {"till": mapping}, {"sales": [file]})
    raw = pd.read_csv(file, parse_dates=["timestamp"])
    assert raw["transaction_number"].duplicated().any()
    tables = {name: getattr(facts, name) for name in ("transactions", "transaction_items", "products", "product_prices",
                                                      "locations", "employees")}  # fmt: skip
    return raw[raw["transaction_status"] == "completed"], scope_of(tables, shop, Sales())


def test_completed_revenue_by_month_place_hour_and_way_of_paying(told: tuple[pd.DataFrame, Scope]) -> None:
    raw, scope = told
    method = raw["payment_method"].map(LABELS)
    frames = {
        "month": (reports.make("daily", scope).listing("months").frame, "month", raw["timestamp"].dt.strftime("%Y-%m")),
        "place": (reports.make("locations", scope).listings[0].frame, "location_name", raw["location_name"]),
        "hour": (reports.make("hours", scope).listings[0].frame, "local_hour", raw["timestamp"].dt.hour),
        "paying": (reports.make("payments", scope).listings[0].frame, "method_label", method),
    }
    for name, (frame, column, by) in frames.items():
        wanted = (raw.groupby(by)["total_amount"].sum() * 100).round().astype("int64").to_dict()
        keys = frame[column].dt.strftime("%Y-%m") if name == "month" else frame[column]
        assert dict(zip(keys, frame["gross_sales_minor"], strict=True)) == wanted, name
    takings = reports.make("overview", scope).listings[0].frame.set_index("metric").loc["gross_sales", "all"]
    assert takings == round(raw["total_amount"].sum() * 100)

"""A very small shop, and places where writing fails for real."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from shoplib.contracts import convert


def frame(name: str, *rows: dict) -> pd.DataFrame:
    """Return declared rows; what is not given is missing."""
    empty = convert.empty(name)
    made = pd.DataFrame(list(rows)).reindex(columns=empty.columns)
    for column, kind in empty.dtypes.items():
        if str(kind) == "int64" and made[column].isna().any():
            made[column] = made[column].astype("Int64")
    return made


SALE = {
    "timestamp": pd.Timestamp("2024-03-31 00:30:00.25", tz="UTC"), "business_date": pd.Timestamp("2024-03-30"),
    "location_id": "bar", "num_items": 1, "currency": "GBP", "subtotal_minor": 450, "discount_total_minor": 0,
    "tax_total_minor": 0, "tip_amount_minor": 0, "total_amount_minor": 450, "payment_method": "cash",
    "payment_status": "paid", "transaction_status": "completed", "import_id": "i1", "source_row": 1,
}  # fmt: skip


@pytest.fixture
def shop() -> dict[str, pd.DataFrame]:
    """Return every fact table of one bar that sold two drinks."""
    job = {"import_id": "i1", "source_name": "till", "file_name": "till.csv", "file_sha256": "0" * 64,
           "mapping_name": "m", "status": "loaded",
           "rows_in": 3, "rows_loaded": 2, "rows_set_aside": 1, "rows_duplicate": 0}  # fmt: skip
    line = {"line_number": 1, "product_id": "ale", "quantity": 1.0, "line_total_minor": 450, "import_id": "i1"}
    return {
        "transaction_items": frame(
            "transaction_items",
            {**line, "transaction_id": "t2", "source_row": 2},
            {**line, "transaction_id": "t1", "source_row": 1},
        ),
        "transactions": frame(
            "transactions",
            {**SALE, "transaction_id": "t2", "source_row": 2, "timestamp": pd.Timestamp("2024-07-01 12:00", tz="UTC")},
            {**SALE, "transaction_id": "t1"},
        ),
        "organizations": frame(
            "organizations", {"organization_id": "o", "organization_name": "Harbour & Hill", "currency": "GBP"}
        ),
        "locations": frame(
            "locations",
            {"location_id": "bar", "organization_id": "o", "location_name": "Bar", "timezone": "Europe/London",
             "day_start_minute": 240},
        ),
        "employees": convert.empty("employees"),
        "products": frame("products", {"product_id": "ale", "product_name": "Ale", "unit_price_minor": 450}),
        "import_jobs": frame("import_jobs", job),
        "rejected_rows": frame(
            "rejected_rows",
            {"import_id": "i1", "source_row": 3, "rule": "total", "reason": "no amount", "row_text": "{}"},
        ),
        "product_prices": frame(
            "product_prices", {"product_id": "ale", "valid_from": pd.Timestamp("2024-01-01"), "unit_price_minor": 450}
        ),
        "promotions": convert.empty("promotions"),
        "customers": frame("customers", {"customer_id": "c", "joined": pd.Timestamp("2024-02-29")}),
        "visits": convert.empty("visits"),
        "suppliers": frame("suppliers", {"supplier_id": "s", "supplier_name": "Brewery", "stated_lead_days": 2.5}),
        "supplier_products": frame(
            "supplier_products", {"supplier_id": "s", "product_id": "ale", "preference": 1, "pack_units": 24}
        ),
        "purchase_order_lines": frame(
            "purchase_order_lines",
            {"order_id": "o1", "product_id": "ale", "ordered_units": 24.0, "received_units": 0.0},
        ),
        "purchase_orders": frame(
            "purchase_orders",
            {"order_id": "o1", "supplier_id": "s", "location_id": "bar", "ordered_on": pd.Timestamp("2024-03-30"),
             "order_status": "open"},
        ),
        "stock_movements": frame(
            "stock_movements",
            {"movement_id": "m1", "timestamp": SALE["timestamp"], "business_date": SALE["business_date"],
             "location_id": "bar", "product_id": "ale", "movement": "sale", "quantity": -1.0},
        ),
        "stock_counts": convert.empty("stock_counts"),
    }  # fmt: skip


def mount(place: Path, options: str) -> None:
    """Mount a small file system in memory, or skip the test where this is not allowed."""
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"this machine allows no mount: {done.stderr.strip()}")


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """Yield a folder on a disk of 256 KiB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount(place, "size=256k")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.fixture
def read_only(tmp_path) -> Iterator[Path]:
    """Yield a folder with ``old.txt`` in which nothing can be written."""
    place = tmp_path / "locked"
    place.mkdir()
    if os.geteuid() != 0:
        (place / "old.txt").write_text("old")
        place.chmod(0o555)
        yield place
        place.chmod(0o755)
        return
    mount(place, "size=64k")
    try:
        (place / "old.txt").write_text("old")
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)

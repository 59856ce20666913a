"""The chain, written down: each notebook with the tables and folders it needs and gives.

Edges are not written; they follow from the names. A need that ends in ``?`` is used if a stage of the
scenario gives it. To add a stage, add one entry here and one notebook of the same name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from shoplib.config.models import Scenario


def always(_scenario: Scenario) -> bool:
    """Return that a stage belongs to every scenario."""
    return True


@dataclass(frozen=True)
class Stage:
    """One notebook of the chain."""

    name: str
    """File name of the notebook, without ``.ipynb``."""
    needs: tuple[str, ...] = ()
    """Tables and folders it reads."""
    gives: tuple[str, ...] = ()
    """Declared tables it must write."""
    folders: tuple[str, ...] = ()
    """Folders of files it must write."""
    sections: tuple[str, ...] = ()
    """Sections of the scenario that can change its result (``shop`` and ``seed`` always can)."""
    part: Literal["lead", "findings", "method"] = "findings"
    """Where its chapter stands on the page: first, among the findings, or among how they were made."""
    wanted: Callable[[Scenario], bool] = field(default=always, compare=False)
    """Whether a scenario has this stage."""
    reads_sources: bool = False
    """Whether it reads the scenario's own files."""
    reads_footage: bool = False
    """Whether it reads footage, and what is kept of the people on it from run to run."""
    remembers: str = ""
    """Table it gives that is kept for each last day of the data; the stage reads those of earlier days."""
    dated_by: str = ""
    """Table it needs whose last business day dates what is kept."""
    reads_chapters: bool = False
    """Whether it reads the notebooks of all other stages, and so comes last."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """Everything it promises, tables first."""
        return self.gives + self.folders


SNAPSHOT = (
    "organizations", "locations", "employees", "products", "product_prices", "promotions", "customers", "visits",
    "transactions", "transaction_items", "suppliers", "supplier_products", "purchase_orders",
    "purchase_order_lines", "stock_movements", "stock_counts",
)  # fmt: skip
VIEWS = ("sales_daily", "sales_hourly", "sales_products", "sales_locations", "sales_anomalies")

STAGES: tuple[Stage, ...] = (
    Stage(
        "01_face_clustering",
        needs=("transactions?",),
        gives=("sightings", "footage_visits", "face_customers", "footage_clips", "footage_days"),
        folders=("footage",),
        sections=("cameras", "privacy"),
        reads_footage=True,
        wanted=lambda scenario: scenario.cameras is not None,
    ),
    Stage(
        "02_transaction_generation",
        folders=("raw",),
        sections=("simulate",),
        part="method",
        wanted=lambda scenario: scenario.simulate is not None,
    ),
    Stage(
        "03_etl",
        needs=("raw?",),
        gives=(*SNAPSHOT, "import_jobs", "import_repeats", "rejected_rows", "quality"),
        folders=("database",),
        sections=("ingest", "mappings", "quality"),
        part="method",
        reads_sources=True,
    ),
    Stage(
        "04_eda",
        needs=(
            "transactions",
            "transaction_items",
            "products",
            "product_prices",
            "locations",
            "employees",
            "promotions",
        ),
        gives=VIEWS,
        sections=("sales",),
        part="lead",
    ),
    Stage(
        "05_customers",
        needs=("transactions", "transaction_items", "products", "customers", "visits"),
        gives=("customer_segments", "basket_pairs"),
        sections=("customers",),
        wanted=lambda scenario: scenario.customers is not None,
    ),
    Stage(
        "06_forecasting",
        needs=(
            "sales_daily",
            "locations",
            "products",
            "promotions",
            "transactions",
            "transaction_items",
            "stock_movements",
            "stock_counts",
        ),
        gives=("forecast", "forecast_scores", "forecast_models", "forecast_said"),
        remembers="forecast",
        dated_by="sales_daily",
        sections=("forecasting",),
        wanted=lambda scenario: scenario.forecasting is not None,
    ),
    Stage(
        "07_inventory",
        needs=("stock_movements", "purchase_orders", "purchase_order_lines", "product_prices", "products", "locations"),
        gives=("stock_position",),
        sections=("inventory",),
        wanted=lambda scenario: scenario.inventory is not None,
    ),
    Stage(
        "08_shelf_vision",
        gives=("shelf_rows", "shelf_gaps"),
        folders=("photos",),
        sections=("shelves",),
        wanted=lambda scenario: scenario.shelves is not None,
    ),
    Stage(
        "09_alerts",
        needs=(
            "sales_daily",
            "sales_anomalies",
            "import_jobs",
            "rejected_rows",
            "locations",
            "products",
            "stock_position?",
            "shelf_gaps?",
        ),
        gives=("alerts",),
        sections=("alerts",),
        wanted=lambda scenario: scenario.alerts is not None,
    ),
    Stage(
        "10_reporting",
        needs=("import_jobs", "sales_daily"),
        folders=("pages",),
        sections=("report", "ingest"),
        part="method",
        reads_chapters=True,
    ),
)

"""Products that hardly sell: order on demand instead of forecasting."""

from __future__ import annotations

import pandas as pd

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.forecasting.outlook import Outlook
from shoplib.forecasting.telling import plain

SHARES = ("Chance of a sale",)


def sentences(view: Outlook, shop: Shop) -> list[str]:
    """Return how many products are better ordered on demand."""
    if view.units is None:
        return []
    known = view.goods.pairs["product_id"].nunique()
    days = words.plural(view.plan.horizon_days, "day")
    if view.slow.empty:
        return [f"Each of {words.plural(known, 'product')} will probably sell within the next {days}."]
    return [
        f"{words.count(len(view.slow), shop.language)} of {words.plural(known, 'product')} will more likely than not "
        f"stay unsold over the next {days}: a forecast helps little there, so order them when somebody asks."
    ]


def table(view: Outlook, shop: Shop) -> pd.DataFrame:
    """Return the products to order on demand, the least likely to sell first, under the words a reader sees."""
    rows = view.slow
    if rows.empty:
        return pd.DataFrame(columns=["Product", "Last sold", "Days with a sale", *SHARES])
    return pd.DataFrame(
        {
            "Product": [plain.product(view, str(name)) for name in rows["unique_id"]],
            "Last sold": [plain.day(day, shop) if pd.notna(day) else "" for day in rows["last_sold"]],
            "Days with a sale": rows["sale_days"].to_numpy(dtype="int64"),
            "Chance of a sale": rows["chance"].to_numpy(),
        }
    )

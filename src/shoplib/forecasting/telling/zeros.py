"""Three kinds of zero: closed days, empty shelves, and goods that nobody bought yet."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.forecasting.demand_series import ALL, OTHERS
from shoplib.forecasting.outlook import Outlook
from shoplib.forecasting.telling import plain

FEWEST_WEEKS = 4


def sentences(view: Outlook, shop: Shop) -> list[str]:
    """Return how many days were closed, out of stock and before a first sale, and what was missed."""
    if view.takings is None:
        return []
    panel = view.takings.series.panel
    closed = int(view.shops.shut[:, : panel.history].sum())
    told = [
        f"Closed: {words.plural(closed, 'day')} on which a place did not trade ({_of_places(view)}). They count as 0, "
        "and nothing is learnt from them."
    ]
    missed = empty_shelves(view)
    if view.units is None:
        return told
    if missed["days_out"].sum():
        days, units = int(missed["days_out"].sum()), float(missed["units_missed"].sum())
        share = units / float(missed["units_sold"].sum() + units)
        told.append(
            f"Out of stock: {words.plural(days, 'day')}, counted product by product, on which a best seller ran out "
            f"somewhere. Sales of those days say less than was wanted: {plain.quantity(units, shop)} units more were "
            f"probably wanted, {plain.share(share, shop, 1)} of their demand. The forecast learns from what was wanted."
        )
    young = _young(view)
    if young:
        told.append(
            f"New: {words.listed(young)} sold for the first time less than {FEWEST_WEEKS} weeks before the end; what "
            "is not known of their demand is borrowed from their category."
        )
    return told


def empty_shelves(view: Outlook) -> pd.DataFrame:
    """Return one row a best seller: row (of the series), product_id, days_out, units_sold and units_missed."""
    columns = ["row", "product_id", "days_out", "units_sold", "units_missed"]
    if view.units is None:
        return pd.DataFrame(columns=columns).astype({"units_sold": "float64", "units_missed": "float64"})
    series = view.units.series
    rows = np.flatnonzero((series.keys["level"] == "product") & (series.keys["product_id"] != OTHERS))
    wanted, sold = series.panel.sold[rows], series.sold[rows]
    known = ~np.isnan(wanted) & ~np.isnan(sold)
    table = pd.DataFrame(
        {
            "row": rows, "product_id": series.keys["product_id"].to_numpy()[rows],
            "days_out": (series.out[rows] & known).sum(axis=1),
            "units_sold": np.where(known, sold, 0.0).sum(axis=1),
            "units_missed": np.maximum(np.where(known, wanted - sold, 0.0), 0.0).sum(axis=1),
        }
    )  # fmt: skip
    return table.sort_values(["units_missed", "product_id"], ascending=[False, True], kind="stable", ignore_index=True)


def table(view: Outlook, shop: Shop) -> pd.DataFrame:
    """Return the best sellers that were out of stock, those with most demand missed first."""
    rows = empty_shelves(view)
    rows = rows[rows["days_out"] > 0]
    whole = rows["units_sold"] + rows["units_missed"]
    return pd.DataFrame(
        {
            "Product": [plain.product(view, name) for name in rows["product_id"]],
            "Days out": rows["days_out"].to_numpy(dtype="int64"),
            "Sold": [plain.quantity(value, shop) for value in rows["units_sold"].round()],
            "Probably wanted": [plain.quantity(value, shop) for value in whole.round()],
            "Missed": (rows["units_missed"] / whole.where(whole > 0)).to_numpy(),
        }
    )


def _of_places(view: Outlook) -> str:
    count = len(view.shops.ids)
    return plain.place(view, view.shops.ids[0]) if count == 1 else f"of {words.plural(count, 'place')}"


def _young(view: Outlook) -> list[str]:
    if view.units is None:
        return []
    series = view.units.series
    late = series.panel.history - series.panel.starts < FEWEST_WEEKS * 7
    named = (
        (series.keys["level"] == "product")
        & (series.keys["product_id"] != OTHERS)
        & (series.keys["location_id"] == ALL)
    )
    return [plain.product(view, str(name)) for name in series.keys.loc[named & late, "product_id"]]

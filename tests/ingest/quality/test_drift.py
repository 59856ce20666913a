"""A day against the days before: few false alarms where nothing changed, a shift of a fifth found in one day."""

import numpy as np
import pandas as pd
import pytest

from shoplib.ingest.quality.drift import FALSE_ALARMS, drift

DAYS = 57
Tables = dict[str, pd.DataFrame]


def trade(seed: int, rows: int = 800, days: int = DAYS, weekend: float = 1.0, spread: float = 0.0) -> Tables:
    """Return days of one shop: log-normal amounts (variation 0.53), words, empty cells, one line a transaction.

    ``weekend`` multiplies amounts of Saturdays; ``spread`` is how far the days' means lie apart.
    """
    rng = np.random.default_rng(seed)
    day = np.repeat(np.arange(days), rng.poisson(rows, days))
    n = len(day)
    level = np.where(day % 7 == 5, weekend, 1.0) * np.exp(rng.normal(0, spread, days))[day]
    quantity = 1.0 + rng.poisson(1.0, n)
    total = np.round(1_000 * level * np.exp(rng.normal(0, 0.5, n))).astype("int64")
    sold = pd.DataFrame(
        {
            "transaction_id": np.arange(n).astype(str),
            "business_date": pd.Timestamp("2024-01-01") + pd.to_timedelta(day, unit="D"),
            "transaction_status": rng.choice(["completed", "refunded", "void"], n, p=[0.96, 0.03, 0.01]),
            "payment_status": "paid", "payment_method": rng.choice(["card", "cash", "upi"], n, p=[0.6, 0.38, 0.02]),
            "location_id": rng.choice(["a", "b"], n, p=[0.7, 0.3]),
            "employee_id": np.where(rng.random(n) < 0.05, None, "e"), "customer_id": None,
            "device_id": rng.choice(["x", "y"], n), "local_hour": 12, "num_items": 1,
            "subtotal_minor": total, "discount_total_minor": np.where(rng.random(n) < 0.1, 100, 0),
            "tax_total_minor": total // 6, "tip_amount_minor": 0, "total_amount_minor": total,
            "import_id": np.char.add("file", day.astype(str)),
        }
    )  # fmt: skip
    items = pd.DataFrame({"transaction_id": sold["transaction_id"], "quantity": quantity,
                          "unit_price_minor": np.round(total / quantity), "line_total_minor": total})  # fmt: skip
    return {"transactions": sold, "transaction_items": items}


def last_day(tables: Tables) -> pd.Series:
    days = tables["transactions"]["business_date"]
    return days == days.max()


def alarmed(tables: Tables) -> set[str]:
    return set(drift(tables).alarms["column_name"])


def test_resamples_without_a_change_raise_hardly_any_alarm():
    alarms = [len(alarmed(trade(seed, rows=150))) > 0 for seed in range(60)]
    blocks = np.reshape(alarms, (3, 20)).sum(axis=1)
    assert max(blocks) <= 1
    assert np.mean(alarms) <= 7 * FALSE_ALARMS


def test_days_that_differ_by_themselves_raise_no_alarm():
    assert sum(len(alarmed(trade(seed, rows=150, spread=0.1))) > 0 for seed in range(20)) <= 1


@pytest.mark.parametrize(
    ("table", "column"),
    [("transactions", "total_amount_minor"), ("transaction_items", "line_total_minor"),
     ("transaction_items", "quantity"), ("transaction_items", "unit_price_minor"), ("transactions", "tax_total_minor")],
)  # fmt: skip
def test_a_shift_of_a_fifth_in_one_column_is_found_in_one_day(table, column):
    found = []
    for seed in range(5):
        tables = trade(seed)
        shifted = tables[table]
        shifted[column] = shifted[column] * np.where(last_day(tables), 1.2, 1.0)
        compared = drift(tables)
        found.append(set(compared.alarms["column_name"]) == {column})
        row = compared.table[compared.table["column_name"] == column].iloc[0]
        assert row["rows"] >= row["rows_needed"]
        assert row["change_share"] == pytest.approx(0.2, abs=0.1)
    assert sum(found) >= 4


def test_words_and_empty_cells_that_become_more_are_found_and_ranked_by_money():
    tables = trade(3)
    sold, new = tables["transactions"], last_day(tables)
    rng = np.random.default_rng(1)
    sold.loc[new & (rng.random(len(sold)) < 0.3), "payment_method"] = "crypto"
    sold.loc[new & (rng.random(len(sold)) < 0.1), "employee_id"] = None
    found = drift(tables).alarms
    assert set(found["column_name"]) == {"payment_method", "employee_id"}
    assert "crypto" not in set(found["word"])  # no day before knew it: it is among all others
    assert list(found["money_minor"]) == sorted(found["money_minor"], reverse=True)
    row = found[found["word"] == "any other"].iloc[0]
    takings = sold.loc[new, "total_amount_minor"].sum()
    assert row["money_minor"] == pytest.approx((row["now"] - row["before"]) * takings, abs=1)


def test_a_saturday_is_compared_with_saturdays():
    tables = trade(5, weekend=2.0, days=55)  # the last day is a Saturday
    found = drift(tables)
    assert (found.weekday, found.days, len(found.alarms)) == (True, 7, 0)
    tables["transactions"].loc[last_day(tables), "total_amount_minor"] //= 2  # as on any other day
    assert alarmed(tables) == {"total_amount_minor"}


def test_days_of_the_past_that_went_wrong_hide_nothing():
    tables = trade(6)
    sold = tables["transactions"]
    for day in ("2024-02-01", "2024-02-10"):
        sold.loc[sold["business_date"] == day, "total_amount_minor"] *= 100
    assert "total_amount_minor" not in alarmed(tables)
    sold.loc[last_day(tables), "total_amount_minor"] = (sold["total_amount_minor"] * 1.25).astype("int64")
    assert "total_amount_minor" in alarmed(tables)


def test_one_price_with_a_slipped_point_is_no_drift():
    tables = trade(7)
    tables["transactions"].loc[last_day(tables).idxmax(), "total_amount_minor"] = 10**9
    assert alarmed(tables) == set()


def test_a_file_is_compared_with_the_days_before_it():
    tables = trade(8)
    sold = tables["transactions"]
    sold.loc[sold["import_id"] == "file40", "total_amount_minor"] *= 2
    found = drift(tables, import_id="file40")
    assert set(found.alarms["column_name"]) == {"total_amount_minor"}
    assert str(found.first) == "2024-02-10"


def test_too_few_days_or_rows_are_not_judged():
    few = drift(trade(1, days=6))
    assert (few.judged, few.days, len(few.table)) == (False, 5, 0)
    assert drift(trade(1, rows=8)).table.empty
    nothing = drift({name: frame.head(0) for name, frame in trade(1, days=2).items()})
    assert (nothing.first, nothing.judged) == (None, False)


def test_a_day_without_sales_is_an_error_of_the_caller():
    with pytest.raises(KeyError, match="no transaction is of 2020-01-01"):
        drift(trade(1, rows=20, days=3), day=pd.Timestamp("2020-01-01").date())


def test_equal_data_give_equal_answers_in_any_order_of_rows():
    tables = trade(9, rows=200)
    mixed = {name: frame.sample(frac=1, random_state=1) for name, frame in tables.items()}
    pd.testing.assert_frame_equal(drift(tables).table, drift(mixed).table, rtol=1e-9)

"""The eight main tables asked of SQLite, as somebody would write them by hand for the database of a run."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path

INDEXES = (
    "CREATE INDEX by_status ON transactions(transaction_status, business_date)",
    "CREATE INDEX by_product ON product_prices(product_id, valid_from)",
    "ANALYZE",
)
"""What a careful user adds once; not timed."""

SETUP = """
CREATE TEMP TABLE sold AS
WITH
costs AS (
    SELECT product_id, unit_cost_minor, valid_from,
        lead(valid_from, 1, '9999-12-31') OVER (PARTITION BY product_id ORDER BY valid_from) AS valid_to
    FROM product_prices
    UNION ALL
    SELECT product_id, unit_cost_minor, '0001-01-01', '9999-12-31' FROM products
    WHERE product_id NOT IN (SELECT product_id FROM product_prices)
),
lines AS (
    SELECT t.business_date, t.location_id, t.discount_total_minor AS discount, i.transaction_id, i.product_id,
        i.quantity, i.line_total_minor AS line,
        sum(i.line_total_minor) OVER (PARTITION BY i.transaction_id ORDER BY i.line_number) AS so_far,
        sum(i.line_total_minor) OVER (PARTITION BY i.transaction_id) AS whole
    FROM transactions t JOIN transaction_items i ON i.transaction_id = t.transaction_id
    WHERE t.transaction_status = 'completed'
)
SELECT l.business_date, l.location_id, l.transaction_id, l.product_id, l.quantity, l.line,
    CASE WHEN l.whole > 0 AND l.discount <> 0
        THEN l.line - l.discount * l.so_far / l.whole + l.discount * (l.so_far - l.line) / l.whole
        ELSE l.line END AS net,
    CAST(floor(l.quantity * c.unit_cost_minor + 0.5) AS INTEGER) AS cost,
    coalesce(lower(p.product_category) IN ('gift card', 'gift cards'), 0) AS gift
FROM lines l
LEFT JOIN products p ON p.product_id = l.product_id
LEFT JOIN costs c
    ON c.product_id = l.product_id AND l.business_date >= c.valid_from AND l.business_date < c.valid_to
"""
"""The lines of sales, made once for four reports. No amount of this world divides below zero, so ``/`` will do."""

APART = """EXISTS (
    SELECT 1 FROM transactions
    WHERE transaction_status = 'refunded' AND (refund_of IS NOT NULL OR total_amount_minor < 0)
)"""
SOLD = "transaction_status = 'completed' AND business_date BETWEEN :from_day AND :to_day"

QUERIES = {
    "daily": f"""
WITH RECURSIVE
calendar(day) AS (SELECT :from_day UNION ALL SELECT date(day, '+1 day') FROM calendar WHERE day < :to_day),
receipts AS (
    SELECT business_date, sum(transaction_status = 'completed') AS sales,
        sum(total_amount_minor) FILTER (WHERE transaction_status = 'completed') AS gross,
        sum(transaction_status = 'refunded') AS refunds,
        coalesce(sum(abs(total_amount_minor)) FILTER (WHERE transaction_status = 'refunded'), 0) AS back
    FROM transactions WHERE business_date BETWEEN :from_day AND :to_day GROUP BY business_date
),
lines AS (SELECT business_date, sum(quantity) AS units FROM sold GROUP BY business_date)
SELECT day, nullif(sales, 0), nullif(units, 0), gross, gross - CASE WHEN {APART} THEN back ELSE 0 END,
    (2 * gross + sales) / (2 * sales), coalesce(refunds, 0), coalesce(back, 0)
FROM calendar LEFT JOIN receipts r ON r.business_date = day LEFT JOIN lines l ON l.business_date = day
ORDER BY day""",
    "locations": f"""
WITH
margins AS (
    SELECT location_id, sum(net) FILTER (WHERE gift) AS cards,
        sum(net) FILTER (WHERE NOT gift AND cost IS NOT NULL) AS costed, sum(cost) FILTER (WHERE NOT gift) AS cost
    FROM sold WHERE business_date BETWEEN :from_day AND :to_day GROUP BY location_id
),
receipts AS (
    SELECT location_id, count(DISTINCT business_date) FILTER (WHERE transaction_status = 'completed') AS days,
        sum(transaction_status = 'completed') AS sales,
        coalesce(sum(total_amount_minor) FILTER (WHERE transaction_status = 'completed'), 0) AS gross,
        coalesce(sum(subtotal_minor - discount_total_minor) FILTER (WHERE transaction_status = 'completed'), 0) AS net,
        sum(transaction_status = 'refunded') AS refunds,
        coalesce(sum(abs(total_amount_minor)) FILTER (WHERE transaction_status = 'refunded'), 0) AS back
    FROM transactions WHERE business_date BETWEEN :from_day AND :to_day GROUP BY location_id
)
SELECT p.location_id, p.location_name, p.location_type, p.city, coalesce(days, 0), coalesce(sales, 0),
    coalesce(gross, 0), 1.0 * gross / sum(gross) OVER (), gross - CASE WHEN {APART} THEN back ELSE 0 END,
    (2 * gross + sales) / (2 * sales),
    (2 * gross + days) / (2 * days), coalesce(refunds, 0), coalesce(back, 0), 1.0 * refunds / (sales + refunds),
    costed - cost, 1.0 * (costed - cost) / nullif(max(costed, 0), 0), net - coalesce(cards, 0) - coalesce(costed, 0)
FROM locations p LEFT JOIN receipts r USING (location_id) LEFT JOIN margins m USING (location_id)
ORDER BY gross DESC, p.location_id""",
    "products": """
SELECT s.product_id, coalesce(p.product_name, s.product_id), p.product_category, count(DISTINCT transaction_id),
    sum(quantity), sum(line) AS sales, 1.0 * sum(line) / sum(sum(line)) OVER (),
    sum(net - cost) FILTER (WHERE NOT gift),
    1.0 * sum(net - cost) FILTER (WHERE NOT gift)
        / nullif(max(sum(net) FILTER (WHERE NOT gift AND cost IS NOT NULL), 0), 0),
    coalesce(sum(net) FILTER (WHERE NOT gift AND cost IS NULL), 0), max(business_date)
FROM sold s LEFT JOIN products p USING (product_id)
WHERE business_date BETWEEN :from_day AND :to_day
GROUP BY s.product_id ORDER BY sales DESC, s.product_id""",
    "employees": f"""
WITH people AS (
    SELECT employee_id, count(DISTINCT business_date) AS days,
        nullif(count(DISTINCT business_date || ' ' || local_hour), 0) AS hours, count(*) AS sales,
        sum(total_amount_minor) AS gross, sum(total_amount_minor) FILTER (WHERE local_hour IS NOT NULL) AS known
    FROM transactions WHERE {SOLD} AND employee_id IS NOT NULL GROUP BY employee_id
)
SELECT employee_id, employee_role, days, hours, sales, gross, (2 * gross + sales) / (2 * sales),
    (2 * known + hours) / (2 * hours)
FROM people LEFT JOIN employees USING (employee_id) ORDER BY gross DESC, employee_id""",
    "payments": f"""
SELECT payment_method, count(*), 1.0 * count(*) / sum(count(*)) OVER (), sum(total_amount_minor) AS gross,
    1.0 * sum(total_amount_minor) / sum(sum(total_amount_minor)) OVER (),
    (2 * sum(total_amount_minor) + count(*)) / (2 * count(*))
FROM transactions WHERE {SOLD} GROUP BY payment_method ORDER BY gross DESC, payment_method""",
    "hours": f"""
SELECT local_hour, count(*), sum(total_amount_minor), (2 * sum(total_amount_minor) + count(*)) / (2 * count(*)),
    1.0 * sum(total_amount_minor) / sum(sum(total_amount_minor)) OVER ()
FROM transactions WHERE {SOLD} AND local_hour IS NOT NULL
GROUP BY local_hour ORDER BY (local_hour - :day_start + 24) % 24""",
    "refunds": """
WITH places AS (
    SELECT location_id, sum(transaction_status = 'completed') AS sales, sum(transaction_status = 'refunded') AS refunds,
        coalesce(sum(abs(total_amount_minor)) FILTER (WHERE transaction_status = 'refunded'), 0) AS back,
        coalesce(sum(total_amount_minor) FILTER (WHERE transaction_status = 'completed'), 0) AS gross
    FROM transactions
    WHERE transaction_status IN ('completed', 'refunded') AND business_date BETWEEN :from_day AND :to_day
    GROUP BY location_id
)
SELECT location_id, coalesce(location_name, location_id), sales, refunds, 1.0 * refunds / (sales + refunds), back,
    1.0 * back / nullif(max(gross + back, 0), 0)
FROM places LEFT JOIN locations USING (location_id) ORDER BY back DESC, location_id""",
}

SUMS = f"""
SELECT count(DISTINCT business_date) FILTER (WHERE done), sum(done), sum(done * subtotal_minor),
    sum(done * discount_total_minor), sum(done * tax_total_minor), sum(done * total_amount_minor),
    sum(done * tip_amount_minor), sum(done * (payment_status = 'paid') * total_amount_minor),
    sum(done * (payment_status = 'unpaid') * total_amount_minor),
    sum(done * (payment_status = 'credit') * total_amount_minor),
    sum(done * (payment_method IN ('cash', 'coins')) * total_amount_minor), sum(done * card),
    sum(done * card * total_amount_minor), sum(done * (payment_method NOT IN ('unknown', 'other'))),
    sum(done * (payment_method = 'gift_card') * total_amount_minor), sum(back), sum(back * abs(total_amount_minor)),
    sum(back * abs(tax_total_minor)), sum(transaction_status = 'void'), sum(transaction_status = 'error'), {APART}
FROM (
    SELECT *, transaction_status = 'completed' AS done, transaction_status = 'refunded' AS back,
        payment_method IN ('credit_card', 'debit_card', 'mobile', 'upi') AS card
    FROM transactions WHERE business_date BETWEEN ? AND ?
)"""
LINES = """
SELECT sum(quantity), coalesce(sum(net) FILTER (WHERE gift), 0), coalesce(sum(cost) FILTER (WHERE NOT gift), 0),
    coalesce(sum(net) FILTER (WHERE NOT gift AND cost IS NOT NULL), 0)
FROM sold WHERE business_date BETWEEN ? AND ?"""

Rows = list[tuple[object, ...]]


def prepare(folder: Path) -> None:
    """Add the indexes to the database of a folder."""
    with sqlite3.connect(folder / "shop.db") as connection:
        for statement in INDEXES:
            connection.execute(statement)


def answers(folder: Path, given: Mapping[str, object]) -> tuple[dict[str, Rows], list[dict[str, object]]]:
    """Return the rows of seven reports by name, and the sums that the overview is made of, for its three periods."""
    texts = {name: str(value) for name, value in given.items() if value is not None}
    texts["day_start"] = given["day_start"]  # type: ignore[assignment]  # the one number among them
    with sqlite3.connect(folder / "shop.db") as connection:
        connection.execute("PRAGMA cache_size=-262144")
        connection.execute("PRAGMA temp_store=MEMORY")
        connection.execute(SETUP)
        found = {name: connection.execute(query, texts).fetchall() for name, query in QUERIES.items()}
        periods = (("recent_from", "recent_to"), ("before_from", "before_to"), ("from_day", "to_day"))
        sums = []
        for first, last in periods:
            days = (texts[first], texts[last])
            values = (*connection.execute(SUMS, days).fetchone(), *connection.execute(LINES, days).fetchone())
            sums.append(dict(zip(NAMES, values, strict=True)))
    return found, sums


NAMES = (
    "trading_days", "transactions", "list_sales", "discounts", "tax", "gross_sales", "tips", "paid", "unpaid",
    "on_credit", "cash", "digital_transactions", "digital", "named_transactions", "gift_cards_redeemed", "refunds",
    "refunds_total", "refunds_tax", "voids", "errors", "apart", "units", "gift_cards_sold", "cost", "costed",
)  # fmt: skip

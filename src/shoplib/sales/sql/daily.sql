-- How do sales go from day to day? One row a calendar day, oldest first; a day without a sale is a gap, not a zero.
-- Amounts are whole minor units.
-- Parameters: $from_day, $to_day  first and last business day
--             $refunds            'apart', 'status' or 'found' (setting sales.refunds)
WITH
calendar AS (
    SELECT unnest(generate_series($from_day::TIMESTAMP, $to_day::TIMESTAMP, INTERVAL 1 DAY))::DATE AS business_date
),
-- entries of their own are taken from takings: all if any names its sale, else those below zero; sales marked as given
-- back never were in takings
rule AS (
    SELECT $refunds = 'apart' OR $refunds = 'found' AND coalesce(bool_or(refund_of IS NOT NULL), false) AS every_one
    FROM transactions
    WHERE transaction_status = 'refunded'
),
receipts AS (
    SELECT business_date,
        count(*) FILTER (transaction_status = 'completed') AS transactions,
        sum(total_amount_minor) FILTER (transaction_status = 'completed')::BIGINT AS gross_sales_minor,
        count(*) FILTER (transaction_status = 'refunded') AS refunds,
        coalesce(sum(abs(total_amount_minor)) FILTER (transaction_status = 'refunded'), 0)::BIGINT AS refunds_minor,
        coalesce(sum(abs(total_amount_minor)) FILTER (
            transaction_status = 'refunded' AND (every_one OR $refunds = 'found' AND total_amount_minor < 0)
        ), 0)::BIGINT AS back_minor
    FROM transactions, rule
    WHERE business_date BETWEEN $from_day AND $to_day
    GROUP BY business_date
),
-- no line at all tells nothing of units
lines AS (
    SELECT t.business_date, nullif(fsum(i.quantity), 0) AS units
    FROM transactions t
    JOIN transaction_items i USING (transaction_id)
    WHERE t.transaction_status = 'completed' AND t.business_date BETWEEN $from_day AND $to_day
    GROUP BY t.business_date
)
SELECT
    c.business_date,
    nullif(r.transactions, 0) AS transactions,
    l.units,
    r.gross_sales_minor,
    r.gross_sales_minor - r.back_minor AS net_sales_minor,
    -- half a minor unit is rounded up, also below zero, where // cuts off towards zero
    (2 * r.gross_sales_minor + r.transactions) // nullif(2 * r.transactions, 0)
        - ((2 * r.gross_sales_minor + r.transactions) % nullif(2 * r.transactions, 0) < 0)::INT
        AS average_transaction_minor,
    coalesce(r.refunds, 0) AS refunds,
    coalesce(r.refunds_minor, 0) AS refunds_minor
FROM calendar c
LEFT JOIN receipts r USING (business_date)
LEFT JOIN lines l USING (business_date)
ORDER BY c.business_date

-- How do customers pay? One row a way of paying with a completed sale, largest takings first. Amounts are whole minor
-- units, shares are of one.
-- Parameters: $from_day, $to_day  first and last business day
WITH
methods AS (
    SELECT payment_method, count(*) AS transactions, sum(total_amount_minor)::BIGINT AS gross_sales_minor
    FROM transactions
    WHERE transaction_status = 'completed' AND business_date BETWEEN $from_day AND $to_day
    GROUP BY payment_method
)
SELECT
    payment_method,
    transactions,
    transactions / sum(transactions) OVER () AS transactions_share,
    gross_sales_minor,
    gross_sales_minor / nullif(greatest(sum(gross_sales_minor) OVER (), 0), 0) AS share,
    -- half a minor unit is rounded up, also below zero, where // cuts off towards zero
    (2 * gross_sales_minor + transactions) // (2 * transactions)
        - ((2 * gross_sales_minor + transactions) % (2 * transactions) < 0)::INT AS average_transaction_minor
FROM methods
ORDER BY gross_sales_minor DESC, payment_method

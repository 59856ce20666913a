-- When is the shop busy, and when idle? One row an hour of the clock with a completed sale, the first of a business day
-- on top; sales whose hour is not known are left out. Amounts are whole minor units, shares are of one.
-- Parameters: $from_day, $to_day  first and last business day
--             $day_start          hour of the clock at which a business day begins (setting shop.day_start)
WITH
hours AS (
    SELECT local_hour, count(*) AS transactions, sum(total_amount_minor)::BIGINT AS gross_sales_minor
    FROM transactions
    WHERE transaction_status = 'completed' AND local_hour IS NOT NULL AND business_date BETWEEN $from_day AND $to_day
    GROUP BY local_hour
)
SELECT
    local_hour,
    transactions,
    gross_sales_minor,
    -- half a minor unit is rounded up, also below zero, where // cuts off towards zero
    (2 * gross_sales_minor + transactions) // (2 * transactions)
        - ((2 * gross_sales_minor + transactions) % (2 * transactions) < 0)::INT AS average_transaction_minor,
    gross_sales_minor / nullif(greatest(sum(gross_sales_minor) OVER (), 0), 0) AS share
FROM hours
ORDER BY (local_hour - $day_start + 24) % 24

-- Who sells most? One row an employee with a completed sale, largest takings first; sales of nobody known are left out.
-- Hours are hours of the clock with a sale, takings an hour are of sales whose hour is known; both are missing where no
-- hour is known. Amounts are whole minor units.
-- Parameters: $from_day, $to_day  first and last business day
WITH
people AS (
    SELECT employee_id,
        count(DISTINCT business_date) AS trading_days,
        nullif(count(DISTINCT (business_date, local_hour)) FILTER (local_hour IS NOT NULL), 0) AS hours,
        count(*) AS transactions,
        sum(total_amount_minor)::BIGINT AS gross_sales_minor,
        sum(total_amount_minor) FILTER (local_hour IS NOT NULL)::BIGINT AS known_minor
    FROM transactions
    WHERE transaction_status = 'completed' AND employee_id IS NOT NULL
        AND business_date BETWEEN $from_day AND $to_day
    GROUP BY employee_id
)
SELECT
    p.employee_id,
    e.employee_role,
    p.trading_days,
    p.hours,
    p.transactions,
    p.gross_sales_minor,
    -- half a minor unit is rounded up, also below zero, where // cuts off towards zero
    (2 * p.gross_sales_minor + p.transactions) // (2 * p.transactions)
        - ((2 * p.gross_sales_minor + p.transactions) % (2 * p.transactions) < 0)::INT AS average_transaction_minor,
    (2 * p.known_minor + p.hours) // (2 * p.hours)
        - ((2 * p.known_minor + p.hours) % (2 * p.hours) < 0)::INT AS gross_per_hour_minor
FROM people p
LEFT JOIN employees e USING (employee_id)
ORDER BY p.gross_sales_minor DESC, p.employee_id

-- What is given back, and where? One row a place with a sale or a refund, most refunded first. While the data hold no
-- refund at all nothing is known of them: no rows. Amounts are whole minor units, shares are of one.
-- Parameters: $from_day, $to_day  first and last business day
WITH
places AS (
    SELECT location_id,
        count(*) FILTER (transaction_status = 'completed') AS transactions,
        count(*) FILTER (transaction_status = 'refunded') AS refunds,
        coalesce(sum(abs(total_amount_minor)) FILTER (transaction_status = 'refunded'), 0)::BIGINT AS refunds_minor,
        coalesce(sum(total_amount_minor) FILTER (transaction_status = 'completed'), 0)::BIGINT AS gross_sales_minor
    FROM transactions
    WHERE transaction_status IN ('completed', 'refunded') AND business_date BETWEEN $from_day AND $to_day
    GROUP BY location_id
)
SELECT
    p.location_id,
    coalesce(l.location_name, p.location_id) AS location_name,
    p.transactions,
    p.refunds,
    p.refunds / (p.transactions + p.refunds) AS refund_share,
    p.refunds_minor,
    p.refunds_minor / nullif(greatest(p.gross_sales_minor + p.refunds_minor, 0), 0) AS value_share
FROM places p
LEFT JOIN locations l USING (location_id)
WHERE EXISTS (FROM transactions WHERE transaction_status = 'refunded')
ORDER BY p.refunds_minor DESC, p.location_id

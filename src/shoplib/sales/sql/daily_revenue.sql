-- What did each day take? Date, completed sales, their total and average, in major units; days without a sale left out.
-- Parameters: $from_day, $to_day  first and last business day
--             $minor_units        minor units of one major unit: 100 of most currencies, 1 of the yen
SELECT
    business_date AS date,
    count(*) AS transactions,
    sum(total_amount_minor) / $minor_units AS total_sales,
    avg(total_amount_minor) / $minor_units AS average_sale
FROM transactions
WHERE transaction_status = 'completed' AND business_date BETWEEN $from_day AND $to_day
GROUP BY business_date
ORDER BY business_date

-- When is the shop busy? Hour on the wall clock, completed sales and takings in major units.
-- Parameters: $from_day, $to_day  first and last business day
--             $minor_units        minor units of one major unit: 100 of most currencies, 1 of the yen
SELECT
    local_hour AS hour,
    count(*) AS transactions,
    sum(total_amount_minor) / $minor_units AS revenue
FROM transactions
WHERE transaction_status = 'completed' AND business_date BETWEEN $from_day AND $to_day
GROUP BY local_hour
ORDER BY local_hour

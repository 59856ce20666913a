-- Which places take most? Name, city, completed sales and takings in major units, largest first.
-- Parameters: $from_day, $to_day  first and last business day
--             $minor_units        minor units of one major unit: 100 of most currencies, 1 of the yen
SELECT
    l.location_name,
    l.city,
    count(*) AS transactions,
    sum(t.total_amount_minor) / $minor_units AS revenue
FROM transactions t
JOIN locations l USING (location_id)
WHERE t.transaction_status = 'completed' AND t.business_date BETWEEN $from_day AND $to_day
GROUP BY l.location_id, l.location_name, l.city
ORDER BY revenue DESC, l.location_id

-- How is the shop doing? One row a metric: of the latest days, of the same weekdays before, and of all days shown. A
-- number of which the data tell nothing is missing, not zero. Amounts are whole minor units, shares are of one.
-- Parameters: $from_day, $to_day          first and last business day shown: column "all"
--             $recent_from, $recent_to    the latest of them: column "value"
--             $before_from, $before_to    the days those are compared with: column "before"
--             $refunds                    'apart', 'status' or 'found' (setting sales.refunds)
--             $gift_card_categories       list of categories in small letters (setting sales.gift_card_categories)
WITH
-- what one unit of a product cost from a day to before another; undated where a product has no dated cost
costs AS (
    SELECT product_id, unit_cost_minor, valid_from,
        lead(valid_from, 1, DATE '9999-12-31') OVER (PARTITION BY product_id ORDER BY valid_from) AS valid_to
    FROM product_prices
    UNION ALL
    SELECT product_id, unit_cost_minor, DATE '0001-01-01', DATE '9999-12-31'
    FROM products
    WHERE product_id NOT IN (SELECT product_id FROM product_prices)
),
-- the lines of completed sales, each with the totals of its receipt up to it and of all its lines
lines AS (
    SELECT t.business_date, t.location_id, t.discount_total_minor, i.transaction_id, i.product_id, i.quantity,
        i.line_total_minor,
        sum(i.line_total_minor) OVER (PARTITION BY i.transaction_id ORDER BY i.line_number)::BIGINT AS so_far,
        nullif(greatest(sum(i.line_total_minor) OVER (PARTITION BY i.transaction_id), 0), 0)::BIGINT AS whole
    FROM transactions t
    JOIN transaction_items i USING (transaction_id)
    WHERE t.transaction_status = 'completed'
),
-- what is left of a line after its part of the discount: discount × so far ÷ whole, rounded down, less the same of
-- the lines before it; // cuts off towards zero and % keeps the sign of its left side, so one is taken away below zero
nets AS (
    SELECT *,
        discount_total_minor::HUGEINT * so_far AS through,
        discount_total_minor::HUGEINT * (so_far - line_total_minor) AS until,
        line_total_minor - coalesce(
            through // whole - (through % whole < 0)::INT - until // whole + (until % whole < 0)::INT, 0
        )::BIGINT AS net_minor
    FROM lines
),
-- with what each line cost, half a minor unit rounded up, and whether it sells a gift card
sold AS (
    SELECT n.business_date, n.location_id, n.transaction_id, n.product_id, n.quantity, n.line_total_minor, n.net_minor,
        floor(n.quantity * c.unit_cost_minor + 0.5)::BIGINT AS cost_minor,
        coalesce(list_contains($gift_card_categories, lower(p.product_category)), false) AS gift
    FROM nets n
    LEFT JOIN products p USING (product_id)
    LEFT JOIN costs c
        ON c.product_id = n.product_id AND n.business_date >= c.valid_from AND n.business_date < c.valid_to
),
line_days AS (
    SELECT business_date, location_id,
        fsum(quantity) AS units,
        sum(net_minor) FILTER (gift) AS gift_cards_sold,
        sum(cost_minor) FILTER (NOT gift) AS cost,
        sum(net_minor) FILTER (NOT gift AND cost_minor IS NOT NULL) AS costed
    FROM sold
    GROUP BY business_date, location_id
),
-- 1 for what counts and 0 for what does not
-- entries of their own are taken from takings: all if any names its sale, else those below zero; sales marked as given
-- back never were in takings
rule AS (
    SELECT $refunds = 'apart' OR $refunds = 'found' AND coalesce(bool_or(refund_of IS NOT NULL), false) AS every_one
    FROM transactions
    WHERE transaction_status = 'refunded'
),
flags AS (
    SELECT *,
        (transaction_status = 'completed')::INT AS done,
        (transaction_status = 'refunded')::INT AS back,
        back * (every_one OR $refunds = 'found' AND total_amount_minor < 0)::INT AS taken,
        done * (payment_method NOT IN ('unknown', 'other'))::INT AS named,
        done * (payment_method IN ('credit_card', 'debit_card', 'mobile', 'upi'))::INT AS by_card
    FROM transactions, rule
),
receipt_days AS (
    SELECT business_date, location_id,
        sum(done) AS transactions,
        sum(done * subtotal_minor) AS list_sales,
        sum(done * discount_total_minor) AS discounts,
        sum(done * tax_total_minor) AS tax,
        sum(done * total_amount_minor) AS gross_sales,
        sum(done * tip_amount_minor) AS tips,
        sum(done * (payment_status = 'paid')::INT * total_amount_minor) AS paid,
        sum(done * (payment_status = 'unpaid')::INT * total_amount_minor) AS unpaid,
        sum(done * (payment_status = 'credit')::INT * total_amount_minor) AS on_credit,
        sum(done * (payment_method IN ('cash', 'coins'))::INT * total_amount_minor) AS cash,
        sum(by_card) AS digital_transactions,
        sum(by_card * total_amount_minor) AS digital,
        sum(named) AS named_transactions,
        sum(done * (payment_method = 'gift_card')::INT * total_amount_minor) AS gift_cards_redeemed,
        sum(back) AS refunds,
        sum(back * abs(total_amount_minor)) AS refunds_total,
        sum(taken * abs(total_amount_minor)) AS taken_back,
        sum(taken * abs(tax_total_minor)) AS taken_tax,
        sum((transaction_status = 'void')::INT) AS voids,
        sum((transaction_status = 'error')::INT) AS errors
    FROM flags
    GROUP BY business_date, location_id
),
days AS (
    SELECT r.*, coalesce(l.units, 0) AS units, coalesce(l.gift_cards_sold, 0) AS gift_cards_sold,
        coalesce(l.cost, 0) AS cost, coalesce(l.costed, 0) AS costed
    FROM receipt_days r
    LEFT JOIN line_days l USING (business_date, location_id)
),
-- what the data tell anything of, on any day at all
told AS (
    SELECT bool_or(discounts <> 0) AS of_discounts, bool_or(tax <> 0) AS of_tax, bool_or(tips <> 0) AS of_tips,
        bool_or(paid <> 0 OR unpaid <> 0 OR on_credit <> 0) AS of_paid, bool_or(named_transactions <> 0) AS of_methods,
        bool_or(cost <> 0) AS of_costs,
        bool_or(gift_cards_sold <> 0) AS of_cards_sold, bool_or(gift_cards_redeemed <> 0) AS of_cards_redeemed,
        bool_or(refunds <> 0) AS of_refunds, bool_or(voids <> 0) AS of_voids, bool_or(errors <> 0) AS of_errors
    FROM days
),
periods(period, first_day, last_day) AS (
    VALUES ('recent', $recent_from::DATE, $recent_to::DATE), ('before', $before_from::DATE, $before_to::DATE),
        ('all', $from_day::DATE, $to_day::DATE)
),
sums AS (
    SELECT period, count(DISTINCT business_date) FILTER (transactions > 0) AS trading_days,
        sum(COLUMNS(* EXCLUDE (period, first_day, last_day, business_date, location_id)))
    FROM periods
    JOIN days ON business_date BETWEEN first_day AND last_day
    GROUP BY period
),
-- half a minor unit is rounded up in rates, also below zero, where // cuts off towards zero
measures AS (
    SELECT period,
        gross_sales,
        CASE WHEN of_refunds THEN gross_sales - taken_back END AS net_sales,
        list_sales,
        CASE WHEN of_discounts THEN discounts END AS discounts,
        CASE WHEN of_discounts THEN discounts / nullif(list_sales, 0) END AS discount_share,
        CASE WHEN of_tax THEN tax END AS tax,
        CASE WHEN of_tax THEN gross_sales - tax END AS sales_before_tax,
        CASE WHEN of_tax AND of_refunds THEN gross_sales - tax - gift_cards_sold
            - taken_back + taken_tax END AS net_revenue,
        CASE WHEN of_tips THEN tips END AS tips,
        transactions,
        (2 * gross_sales + transactions) // nullif(2 * transactions, 0)
            - ((2 * gross_sales + transactions) % nullif(2 * transactions, 0) < 0)::INT AS average_transaction,
        CASE WHEN units <> 0 OR transactions = 0 THEN units END AS units,
        nullif(units, 0) / nullif(transactions, 0) AS units_per_transaction,
        trading_days,
        (2 * gross_sales + trading_days) // nullif(2 * trading_days, 0)
            - ((2 * gross_sales + trading_days) % nullif(2 * trading_days, 0) < 0)::INT AS gross_sales_per_day,
        transactions / nullif(trading_days, 0) AS transactions_per_day,
        CASE WHEN of_costs THEN costed - cost END AS margin,
        CASE WHEN of_costs THEN (costed - cost) / nullif(greatest(costed, 0), 0) END AS margin_share,
        CASE WHEN of_costs THEN list_sales - discounts - gift_cards_sold - costed END AS unknown_margin,
        CASE WHEN of_paid THEN paid END AS paid,
        CASE WHEN of_paid THEN unpaid END AS unpaid,
        CASE WHEN of_paid THEN on_credit END AS on_credit,
        CASE WHEN of_paid THEN unpaid / nullif(gross_sales, 0) END AS unpaid_share,
        CASE WHEN of_methods THEN cash END AS cash,
        CASE WHEN of_methods THEN digital END AS digital,
        CASE WHEN of_methods THEN digital_transactions / nullif(named_transactions, 0) END AS digital_share,
        CASE WHEN of_cards_sold THEN gift_cards_sold END AS gift_cards_sold,
        CASE WHEN of_cards_redeemed THEN gift_cards_redeemed END AS gift_cards_redeemed,
        CASE WHEN of_refunds THEN refunds END AS refunds,
        CASE WHEN of_refunds THEN refunds_total END AS refunds_total,
        CASE WHEN of_refunds THEN refunds / nullif(refunds + transactions, 0) END AS refund_share,
        CASE WHEN of_voids THEN voids END AS voids,
        CASE WHEN of_errors THEN errors END AS errors
    FROM sums
    CROSS JOIN told
),
found AS (
    UNPIVOT (SELECT period, COLUMNS(* EXCLUDE period)::DOUBLE FROM measures)
    ON COLUMNS(* EXCLUDE period) INTO NAME metric VALUE amount
),
contract(position, metric, label, unit) AS (
    VALUES
        (1, 'gross_sales', 'Takings', 'minor'),
        (2, 'net_sales', 'Takings after refunds', 'minor'),
        (3, 'list_sales', 'Sales at list prices', 'minor'),
        (4, 'discounts', 'Discounts', 'minor'),
        (5, 'discount_share', 'Share discounted', 'share'),
        (6, 'tax', 'Tax', 'minor'),
        (7, 'sales_before_tax', 'Takings before tax', 'minor'),
        (8, 'net_revenue', 'Net revenue', 'minor'),
        (9, 'tips', 'Tips', 'minor'),
        (10, 'transactions', 'Sales', 'count'),
        (11, 'average_transaction', 'Average sale', 'minor'),
        (12, 'units', 'Units', 'units'),
        (13, 'units_per_transaction', 'Units a sale', 'units'),
        (14, 'trading_days', 'Trading days', 'days'),
        (15, 'gross_sales_per_day', 'Takings a trading day', 'minor'),
        (16, 'transactions_per_day', 'Sales a trading day', 'units'),
        (17, 'margin', 'Margin', 'minor'),
        (18, 'margin_share', 'Margin share', 'share'),
        (19, 'unknown_margin', 'Sales of unknown margin', 'minor'),
        (20, 'paid', 'Paid', 'minor'),
        (21, 'unpaid', 'Unpaid', 'minor'),
        (22, 'on_credit', 'On credit', 'minor'),
        (23, 'unpaid_share', 'Share unpaid', 'share'),
        (24, 'cash', 'Cash', 'minor'),
        (25, 'digital', 'Digital', 'minor'),
        (26, 'digital_share', 'Share of digital sales', 'share'),
        (27, 'gift_cards_sold', 'Gift cards sold', 'minor'),
        (28, 'gift_cards_redeemed', 'Gift cards redeemed', 'minor'),
        (29, 'refunds', 'Refunds', 'count'),
        (30, 'refunds_total', 'Refunded', 'minor'),
        (31, 'refund_share', 'Share refunded', 'share'),
        (32, 'voids', 'Cancelled at the till', 'count'),
        (33, 'errors', 'Failed', 'count')
)
SELECT
    c.metric,
    c.label,
    r.amount AS value,
    b.amount AS before,
    (r.amount - b.amount) / nullif(abs(b.amount), 0) AS change_share,
    a.amount AS "all",
    c.unit
FROM contract c
LEFT JOIN found r ON r.metric = c.metric AND r.period = 'recent'
LEFT JOIN found b ON b.metric = c.metric AND b.period = 'before'
LEFT JOIN found a ON a.metric = c.metric AND a.period = 'all'
ORDER BY c.position

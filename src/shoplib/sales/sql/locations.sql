-- Which places do best? One row a place, also without a sale, largest takings first. Margins are of lines whose cost on
-- the day of sale is known, gift cards left out. Amounts are whole minor units, shares are of one.
-- Parameters: $from_day, $to_day      first and last business day
--             $refunds                'apart', 'status' or 'found' (setting sales.refunds)
--             $gift_card_categories   list of categories in small letters (setting sales.gift_card_categories)
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
    WHERE t.transaction_status = 'completed' AND t.business_date BETWEEN $from_day AND $to_day
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
margins AS (
    SELECT location_id,
        coalesce(sum(net_minor) FILTER (gift), 0)::BIGINT AS gift_cards_minor,
        sum(net_minor) FILTER (NOT gift AND cost_minor IS NOT NULL)::BIGINT AS costed_minor,
        sum(cost_minor) FILTER (NOT gift)::BIGINT AS cost_minor
    FROM sold
    GROUP BY location_id
),
-- entries of their own are taken from takings: all if any names its sale, else those below zero; sales marked as given
-- back never were in takings
rule AS (
    SELECT $refunds = 'apart' OR $refunds = 'found' AND coalesce(bool_or(refund_of IS NOT NULL), false) AS every_one
    FROM transactions
    WHERE transaction_status = 'refunded'
),
receipts AS (
    SELECT location_id,
        count(DISTINCT business_date) FILTER (transaction_status = 'completed') AS trading_days,
        count(*) FILTER (transaction_status = 'completed') AS transactions,
        sum(total_amount_minor) FILTER (transaction_status = 'completed') AS gross_minor,
        sum(subtotal_minor - discount_total_minor) FILTER (transaction_status = 'completed') AS before_tax_minor,
        count(*) FILTER (transaction_status = 'refunded') AS refunds,
        sum(abs(total_amount_minor)) FILTER (transaction_status = 'refunded') AS refunds_minor,
        sum(abs(total_amount_minor)) FILTER (
            transaction_status = 'refunded' AND (every_one OR $refunds = 'found' AND total_amount_minor < 0)
        ) AS back_minor
    FROM transactions, rule
    WHERE business_date BETWEEN $from_day AND $to_day
    GROUP BY location_id
),
-- every place that is known or sold something
places AS (
    SELECT coalesce(l.location_id, r.location_id) AS location_id,
        coalesce(l.location_name, r.location_id) AS location_name, l.location_type, l.city,
        coalesce(r.trading_days, 0) AS trading_days, coalesce(r.transactions, 0) AS transactions,
        coalesce(r.gross_minor, 0)::BIGINT AS gross_minor, coalesce(r.before_tax_minor, 0)::BIGINT AS before_tax_minor,
        coalesce(r.refunds, 0) AS refunds, coalesce(r.refunds_minor, 0)::BIGINT AS refunds_minor,
        coalesce(r.back_minor, 0)::BIGINT AS back_minor
    FROM locations l
    FULL JOIN receipts r ON r.location_id = l.location_id
)
SELECT
    p.location_id,
    p.location_name,
    p.location_type,
    p.city,
    p.trading_days,
    p.transactions,
    p.gross_minor AS gross_sales_minor,
    p.gross_minor / nullif(greatest(sum(p.gross_minor) OVER (), 0), 0) AS share,
    p.gross_minor - p.back_minor AS net_sales_minor,
    -- half a minor unit is rounded up, also below zero, where // cuts off towards zero
    (2 * p.gross_minor + p.transactions) // nullif(2 * p.transactions, 0)
        - ((2 * p.gross_minor + p.transactions) % nullif(2 * p.transactions, 0) < 0)::INT AS average_transaction_minor,
    (2 * p.gross_minor + p.trading_days) // nullif(2 * p.trading_days, 0)
        - ((2 * p.gross_minor + p.trading_days) % nullif(2 * p.trading_days, 0) < 0)::INT AS gross_sales_per_day_minor,
    p.refunds,
    p.refunds_minor,
    p.refunds / nullif(p.transactions + p.refunds, 0) AS refund_share,
    m.costed_minor - m.cost_minor AS margin_minor,
    (m.costed_minor - m.cost_minor) / nullif(greatest(m.costed_minor, 0), 0) AS margin_share,
    p.before_tax_minor - coalesce(m.gift_cards_minor, 0) - coalesce(m.costed_minor, 0) AS unknown_margin_minor
FROM places p
LEFT JOIN margins m USING (location_id)
ORDER BY p.gross_minor DESC, p.location_id

-- What sells, and what does it earn? One row a product on a completed sale, largest line sales first. Lines below zero
-- give back or take off: they count in units and line sales, and are no sale of the product. Margins are of
-- lines whose cost on the day of sale is known, gift cards left out. Amounts are whole minor units, shares are of one.
-- Parameters: $from_day, $to_day      first and last business day
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
totals AS (
    SELECT product_id,
        count(DISTINCT transaction_id) FILTER (quantity >= 0 AND line_total_minor >= 0) AS transactions,
        fsum(quantity) AS units,
        sum(line_total_minor)::BIGINT AS line_sales_minor,
        sum(net_minor) FILTER (NOT gift AND cost_minor IS NOT NULL)::BIGINT AS costed_minor,
        sum(cost_minor) FILTER (NOT gift)::BIGINT AS cost_minor,
        coalesce(sum(net_minor) FILTER (NOT gift AND cost_minor IS NULL), 0)::BIGINT AS unknown_margin_minor,
        max(business_date) FILTER (quantity >= 0 AND line_total_minor >= 0) AS last_sold
    FROM sold
    GROUP BY product_id
)
SELECT
    t.product_id,
    coalesce(p.product_name, t.product_id) AS product_name,
    p.product_category,
    t.transactions,
    t.units,
    t.line_sales_minor,
    t.line_sales_minor / nullif(greatest(sum(t.line_sales_minor) OVER (), 0), 0) AS share,
    t.costed_minor - t.cost_minor AS margin_minor,
    (t.costed_minor - t.cost_minor) / nullif(greatest(t.costed_minor, 0), 0) AS margin_share,
    t.unknown_margin_minor,
    t.last_sold
FROM totals t
LEFT JOIN products p USING (product_id)
ORDER BY t.line_sales_minor DESC, t.product_id

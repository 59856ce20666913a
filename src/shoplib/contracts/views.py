"""What the notebooks found: sales told by day, hour, product and place, and what follows from them."""

from __future__ import annotations

from shoplib.contracts.columns import (
    FORECAST_LEVELS,
    SEVERITIES,
    STOCK_STATES,
    Table,
    day,
    minor,
    real,
    text,
    whole,
)


class SalesDaily(Table):
    """Takings by trading day and location."""

    __tablename__ = "sales_daily"
    __grain__ = "one location on one business day with any transaction"
    business_date = day("trading day", key=True)
    location_id = text("where", key=True)
    transactions = whole("completed transactions", unit="transactions", minimum=0)
    units = real("units sold in completed transactions", unit="units")
    subtotal_minor = minor("completed subtotals: at list prices, before discount and tax")
    discount_minor = minor("discounts on completed transactions")
    tax_minor = minor("tax within completed totals")
    gross_sales_minor = minor("completed totals, tax included")
    net_sales_minor = minor("completed totals less refunded totals, where refunds are entries of their own")
    tips_minor = minor("tips on completed transactions")
    paid_minor = minor("completed totals marked as paid")
    unpaid_minor = minor("completed totals that nobody has paid")
    credit_minor = minor("completed totals on agreed credit")
    cash_minor = minor("completed totals paid in notes and coins")
    digital_transactions = whole("completed transactions by card, phone or UPI", unit="transactions", minimum=0)
    digital_minor = minor("completed totals by card, phone or UPI")
    known_method_transactions = whole(
        "completed transactions whose way of paying is named", unit="transactions", minimum=0
    )
    gift_cards_sold_minor = minor("gift cards sold: owed in goods, no revenue yet")
    gift_cards_redeemed_minor = minor("completed totals paid with gift cards")
    cost_minor = minor("cost of what was sold, where the cost on that day is known")
    margin_sales_minor = minor("line sales after discount and before tax of what that cost belongs to")
    refunds = whole("refunded transactions", unit="transactions", minimum=0)
    refunds_minor = minor("totals of refunded transactions")
    refunds_tax_minor = minor("tax within the refunds that net sales subtract")
    voids = whole("transactions cancelled at the till", unit="transactions", minimum=0)
    errors = whole("transactions that failed", unit="transactions", minimum=0)
    currency = text("ISO 4217 code of the amounts")


class SalesHourly(Table):
    """Rhythm of the week."""

    __tablename__ = "sales_hourly"
    __grain__ = "one wall-clock hour of one weekday at one location"
    location_id = text("where", key=True)
    weekday = whole("business weekday, Monday is 0", key=True, minimum=0)
    local_hour = whole("hour on the wall clock", unit="hour 0–23", key=True, minimum=0)
    days = whole("trading days of that weekday in the data", unit="days", minimum=1)
    transactions = whole("completed transactions", unit="transactions", minimum=0)
    gross_sales_minor = minor("completed totals, tax included")


class SalesProducts(Table):
    """What sold."""

    __tablename__ = "sales_products"
    __grain__ = "one product"
    product_id = text("what", key=True)
    product_name = text("name")
    product_category = text("category", null=True)
    transactions = whole("completed transactions with it", unit="transactions", minimum=0)
    units = real("units sold", unit="units")
    line_sales_minor = minor("line totals before transaction discount and tax")


class SalesLocations(Table):
    """Where it sold."""

    __tablename__ = "sales_locations"
    __grain__ = "one location"
    location_id = text("where", key=True)
    location_name = text("name")
    location_type = text("kind of place", null=True)
    city = text("city", null=True)
    trading_days = whole("business days with a completed transaction", unit="days", minimum=0)
    transactions = whole("completed transactions", unit="transactions", minimum=0)
    gross_sales_minor = minor("completed totals, tax included")
    net_sales_minor = minor("completed totals less refunded totals")
    refunds = whole("refunded transactions", unit="transactions", minimum=0)


class SalesAnomalies(Table):
    """Days that took far more or far less than such a day usually does."""

    __tablename__ = "sales_anomalies"
    __grain__ = "one place, or all together, on one business day"
    location_id = text("where; * is all places together", key=True)
    business_date = day("trading day", key=True)
    direction = text("whether it took more or less than usual, or nothing", words=("above", "below", "no sale"))
    found_minor = minor("takings")
    usual_minor = minor("takings such a day usually has")
    score = real("distance from usual in robust standard deviations; none without a sale", null=True)
    reason = text("what goes with it, in words; none if nothing was found", null=True)


class CustomerSegments(Table):
    """Customers by how recently, how often and for how much they buy."""

    __tablename__ = "customer_segments"
    __grain__ = "one customer with a completed transaction"
    customer_id = text("who", key=True, sensitivity="personal")
    transactions = whole("completed transactions", unit="transactions", minimum=1)
    first_day = day("business day of the first")
    last_day = day("business day of the latest")
    recency_days = whole("days from the latest to the last day of the data", unit="days", minimum=0)
    gross_sales_minor = minor("completed totals, tax included")
    recency_score = whole("1 to 5, 5 is most recent", minimum=1)
    frequency_score = whole("1 to 5, 5 is most often", minimum=1)
    money_score = whole("1 to 5, 5 is most", minimum=1)
    segment = text("what the three scores, and for new customers the first day, are called")


class BasketPairs(Table):
    """Products bought together."""

    __tablename__ = "basket_pairs"
    __grain__ = "one pair of products found in one basket or more, in the order of their ids"
    product_a = text("first product", key=True)
    product_b = text("second product", key=True)
    baskets = whole("completed transactions with both", unit="transactions", minimum=1)
    support = real("share of all completed transactions with both", unit="share of one", minimum=0)
    confidence_a_b = real("share of the baskets with the first that hold the second", unit="share of one", minimum=0)
    confidence_b_a = real("share of the baskets with the second that hold the first", unit="share of one", minimum=0)
    lift = real("support over what chance alone would give", unit="ratio", minimum=0)


class Forecast(Table):
    """What is expected on coming days."""

    __tablename__ = "forecast"
    __grain__ = "one measure of one place, category or product on one coming business day"
    level = text("what it adds up", key=True, words=FORECAST_LEVELS)
    location_id = text("where; * is all places, + those without a row of their own", key=True)
    category = text("category of the product; * is all, + those without a row of their own", key=True)
    product_id = text("what; * is all products, + those without a row of their own", key=True)
    measure = text("gross_sales (minor units) or units", key=True)
    business_date = day("coming trading day", key=True)
    model = text("which model, auto for a weighted choice")
    expected = real("expected value; the parts add up to their whole", minimum=0)
    low_80 = real("lower end of the band that holds 80 % of days; none where it cannot be told", null=True, minimum=0)
    high_80 = real("upper end of that band", null=True)
    low_95 = real("lower end of the band that holds 95 % of days", null=True, minimum=0)
    high_95 = real("upper end of that band", null=True)
    prepare = real(
        "how much to have ready, where running out and throwing away cost as the scenario says", null=True, minimum=0
    )


class ForecastScores(Table):
    """How well each model did on days it had not seen."""

    __tablename__ = "forecast_scores"
    __grain__ = "one model on one measure of one place, category or product"
    level = text("what it adds up", key=True, words=FORECAST_LEVELS)
    location_id = text("where; * is all places, + those without a row of their own", key=True)
    category = text("category of the product; * is all, + those without a row of their own", key=True)
    product_id = text("what; * is all products, + those without a row of their own", key=True)
    measure = text("gross_sales (minor units) or units", key=True)
    model = text("which model", key=True)
    days = whole("forecasts scored", unit="days", minimum=0)
    wape = real("sum of absolute errors over sum of values", unit="share of one", null=True, minimum=0)
    mase = real("mean absolute error over that of the same weekday a week before", unit="ratio", null=True, minimum=0)
    rmsse = real("root mean square error over that of the day before", unit="ratio", null=True, minimum=0)
    mape = real("mean of absolute errors over values above 0", unit="share of one", null=True, minimum=0)
    rmse = real("root mean square error, in units of the measure", null=True, minimum=0)
    r2 = real("share of the variance explained", unit="share of one", null=True)
    bias = real("sum of errors over sum of values; above 0 forecasts too much", unit="share of one", null=True)
    coverage_80 = real(
        "share of open days within a band made of errors known before them", unit="share of one", null=True, minimum=0
    )
    coverage_95 = real("the same of the wider band", unit="share of one", null=True, minimum=0)
    width_80 = real("mean width of the band over the mean value", unit="share of one", null=True, minimum=0)
    error_minor = minor(
        "what a day's error costs: money missed for takings, waste and lost margin for units", null=True
    )
    chosen = text("whether its forecast is used", words=("yes", "no"))


class ForecastModels(Table):
    """Which models the forecast of each series is made of."""

    __tablename__ = "forecast_models"
    __grain__ = "one model in the forecast of one series"
    level = text("what it adds up", key=True, words=FORECAST_LEVELS)
    location_id = text("where; * is all places, + those without a row of their own", key=True)
    category = text("category of the product; * is all, + those without a row of their own", key=True)
    product_id = text("what; * is all products, + those without a row of their own", key=True)
    measure = text("gross_sales (minor units) or units", key=True)
    model = text("which model", key=True)
    weight = real("its part of the forecast", unit="share of one", minimum=0)
    fallback = text("whether it stands in because no other beat it", words=("yes", "no"))
    reason = text("why", null=True)


class ForecastSaid(Table):
    """We said, it was: forecasts beside what came."""

    __tablename__ = "forecast_said"
    __grain__ = "one forecast of one past day"
    level = text("what it adds up", key=True, words=FORECAST_LEVELS)
    location_id = text("where; * is all places, + those without a row of their own", key=True)
    category = text("category of the product; * is all, + those without a row of their own", key=True)
    product_id = text("what; * is all products, + those without a row of their own", key=True)
    measure = text("gross_sales (minor units) or units", key=True)
    said_on = day("last day that was known", key=True)
    business_date = day("the day that was forecast", key=True)
    expected = real("what was expected", minimum=0)
    low_80 = real("lower end of its band", null=True, minimum=0)
    high_80 = real("upper end of its band", null=True)
    found = real("what came; 0 on closed days", minimum=0)
    kept = text("yes: kept from an earlier run; no: said afterwards, from what was known then", words=("yes", "no"))


class StockPosition(Table):
    """What is on hand and how long it lasts."""

    __tablename__ = "stock_position"
    __grain__ = "one product at one location at the end of the data"
    location_id = text("where", key=True)
    product_id = text("what", key=True)
    as_of = day("last business day of the movements")
    on_hand = real("sum of all movements", unit="units")
    on_order = real("ordered and not yet received", unit="units", minimum=0)
    daily_demand = real(
        "mean units sold a day while in stock; none if out too long", unit="units", null=True, minimum=0
    )
    cover_days = real("days the stock lasts at that demand", unit="days", null=True)
    lead_time_days = real(
        "mean days from order to receipt: of the product, else of its suppliers, else of all orders",
        unit="days", null=True, minimum=0,
    )  # fmt: skip
    last_sold = day("last business day with a sale", null=True)
    stock_value_minor = minor("on hand at the latest cost", null=True)
    state = text("out, low (cover under lead time), fine, over (lasts too long), dead (no sale)", words=STOCK_STATES)


class Alerts(Table):
    """What needs a person."""

    __tablename__ = "alerts"
    __grain__ = "one problem"
    alert_id = text("the same problem keeps its key, whatever its figures", key=True)
    rule = text("which rule found it")
    severity = text("how soon somebody should look", words=SEVERITIES)
    location_id = text("where; none is the whole shop", null=True)
    product_id = text("what", null=True)
    since = day("first business day it was seen")
    sentence = text("what is the matter, in one sentence")
    found = real("figure that broke the rule", null=True)
    usual = real("figure to be expected", null=True)
    money_minor = minor("money at stake", null=True)

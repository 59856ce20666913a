"""The parts of the world one by one, beside slow twins."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplib.base import seeds
from shoplib.config.worlds import RetailWorld
from shoplib.simulate import calendar
from shoplib.simulate.retail import baskets, customers, goods, ordering, orders, prices, refunds, stores, suppliers
from shoplib.simulate.retail.baskets import Baskets
from shoplib.simulate.retail.grocery import grocery

CLOSES = dt.time(20)


@given(st.lists(st.integers(1, 999_999_999), min_size=1, max_size=20))
def test_barcodes_have_the_right_check_digit(numbers: list[int]) -> None:
    for code in goods.barcodes(np.array(numbers)):
        assert len(code) == 13
        digits = [int(mark) for mark in code]
        assert (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0


def test_a_published_barcode() -> None:
    known = "4006381333931"  # the example of many descriptions of EAN-13
    assert (sum(map(int, known[::2])) + 3 * sum(map(int, known[1::2]))) % 10 == 0


@given(st.lists(st.floats(0.01, 1e7), min_size=1, max_size=20))
def test_rounded_prices_stay_near_and_whole(amounts: list[float]) -> None:
    found = goods.rounded(np.array(amounts))
    assert (found >= 1).all()
    assert (np.abs(found - np.maximum(amounts, 1)) <= np.maximum(0.5, 0.013 * np.array(amounts))).all()


def test_fewer_products_are_the_best_of_each_category() -> None:
    asked = RetailWorld(products=23)
    known = goods.goods(asked, grocery(), "GBP", 366, 1)
    assert np.bincount(known.category).tolist() == [3, 3, 3, 2, 2, 2, 2, 2, 2, 2]
    assert known.names[:3] == grocery()["Bakery"].products[:3]
    assert known.popularity.sum() == pytest.approx(1)
    assert len(set(goods.goods(RetailWorld(), grocery(), "GBP", 366, 1).names)) == 100


def test_popularity_has_a_long_tail() -> None:
    known = goods.goods(RetailWorld(), grocery(), "GBP", 366, 1)
    ranked = np.sort(known.popularity)[::-1]
    assert ranked[:20].sum() > 0.38
    assert ranked[50:].sum() < 0.25
    assert known.slow.sum() == 5
    assert (known.dead_from < 366).sum() == 4
    assert not (known.slow & (known.dead_from < 366)).any()


def test_prices_change_on_mondays_and_keep_their_history() -> None:
    when = calendar.days(dt.date(2024, 1, 1), dt.date(2024, 12, 31))
    known = goods.goods(RetailWorld(), grocery(), "GBP", len(when), 1)
    price, cost = prices.price_ladder(known, when, 1), prices.cost_ladder(known, when, 1)
    product, day, listed, costs = prices.dated(known, price, cost)
    assert (np.bincount(product) >= 1).all()
    assert ((day == 0) | (when.weekday[day] == 0)).all()
    for at in range(len(product)):
        assert listed[at] == price.at(day[at : at + 1], product[at : at + 1])[0]
        assert costs[at] == cost.at(day[at : at + 1], product[at : at + 1])[0]


def some_baskets(draw: st.DrawFn) -> tuple[Baskets, int]:
    products = draw(st.integers(1, 5))
    number = draw(st.integers(1, 12))
    pair = np.sort(np.array(draw(st.lists(st.integers(0, 3), min_size=number, max_size=number))))
    rows = [
        (basket, product, draw(st.integers(1, 4)))
        for basket in range(number)
        for product in sorted(draw(st.sets(st.integers(0, products - 1), min_size=1)))
    ]
    lines = np.array(rows).T
    return Baskets(pair, np.arange(number) * 60, *lines), products


@given(st.data())
def test_first_come_first_served(data: st.DataObject) -> None:
    wish, products = some_baskets(data.draw)
    cell = baskets.cells(wish, products)
    asked = np.bincount(cell, weights=wish.quantity, minlength=4 * products).astype(int)
    sold = np.array([data.draw(st.integers(0, int(units))) for units in asked])
    served = baskets.fulfilled(wish, cell, sold)
    left, rows = sold.copy(), []
    for basket, product, quantity in zip(wish.basket, wish.product, wish.quantity, strict=True):
        at = wish.pair[basket] * products + product
        got = min(left[at], quantity)
        left[at] -= got
        if got:
            rows.append((wish.pair[basket], wish.second[basket], product, got))
    found = zip(served.pair[served.basket], served.second[served.basket], served.product, served.quantity, strict=True)
    assert list(found) == rows
    assert (served.counts > 0).all()


@given(st.data())
def test_baskets_are_cut_to_the_number_wanted(data: st.DataObject) -> None:
    served, products = some_baskets(data.draw)
    wanted = data.draw(st.integers(len(served.pair), int(served.quantity.sum())))
    cut = baskets.split(served, wanted, CLOSES, products, 1)
    assert len(cut.pair) == wanted
    assert (cut.counts > 0).all()
    assert (np.diff(cut.pair) >= 0).all()
    both = []
    for part in (served, cut):
        cell = baskets.cells(part, products)
        both.append(np.bincount(cell, weights=part.quantity, minlength=4 * products).tolist())
    assert both[0] == both[1]
    assert len(set(zip(cut.basket.tolist(), cut.product.tolist(), strict=True))) == len(cut.basket)


def test_the_next_open_day() -> None:
    shut = np.array([[0, 1], [1, 1], [0, 1]])
    assert stores.next_open(shut).tolist() == [[0, 3], [2, 3], [2, 3], [3, 3]]


def test_every_product_has_a_supplier_and_some_have_two() -> None:
    known = goods.goods(RetailWorld(), grocery(), "GBP", 366, 1)
    for number in (1, 2, 6, 40):
        made = suppliers.suppliers(
            RetailWorld(suppliers=number), known, np.full((5, 100), 1.5), np.full(100, 200), "GBP", 1
        )
        assert (made.of[0] >= 0).all()
        assert (made.of[0] < number).all()
        assert (made.of[1] != made.of[0]).all()
        assert len(set(made.names)) == number
        two = (made.of[1] >= 0).mean()
        assert two == 0 if number < 3 else 0 < two < 0.6  # of two one brings fresh goods, one the others


def test_orders_below_the_least_worth_are_raised_or_wait() -> None:
    order = np.array([0, 0, 1, 2])
    worth, least = np.array([30, 30, 10, 10]), np.array([100, 100, 100, 100])
    urgent = np.array([False, False, False, True])
    assert ordering.met_minimum(order, worth, least, urgent).tolist() == [2, 2, 0, 3]


@given(st.integers(0, 2**32), st.floats(0, 1))
def test_wrong_records_keep_something_as_something(seed: int, share: float) -> None:
    rng = seeds.stream(seed, "test")
    units = rng.integers(0, 40, 50)
    written = orders.misread(units, rng.integers(1, 13, 50), share, rng)
    assert ((written > 0) == (units > 0)).all()
    if share == 0:
        assert (written == units).all()


def test_a_buyer_learns_the_pace_and_gives_up_on_the_dead() -> None:
    known = goods.goods(RetailWorld(products=10), grocery(), "GBP", 400, 1)
    carried = np.ones((1, 10), dtype=bool)
    mind = ordering.buyer(np.full((400, 1, 10), 5.0), carried, 0.95, seeds.stream(1, "test"))
    assert not np.allclose(mind.pace, 1, atol=0.05)
    sold = np.full((1, 10), 10)
    sold[0, 3] = 0
    for day in range(300):
        mind.learn(day, sold, np.zeros((1, 10), dtype=bool))
    level = ordering.order_up_to(mind, 300, np.full(10, 7), known, 0.0)
    assert level[0, 3] == 0
    assert (np.delete(mind.pace[0], 3) > 1.95).all()
    assert (np.delete(level[0], 3) >= 70).all()


@pytest.mark.parametrize(("transactions", "share", "wanted"), [(0, 0.02, 0), (1, 0.5, 0), (3, 0.5, 1), (50, 0.02, 1)])
def test_refunds_never_outnumber_sales(transactions: int, share: float, wanted: int) -> None:
    assert refunds.number(transactions, share) == wanted


def test_cards_belong_to_people_who_are_there() -> None:
    who = customers.people(RetailWorld(customers=200), np.array([1.0, 2.0]), 100, "en_GB", 1)
    rng = seeds.stream(1, "test")
    store, day = rng.integers(0, 2, 4_000), rng.integers(0, 100, 4_000)
    found = customers.buyers(who, store, day, 0.6, 2, 1)
    assert (found >= 0).mean() == pytest.approx(0.6, abs=0.01)
    shown = found >= 0
    assert (who.joined[found[shown]] <= day[shown]).all()
    assert (day[shown] < who.left[found[shown]]).all()
    assert (who.home[found[shown]] == store[shown]).mean() > 0.9
    assert (customers.buyers(who, store, day, 0.0, 2, 1) == -1).all()

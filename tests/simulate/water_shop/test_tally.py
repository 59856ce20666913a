"""Counts agree with their shares and with one another, and parts drawn at once with the plain loop."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplib.config.worlds import CanSize, WaterShopWorld
from shoplib.simulate.water_shop import days, parties, people, prices, sales, tally

share = st.floats(0, 0.8)


@given(st.integers(0, 50_000), share, share, share, share)
def test_exactly_the_rows_asked_for(rows, looked, walked, walk_in, missing):
    asked = WaterShopWorld(
        only_looked_share=looked, walked_off_share=walked, walk_in_share=walk_in, missing_sale_share=missing
    )
    found = tally.for_rows(asked, rows)
    assert found.sales - found.missing == rows
    assert min(found.parties, found.looked, found.walked, found.walk_ins, found.missing) >= 0
    assert abs(found.walk_ins - walk_in * found.sales) <= 1
    assert abs(found.missing - missing * found.sales) <= 1
    assert abs(found.looked - looked * found.parties) <= 1
    assert abs(found.walked - walked * (found.parties - found.looked)) <= 3
    again = tally.for_encounters(asked, found.encounters)
    assert abs(again.sales - found.sales) <= 3 + 0.01 * found.sales


@given(st.integers(1, 20_000), st.floats(0, 1))
def test_people_who_come_together_are_the_share_asked_for(number, group_share):
    sizes = tally.sizes(number, group_share)
    visits = sum(size * count for size, count in sizes.items())
    together = visits - sizes[1] + 2 * min(tally.pairs(number, group_share), sizes[1] // 2)
    assert sum(sizes.values()) == number
    assert together / visits == pytest.approx(group_share, abs=0.004 + 5 / number)
    assert number / visits == pytest.approx(tally.parties_a_visit(group_share), abs=0.004 + 5 / number)


@given(st.lists(st.integers(0, 12), min_size=1, max_size=10), st.floats(0, 1), st.integers(0, 99))
def test_partners_are_pairs_of_single_parties_of_one_day(counts, group_share, seed):
    wanted = tally.Tally(sum(counts) - sum(counts) // 5, 0, 0, sum(counts) // 5, 0)
    found = parties.parties(np.array(counts), wanted, group_share, seed)
    assert np.bincount(found.day, minlength=len(counts)).tolist() == counts
    for party, partner in enumerate(found.partner):
        if partner >= 0:
            assert found.size[party] == 1
            assert not found.walk_in[party]
            assert found.day[party] == found.day[partner]
            assert (found.partner == partner).sum() == 2
    place = parties.places(found)
    assert place.party.tolist() == [party for party, size in enumerate(found.size) for _ in range(size)]
    assert place.lead.tolist() == [first == 0 for size in found.size for first in range(size)]


@given(st.lists(st.integers(1, 9), min_size=1, max_size=60), st.integers(0, 99))
def test_sizes_hold_their_share_of_the_cans_to_within_one_party(taken, seed):
    known = people.crowd(30, days.days(WaterShopWorld().start, WaterShopWorld().end, 1), 0.1, seed)
    rng = np.random.default_rng(seed)
    person = rng.integers(0, 40, len(taken))
    cans = np.array(taken)
    shares = {10: 0.35, 20: 0.65}
    size = sales.sizes(cans, people.kind_of(person, known), person, known, shares, rng)
    made = np.bincount(size, weights=cans, minlength=2) / cans.sum()
    assert abs(made[0] - 0.35) <= max(taken) / cans.sum()


def test_a_day_draws_no_customer_twice_and_nobody_who_left():
    when = days.days(WaterShopWorld().start, WaterShopWorld().end, 1)
    known = people.crowd(200, when, 0.3, 5)
    counts = np.where(when.open, 90, 0)
    day = np.repeat(np.arange(len(when)), counts)
    person = people.who(np.ones(len(day), dtype=bool), counts, known, when, 5)
    customer = person < len(known)
    pairs = day[customer] * len(known) + person[customer]
    assert len(np.unique(pairs)) == len(pairs)
    assert (day[customer] < known.stops[person[customer]]).all()
    assert (day[customer] >= known.joins[person[customer]]).all()
    assert len(np.unique(person[~customer])) == (~customer).sum()
    assert 0.6 < customer.mean() <= people.MOST_KNOWN


@given(st.floats(0.02, 500), st.sampled_from(["INR", "JPY", "KWD"]), st.integers(0, 99))
def test_the_new_price_is_higher_and_round(price, currency, seed):
    when = days.days(WaterShopWorld().start, WaterShopWorld().end, 1)
    found = prices.prices([CanSize(litres=20, price=price, share=1)], when, currency, seed).price[:, 0]
    assert found[0] >= 1
    assert found[0] < found[1] <= max(found[0] + 1, found[0] * 1.5)

"""Random streams: the same path gives the same numbers, another path other ones."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shoplib.base import seeds

NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=5)
PATHS = st.lists(NAMES, max_size=4).map(tuple)


def test_numbers_are_the_same_on_every_machine():
    assert seeds.stream(1, "prices").integers(0, 1000, 5).tolist() == [390, 131, 380, 41, 261]


@given(st.integers(0, 2**40), PATHS, st.integers(0, 2**40), PATHS)
def test_two_paths_share_no_numbers(seed, names, other_seed, other_names):
    mine = seeds.stream(seed, *names).integers(0, 2**62, 8)
    other = seeds.stream(other_seed, *other_names).integers(0, 2**62, 8)
    assert np.array_equal(mine, other) == ((seed, names) == (other_seed, other_names))


def test_drawing_from_one_stream_leaves_its_neighbour_alone():
    alone = seeds.stream(7, "staff").random(4)
    seeds.stream(7, "prices").random(1_000)
    assert np.array_equal(seeds.stream(7, "staff").random(4), alone)


def test_streams_are_not_correlated():
    one, two = (seeds.stream(3, name).random(20_000) for name in ("a", "b"))
    assert abs(np.corrcoef(one, two)[0, 1]) < 4 / np.sqrt(20_000)

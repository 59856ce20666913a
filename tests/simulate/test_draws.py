"""Drawing many at once agrees with drawing one by one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shoplib.simulate import draws


@given(st.integers(0, 10_000), st.lists(st.integers(1, 1_000), min_size=1, max_size=6))
def test_counts_add_up_and_stay_within_one_of_their_share(total: int, parts: list[int]) -> None:
    shares = {str(i): part / sum(parts) for i, part in enumerate(parts)}
    counts = draws.allocate(total, shares)
    assert sum(counts.values()) == total
    assert all(abs(counts[name] - total * share) < 1 + 1e-6 for name, share in shares.items())


def test_a_share_of_nothing_gets_nothing() -> None:
    assert draws.allocate(7, {"a": 0.0, "b": 1.0}) == {"a": 0, "b": 7}


def test_picks_follow_the_weights_of_their_group() -> None:
    weights = np.array([[0.0, 1.0, 3.0, 0.0], [5.0, 0.0, 0.0, 5.0]])
    group = np.repeat([0, 1], 40_000)
    found = draws.pick(np.random.default_rng(1), weights, group)
    for row in (0, 1):
        share = np.bincount(found[group == row], minlength=4) / 40_000
        assert np.abs(share - weights[row] / weights[row].sum()).max() < 0.01
        assert (share[weights[row] == 0] == 0).all()


def test_chosen_positions_are_different_and_prefer_the_heavy() -> None:
    weights = np.where(np.arange(10_000) < 1_000, 6.0, 1.0)
    at = draws.chosen(np.random.default_rng(1), 300, weights)
    assert len(np.unique(at)) == 300
    assert abs((at < 1_000).sum() - 120) < 30
    assert draws.chosen(np.random.default_rng(1), 10_000, weights).tolist() == list(range(10_000))
    assert draws.chosen(np.random.default_rng(1), 0, np.empty(0)).tolist() == []


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5)), max_size=20))
def test_ragged_is_the_plain_loop(pieces: list[tuple[int, int]]) -> None:
    starts = np.array([start for start, _ in pieces], dtype=np.int64)
    counts = np.array([count for _, count in pieces], dtype=np.int64)
    plain = [start + i for start, count in pieces for i in range(count)]
    assert draws.ragged(starts, counts).tolist() == plain


@given(st.lists(st.tuples(st.integers(0, 999_999_999), st.booleans()), max_size=20), st.integers(9, 14))
def test_codes_are_the_plain_format(cells: list[tuple[int, bool]], width: int) -> None:
    numbers = np.array([number for number, _ in cells], dtype=np.int64)
    present = np.array([there for _, there in cells], dtype=bool)
    plain = [f"AB{number:0{width}d}" for number in numbers]
    assert list(draws.codes(numbers, width, "AB")) == plain
    missing = draws.codes(numbers, width, "AB", present)
    assert missing.isna().tolist() == (~present).tolist()
    assert [text for text, there in zip(missing, present, strict=True) if there] == [
        text for text, there in zip(plain, present, strict=True) if there
    ]

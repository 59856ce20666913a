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


@given(st.lists(st.lists(st.integers(0, 1_000), min_size=3, max_size=3), min_size=1, max_size=4))
def test_alias_tables_hold_the_weights(rows: list[list[int]]) -> None:
    weights = np.array(rows, dtype=np.float64) ** 2
    table = draws.Alias(weights)
    width = 4
    cells = table._cells.reshape(len(rows), width)
    kept, other = (cells >> 16) / 65_536, cells & 65_535
    for row, asked in enumerate(weights):
        chance = np.zeros(width)
        for column in range(width):
            chance[column] += kept[row, column] / width
            chance[other[row, column]] += (1 - kept[row, column]) / width
        if asked.sum():
            assert np.abs(chance[:3] - asked / asked.sum()).max() < 4 / 65_536
            assert (chance[:3][asked == 0] == 0).all()


def test_quick_picks_follow_the_weights_of_their_group() -> None:
    weights = np.array([[0.0, 1.0, 3.0, 0.0, 0.0], [5.0, 0.0, 0.0, 5.0, 1.0]])
    group = np.repeat([0, 1], 40_000)
    found = draws.Alias(weights).pick(np.random.default_rng(1), group)
    for row in (0, 1):
        share = np.bincount(found[group == row], minlength=5) / 40_000
        assert np.abs(share - weights[row] / weights[row].sum()).max() < 0.01
        assert (share[weights[row] == 0] == 0).all()


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), max_size=200),
    st.lists(st.floats(0.01, 50), min_size=12, max_size=12),
    st.integers(0, 1_000),
)
def test_exact_counts_are_kept_whatever_the_weights(
    rows: list[tuple[int, int]], weights: list[float], seed: int
) -> None:
    group = np.array([at for at, _ in rows], dtype=np.int64)
    counts = np.bincount(np.array([choice for _, choice in rows], dtype=np.int64), minlength=4)
    made = draws.exactly(np.random.default_rng(seed), np.array(weights).reshape(3, 4), group, counts)
    assert np.bincount(made, minlength=4).tolist() == counts.tolist()


def test_exact_counts_lean_to_the_heavy() -> None:
    group = np.repeat([0, 1], [9_000, 1_000])
    made = draws.exactly(np.random.default_rng(1), np.array([[1.0, 1.0], [1.0, 6.0]]), group, np.array([9_800, 200]))
    assert (made == 1).sum() == 200
    assert abs((made[group == 1] == 1).sum() - 80) < 30


@given(st.lists(st.integers(0, 60), min_size=1, max_size=5), st.lists(st.integers(0, 100), max_size=8))
def test_totals_are_dealt_out_to_the_last_one(totals: list[int], sizes: list[int]) -> None:
    sizes = [size for at, size in enumerate(sizes) if sum(sizes[: at + 1]) <= sum(totals)]
    sizes.append(sum(totals) - sum(sizes))
    rows = draws.dealt(np.array(totals), np.array(sizes))
    assert rows.sum(axis=0).tolist() == totals
    assert rows.sum(axis=1).tolist() == sizes
    assert (rows >= 0).all()


def test_words_are_the_two_halves_of_each_number() -> None:
    raw = np.random.default_rng(5).bit_generator.random_raw(2)
    found = draws.words(np.random.default_rng(5), 3)
    assert found.tolist() == [raw[0] & 0xFFFFFFFF, raw[0] >> np.uint64(32), raw[1] & 0xFFFFFFFF]


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

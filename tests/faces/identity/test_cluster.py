"""Grouping beside a second implementation, and what the constraint promises."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist, squareform

from shoplib.faces.identity import cluster


def points(seed: int, count: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 1, (count, 3))


def free(count: int) -> np.ndarray:
    return np.zeros((count, count), dtype=bool)


def same_parts(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(((one[:, None] == one[None]) == (other[:, None] == other[None])).all())


@given(st.integers(0, 1_000), st.integers(2, 25), st.floats(0.2, 3))
@settings(max_examples=60, deadline=None)
def test_without_constraints_it_is_scipys_average_linkage(seed, count, cut):
    places = points(seed, count)
    mine = cluster.grouped(squareform(pdist(places)), np.ones(count), free(count), cut)
    assert same_parts(mine, fcluster(linkage(places, "average"), cut, "distance"))
    assert mine[0] == 0
    assert list(dict.fromkeys(mine.tolist())) == list(range(mine.max() + 1))


@given(st.integers(0, 1_000), st.integers(1, 20), st.floats(0.5, 5))
@settings(max_examples=60, deadline=None)
def test_those_seen_together_are_never_joined(seed, count, cut):
    rng = np.random.default_rng(seed)
    apart = np.triu(rng.random((count, count)) < 0.2, 1)
    apart |= apart.T
    group = cluster.grouped(squareform(pdist(points(seed, count))), np.ones(count), apart, cut)
    assert not (apart & (group[:, None] == group[None])).any()


@given(st.integers(0, 1_000), st.integers(2, 15))
@settings(max_examples=30, deadline=None)
def test_the_order_of_tracks_does_not_matter(seed, count):
    far, order = squareform(pdist(points(seed, count))), np.random.default_rng(seed).permutation(count)
    one = cluster.grouped(far, np.ones(count), free(count), 1.2)
    other = cluster.grouped(far[np.ix_(order, order)], np.ones(count), free(count), 1.2)
    assert same_parts(one[order], other)


def test_distances_are_the_mean_over_pairs_of_faces():
    prints, owner = points(1, 9), np.array([0, 1, 1, 2, 0, 2, 2, 1, 0])
    far = squareform(pdist(prints))
    naive = [[np.mean([far[i, j] for i in range(9) for j in range(9) if owner[i] == a and owner[j] == b])
              for b in range(3)] for a in range(3)]  # fmt: skip
    assert cluster.distances(prints, owner, 3) == pytest.approx(np.array(naive), abs=1e-7)


def test_a_heavy_group_pulls_the_mean():
    far = np.array([[0.0, 0.1, 0.5], [0.1, 0.0, 1.0], [0.5, 1.0, 0.0]])
    assert cluster.grouped(far, np.array([9.0, 1, 1]), free(3), 0.6).tolist() == [0, 0, 0]
    assert cluster.grouped(far, np.array([1.0, 9, 1]), free(3), 0.6).tolist() == [0, 0, 1]


def test_nothing_gives_nothing():
    assert cluster.grouped(np.empty((0, 0)), np.empty(0), free(0), 0.5).tolist() == []
    assert cluster.grouped(np.zeros((1, 1)), np.ones(1), free(1), 0.5).tolist() == [0]


@pytest.mark.parametrize(
    ("who", "runs"),
    [
        ("aaaa", [0, 0, 0, 0]),
        ("aabb", [0, 0, 1, 1]),
        ("aabaa", [0, 0, 0, 0, 0]),
        ("aab", [0, 0, 0]),
        ("aabbaa", [0, 0, 1, 1, 2, 2]),
        ("a", [0]),
    ],
)
def test_a_track_is_cut_where_another_person_takes_over(who, runs):
    rng = np.random.default_rng(1)
    faces = np.array([[0.0, 0.0] if name == "a" else [1.0, 0.0] for name in who]) + rng.normal(0, 0.05, (len(who), 2))
    assert cluster.runs(faces, 0.5).tolist() == runs

"""Odd photos come back to their person, and strangers do not."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shoplib.faces.photos.leftovers import brought_back

LIMIT = 0.55
NOBODY = np.zeros((9, 9), dtype=bool)
GROUP = np.array([0, 0, 0, 1, 1, 1, 2, 2, 3])


def distances(odd_to_own: list[float], odd_to_other: float = 0.75) -> np.ndarray:
    """Return distances of three people and of one odd photo, the last row."""
    far = np.full((9, 9), 0.75)
    for people in (slice(0, 3), slice(3, 6), slice(6, 8)):
        far[people, people] = 0.4
    far[8, :] = far[:, 8] = odd_to_other
    far[8, :3] = far[:3, 8] = odd_to_own
    np.fill_diagonal(far, 0)
    return far


def test_a_photo_far_on_the_mean_but_near_to_some_comes_back():
    assert brought_back(GROUP, distances([0.5, 0.6, 0.65]), NOBODY, LIMIT).tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 0]


def test_a_photo_near_to_none_stays_out():
    assert brought_back(GROUP, distances([0.56, 0.57, 0.57]), NOBODY, LIMIT).tolist() == GROUP.tolist()


def test_a_photo_too_far_on_the_mean_stays_out():
    assert brought_back(GROUP, distances([0.5, 0.7, 0.7]), NOBODY, LIMIT).tolist() == GROUP.tolist()


def test_a_photo_as_near_to_somebody_else_stays_out():
    assert brought_back(GROUP, distances([0.5, 0.6, 0.6], 0.58), NOBODY, LIMIT).tolist() == GROUP.tolist()


def test_somebody_on_the_same_photo_is_somebody_else():
    apart = NOBODY.copy()
    apart[8, 1] = apart[1, 8] = True
    assert brought_back(GROUP, distances([0.5, 0.6, 0.6]), apart, LIMIT).tolist() == GROUP.tolist()


def test_two_odd_faces_of_one_photo_do_not_both_come_back():
    far = np.pad(distances([0.5, 0.6, 0.6]), (0, 1), mode="edge")
    far[9, 9], far[8, 9], far[9, 8] = 0, 0.8, 0.8
    far[9, :3] = far[:3, 9] = 0.55
    far[9, 0] = far[0, 9] = 0.52
    apart = np.zeros((10, 10), dtype=bool)
    apart[8, 9] = apart[9, 8] = True
    assert brought_back(np.append(GROUP, 4), far, apart, LIMIT).tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 3, 0]


def test_two_people_give_nothing_to_compare_with():
    far = distances([0.5, 0.6, 0.6])[np.ix_([0, 1, 2, 8], [0, 1, 2, 8])]
    assert brought_back(np.array([0, 0, 0, 1]), far, NOBODY[:4, :4], LIMIT).tolist() == [0, 0, 0, 1]


@given(st.integers(0, 2**32 - 1), st.integers(1, 25))
def test_groups_are_only_ever_joined_and_never_across_a_photo(seed, count):
    rng = np.random.default_rng(seed)
    prints = rng.normal(size=(count, 3)) / 3
    far = np.linalg.norm(prints[:, None] - prints[None], axis=2)
    group = np.arange(count) // rng.integers(1, 5)
    apart = (rng.random((count, count)) < 0.1) & (group[:, None] != group[None])
    apart |= apart.T
    joined = brought_back(group, far, apart, LIMIT)
    for name in np.unique(group):
        assert len(set(joined[group == name])) == 1
    assert not (apart & (joined[:, None] == joined[None])).any()

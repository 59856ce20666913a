"""How many people there may have been."""

from __future__ import annotations

import numpy as np

from shoplib.faces.identity import cluster


def near(studio, one, other, share):
    """Put the face of ``one`` on the way to that of another."""
    studio.faces[one] = studio.face(other) + (studio.face(one) - studio.face(other)) * share


def test_two_who_are_hard_to_tell_apart_widen_the_count(studio, walk):
    near(studio, "bob", "ann", 0.62)
    film = studio.film("a", [walk(who, at * 30, at * 30 + 6) for at, who in enumerate(["ann", "bob", "cid"])])
    found = studio.people(film)
    assert found.between == (2, 3)
    assert found.sweep["people"].is_monotonic_decreasing
    assert found.sweep["people"].iloc[[0, -1]].tolist() == [3, 2]
    assert studio.people(film).between == found.between


def test_a_customer_whose_faces_are_far_apart_is_unsure_and_asked_about(studio, walk):
    studio.noise = 0.54
    film = studio.film("a", [walk(who, at * 30, at * 30 + 6) for at, who in enumerate(["ann", "ann", "ann", "cid"])])
    studio.cameras = studio.cameras.model_copy(update={"max_distance": 0.56})
    found = studio.people(film)
    assert found.customer == ["F0001", "F0001", "F0001", "F0002"]
    assert found.unsure == {"F0001"}
    asked = found.review[found.review["kind"] == "unsure"].iloc[0]
    assert asked["question"] == "Are all faces of F0001 one person?"
    assert asked["one_at"] and asked["other_at"]


def test_weights_stand_for_faces_drawn_more_than_once():
    rng = np.random.default_rng(5)
    prints, owner, weight = rng.normal(0, 1, (9, 4)), np.repeat([0, 1, 2], 3), rng.integers(0, 3, 9)
    often = np.repeat(np.arange(9), weight)
    plain = cluster.sums(prints[often], owner[often], 3)
    assert np.allclose(cluster.sums(prints, owner, 3, weight.astype(float)), plain, atol=1e-6)

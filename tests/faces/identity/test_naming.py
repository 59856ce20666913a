"""Who is who on footage that was never filmed: hard rules, order, keys that last, modes."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shoplib.config.models import Shop
from shoplib.errors import SourceError
from shoplib.faces.identity import naming
from shoplib.faces.identity.gallery import Gallery
from shoplib.store.keyring import open_keyring

DAY = dt.timedelta(days=1)
WALKS = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.integers(0, 100), st.integers(2, 9), st.sampled_from([36, 50, 80])),
    min_size=1, max_size=5,
)  # fmt: skip
CLIPS = st.lists(st.tuples(WALKS, st.integers(0, 2), st.sampled_from(["door", "till"])), min_size=1, max_size=2)
CHECKS = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def filmed(studio, walk, clips):
    return [
        studio.film(f"{at} {camera}", [walk(who, begins, begins + lasts, x=90 * place, width=width)
                                       for place, (who, begins, lasts, width) in enumerate(walks)],
                    studio_start(day), camera)
        for at, (walks, day, camera) in enumerate(clips)
    ]  # fmt: skip


def studio_start(day: int) -> dt.datetime:
    return dt.datetime(2026, 3, 2 + day, 9, tzinfo=dt.UTC)


def gallery(folder) -> Gallery:
    return Gallery.open(folder / "gallery", open_keyring("shop", {}, "NO_SUCH_KEY", folder / "keys"))


def test_people_are_told_apart_and_numbered_as_they_come(studio, walk):
    found = studio.people(
        studio.film("two", [walk("bob", 0, 5), walk("cid", 9, 14)], studio_start(1)),
        studio.film("one", [walk("ann", 0, 5), walk("bob", 2, 8, x=400), walk("ann", 60, 65)], studio_start(0)),
    )
    assert found.customer == ["F0001", "F0002", "F0001", "F0002", "F0003"]
    assert found.between == (3, 3)
    assert found.sweep["people"].tolist() == [3] * 10
    assert found.sweep["max_distance"].iloc[[0, -1]].tolist() == [0.44, 0.62]
    assert found.unsure == frozenset()
    assert found.lost == ()


@CHECKS
@given(CLIPS)
def test_two_seen_at_once_by_one_camera_are_never_one_person(studio, walk, clips):
    found = studio.people(*filmed(studio, walk, clips))
    key = np.array([name or f"nobody {at}" for at, name in enumerate(found.customer)])
    assert not (found.pieces.apart & (key[:, None] == key[None])).any()
    for faces in found.faces:
        known = faces.dropna(subset=["customer_id"])
        assert not known.duplicated(["frame", "customer_id"]).any()
        assert known.groupby("track")["customer_id"].nunique().le(1).all()


@CHECKS
@given(CLIPS, st.randoms(use_true_random=False))
def test_the_order_in_which_clips_are_given_does_not_matter(studio, walk, clips, random):
    films = filmed(studio, walk, clips)
    once = studio.people(*films)
    random.shuffle(films)
    assert studio.people(*films).customer == once.customer


@settings(CHECKS, max_examples=4)
@given(CLIPS, WALKS)
def test_footage_that_is_added_renumbers_nobody(studio, walk, tmp_path_factory, clips, more):
    films = filmed(studio, walk, clips)
    place = tmp_path_factory.mktemp("shop")
    first = gallery(place)
    before = studio.people(*films, known=first)
    first.save(before, [one.watched for one in films])
    added = studio.film("added", [walk(who, at, at + lasts, x=90 * place, width=width)
                                  for place, (who, at, lasts, width) in enumerate(more)], studio_start(-1))  # fmt: skip
    known = set(before.customer) - {None}
    alone = studio.people(added, known=gallery(place))
    together = studio.people(*films, added, known=gallery(place))
    mine = [
        name for name, clip in zip(together.customer, together.pieces.about["clip"], strict=True) if clip != "added"
    ]
    kept = zip(before.customer, mine, strict=True)
    assert all(then is None or then == now for then, now in kept)
    fresh = {name for found in (alone, together) for name in found.customer if name} - known
    assert all(name > max(known, default="F0000") for name in fresh)


def test_a_chain_of_likenesses_does_not_make_one_of_two(studio, walk):
    ann, dan = studio.face("ann"), studio.face("dan")
    off = (dan - ann) / np.linalg.norm(dan - ann)
    for step, name in enumerate(("a", "b", "c", "d")):
        studio.faces[name] = ann + off * 0.4 * step
    studio.noise = 0.05
    found = studio.people(studio.film("chain", [walk(name, at * 30, at * 30 + 5) for at, name in enumerate("abcd")]))
    assert found.customer == ["F0001", "F0001", "F0002", "F0002"]


def test_one_person_before_two_cameras_is_one(studio, walk):
    found = studio.people(
        studio.film("a", [walk("ann", 0, 9)], camera="door"), studio.film("b", [walk("ann", 4, 12)], camera="till")
    )
    assert found.customer == ["F0001", "F0001"]


def test_keys_of_a_day_say_nothing_of_other_days(studio, walk):
    films = [studio.film(str(day), [walk("ann", 0, 5), walk("bob", 20, 25)][:: 1 - 2 * (day % 2)], studio_start(day))
             for day in range(2)]  # fmt: skip
    found = studio.people(*films, mode="session")
    assert found.customer == ["S0302-01", "S0302-02", "S0303-01", "S0303-02"]
    assert found.between == (4, 4)


def test_a_business_day_lasts_into_the_night(studio, walk):
    film = studio.film("night", [walk("ann", 0, 5), walk("ann", 7_200, 7_205)],
                       dt.datetime(2026, 3, 2, 23, tzinfo=dt.UTC), seconds=8_000)  # fmt: skip
    assert studio.people(film, mode="session", shop=Shop()).customer == ["S0302-01", "S0302-01"]
    early = Shop(day_start=dt.time(0))
    assert studio.people(film, mode="session", shop=early).customer == ["S0302-01", "S0303-01"]


def test_who_only_counts_compares_no_face(studio, walk):
    film = studio.film("a", [walk("ann", 0, 5), walk("bob", 2, 8, x=400)])
    found = studio.people(film, mode="count")
    assert found.customer == [None, None]
    assert found.faces[0]["track"].nunique() == 2
    assert found.pieces.prints.size == 0
    assert found.between == (0, 0)


def test_no_footage_and_footage_of_nobody_have_nobody(studio):
    for films in ([], [studio.film("empty", [])]):
        found = naming.people([one.watched for one in films], studio.cameras, "recognise")
        assert found.customer == []
        assert found.between == (0, 0)
        assert found.review.empty
        assert [list(faces.columns[-1:]) for faces in found.faces] == [["customer_id"]] * len(films)


def test_only_those_who_agreed_get_a_key(studio, walk, tmp_path):
    kept = gallery(tmp_path)
    photos = studio.face("bob") + np.random.default_rng(1).normal(0, 0.3 / 16, (3, 128))
    assert kept.enrol(photos, dt.date(2026, 3, 1)) == "F0001"
    film = studio.film("a", [walk("ann", 0, 5), walk("bob", 9, 14), walk("cid", 20, 25)])
    found = studio.people(film, known=gallery(tmp_path), consented=frozenset(["F0001"]))
    assert found.customer == [None, "F0001", None]
    assert found.between == (1, 1)
    again = gallery(tmp_path)
    again.save(found, [film.watched])
    assert again.customers() == {"F0001"}
    withdrawn = studio.people(film, known=gallery(tmp_path), consented=frozenset())
    assert withdrawn.customer == [None, None, None]


def test_the_same_footage_under_two_names_is_refused(studio, walk):
    film = studio.film("a", [walk("ann", 0, 5)])
    with pytest.raises(SourceError) as raised:
        studio.people(film, film)
    assert str(raised.value) == (
        "The same footage is given twice\n"
        "  where   a\n"
        "  found   byte for byte a\n"
        "  wanted  each clip once, else everybody in it counts twice\n"
        "  next    leave one of the two out"
    )

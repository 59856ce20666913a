"""What is kept of people: turned, sealed, and never numbered anew."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from shoplib.errors import ConfigError
from shoplib.faces.identity.gallery import Gallery
from shoplib.store.keyring import open_keyring

LATER = dt.datetime(2026, 3, 9, 9, tzinfo=dt.UTC)


def gallery(folder, shop="shop") -> Gallery:
    return Gallery.open(folder / shop / "gallery", open_keyring(shop, {}, "NO_SUCH_KEY", folder / "keys"))


@pytest.fixture
def known(studio, walk, tmp_path):
    """A gallery with Ann and Bob, and the clip it knows them from."""
    film = studio.film("first", [walk("ann", 0, 6), walk("bob", 20, 26), walk("ann", 60, 66)])
    kept = gallery(tmp_path)
    found = studio.people(film, known=kept)
    kept.save(found, [film.watched])
    assert found.customer == ["F0001", "F0002", "F0001"]
    return film


def test_turned_prints_keep_their_distances_and_tell_nothing_to_another_shop(studio, walk, tmp_path):
    prints = np.concatenate([studio.film(name, [walk(name, 0, 9)]).prints for name in ("ann", "bob", "cid", "dan")])
    here, there = gallery(tmp_path).turned(prints), gallery(tmp_path, "other").turned(prints)
    assert np.abs(pdist(here) - pdist(prints)).max() < 1e-9
    each = len(prints) // 4
    same = [np.linalg.norm(here[at] - there[at]) for at in range(len(prints))]
    strangers = [np.linalg.norm(here[at] - there[(at + each) % len(prints)]) for at in range(len(prints))]
    assert np.median(pdist(prints[:each])) < 0.4
    assert min(same) > 0.55
    assert abs(np.median(same) - np.median(strangers)) < 0.08


def test_the_known_keep_their_keys_and_the_new_get_the_next(studio, walk, known, tmp_path):
    film = studio.film("second", [walk("cid", 0, 6), walk("bob", 20, 26), walk("ann", 60, 66)], LATER)
    found = studio.people(film, known=gallery(tmp_path))
    assert found.customer == ["F0003", "F0002", "F0001"]
    assert found.between == (3, 3)


@pytest.mark.parametrize("change", [{"max_distance": 0.4}, {"max_distance": 0.62}, {"min_face_px": 30}])
def test_a_clip_read_again_keeps_its_keys_whatever_is_set(studio, walk, known, tmp_path, change):
    kept = gallery(tmp_path)
    later = studio.film("second", [walk("ann", 0, 6), walk("bob", 9, 15)], LATER)
    kept.save(studio.people(later, known=kept), [later.watched])
    studio.cameras = studio.cameras.model_copy(update=change)
    assert studio.people(known, known=gallery(tmp_path)).customer == ["F0001", "F0002", "F0001"]
    studio.looks = 5
    again = studio.film("first", [walk("ann", 0.4, 6), walk("bob", 20, 25.2), walk("ann", 60, 66.8)])
    earlier = studio.film("zero", [walk("eve", 0, 6)], LATER - dt.timedelta(days=30))
    assert studio.people(again, earlier, known=gallery(tmp_path)).customer == ["F0003", "F0001", "F0002", "F0001"]


def test_saving_again_changes_nothing(studio, known, tmp_path):
    kept = gallery(tmp_path)
    before = (kept.clips, kept.highest, kept.record("F0001"))
    kept.save(studio.people(known, known=kept), [known.watched])
    after = gallery(tmp_path)
    assert (after.clips, after.highest, after.record("F0001")) == before


def test_the_state_beside_the_records_says_nothing_of_people(known, tmp_path):
    text = (tmp_path / "shop" / "gallery" / "state.json").read_text()
    state = json.loads(text)
    assert sorted(state) == ["clips", "generation", "highest"]
    assert list(state["clips"]) == [known.watched.about.sha256]
    assert state["highest"] == 2
    assert "F0001" not in text


def test_a_number_is_never_given_again(studio, walk, known, tmp_path):
    kept = gallery(tmp_path)
    assert kept.remove(["F0002"]) == 1
    assert gallery(tmp_path).customers() == {"F0001"}
    assert gallery(tmp_path).generation == 1
    film = studio.film("second", [walk("bob", 0, 6)], LATER)
    assert studio.people(film, known=gallery(tmp_path)).customer == ["F0003"]


def test_who_was_known_from_other_footage_can_be_asked(studio, walk, known, tmp_path):
    kept = gallery(tmp_path)
    assert kept.customers() == {"F0001", "F0002"}
    assert kept.customers(without=frozenset([known.watched.about.sha256])) == frozenset()
    film = studio.film("second", [walk("ann", 0, 6)], LATER)
    kept.save(studio.people(film, known=kept), [film.watched])
    assert kept.customers(without=frozenset([known.watched.about.sha256])) == {"F0001"}
    assert kept.vault.last_seen("F0001") == LATER.date()


def test_two_known_people_who_come_near_are_a_question_and_stay_two(studio, walk, known, tmp_path):
    studio.faces["bob"] = studio.faces["ann"] + (studio.faces["bob"] - studio.faces["ann"]) * 0.5
    film = studio.film("first", [walk("ann", 0, 6), walk("bob", 20, 26), walk("ann", 60, 66)])
    found = studio.people(film, known=gallery(tmp_path))
    assert found.customer == ["F0001", "F0002", "F0001"]
    assert found.review["question"].tolist() == ["Are F0001 and F0002 one person?"]


def test_a_photo_without_a_face_enrols_nobody(tmp_path):
    with pytest.raises(ConfigError) as raised:
        gallery(tmp_path).enrol(np.empty((0, 128)), LATER.date())
    assert str(raised.value) == (
        "Nobody can be enrolled without a face\n"
        "  found   no usable face on the photos\n"
        "  wanted  one good face a photo\n"
        "  next    take photos from the front, in good light"
    )


def test_photos_can_be_added_to_a_known_person(studio, tmp_path):
    kept = gallery(tmp_path)
    photos = studio.face("ann") + np.zeros((2, 128))
    assert kept.enrol(photos, LATER.date()) == "F0001"
    assert kept.enrol(photos[:1], LATER.date(), key="F0001") == "F0001"
    assert len(gallery(tmp_path).known().prints) == 3
    assert gallery(tmp_path).generation == 2

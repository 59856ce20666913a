"""The whole way on a rendered clip whose truth is known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.faces.identity import anchors, crops, naming


def test_everybody_is_told_apart_and_the_one_who_returns_is_known_again(clip):
    people = clip.found.people
    seen = people.faces[0].dropna(subset=["customer_id"])
    assert sorted(set(seen["customer_id"])) == ["F0001", "F0002", "F0003", "F0004"]
    away = seen.groupby("customer_id")["at_s"].agg(lambda at_s: at_s.diff().max() > 3)
    assert away.sum() == 1
    assert people.between == (4, 4)
    assert people.unsure == frozenset()


def test_reading_again_finds_the_same(clip):
    again = naming.people([clip.watched], clip.cameras, "recognise")
    assert again.customer == clip.found.people.customer
    pd.testing.assert_frame_equal(again.faces[0], clip.found.people.faces[0])
    assert np.array_equal(again.pieces.prints, clip.found.people.pieces.prints)


def test_an_empty_shop_has_nobody(nobody):
    assert nobody.found.people.customer == []


def test_faces_are_cut_out_for_the_eyes_of_who_answers(clip, tmp_path):
    seen = clip.found.people.seen
    clips = {anchors.digest_of(clip.watched.about.sha256): clip.footage.path}
    (path,) = crops.sheets(seen, {"01": [seen.of("F0001"), seen.of("F0002")], "02": []}, clips, tmp_path / "review")
    assert path.name == "01.png"
    assert path.stat().st_mode & 0o077 == 0
    assert path.stat().st_size > 10_000
    assert crops.sheets(seen, {"03": [seen.of("F0001")]}, {}, tmp_path) == []

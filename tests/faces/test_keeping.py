"""What a run keeps of people, by mode and by whether they are real."""

from __future__ import annotations

from pathlib import Path

import pytest

from shoplib.config.cameras import Cameras
from shoplib.config.privacy import Privacy
from shoplib.faces import keeping

RENDERED = Cameras(footage={"kind": "simulated"})
REAL = Cameras(footage={"kind": "recorded", "clips": [{"path": "a.mp4", "starts": "2026-03-01T09:00:00"}]})


@pytest.fixture(autouse=True)
def own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep keys apart from those of other tests."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.mark.parametrize("mode", ["count", "session"])
def test_nothing_is_kept_unless_people_are_to_be_known_again(tmp_path, mode, clip):
    kept = keeping.opened(tmp_path / "private", "kiosk", Privacy(mode=mode), REAL)
    kept.save(clip.found.people, [clip.watched])
    assert kept.known is None
    assert list(tmp_path.iterdir()) == []


def test_rendered_people_are_written_and_never_read(tmp_path, clip):
    private = tmp_path / "private"
    kept = keeping.opened(private, "kiosk", Privacy(mode="recognise"), RENDERED)
    kept.save(clip.found.people, [clip.watched])
    again = keeping.opened(private, "kiosk", Privacy(mode="recognise"), RENDERED)
    assert again.known is None
    assert again.who(frozenset({"F0001"})) is None
    assert sorted(again.gallery.customers()) == sorted(clip.found.tables["face_customers"]["customer_id"])
    again.save(clip.found.people, [clip.watched])
    assert again.gallery.customers() == kept.gallery.customers()


def test_real_people_are_recognised_if_they_agreed(tmp_path, clip):
    kept = keeping.opened(tmp_path / "private", "kiosk", Privacy(mode="recognise"), REAL)
    assert kept.who(frozenset({"F0001"})) == {"F0001"}
    assert kept.known is kept.gallery
    kept.save(clip.found.people, [clip.watched])
    read = keeping.opened(tmp_path / "private", "kiosk", Privacy(mode="recognise"), REAL)
    assert read.known.customers() == kept.gallery.customers() != frozenset()


def test_what_was_watched_so_far_is_forgotten(tmp_path):
    work = keeping.unfinished(tmp_path)
    work.mkdir()
    (work / "a.piece").write_bytes(b"faces")
    keeping.forget(tmp_path)
    keeping.forget(tmp_path)
    assert list(tmp_path.iterdir()) == []

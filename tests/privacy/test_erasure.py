"""A person erased is nowhere any more, the others are as they were, and the proof would tell if it were otherwise."""

import json
import re
import shutil

import numpy as np
import pytest

from shoplib.errors import StoreError
from shoplib.faces.identity import corrections
from shoplib.privacy import certificate, consent, erasure
from shoplib.store import files, keyring, searching


def erase(shop, key="F0001"):
    return erasure.erase(shop.holdings, shop.keys, key, shop.now, prints=shop.kept(key), forget=corrections.forget)


def everywhere(shop, wanted):
    return searching.scan(shop.holdings.root, wanted).found


def test_nothing_of_an_erased_person_is_found_anywhere(shop):
    before, own = searching.needles(words=["F0001"]), "outputs/kiosk/.stages/03_etl/key3/shop.csv"
    assert len(everywhere(shop, before)) > 8
    done = erase(shop)
    assert done.whole
    assert done.left == ()
    assert everywhere(shop, before) == (own,)
    assert done.namesakes == (own,)
    assert everywhere(shop, searching.needles(prints=shop.prints["F0001"])) == ()


def test_the_others_are_kept_as_they_were(shop):
    two = shop.kept("F0002")
    erase(shop)
    assert shop.gallery.vault.names() == ["F0002", "F0003"]
    assert np.array_equal(shop.kept("F0002"), two)
    assert consent.valid(shop.holdings.private) == {"F0002", "F0003"}
    lines = (shop.holdings.private / "corrections.csv").read_text().splitlines()
    assert [float(line.split(",")[2]) for line in lines[1:]] == [40, 500]


def test_a_copy_of_the_record_made_before_cannot_be_opened_after(shop, tmp_path):
    shutil.copytree(shop.holdings.gallery, tmp_path / "backup")
    assert shop.gallery.vault.get("F0001")
    erase(shop)
    for path in (tmp_path / "backup").glob("F0001*"):
        shutil.copy(path, shop.holdings.gallery)
    with pytest.raises(StoreError, match="The key of this record is gone"):
        shop.gallery.vault.get("F0001")


def test_the_number_is_not_given_again_and_the_next_run_reads_the_records_anew(shop):
    generation = json.loads(shop.holdings.state.read_text())["generation"]
    erase(shop, "F0003")
    assert json.loads(shop.holdings.state.read_text())["generation"] > generation
    assert shop.gallery.enrol(shop.prints["F0003"], shop.now.date()) == "F0004"


def test_the_certificate_is_signed_and_names_nobody(shop):
    done = erase(shop)
    said = json.loads(done.papers[0].read_text())
    text = done.papers[1].read_text()
    assert certificate.genuine(said)
    assert certificate.is_of(said, shop.keys, "F0001")
    assert not certificate.is_of(said, shop.keys, "F0002")
    assert not certificate.genuine({**said, "erased": {}})
    assert not re.search(r"\bF000\d", text + json.dumps(said))
    assert said["search"] == {"files": said["search"]["files"], "for": "the person's key and 3 prints", "canaries": 8,
                              "canaries_found": 8, "left": 0, "unread": []}  # fmt: skip
    assert said["search"]["files"] > 5
    assert "Left: 0." in text
    assert "F0001" not in (shop.holdings.private / "log.csv").read_text()


def test_what_is_left_is_listed(shop, monkeypatch):
    stubborn = shop.holdings.private / "hand_counts.csv"
    stubborn.write_text("day,note\n2026-03-01,saw F0001\n")
    np.save(shop.holdings.private / "stray.npy", shop.prints["F0001"])
    done = erase(shop)
    assert not done.whole
    assert done.left == ("hand_counts.csv", "stray.npy")
    assert done.certificate["search"]["left"] == 2


def test_a_print_in_the_shops_own_records_counts_as_left(shop):
    np.save(shop.holdings.home / ".stages" / "03_etl" / "key3" / "stray.npy", shop.kept("F0001").astype(np.float32))
    assert erase(shop).left == ("outputs/kiosk/.stages/03_etl/key3/stray.npy",)


def test_a_file_that_cannot_be_searched_is_told(shop):
    (shop.holdings.private / "torn.parquet").write_bytes(b"PAR1")
    done = erase(shop)
    assert not done.whole
    assert done.certificate["search"]["unread"] == ["torn.parquet"]


def test_an_erasure_that_was_interrupted_is_asked_for_again(shop, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as at, pytest.raises(KeyboardInterrupt):
        at.setattr("shoplib.store.vault.Vault.remove", stop)
        erase(shop)
    assert erase(shop).whole
    again = erasure.erase(shop.holdings, shop.keys, "F0001", shop.now)
    assert again.whole
    assert again.certificate["search"]["for"] == "the person's key and 0 prints"


def test_a_key_nobody_has_is_refused_and_nothing_goes(shop):
    with pytest.raises(StoreError) as refused:
        erasure.erase(shop.holdings, shop.keys, "F0009", shop.now)
    assert str(refused.value) == (
        "Nobody is kept under this key\n"
        "  where   kiosk\n"
        "  found   F0009\n"
        "  wanted  one of F0001, F0002, F0003\n"
        "  next    nothing was changed"
    )
    assert (shop.holdings.home / "run1").is_dir()


def test_clips_that_still_show_the_person_are_told(shop):
    notes = erase(shop).notes
    assert notes[0].startswith("searched were data/ and ")
    assert notes[1] == "the footage itself was not touched and may still show the person: data/media/door.mp4"
    assert "found in it again as somebody new" in notes[2]


def test_everybody_goes_with_the_keys(shop, tmp_path):
    shutil.copytree(shop.holdings.gallery, tmp_path / "backup")
    done = erasure.erase_everybody(shop.holdings, shop.keys, shop.now)
    assert done.whole
    assert certificate.genuine(done.certificate)
    assert done.certificate["person"] == "everybody"
    assert shop.keys.people() == []
    assert not shop.keys.exists()
    assert shop.gallery.vault.names() == []
    assert not any(
        name.startswith(("outputs", "data")) for name in everywhere(shop, searching.needles(words=["F0002"]))
    )
    shutil.copytree(tmp_path / "backup", shop.holdings.gallery, dirs_exist_ok=True)
    with pytest.raises(StoreError, match="The key of this record is gone"):
        shop.gallery.vault.get("F0002")


def test_everybody_can_go_when_the_master_key_is_lost(shop):
    (shop.keys.folder / keyring.MASTER).unlink()
    with pytest.raises(StoreError, match="master key"):
        shop.kept("F0001")
    done = erasure.erase_everybody(shop.holdings, shop.keys, shop.now)
    assert done.whole
    assert certificate.genuine(done.certificate)
    assert shop.gallery.enrol(shop.prints["F0001"], shop.now.date()) == "F0004"


def test_an_executed_run_of_today_is_no_obstacle_and_links_are_not_followed(shop, tmp_path):
    outside = tmp_path / "outside"
    files.write_text(outside / "mine.txt", "F0001")
    (shop.holdings.home / "elsewhere").symlink_to(outside, target_is_directory=True)
    assert erase(shop).whole
    assert (outside / "mine.txt").is_file()

"""Records that only their own keys open, whole or absent, and told apart from changed ones."""

import datetime as dt
import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.errors import StoreError
from shoplib.store.keyring import open_keyring
from shoplib.store.vault import Vault

DAY = dt.date(2026, 3, 1)


@pytest.fixture
def vault(tmp_path):
    return Vault(tmp_path / "gallery", open_keyring("shop", {}, "KEY", tmp_path / "keys"))


def test_a_record_comes_back_as_it_was_put(vault):
    vault.put("F0002", b"numbers", DAY)
    vault.put("F0001", b"", DAY)
    assert (vault.names(), vault.get("F0002"), vault.get("F0001")) == (["F0001", "F0002"], b"numbers", b"")
    assert vault.last_seen("F0002") == DAY


def test_a_record_written_anew_takes_the_place_of_the_old_one(vault):
    vault.put("F0001", b"old", DAY)
    vault.put("F0001", b"new", dt.date(2026, 4, 1))
    assert (vault.names(), vault.get("F0001"), vault.last_seen("F0001")) == (["F0001"], b"new", dt.date(2026, 4, 1))


def test_nothing_of_a_record_can_be_read_in_its_file_and_equal_records_differ(vault):
    vault.put("F0001", b"numbers" * 50, DAY)
    first = (vault.folder / "F0001.vault").read_bytes()
    vault.put("F0001", b"numbers" * 50, DAY)
    assert b"numbers" not in first
    assert (vault.folder / "F0001.vault").read_bytes()[18:] != first[18:]


def test_every_byte_is_guarded(vault):
    vault.put("F0001", b"numbers", DAY)
    path = vault.folder / "F0001.vault"
    content = path.read_bytes()
    for at in range(len(content)):
        path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        with pytest.raises(StoreError, match="A record is not whole"):
            vault.get("F0001")


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 52))
def test_a_torn_record_is_told_by_file(tmp_path_factory, length):
    folder = tmp_path_factory.mktemp("torn")
    vault = Vault(folder / "gallery", open_keyring("shop", {}, "KEY", folder / "keys"))
    vault.put("F0001", b"numbers", DAY)
    path = vault.folder / "F0001.vault"
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(StoreError, match="A record is not whole") as refused:
        vault.get("F0001")
    assert str(path) in str(refused.value)


def test_what_is_not_whole_is_told_in_full(vault):
    vault.put("F0001", b"numbers", DAY)
    path = vault.folder / "F0001.vault"
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(StoreError) as refused:
        vault.get("F0001")
    assert str(refused.value) == (
        "A record is not whole\n"
        f"  where   {path}\n"
        "  found   it ends after 20 bytes\n"
        "  wanted  the file as it was written\n"
        "  next    bring the file back from a copy, or remove the person:  shoplib privacy erase SCENARIO F0001"
    )


def test_a_record_in_the_place_of_another_is_found_out(vault):
    vault.put("F0001", b"one", DAY)
    vault.put("F0002", b"two", DAY)
    shutil.copy(vault.folder / "F0001.vault", vault.folder / "F0002.vault")
    with pytest.raises(StoreError, match="A record is not whole"):
        vault.get("F0002")


def test_a_removed_person_is_gone_from_copies_too(vault, tmp_path):
    vault.put("F0001", b"one", DAY)
    vault.put("F0002", b"two", DAY)
    shutil.copytree(vault.folder, tmp_path / "backup")
    assert vault.remove("F0001")
    assert not vault.remove("F0001")
    shutil.copy(tmp_path / "backup" / "F0001.vault", vault.folder)
    with pytest.raises(StoreError, match="The key of this record is gone"):
        vault.get("F0001")
    assert vault.get("F0002") == b"two"


def test_a_removal_that_was_cut_short_is_ended_by_the_next(vault):
    vault.put("F0001", b"one", DAY)
    vault.keyring.forget(vault.keyring.people()[0])
    (vault.folder / ".F0001.vault.part").write_bytes(b"half")
    assert vault.last_seen("F0001") == DAY
    assert vault.remove("F0001")
    assert [path.name for path in vault.folder.glob("*F0001*")] == []


def test_people_of_two_vaults_share_no_key(vault, tmp_path):
    other = Vault(tmp_path / "other", vault.keyring)
    vault.put("F0001", b"one", DAY)
    other.put("F0001", b"another", DAY)
    other.remove("F0001")
    assert vault.get("F0001") == b"one"


def test_another_master_key_is_told_and_nothing_written_over(vault, tmp_path):
    vault.put("F0001", b"one", DAY)
    content, wanted = (vault.folder / "F0001.vault").read_bytes(), vault.keyring.fingerprint()
    other = Vault(vault.folder, open_keyring("shop", {}, "KEY", tmp_path / "others"))
    with pytest.raises(StoreError) as refused:
        other.put("F0001", b"two", DAY)
    assert str(refused.value) == (
        "The records were written with another master key\n"
        f"  where   {vault.folder}\n"
        f"  found   fingerprint none in {tmp_path / 'others' / 'shop' / 'master.key'}\n"
        f"  wanted  fingerprint {wanted}\n"
        "  next    set the right key; nothing was written over. If it is lost, so is all that was kept:  "
        "shoplib privacy erase shop --everybody"
    )
    assert (vault.folder / "F0001.vault").read_bytes() == content
    assert vault.get("F0001") == b"one"


def test_nobody_is_kept_under_an_unknown_key(vault):
    with pytest.raises(StoreError, match="Nothing is kept under this key"):
        vault.get("F0001")
    with pytest.raises(StoreError, match="This cannot be the key of a person"):
        vault.get("../F0001")
    assert vault.names() == []

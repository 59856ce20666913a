"""Keys lie outside the project, are one for each person, and once forgotten open nothing."""

import base64
import os
import threading

import numpy as np
import pytest

from shoplib.errors import BusyError, ConfigError, StoreError
from shoplib.store import keyring
from shoplib.store.keyring import open_keyring

VARIABLE = "SHOPLIB_FACES_KEY"
KEY = base64.b64encode(bytes(range(32))).decode()
posix = pytest.mark.skipif(os.name != "posix", reason="rights of files")


@pytest.fixture
def keys(tmp_path):
    return open_keyring("shop", {}, VARIABLE, tmp_path / "keys")


def again(keys, environ=None, scenario="shop"):
    return open_keyring(scenario, environ or {}, VARIABLE, keys.folder.parent)


def test_nothing_is_written_before_a_key_is_needed(keys, tmp_path):
    assert not keys.exists()
    assert keys.people() == []
    assert list(tmp_path.iterdir()) == []


def test_a_person_has_the_same_key_every_time_and_nobody_elses(keys):
    one = keys.person("F0001")
    assert (len(one), again(keys).person("F0001")) == (32, one)
    assert keys.person("F0002") != one
    assert keys.people() == ["F0001", "F0002"]


@posix
def test_keys_are_their_owners_alone(keys):
    keys.person("F0001")
    files = [path for path in keys.folder.rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in (keys.folder, keys.folder / "people")} == {0o700}


@posix
def test_a_key_others_may_read_is_refused(keys):
    keys.person("F0001")
    path = keys.folder / "master.key"
    path.chmod(0o644)
    with pytest.raises(StoreError) as refused:
        keys.person("F0001")
    assert str(refused.value) == (
        "A key may be read by others\n"
        f"  where   {path}\n"
        "  found   rights 0644\n"
        "  wanted  0600: its owner alone\n"
        f"  next    chmod 600 '{path}'  and ask who may have read it"
    )


@pytest.mark.parametrize("mark", [".git", "run_all.py"])
def test_a_folder_in_a_project_is_refused(tmp_path, mark):
    (tmp_path / mark).mkdir()
    (tmp_path / mark).rmdir()
    (tmp_path / mark).mkdir() if mark == ".git" else (tmp_path / mark).write_text("")
    with pytest.raises(ConfigError) as refused:
        open_keyring("shop", {}, VARIABLE, tmp_path / "data" / "keys")
    assert str(refused.value) == (
        "Keys may not lie in a project or under git\n"
        f"  where   {tmp_path / 'data' / 'keys'}\n"
        f"  found   {tmp_path} is one\n"
        "  wanted  a folder that is not copied together with the data\n"
        f"  next    put the key into the environment variable {VARIABLE}, or the folder elsewhere"
    )


def test_a_link_into_a_project_is_seen_through(tmp_path):
    (tmp_path / "project" / ".git").mkdir(parents=True)
    (tmp_path / "keys").symlink_to(tmp_path / "project", target_is_directory=True)
    with pytest.raises(ConfigError, match="Keys may not lie in a project"):
        open_keyring("shop", {}, VARIABLE, tmp_path / "keys")


def test_the_environment_may_hold_the_master_key(keys):
    named = again(keys, {VARIABLE: KEY})
    one = named.person("F0001")
    assert again(keys, {VARIABLE: f" {KEY}\n"}).person("F0001") == one
    assert not (keys.folder / "master.key").exists()
    assert (named.where(), KEY in repr(named)) == (f"environment variable {VARIABLE}", False)


@pytest.mark.parametrize("text", ["secret", KEY[:-2], KEY + "AAAA", "é" * 44])
def test_what_is_no_key_is_refused_and_not_repeated(keys, text):
    with pytest.raises(ConfigError) as refused:
        again(keys, {VARIABLE: text})
    assert str(refused.value) == (
        "This is not a master key\n"
        f"  where   {VARIABLE}\n"
        f"  found   {len(text)} characters that are not one\n"
        "  wanted  32 random bytes as base64, 44 characters\n"
        "  next    make one:  openssl rand -base64 32"
    )


def test_another_master_key_is_told_and_changes_nothing(keys):
    keys.person("F0001")
    before = {path: path.read_bytes() for path in keys.folder.rglob("*") if path.is_file()}
    with pytest.raises(StoreError) as refused:
        again(keys, {VARIABLE: KEY}).person("F0002")
    assert str(refused.value) == (
        "This is not the master key that people's keys were made with\n"
        f"  where   environment variable {VARIABLE}\n"
        "  found   another key\n"
        f"  wanted  the key it was, or no keys in {keys.folder}\n"
        "  next    set the right key; nothing was read or written over. If the right one is lost:  "
        "shoplib privacy erase shop --everybody"
    )
    assert {path: path.read_bytes() for path in keys.folder.rglob("*") if path.is_file()} == before


def test_a_lost_master_key_is_told_and_no_new_one_made(keys):
    keys.person("F0001")
    (keys.folder / "master.key").unlink()
    with pytest.raises(StoreError) as refused:
        keys.person("F0002")
    assert str(refused.value) == (
        "The master key of what is kept of people is gone\n"
        f"  where   {keys.folder / 'master.key'}\n"
        "  found   keys of 1 people that only it opens\n"
        f"  wanted  the file as it was, or the variable {VARIABLE}, if the key stood there\n"
        "  next    bring it back from a copy. If there is none, all that was kept of people is lost for good; "
        "to clear it away and begin anew:  shoplib privacy erase shop --everybody"
    )
    assert not keys.exists()


def test_a_damaged_key_is_told_by_file(keys):
    keys.person("F0001")
    path = keys.folder / "people" / "F0001.key"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(StoreError) as refused:
        keys.person("F0001")
    assert str(refused.value) == (
        "The key of a person cannot be opened\n"
        f"  where   {path}\n"
        "  found   it is damaged, or was made with another key\n"
        "  wanted  a file made with this master key\n"
        "  next    bring the file back from a copy, or erase the person: nothing else opens their record"
    )


def test_the_key_of_one_person_does_not_pass_for_anothers(keys):
    keys.person("F0001")
    people = keys.folder / "people"
    (people / "F0001.key").rename(people / "F0002.key")
    with pytest.raises(StoreError, match="cannot be opened"):
        keys.person("F0002")


def test_a_forgotten_key_is_gone_and_a_new_one_is_another(keys):
    one = keys.person("F0001")
    assert keys.forget("F0001")
    assert not keys.forget("F0001")
    assert not keys.has("F0001")
    assert keys.person("F0001") != one


def test_all_keys_are_destroyed_with_the_master_key(keys):
    master = keys.fingerprint()
    keys.person("F0001")
    assert keys.destroy() == 1
    assert [path.name for path in keys.folder.rglob("*") if path.is_file() and path.name != ".lock"] == []
    assert keys.fingerprint() != master


@pytest.mark.parametrize("name", ["", "../F0001", "C/1", ".C1", "C" * 101])
def test_a_name_that_could_be_a_path_is_refused(keys, name):
    with pytest.raises(StoreError, match="This cannot be the name of a key"):
        keys.person(name)


def test_the_rotation_keeps_distances_and_is_the_shops_own(keys):
    rotation = keys.rotation(128)
    assert np.allclose(rotation @ rotation.T, np.eye(128), atol=1e-12)
    assert np.array_equal(again(keys).rotation(128), rotation)
    other = again(keys, scenario="other").rotation(128)
    assert np.abs(other - rotation).max() > 0.1
    prints = np.random.default_rng(1).normal(size=(4, 128))
    apart = np.linalg.norm(prints[:, None] - prints[None], axis=2)
    turned = prints @ rotation
    assert np.allclose(np.linalg.norm(turned[:, None] - turned[None], axis=2), apart, atol=1e-12)
    assert np.linalg.norm(prints @ rotation - prints @ other, axis=1).min() > 5


def test_what_was_signed_is_told_from_what_was_changed(keys):
    signature, public = keys.signer()(b"gone")
    assert keyring.genuine(b"gone", signature, public)
    assert not keyring.genuine(b"here", signature, public)
    assert not keyring.genuine(b"gone", "?", public)
    signs = keys.signer()
    keys.destroy()
    assert signs(b"gone") == (signature, public)


def test_a_digest_needs_the_master_key(keys):
    assert keys.digest("F0001", "salt") == again(keys).digest("F0001", "salt") != keys.digest("F0001", "other")
    assert again(keys, scenario="other").digest("F0001", "salt") != keys.digest("F0001", "salt")


def test_two_at_once_agree_on_one_key(keys):
    found, start = [], threading.Barrier(8)

    def ask():
        start.wait()
        found.append(again(keys).person("F0001"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_keys_held_by_another_program_are_waited_for_and_then_told(keys, monkeypatch):
    from filelock import FileLock

    keys.person("F0001")
    monkeypatch.setattr(keyring, "WAIT_S", 0.1)
    held, done = threading.Event(), threading.Event()

    def hold():
        with FileLock(keys.folder / ".lock", is_singleton=False):
            held.set()
            done.wait()

    other = threading.Thread(target=hold)
    other.start()
    held.wait()
    with pytest.raises(BusyError, match="Another program is writing the keys"):
        keys.person("F0002")
    done.set()
    other.join()

"""Consents: who agreed to what; nothing written is ever changed, and no damaged line is believed."""

import datetime as dt
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from filelock import FileLock
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from shoplib.errors import BusyError, StoreError
from shoplib.privacy import consent

OLD, NEW = "0123456789ab", "ba9876543210"
SCOPE = "know me again at the door"
NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def hours(number):
    return NOON + dt.timedelta(hours=number)


@pytest.fixture
def folder(tmp_path):
    """Return a folder in which F0001 agreed."""
    consent.give(tmp_path / "private", "F0001", SCOPE, OLD, NOON)
    return tmp_path / "private"


def refusal(call, *words, **more):
    with pytest.raises(StoreError) as caught:
        call(*words, **more)
    return str(caught.value)


def lines(folder):
    return (folder / consent.FILE).read_text(encoding="utf-8").splitlines()


def test_nobody_agreed_where_there_is_no_file(tmp_path):
    assert consent.valid(tmp_path) == frozenset()
    assert consent.history(tmp_path / "not there") == []


def test_the_file_is_as_the_page_says(folder):
    assert lines(folder) == [
        "key,scope,text,given_at,channel,withdrawn_at,check",
        "F0001,know me again at the door,0123456789ab,2026-03-01T12:00:00Z,paper,,194bca5b",
    ]


def test_only_its_owner_reads_the_file(folder):
    assert stat.S_IMODE((folder / consent.FILE).stat().st_mode) == 0o600


def test_a_withdrawal_is_a_new_line_and_ends_the_consent(folder):
    before = lines(folder)
    consent.withdraw(folder, "F0001", hours(1))
    assert lines(folder)[:2] == before
    assert len(lines(folder)) == 3
    assert consent.valid(folder) == frozenset()
    assert consent.valid(folder, NOON.date()) == frozenset()


def test_a_day_is_asked_for_as_it_was_at_its_end(folder):
    consent.withdraw(folder, "F0001", hours(24))
    assert [consent.valid(folder, dt.date(2026, 3, day)) for day in (1, 2)] == [{"F0001"}, frozenset()]
    assert consent.valid(folder, dt.date(2026, 2, 28)) == frozenset()


def test_another_text_needs_another_consent(folder):
    assert consent.valid(folder, None, OLD) == {"F0001"}
    assert consent.valid(folder, None, NEW) == frozenset()
    consent.give(folder, "F0001", SCOPE, NEW, hours(1), "screen")
    assert consent.valid(folder, None, NEW) == {"F0001"}
    assert consent.valid(folder, None, OLD) == frozenset()


def test_who_withdrew_may_agree_again(folder):
    consent.withdraw(folder, "F0001", hours(1))
    consent.give(folder, "F0001", SCOPE, OLD, hours(2))
    assert consent.valid(folder) == {"F0001"}
    assert len(consent.history(folder)) == 3


def test_the_same_consent_is_not_written_twice(folder):
    assert refusal(consent.give, folder, "F0001", SCOPE, OLD, hours(1)) == (
        "This consent is written down already\n"
        f"  where   {folder}/consents.csv\n"
        "  found   F0001 agreed on 2026-03-01 to the same scope and text\n"
        "  next    nothing is needed; to end it: shoplib consents withdraw SCENARIO F0001"
    )


def test_there_must_be_a_consent_to_withdraw(folder):
    assert refusal(consent.withdraw, folder, "F0002", NOON) == (
        "There is no consent to withdraw\n"
        f"  where   {folder}/consents.csv\n"
        "  found   no consent of 'F0002'\n"
        "  next    see  shoplib consents list  for the keys"
    )
    consent.withdraw(folder, "F0001", hours(1))
    assert "F0001 withdrew on 2026-03-01" in refusal(consent.withdraw, folder, "F0001", hours(2))


def test_a_clock_that_goes_back_is_told(folder):
    assert refusal(consent.withdraw, folder, "F0001", hours(-1)) == (
        "The clock of this machine is behind the consents\n"
        f"  where   {folder}/consents.csv\n"
        "  found   now 2026-03-01T11:00:00Z\n"
        "  wanted  a moment after 2026-03-01T12:00:00Z\n"
        "  next    set the clock, then run the command again"
    )


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"key": "Mira Sand"}, "the key 'Mira Sand'"),
        ({"key": "C1"}, "the key 'C1'"),
        ({"scope": ""}, "the scope ''"),
        ({"scope": "=HYPERLINK(1)"}, "the scope '=HYPERLINK(1)'"),
        ({"scope": "x" * 201}, f"the scope '{'x' * 40}'"),
        ({"scope": "door\u202emoor"}, r"the scope 'door\u202emoor'"),
        ({"text": "v2"}, "the text version 'v2'"),
        ({"channel": "spoken"}, "the channel 'spoken'"),
    ],
)
def test_what_is_no_consent_is_not_written(tmp_path, change, fault):
    said = {"key": "F0001", "scope": SCOPE, "text": OLD, "now": NOON, "channel": "paper", **change}
    assert refusal(consent.give, tmp_path, **said) == (
        f"This is no consent\n  found   {fault}\n"
        "  wanted  a key such as F0003, what was agreed to in a sentence of up to 200 letters, "
        "and one of paper, screen, email"
    )
    assert not (tmp_path / consent.FILE).exists()


def damaged(folder, old, new):
    path = folder / consent.FILE
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))
    return refusal(consent.valid, folder)


def test_a_torn_line_is_told_with_its_number(folder):
    consent.give(folder, "F0002", SCOPE, OLD, hours(1))
    path = folder / consent.FILE
    path.write_bytes(path.read_bytes()[:-9])
    assert refusal(consent.valid, folder) == (
        "The consents are not as they were written\n"
        f"  where   {path}, line 3\n"
        "  found   the line breaks off\n"
        "  wanted  lines as  shoplib consents  writes them; nobody is recognised until then\n"
        "  next    put the line back from a copy of the file, or take it away and write it anew with  "
        "shoplib consents give"
    )
    with pytest.raises(StoreError, match="line 3"):
        consent.give(folder, "F0003", SCOPE, OLD, hours(2))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (b"F0001", b"F0009", "line 2\n  found   'F0009' with the check 194bca5b, not "),
        (b"2026-03-01T", b"2025-03-01T", "line 2\n  found   'F0001' with the check 194bca5b, not "),
        (b"2026-03-01T12:00:00Z", b"01/03/2026 12:00", "line 2\n  found   a moment that is not one of ours: 01/03"),
        (b",paper,,", b",paper,", "line 2\n  found   6 cells instead of 7"),
        (b"know me", b'know "me', "line 2\n  found   'F0001' with the check 194bca5b, not "),
        (b"know me", b"know m\xff", "line 2\n  found   a line that is no text"),
        (b",check\n", b",check,\n", "line 1\n  found   the header key,scope,"),
        (b"\n", b"\r\n", "line 1\n  found   "),
        (b"F0001,know", b'F0001,"know', "line 2\n  found   a line that is no text, or whose quotes do not close"),
        (b"F0001", b"\nF0001", "line 2\n  found   0 cells instead of 7"),
    ],
)
def test_an_edited_line_is_told_with_its_number(folder, old, new, fault):
    assert fault in damaged(folder, old, new)


def test_a_withdrawal_alone_is_not_believed(folder):
    consent.withdraw(folder, "F0001", hours(1))
    kept = lines(folder)
    (folder / consent.FILE).write_text("\n".join([kept[0], kept[2], ""]), encoding="utf-8")
    assert "line 2\n  found   a withdrawal of F0001 without its consent" in refusal(consent.valid, folder)


def test_lines_in_another_order_are_not_believed(folder):
    consent.give(folder, "F0001", SCOPE, NEW, hours(1))
    header, first, second = lines(folder)
    (folder / consent.FILE).write_text("\n".join([header, second, first, ""]), encoding="utf-8")
    assert "line 3\n  found   an event of F0001 before the one above it" in refusal(consent.valid, folder)


def test_forgetting_a_person_leaves_the_others_as_they_were(folder):
    before = lines(folder)
    consent.give(folder, "F0002", 'tables, and "the usual"', OLD, hours(1))
    consent.withdraw(folder, "F0002", hours(2))
    assert consent.forget(folder, "F0002") == 2
    assert lines(folder) == before
    assert consent.forget(folder, "F0002") == 0
    assert stat.S_IMODE((folder / consent.FILE).stat().st_mode) == 0o600


@settings(max_examples=40)
@drawn(st.lists(st.tuples(st.sampled_from(["F0001", "F0002"]), st.booleans(), st.sampled_from([OLD, NEW])), max_size=8))
def test_what_is_valid_is_what_happened_last(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("consents")
    holds: dict[str, str] = {}
    for hour, (key, gives, text) in enumerate(steps):
        try:
            if gives:
                consent.give(folder, key, SCOPE, text, hours(hour))
                holds[key] = text
            else:
                consent.withdraw(folder, key, hours(hour))
                del holds[key]
        except StoreError:
            assert (holds.get(key) == text) if gives else key not in holds
        assert consent.valid(folder) == set(holds)
        assert consent.valid(folder, None, OLD) == {key for key, text in holds.items() if text == OLD}


def test_a_clock_a_little_behind_does_not_break_the_order(folder):
    assert consent.withdraw(folder, "F0001", NOON - dt.timedelta(seconds=30)).withdrawn_at == NOON
    assert len(consent.history(folder)) == 2


def test_many_who_write_at_once_leave_whole_lines(folder):
    def write(number):
        consent.give(folder, "F0001", f"table {number}", OLD, NOON + dt.timedelta(seconds=number % 7))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    assert {event.scope for event in consent.history(folder)} == {SCOPE, *(f"table {number}" for number in range(40))}


def test_who_waits_too_long_is_told(folder, monkeypatch):
    monkeypatch.setattr(consent, "WAIT_S", 0.05)
    with FileLock(folder / consent.LOCK):
        assert refusal_of_busy(folder) == (
            "Another program is writing the consents\n"
            f"  where   {folder}/consents.csv\n"
            "  next    wait for it to end, then run the same command again"
        )


def refusal_of_busy(folder):
    with pytest.raises(BusyError) as caught:
        consent.withdraw(folder, "F0001", hours(1))
    return str(caught.value)

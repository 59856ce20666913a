"""The loop behind --watch: quiet, stubborn, and ended between two steps."""

import datetime as dt
import os
import signal
import threading

import pytest

from shoplib.errors import BusyError, SourceError
from shoplib.pipeline import watch

START = dt.datetime(2024, 7, 1, 12, tzinfo=dt.UTC)


class Turns(threading.Event):
    """An event whose wait ends at once and counts; it is set after some turns. A clock moves with it."""

    def __init__(self, turns, step_s=5.0):
        super().__init__()
        self.turns, self.step, self.now = turns, dt.timedelta(seconds=step_s), START

    def wait(self, timeout=None):
        self.turns -= 1
        self.now += self.step
        if self.turns <= 0:
            self.set()
        return self.is_set()


def run(looks, makes=(), *, step_s=5.0, **more):
    """Watch while ``looks`` last; each look and make returns or raises what is listed; return code, lines, makes."""
    turns, said, made = Turns(len(looks), step_s), [], []
    coming, codes = iter(looks), iter(makes)

    def look():
        found = next(coming)
        if isinstance(found, Exception):
            raise found
        return found

    def make():
        made.append(turns.now)
        code = next(codes, 0)
        if isinstance(code, Exception):
            raise code
        return code

    code = watch.loop(watch.Work(look, make), turns, said.append, every_s=5, now=lambda: turns.now, **more)
    return code, said, len(made)


def test_the_page_is_made_at_the_start_and_when_something_changed():
    assert run([False, False, True, False]) == (0, [], 2)


def test_a_failing_chain_does_not_end_the_watch_and_is_tried_again_when_something_changes():
    assert run([True, False, True], [1, 0]) == (0, [], 2)


def test_trouble_is_said_once_and_once_more_when_it_is_another():
    busy, other = BusyError("The store is in use"), SourceError("The inbox cannot be looked into")
    code, said, made = run([False, busy, busy, other, False, busy])
    assert (code, made) == (0, 1)
    assert said == ["The store is in use", "The inbox cannot be looked into", "The store is in use"]


def test_a_page_that_another_run_kept_from_being_made_is_made_later():
    assert run([True, False, False], [BusyError("Another run is at work"), 0]) == (0, ["Another run is at work"], 2)


def test_what_was_loaded_before_a_look_failed_still_makes_the_page_in_the_end():
    assert run([BusyError("in use"), False]) == (0, ["in use"], 1)


def test_looking_once_returns_how_it_went():
    assert run([True], [1], once=True)[0] == 1
    assert run([BusyError("in use")], once=True)[0] == 4
    assert run([SourceError("no")], once=True)[0] == 2


def test_a_chain_that_was_stopped_ends_the_watch():
    assert run([True, True], [130])[0] == 130


def test_an_hour_of_silence_is_broken_where_a_person_may_look():
    assert run([False] * 5, step_s=1_800, alive=True)[1] == ["still watching, nothing new"] * 2
    assert run([False] * 5, step_s=1_800)[1] == []


def test_stopped_while_looking_no_page_is_begun():
    turns = Turns(9)
    made = []
    work = watch.Work(lambda: bool(turns.set()) or True, lambda: made.append(1) or 0)
    assert watch.loop(work, turns, print, every_s=5, now=lambda: START) == 0
    assert made == []


def test_the_first_signal_asks_and_the_second_interrupts():
    before = signal.getsignal(signal.SIGTERM)
    with watch.until_stopped() as stopped:
        os.kill(os.getpid(), signal.SIGTERM)
        assert stopped.is_set()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGTERM) == before


def test_two_watches_of_one_scenario_are_kept_apart(tmp_path):
    with watch.only_watch(tmp_path / "s"), pytest.raises(BusyError) as refused, watch.only_watch(tmp_path / "s"):
        pass
    assert str(refused.value) == (
        "This scenario is being watched already\n  where   s\n  next    leave it to the other one, or stop that first"
    )
    with watch.only_watch(tmp_path / "s"):
        assert (tmp_path / "s" / ".state" / "watch.lock").exists()

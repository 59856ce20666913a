"""The tree of errors, the layout of their messages, and their way across processes."""

import inspect
import pickle
import re

import pytest

from shoplib import errors
from shoplib.errors import ShopError, StageError

CLASSES = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, ShopError)]


def drawn() -> dict[str, str]:
    """Return class → parent as the docstring draws them."""
    parents: dict[str, str] = {}
    above: list[str] = []
    for line in errors.__doc__.splitlines():
        if found := re.match(r"    ((?:[│ ]   )*)(?:[├└]── )?([A-Z]\w+) {2,}", line):
            depth = len(found[1]) // 4 + ("── " in line)
            above = [*above[:depth], found[2]]
            parents[found[2]] = above[depth - 1] if depth else "Exception"
    return parents


def test_tree_in_the_docstring_is_the_tree_in_the_code():
    assert drawn() == {kind.__name__: kind.__base__.__name__ for kind in CLASSES}


def test_message_answers_every_question_in_order():
    error = ShopError(
        "The file has a bad row",
        where="sales.csv, line 3",
        found="12,x\n13,y",
        wanted="numbers",
        next_step="mend it",
        details=["Qty: x", "Price:\ntwo lines"],
    )
    assert str(error) == (
        "The file has a bad row\n"
        "  Qty: x\n"
        "  Price:\n"
        "    two lines\n"
        "  where   sales.csv, line 3\n"
        "  found   12,x\n"
        "          13,y\n"
        "  wanted  numbers\n"
        "  next    mend it"
    )


def test_unanswered_questions_leave_no_line():
    assert str(ShopError("It is so", wanted="")) == "It is so"


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_error_crosses_a_process_boundary_whole(kind):
    error = kind("what", where="a", found="b", wanted="c", next_step="d", details=("e",))
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert str(again) == str(error)
    assert vars(again) == vars(error)


def test_each_end_of_a_stage_has_its_own_word():
    ends = [kind for kind in CLASSES if issubclass(kind, StageError) and kind is not StageError]
    assert {kind.__name__: kind.status for kind in ends} == {
        "StageFailed": "failed",
        "StageTimedOut": "timed out",
        "KernelDied": "kernel died",
        "StageStopped": "stopped",
    }

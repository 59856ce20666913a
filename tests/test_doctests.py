"""Every example in a docstring is true."""

import doctest
import importlib
import pkgutil

import pytest

import shoplib

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(shoplib.__path__, "shoplib.")
    if module.name != "shoplib.__main__"  # importing it runs the command line
)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_examples_are_found():
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = [test for name in MODULES for test in finder.find(importlib.import_module(name)) if test.examples]
    assert len(found) >= 15

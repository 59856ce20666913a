"""Models by name."""

from __future__ import annotations

import sys

import pytest

from shoplib.errors import ConfigError
from shoplib.forecasting.models import catalogue


def test_names_start_with_the_simplest_and_leave_peers_out():
    names = catalogue.names()
    assert names[:3] == ("rolling_mean", "weekday_mean", "seasonal_naive")
    assert {"arima", "ets", "theta", "mstl", "croston_sba", "tsb", "imapa", "prophet", "lstm"} <= set(names)
    assert not set(catalogue.PEERS) & set(names)
    assert catalogue.BASELINE in names


def test_every_model_is_called_what_it_is_asked_for_by():
    models, notes = catalogue.make(list(catalogue.PLACES))
    assert [model.name for model in models] == list(catalogue.PLACES)
    assert len({model.label for model in models}) == len(models)
    assert all(model.told for model in models)
    assert notes == []


def test_a_model_asked_for_twice_is_made_once():
    models, _ = catalogue.make(["tsb", "weekday_mean", "tsb"])
    assert [model.name for model in models] == ["tsb", "weekday_mean"]


def test_a_missing_package_gives_a_note_instead_of_the_model(monkeypatch):
    for name in ("statsforecast", "prophet"):
        monkeypatch.setitem(sys.modules, name, None)  # as Python marks what cannot be imported
    models, notes = catalogue.make(["weekday_mean", "ets", "prophet"])
    assert [model.name for model in models] == ["weekday_mean"]
    assert notes == ["ets is left out: statsforecast is not installed", "prophet is left out: prophet is not installed"]


def test_an_unknown_name_is_refused_with_the_nearest_one():
    with pytest.raises(ConfigError) as caught:
        catalogue.make(["weekday_mean", "profet"])
    assert str(caught.value).splitlines() == [
        "There is no forecasting model of this name",
        "  found   profet",
        f"  wanted  {', '.join(catalogue.PLACES)}",
        "  next    profet: did you mean prophet?",
    ]


def test_several_unknown_names_are_told_together():
    with pytest.raises(ConfigError) as caught:
        catalogue.make(["xyz", "thetta", "etss"])
    assert caught.value.found == "xyz, thetta, etss"
    assert caught.value.next_step == "thetta: did you mean theta?; etss: did you mean ets?"

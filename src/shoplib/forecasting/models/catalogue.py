"""All models by name: which there are, and which of them can be made here."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from importlib.util import find_spec

from shoplib.errors import ConfigError
from shoplib.forecasting.models.interface import Model
from shoplib.forecasting.panel import Panel

HOME = "shoplib.forecasting.models."
BASELINE = "weekday_mean"
"""A model that does not beat this one on a series is not used for it."""

PLACES: dict[str, str] = {
    "rolling_mean": "simple:RollingMean",
    "weekday_mean": "simple:WeekdayMean",
    "seasonal_naive": "simple:SeasonalNaive",
    "ets": "statistical:Ets",
    "theta": "statistical:Theta",
    "mstl": "statistical:Mstl",
    "arima": "statistical:Arima",
    "croston_sba": "intermittent:CrostonSBA",
    "tsb": "intermittent:TSB",
    "imapa": "intermittent:Imapa",
    "prophet": "prophet:Prophet",
    "lstm": "lstm:Lstm",
    "boosted": "boosted.direct:Boosted",
    "boosted_week": "boosted.direct:by_week",
    "boosted_counts": "boosted.direct:counts",
    "boosted_counts_week": "boosted.direct:counts_by_week",
    "boosted_few": "boosted.direct:few",
    "lightgbm": "boosted.recursive:Recursive",
    "prophet_default": "prophet:plain",
    "prophet_tuned": "prophet:tuned",
}
"""Name of a model → module in this room and class or function that makes it without arguments; simplest first.

A new model is one more line here.
"""
PEERS = ("prophet_default", "prophet_tuned")
"""Models there for comparison only; they are made when asked for by name."""
NEEDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("ets", "theta", "mstl", "arima", "imapa"), ("statsforecast",)),
    **dict.fromkeys(("prophet", *PEERS), ("prophet",)),
    "lstm": ("torch",),
    **dict.fromkeys(("boosted", "boosted_week", "boosted_counts", "boosted_counts_week", "boosted_few"), ("lightgbm",)),
    "lightgbm": ("lightgbm", "mlforecast"),
}
"""Packages a model cannot do without."""


def names() -> tuple[str, ...]:
    """Return the names of the models of the league, simplest first."""
    return tuple(name for name in PLACES if name not in PEERS)


def make(wanted: Sequence[str], panel: Panel | None = None) -> tuple[list[Model], list[str]]:
    """Return the models of these names, each once, in the order asked for, and notes on those left out.

    A model whose package is not installed is left out. ``panel`` is there for models that look at it; none does.
    Raises :class:`~shoplib.errors.ConfigError` for names nobody knows, all of them together.
    """
    unknown = [name for name in wanted if name not in PLACES]
    if unknown:
        raise _unknown(unknown)
    models: list[Model] = []
    notes: list[str] = []
    for name in dict.fromkeys(wanted):
        missing = [package for package in NEEDS.get(name, ()) if find_spec(package) is None]
        if missing:
            notes.append(f"{name} is left out: {' and '.join(missing)} is not installed")
            continue
        module, maker = PLACES[name].split(":")
        models.append(getattr(import_module(HOME + module), maker)())
    return models, notes


def _unknown(found: Sequence[str]) -> ConfigError:
    near = [(name, get_close_matches(name, PLACES, n=1)) for name in found]
    return ConfigError(
        "There is no forecasting model of this name" if len(found) == 1 else "There are no models of these names",
        found=", ".join(found),
        wanted=", ".join(PLACES),
        next_step="; ".join(f"{name}: did you mean {match[0]}?" for name, match in near if match)
        or "choose from the names above",
    )

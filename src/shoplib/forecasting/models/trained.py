"""Models that learn weights: trained once, kept as bytes, asked again without training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from shoplib.forecasting.models.interface import Crew, Said
from shoplib.forecasting.panel import Panel


class Trained(Protocol):
    """A model with what it learnt of a panel."""

    def weights(self) -> dict[str, bytes]:
        """Return what was learnt, by file name; equal trainings give equal bytes, and never pickles."""
        ...

    def forecast(self, panel: Panel, horizon: int, crew: Crew) -> Said:
        """Return what is expected; of the panel and horizon it was trained on, the numbers of the training."""
        ...


@runtime_checkable
class Trainable(Protocol):
    """A :class:`~shoplib.forecasting.models.interface.Model` whose training can be kept."""

    def train(self, panel: Panel, horizon: int, crew: Crew) -> Trained:
        """Return the model with what it learns of the history."""
        ...

    def restore(self, weights: Mapping[str, bytes]) -> Trained:
        """Return the trained model that gave these weights."""
        ...

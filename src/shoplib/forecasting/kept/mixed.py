"""The mix of models behind ``auto`` as it was learnt, kept so that it is applied again without trials."""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np

from shoplib.forecasting import choosing
from shoplib.forecasting.models import catalogue
from shoplib.forecasting.models.ensemble import Mix
from shoplib.forecasting.models.interface import Said
from shoplib.forecasting.panel import Panel


def said(mix: Mix, told: Mapping[str, Said], ahead: Panel) -> Said:
    """Return what the mix makes of what its members and the baseline say."""
    mean = mix.of({name: answer.mean for name, answer in told.items()}, catalogue.BASELINE)
    return choosing.finished(ahead, Said(mean))


def as_bytes(mix: Mix) -> bytes:
    """Return the mix as a file of numpy's; equal mixes give equal bytes."""
    stream = io.BytesIO()
    names = np.array(mix.names, dtype=np.str_)
    np.savez(stream, allow_pickle=False, names=names, used=mix.used, factor=np.array([mix.factor]))
    return stream.getvalue()


def from_bytes(data: bytes) -> Mix:
    """Return the mix of :func:`as_bytes`."""
    with np.load(io.BytesIO(data), allow_pickle=False) as stored:
        return Mix(tuple(str(name) for name in stored["names"]), stored["used"], float(stored["factor"].item()))

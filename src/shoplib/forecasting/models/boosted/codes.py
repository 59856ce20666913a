"""How a panel's own columns become numbers, kept with the trees so that they are asked as they were taught."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from shoplib.forecasting.models.boosted.features import SERIES
from shoplib.forecasting.panel import Panel


@dataclass(frozen=True)
class Codes:
    """Series and words by number: their place in these tuples; what is not among them is unknown.

    ``series`` is empty where a sample teaches all. ``own`` has the static columns: a column of words with its words, a
    column of numbers with ``None``. ``closing`` says whether closed days were taught.
    """

    series: tuple[str, ...]
    own: Mapping[str, tuple[str, ...] | None]
    closing: bool

    @classmethod
    def of(cls, panel: Panel, *, by_name: bool) -> Codes:
        """Return the codes of a panel; ``by_name`` lets the trees single out a series."""
        own = {str(name): _words(panel.static[name]) for name in panel.static.columns}
        return cls(panel.ids if by_name else (), own, bool(panel.closed.any()))

    @classmethod
    def from_bytes(cls, data: bytes) -> Codes:
        """Return the codes of :meth:`as_bytes`."""
        told = json.loads(data)
        own = {name: None if words is None else tuple(words) for name, words in told["own"].items()}
        return cls(tuple(told["series"]), own, told["closing"])

    def as_bytes(self) -> bytes:
        """Return the codes as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    def static(self, panel: Panel) -> pd.DataFrame:
        """Return the static columns as :func:`~shoplib.forecasting.models.boosted.features.at` reads them."""
        ids = list(panel.ids)
        columns: dict[str, pd.Series] = {}
        for name, words in self.own.items():
            column = panel.static[name] if name in panel.static else pd.Series(np.nan, index=ids)
            coded = column if words is None else _as_words(column).astype(pd.CategoricalDtype(list(words)))
            columns[f"own:{name}"] = coded.set_axis(ids)
        places = pd.Index(self.series, dtype=object).get_indexer(pd.Index(ids, dtype=object)).astype(np.float64)
        columns[SERIES] = pd.Series(np.where(places < 0, np.nan, places), index=ids)
        return pd.DataFrame(columns)


def _words(column: pd.Series) -> tuple[str, ...] | None:
    if pd.api.types.is_numeric_dtype(column):
        return None
    return tuple(sorted(_as_words(column).dropna().unique()))


def _as_words(column: pd.Series) -> pd.Series:
    return column.astype("string").astype(object)

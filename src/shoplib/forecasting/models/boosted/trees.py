"""Regression trees of LightGBM: how they grow, and their text, from which the same trees are read back."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from shoplib.forecasting.models.boosted.features import Rows
from shoplib.forecasting.panel import Floats

Loss = Literal["log", "tweedie"]
Trees = Any
"""A booster of lightgbm, which is imported only where it is at work."""
SETTINGS: dict[str, Any] = {
    "num_leaves": 31, "learning_rate": 0.07, "min_data_in_leaf": 40, "feature_fraction": 0.7, "bagging_fraction": 0.7,
    "bagging_freq": 1, "max_bin": 127, "cat_smooth": 20, "num_threads": 1, "deterministic": True,
    "force_row_wise": True, "verbose": -1, "seed": 1,
}  # fmt: skip
ROUNDS = 200
FEW = {"num_leaves": 8, "min_data_in_leaf": 200}
FEW_ROUNDS = 100
"""Small trees, where there is little to learn: low counts, a short history."""
TWEEDIE_POWER = 1.3
LEAST_ROWS = 2 * SETTINGS["min_data_in_leaf"]


def grown(rows: Rows, multiple: Floats, loss: Loss, *, few: bool) -> Trees | None:
    """Return trees that tell the multiple of its level each row came to, ``None`` where there is too little to learn.

    ``multiple`` is NaN in rows that are not learnt from.
    """
    import lightgbm

    use = ~np.isnan(multiple)
    wanted = np.maximum(multiple[use], 0.0)
    if len(wanted) < LEAST_ROWS or not wanted.any():
        return None
    data = lightgbm.Dataset(
        rows.table[use],
        np.log1p(wanted) if loss == "log" else wanted,
        feature_name=[f"f{place}" for place in range(len(rows.names))],
        categorical_feature=[rows.names.index(name) for name in rows.categories],
    )
    goal: dict[str, Any] = {"objective": "regression"}
    if loss == "tweedie":
        goal = {"objective": "tweedie", "tweedie_variance_power": TWEEDIE_POWER}
    return lightgbm.train(SETTINGS | goal | (FEW if few else {}), data, FEW_ROUNDS if few else ROUNDS)


def told(trees: Trees, table: npt.NDArray[np.float32], loss: Loss) -> Floats:
    """Return the multiples that the trees tell for rows of features, never below 0; the shape but for the columns."""
    answer = trees.predict(table.reshape(-1, table.shape[-1]), num_threads=1).reshape(table.shape[:-1])
    return np.asarray(np.maximum(np.expm1(answer) if loss == "log" else answer, 0.0), dtype=np.float64)


def as_bytes(trees: Trees | None) -> bytes:
    """Return the trees as text, nothing for none."""
    return b"" if trees is None else str(trees.model_to_string()).encode()


def from_bytes(data: bytes) -> Trees | None:
    """Return the trees of :func:`as_bytes`; they tell the same to the last bit."""
    import lightgbm

    return lightgbm.Booster(model_str=data.decode()) if data else None

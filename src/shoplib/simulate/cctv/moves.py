"""Where everybody is in every frame, how large, and which way they look."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.simulate.cctv.schedule import WALK_IN_S, WALK_OUT_S
from shoplib.simulate.draws import Bools, Floats, ragged

FAR_SCALE = 0.62
DOOR_X, FAR_X = -0.09, 0.2
SLOT_X = np.array([0.36, 0.58, 0.80])
FAR_EYES, NEAR_EYES = 0.335, 0.36
ALONG_IN_S, ALONG_OUT_S = 0.9, 0.9
VIEW_S = 0.42
STANDING = np.array(["f0", "talk", "smile", "down", "l15", "r15", "r28", "l28"])


def appearances(visits: pd.DataFrame, frames_a_second: int) -> pd.DataFrame:
    """Return one row a visit and frame, frame by frame, far people first.

    Columns frame, visit (row of ``visits``), x (share of the picture's width), eyes (share of its height), scale
    (1 at the counter), view, mirrored (the view is shown the other way round).
    """
    first = np.ceil(visits["enters_s"].to_numpy() * frames_a_second).astype(np.int64)
    last = np.floor(visits["leaves_s"].to_numpy() * frames_a_second).astype(np.int64)
    row = np.repeat(np.arange(len(visits)), last - first + 1)
    frame = ragged(first, last - first + 1)
    each = visits.iloc[row]
    into = frame / frames_a_second - each["enters_s"].to_numpy()
    left = each["leaves_s"].to_numpy() - frame / frames_a_second
    come = np.clip((into - ALONG_IN_S) / (WALK_IN_S - ALONG_IN_S), 0, 1)
    go = np.clip((left - ALONG_OUT_S) / (WALK_OUT_S - ALONG_OUT_S), 0, 1)
    near = _eased(np.minimum(come, go))
    along = np.minimum(np.clip(into / ALONG_IN_S, 0, 1), np.clip(left / ALONG_OUT_S, 0, 1))
    walking = (come < 1) | (go < 1)
    far_x = DOOR_X + (FAR_X - DOOR_X) * along
    phase = 2 * np.pi * each["phase"].to_numpy()
    sway = 0.004 * np.sin(2 * np.pi * 0.45 * into + phase) * ~walking
    bob = 0.004 * np.sin(2 * np.pi * 1.9 * into + phase) * walking
    placed = pd.DataFrame(
        {
            "frame": frame,
            "visit": row,
            "x": far_x + (SLOT_X[each["slot"].to_numpy()] - far_x) * near + sway,
            "eyes": FAR_EYES + (NEAR_EYES - FAR_EYES) * near + bob - each["tall"].to_numpy(),
            "scale": FAR_SCALE + (1 - FAR_SCALE) * near,
            "view": _views(into, come, go, each["phase"].to_numpy()),
            "mirrored": go <= 0,
        }
    )
    return placed.sort_values(["frame", "scale", "visit"], kind="stable", ignore_index=True)


def _eased(share: Floats) -> Floats:
    """Return a way's share done, slow at both ends (Hermite's smoothstep)."""
    eased: Floats = share * share * (3 - 2 * share)
    return eased


def _views(into: Floats, come: Floats, go: Floats, phase: Floats) -> np.ndarray:
    at = ((into - WALK_IN_S) / VIEW_S + phase * len(STANDING)).astype(np.int64) % len(STANDING)
    cases: list[tuple[Bools, str]] = [
        ((come <= 0) | (go <= 0), "p90"),
        (go < 1, "back"),
        (come < 0.3, "r28"),
        (come < 0.6, "r15"),
        (come < 0.85, "f0"),
        (come < 1, "l15"),
    ]
    return np.select([case for case, _ in cases], [view for _, view in cases], STANDING[at])

"""Where everybody is in every frame, how large, and which way they look."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.simulate.cctv.schedule import CUSTOMER, WALK_IN_S, WALK_OUT_S
from shoplib.simulate.draws import Bools, Floats, ragged

FAR_SCALE = 0.62
DOOR_X, FAR_X = -0.09, 0.2
FAR_EYES, NEAR_EYES = 0.335, 0.36
ALONG_IN_S, ALONG_OUT_S = 0.9, 0.9
VIEW_S, STAYING_VIEW_S = 0.42, 1.3
STANDING = np.array(["f0", "talk", "smile", "down", "l15", "r15", "r28", "l28"])
STAYING = np.array(["f0", "down", "l28", "l15", "down", "talk", "f0", "r15", "smile", "down"])


def appearances(visits: pd.DataFrame, frames_a_second: int) -> pd.DataFrame:
    """Return one row a visit and frame, frame by frame, far people first.

    Columns frame, visit (row of ``visits``), x (share of the picture's width), eyes (share of the room's height), scale
    (1 at the counter), view, mirrored (the view is shown the other way round).
    """
    first = np.ceil(visits["enters_s"].to_numpy() * frames_a_second).astype(np.int64)
    last = np.floor(visits["leaves_s"].to_numpy() * frames_a_second).astype(np.int64)
    last[visits["kind"].to_numpy() != CUSTOMER] -= 1
    row = np.repeat(np.arange(len(visits)), np.maximum(last - first + 1, 0))
    frame = ragged(first, np.maximum(last - first + 1, 0))
    each = {name: visits[name].to_numpy()[row] for name in ("enters_s", "leaves_s", "x", "scale", "phase", "tall")}
    stays = visits["kind"].to_numpy()[row] != CUSTOMER
    into, left = frame / frames_a_second - each["enters_s"], each["leaves_s"] - frame / frames_a_second
    come = np.where(stays, 1.0, np.clip((into - ALONG_IN_S) / (WALK_IN_S - ALONG_IN_S), 0, 1))
    go = np.where(stays, 1.0, np.clip((left - ALONG_OUT_S) / (WALK_OUT_S - ALONG_OUT_S), 0, 1))
    near = _eased(np.minimum(come, go))
    along = np.minimum(np.clip(into / ALONG_IN_S, 0, 1), np.clip(left / ALONG_OUT_S, 0, 1))
    walking = (come < 1) | (go < 1)
    far_x = DOOR_X + (FAR_X - DOOR_X) * along
    phase = 2 * np.pi * each["phase"]
    sway = 0.004 * np.sin(2 * np.pi * 0.45 * into + phase) * ~walking
    step = 0.012 * np.sin(2 * np.pi * into / 17 + phase) * stays
    bob = 0.004 * np.sin(2 * np.pi * 1.9 * into + phase) * walking
    scale = FAR_SCALE + (each["scale"] - FAR_SCALE) * near
    eyes = FAR_EYES + (NEAR_EYES - FAR_EYES) * (scale - FAR_SCALE) / (1 - FAR_SCALE)
    placed = pd.DataFrame(
        {
            "frame": frame,
            "visit": row,
            "x": far_x + (each["x"] - far_x) * near + sway + step,
            "eyes": eyes + bob - each["tall"],
            "scale": scale,
            "view": np.where(stays, _looking(into, each["phase"]), _views(into, come, go, each["phase"])),
            "mirrored": go <= 0,
        }
    )
    return placed.sort_values(["frame", "scale", "visit"], kind="stable", ignore_index=True)


def _eased(share: Floats) -> Floats:
    """Return a way's share done, slow at both ends (Hermite's smoothstep)."""
    eased: Floats = share * share * (3 - 2 * share)
    return eased


def _looking(into: Floats, phase: Floats) -> np.ndarray:
    return STAYING[(into / STAYING_VIEW_S + phase * len(STAYING)).astype(np.int64) % len(STAYING)]


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

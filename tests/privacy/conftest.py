"""A shop with real footage as its runs leave it: records of three people, results, a run, crops, consents."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from shoplib.config.load import load
from shoplib.config.models import Scenario
from shoplib.faces.identity.gallery import Gallery
from shoplib.privacy import consent
from shoplib.privacy.holdings import Holdings
from shoplib.store import files
from shoplib.store.keyring import Keyring, open_keyring

NOW = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
SHA = "ab" * 32
KEYS = ("F0001", "F0002", "F0003")
SCENARIO = """
extends: base.yaml
name: kiosk
shop: {name: Kiosk}
cameras:
  footage:
    kind: recorded
    clips: [{path: data/media/door.mp4, starts: "2026-03-01T09:00:00"}]
privacy:
  mode: recognise
  purpose: telling how often people come back
  legal_basis: explicit consent
  notice: This shop counts its visits with a camera and knows those again who agreed to it.
  contact: the till, or 020 7946 0018
  embeddings_days: 30
  crops_days: 7
  visits_days: 400
ingest:
  sources: [{kind: csv, name: sales, path: data/raw/sales.csv, mapping: mappings/water_shop.yaml}]
report: {title: Kiosk}
"""


@dataclass
class Shop:
    """The made-up shop."""

    holdings: Holdings
    keys: Keyring
    prints: dict[str, np.ndarray]
    now: dt.datetime = NOW

    @property
    def gallery(self) -> Gallery:
        return Gallery.open(self.holdings.gallery, self.keys)

    def kept(self, key: str) -> np.ndarray:
        return self.gallery.known(frozenset([key])).prints


@pytest.fixture(scope="session")
def finished_shop(tmp_path_factory, repository) -> tuple[Path, Scenario]:
    """The folder of the shop, made once, and its scenario."""
    folder = tmp_path_factory.mktemp("kiosk")
    root = folder / "project"
    shutil.copytree(repository / "params", root / "params")
    (root / "run_all.py").write_text("")
    (root / "params" / "kiosk.yaml").write_text(SCENARIO)
    scenario = load(root / "params" / "kiosk.yaml")
    shop = opened(folder, scenario)
    for at, key in enumerate(KEYS):
        shop.gallery.enrol(shop.prints[key], dt.date(2026, 3, 1 + at), key)
        consent.give(shop.holdings.private, key, "being known again", "0123456789ab", NOW - dt.timedelta(days=9 - at))
        files.write_bytes(shop.holdings.private / "review" / f"{key}-1.jpg", b"\xff\xd8 a face")
    files.write_text(shop.holdings.private / "corrections.csv", CORRECTIONS)
    results(shop.holdings)
    return folder, scenario


@pytest.fixture
def shop(tmp_path, finished_shop) -> Shop:
    """A copy of the shop for one test."""
    folder, scenario = finished_shop
    shutil.copytree(folder, tmp_path, symlinks=True, dirs_exist_ok=True)
    return opened(tmp_path, scenario)


def opened(folder: Path, scenario: Scenario) -> Shop:
    root, random = folder / "project", np.random.default_rng(5)
    holdings = Holdings(root, root / "outputs" / "kiosk", scenario, frozenset({"03_etl"}))
    prints = {key: random.normal(0, 0.1, (3, 128)).astype(np.float32).astype(np.float64) for key in KEYS}
    return Shop(holdings, open_keyring("kiosk", {}, "SHOPLIB_FACES_KEY", folder / "shoplib" / "keys"), prints)


CORRECTIONS = (
    "kind,clip,at_s,x,y,other_clip,other_at_s,other_x,other_y,note\n"
    f"ignore,v{SHA[:16]},1.5,100,100,,,,,ignore\n"
    f"ignore,v{SHA[:16]},40.0,100,100,,,,,ignore\n"
    f"never,v{SHA[:16]},500.0,100,100,,,,,ignore F0003\n"
)


def results(holdings: Holdings) -> None:
    """Write what stages and a run leave; F0001 is seen at 1–2 s, F0002 at 40–41 s, F0003 at 79–80 s."""
    starts = pd.Timestamp("2026-03-01T09:00:00Z")
    seconds = [1.0, 2.0, 40.0, 41.0, 79.0, 80.0]
    sightings = pd.DataFrame({
        "clip": "door", "frame": [int(second * 25) for second in seconds], "face": 0,
        "seen_at": [starts + pd.Timedelta(seconds=second) for second in seconds], "left_px": 90.0, "top_px": 80.0,
        "width_px": 40.0, "height_px": 50.0, "score": 0.9, "quality": 0.8, "verdict": "good",
        "track": [0, 0, 1, 1, 2, 2], "customer_id": np.repeat(KEYS, 2),
    })  # fmt: skip
    visits = pd.DataFrame({
        "visit_id": ["V0001", "V0002", "V0003"], "camera": "camera 1", "customer_id": KEYS,
        "entered": [starts + pd.Timedelta(seconds=39 * at + 1) for at in range(3)],
        "left": [starts + pd.Timedelta(seconds=39 * at + 2) for at in range(3)],
        "sightings": 2, "came_before": False, "group_id": None, "staff": None,
    })  # fmt: skip
    people = pd.DataFrame({
        "customer_id": KEYS, "first_seen": visits["entered"], "last_seen": visits["left"], "visits": 1, "sightings": 2,
        "staff": None, "unsure": False,
    })  # fmt: skip
    clips = pd.DataFrame({
        "clip": ["door"], "camera": ["camera 1"], "sha256": [SHA], "starts": [starts], "starts_from": ["told"],
        "seconds": [120.0], "frames_a_second": [25.0], "width_px": [640], "height_px": [480], "looked": [10],
        "busy_s": [9.0], "gap_s": [0.0], "frozen_s": [0.0], "dark_s": [0.0], "grey": [False], "cut_short": [False],
    })  # fmt: skip
    home = holdings.home
    stage = home / ".stages" / "01_face_clustering"
    found = {"sightings": sightings, "footage_visits": visits, "face_customers": people, "footage_clips": clips}
    for folder in (stage / "key1", home / "run1"):
        (folder / "tables").mkdir(parents=True)
        for name, frame in found.items():
            frame.to_parquet(folder / "tables" / f"{name}.parquet")
    files.write_text(stage / "current", "key1\n")
    files.write_text(stage / "key1" / "notebook.ipynb", json.dumps({"cells": [{"outputs": ["F0001 came"]}]}))
    files.write_text(home / "run1" / "report.html", "<p>F0001, F0002 and F0003 came</p>")
    (home / "latest").symlink_to("run1", target_is_directory=True)
    files.write_text(home / "failed" / "05_customers" / "error.txt", "F0002 is odd")
    files.write_text(home / ".state" / "pytask.sqlite3", "F0001")
    files.write_text(home / "journal.jsonl", '{"said": "F0001"}\n')
    files.write_text(home / ".stages" / "03_etl" / "key3" / "shop.csv", "customer,paid\nF0001,3\n")

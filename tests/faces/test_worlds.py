"""Small rendered worlds, each of its own seed: whoever comes is told apart, and visits are counted."""

from __future__ import annotations

import pandas as pd

from shoplib.config.cameras import Cameras, SimulatedFootage
from shoplib.config.models import Shop
from shoplib.faces import score
from shoplib.faces.footage import clips, several, watch
from shoplib.faces.reading import read
from shoplib.simulate.cctv import film, truth

SHOP = Shop(timezone="Asia/Kolkata")
SEEDS = (101, 202)


def measured(seed, folder):
    footage = SimulatedFootage(kind="simulated", seconds=24, people=6, visits=7, together_share=0.25)
    cameras = Cameras(footage=footage, visit_gap_s=3, group_s=1.5)
    films = film.film(footage, SHOP.timezone, seed, folder)
    watched = several.watch_all(clips.rendered(films), watch.looking(cameras, "recognise"))
    tables = read(watched, cameras, SHOP, "recognise").tables
    return score.scores(watched, tables, *truth.read(folder), cameras).set_index("measure")


def test_people_of_small_worlds_are_told_apart_and_counted(tmp_path):
    worlds = [measured(seed, tmp_path / str(seed)) for seed in SEEDS]
    shares = pd.concat([world["share"] for world in worlds], axis=1).mean(axis=1)
    assert shares["One customer, one person"] >= 0.98
    assert shares["One person, one customer"] >= 0.92
    for world in worlds:
        assert tuple(world.loc["Customers beside people", ["found", "of"]]) == (6, 6)
        assert world.loc["Visits miscounted", "share"] <= 0.05

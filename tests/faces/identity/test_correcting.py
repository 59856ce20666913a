"""``shoplib faces …`` on the tables of a finished run."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from shoplib import cli
from shoplib.faces.identity import corrections
from shoplib.faces.identity.gallery import Gallery
from shoplib.store import files, keyring
from shoplib.store.keyring import open_keyring

PARAMS = Path(__file__).parents[3] / "params"


@pytest.fixture
def shop(studio, walk, tmp_path, monkeypatch):
    """A project with one finished run: Ann twice, her sister Bea, and somebody too small."""
    studio.faces["bea"] = studio.face("ann") + (studio.face("bea") - studio.face("ann")) * 0.66
    film = studio.film(
        "a", [walk("ann", 0, 6), walk("bea", 40, 46), walk("ann", 80, 86), walk("eve", 200, 206, width=36)]
    )
    (tmp_path / "params").mkdir()
    (tmp_path / "run_all.py").touch()
    shutil.copytree(PARAMS, tmp_path / "params", dirs_exist_ok=True)
    (tmp_path / "params" / "shop.yaml").write_text("extends: water_shop.yaml\nname: shop\n")
    monkeypatch.chdir(tmp_path)
    keys = tmp_path.parent / f"{tmp_path.name}-keys"
    monkeypatch.setattr(keyring, "default_folder", lambda: keys)
    found = studio.people(film)
    home = tmp_path / "outputs" / "shop"
    Gallery.open(home / "private" / "gallery", open_keyring("shop", {}, "X")).save(found, [film.watched])
    write_tables(home / "latest" / "tables", film.watched, found)
    return home / "private"


def write_tables(folder, watched, found):
    clip, faces = watched.clip, found.faces[0]
    sightings = faces.assign(clip=clip.name, seen_at=clip.starts + pd.to_timedelta(faces["at_s"], unit="s"))
    sightings = sightings.drop(columns=["at_s", "frontal", "sharp"])
    about = watched.about
    clips = pd.DataFrame([{
        "clip": clip.name, "camera": clip.camera, "sha256": about.sha256, "starts": clip.starts,
        "starts_from": clip.starts_from, "seconds": about.seconds, "frames_a_second": 25.0, "width_px": 960,
        "height_px": 540, "looked": 5, "busy_s": 1.0, "gap_s": 0.0, "frozen_s": 0.0, "dark_s": 0.0, "grey": False,
        "cut_short": False,
    }])  # fmt: skip
    spans = (
        sightings.groupby("track")["seen_at"].agg(entered="min", left="max", sightings="size").reset_index(drop=True)
    )
    names = [f"V{at:04d}" for at in range(1, len(spans) + 1)]
    visits = spans.assign(visit_id=names, camera=clip.camera, customer_id=found.customer, came_before=None,
                          group_id=None, staff=None)  # fmt: skip
    for name, table in (("sightings", sightings), ("footage_clips", clips), ("footage_visits", visits)):
        files.write_table(folder / f"{name}.parquet", name, table)


def kinds(private):
    return [line.kind for line in corrections.load(private).lines]


def test_two_customers_are_said_to_be_one(shop, capsys):
    assert cli.main(["faces", "merge", "shop", "F0001", "F0002"]) == 0
    assert kinds(shop) == ["must", "must"]
    assert (
        capsys.readouterr().out.splitlines()[-1]
        == f"2 lines added to {shop / 'corrections.csv'}; run  python run_all.py shop"
    )


def test_visits_are_said_to_be_somebody_elses(shop):
    assert cli.main(["faces", "not", "shop", "F0001", "V0003"]) == 0
    assert kinds(shop) == ["cannot"]


def test_a_customer_is_split_by_the_faces_that_are_kept(shop):
    assert cli.main(["faces", "split", "shop", "F0001"]) == 0
    assert kinds(shop) == ["cannot"]


def test_a_customer_of_one_piece_cannot_be_split(shop, capsys):
    assert cli.main(["faces", "split", "shop", "F0002"]) == 2
    assert "This customer cannot be split by their faces" in capsys.readouterr().err


def test_customers_and_visits_are_ignored(shop):
    assert cli.main(["faces", "ignore", "shop", "F0002", "V0004"]) == 0
    assert kinds(shop) == ["never", "ignore"]


def test_a_sheet_is_written_and_its_answers_are_taken_in(shop, capsys):
    assert cli.main(["faces", "review", "shop"]) == 0
    sheet = pd.read_csv(shop / "review.csv", keep_default_na=False)
    assert sheet["question"].iloc[0] == "Are F0001 and F0002 one person?"
    sheet["answer"] = np.where(sheet["rank"] == 1, "same", "")
    sheet.to_csv(shop / "review.csv", index=False)
    assert cli.main(["faces", "review", "shop", "--answers", str(shop / "review.csv")]) == 0
    assert kinds(shop) == ["must", "must"]
    assert cli.main(["faces", "review", "shop"]) == 0
    assert "F0002" not in (shop / "review.csv").read_text()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["merge", "shop", "F0001", "F0009"], "There is no such customer in the footage"),
        (["not", "shop", "F0001", "V0099"], "There is no such visit in the footage"),
        (["not", "shop", "F0002", "V0002"], "Nothing would be left of this customer"),
        (["merge", "shop", "F0001", "F0002", "--outputs", "nowhere"], "There is no finished run to correct"),
    ],
)
def test_what_is_not_there_cannot_be_corrected(shop, capsys, words, told):
    assert cli.main(["faces", *words]) == 2
    assert told in capsys.readouterr().err
    assert not (shop / "corrections.csv").exists()

"""``shoplib faces cluster``: what it writes, what it says, and what it refuses."""

from __future__ import annotations

import pandas as pd
import pytest

from shoplib.cli import main

from .conftest import portrait, save

PURPOSE = "Count how often customers of our shop come back"


@pytest.fixture
def folder(tmp_path):
    """Return a folder of one photo, one file that is none, and one wall."""
    photos = tmp_path / "photos"
    save(photos / "in" / "one, two.png", portrait(204))
    (photos / "notes.txt").parent.mkdir(exist_ok=True)
    (photos / "notes.txt").write_text("x", encoding="utf-8")
    return photos


def test_a_folder_becomes_a_table_and_what_was_not_read_is_told(folder, tmp_path, capsys):
    import numpy as np

    save(folder / "wall.png", np.full((90, 120, 3), 127, np.uint8))
    out = tmp_path / "new" / "faces.csv"
    command = ["faces", "cluster", str(folder), "--out", str(out), "--mode", "recognise", "--purpose", PURPOSE]
    assert main(command) == 1
    assert capsys.readouterr().out == (
        f"1 face on 2 photos, 1 people: {out}\n"
        "1 photo without a face\n"
        "1 file not read:\n"
        "  notes.txt: not a photo: JPEG, PNG, WebP, BMP, TIFF, PGM, GIF or JPEG 2000\n"
    )
    before = out.read_bytes()
    table = pd.read_csv(out)
    assert table[["file", "face_no", "customer_id"]].to_numpy().tolist() == [["in/one, two.png", 1, "F0001"]]
    assert list(table.columns) == ["file", "face_no", "x", "y", "w", "h", "customer_id"]
    assert main(command) == 1
    assert out.read_bytes() == before


def test_the_table_inside_the_folder_is_no_photo(folder, capsys):
    (folder / "notes.txt").unlink()
    out = folder / "faces.csv"
    for _ in range(2):
        assert main(["faces", "cluster", str(folder), "--out", str(out), "--mode", "count"]) == 0
    assert capsys.readouterr().out == 2 * f"1 face on 1 photo: {out}\n"
    assert pd.read_csv(out)["customer_id"].isna().all()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            [],
            "People on photos are told apart only for a stated purpose\n"
            "  where   shoplib faces cluster\n"
            "  found   no --mode and no --purpose\n"
            "  wanted  --mode recognise --purpose TEXT, or --scenario FILE with a complete section privacy\n"
            '  next    add --mode recognise --purpose "what it is for", or --mode count to find faces only\n',
        ),
        (
            ["--mode", "recognise", "--purpose", "TODO"],
            "The purpose says nothing\n"
            "  where   --purpose\n"
            "  found   TODO\n"
            "  wanted  a sentence the people on the photos would understand\n"
            "  next    write what it is for\n",
        ),
        (
            ["--mode", "recognise", "--purpose", PURPOSE, "--max-distance", "-1"],
            "The greatest distance between faces of one person is out of range\n"
            "  where   --max-distance\n"
            "  found   -1\n"
            "  wanted  more than 0 and at most 2\n"
            "  next    leave it out for the measured one\n",
        ),
    ],
)
def test_what_is_refused_is_refused_before_any_photo_is_opened(folder, tmp_path, capsys, arguments, said):
    assert main(["faces", "cluster", str(folder), "--out", str(tmp_path / "o.csv"), *arguments]) == 2
    assert capsys.readouterr().err == said
    assert not (tmp_path / "o.csv").exists()


def test_a_scenario_that_counts_lets_nobody_be_told_apart(folder, tmp_path, capsys):
    scenario = ["--scenario", "params/epos.yaml"]
    assert main(["faces", "cluster", str(folder), "--out", str(tmp_path / "o.csv"), *scenario]) == 1
    assert capsys.readouterr().out.startswith("1 face on 1 photo: ")
    again = [*scenario, "--mode", "recognise"]
    assert main(["faces", "cluster", str(folder), "--out", str(tmp_path / "o.csv"), *again]) == 2
    assert capsys.readouterr().err == (
        "The scenario does not say why people may be told apart\n"
        "  where   privacy\n"
        "  found   nothing usable for purpose, legal_basis, notice, contact, embeddings_days\n"
        "  wanted  a complete section privacy\n"
        "  next    fill it in, or add --mode recognise --purpose TEXT\n"
    )

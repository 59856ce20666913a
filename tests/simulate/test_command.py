"""``shoplib simulate``: files in a folder, refusals with a message."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def simulate(command: Command, repository: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return command(repository, "simulate", *words, tool="shoplib")

    return run


def test_a_world_is_written_and_told(simulate: Command, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = simulate("epos", "--transactions", "300", "--seed", "7", "--out", str(out), "--set", "simulate.cafes=1")
    assert (done.returncode, done.stderr) == (0, "")
    told = done.stdout.splitlines()
    assert told[0].split()[:3] == ["locations.csv", "9", "rows"]
    assert any(line.split()[:3] == ["epos_transactions.csv", "300", "rows"] for line in told)
    assert told[-1].endswith("nothing of it is real")
    before = (out / "epos_transactions.csv").read_bytes()
    assert simulate("epos", "--transactions", "20", "--seed", "8", "--out", str(out)).returncode == 0
    assert (out / "epos_transactions.csv").read_bytes() != before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_a_folder_in_use_and_a_wrong_setting_are_refused(simulate: Command, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    refused = simulate("epos", "--transactions", "1", "--out", str(tmp_path))
    assert refused.returncode == 2
    assert "The folder for the simulated files is not empty" in refused.stderr
    wrong = simulate("cafe", "--out", str(tmp_path / "new"), "--set", "simulate.categories=[Spirits]")
    assert wrong.returncode == 2
    assert wrong.stderr.startswith("A location has no products to sell")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.txt"]

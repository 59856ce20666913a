"""What commands about footage ask of the scenario they are given."""

import shutil
from pathlib import Path

import pytest

from shoplib import cli


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project in which nothing has run."""
    shutil.copytree(Path(cli.__file__).parents[3] / "params", tmp_path / "params")
    (tmp_path / "run_all.py").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


COMMANDS = [
    ("to correct", ["merge", "F0001", "F0002"]),
    ("to correct", ["review"]),
    ("to compare a count with", ["hand-count", "a", "3", "--by", "Ann"]),
]


def asked(words, scenario, *more):
    return cli.main(["faces", words[0], scenario, *words[1:], *more])


@pytest.mark.parametrize("words", [words for _, words in COMMANDS])
def test_a_scenario_without_cameras_is_refused(project, capsys, words):
    assert asked(words, "epos") == 2
    assert capsys.readouterr().err == (
        "This scenario has no cameras\n  where   epos.yaml\n  wanted  a section  cameras\n"
        "  next    name a scenario with footage\n"
    )


@pytest.mark.parametrize("outputs", ["", "elsewhere"])
@pytest.mark.parametrize(("purpose", "words"), COMMANDS)
def test_without_a_run_of_the_scenario_there_is_nothing_to_read(project, capsys, purpose, words, outputs):
    assert asked(words, "water_shop", *(["--outputs", outputs] if outputs else [])) == 2
    assert capsys.readouterr().err == (
        f"There is no finished run {purpose}\n  where   {project / (outputs or 'outputs')}/water_shop/latest/tables\n"
        "  found   no sightings\n  next    python run_all.py water_shop\n"
    )
    assert not (project / (outputs or "outputs")).exists()

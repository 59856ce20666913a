"""Faults made for real in folders of their own, and what the doctor says of each."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from shoplib.pipeline import doctor
from shoplib.pipeline.doctor import Finding

ROOT = Path(__file__).parents[2]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "requirements.lock").write_text("pytest==9.2.0\n")
    for name in ("outputs", "data"):
        (tmp_path / name).mkdir()
    return tmp_path


def distribution(folder: Path, name: str, version: str) -> None:
    """Make a folder look as pip leaves it after an installation."""
    place = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    place.mkdir(parents=True)
    (place / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


def kernelspec(folder: Path, *argv: str) -> None:
    place = folder / "kernels" / "python3"
    place.mkdir(parents=True)
    (place / "kernel.json").write_text(json.dumps({"argv": [*argv], "display_name": "x", "language": "python"}))


def test_this_machine_runs_the_workbook_and_nothing_is_changed(root: Path) -> None:
    before = sorted(root.rglob("*"))
    findings = doctor.examine(root)
    assert [finding.name for finding in findings if finding.fault] == []
    assert [finding.name for finding in findings][:5] == ["python", "library", "packages", "cv2", "disk"]
    assert sorted(root.rglob("*")) == before


def test_what_is_shown() -> None:
    findings = [Finding("disk", False, "9 MiB free"), Finding("pdf", False, "typst", "install Pango"),
                Finding("packages", True, "1 missing: fugu", "make setup")]  # fmt: skip
    assert doctor.show(findings) == (
        "  ok     disk        9 MiB free\n"
        "  note   pdf         typst\n"
        "                     → install Pango\n"
        "  FAULT  packages    1 missing: fugu\n"
        "                     → make setup"
    )


def test_a_package_that_is_not_installed_and_one_of_another_version(root: Path) -> None:
    (root / "requirements.lock").write_text(
        "no-such-package-here==1.0\npytest==0.0.1\npillow==1 ; sys_platform == 'nowhere'\n"
    )
    found = doctor.packages(root, doctor.packages_here())
    assert found == Finding(
        "packages", True,
        f"1 missing: no-such-package-here; 1 of another version: pytest {pytest.__version__} for 0.0.1",
        "remove the folder .venv, then  make setup",
    )  # fmt: skip


def test_a_root_without_a_lock(tmp_path: Path) -> None:
    found = doctor.packages(tmp_path, {})
    assert (found.fault, found.fix) == (True, "take the file from the project again, or run  make lock")


def test_versions_are_compared_as_versions(root: Path) -> None:
    (root / "requirements.lock").write_text("fontpkg-noto-sans-tamil==2.4\n")
    assert not doctor.packages(root, {"fontpkg-noto-sans-tamil": "2.004"}).fault


def test_two_owners_of_cv2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    distribution(tmp_path, "opencv-python-headless", "4.9.0")
    monkeypatch.syspath_prepend(tmp_path)
    found = doctor.cv2_owner(doctor.packages_here())
    assert found.fault
    assert found.found == "its owners are opencv-python, opencv-python-headless"
    assert doctor.cv2_owner({}).found == "not installed"


def test_a_python_that_is_too_old() -> None:
    found = doctor.python((3, 9, 2))
    assert found.fault
    assert found.found == f"3.9.2 at {sys.executable}"


def test_the_library_of_another_copy(tmp_path: Path) -> None:
    (tmp_path / "src" / "shoplib").mkdir(parents=True)
    assert doctor.library(tmp_path).fault
    assert not doctor.library(ROOT).fault


def test_a_full_disk(tmp_path: Path) -> None:
    assert doctor.disk(tmp_path, wanted_mb=1 << 40).fault
    assert not doctor.disk(tmp_path, wanted_mb=1).fault


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "outputs").write_text("")
    found = doctor.writable(tmp_path / "outputs")
    assert found == Finding("outputs/", True, "may not be written: Not a directory",
                            "make it a folder of your own, or write elsewhere with --outputs FOLDER")  # fmt: skip
    assert not doctor.writable(tmp_path / "not yet there").fault


def test_a_kernel_of_another_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kernelspec(tmp_path, "/usr/lib/other/python", "-m", "ipykernel_launcher", "-f", "{connection_file}")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    found = doctor.kernel()
    assert found == Finding("kernel", True, "python3 starts /usr/lib/other/python, not this Python",
                            "jupyter kernelspec remove python3")  # fmt: skip


def test_a_kernel_that_ends_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kernelspec(tmp_path, "python", "-c", "raise SystemExit(3)")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    found = doctor.kernel()
    assert found.fault
    assert found.found.startswith("it did not answer: Kernel died before replying")


def test_a_held_scenario_and_what_a_killed_run_left(root: Path) -> None:
    (root / "outputs" / "epos" / ".state").mkdir(parents=True)
    (root / "outputs" / "pizza" / ".stages" / "03_etl" / ".working").mkdir(parents=True)
    (root / "outputs" / "pizza" / ".publishing").mkdir()
    with FileLock(root / "outputs" / "epos" / ".state" / "lock"):
        held, left = doctor.runs(root / "outputs")
    assert held.found == "a run is at work on epos"
    assert left.found == "pizza: a killed run left a half-made page, 03_etl"
    assert not held.fault
    assert not left.fault
    assert doctor.runs(root / "nowhere") == [Finding("runs", False, "none at work, nothing left behind")]


def test_secrets_that_scenarios_name_are_shown_masked_and_those_not_set_are_a_fault() -> None:
    here = {"SHOP_KEY": "correct horse battery staple 19f", "SHOP_PIN": "1234"}
    assert doctor.variables(["SHOP_PIN", "SHOP_KEY"], here) == Finding(
        "variables", False, "SHOP_KEY set, 32 characters, ends …9f; SHOP_PIN set, 4 characters"
    )
    assert doctor.variables(["SHOP_MAIL", "SHOP_KEY"], here) == Finding(
        "variables", True, "SHOP_KEY set, 32 characters, ends …9f; SHOP_MAIL is not set",
        "read -rs SHOP_MAIL && export SHOP_MAIL  asks for it unseen; do so before the run",
    )  # fmt: skip
    assert doctor.variables([], here) == Finding("variables", False, "none are needed")


def test_a_secret_of_the_terminal_in_the_results_is_a_fault(root: Path) -> None:
    here, home = {"SHOP_TOKEN": "correct horse battery staple 19f"}, root / "outputs" / "epos"
    home.mkdir()
    (home / "a.txt").write_text("fine")
    assert doctor.leaked(root / "outputs", here) == Finding("secrets", False, "none in the 1 file of outputs/")
    (home / "b.txt").write_text(here["SHOP_TOKEN"])
    assert doctor.leaked(root / "outputs", here) == Finding(
        "secrets", True, "a secret of this terminal stands in 1 of the 2 files of outputs/: epos/b.txt",
        "remove these and every copy that was given away, and replace the secret by a new one",
    )  # fmt: skip
    (home / "b.txt").unlink()
    (home / "torn.parquet").write_text("")
    assert doctor.leaked(root / "outputs", here) == Finding(
        "secrets", False, "none in the 2 files of outputs/; not readable: epos/torn.parquet",
        "look into these yourself",
    )  # fmt: skip
    assert doctor.leaked(root / "outputs", {"HOME": "/home/somebody"}) == Finding(
        "secrets", False, "no variable of this terminal is a secret by its name; outputs/ not searched"
    )


def test_a_folder_that_is_no_clone(tmp_path: Path) -> None:
    assert not doctor.git(tmp_path).fault
    assert "clone" in doctor.git(tmp_path).found


def test_a_machine_without_pango_prints_with_typst_and_says_how_to_change_that() -> None:
    """In a process whose loader knows no system library, as in a slim container."""
    script = """
import cffi
def refuse(self, name, *rest):
    raise OSError("cannot load library " + str(name))
cffi.FFI.dlopen = refuse
from shoplib.pipeline import doctor
print(doctor.show([doctor.pdf_engine()]))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == (
        "  note   pdf         typst, because the library Pango is not there\n"
        "                     → for PDFs set like the page: apt install libpango-1.0-0 libpangoft2-1.0-0 "
        "libharfbuzz-subset0 (macOS: brew install pango)\n"
    )

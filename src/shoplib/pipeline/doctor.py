"""What is missing or broken on this machine, each thing with the way to mend it."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from filelock import FileLock, Timeout
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

import shoplib
from shoplib.base import words
from shoplib.config.secrets import read
from shoplib.errors import ConfigError
from shoplib.pipeline import leaks
from shoplib.pipeline.lockfile import Pin, pins
from shoplib.report import fonts, pdf

ANEW = "remove the folder .venv, then  make setup"
KERNEL = "python3"
KERNEL_TIMEOUT_S = 15.0
DISK_MB = 2_000
CV2_OWNERS = ("opencv-python", "opencv-python-headless", "opencv-contrib-python", "opencv-contrib-python-headless")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")


@dataclass(frozen=True)
class Finding:
    """One thing looked at: ``fault`` if the workbook cannot run well so, ``fix`` in words (empty if all is well)."""

    name: str
    fault: bool
    found: str
    fix: str = ""


def examine(root: Path) -> list[Finding]:
    """Return what was found on this machine for the workbook at ``root``, in the order in which to mend it.

    Takes a few seconds, because a kernel is started. Nothing is changed.
    """
    installed = packages_here()
    return [
        python(sys.version_info[:3]),
        library(root),
        packages(root, installed),
        cv2_owner(installed),
        disk(root),
        *(writable(root / name) for name in ("outputs", "data")),
        kernel(),
        pdf_engine(),
        page_fonts(),
        git(root),
        chromium(),
        *runs(root / "outputs"),
        variables(leaks.named(root / "params"), os.environ),
        leaked(root / "outputs", os.environ),
        Finding("network", False, "not needed: after the setup everything runs offline"),
    ]


def show(findings: Iterable[Finding]) -> str:
    """Return the findings as text, one line each and one below for the way to mend it."""
    lines = []
    for finding in findings:
        mark = "FAULT" if finding.fault else "note" if finding.fix else "ok"
        lines.append(f"  {mark:<5}  {finding.name:<10}  {finding.found}")
        if finding.fix:
            lines.append(f"{'':<21}→ {finding.fix}")
    return "\n".join(lines)


def packages_here() -> dict[str, str]:
    """Return package → version of everything this Python can import, the first on its path winning."""
    found: dict[str, str] = {}
    for one in metadata.distributions():
        found.setdefault(canonicalize_name(one.name), one.version)
    return found


def python(version: tuple[int, int, int]) -> Finding:
    """Return whether a Python version is one the project runs on."""
    wanted = metadata.metadata("shoplib")["Requires-Python"]
    text = ".".join(map(str, version))
    fault = text not in SpecifierSet(wanted)
    return _judged(
        "python",
        fault,
        f"{text} at {sys.executable}",
        f"a Python {wanted} is wanted: install 3.11, remove .venv, then  make setup PYTHON=python3.11",
    )


def library(root: Path) -> Finding:
    """Return whether the imported library is the one of this folder, and not of a copy elsewhere."""
    here, imported = root / "src" / "shoplib", Path(shoplib.__file__).parent
    fault = here.is_dir() and here.resolve() != imported.resolve()
    return _judged(
        "library",
        fault,
        f"shoplib from {imported}",
        "this Python belongs to another copy of the project: use the .venv of this folder",
    )


def packages(root: Path, installed: Mapping[str, str]) -> Finding:
    """Return whether the installed packages are those of ``requirements.lock``, version for version."""
    try:
        wanted = [pin for pin in pins(root) if pin.wanted_here()]
    except ConfigError as error:
        return Finding("packages", True, f"{error.what}: {error.where}", error.next_step)
    missing = [pin.name for pin in wanted if pin.name not in installed]
    others = [_other(pin, installed[pin.name]) for pin in wanted if pin.name in installed]
    others = [text for text in others if text]
    if not missing and not others:
        return Finding("packages", False, f"all {words.plural(len(wanted), 'package')} of the lock")
    found = [f"{len(missing)} missing: {words.listed(missing, 3)}"] if missing else []
    found += [f"{len(others)} of another version: {words.listed(others, 3)}"] if others else []
    return Finding("packages", True, "; ".join(found), ANEW)


def _judged(name: str, fault: bool, found: str, fix: str) -> Finding:
    return Finding(name, fault, found, fix if fault else "")


def _other(pin: Pin, version: str) -> str:
    return "" if Version(version) == Version(pin.version) else f"{pin.name} {version} for {pin.version}"


def cv2_owner(installed: Mapping[str, str]) -> Finding:
    """Return whether exactly one package owns the folder ``cv2``; two of them overwrite each other's files."""
    owners = [name for name in CV2_OWNERS if name in installed]
    if owners == [CV2_OWNERS[0]]:
        return Finding("cv2", False, f"one owner, {owners[0]}")
    return Finding(
        "cv2",
        True,
        f"its owners are {words.listed(owners)}" if owners else "not installed",
        ANEW,
    )


def disk(root: Path, wanted_mb: int = DISK_MB) -> Finding:
    """Return whether the disk of the project has room for some runs."""
    free = shutil.disk_usage(root).free >> 20
    fault = free < wanted_mb
    return _judged(
        "disk",
        fault,
        f"{free:,} MiB free",
        f"free some space: {wanted_mb:,} MiB is comfortable; make clean  removes all results",
    )


def writable(folder: Path) -> Finding:
    """Return whether files can be made in a folder; it is made by the first run if it is not there."""
    place = folder if folder.exists() else folder.parent
    try:
        with tempfile.TemporaryFile(dir=place):
            return Finding(f"{folder.name}/", False, "may be written")
    except OSError as error:
        return Finding(
            f"{folder.name}/",
            True,
            f"may not be written: {error.strerror}",
            "make it a folder of your own, or write elsewhere with --outputs FOLDER",
        )


def kernel(timeout_s: float = KERNEL_TIMEOUT_S) -> Finding:
    """Return whether the notebooks' kernel belongs to this Python and answers within ``timeout_s``."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        program = KernelSpecManager().get_kernel_spec(KERNEL).argv[0]
    except NoSuchKernel:
        return Finding("kernel", True, f"there is no kernel {KERNEL}", ANEW)
    # jupyter_client puts this interpreter in the place of these three words
    if program not in ("python", "python3", f"python3.{sys.version_info.minor}", sys.executable):
        return Finding(
            "kernel",
            True,
            f"{KERNEL} starts {program}, not this Python",
            f"jupyter kernelspec remove {KERNEL}",
        )
    if trouble := _start_kernel(timeout_s):
        return Finding(
            "kernel",
            True,
            f"it did not answer: {trouble}",
            f"run  python -m ipykernel --version  with this Python and read its error; if that fails,  {ANEW}",
        )
    return Finding("kernel", False, f"{KERNEL} answers")


def _start_kernel(timeout_s: float) -> str:
    """Start a kernel and end it; return what went wrong, ``""`` if nothing."""
    from jupyter_client.manager import KernelManager

    # As in the chain: private socket files, whose path may hold about a hundred letters.
    with tempfile.TemporaryDirectory(prefix="shoplib-", ignore_cleanup_errors=True) as sockets:
        how = {"transport": "ipc", "ip": str(Path(sockets) / "k")} if os.name == "posix" else {}
        manager = KernelManager(kernel_name=KERNEL, **how)
        try:
            manager.start_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except OSError as error:
            return str(error)
        client = manager.client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=timeout_s)
        except RuntimeError as error:
            return str(error)
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
            manager.cleanup_resources()
    return ""


def pdf_engine() -> Finding:
    """Return which engine makes PDFs; without the system library Pango it is typst, which needs none."""
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):  # WeasyPrint prints a banner when it cannot
        engine = pdf.engine_here()
    if engine == pdf.WEASYPRINT:
        return Finding("pdf", False, "WeasyPrint with Pango")
    return Finding(
        "pdf",
        False,
        "typst, because the library Pango is not there",
        "for PDFs set like the page: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 "
        "(macOS: brew install pango)",
    )


def page_fonts() -> Finding:
    """Return whether the fonts of printed pages are installed."""
    try:
        count = len({family for family, _, path in fonts.files() if path.is_file()})
    except LookupError as error:
        return Finding("fonts", True, str(error).partition(" — ")[0], ANEW)
    return Finding("fonts", False, words.plural(count, "family", "families"))


def git(root: Path) -> Finding:
    """Return whether the code's commit can be written into a run's record; runs work without."""
    if shutil.which("git") is None:
        return Finding("git", False, "not installed", "install git, if the record should name the code's commit")
    if not (root / ".git").exists():
        return Finding("git", False, "this folder is no clone", "clone it, if the record should name the code's commit")
    return Finding("git", False, "the record of a run names the commit")


def chromium() -> Finding:
    """Return whether a browser is there that tests can draw pages with; nothing else needs one."""
    found = next((name for name in CHROMIUM if shutil.which(name)), "")
    return Finding("browser", False, f"{found}, for tests only" if found else "no Chromium; only some tests use one")


def runs(outputs: Path) -> list[Finding]:
    """Return the scenarios that are held by a run now, and what killed runs have left behind."""
    found = []
    for home in sorted(path for path in outputs.glob("*") if path.is_dir()):
        left = sorted(path for path in (*home.glob(".stages/*/.working"), *home.glob(".publishing")) if path.is_dir())
        if _held(home / ".state" / "lock"):
            found.append(
                Finding(
                    "runs",
                    False,
                    f"a run is at work on {home.name}",
                    "wait for it, or press Ctrl-C where it runs; the lock goes with the process",
                )
            )
        elif left:
            found.append(
                Finding(
                    "runs",
                    False,
                    f"{home.name}: a killed run left {words.listed(map(_of, left))}",
                    "run the scenario again: it starts these anew and keeps what was finished",
                )
            )
    return found or [Finding("runs", False, "none at work, nothing left behind")]


def _of(path: Path) -> str:
    return path.parent.name if path.name == ".working" else "a half-made page"


def _held(lock: Path) -> bool:
    if not lock.is_file():
        return False
    try:
        with FileLock(lock, timeout=0):
            return False
    except Timeout:
        return True
    except OSError:  # not ours to open; the finding on outputs/ says so
        return False


def variables(names: Iterable[str], environment: Mapping[str, str]) -> Finding:
    """Return whether the secrets that scenarios name are in the environment; their values are shown masked."""
    said, missing = [], []
    for name in sorted(names):
        try:
            said.append(f"{name} {read(name, environment)}")
        except ConfigError as error:
            said.append(f"{name} {error.found.removeprefix('it ')}")
            missing.append(name)
    fix = f"read -rs {missing[0]} && export {missing[0]}  asks for it unseen; do so before the run" if missing else ""
    return Finding("variables", bool(missing), "; ".join(said) or "none are needed", fix)


def leaked(outputs: Path, environment: Mapping[str, str]) -> Finding:
    """Return whether a file of the results holds the value of an environment variable that is a secret by its name."""
    if not leaks.values(environment):
        return Finding("secrets", False, "no variable of this terminal is a secret by its name; outputs/ not searched")
    seen = leaks.scan(outputs, environment)
    unread = f"; not readable: {words.listed(seen.unread, 3)}" if seen.unread else ""
    if seen.found:
        return Finding(
            "secrets",
            True,
            f"a secret of this terminal stands in {len(seen.found)} of the {words.plural(seen.files, 'file')} of "
            f"outputs/: {words.listed(seen.found, 3)}{unread}",
            "remove these and every copy that was given away, and replace the secret by a new one",
        )
    found = f"none in the {words.plural(seen.files, 'file')} of outputs/{unread}"
    return Finding("secrets", False, found, "look into these yourself" if unread else "")

"""The run people open: assembled from finished stages, recorded, and put in force in one step.

``outputs/<scenario>/<run code>/`` is made once and never changed; ``latest`` points at it.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from shoplib.base import words
from shoplib.errors import ShopError, StoreError
from shoplib.pipeline import keys
from shoplib.pipeline.job import Job
from shoplib.pipeline.results import NOTEBOOK
from shoplib.store import files

MANIFEST, NUMBERS, JOURNAL, LATEST = "manifest.json", "numbers.json", "journal.jsonl", "latest"


def publish(job: Job, events: Sequence[Mapping[str, Any]] = ()) -> Path:
    """Assemble the finished stages of ``job`` into a run, make it ``latest``, and return its folder.

    Every stage must be true. What is there already under the same run code is kept as it is; ``events`` (what
    happened this time, with wall times) are added to its journal.
    """
    final = job.home / job.run_code
    if not (final / MANIFEST).is_file():
        part = job.home / ".publishing"
        shutil.rmtree(part, ignore_errors=True)
        try:
            part.mkdir(parents=True)
            _assemble(job, part)
            shutil.rmtree(final, ignore_errors=True)
            part.replace(final)
        except OSError as error:
            raise files.as_store_error(error, final) from error
    for event in events:
        files.append_line(final / JOURNAL, event)
    _point(job.home / LATEST, final)
    _prune(job, final)
    return final


def _assemble(job: Job, part: Path) -> None:
    from shoplib.pipeline import pages  # a run that is there already needs no page makers

    for stage in job.graph.stages:
        source = job.results.folder(stage.name, job.results.current(stage.name))
        for path in sorted(p for p in source.rglob("*") if p.is_file()):
            target = _place(stage.name, path.relative_to(source))
            if target is not None:
                files.link_or_copy(path, part / target)
    files.write_json(part / NUMBERS, _numbers(job))
    receipts = [job.results.receipt(stage.name) for stage in job.graph.stages]
    files.write_json(part / MANIFEST, _manifest(job, receipts))
    pages.write(job, part)


def _place(stage: str, inside: Path) -> Path | None:
    """Return where a file of a result goes in the run, ``None`` for what stays behind."""
    head, *rest = inside.parts
    if head == "tables":
        return inside
    if head in ("figures", "listings"):
        return Path(head, stage, *rest)
    if head == "files":
        return Path(*rest[1:]) if rest[0] == "pages" else Path(*rest)
    return Path("notebooks", f"{stage}.ipynb") if inside.name == NOTEBOOK else None


def _numbers(job: Job) -> dict[str, Any]:
    """Return every number shown in the run, each with the stage that shows it."""
    found: dict[str, Any] = {}
    for stage in job.graph.stages:
        folder = job.results.folder(stage.name, job.results.current(stage.name))
        for name, number in files.read_json(folder / NUMBERS).items():
            if name in found:
                raise ShopError(f'The number "{name}" is shown twice', where=f"{found[name]['stage']} and {stage.name}",
                                next_step="give one of them another name")  # fmt: skip
            found[name] = {**number, "stage": stage.name}
    return found


def _manifest(job: Job, receipts: list[dict[str, Any]]) -> dict[str, Any]:
    lock = job.root / "requirements.lock"
    return {
        "run": job.run_code,
        "scenario": job.scenario.model_dump(mode="json"),
        "overrides": list(job.overrides),
        "code": _commit(job.root),
        "lock": files.sha256(lock) if lock.is_file() else "",
        "python": platform.python_version(),
        "shoplib": metadata.version("shoplib"),
        "stages": {
            r["stage"]: {name: r[name] for name in ("key", "parts", "outputs", "files")} for r in receipts
        },
    }  # fmt: skip


def _commit(root: Path) -> dict[str, Any]:
    """Return the commit the code stands at and whether files were changed since; empty without git."""

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else ""

    if shutil.which("git") is None or not (root / ".git").exists():
        return {}
    return {"commit": git("rev-parse", "HEAD"), "changed_since": bool(git("status", "--porcelain"))}


def _point(latest: Path, final: Path) -> None:
    """Make ``latest`` lead to ``final`` in one step, by a link where the system has them, by a copy elsewhere."""
    fresh = latest.with_name(".latest.part")
    if latest.is_symlink() and latest.readlink() == Path(final.name):
        return
    fresh.unlink(missing_ok=True) if fresh.is_symlink() else shutil.rmtree(fresh, ignore_errors=True)
    try:
        fresh.symlink_to(final.name, target_is_directory=True)
    except OSError:  # Windows without the right to make links
        shutil.copytree(final, fresh)
        shutil.rmtree(latest, ignore_errors=True)
    fresh.replace(latest)


def _prune(job: Job, final: Path) -> None:
    """Keep the newest runs and the stage results they were made of."""
    runs = [p.parent for p in job.home.glob(f"*/{MANIFEST}") if not p.parent.is_symlink() and p.parent.name != LATEST]
    runs.sort(key=lambda p: (p != final, -(p / MANIFEST).stat().st_mtime_ns, p.name))
    for old in runs[job.scenario.run.keep_runs :]:
        shutil.rmtree(old, ignore_errors=True)
    keep: dict[str, set[str]] = {}
    for run in runs[: job.scenario.run.keep_runs]:
        for stage, about in files.read_json(run / MANIFEST)["stages"].items():
            keep.setdefault(stage, set()).add(about["key"])
    job.results.prune(keep)


def manifest_of(home: Path, run: str) -> dict[str, Any]:
    """Return the manifest of a run by its code or the start of it, or by ``latest``."""
    found = sorted(p.parent.name for p in home.glob(f"*/{MANIFEST}"))
    matches = [name for name in found if name == run] or [n for n in found if n.startswith(run) and n != LATEST]
    if len(matches) != 1:
        raise StoreError(
            f'"{run}" is not one run of this scenario', where=home.name,
            found=words.listed(found) or "no finished run", wanted="a run code from the foot of a page, or latest",
        )  # fmt: skip
    return dict(files.read_json(home / matches[0] / MANIFEST))


def explain(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Return in words why two runs differ, stage by stage: what it was given, and which outputs changed."""
    lines = [f"{old['run']} → {new['run']}"]
    if old["run"] == new["run"]:
        return [*lines, "  the same run: same inputs, parameters and code"]
    for name in sorted(old["stages"].keys() | new["stages"].keys()):
        before, after = old["stages"].get(name), new["stages"].get(name)
        if before is None or after is None:
            lines.append(f"  {name}: only in {(old if after is None else new)['run']}")
        elif before["key"] != after["key"]:
            outputs = sorted(o for o, about in after["outputs"].items() if before["outputs"].get(o) != about)
            lines.append(f"  {name}")
            lines += [f"    because  {reason}" for reason in keys.differences(before["parts"], after["parts"], 12)]
            lines.append(f"    changed  {words.listed(outputs) if outputs else 'nothing: its outputs are the same'}")
    return lines

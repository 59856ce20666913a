"""What one worker does for one stage: run its notebook and seal the result, or keep what there is of it."""

from __future__ import annotations

import contextlib
import shutil
import time
from pathlib import Path
from typing import Any

from shoplib.errors import ShopError, StageError, StageFailed, StageStopped
from shoplib.pipeline import keys, progress, remembered
from shoplib.pipeline.results import NOTEBOOK, Results
from shoplib.store import files

FOR_NOTEBOOK = ("stage", "scenario", "gives", "folders", "sections", "sources", "footage", "private", "limit_mb",
                "parts_of_page")  # fmt: skip
ORDER, FINISHED, KERNEL_LOG = ".order.json", ".finished.json", ".kernel.log"


def run_stage(order: dict[str, Any]) -> None:
    """Make the result an order asks for the one in force, running its notebook only if no whole result fits.

    An order is plain JSON, so a worker may be another process or another machine on the same file system.
    Raises a ``ShopError``; the notebook as far as it came is then in ``failed/<stage>/``.
    """
    results, stage, began = Results(Path(order["home"])), order["stage"], time.monotonic()
    working, key = results.staging(stage), ""
    try:
        parts = {**order["fixed"], **_inputs(order, results)}
        key = keys.key_of(parts)
        fits = not order["force"] and results.whole(stage, key)
        if fits:
            results.point(stage, key)
        else:
            if progress.stopping.is_set():
                raise StageStopped("The run was interrupted", where=stage)
            _note(order, "started", key, began)
            _execute(order, results, working, key)
            if order["remembers"]:
                said = working / "tables" / f"{order['remembers']}.parquet"
                remembered.keep(results.home, order["remembers"], _day(order, results), said)
            results.seal(stage, key, working, {"stage": stage, "parts": parts, **_finished(working)})
    except (ShopError, OSError) as error:
        known = error if isinstance(error, ShopError) else files.as_store_error(error, working)
        if known is not error:  # the system refused a write, so the notebook itself may be torn
            (working / NOTEBOOK).unlink(missing_ok=True)
        _keep(working, results.home / "failed" / stage, known)
        _note(order, known.status if isinstance(known, StageError) else "failed", key, began)
        raise known from None
    shutil.rmtree(working, ignore_errors=True)
    _note(order, "restored" if fits else "ran", key, began)


def _inputs(order: dict[str, Any], results: Results) -> dict[str, Any]:
    found: dict[str, Any] = {"inputs": {name: results.output(giver, name) for name, giver in order["inputs"].items()}}
    if order["chapters"] is not None:
        found["chapters"] = {name: results.output(name, "chapter") for name in order["chapters"]}
        found["keys"] = {name: results.current(name) for name in order["chapters"]}
    if order["remembers"]:
        giver, dated_by = order["inputs"].get(order["dated_by"], ""), order["dated_by"]
        found["remembered"] = remembered.parts(results, order["remembers"], giver, dated_by)
    missing = [
        name for group in ("inputs", "chapters") for name, value in found.get(group, {}).items() if value is None
    ]
    if missing:
        raise StageFailed(
            f'{order["stage"]} needs "{missing[0]}", which is not there',
            next_step="run the whole scenario once, without --only or --from",
        )
    return found


def for_notebook(order: dict[str, Any], results: Results, key: str) -> dict[str, Any]:
    """Return what the façade must know: settings, promises, and where each input lies."""
    chapters = order["chapters"] or []
    return {
        **{name: order[name] for name in FOR_NOTEBOOK},
        "inputs": {name: str(results.path(giver, name)) for name, giver in order["inputs"].items()},
        "chapters": {name: str(results.folder(name, results.current(name))) for name in chapters},
        "remembered": [
            str(path) for path in remembered.earlier(results.home, order["remembers"], _day(order, results))
        ],
        "notebooks": str(Path(order["notebook"]).parent),
        "run_code": keys.run_code({**{name: results.current(name) for name in chapters}, order["stage"]: key}),
    }


def _day(order: dict[str, Any], results: Results) -> str:
    """Return the day that dates what a stage says; ``""`` where nothing is kept of it."""
    if not order["remembers"]:
        return ""
    dated_by = order["dated_by"]
    return remembered.last_day(results.path(order["inputs"][dated_by], dated_by), dated_by)


def _execute(order: dict[str, Any], results: Results, working: Path, key: str) -> None:
    from shoplib.pipeline import kernel  # papermill takes two seconds to import

    files.write_json(working / ORDER, for_notebook(order, results, key))
    parameters = {
        "scenario": order["scenario_file"],
        "run_dir": str(working),
        "overrides": "; ".join(order["overrides"]),
    }
    kernel.run(
        Path(order["notebook"]), working / NOTEBOOK, parameters, root=Path(order["root"]),
        timeout_s=order["timeout_s"], on_cell=lambda at, total: progress.emit(order["stage"], "cell", at, total),
    )  # fmt: skip


def _finished(working: Path) -> dict[str, Any]:
    finished = working / FINISHED
    if not finished.is_file():
        raise StageFailed(
            "The notebook ended before run.finish()", where=NOTEBOOK, found="its promised outputs were never checked",
            next_step="call run.finish() in the last cell; do not leave by sys.exit()",
        )  # fmt: skip
    return dict(files.read_json(finished))


def _keep(working: Path, failed: Path, error: ShopError) -> None:
    """Move what a failed stage leaves for a person to where it is found: notebook, figures, log and the reason."""
    shutil.rmtree(failed, ignore_errors=True)
    for name in ("tables", "files"):
        shutil.rmtree(working / name, ignore_errors=True)
    # On a full disk even this may fail; the error that is on its way says so already.
    with contextlib.suppress(OSError, ShopError):
        if (working / KERNEL_LOG).is_file():
            (working / KERNEL_LOG).rename(working / KERNEL_LOG.removeprefix("."))
        for path in (working / ORDER, working / FINISHED):
            path.unlink(missing_ok=True)
        failed.parent.mkdir(parents=True, exist_ok=True)
        working.rename(failed)
        files.write_text(failed / "error.txt", str(error) + "\n")
    shutil.rmtree(working, ignore_errors=True)


def _note(order: dict[str, Any], event: str, key: str, began: float) -> None:
    files.append_line(
        Path(order["journal"]),
        {"at": time.time(), "event": event, "stage": order["stage"], "key": key,
         "seconds": round(time.monotonic() - began, 3), "session": order["session"]},
    )  # fmt: skip

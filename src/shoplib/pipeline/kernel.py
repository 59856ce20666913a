"""One notebook on one kernel, by papermill: what was drawn is kept, and how it ended is told truly.

papermill marks every cell "completed" after a timeout or a dead kernel. The status here comes from the
exception that was raised; the notebook is mended to match and gets a banner at the cell where it ended.
"""

from __future__ import annotations

import logging
import os
import re
import signal
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import execute_notebook

from shoplib.errors import KernelDied, StageError, StageFailed, StageStopped, StageTimedOut
from shoplib.pipeline import progress

OnCell = Callable[[int, int], None]
START_TIMEOUT_S = 60
BANNER, LOG = "shoplib-banner", ".kernel.log"
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_RAISED = re.compile(r"\w*(Error|Exception|Interrupt|Exit)\b")
_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")
_living: weakref.WeakSet[_Kernel] = weakref.WeakSet()


class _Kernel(AsyncKernelManager):
    """A kernel that talks over private socket files, not open ports, and can be ended from another thread."""

    sockets = ""

    def __init__(self, **more: Any) -> None:
        if os.name == "posix":
            more |= {"transport": "ipc", "ip": str(Path(self.sockets) / "k")}
        super().__init__(**more)
        _living.add(self)


class _Engine(Engine):  # type: ignore[misc]  # papermill ships no types
    """papermill's nbclient engine, with a report of every cell."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, *, on_cell: OnCell, timeout_s: int, folder: str, log: str, **_: Any
    ) -> None:
        total, start = len(nb_man.nb.cells), nb_man.cell_start

        def started(cell: Any, cell_index: int | None = None, **more: Any) -> None:
            on_cell(cell_index or 0, total)
            start(cell, cell_index, **more)

        nb_man.cell_start = started
        # A socket's path may hold about a hundred letters, so it cannot lie under outputs/.
        with (
            tempfile.TemporaryDirectory(prefix="shoplib-", ignore_cleanup_errors=True) as sockets,
            Path(log).open("wb") as stream,
        ):
            client = PapermillNotebookClient(
                nb_man,
                kernel_name=kernel_name,
                kernel_manager_class=type("_Kernel", (_Kernel,), {"sockets": sockets}),
                timeout=timeout_s,
                startup_timeout=START_TIMEOUT_S,
                resources={"metadata": {"path": folder}},
            )
            client.execute(stdout=stream, stderr=stream)


papermill_engines.register("shoplib", _Engine)
logging.getLogger("papermill").setLevel(logging.ERROR)  # it reads comments as types and warns; the lint checks them


def run(
    notebook: Path, target: Path, parameters: dict[str, str], *, root: Path, timeout_s: int, on_cell: OnCell
) -> None:
    """Run a notebook with ``parameters`` and write it, with its outputs, to ``target``.

    Raises ``StageFailed``, ``StageTimedOut``, ``KernelDied`` or ``StageStopped``; ``target`` then holds what
    was drawn so far and a banner at the cell. On success ``target`` carries no time, path or address.
    """
    at = [0]

    def note(index: int, total: int) -> None:
        at[0] = index
        if progress.stopping.is_set():
            raise StageStopped("The run was interrupted", where=notebook.name)
        on_cell(index, total)

    try:
        execute_notebook(
            str(notebook), str(target), parameters, engine_name="shoplib", kernel_name="python3", progress_bar=False,
            on_cell=note, timeout_s=timeout_s, folder=str(root),
            log=str(target.with_name(LOG)),
        )  # fmt: skip
    except PapermillExecutionError as error:
        raise _ended(notebook, target, _failed(error, notebook, target), error.cell_index) from None
    except CellTimeoutError:
        ended = StageTimedOut(
            "A cell ran over its time", where=_cell(notebook, target, at[0]), wanted=f"at most {timeout_s} s",
            next_step="raise run.cell_timeout_s, or make the cell do less",
        )  # fmt: skip
        raise _ended(notebook, target, ended, at[0]) from None
    except DeadKernelError:
        raise _ended(notebook, target, _died(notebook, target, at[0]), at[0]) from None
    except RuntimeError as error:
        if progress.stopping.is_set():
            raise _ended(notebook, target, _died(notebook, target, at[0]), at[0]) from None
        # nbclient's word for a kernel that ends before it can answer
        died = KernelDied("The kernel did not start", where=notebook.name, found=str(error),
                          next_step="run  shoplib doctor")  # fmt: skip
        raise _ended(notebook, target, died, at[0]) from None
    _write_clean(target)


def stop_all() -> None:
    """End every living kernel at once; their stages then end as stopped."""
    for kernel in list(_living):
        pid = getattr(kernel.provisioner, "pid", None)
        if pid:
            os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))


def _failed(error: PapermillExecutionError, notebook: Path, target: Path) -> StageError:
    lines = _ANSI.sub("", error.evalue).strip().splitlines()
    if not lines:  # the kernel could not show its own traceback; what it wrote instead stands among the outputs
        written = [
            o.text for c in _kept(notebook, target).cells for o in c.get("outputs", []) if o.get("name") == "stderr"
        ]
        raised = [line for line in _ANSI.sub("", "".join(written)).splitlines() if _RAISED.match(line)]
        lines = raised[:1]
    ours = error.ename.endswith(("Error", "Busy")) and "\n  " in error.evalue
    return StageFailed(
        lines[0] if ours and lines else f"{error.ename}: {lines[0] if lines else 'no message'}",
        where=f"{notebook.name}, cell {error.cell_index}: {_first_line(error.source)}",
        details=[line.strip() for line in lines[1:12]],
        next_step="" if ours else "open the kept notebook at the banner",
    )


def _died(notebook: Path, target: Path, index: int) -> StageError:
    if progress.stopping.is_set():
        return StageStopped("The run was interrupted", where=_cell(notebook, target, index))
    return KernelDied(
        "The kernel died while a cell was running", where=_cell(notebook, target, index),
        found="the process ended without a Python error: often too little memory, or a crash in compiled code",
        next_step="close other programs or take less data, then run the same command again",
    )  # fmt: skip


def _cell(notebook: Path, target: Path, index: int) -> str:
    kept = _kept(notebook, target)
    return f"{notebook.name}, cell {index}: {_first_line(kept.cells[index].source)}"


def _first_line(source: str) -> str:
    lines = source.strip().splitlines()
    return lines[0][:80] if lines else "(empty)"


def _ended(notebook: Path, target: Path, error: StageError, index: int) -> StageError:
    """Mend what papermill wrote of a notebook that did not end well, and put the banner in."""
    kept = _kept(notebook, target)
    kept.cells = [c for c in kept.cells if "papermill-error-cell-tag" not in c.metadata.get("tags", [])]
    _clean(kept)
    banner = nbformat.v4.new_markdown_cell(f"> **This notebook {error.status} here.** {error.what}\n")
    banner.id, banner.metadata["tags"] = BANNER, [BANNER]
    kept.cells.insert(min(index, len(kept.cells)), banner)
    kept.metadata["shoplib"] = {"status": error.status, "cell": index}
    nbformat.write(kept, target)
    return error


def _kept(notebook: Path, target: Path) -> Any:
    """Return the notebook as far as it was written, the unexecuted one if that is not whole."""
    try:
        return nbformat.read(target, as_version=4)
    except (OSError, ValueError):
        return nbformat.read(notebook, as_version=4)


def _write_clean(target: Path) -> None:
    kept = nbformat.read(target, as_version=4)
    _clean(kept)
    kept.metadata["shoplib"] = {"status": "completed"}
    nbformat.write(kept, target)


def _clean(notebook: Any) -> None:
    """Take out of a notebook what differs between two equal runs: times, paths, addresses."""
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        for name in ("papermill", "execution"):
            cell.metadata.pop(name, None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = "injected-parameters"
            cell.source = re.sub(r"^run_dir = .*$", 'run_dir = ""', cell.source, flags=re.MULTILINE)
        for output in cell.get("outputs", []):
            for kind in ("text/plain", "text/html"):
                if kind in output.get("data", {}):
                    output.data[kind] = _ADDRESS.sub("0x…", output.data[kind])

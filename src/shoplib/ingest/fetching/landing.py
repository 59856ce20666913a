"""A folder that is whole or as it was: written beside its place, then put there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from shoplib.errors import BusyError
from shoplib.store import files


@contextmanager
def landing(folder: Path) -> Iterator[Path]:
    """Yield an empty hidden folder that takes the place of ``folder`` when the block ends well, and vanishes otherwise.

    What a killed process left behind is put right first. Raises ``BusyError`` while another process does the same, and
    ``StoreError`` when the system refuses to write.
    """
    new, old = (folder.with_name(f".{folder.name}.{word}") for word in ("new", "old"))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_name(f".{folder.name}.lock"), timeout=0):
            _put_right(folder, new, old)
            new.mkdir()
            try:
                yield new
                if folder.exists():
                    folder.rename(old)
                new.rename(folder)
            finally:
                _put_right(folder, new, old)
    except Timeout:
        raise BusyError(
            "This source is being fetched by another process", where=str(folder), next_step="wait until that has ended"
        ) from None
    except OSError as error:
        raise files.as_store_error(error, folder) from error


def _put_right(folder: Path, new: Path, old: Path) -> None:
    """Leave nothing beside the folder; one that was moved away for a new one that never came goes back."""
    if old.exists() and not folder.exists():
        old.rename(folder)
    for part in (new, old):
        shutil.rmtree(part, ignore_errors=True)

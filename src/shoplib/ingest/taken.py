"""The facts of a run: what its files say, or what the lasting store holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from shoplib.errors import SourceError
from shoplib.ingest.facts import Facts, take_in
from shoplib.ingest.lasting.snapshot import facts_of
from shoplib.store import places

if TYPE_CHECKING:
    from shoplib.config.mapping import Mapping as FileMapping
    from shoplib.config.models import Ingest, Shop


def facts_of_run(
    shop: Shop, ingest: Ingest, mappings: Mapping[str, FileMapping], files: Mapping[str, Sequence[Path]]
) -> Facts:
    """Return the facts a run tells of; ``files`` are as ``notebook.Inputs.sources`` gives them.

    A scenario with a lasting store finds the files of its snapshot in force there. Raises ``SourceError`` if there is
    none yet, and whatever ``take_in`` raises.
    """
    if not ingest.stored:
        return take_in(shop, ingest, mappings, files)
    snapshot = files.get(places.STORE, ())
    if not snapshot:
        raise SourceError(
            "Nothing was taken into the lasting store yet", where="data/store", found="no snapshot",
            next_step="python run_all.py with this scenario takes the inbox first; so does  shoplib ingest run",
        )  # fmt: skip
    return facts_of(snapshot[0].parent)

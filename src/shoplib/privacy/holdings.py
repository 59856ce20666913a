"""Where what is kept of people lies, for one scenario, and how finished work made from it is taken away whole."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoplib.errors import StoreError
from shoplib.store import files, places
from shoplib.store.keyring import Keyring, open_keyring
from shoplib.store.vault import Vault

if TYPE_CHECKING:
    from shoplib.config.models import Scenario

REVIEW, CERTIFICATES, LOG, WORK = "review", "certificates", "log.csv", "work"
"""Below the private folder; ``work`` holds what a run that was stopped needs to go on."""
PASSING = (REVIEW, WORK)
STAGES, STATE, LATEST, GOING = ".stages", ".state", "latest", ".going"
LOG_HEADER = "moment,event,what\n"
FOOTAGE = ("footage_visits", "sightings", "face_customers", "footage_clips", "footage_days")


@dataclass(frozen=True)
class Holdings:
    """The places of one scenario."""

    root: Path
    home: Path
    """``outputs/<scenario>``."""
    scenario: Scenario
    untouched: frozenset[str] = frozenset()
    """Stages that nothing of the footage reaches; results of all others may name people on it."""

    @property
    def name(self) -> str:
        """The scenario's name."""
        return self.scenario.name

    @property
    def simulated(self) -> bool:
        """Whether the people on the footage are rendered."""
        return self.scenario.cameras is not None and self.scenario.cameras.footage.kind == "simulated"

    @property
    def private(self) -> Path:
        """Folder of what is kept from run to run."""
        return places.private(self.root, self.home, self.name, simulated=self.simulated)

    @property
    def gallery(self) -> Path:
        """Folder of the encrypted records."""
        return self.private / places.GALLERY

    @property
    def state(self) -> Path:
        """File beside the records that says how often they changed and which numbers were given."""
        return self.gallery / places.STATE

    @property
    def folders(self) -> list[Path]:
        """Return the folders that may name a person on the footage, those there are."""
        apart = [] if self.private.is_relative_to(self.home) else [self.private]
        return [folder for folder in (self.home, *apart) if folder.is_dir()]

    @property
    def own(self) -> list[Path]:
        """Return the files and folders of the shop's own records, which footage never reaches."""
        data = self.root / "data"
        below = [data / kind / self.name for kind in ("raw", "processed", "failed", places.STORE)]
        database = places.database(self.root, self.name)
        beside = [database.with_name(f"{database.name}{end}") for end in ("", "-wal")]
        results = [self.home / STAGES / stage for stage in sorted(self.untouched)]
        return [path for path in (*below, *beside, *results) if path.exists()]

    def keyring(self, environ: Mapping[str, str], folder: Path | None = None) -> Keyring:
        """Return the keys of the scenario."""
        return open_keyring(self.name, environ, self.scenario.privacy.key_env, folder)

    def vault(self, keyring: Keyring) -> Vault:
        """Return the records."""
        return Vault(self.gallery, keyring)


def tables(holdings: Holdings, name: str) -> Iterator[Path]:
    """Yield every finished copy of a table, results before runs, those in force first."""
    stages = holdings.home / STAGES
    for current in sorted(stages.glob("*/current")):
        path = current.parent / current.read_text(encoding="utf-8").strip() / "tables" / f"{name}.parquet"
        if path.is_file():
            yield path
    yield from sorted(stages.glob(f"*/*/tables/{name}.parquet"))
    yield from sorted(holdings.home.glob(f"*/tables/{name}.parquet"))


def finished(holdings: Holdings) -> list[Path]:
    """Return everything that was made from footage: runs, results, failed and half-made ones, caches, journals.

    What is left alone: the private folder, the lock of the run, results of stages that footage does not reach.
    """
    home, private = holdings.home, holdings.private
    if not home.is_dir():
        return []
    found = [path for path in sorted(home.iterdir()) if path not in (private, home / STAGES, home / STATE)]
    found += [path for path in _inside(home / STAGES) if path.name not in holdings.untouched]
    found += [path for path in _inside(home / STATE) if not path.name.endswith("lock")]
    return found


def take_away(paths: Collection[Path]) -> int:
    """Remove files and folders and return how many files went; links go, what they lead to does not.

    A folder is renamed first: interrupted, it is no result or run any more, and goes at the next time.
    """
    went = 0
    for path in paths:
        try:
            if path.is_symlink() or path.is_file():
                path.unlink()
                went += 1
            elif path.is_dir():
                went += sum(1 for inside in path.rglob("*") if inside.is_file() and not inside.is_symlink())
                going = path if path.name.startswith(GOING) else path.with_name(f"{GOING}-{path.name}")
                if going != path:
                    shutil.rmtree(going, ignore_errors=True)
                    path.rename(going)
                shutil.rmtree(going)
        except OSError as error:
            raise StoreError(
                "Something could not be removed", where=str(path), found=str(error),
                next_step="close programs that use it, check its rights, then run the same command again: "
                "what is gone already stays gone",
            ) from error  # fmt: skip
    return went


def read_state(holdings: Holdings) -> dict[str, Any]:
    """Return what stands beside the records; nothing was ever kept: empty."""
    return dict(files.read_json(holdings.state)) if holdings.state.is_file() else {}


def changed(holdings: Holdings, *, used: int = 0) -> None:
    """Write down that the records changed, so that the next run reads them anew; ``used`` numbers stay given."""
    state = read_state(holdings)
    if state or holdings.gallery.is_dir():
        before = {"generation": 0, "clips": {}, **state}
        highest = max(int(before.get("highest", 0)), used)
        files.write_json(holdings.state, {**before, "generation": int(before["generation"]) + 1, "highest": highest})


def note(holdings: Holdings, now: dt.datetime, event: str, what: str) -> None:
    """Add a line to the log of what was erased and purged; it names nobody."""
    path = holdings.private / LOG
    holdings.private.mkdir(parents=True, exist_ok=True)
    text = path.read_text(encoding="utf-8") if path.is_file() else LOG_HEADER
    files.write_text(path, f'{text}{now.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ},{event},"{what}"\n')


def _inside(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []

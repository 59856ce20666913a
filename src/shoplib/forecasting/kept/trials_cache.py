"""What models said of a panel, kept so that nothing is refitted: bounded in size, remade where it is damaged."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from shoplib.base import digest
from shoplib.errors import StoreError
from shoplib.forecasting.kept import answers, history, origin
from shoplib.forecasting.models.interface import Crew, Model, Said
from shoplib.forecasting.panel import Panel
from shoplib.store import files

MOST_BYTES = 256 << 20
SUFFIX = ".said"
DIGITS = 64
MODEL = "model"


def key(panel: Panel, model: Model, horizon: int) -> str:
    """Return under which name an answer is kept: digest of the panel as cut, the model and what it is made by."""
    return digest.of_value(
        {
            "panel": history.digest_of(panel), "model": model.name, "settings": origin.settings(model),
            "horizon": horizon, "code": origin.code(), "versions": origin.versions([model.name], panel.country),
        }
    )  # fmt: skip


def cached(folder: Path, panel: Panel, model: Model, horizon: int) -> Said | None:
    """Return what ``model`` said of this panel, as cut at an origin; ``None`` if nothing whole is kept."""
    return _found(folder / f"{key(panel, model, horizon)}{SUFFIX}")


def keep(folder: Path, panel: Panel, model: Model, horizon: int, said: Said, most_bytes: int = MOST_BYTES) -> None:
    """Keep what ``model`` said; the answers not asked for longest give way when there is no room."""
    _keep(folder / f"{key(panel, model, horizon)}{SUFFIX}", said, most_bytes)


@dataclass
class Cached:
    """A model that is asked only for what is not kept. A folder that cannot be written to is no hindrance."""

    model: Model
    folder: Path
    most_bytes: int = MOST_BYTES
    name: str = field(init=False)
    label: str = field(init=False)
    told: str = field(init=False)

    def __post_init__(self) -> None:
        """Take the names of the model."""
        self.name, self.label, self.told = self.model.name, self.model.label, self.model.told

    def forecast(self, panel: Panel, horizon: int, crew: Crew) -> Said:
        """Return what is kept, else what the model says."""
        place = self.folder / f"{key(panel, self.model, horizon)}{SUFFIX}"
        found = _found(place)
        if found is not None and found.mean.shape == (len(panel.ids), horizon):
            return found
        said = self.model.forecast(panel, horizon, crew)
        try:
            _keep(place, said, self.most_bytes)
        except StoreError:
            return said
        return said


def as_bytes(said: Said) -> bytes:
    """Return an answer as bytes that begin with their own digest."""
    body = answers.answers_as_bytes({MODEL: said})
    return digest.of_bytes(body).encode() + body


def from_bytes(data: bytes) -> Said | None:
    """Return the answer of :func:`as_bytes`, number for number; ``None`` if the bytes are not whole."""
    if digest.of_bytes(data[DIGITS:]).encode() != data[:DIGITS]:
        return None
    return answers.answers_from_bytes(data[DIGITS:], [MODEL])[MODEL]


def _found(place: Path) -> Said | None:
    try:
        said = from_bytes(place.read_bytes())
        os.utime(place)
    except OSError:
        return None
    return said


def _keep(place: Path, said: Said, most_bytes: int) -> None:
    data = as_bytes(said)
    if len(data) > most_bytes:
        return
    _make_room(place.parent, most_bytes - len(data))
    files.write_bytes(place, data)


def _make_room(folder: Path, most_bytes: int) -> None:
    """Take away the answers asked for longest ago until the rest fit."""
    sizes: list[tuple[int, str, int]] = []
    for place in folder.glob(f"*{SUFFIX}"):
        try:
            told = place.stat()
        except FileNotFoundError:  # another process made room too
            continue
        sizes.append((told.st_mtime_ns, place.name, told.st_size))
    over = sum(size for *_, size in sizes) - most_bytes
    for _, name, size in sorted(sizes):
        if over <= 0:
            return
        (folder / name).unlink(missing_ok=True)
        over -= size

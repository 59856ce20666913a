"""Who was known before: a record for each person, encrypted under a key of their own, and what of it may be told."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from shoplib.base import digest
from shoplib.errors import ConfigError
from shoplib.faces.identity import anchors, keys
from shoplib.faces.pictures import Ints, Prints
from shoplib.store import files
from shoplib.store.keyring import Keyring
from shoplib.store.places import STATE
from shoplib.store.vault import Vault

if TYPE_CHECKING:
    from shoplib.faces.footage.watched import Watched
    from shoplib.faces.identity.naming import People

MOST_KEPT = 12
"""Faces kept of one piece, evenly spread over it."""
PHOTO = "photo"
"""Stands for the clip of what was taken from photos of a person who agreed."""
PLACES = ("at_s", "x", "y", "width_px")
KNOWN = {
    "key": "object", "sha256": "object", "camera": "object", "begins": "datetime64[ns, UTC]",
    "ends": "datetime64[ns, UTC]",
}  # fmt: skip


@dataclass(frozen=True)
class Known:
    """What is kept of some people, as pieces; the prints are turned by the shop's rotation."""

    about: pd.DataFrame
    """One row a kept piece: ``KNOWN``; the digest of the clip is ``photo`` for photos."""
    prints: Prints
    owner: Ints
    faces: pd.DataFrame
    """Where its faces were: ``anchors.FACES``, node is the row of ``about``."""


@dataclass
class Gallery:
    """The records of a folder; ``state.json`` beside them tells clips from one another and nothing of people."""

    vault: Vault
    generation: int = 0
    """Grows with each change that does not come from footage: photos added, a person removed."""
    clips: dict[str, str] = field(default_factory=dict)
    highest: int = 0
    """The highest number ever given to a person; never given again."""

    @classmethod
    def open(cls, folder: Path, keyring: Keyring) -> Gallery:
        """Return the gallery of a folder, empty if there is none yet; nothing is written."""
        path = folder / STATE
        state = files.read_json(path) if path.is_file() else {}
        vault = Vault(folder, keyring)
        highest = max([int(state.get("highest", 0)), *(keys.number(name) for name in vault.names())])
        return cls(vault, int(state.get("generation", 0)), dict(state.get("clips", {})), highest)

    def customers(self, without: frozenset[str] = frozenset()) -> frozenset[str]:
        """Return whose records there are; ``without`` leaves out those known only from clips of these digests."""
        names = self.vault.names()
        if without:
            names = [name for name in names if any(p["sha256"] not in without for p in self._pieces(name))]
        return frozenset(names)

    def turned(self, prints: Prints) -> Prints:
        """Return prints turned by the shop's secret rotation; distances stay, prints of two shops have none."""
        return prints @ self.vault.keyring.rotation(prints.shape[1]) if len(prints) else prints

    def known(self, people: frozenset[str] | None = None) -> Known:
        """Return what is kept of everybody, or of some people, in order of their keys."""
        rows: list[dict[str, Any]] = []
        for name in self.vault.names():
            if people is None or name in people:
                rows += [{"key": name, **piece} for piece in self._pieces(name)]
        about = pd.DataFrame([{name: row[name] for name in KNOWN} for row in rows], columns=list(KNOWN))
        owner = np.repeat(np.arange(len(rows)), [len(row["prints"]) for row in rows]).astype(np.int64)
        tables = [_places(row, node) for node, row in enumerate(rows) if row["sha256"] != PHOTO]
        prints = np.concatenate([row["prints"] for row in rows]) if rows else np.empty((0, 0))
        return Known(about.astype(KNOWN), prints, owner, anchors.together(tables))

    def save(self, people: People, watched: Sequence[Watched]) -> None:
        """Keep who was seen: pieces of the clips watched now take the place of those kept of them before.

        Only people with a key are kept. A person of whom nothing is left is removed; their number is not given again.
        """
        now = {one.about.sha256 for one in watched}
        kept: dict[str, list[dict[str, Any]]] = {name: [] for name in self.vault.names()}
        for name in list(kept):
            for piece in self._pieces(name):
                to = people.moved.get((name, str(piece["sha256"]), str(piece["begins"])), name)
                if piece["sha256"] not in now and to is not None:
                    kept.setdefault(to, []).append(piece)
        turned = self.turned(people.pieces.prints)
        for node, customer in enumerate(people.customer):
            if customer is not None:
                kept.setdefault(customer, []).append(_kept(people, watched, turned, node))
        for name, pieces in kept.items():
            if pieces:
                self._put(name, pieces)
            else:
                self.vault.remove(name)
        self.highest = max([self.highest, *(keys.number(name) for name in kept)])
        self._write_state()

    def enrol(self, prints: Prints, day: dt.date, key: str | None = None, name: str = "") -> str:
        """Keep the prints of photos of a person and return their key: a new one, or that of a person known already.

        Photos given again are added to those there are. ``name`` stands in the encrypted record and nowhere else.
        """
        if not len(prints):
            raise ConfigError("Nobody can be enrolled without a face", found="no usable face on the photos",
                              wanted="one good face a photo",
                              next_step="take photos from the front, in good light")  # fmt: skip
        customer = key or keys.lasting(self.highest + 1)
        before = self._pieces(customer) if customer in self.vault.names() else []
        moment = dt.datetime.combine(day, dt.time(), dt.UTC).isoformat()
        photos = {"sha256": PHOTO, "camera": "", "begins": moment, "ends": moment, "prints": self.turned(prints),
                  **{place: [] for place in PLACES}, **({"name": name} if name else {})}  # fmt: skip
        self._put(customer, [*before, photos])
        self.highest = max(self.highest, keys.number(customer))
        self.generation += 1
        self._write_state()
        return customer

    def remove(self, customers: Sequence[str]) -> int:
        """Remove records with their keys and return how many there were; their numbers are not given again."""
        gone = sum(self.vault.remove(name) for name in customers)
        self.generation += 1
        self._write_state()
        return gone

    def record(self, name: str) -> dict[str, Any]:
        """Return what is kept of a person as plain values, for the person to read."""
        pieces = [{**piece, "prints": np.asarray(piece["prints"]).tolist()} for piece in self._pieces(name)]
        return {"key": name, "last_seen": self.vault.last_seen(name).isoformat(), "pieces": pieces}

    def _pieces(self, name: str) -> list[dict[str, Any]]:
        record = json.loads(self.vault.get(name))
        return [{**piece, "prints": _prints(piece["prints"], record["numbers"])} for piece in record["pieces"]]

    def _put(self, name: str, pieces: Sequence[dict[str, Any]]) -> None:
        ordered = sorted(pieces, key=lambda piece: (piece["begins"], piece["camera"], piece["sha256"]))
        numbers = next((piece["prints"].shape[1] for piece in ordered if len(piece["prints"])), 0)
        plain = [{**piece, "prints": base64.b64encode(np.ascontiguousarray(piece["prints"], "<f8").tobytes()).decode()}
                 for piece in ordered]  # fmt: skip
        last = max(dt.datetime.fromisoformat(piece["ends"]) for piece in ordered).date()
        self.vault.put(name, digest.canonical({"numbers": numbers, "pieces": plain}).encode(), last)

    def _write_state(self) -> None:
        """Write the state anew from the records: for each clip a digest of who is kept of it, and where."""
        told: dict[str, list[Any]] = {}
        for name in self.vault.names():
            for piece in self._pieces(name):
                if piece["sha256"] != PHOTO:
                    shown = digest.of_bytes(np.ascontiguousarray(piece["prints"]).tobytes())
                    told.setdefault(piece["sha256"], []).append([name, piece["begins"], piece["ends"], shown])
        salt = self.vault.identity()
        self.clips = {clip: self.vault.keyring.digest(digest.of_value(rows), salt) for clip, rows in told.items()}
        state = {"generation": self.generation, "clips": self.clips, "highest": self.highest}
        files.write_json(self.vault.folder / STATE, state)


def _prints(text: str, numbers: int) -> Prints:
    return np.frombuffer(base64.b64decode(text), "<f8").reshape(-1, max(numbers, 1)).astype(np.float64)


def _places(piece: dict[str, Any], node: int) -> pd.DataFrame:
    table = pd.DataFrame({name: piece[name] for name in PLACES}).astype("float64")
    clip = anchors.digest_of(piece["sha256"])
    named = table.assign(clip=clip, quality=0.0, node=node, row=np.arange(len(table)))
    return named[list(anchors.FACES)].astype(anchors.FACES)


def _kept(people: People, watched: Sequence[Watched], turned: Prints, node: int) -> dict[str, Any]:
    """Return what is kept of a piece."""
    about = people.pieces.about.iloc[node]
    mine = np.flatnonzero(people.pieces.owner == node)
    mine = mine[np.unique(np.linspace(0, len(mine) - 1, min(len(mine), MOST_KEPT)).round().astype(int))]
    clip = next(one for one in watched if one.clip.name == about["clip"])
    places = anchors.placed(clip.faces, str(about["sha256"]), np.zeros(len(clip.faces), dtype=np.int64))
    if len(mine):
        shown = places.iloc[people.pieces.rows[mine]]
    else:
        at = next(at for at, one in enumerate(watched) if one is clip)
        shown = places[(people.faces[at]["track"] == about["piece"]).to_numpy(dtype=bool, na_value=False)]
        shown = shown.iloc[np.unique(np.linspace(0, len(shown) - 1, min(len(shown), MOST_KEPT)).round().astype(int))]
    return {
        "sha256": str(about["sha256"]), "camera": str(about["camera"]), "begins": about["begins"].isoformat(),
        "ends": about["ends"].isoformat(), "prints": turned[mine],
        **{name: shown[name].tolist() for name in PLACES},
    }  # fmt: skip

"""A person taken out of everything that was ever made from footage, and the proof that nothing is left.

Finished results and runs that footage reaches go as wholes: the next run makes them again without the person. The
record and its key go last, so that an erasure that was interrupted can be asked for again.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoplib.base import words
from shoplib.errors import StoreError
from shoplib.privacy import certificate, consent, retention
from shoplib.privacy import holdings as kept
from shoplib.privacy.holdings import Holdings
from shoplib.store import files, searching
from shoplib.store.keyring import Keyring
from shoplib.store.searching import Scan

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

KEY = re.compile(r"[A-Z][0-9]{3,}(-[0-9]{2,})?")
CANARY = ".canary"
NEAR_S = 1.0  # a correction names a face at most so long from where it is
CORRECTIONS = "corrections.csv"
Spans = list[tuple[str, float, float]]
Forget = Callable[[Path, Spans], int]
"""Takes away the corrections that name a moment of some spans, in a private folder; returns how many."""


@dataclass(frozen=True)
class Erasure:
    """What became of an erasure."""

    certificate: dict[str, Any]
    papers: tuple[Path, ...]
    left: tuple[str, ...]
    """Files that still hold the key or a print of the person."""
    namesakes: tuple[str, ...]
    """Files of the shop's own records with the same key, which footage never reached."""
    notes: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing is left and everything could be searched."""
        search = self.certificate["search"]
        return not self.left and not search["unread"] and search["canaries_found"] == search["canaries"]


def erase(
    holdings: Holdings, keys: Keyring, key: str, now: dt.datetime, *, prints: NDArray[np.floating] | None = None,
    forget: Forget | None = None,
) -> Erasure:  # fmt: skip
    """Take one person away and prove it; the caller holds the scenario.

    ``prints`` are the numbers of the person's faces, one row each, as they are kept; they are looked for so and as they
    were before the shop's rotation turned them. Raises ``StoreError`` if nobody has the key.
    """
    _require_known(holdings, keys, key)
    turned, signer = _turned(keys, prints), keys.signer()
    spans, erased = _spans(holdings, key), {}
    erased["corrections"] = (forget(holdings.private, spans) if forget and spans else 0) + _forget_lines(holdings, key)
    erased["lines of consent"] = consent.forget(holdings.private, key)
    erased["pictures for review"] = kept.take_away([holdings.private / name for name in kept.PASSING])
    erased["visits in the lasting store"] = retention.forget_visits(holdings, customer=key)
    erased["files of results and runs"] = kept.take_away(kept.finished(holdings))
    erased["records with their keys"] = int(holdings.vault(keys).remove(key))
    _forget_state(holdings, key)
    search, namesakes = _search(holdings, key, turned)
    left = search.pop("names")
    paper = certificate.make(keys, signer, now, key, erased, {**search, "left": len(left)})
    papers = certificate.save(holdings.private / kept.CERTIFICATES, paper)
    kept.note(holdings, now, "erasure", f"one person; {words.plural(erased['files of results and runs'], 'file')}")
    if erased["lines of consent"]:
        kept.note(holdings, now, "withdrawal", "a consent ended with an erasure")
    return Erasure(paper, papers, left, namesakes, _notes(holdings, key))


def erase_everybody(holdings: Holdings, keys: Keyring, now: dt.datetime) -> Erasure:
    """Destroy every key of the scenario and take away all that was kept of people; nothing opens any copy of it.

    It needs no master key: this is the way out where the key is lost, or another one stands in its place.
    """
    private, names = holdings.private, holdings.vault(keys).names()
    consents = (private / consent.FILE).is_file()
    used = max([int(kept.read_state(holdings).get("highest", 0)), *map(_number, names)])
    try:
        signer = keys.signer()
    except StoreError:  # the key is lost: a new one signs, made once the old keys are gone
        signer = None
    said = [private / name for name in (CORRECTIONS, consent.FILE)]
    erased = {
        "records": len(names),
        "keys": keys.destroy(),
        "files of results and runs": kept.take_away(kept.finished(holdings)),
        "files of what was kept": kept.take_away([holdings.gallery, *(private / n for n in kept.PASSING), *said]),
        "visits in the lasting store": retention.forget_visits(holdings),
    }
    files.write_json(holdings.state, {"generation": secrets.randbits(31), "clips": {}, "highest": used})
    left = tuple(str(path) for path in (*kept.finished(holdings), *(p for p in said if p.exists())))
    left += tuple(f"key of {name}" for name in keys.people())
    search = {"files": 0, "for": "keys, records and finished work", "canaries": 0, "canaries_found": 0,
              "left": len(left), "unread": []}  # fmt: skip
    paper = certificate.make(keys, signer or keys.signer(), now, certificate.EVERYBODY, erased, search)
    papers = certificate.save(private / kept.CERTIFICATES, paper)
    kept.note(holdings, now, "erasure", "everybody; all keys destroyed")
    if consents:
        kept.note(holdings, now, "withdrawal", "all consents ended with an erasure")
    return Erasure(paper, papers, left, (), _notes(holdings))


def _require_known(holdings: Holdings, keys: Keyring, key: str) -> None:
    known = holdings.vault(keys).names()
    if KEY.fullmatch(key):
        given = _number(key) <= int(kept.read_state(holdings).get("highest", 0)) if "-" not in key else False
        if key in known or given or _consented(holdings, key) or _found_somewhere(holdings, key):
            return
    raise StoreError(
        "Nobody is kept under this key", where=holdings.name, found=key[:40],
        wanted=f"one of {words.listed(known)}" if known else "a key such as F0003 from the pages of a run",
        next_step="nothing was changed",
    )  # fmt: skip


def _consented(holdings: Holdings, key: str) -> bool:
    return any(event.key == key for event in consent.history(holdings.private))


def _found_somewhere(holdings: Holdings, key: str) -> bool:
    import pandas as pd

    return any(
        key in set(pd.read_parquet(path, columns=["customer_id"])["customer_id"])
        for name in kept.FOOTAGE[:3]
        for path in kept.tables(holdings, name)
    )


def _turned(keys: Keyring, prints: NDArray[np.floating] | None) -> NDArray[np.floating] | None:
    import numpy as np

    if prints is None or not len(prints):
        return None
    return np.vstack([prints, prints @ keys.rotation(prints.shape[1]).T])


def _spans(holdings: Holdings, key: str) -> Spans:
    """Return when a person was seen, by the finished tables: clip as an anchor names it, seconds from its start."""
    import pandas as pd

    found: set[tuple[str, float, float]] = set()
    for path in kept.tables(holdings, "sightings"):
        clips = path.with_name("footage_clips.parquet")
        if not clips.is_file():
            continue
        seen = pd.read_parquet(path, columns=["clip", "seen_at", "track", "customer_id"])
        about = pd.read_parquet(clips, columns=["clip", "sha256", "starts"])
        mine = seen[seen["customer_id"] == key].merge(about, on="clip")
        mine["at_s"] = (mine["seen_at"] - mine["starts"]).dt.total_seconds()
        spans = mine.groupby(["sha256", "track"], dropna=False)["at_s"].agg(["min", "max"]).reset_index()
        anchors = [f"v{sha256[:16]}" for sha256 in spans["sha256"]]
        found |= set(zip(anchors, spans["min"] - NEAR_S, spans["max"] + NEAR_S, strict=True))
    return sorted(found)


def _forget_lines(holdings: Holdings, key: str) -> int:
    """Take away the corrections that name the key in words, and return how many."""
    path = holdings.private / CORRECTIONS
    if not path.is_file():
        return 0
    named = re.compile(rf"(?<![A-Za-z0-9]){re.escape(key)}(?![A-Za-z0-9])")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    left = [line for line in lines if not named.search(line)]
    if len(left) < len(lines):
        files.write_text(path, "".join(left))
    return len(lines) - len(left)


def _forget_state(holdings: Holdings, key: str) -> None:
    """Write down that the records changed and that the number stays given, without a word on whose it was."""
    if "-" not in key:
        kept.changed(holdings, used=_number(key))


def _number(key: str) -> int:
    digits = re.fullmatch(r"[A-Z](\d+)", key)
    return int(digits[1]) if digits else 0


def _search(
    holdings: Holdings, key: str, prints: NDArray[np.floating] | None
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return what a certificate says of the search, and which of the shop's own files have the same key.

    Canaries are files that hold the key or a print, planted in each folder: a search that finds all of them was one.
    """
    wanted, only_prints = searching.needles(words=[key], prints=prints), searching.needles(prints=prints)
    own, scan, planted, found = holdings.own, Scan(), 0, 0
    for folder in holdings.folders:
        canaries = _plant(folder / CANARY, key, prints)
        try:
            here = sum((_named(p, searching.scan(p, wanted), folder) for p in _parts(folder, own)), Scan())
        finally:
            kept.take_away([folder / CANARY])
        left = tuple(name for name in here.found if name not in canaries)
        planted, found = planted + len(canaries), found + len(here.found) - len(left)
        scan += Scan(here.files - len(canaries), left, here.unread)
    scan += sum((_named(path, searching.scan(path, only_prints), holdings.root) for path in own), Scan())
    only_key = searching.needles(words=[key])
    namesakes = sum((_named(path, searching.scan(path, only_key), holdings.root) for path in own), Scan())
    many = 0 if prints is None else len(prints) // 2
    told = {"files": scan.files, "for": f"the person's key and {words.plural(many, 'print')}", "canaries": planted,
            "canaries_found": found, "unread": list(scan.unread), "names": scan.found}  # fmt: skip
    return told, namesakes.found


def _plant(folder: Path, key: str, prints: NDArray[np.floating] | None) -> list[str]:
    """Write files that a search must find and return their names."""
    import gzip

    files.write_text(folder / "key.txt", f"who,{key},1\n")
    files.write_bytes(folder / "key.json.gz", gzip.compress(json.dumps({"who": key}).encode()))
    if prints is not None:
        files.write_bytes(folder / "print.bin", b"?" * 3 + prints[0].astype("<f4").tobytes())
        files.write_bytes(folder / "turned.bin", prints[-1].astype("<f8").tobytes())
    return [f"{CANARY}/{path.name}" for path in sorted(folder.iterdir())]


def _parts(folder: Path, own: Sequence[Path]) -> list[Path]:
    """Return what of a folder is to be searched: its files and folders, less what footage never reaches."""
    stages = folder / kept.STAGES
    top = [path for path in sorted(folder.iterdir()) if path != stages and not path.is_symlink()]
    return [*top, *(path for path in (sorted(stages.iterdir()) if stages.is_dir() else []) if path not in own)]


def _named(path: Path, scan: Scan, base: Path) -> Scan:
    """Return a scan with its files named from a folder."""
    above = (path if path.is_dir() else path.parent).relative_to(base) if path.is_relative_to(base) else path

    def full(name: str) -> str:
        return (above / name).as_posix()

    return Scan(scan.files, tuple(map(full, scan.found)), tuple(map(full, scan.unread)))


def _notes(holdings: Holdings, key: str = "") -> tuple[str, ...]:
    cameras = holdings.scenario.cameras
    if cameras is None:
        return ()
    searched = (
        f"searched were data/ and {holdings.home}; runs written elsewhere with --outputs are erased by the same "
        "command with the same --outputs"
    )
    if key in cameras.staff.keys:
        return (f"the scenario names {key} under cameras.staff.keys: take it out there", *_notes(holdings))
    if cameras.footage.kind == "simulated":
        return (searched, "the people on this footage are rendered: the next run renders and recognises them again")
    clips = words.listed(clip.path for clip in cameras.footage.clips)
    return (
        searched,
        f"the footage itself was not touched and may still show the person: {clips}",
        "delete those clips or cut the person out, take them out of cameras.footage.clips, and see to the recorder's "
        "own copies; as long as a clip is analysed, the person may be found in it again as somebody new, whom nothing "
        "links to what was erased",
        "the key is never given to anybody else",
    )

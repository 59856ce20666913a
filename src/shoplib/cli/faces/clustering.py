"""``shoplib faces cluster``: a folder of photos, each face with the key of its person."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoplib.cli.command import Add, scenario_file
from shoplib.errors import ConfigError, SourceError

if TYPE_CHECKING:
    from shoplib.config.models import Scenario
    from shoplib.faces.photos.clustering import Clustered, Models

EXIT_CODES = """exit codes: 0 every file was read · 1 some could not be read, the others were · 2 an argument or every
            file was refused · 130 interrupted"""
SHOWN_AFTER_S = 2
LISTED = 50


def add_commands(actions: Any, add: Add) -> None:
    """Add the command."""
    about = "which faces of a folder of photos are one person, as a CSV"
    cluster = add(actions, "cluster", _cluster, about, codes=EXIT_CODES)
    cluster.add_argument("folder", metavar="FOLDER", help="photos; folders inside it are looked through too")
    cluster.add_argument("--out", required=True, metavar="FILE.csv", help="one row a face: file, place, customer_id")
    told = "count: faces are found, nobody is told apart; session, recognise: people are, within this output"
    cluster.add_argument("--mode", choices=("count", "session", "recognise"), help=told)
    cluster.add_argument("--purpose", default="", metavar="TEXT", help="what real people are told apart for")
    cluster.add_argument("--scenario", default="", metavar="FILE", help="take models and privacy from a scenario")
    cluster.add_argument("--max-distance", type=float, metavar="D", help="faces farther apart are two people")
    cluster.add_argument("--detector", default="", help="what finds faces (default: yunet, or the scenario's)")
    cluster.add_argument("--recogniser", default="", help="what tells them apart (default: Dlib, or the scenario's)")


def _cluster(asked: argparse.Namespace, _given: list[str]) -> int:
    from tqdm import tqdm

    from shoplib.faces.photos import clustering, reading
    from shoplib.store import files

    scenario, folder, out = _scenario(asked.scenario), Path(asked.folder), Path(asked.out)
    models = _models(asked, scenario) if _apart(asked.mode, asked.purpose, scenario) else None
    if out.is_dir():
        raise SourceError("The output is a folder", where=str(out), wanted="a file", next_step="name a .csv file")
    count = len(reading.files_of(folder))
    with tqdm(total=count, unit=" files", leave=False, disable=None, delay=SHOWN_AFTER_S, dynamic_ncols=True) as bar:
        found = clustering.faces_of(folder, models, detector=_detector(asked, scenario), but=out, progress=bar.update)
    files.write_text(out, found.faces.to_csv(index=False, lineterminator="\n"))
    print("\n".join(_told(found, out, apart=models is not None)))
    return 1 if found.unread else 0


def _apart(mode: str | None, purpose: str, scenario: Scenario | None) -> bool:
    """Return whether people may be told apart; ``ConfigError`` if that was not asked for, or not with a reason."""
    from shoplib.config.privacy import purpose_is_real

    if mode == "count":
        return False
    if purpose and not purpose_is_real(purpose):
        raise ConfigError(
            "The purpose says nothing", where="--purpose", found=purpose,
            wanted="a sentence the people on the photos would understand", next_step="write what it is for",
        )  # fmt: skip
    if purpose and mode:
        return True
    if scenario is not None:
        if not mode and scenario.privacy.mode == "count":
            return False
        missing = scenario.privacy.missing()
        if not missing:
            return True
        raise ConfigError(
            "The scenario does not say why people may be told apart", where="privacy",
            found=f"nothing usable for {', '.join(missing)}", wanted="a complete section privacy",
            next_step="fill it in, or add --mode recognise --purpose TEXT",
        )  # fmt: skip
    raise ConfigError(
        "People on photos are told apart only for a stated purpose", where="shoplib faces cluster",
        found=f"{f'--mode {mode}' if mode else 'no --mode'} and {'a' if purpose else 'no'} --purpose",
        wanted="--mode recognise --purpose TEXT, or --scenario FILE with a complete section privacy",
        next_step='add --mode recognise --purpose "what it is for", or --mode count to find faces only',
    )  # fmt: skip


def _detector(asked: argparse.Namespace, scenario: Scenario | None) -> str:
    from shoplib.faces.models import detect

    own = scenario.cameras.detector if scenario is not None and scenario.cameras is not None else detect.DEFAULT
    return str(asked.detector or own)


def _models(asked: argparse.Namespace, scenario: Scenario | None) -> Models:
    """Return what tells people apart; a distance of the scenario holds for the recogniser it was set for."""
    from shoplib.faces.models import embed
    from shoplib.faces.photos.clustering import Models

    cameras = scenario.cameras if scenario is not None else None
    own, limit = (cameras.recogniser, None) if cameras is not None else (embed.DEFAULT, None)
    if cameras is not None and "max_distance" in cameras.model_fields_set and asked.recogniser in ("", own):
        limit = cameras.max_distance
    if asked.max_distance is not None:
        limit = asked.max_distance
        if not 0 < limit <= 2:
            raise ConfigError(
                "The greatest distance between faces of one person is out of range", where="--max-distance",
                found=f"{limit:g}", wanted="more than 0 and at most 2", next_step="leave it out for the measured one",
            )  # fmt: skip
    return Models(str(asked.recogniser or own), limit)


def _scenario(file: str) -> Scenario | None:
    if not file:
        return None
    from shoplib.config.load import load
    from shoplib.pipeline.job import project_root

    return load(scenario_file(file, project_root(Path.cwd())), ())


def _told(found: Clustered, out: Path, *, apart: bool) -> list[str]:
    faces = found.faces
    people = f", {faces['customer_id'].nunique()} people" if apart else ""
    nobody = int(faces["customer_id"].isna().sum()) if apart else 0
    lines = [f"{_many(len(faces), 'face')} on {_many(found.photos, 'photo')}{people}: {out}"]
    if nobody:
        lines.append(f"{_many(nobody, 'face')} too small, blurred or turned away to be told apart: no customer_id")
    empty = found.photos - faces["file"].nunique()
    if empty:
        lines.append(f"{_many(empty, 'photo')} without a face")
    if found.unread:
        lines.append(f"{_many(len(found.unread), 'file')} not read:")
        lines += [f"  {name}: {why}" for name, why in list(found.unread.items())[:LISTED]]
        lines += [f"  and {len(found.unread) - LISTED} more"] if len(found.unread) > LISTED else []
    return lines


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"

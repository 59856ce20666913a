"""``shoplib faces merge, split, not, ignore and review``: what people know better."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoplib.cli.command import Add, say
from shoplib.cli.faces.place import Place, place_of

if TYPE_CHECKING:
    import pandas as pd

    from shoplib.faces.identity.anchors import Seen
    from shoplib.faces.identity.corrections import Line
    from shoplib.faces.identity.gallery import Known

EXIT_CODES = """exit codes: 0 done · 2 an argument, an answer or a correction was refused · 130 interrupted"""
SHEET = "review.csv"


def add_commands(actions: Any, add: Add) -> None:
    """Add the commands."""

    def action(name: str, call: Any, summary: str) -> argparse.ArgumentParser:
        made = add(actions, name, call, summary, codes=EXIT_CODES)
        made.add_argument("scenario", help="file in params/, or its name")
        made.add_argument("--outputs", default="", metavar="FOLDER", help="where the runs are, if not in outputs/")
        return made

    merge = action("merge", _merge, "two customers are one person")
    split = action("split", _split, "a customer is two people: by their faces, or the visits named are somebody else's")
    wrong = action("not", _not, "visits of a customer are not theirs")
    ignore = action("ignore", _ignore, "a customer or visit is never counted: no person, or nobody who matters")
    for command in (merge, split, wrong):
        command.add_argument("customer", metavar="CUSTOMER", help="key such as F0003")
    merge.add_argument("other", metavar="OTHER", help="key of the other")
    split.add_argument("visits", nargs="*", metavar="VISIT", help="such as V0007; none: by their faces")
    wrong.add_argument("visits", nargs="+", metavar="VISIT", help="such as V0007")
    ignore.add_argument("names", nargs="+", metavar="NAME", help="customers such as F0003, visits such as V0007")
    review = action("review", _review, "the ten checks that change the report most, to be answered in a spreadsheet")
    review.add_argument("--answers", default="", metavar="FILE", help="take in the answers of a sheet")
    review.add_argument("--to", default="", metavar="FILE", help="where to write the sheet")
    review.add_argument("--all", action="store_true", help="every check, not the ten that matter most")
    review.add_argument("--pictures", action="store_true", help="cut out the faces, into the private folder")


@dataclass(frozen=True)
class _Place(Place):
    """The latest run of a scenario and what people may say of it."""

    seen: Seen


def _merge(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.faces.identity import corrections

    place = _place(asked)
    return _said(place, corrections.merge(place.seen, asked.customer, asked.other))


def _split(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.faces.identity import corrections

    place = _place(asked)
    if asked.visits:
        return _said(place, corrections.not_this_person(place.seen, asked.customer, _pieces(place, asked.visits)))
    return _said(place, corrections.split(place.seen, asked.customer, _parts(place, asked.customer)))


def _not(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.faces.identity import corrections

    place = _place(asked)
    return _said(place, corrections.not_this_person(place.seen, asked.customer, _pieces(place, asked.visits)))


def _ignore(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.faces.identity import corrections

    place = _place(asked)
    visits = set(place.stays["visit_id"])
    lines: list[Line] = []
    for name in asked.names:
        if name in visits:
            lines += corrections.ignore(place.seen, _pieces(place, [name]))
        else:
            lines += corrections.never(place.seen, name)
    return _said(place, lines)


def _review(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.faces.identity import corrections, review

    place = _place(asked)
    if asked.answers:
        return _said(place, review.answers(Path(asked.answers), place.seen))
    said = corrections.replay(corrections.load(place.private), place.seen)
    rows = review.kept(place.seen, _known(place), said)
    near, _ = review.near(place.seen, rows, said, place.cameras.max_distance)
    table = review.ranked(near, place.stays["customer_id"].value_counts(), None if asked.all else review.MOST)
    to = Path(asked.to) if asked.to else place.private / SHEET
    review.write(to, table)
    say(f"{len(table)} checks in {to}; answer same, different or ignore in the column answer, then:")
    say(f"  shoplib faces review {place.file.stem} --answers {to}")
    if asked.pictures:
        _pictures(place, table)
    for lost in said.lost:
        say(f"not replayed, as {lost.why}: {lost.line.told()}")
    return 0


def _pictures(place: _Place, table: pd.DataFrame) -> None:
    """Write the faces of each check into the private folder."""
    from shoplib.faces.identity import anchors, crops, review
    from shoplib.pipeline import keys
    from shoplib.pipeline.record import LATEST
    from shoplib.store import files

    paths = keys.footage_paths(place.scenario, place.root) or sorted((place.home / LATEST).rglob("*.mp4"))
    clips = {anchors.digest_of(files.sha256(path)): path for path in paths}
    sides = {f"{row['rank']:02d}": review.sides(row, place.seen) for row in table.to_dict("records")}
    written = crops.sheets(place.seen, sides, clips, place.private / "review")
    days = place.scenario.privacy.crops_days
    say(f"{len(written)} pictures in {place.private / 'review'}, named by rank; they go after {days} days")


def _parts(place: _Place, customer: str) -> list[list[int]]:
    """Return the pieces of a customer as two groups by what the gallery keeps of their faces."""
    from shoplib.errors import ConfigError
    from shoplib.faces.identity import corrections, review

    said = corrections.replay(corrections.load(place.private), place.seen)
    groups = review.halves(review.kept(place.seen, _known(place), said), customer)
    if groups is None:
        raise ConfigError(
            "This customer cannot be split by their faces", found=f"{customer}: fewer than two pieces are kept",
            wanted="the visits that are somebody else's",
            next_step=f"shoplib faces split {place.file.stem} {customer} VISIT",
        )  # fmt: skip
    return groups


def _pieces(place: _Place, visits: Sequence[str]) -> list[int]:
    from shoplib.errors import ConfigError
    from shoplib.faces.identity import anchors

    found = [node for visit in visits for node in anchors.of_visit(place.seen, place.stays, visit)]
    missing = [visit for visit in visits if not anchors.of_visit(place.seen, place.stays, visit)]
    if missing:
        raise ConfigError("There is no such visit in the footage", found=", ".join(missing),
                          wanted="visits of the table footage_visits of the latest run")  # fmt: skip
    return found


def _said(place: _Place, lines: Sequence[Line]) -> int:
    from shoplib.faces.identity import corrections

    added = corrections.append(place.private, lines, place.seen)
    for line in added:
        say(line.told())
    say(f"{len(added)} lines added to {place.private / corrections.FILE}; run  python run_all.py {place.file.stem}")
    return 0


def _known(place: _Place) -> Known:
    """Return what the gallery keeps; nobody where there is none."""
    from shoplib.faces.identity.gallery import Gallery
    from shoplib.store import places
    from shoplib.store.keyring import open_keyring

    keyring = open_keyring(place.scenario.name, os.environ, place.scenario.privacy.key_env)
    return Gallery.open(place.private / places.GALLERY, keyring).known()


def _place(asked: argparse.Namespace) -> _Place:
    from shoplib.faces.identity import anchors

    found = place_of(asked, "to correct")
    return _Place(**vars(found), seen=anchors.of_tables(found.tables["sightings"], found.tables["footage_clips"]))

"""``shoplib faces enrol``: a person who agreed; numbers and name are kept encrypted, photos are not kept."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoplib.cli import consents
from shoplib.cli.command import Add, say

if TYPE_CHECKING:
    from shoplib.config.cameras import Cameras
    from shoplib.faces.identity.gallery import Gallery
    from shoplib.faces.pictures import Picture, Prints

LONGEST_NAME = 100


def add_commands(actions: Any, add: Add) -> None:
    """Add the commands."""
    enrol = add(actions, "enrol", _enrol, "a person who agreed to be recognised, by name and photos")
    enrol.add_argument("name", metavar="NAME", help="kept encrypted with the numbers, shown on no page")
    enrol.add_argument("photos", nargs="+", metavar="PHOTO", help="photos of this person alone; none is kept")
    enrol.add_argument("--scenario", required=True, metavar="S", help="file in params/, or its name")
    consents.add_scope(enrol)
    enrol.add_argument("--outputs", default="", metavar="FOLDER", help="where the runs are, if not in outputs/")


def _enrol(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.base import words
    from shoplib.errors import ConfigError
    from shoplib.faces.identity.gallery import Gallery
    from shoplib.pipeline import runner
    from shoplib.privacy import consent, notices
    from shoplib.store.places import GALLERY

    scenario, home, folder = consents.place(asked)
    notices.for_consent(scenario)
    name, now, version = " ".join(asked.name.split()), consents.now(), notices.version(scenario)
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise ConfigError("This cannot be a name", where="NAME", found=repr(asked.name[:40]),
                          wanted=f"up to {LONGEST_NAME} letters")  # fmt: skip
    consent.proper(consent.Consent("F0000", " ".join(asked.scope.split()), version, now, asked.channel))
    consent.history(folder)
    cameras = _cameras(scenario.cameras)
    prints = one_person([Path(photo) for photo in asked.photos], cameras)
    with runner.only_run(home):
        gallery = Gallery.open(folder / GALLERY, consents.keyring(scenario))
        unknown(gallery, prints, cameras.max_distance, scenario.name)
        key = gallery.enrol(prints, now.date(), name=name)
        given = consent.give(folder, key, asked.scope, version, now, asked.channel)
    say(f"{key} enrolled from {words.plural(len(prints), 'photo')}; agreed to the text {given.text}: {given.scope}")
    say("the photos were not kept; delete them if nothing else needs them")
    return 0


def one_person(photos: list[Path], cameras: Cameras) -> Prints:
    """Return the numbers of the one face on each photo; ``SourceError`` names every photo that will not do."""
    from shoplib.errors import SourceError
    from shoplib.faces.models import embed
    from shoplib.faces.models.detect import Finder

    finder, cutter = Finder(cameras.detector), embed.Cutter()
    chips: list[Picture] = []
    wrong: list[str] = []
    for photo in photos:
        chip, why = _face(photo, finder, cutter)
        if chip is None:
            wrong.append(f"{photo}: {why}")
        else:
            chips.append(chip)
    if wrong:
        raise SourceError(
            "Nobody was enrolled: not every photo shows one good face", details=wrong,
            wanted="one person, from the front, in good light, the face at least 32 pixels wide",
            next_step="leave these photos out or take them again; nothing was kept",
        )  # fmt: skip
    prints = embed.prints(chips, cameras.recogniser)
    if others := _strangers(prints, cameras.max_distance):
        raise SourceError(
            "Nobody was enrolled: the photos do not show the same person", details=[
                f"{photos[at]}: {far:.2f} away from half of the others" for at, far in others],
            wanted=f"at most {cameras.max_distance:g} (cameras.max_distance)",
            next_step="leave these photos out or take them again; nothing was kept",
        )  # fmt: skip
    return prints


def unknown(gallery: Gallery, prints: Prints, max_distance: float, scenario: str) -> None:
    """Ensure that the gallery does not know this person; ``ConfigError`` says which key it knows them by."""
    import numpy as np

    from shoplib.errors import ConfigError

    kept = gallery.known()
    if not len(kept.prints):
        return
    if kept.prints.shape[1] != prints.shape[1]:
        raise ConfigError(
            "The gallery was made with another recogniser", where="cameras.recogniser",
            found=f"{prints.shape[1]} numbers a face", wanted=f"{kept.prints.shape[1]}, as in the gallery",
            next_step="set it back, or erase everybody and enrol anew",
        )  # fmt: skip
    far = np.linalg.norm(gallery.turned(prints)[:, None] - kept.prints[None], axis=2).mean(axis=0)
    of = kept.about["key"].to_numpy()[kept.owner]
    away = {str(key): float(far[of == key].mean()) for key in sorted(set(of))}
    near = min(away, key=lambda key: away[key])
    if away[near] <= max_distance:
        raise ConfigError(
            "This person is known already", found=f"{near}, {away[near]:.2f} away",
            wanted=f"somebody at least {max_distance:g} away from everybody known (cameras.max_distance)",
            next_step=f"for a new consent:  shoplib consents give {scenario} {near} --scope TEXT ; "
            "nothing was kept of these photos",
        )  # fmt: skip


def _cameras(cameras: Cameras | None) -> Cameras:
    from shoplib.errors import ConfigError

    if cameras is None:
        raise ConfigError("There is no camera to recognise anybody", where="cameras", found="nothing",
                          wanted="a cameras section in the scenario")  # fmt: skip
    return cameras


def _face(photo: Path, finder: Any, cutter: Any) -> tuple[Picture | None, str]:
    """Return the one good face of a photo cut out, or why there is none."""
    from shoplib.base import words
    from shoplib.errors import SourceError
    from shoplib.faces.photos import looking, reading

    try:
        picture, _, seen = looking.faces_of(reading.picture(photo.read_bytes()), finder)
    except OSError as error:
        return None, f"cannot be opened: {error.strerror or error}"
    except SourceError as error:
        if error.where:
            raise
        return None, error.what
    if len(seen) != 1:
        return None, words.plural(len(seen), "face") if seen else "no face"
    if seen[0].worth != "good":
        return None, "the face is too small, blurred or turned away"
    return cutter.cut(picture, seen[0].face.box), ""


def _strangers(prints: Prints, max_distance: float) -> list[tuple[int, float]]:
    """Return the photos, by number, that are too far from half of the others or more, and how far."""
    import numpy as np

    if len(prints) < 2:
        return []
    far = np.sort(np.linalg.norm(prints[:, None] - prints[None], axis=2), axis=1)
    middle = far[:, len(prints) // 2]  # the first is the photo itself
    return [(int(at), float(middle[at])) for at in np.flatnonzero(middle > max_distance)]

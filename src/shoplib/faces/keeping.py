"""What a run may keep of people and read again: by mode, and by whether the people are real."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shoplib.config.cameras import Cameras
from shoplib.config.privacy import Privacy
from shoplib.faces.footage.watched import Watched
from shoplib.faces.identity import corrections
from shoplib.faces.identity.corrections import Corrections
from shoplib.faces.identity.gallery import Gallery
from shoplib.faces.identity.naming import People
from shoplib.store import keyring, places

UNFINISHED = "work"


@dataclass(frozen=True)
class Kept:
    """What is known from before."""

    corrections: Corrections
    gallery: Gallery | None = None
    rendered: bool = False

    @property
    def known(self) -> Gallery | None:
        """The gallery to recognise people from; none for rendered people, whose keys follow from the footage alone."""
        return None if self.rendered else self.gallery

    def who(self, consented: frozenset[str]) -> frozenset[str] | None:
        """Return who may be recognised of those who agreed; ``None``, everybody, if nobody is real."""
        return None if self.rendered else consented

    def save(self, people: People, watched: Sequence[Watched]) -> None:
        """Keep what the mode allows: nothing, unless people are to be known again."""
        if self.gallery is None:
            return
        if self.rendered:
            self.gallery.remove(sorted(self.gallery.customers()))
        self.gallery.save(people, watched)


def opened(private: Path, scenario: str, privacy: Privacy, cameras: Cameras) -> Kept:
    """Return what is kept in the folder ``private``; only the mode ``recognise`` opens a gallery."""
    rendered = cameras.footage.kind == "simulated"
    said = corrections.load(private)
    if privacy.mode != "recognise":
        return Kept(said, rendered=rendered)
    keys = keyring.open_keyring(scenario, os.environ, privacy.key_env)
    return Kept(said, Gallery.open(private / places.GALLERY, keys), rendered)


def unfinished(private: Path) -> Path:
    """Return the folder of what an interrupted run has watched so far; ``forget`` it when the result is safe."""
    return private / UNFINISHED


def forget(private: Path) -> None:
    """Remove what was watched so far; it may hold faces."""
    shutil.rmtree(unfinished(private), ignore_errors=True)

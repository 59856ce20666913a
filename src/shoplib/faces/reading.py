"""From what was watched to the tables: sightings, stays, people, clips and days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from shoplib.config.cameras import Cameras
from shoplib.config.models import Shop
from shoplib.config.privacy import Mode
from shoplib.contracts import convert
from shoplib.faces.footage import quality
from shoplib.faces.footage.watched import About, Watched
from shoplib.faces.identity import naming
from shoplib.faces.identity.corrections import Corrections
from shoplib.faces.identity.gallery import PHOTO, Gallery
from shoplib.faces.identity.naming import People
from shoplib.faces.visits import hours, staff, stays

OF_FACES = ("frame", "face")
OF_BOXES = ("left_px", "top_px", "width_px", "height_px", "score", "quality", "verdict", "track", "customer_id")


@dataclass(frozen=True)
class Found:
    """What became of the footage."""

    tables: dict[str, pd.DataFrame]
    """The declared tables sightings, footage_visits, face_customers, footage_clips and footage_days."""
    people: People
    gate: pd.DataFrame
    """How many faces passed and how many did not, by reason: reason, faces, share; shares of one."""


def read(
    watched: Sequence[Watched],
    cameras: Cameras,
    shop: Shop,
    mode: Mode,
    gallery: Gallery | None = None,
    corrections: Corrections | None = None,
    consented: frozenset[str] | None = None,
    sales: pd.DataFrame | None = None,
    *,
    workers: int = 1,
) -> Found:
    """Return the declared tables of some clips; see ``naming.people`` for who gets a key.

    ``sales`` are rows of the table ``transactions``, one of the witnesses of opening and closing. Clips without
    anybody give empty tables.
    """
    ordered = sorted(watched, key=lambda one: (one.clip.starts, one.clip.camera, one.clip.name))
    people = naming.people(
        ordered,
        cameras,
        mode,
        known=gallery,
        corrections=corrections,
        consented=consented,
        shop=shop,
        workers=workers,
    )
    sightings = _sightings(ordered, people)
    mine = frozenset(one.about.sha256 for one in ordered)
    known_before = gallery.customers(without=mine | {PHOTO}) if gallery is not None else frozenset()
    seen = stays.footage_visits(sightings, [one.clip for one in ordered], cameras, known_before)
    marked = staff.marked(seen, sightings, ordered, cameras, shop)
    tables = {
        "sightings": sightings,
        "footage_visits": marked,
        "face_customers": stays.face_customers(sightings, marked, people.unsure),
        "footage_clips": _clips(ordered),
        "footage_days": hours.footage_days(ordered, marked, sales, shop, cameras),
    }
    return Found(tables, people, gate(ordered))


def _sightings(watched: Sequence[Watched], people: People) -> pd.DataFrame:
    parts = []
    for one, faces in zip(watched, people.faces, strict=True):
        seen_at = one.clip.starts + pd.to_timedelta((faces["at_s"] * 1000).round().astype("int64"), unit="ms")
        parts.append(
            pd.DataFrame(
                {
                    "clip": one.clip.name,
                    **{name: faces[name] for name in OF_FACES},
                    "seen_at": seen_at,
                    **{name: faces[name] for name in OF_BOXES},
                }
            )
        )
    found = [part for part in parts if len(part)]
    return pd.concat(found, ignore_index=True) if found else convert.empty("sightings")


def _clips(watched: Sequence[Watched]) -> pd.DataFrame:
    rows = [_clip_row(one) for one in watched]
    return pd.DataFrame(rows) if rows else convert.empty("footage_clips")


def _clip_row(one: Watched) -> dict[str, object]:
    clip, about = one.clip, one.about
    return {
        "clip": clip.name, "camera": clip.camera, "sha256": about.sha256, "starts": clip.starts,
        "starts_from": clip.starts_from, "seconds": about.seconds, "frames_a_second": about.frames_a_second,
        "width_px": about.width_px, "height_px": about.height_px, "looked": about.looked, "busy_s": about.busy_s,
        "gap_s": _length(about.gaps), "frozen_s": _length(about.frozen), "dark_s": _length(about.dark),
        "grey": about.grey, "cut_short": about.cut_short,
    }  # fmt: skip


def _length(spans: list[tuple[float, float]]) -> float:
    return round(sum(end - begin for begin, end in spans), 3)


def simulated(abouts: Sequence[About]) -> bool:
    """Return whether every clip says of itself that its people are rendered."""
    return bool(abouts) and all(about.simulated for about in abouts)


def gate(watched: Sequence[Watched]) -> pd.DataFrame:
    """Return how many faces are good enough, and how many are not for which first reason: reason, faces, share."""
    verdicts = pd.concat([one.faces["verdict"] for one in watched]) if watched else pd.Series(dtype="object")
    counts = verdicts.value_counts().reindex(list(quality.REASONS), fill_value=0)
    share = counts.to_numpy() / max(len(verdicts), 1)
    return pd.DataFrame({"reason": counts.index, "faces": counts.to_numpy(), "share": share})

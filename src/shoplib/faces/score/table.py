"""All scores of footage that was made, in one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from shoplib.config.cameras import Cameras
from shoplib.faces.footage.watched import Watched
from shoplib.faces.pictures import Ints
from shoplib.faces.score import days, faces, stays

TURNED_DEG = 45
HIDDEN_SHARE = 0.3
COLUMNS = ["measure", "found", "of", "share", "off", "unit", "meaning"]
Row = tuple[str, Any, Any, Any, Any, str, str]


Truth = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]
"""True visits, faces and days; see ``scores``."""


def beside(
    watched: Sequence[Watched], tables: Mapping[str, pd.DataFrame], truth: Truth | None, cameras: Cameras
) -> pd.DataFrame:
    """Return the scores of footage of which the truth is known, no rows of other footage."""
    return pd.DataFrame(columns=COLUMNS) if truth is None else scores(watched, tables, *truth, cameras)


def scores(
    watched: Sequence[Watched],
    tables: Mapping[str, pd.DataFrame],
    true_visits: pd.DataFrame,
    true_faces: pd.DataFrame,
    true_days: pd.DataFrame,
    cameras: Cameras,
) -> pd.DataFrame:
    """Return one row a measure: measure, found, of (counts), share (of one), off (in unit), meaning.

    ``tables`` are sightings, footage_visits, face_customers and footage_days. ``true_visits`` has one row a visit
    (clip, visit, person, enters, leaves, staff, group), ``true_faces`` one a face in a frame (clip, frame, visit,
    person, left_px, top_px, width_px, height_px, yaw_deg, occluded_share), ``true_days`` one a day (day, opened,
    closed). Only clips that were watched and frames that were looked at count. A share of nothing is missing.
    """
    clips = [one.clip for one in watched]
    names = [clip.name for clip in clips]
    came = true_visits[true_visits["clip"].isin(names)].sort_values(["enters", "clip", "visit"], ignore_index=True)
    looked = pd.DataFrame(
        {"clip": np.repeat(np.array(names, dtype=object), [len(one.looked) for one in watched]),
         "frame": np.concatenate([one.looked for one in watched]) if watched else np.empty(0, dtype=np.int64)}
    )  # fmt: skip
    truth = true_faces.merge(looked, on=["clip", "frame"], how="inner")
    sightings = tables["sightings"].reset_index(drop=True)
    match = faces.matched(sightings, truth)
    rows = [
        *_faces(sightings, truth, match, cameras.min_face_px),
        *_people(sightings, truth, match, tables, came),
        *_stays(stays.true_of(tables["footage_visits"], sightings, clips, cameras, match, truth, came), came),
        *_days(tables["footage_days"], true_days, watched),
    ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    table = table.astype({"found": "Int64", "of": "Int64", "share": "float64", "off": "float64"})
    shares = table["found"].astype("float64") / table["of"].astype("float64").replace(0, np.nan)
    return table.assign(share=table["share"].fillna(shares))


def _faces(sightings: pd.DataFrame, truth: pd.DataFrame, match: Ints, min_face_px: int) -> list[Row]:
    plain = (truth["yaw_deg"].abs() <= TURNED_DEG) & (truth["occluded_share"] < HIDDEN_SHARE)
    fair = (plain & (truth["width_px"] >= min_face_px)).to_numpy()
    hit = np.zeros(len(truth), dtype=bool)
    hit[match[match >= 0]] = True
    return [
        _counted("Faces found", int((hit & fair).sum()), int(fair.sum()),
                 f"true faces found, of those at least {min_face_px} px wide, turned up to {TURNED_DEG}°, in sight"),
        _counted("Faces that are faces", int((match >= 0).sum()), len(sightings),
                 "finds that lie on a true face, of any size"),
        _counted("Faces with a customer", int(sightings["customer_id"].notna().sum()), len(sightings),
                 "finds that were recognised; the rest are too few, small, blurred or turned away"),
    ]  # fmt: skip


def _people(
    sightings: pd.DataFrame, truth: pd.DataFrame, match: Ints, tables: Mapping[str, pd.DataFrame],
    came: pd.DataFrame,
) -> list[Row]:  # fmt: skip
    real = match >= 0
    customers, people = sightings["customer_id"][real], truth["person"].to_numpy()[match[real]]
    named = customers.notna().to_numpy()
    person_of = pd.Series(people[named]).groupby(customers[named].to_numpy()).agg(lambda who: who.mode().iloc[0])
    precision, recall, both = faces.grouped(customers, people, every=False)
    every = faces.grouped(customers, people, every=True)
    seen = tables["footage_visits"]
    return [
        _counted("Customers beside people", len(tables["face_customers"]), came["person"].nunique(),
                 "people told apart, and people who came, staff among them"),
        _counted("People recognised", person_of.nunique(), came["person"].nunique(),
                 "people who have a key of their own"),
        _counted("Visits recognised", stays.visits_recognised(seen, person_of, came), len(came),
                 "true visits during which a stay of the same person was found, each stay counted once"),
        _share("One customer, one person", precision, "B-cubed precision: how pure customers are"),
        _share("One person, one customer", recall, "B-cubed recall: how whole people are"),
        _share("Both together", both, "B-cubed F1, over the faces that were recognised"),
        _share("One customer, one person, every face", every[0],
               "B-cubed precision over all faces found, each face not recognised a customer of its own"),
        _share("One person, one customer, every face", every[1], "B-cubed recall over all faces found"),
        _share("Both together, every face", every[2], "B-cubed F1 over all faces found"),
    ]  # fmt: skip


def _stays(told: pd.DataFrame, came: pd.DataFrame) -> list[Row]:
    works = came["staff"].astype("bool")
    customers = told[told["staff"].isna()]
    wanted = int((~works).sum())
    flagged = told[told["staff"].notna()]
    right = flagged["true"].dropna().map(works).astype("bool")
    entry, leaving = stays.times_off(told, came)
    found, were = stays.pairs_together(told, came)
    return [
        _counted("Visits beside true visits", len(told), len(came), "stays found, and visits there were, with staff"),
        _counted("Customers’ visits beside true visits", len(customers), wanted, "the same without staff"),
        _counted("Visits miscounted", abs(len(customers) - wanted), wanted,
                 "by how many the count of customers’ visits is wrong"),
        _counted("Visits found", told["true"].nunique(), len(came),
                 "true visits on whose faces a stay lies, whether or not anybody was recognised"),
        _off("Coming in", entry, len(came), "seconds", "how far the first sighting is from coming in, in the middle"),
        _off("Going out", leaving, len(came), "seconds", "how far the last sighting is from going out, in the middle"),
        _counted("Groups found", len(found & were), len(were), "pairs who came together that were found together"),
        _counted("Groups that are groups", len(found & were), len(found), "pairs found together who came together"),
        _counted("Staff found", flagged["true"].dropna()[right].nunique(), int(works.sum()),
                 "true visits of staff that were told as such"),
        _counted("Customers taken for staff", int((~right).sum()), len(flagged), "stays told as staff that are not"),
    ]  # fmt: skip


def _days(footage_days: pd.DataFrame, true_days: pd.DataFrame, watched: Sequence[Watched]) -> list[Row]:
    rows = []
    for name, title in (("opened", "Opening"), ("closed", "Closing")):
        judged = days.judged(footage_days, true_days, watched, name)
        rows += [
            _off(title, judged.off, judged.shown, "minutes",
                 f"days on which {title.lower()} is in the footage and was told; the middle error"),
            _counted(f"{title} told wrongly", judged.false, judged.told,
                     "days told more than two minutes wrong, or though the footage does not show it"),
        ]  # fmt: skip
    return rows


def _counted(measure: str, found: int, of: int, meaning: str) -> Row:
    return measure, found, of, None, None, "", meaning


def _share(measure: str, share: float, meaning: str) -> Row:
    return measure, None, None, share, None, "", meaning


def _off(measure: str, off: stays.Off, of: int, unit: str, meaning: str) -> Row:
    return measure, off.compared, of, None, off.middle, unit, meaning

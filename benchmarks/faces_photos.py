"""Who is who on a folder of labelled photos: ours, and DeepFace's own faces and numbers put together by DBSCAN.

``SHOPLIB_LABELLED_PHOTOS`` names a folder with one folder a person; without it rendered people are told apart. The
largest face of a photo is its person; a photo without a key is a person of its own. Measured by B-cubed precision and
recall (Bagga and Baldwin, 1998).
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

FOLDER = "SHOPLIB_LABELLED_PHOTOS"
VIEWS = ("f0", "l15", "r15", "r28", "smile")


def b_cubed(labels: Sequence[str], found: Sequence[str]) -> tuple[float, float]:
    """Return precision and recall of groups found against labels, both one for each photo and averaged over photos."""
    one, other = np.unique(labels, return_inverse=True)[1], np.unique(found, return_inverse=True)[1]
    same, together = one[:, None] == one[None], other[:, None] == other[None]
    right = (same & together).sum(axis=1)
    return float((right / together.sum(axis=1)).mean()), float((right / same.sum(axis=1)).mean())


def ours(folder: Path) -> dict[str, str]:
    """Return file → key of the largest face, as ``shoplib faces cluster`` gives it."""
    from shoplib.faces.photos import clustering

    faces = clustering.faces_of(folder, clustering.Models()).faces
    largest = faces.assign(area=faces["w"] * faces["h"]).sort_values("area").drop_duplicates("file", keep="last")
    known = largest[largest["customer_id"].notna()]
    return dict(zip(known["file"], known["customer_id"], strict=True))


def plain_deepface(folder: Path) -> dict[str, str]:
    """Return the same by ``DeepFace.represent`` with YuNet and scikit-learn's DBSCAN, both at their defaults."""
    import cv2

    from shoplib.faces.models import catalogue, weights

    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
    names, rows = [], []
    with weights.deepface_home(catalogue.YUNET, catalogue.DLIB):
        from deepface import DeepFace
        from sklearn.cluster import DBSCAN

        for path in _photos(folder):
            try:
                faces = DeepFace.represent(img_path=str(path), model_name="Dlib", detector_backend="yunet")
            except ValueError:  # no face, as it says
                continue
            area = [face["facial_area"]["w"] * face["facial_area"]["h"] for face in faces]
            names.append(path.relative_to(folder).as_posix())
            rows.append(faces[int(np.argmax(area))]["embedding"])
        group = DBSCAN().fit(np.array(rows)).labels_ if rows else []
    return {name: str(number) for name, number in zip(names, group, strict=True) if number >= 0}


def rendered(folder: Path) -> None:
    """Write rendered people in two outfits as photos, one folder a person."""
    import cv2

    from shoplib.simulate.cctv import people

    for person in people.catalogue().people:
        for outfit in "ab":
            for view in VIEWS:
                cut = people.canvas(person, outfit, view).astype(int)
                photo = cut[..., :3] * cut[..., 3:] // 255 + 150 * (255 - cut[..., 3:]) // 255
                place = folder / str(person)
                place.mkdir(parents=True, exist_ok=True)
                cv2.imwrite(str(place / f"{outfit}_{view}.png"), photo.astype(np.uint8))


def main() -> Iterator[dict[str, object]]:
    """Yield precision, recall, people found and seconds of each way."""
    with tempfile.TemporaryDirectory(prefix="shoplib-photos-") as made:
        folder = Path(os.environ.get(FOLDER) or made)
        if not os.environ.get(FOLDER):
            rendered(folder)
        photos = [path.relative_to(folder).as_posix() for path in _photos(folder)]
        labels = [name.split("/")[0] for name in photos]
        for way, tell in (("shoplib", ours), ("DeepFace + DBSCAN, defaults", plain_deepface)):
            began = time.perf_counter()
            found = tell(folder)
            seconds = time.perf_counter() - began
            precision, recall = b_cubed(labels, [found.get(name, name) for name in photos])
            yield {
                "way": way, "photos": len(photos), "people": len(set(labels)), "found": len(set(found.values())),
                "without a key": len(photos) - len(found), "precision": round(precision, 3),
                "recall": round(recall, 3), "seconds": round(seconds, 1),
            }  # fmt: skip


def _photos(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in {".jpg", ".jpeg", ".png", ".webp"}]

"""Faces are left in no picture, and those that were are found."""

from __future__ import annotations

import base64
import json
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

import shoplib.simulate.cctv
from shoplib.config.models import Shop
from shoplib.faces import blurring, figures
from shoplib.faces.models.detect import Finder
from shoplib.faces.models.embed import Cutter, prints
from shoplib.faces.pictures import Picture
from shoplib.viz.export import save

FOLDER = Path(shoplib.simulate.cctv.__file__).parent / "people"
NAMES = ("p201", "p204", "p206", "p210")
SAME_PERSON = 0.54


@pytest.fixture(scope="module")
def finder() -> Finder:
    return Finder()


def person(name: str, look: str) -> Picture:
    """One rendered person before a grey wall."""
    cut = cv2.imread(str(FOLDER / f"{name}_{look}.webp"), cv2.IMREAD_UNCHANGED)
    solid = cut[:, :, 3:] / 255
    return np.asarray(cut[:, :, :3] * solid + 150 * (1 - solid), dtype=np.uint8)


@pytest.fixture(scope="module")
def frame() -> Picture:
    """Four people side by side."""
    cells = []
    for name in NAMES:
        one = person(name, "a_f0")
        cells.append(
            cv2.copyMakeBorder(one, 40, 400 - 40 - len(one), 20, 260 - 20 - one.shape[1], cv2.BORDER_REPLICATE)
        )
    return np.hstack(cells)


@pytest.fixture(scope="module")
def chips(finder: Finder) -> dict[str, Picture]:
    cutter, made = Cutter(), {}
    for look in ("a_f0", "b_f0"):
        for name in NAMES:
            picture = person(name, look)
            made[f"{name} {look}"] = cutter.cut(picture, max(finder.find(picture), key=lambda face: face.box[2]).box)
    return made


def test_a_hidden_face_is_nobodys(finder: Finder, chips: dict[str, Picture]):
    clear = prints(list(chips.values()))
    left = [cv2.resize(blurring.hidden(chip), (150, 150), interpolation=cv2.INTER_NEAREST) for chip in chips.values()]
    assert [finder.find(cv2.copyMakeBorder(one, 60, 60, 60, 60, cv2.BORDER_CONSTANT)) for one in left] == [[]] * 8
    far = np.linalg.norm(prints(left)[:, None] - clear[None], axis=2)
    assert far.diagonal().min() > SAME_PERSON
    assert far.min() > SAME_PERSON - 0.04
    two_looks = np.linalg.norm(clear[:4] - clear[4:], axis=1)
    assert two_looks.max() < SAME_PERSON < far.diagonal().mean() - 0.05


def test_no_face_is_left_in_a_covered_frame(finder: Finder, frame: Picture):
    before = finder.find(frame)
    assert len(before) == 4
    clear = blurring.covered(frame)
    assert blurring._count(finder, clear) == 0
    assert (clear[-20:] == frame[-20:]).all(), "what is no head stays as it was"
    left, top, width, height = before[0].box
    hair = clear[round(top - 0.3 * height) : round(top), round(left) : round(left + width)]
    assert len(np.unique(hair.reshape(-1, 3), axis=0)) < 30
    assert (blurring.covered(frame) == clear).all()


def test_heads_that_are_told_are_covered_though_no_face_is_found():
    frame = np.random.default_rng(1).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    clear = blurring.covered(frame, [(80.0, 80.0, 40.0, 40.0), (190.0, -20.0, 40.0, 40.0), (500.0, 500.0, 9.0, 9.0)])
    assert len(np.unique(clear[80:120, 80:120].reshape(-1, 3), axis=0)) <= 36
    assert len(np.unique(clear[:40, 60:].reshape(-1, 3), axis=0)) > 36


def test_the_best_face_of_each_customer_is_taken(chips: dict[str, Picture]):
    from shoplib.faces.pictures import Chip

    first, second, third = list(chips.values())[:3]

    class One:
        """A clip that was watched, as far as this looks at it."""

        def __init__(self, *cut: Chip) -> None:
            self.chips = list(cut)

    tables = [
        pd.DataFrame({"customer_id": ["F0002", None, "F0001"], "quality": [0.4, 0.9, 0.3]}),
        pd.DataFrame({"customer_id": ["F0002"], "quality": [0.6]}),
    ]
    first_clip = One(Chip(0, 0, first), Chip(1, 1, third), Chip(2, 2, second))
    best = blurring.best_chips([first_clip, One(Chip(0, 0, third))], tables)
    assert list(best) == ["F0001", "F0002"]
    assert best["F0001"] is second
    assert best["F0002"] is third


def test_figures_of_people_show_no_face(finder: Finder, frame: Picture, chips: dict[str, Picture], tmp_path: Path):
    customers = pd.DataFrame({"customer_id": list(chips), "visits": range(1, 9), "staff": None})
    sheet = figures.people_chart(customers, chips, Shop())
    boxes = [face.box for face in finder.find(frame)]
    seen = pd.DataFrame(boxes, columns=["left_px", "top_px", "width_px", "height_px"])
    camera = figures.camera_chart(frame, seen.assign(verdict=["good enough"] * 3 + ["blurred"]), Shop())
    assert sheet.title == "8 customers, each left as 6 × 6 colours."
    assert camera.title == "3 of 4 faces in this frame are good enough to tell whose."
    for name, chart in (("people", sheet), ("camera", camera)):
        save(chart.figure, tmp_path / "figures", name, chart.data)
        first = {file.name: file.read_bytes() for file in (tmp_path / "figures").glob(f"{name}*")}
        save(chart.figure, tmp_path / "figures", name, chart.data)
        assert first == {file.name: file.read_bytes() for file in (tmp_path / "figures").glob(f"{name}*")}
    assert blurring.faces_in(tmp_path) == []


def test_people_without_a_picture_and_staff_are_not_shown(chips: dict[str, Picture]):
    some = dict(list(chips.items())[:2])
    customers = pd.DataFrame({"customer_id": [*some, "F0009"], "visits": 1, "staff": [None, "list", None]})
    assert figures.people_chart(customers, some, Shop()).data["customer_id"].tolist() == [next(iter(some))]
    nobody = figures.people_chart(customers, {}, Shop())
    assert nobody.title == "Nobody was told apart, so there is nobody to show."


def test_faces_are_found_wherever_they_hide(frame: Picture, tmp_path: Path):
    png = cv2.imencode(".png", frame)[1].tobytes()
    jpeg = cv2.imencode(".jpg", frame)[1].tobytes()
    written = base64.b64encode(png).decode()
    svg = f'<svg><image href="data:image/png;base64,{written}"/></svg>'
    broken = "\n".join(written[start : start + 76] for start in range(0, len(written), 76))
    (tmp_path / "a.png").write_bytes(png)
    (tmp_path / "b.html").write_text(f"<img src='data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}'>")
    (tmp_path / "c.svg").write_text(svg)
    (tmp_path / "d.html").write_text(f"<img src='data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}'>")
    escaped = svg.replace("<", "%3C").replace(">", "%3E").replace("+", "%2B").replace("/", "%2F")
    (tmp_path / "e.html").write_text(f"<img src='data:image/svg+xml,{escaped}'>")
    (tmp_path / "f.ipynb").write_text(json.dumps({"outputs": [{"data": {"image/png": broken}}]}))
    with zipfile.ZipFile(tmp_path / "g.xlsx", "w") as packed:
        packed.writestr("xl/media/image1.png", png)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "h.jpg").write_bytes(jpeg)
    for name, content in (
        ("damaged.png", b"\x89PNG no"),
        ("empty.png", b""),
        ("damaged.xlsx", b"PK no"),
        ("t.csv", b"1"),
    ):
        (tmp_path / name).write_bytes(content)
    (tmp_path / "damaged.svg").write_text("data:image/png;base64,iVBORw0KGgoAAAA")
    (tmp_path / "video.mp4").write_bytes(png)
    names = ["a.png", "b.html", "c.svg", "d.html", "e.html", "f.ipynb", "g.xlsx", "sub/h.jpg"]
    assert blurring.faces_in(tmp_path) == [f"{name}: 4 faces" for name in names]


def test_a_face_small_in_a_large_picture_is_found(tmp_path: Path):
    large = np.full((1500, 3000, 3), 150, dtype=np.uint8)
    one = cv2.resize(person("p201", "a_f0"), (80, 136), interpolation=cv2.INTER_AREA)
    large[1300:1436, 2700:2780] = one
    cv2.imwrite(str(tmp_path / "large.png"), large)
    assert blurring.faces_in(tmp_path) == ["large.png: 1 face"]


def test_a_small_chip_in_a_page_is_found(chips: dict[str, Picture], tmp_path: Path):
    cv2.imwrite(str(tmp_path / "chip.png"), cv2.resize(chips["p201 a_f0"], (60, 60), interpolation=cv2.INTER_AREA))
    assert blurring.faces_in(tmp_path) == ["chip.png: 1 face"]

"""Short clips made here: files as cameras write them, and one with people that is watched once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

from shoplib.faces.footage import watch
from shoplib.faces.footage.clips import Clip
from shoplib.faces.footage.watched import Watched
from shoplib.simulate.cctv import people

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
LOOKING = watch.Looking("yunet", 5, 40, 10, 0.25, True)
WIDTH, HEIGHT = 320, 180

Picture = np.ndarray


def room(width: int = WIDTH, height: int = HEIGHT) -> Picture:
    """Return an empty room with some furniture."""
    rng = np.random.default_rng(3)
    picture = np.full((height, width, 3), 150, np.uint8)
    for left in range(0, width - 20, 40):
        picture[20 : 20 + height // 3, left : left + 25] = rng.integers(60, 220, 3)
    return picture


def person(number: int = 204, view: str = "f0", tall: int = 230) -> Picture:
    """Return one rendered person, blue, green, red and alpha; ``tall`` pixels."""
    import cv2

    cut = people.canvas(number, "a", view)
    return cv2.resize(cut, (round(cut.shape[1] * tall / cut.shape[0]), tall), interpolation=cv2.INTER_AREA)


def placed(picture: Picture, who: Picture, left: float, top: float = 25) -> Picture:
    """Return a picture with somebody on it, who may be partly outside."""
    tall, wide = picture.shape[:2]
    x, y = round(left), round(top)
    a, b, c, d = max(x, 0), max(y, 0), min(x + who.shape[1], wide), min(y + who.shape[0], tall)
    made = picture.copy()
    if c > a and d > b:
        part = who[b - y : d - y, a - x : c - x].astype(np.uint16)
        here = made[b:d, a:c].astype(np.uint16)
        made[b:d, a:c] = (part[..., :3] * part[..., 3:] + here * (255 - part[..., 3:])) // 255
    return made


def noisy(pictures: Iterable[Picture], sigma: float = 2.5) -> Iterable[Picture]:
    """Yield the pictures as a cheap sensor sees them."""
    rng = np.random.default_rng(1)
    for picture in pictures:
        yield (picture + rng.normal(0, sigma, (*picture.shape[:2], 1))).clip(0, 255).astype(np.uint8)


def write(
    path: Path, pictures: Iterable[Picture], rate: int = 10, codec: str = "libx264", gop: int = 20,
    times_ms: list[int] | None = None, comment: str = "", **options: str,
) -> Path:  # fmt: skip
    """Write a video file and return its path; ``times_ms`` are the moments of the frames."""
    import av

    with av.open(str(path), "w") as container:
        if comment:
            container.metadata["comment"] = comment
        stream: Any = None
        for number, picture in enumerate(pictures):
            if stream is None:
                settings = {"preset": "ultrafast", "crf": "23", "threads": "1"} if codec == "libx264" else {}
                stream = container.add_stream(codec, rate=rate, options=settings | options)
                stream.height, stream.width = picture.shape[:2]
                stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
                stream.codec_context.gop_size = gop
                if times_ms:
                    stream.codec_context.time_base = Fraction(1, 1000)
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="bgr24")
            if times_ms:
                frame.pts, frame.time_base = times_ms[number], Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def watched(path: Path, **more: Any) -> Watched:
    """Return what is seen in a clip; ``more`` are settings of looking, or arguments of ``watch``."""
    asked = LOOKING._replace(**{name: more.pop(name) for name in list(more) if name in LOOKING._fields})
    return watch.watch(Clip("clip", path, NOON), asked, **more)


def tracks(seen: Watched) -> pd.DataFrame:
    """Return one row a believed track: begins, ends (seconds), faces."""
    return seen.faces.dropna(subset=["track"]).groupby("track")["at_s"].agg(begins="min", ends="max", faces="size")


class Studio(NamedTuple):
    """The functions above."""

    room: Callable[..., Picture]
    person: Callable[..., Picture]
    placed: Callable[..., Picture]
    noisy: Callable[..., Iterable[Picture]]
    write: Callable[..., Path]
    watched: Callable[..., Watched]
    tracks: Callable[[Watched], pd.DataFrame]


class Made(NamedTuple):
    """A file and what was seen in it."""

    path: Path
    watched: Watched


@pytest.fixture(scope="session")
def walking(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Forty seconds, ten frames a second: somebody walks in at 12 s, stands still, and is gone at 24 s."""
    who, empty = person(), room()

    def at(number: int) -> Picture:
        second = number / 10
        if not 12 <= second < 24:
            return empty
        left = 60 + np.sin(second) - 250 * max(0, 13.5 - second) / 1.5 + 260 * max(0, second - 22.5) / 1.5
        return placed(empty, who, left)

    path = tmp_path_factory.mktemp("walking") / "walking.mp4"
    write(path, noisy(at(number) for number in range(400)))
    return Made(path, watched(path))


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nine seconds of an empty room, five frames a second."""
    return write(tmp_path_factory.mktemp("plain") / "plain.mp4", noisy([room()] * 45), rate=5, gop=10)


@pytest.fixture(scope="session")
def studio() -> Studio:
    """Return what makes pictures and files, and watches them."""
    return Studio(room, person, placed, noisy, write, watched, tracks)

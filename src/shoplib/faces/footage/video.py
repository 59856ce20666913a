"""Video files opened safely, told apart from what is none, and their frames with the moment of each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from shoplib.base import words
from shoplib.errors import SourceError
from shoplib.faces.pictures import Picture
from shoplib.store import files

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

MARK = "synthetic people, rendered by shoplib"
"""In the container's comment of footage whose people are rendered."""
FORMATS = (
    "mov", "mp4", "m4a", "3gp", "3g2", "mj2", "matroska", "webm", "avi", "mpegts", "mpeg", "mpegvideo", "flv", "asf",
    "h264", "hevc", "m4v", "mjpeg", "mpjpeg", "smjpeg", "ogg", "dhav", "mxf", "nut", "ivf", "obu", "av1", "dv", "gif",
)  # fmt: skip
"""No lists of other files, no streams, no pictures and no text: only what can hold footage is opened."""
PICTURES = {
    b"\x89PNG": "a PNG picture", b"\xff\xd8\xff": "a JPEG picture", b"BM": "a BMP picture",
    b"II*\x00": "a TIFF picture",
    b"MM\x00*": "a TIFF picture", b"RIFF....WEBP": "a WebP picture", b"....ftypheic": "a HEIC picture",
    b"....ftypmif1": "a HEIC picture", b"....ftypavif": "an AVIF picture",
}  # fmt: skip
MOTION_JPEG = (".mjpeg", ".mjpg")
SQUARE = (0.4, 2.5)
"""Pixels wider or narrower than this are not believed."""
WANTED = "a video, such as MP4, MKV or AVI"


class Probe(NamedTuple):
    """What a video file says of itself; width and height are those of the upright picture."""

    sha256: str
    seconds: float
    frames_a_second: float
    width_px: int
    height_px: int
    rotation: int
    """Degrees the stored picture is turned counter-clockwise to stand upright."""
    codec: str
    simulated: bool
    """The container's comment says that the people are rendered."""


class Frame(NamedTuple):
    """One frame: its number from 0, its time in seconds from the first, its picture (blue, green, red), upright."""

    number: int
    at_s: float
    picture: Picture


@contextmanager
def opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """Yield the container and its video stream, decoded by one thread; nothing but this file is read.

    Raises ``SourceError`` if the file is missing, empty, a picture, or no video.
    """
    import av

    refuse(path)
    options = {"format_whitelist": ",".join(FORMATS), "protocol_whitelist": "file"}
    try:
        container = av.open(f"file:{path.resolve()}", options=options, metadata_errors="ignore")
    except (av.FFmpegError, OSError) as error:
        raise unreadable(path, _reason(path, error)) from error
    with container:
        if not container.streams.video:
            raise unreadable(path, "sound or data without pictures" if container.streams else "nothing in it")
        stream = container.streams.video[0]
        stream.thread_count = 1
        yield container, stream


def refuse(path: Path) -> None:
    """Raise ``SourceError`` for what is no video at first sight: nothing, a folder, an empty file, a picture."""
    if path.is_dir():
        raise unreadable(path, "a folder", "name one video file; shoplib faces cluster takes a folder of photos")
    if not path.is_file():
        there = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        near = words.nearest(path.name, sorted(there))
        raise unreadable(path, "no such file", f'did you mean "{near}"?' if near else "check the path")
    try:
        with path.open("rb") as stream:
            head = stream.read(12)
    except OSError as error:
        raise unreadable(path, error.strerror or str(error), "check who may read the file") from error
    if not head:
        raise unreadable(path, "an empty file", "copy it from the camera or recorder again")
    kind = next((name for mark, name in PICTURES.items() if _begins(head, mark)), "")
    if kind and not (kind == "a JPEG picture" and path.suffix.lower() in MOTION_JPEG):
        raise unreadable(path, kind, "shoplib faces cluster takes photos")


def _begins(head: bytes, mark: bytes) -> bool:
    return len(head) >= len(mark) and all(m in (h, ord(".")) for h, m in zip(head, mark, strict=False))


def _reason(path: Path, error: Exception) -> str:
    with path.open("rb") as stream:
        head = stream.read(1 << 12)
    if b"ftyp" in head[:12] and not _holds(path, b"moov"):
        return "an MP4 without its index (moov): the recording was cut off before it was finished"
    if b"\x00" not in head and not any(byte < 9 for byte in head):
        return "text"
    return f"no frame in it can be read ({getattr(error, 'strerror', None) or error})"


def _holds(path: Path, mark: bytes) -> bool:
    with path.open("rb") as stream:
        before = b""
        while piece := stream.read(1 << 20):
            if mark in before + piece:
                return True
            before = piece[-len(mark) :]
    return False


def unreadable(path: Path, found: str, next_step: str = "check that the file plays, or export it again") -> SourceError:
    """Return the error for a file that is no footage."""
    if "moov" in found:
        next_step = "repair it with a copy that was closed properly, or export it from the recorder again"
    return SourceError(
        "The footage cannot be read", where=str(path), found=found, wanted=WANTED, next_step=next_step
    )  # fmt: skip


def probe(path: Path) -> Probe:
    """Return what a video file says of itself, its first frame decoded; the file is read once for its digest.

    ``SourceError`` if it is missing, empty, a picture, no video, or holds no frame that can be read.
    """
    with opened(path) as (container, stream):
        first = first_frame(path, container, stream)
        seconds = container.duration / 1e6 if container.duration else 0.0
        if stream.duration and stream.time_base:
            seconds = float(stream.duration * stream.time_base)
        width, height = upright_size(first, stream)
        comment = next((text for name, text in container.metadata.items() if name.lower() == "comment"), "")
        return Probe(
            files.sha256(path), round(seconds, 3), round(float(stream.average_rate or 0), 3), width, height,
            int(first.rotation), stream.codec_context.name, MARK in comment,
        )  # fmt: skip


def first_frame(path: Path, container: InputContainer, stream: VideoStream) -> VideoFrame:
    """Return the first frame that can be decoded; ``SourceError`` if there is none."""
    import av

    try:
        for packet in container.demux(stream):
            try:
                for frame in packet.decode():
                    return frame
            except av.FFmpegError:
                continue
    except av.FFmpegError as error:
        raise unreadable(path, f"no frame in it can be read ({error.strerror})") from error
    raise unreadable(path, "no frame in it can be read")


def frames(path: Path, looks_a_second: float) -> Iterator[Frame]:
    """Yield the frames of a whole video that are to be looked at, in order, never more than ``looks_a_second``.

    One picture is in memory at a time. Raises ``SourceError`` as ``probe`` does; a file cut short is read as far as
    it goes.
    """
    from shoplib.faces.footage import index

    known = index.read(path)
    wanted = index.looked(known.times, looks_a_second)
    for run in index.runs(known, wanted):
        for number, frame in index.decoded(path, run):
            yield Frame(number, float(known.times[number]), picture(frame, run.aspect))


def upright_size(frame: VideoFrame, stream: VideoStream) -> tuple[int, int]:
    """Return width and height of the picture as people see it."""
    width = round(frame.width * aspect_of(stream))
    return (frame.height, width) if frame.rotation % 180 else (width, frame.height)


def aspect_of(stream: VideoStream) -> float:
    """Return how much wider than tall a pixel is; 1 where the file does not say or cannot be believed."""
    told: Any = stream.sample_aspect_ratio
    share = float(told) if told else 1.0
    return share if SQUARE[0] <= share <= SQUARE[1] else 1.0


def picture(frame: VideoFrame, aspect: float = 1.0) -> Picture:
    """Return a frame as an upright picture of square pixels; blue, green, red."""
    return upright(np.asarray(frame.to_ndarray(format="bgr24"), dtype=np.uint8), frame, aspect)


def upright(stored: Picture, frame: VideoFrame, aspect: float) -> Picture:
    """Return a stored picture, of one or three channels, turned upright and with square pixels."""
    import cv2

    if aspect != 1:
        size = round(stored.shape[1] * aspect), stored.shape[0]
        stored = np.asarray(cv2.resize(stored, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
    turns = round(frame.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(stored, turns)) if turns else stored

"""Every frame of a file with its moment, found without decoding where the file is in order, and frames by number."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from shoplib.faces.footage import video
from shoplib.faces.pictures import Bools, Ints

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

Floats = npt.NDArray[np.float64]
USUAL_RATE = 25.0
SHORTEST_S, LONGEST_S = 1e-4, 86_400.0
"""Steps between frames outside of these are no steps of a clock."""
BEGINNING = -(1 << 40)
LATE = 1e-6
EXACT = ("mov", "matroska")
"""Containers with a table of their key frames; in others a jump begins so much earlier:"""
EARLY_S = 1
WORTH_A_JUMP = 40
"""Frames that are rather skipped by jumping to the next key frame than decoded."""


@dataclass(frozen=True)
class Index:
    """All frames of a file in order of time; a frame's number is its place here."""

    times: Floats
    """Seconds from the first frame, to the millisecond."""
    stamps: Ints
    """Time stamps in the file's own unit; empty if they are out of order."""
    keys: Ints
    """Numbers of the frames that can be decoded alone."""
    sizes: Ints
    """Bytes of each frame as packed."""
    frames_a_second: float
    aspect: float
    width_px: int
    height_px: int
    lost: int
    """Parts that could not be read."""
    said_s: float
    """Length the file claims."""

    @property
    def orderly(self) -> bool:
        """The time stamps are whole and in order, so that any frame can be gone to."""
        return len(self.stamps) > 0

    @property
    def seconds(self) -> float:
        """From the first frame to the end of the last."""
        return round(float(self.times[-1]) + 1 / self.frames_a_second, 3)


class Run(NamedTuple):
    """Frames to be decoded in one go."""

    seek: int | None
    """Time stamp of the key frame to begin at; none: from the beginning of a file that is out of order."""
    stamps: Ints
    """Time stamps of the frames wanted, or their numbers if ``seek`` is none."""
    numbers: Ints
    alone: bool
    """Each frame wanted can be decoded alone."""
    aspect: float


def read(path: Path) -> Index:
    """Return the index of a file; ``SourceError`` as ``video.probe`` raises it.

    Where time stamps are missing, twice or run backwards, everything is decoded once to number the frames in the order
    they are shown, and a step that no clock makes counts as one usual step.
    """
    import av

    rows: list[tuple[int, int, bool]] = []
    lost, whole, before = 0, True, -(1 << 62)
    with video.opened(path) as (container, stream):
        first = video.first_frame(path, container, stream)
        width, height = video.upright_size(first, stream)
        aspect, rate = video.aspect_of(stream), float(stream.average_rate or stream.guessed_rate or USUAL_RATE)
        base = float(stream.time_base or 1 / USUAL_RATE)
        said = max(float(stream.duration * stream.time_base) if stream.duration and stream.time_base else 0.0, 0.0)
    with video.opened(path) as (container, stream):
        try:
            for packet in container.demux(stream):
                if not packet.size or packet.is_discard:
                    continue
                lost += packet.is_corrupt
                dts = packet.dts if packet.dts is not None else before
                whole &= packet.pts is not None and dts >= before
                before = dts
                rows.append((packet.pts or 0, packet.size, packet.is_keyframe))
        except av.FFmpegError:
            lost += 1
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    order = np.argsort(table[:, 0], kind="stable")
    stamps = table[order, 0]
    steps = np.diff(stamps) * base
    if whole and len(stamps) and (steps >= SHORTEST_S).all() and (steps <= LONGEST_S).all():
        times, keys = np.round((stamps - stamps[0]) * base, 3), np.flatnonzero(table[order, 2])
        return Index(times, stamps, keys, table[order, 1], _rate(times, rate), aspect, width, height, lost, said)
    times, lost_here = _shown(path, 1 / rate)
    keys = np.zeros(1, dtype=np.int64)
    return Index(times, np.empty(0, np.int64), keys, np.zeros(len(times), np.int64), _rate(times, rate), aspect, width,
                 height, lost + lost_here, said)  # fmt: skip


def _rate(times: Floats, told: float) -> float:
    steps = np.diff(times)
    return round(1 / float(np.median(steps)), 3) if len(steps) and np.median(steps) > 0 else told


def _shown(path: Path, usual_s: float) -> tuple[Floats, int]:
    """Return the moments of all frames as they are shown, the clock mended, and how much was lost."""
    import av

    found: list[float | None] = []
    lost = 0
    with video.opened(path) as (container, stream):
        try:
            for packet in container.demux(stream):
                try:
                    found += [frame.time for frame in packet.decode()]
                except av.FFmpegError:
                    lost += 1
        except av.FFmpegError:
            lost += 1
    if not found:
        raise video.unreadable(path, "no frame in it can be read")
    told = np.array([np.nan if at is None else at for at in found])
    steps = np.diff(told)
    good = (steps >= SHORTEST_S) & (steps <= LONGEST_S)
    return np.round(np.concatenate([[0.0], np.cumsum(np.where(good, steps, usual_s))]), 3), lost


def looked(times: Floats, looks_a_second: float) -> Ints:
    """Return the numbers of the frames to look at: the first of each slot of ``1 / looks_a_second``."""
    slots = np.floor(times * looks_a_second + LATE)
    return np.flatnonzero(np.diff(slots, prepend=-1.0) > 0)


def runs(known: Index, wanted: Ints) -> list[Run]:
    """Return how to decode the frames wanted (numbers, ascending) with few jumps and little decoded in vain."""
    if not len(wanted):
        return []
    if not known.orderly:
        return [Run(None, wanted, wanted, False, known.aspect)]
    key_of = known.keys[np.maximum(np.searchsorted(known.keys, wanted, side="right") - 1, 0)] if len(known.keys) else 0
    start: Ints = np.minimum(np.broadcast_to(key_of, wanted.shape), wanted)
    alone: Bools = start == wanted
    jump = (start[1:] > wanted[:-1]) & (start[1:] - wanted[:-1] > WORTH_A_JUMP)
    parts = np.split(np.arange(len(wanted)), np.flatnonzero(jump) + 1) if not alone.all() else [np.arange(len(wanted))]
    return [
        Run(_from(known, int(start[part[0]])), known.stamps[wanted[part]], wanted[part], bool(alone[part].all()),
            known.aspect)
        for part in parts
    ]  # fmt: skip


def _from(known: Index, number: int) -> int:
    """Return the time stamp to jump to, or ``BEGINNING``."""
    return int(known.stamps[number]) if number > known.keys[0] else BEGINNING


def decoded(path: Path, run: Run, lost: list[int] | None = None) -> Iterator[tuple[int, VideoFrame]]:
    """Yield the frames of a run with their numbers, in order; frames that cannot be decoded are left out.

    For each damaged frame or packet its number is added to ``lost``, −1 if it has none.
    """
    number_of = dict(zip(run.stamps.tolist(), run.numbers.tolist(), strict=True))
    last = int(run.stamps[-1])
    damaged = lost if lost is not None else []
    with video.opened(path) as (container, stream):
        _go_to(container, stream, run.seek)
        wanted = set(number_of) if run.alone else None
        for place, frame in enumerate(_frames(container, stream, wanted, last, damaged)):
            stamp = place if run.seek is None else frame.pts
            if stamp is None:
                continue
            if stamp in number_of:
                if frame.is_corrupt:
                    damaged.append(number_of[stamp])
                yield number_of[stamp], frame
            if stamp >= last:
                return


def _go_to(container: InputContainer, stream: VideoStream, stamp: int | None) -> None:
    """Go to the key frame of a time stamp or some way before it; what cannot be gone to is read from its beginning."""
    import av

    if stamp is None or stamp == BEGINNING or stream.time_base is None:
        return
    early = 0 if container.format.name.startswith(EXACT) else round(EARLY_S / stream.time_base)
    with suppress(av.FFmpegError):
        container.seek(stamp - early, stream=stream, backward=True)


def _frames(
    container: InputContainer, stream: VideoStream, only: set[int] | None, last: int, damaged: list[int]
) -> Iterator[VideoFrame]:
    """Yield frames as they are shown, from packets with the time stamps ``only`` (none: all) up to ``last``."""
    import av

    packets = container.demux(stream)
    while True:
        packet: Packet[VideoStream] | None = None
        try:
            packet = next(packets, None)
        except av.FFmpegError:
            damaged.append(-1)
        if packet is not None and only is not None and packet.size and packet.pts not in only:
            if packet.pts is None or packet.pts <= last:
                continue
            packet = None
        try:
            yield from stream.codec_context.decode(packet)
        except av.FFmpegError:
            damaged.append(-1)
        if packet is None or not packet.size:
            return

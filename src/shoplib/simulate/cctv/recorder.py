"""Frames to a video file and video files to one, always the same bytes for the same frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

from shoplib.errors import SourceError
from shoplib.simulate.cctv.people import Picture
from shoplib.store import files

MARK = "synthetic people, rendered by shoplib"
"""Comment by which a file says of itself that nobody in it is real; ``faces.footage.video`` reads it."""
KEY_EVERY_S = 2
OPTIONS = {"preset": "veryfast", "crf": "26", "threads": "1", "bf": "0", "x264-params": "scenecut=0"}


class Recorder:
    """An open video file that takes frames one by one."""

    def __init__(self, container: Any, stream: Any) -> None:
        self._container, self._stream, self._number = container, stream, 0

    def write(self, picture: Picture) -> None:
        """Add a frame: blue, green, red."""
        import av
        import cv2

        planes: Any = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420)
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts, frame.time_base = self._number, self._stream.codec_context.time_base
        self._container.mux(self._stream.encode(frame))
        self._number += 1


@contextmanager
def recording(path: Path, width: int, height: int, frames_a_second: int) -> Iterator[Recorder]:
    """Yield what writes an H.264 file (MP4); it is there when the block ends well, and not at all otherwise."""
    import av

    with files.writing(path) as part, av.open(str(part), "w", format="mp4") as container:
        container.metadata["comment"] = MARK
        stream = container.add_stream("libx264", rate=frames_a_second, options=OPTIONS)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = Fraction(1, frames_a_second)
        stream.codec_context.gop_size = KEY_EVERY_S * frames_a_second
        yield Recorder(container, stream)
        container.mux(stream.encode(None))


def join(paths: Sequence[Path], out: Path) -> None:
    """Write clips one after the other into one file, packet by packet; nothing is encoded again.

    The clips must be of one size, frame rate and encoder; ``SourceError`` if they are not, or if there is none. Each
    begins where the one before ended. A clip may be there more than once.
    """
    import av

    if not paths:
        raise _unlike(out, "no clip at all")
    with files.writing(out) as part, av.open(str(part), "w", format="mp4") as joined:
        joined.metadata["comment"] = MARK
        stream: Any = None
        kind: Any = None
        shift = 0
        for path in paths:
            with av.open(str(path)) as clip:
                own = clip.streams.video[0]
                mine = (own.width, own.height, own.average_rate, own.time_base, own.codec_context.extradata)
                if stream is None:
                    stream, kind = joined.add_stream_from_template(own), mine
                if mine != kind:
                    raise _unlike(path, f"{own.width} × {own.height} at {own.average_rate}, unlike the first")
                last = 0
                for packet in clip.demux(own):
                    if packet.dts is None or packet.pts is None:
                        continue
                    last = packet.dts + (packet.duration or 0)
                    packet.dts, packet.pts, packet.stream = packet.dts + shift, packet.pts + shift, stream
                    joined.mux(packet)
                shift += last


def _unlike(path: Path, found: str) -> SourceError:
    return SourceError(
        "Clips cannot be joined", where=str(path), found=found,
        wanted="clips of one size, frame rate and encoder", next_step="compose them with the same settings",
    )  # fmt: skip

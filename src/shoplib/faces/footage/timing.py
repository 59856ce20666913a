"""What watching a clip costs, part by part, and what was found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from shoplib.faces.footage import index, light, motion, scout, video, watch
from shoplib.faces.footage.clips import Clip
from shoplib.faces.footage.watch import Looking
from shoplib.faces.footage.watched import Watched

Item = TypeVar("Item")
Clock = Callable[[], float]
DECODE, MOTION, DETECT, EMBED, ALL = "decode", "motion", "detection", "embedding", "watching, all of it"


@dataclass(frozen=True)
class Cost:
    """Seconds of one part, and how many frames, looks or faces they went into."""

    part: str
    seconds: float
    items: int
    of: str


class _Parts:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.seconds: dict[str, float] = defaultdict(float)
        self.items: dict[str, int] = defaultdict(int)

    @contextmanager
    def spent(self, part: str) -> Iterator[None]:
        begun = self._clock()
        yield
        self.seconds[part] += self._clock() - begun
        self.items[part] += 1

    def each(self, part: str, items: Iterable[Item]) -> Iterator[Item]:
        """Yield the items; the time until each is there is spent on the part."""
        waiting = iter(items)
        while True:
            begun = self._clock()
            item = next(waiting, None)
            self.seconds[part] += self._clock() - begun
            if item is None:
                return
            self.items[part] += 1
            yield item


def measure(clip: Clip, looking: Looking, clock: Clock, recogniser: str | None) -> tuple[Watched, list[Cost]]:
    """Return what was seen in a clip, and what each part cost by ``clock``; the clip is watched twice, in this process.

    The first time whole, the second time part by part. Faces are told apart only if a ``recogniser`` is named. Raises
    ``SourceError`` as ``watch`` does.
    """
    from shoplib.faces.models.detect import Finder
    from shoplib.faces.models.embed import prints

    parts = _Parts(clock)
    with parts.spent(ALL):
        watched = watch.watch(clip, looking)
    known = index.read(clip.path)
    finder = Finder(looking.detector)
    scene: motion.Scene | None = None
    for run in index.runs(known, scout.samples(known).numbers):
        for number, frame in parts.each(DECODE, index.decoded(clip.path, run)):
            with parts.spent(MOTION):
                small = light.look(frame, run.aspect).small
                scene = scene or motion.Scene([small], looking.light_change)
                scene.look(float(known.times[number]), small)
    for run in index.runs(known, watched.looked):
        for _, frame in parts.each(DECODE, index.decoded(clip.path, run)):
            with parts.spent(DECODE):
                picture = video.picture(frame, run.aspect)
            with parts.spent(DETECT):
                finder.find(picture)
    if recogniser is not None:
        for chip in watched.chips:
            with parts.spent(EMBED):
                prints([chip.picture], recogniser)
    words = {DECODE: "frames wanted", MOTION: "frames looked over", DETECT: "looks", EMBED: "faces", ALL: "clip"}
    samples = parts.items[MOTION]
    parts.items[DECODE] = samples + len(watched.looked)
    return watched, [
        Cost(part, round(parts.seconds[part], 3), parts.items[part], of)
        for part, of in words.items()
        if part in parts.items
    ]

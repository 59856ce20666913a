"""Independent random streams from one seed, so that adding one never disturbs another."""

from __future__ import annotations

import hashlib

import numpy as np


def stream(seed: int, *names: str) -> np.random.Generator:
    """Return the generator that belongs to ``seed`` and a path of names.

    The same seed and names give the same numbers on every machine (PCG64, O'Neill 2014).

    >>> int(stream(1, "prices").integers(1000))
    390
    """
    words = hashlib.sha256("\x1f".join((str(seed), *names)).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(words, "little")))

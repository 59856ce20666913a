"""The drawn shop: what stands behind people, and the counter before them."""

from __future__ import annotations

import numpy as np

from shoplib.base.seeds import stream
from shoplib.simulate.cctv.people import Picture

COUNTER_Y = 0.655
SHELVES_X = ((0.22, 0.46), (0.49, 0.73), (0.76, 0.98))
CANS = np.array([[196, 150, 92], [176, 120, 60], [205, 176, 130], [150, 105, 70], [120, 150, 165]])


def behind(width: int, height: int, seed: int) -> Picture:
    """Return the empty shop as the camera sees it, without the counter; blue, green, red."""
    import cv2

    rng = stream(seed, "simulate", "cctv", "room")
    down = np.linspace(0, 1, height)[:, None, None]
    wall = np.array([178, 190, 196]) * (1 - down) + np.array([138, 150, 158]) * down
    picture = np.repeat(wall, width, axis=1).astype(np.uint8)

    def at(x: float, y: float) -> tuple[int, int]:
        return round(x * width), round(y * height)

    for tile in range(12):
        across = tile / 11
        cv2.line(picture, at(across, 0.56), at(across * 2.4 - 0.7, 1), (112, 122, 130), 1, cv2.LINE_AA)
    cv2.rectangle(picture, at(0.02, 0.14), at(0.17, 0.62), (96, 88, 78), -1)
    cv2.rectangle(picture, at(0.03, 0.16), at(0.16, 0.61), (214, 206, 190), -1)
    cv2.line(picture, at(0.095, 0.16), at(0.095, 0.61), (96, 88, 78), max(1, width // 300))
    for left, right in SHELVES_X:
        cv2.rectangle(picture, at(left, 0.10), at(right, 0.58), (104, 112, 120), -1)
        for top in (0.12, 0.275, 0.43):
            edges = np.arange(left + 0.008, right - 0.03, 0.034)
            heights, shades = rng.uniform(0.09, 0.13, len(edges)), rng.integers(0, len(CANS), len(edges))
            for x, tall, shade in zip(edges, heights, shades, strict=True):
                colour = [int(part) for part in CANS[shade] * rng.uniform(0.75, 1.05)]
                cv2.rectangle(picture, at(x, top + 0.135 - tall), at(x + 0.027, top + 0.135), colour, -1)
            cv2.line(picture, at(left, top + 0.14), at(right, top + 0.14), (70, 76, 82), max(1, height // 130))
    for x in (0.3, 0.62, 0.94):
        cv2.ellipse(picture, at(x, 0.025), (width // 14, height // 60), 0, 0, 360, (250, 252, 252), -1, cv2.LINE_AA)
    blurred = cv2.GaussianBlur(picture, (0, 0), width / 800)
    far = ((np.linspace(-1, 1, width)[None] ** 2 + np.linspace(-1, 1, height)[:, None] ** 2) / 2)[..., None]
    return (blurred * (1 - 0.22 * far)).astype(np.uint8)


def counter(width: int, height: int) -> Picture:
    """Return the counter that hides everybody's lower edge: the rows of the picture from its top downwards."""
    import cv2

    top = round(COUNTER_Y * height)
    down = np.linspace(0, 1, height - top)[:, None, None]
    wood = np.array([92, 122, 150]) * (1 - down) + np.array([58, 80, 104]) * down
    picture = np.repeat(wood, width, axis=1).astype(np.uint8)
    edge = max(2, height // 45)
    picture[:edge] = (150, 178, 200)
    cv2.rectangle(picture, (round(0.02 * width), edge), (round(0.15 * width), round(0.2 * height)), (64, 60, 58), -1)
    cv2.rectangle(
        picture, (round(0.035 * width), 2 * edge), (round(0.135 * width), round(0.12 * height)), (196, 184, 150), -1
    )
    return picture

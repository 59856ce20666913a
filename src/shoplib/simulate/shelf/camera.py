"""From a scene to a photo: where the camera stood, the light, blur, noise and JPEG."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoplib.simulate.shelf.packs import Image
from shoplib.simulate.shelf.shelf import HEIGHT, WIDTH

PHOTO_WIDTH, PHOTO_HEIGHT = 1280, 960
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Camera:
    """Place and faults of one camera."""

    corners: tuple[tuple[float, float], ...]
    """Points of the scene that fall on the photo's corners: top left, top right, bottom right, bottom left."""
    gain: float
    balance: tuple[float, float, float]
    tilt_of_light: tuple[float, float]
    """How much brighter the right and the lower side are, as shares."""
    vignette: float
    blur_px: float
    noise: float
    quality: int

    def matrix(self) -> Floats:
        """Return the homography from the scene to the photo, solved from its four corners."""
        seen = ((0.0, 0.0), (PHOTO_WIDTH, 0.0), (PHOTO_WIDTH, PHOTO_HEIGHT), (0.0, PHOTO_HEIGHT))
        rows, right = [], []
        for (x, y), (u, v) in zip(self.corners, seen, strict=True):
            rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
            right += [u, v]
        return np.append(np.linalg.solve(np.array(rows), np.array(right)), 1.0).reshape(3, 3)


def camera(rng: np.random.Generator) -> Camera:
    """Return a camera held by hand in front of a shelf: a little off the middle, a little turned."""
    near = rng.uniform(0.02, 0.06, (4, 2)) * (WIDTH, HEIGHT)
    corners = np.array([(0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT)], dtype=np.float64)
    corners += near * [(1, 1), (-1, 1), (-1, -1), (1, -1)]
    return Camera(
        tuple((float(x), float(y)) for x, y in corners),
        float(rng.uniform(0.80, 1.10)),
        tuple(rng.uniform(0.95, 1.05, 3).tolist()),
        (float(rng.uniform(-0.12, 0.12)), float(rng.uniform(-0.12, 0.08))),
        float(rng.uniform(0.0, 0.18)),
        float(rng.choice([0.0, 0.6, 0.9, 1.3])),
        float(rng.uniform(1.5, 6.0)),
        int(rng.integers(72, 93)),
    )  # fmt: skip


def taken(scene: Image, by: Camera, rng: np.random.Generator) -> Image:
    """Return the photo a camera takes of a scene, ``PHOTO_HEIGHT`` × ``PHOTO_WIDTH``; grain comes from ``rng``."""
    import cv2

    photo = cv2.warpPerspective(scene, by.matrix(), (PHOTO_WIDTH, PHOTO_HEIGHT), flags=cv2.INTER_LINEAR,
                                borderMode=cv2.BORDER_REPLICATE)  # fmt: skip
    if by.blur_px:
        photo = cv2.GaussianBlur(photo, (0, 0), by.blur_px)
    across, down = np.linspace(-1, 1, PHOTO_WIDTH)[None, :], np.linspace(-1, 1, PHOTO_HEIGHT)[:, None]
    light = by.gain * (1 + by.tilt_of_light[0] * across + by.tilt_of_light[1] * down)
    light *= 1 - by.vignette * (across**2 + down**2) / 2
    lit = photo * (light[:, :, None] * np.asarray(by.balance)).astype(np.float32)
    lit += rng.standard_normal(photo.shape, dtype=np.float32) * np.float32(by.noise)
    clipped: Image = np.clip(np.rint(lit), 0, 255).astype(np.uint8)
    return clipped


def jpeg(photo: Image, quality: int) -> bytes:
    """Return a photo as JPEG; equal photos give equal bytes."""
    import cv2

    _, content = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return bytes(content.tobytes())

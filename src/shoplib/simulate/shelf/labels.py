"""What is printed: bands, discs, an invented name, small print; and the price tags on a rail."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shoplib.simulate.shelf.looks import Colour, Look, ink_on, shade

Place = tuple[int, int, int, int]
"""Left, top, width, height in pixels."""


def printed(look: Look, image: npt.NDArray[np.uint8], place: Place, ground: Colour | None = None) -> None:
    """Print a product's label into ``place`` of its picture, on ``ground`` if given, else on the pack itself."""
    import cv2

    left, top, width, height = place
    area = image[top : top + height, left : left + width]
    if ground is not None:
        area[:] = ground
        cv2.rectangle(area, (0, 0), (width - 1, max(1, height // 12)), look.accent, -1)
    ink = ink_on(ground or look.body)
    _pattern(look, area, ground is not None)
    panel = look.style in (0, 3) and ground is None
    if panel:  # a light panel for the name
        cv2.rectangle(area, (round(width * 0.08), round(height * 0.30)), (round(width * 0.92), round(height * 0.56)),
                      look.label, -1)  # fmt: skip
        ink = ink_on(look.label)
    _name(look.word, area, ink, round(height * 0.43))
    for line in range(3):
        y = round(height * (0.70 + 0.07 * line))
        reach = 0.82 - 0.14 * ((line + look.style) % 3)
        cv2.line(area, (round(width * 0.18), y), (round(width * reach), y), ink, 1, cv2.LINE_AA)


def _pattern(look: Look, area: npt.NDArray[np.uint8], labelled: bool) -> None:
    import cv2

    height, width = area.shape[:2]
    if look.style in (0, 1):
        cv2.rectangle(area, (0, round(height * 0.08)), (width - 1, round(height * 0.22)), look.accent, -1)
    if look.style in (1, 4):
        cv2.rectangle(area, (0, round(height * 0.88)), (width - 1, height - 1), shade(look.accent, 0.7), -1)
    if look.style == 2 and not labelled:
        corners = np.array(
            [(0, height - 1), (width - 1, round(height * 0.35)), (width - 1, height - 1)], dtype=np.int32
        )
        cv2.fillPoly(area, [corners], look.accent, lineType=cv2.LINE_AA)
    if look.style in (3, 5):
        cv2.circle(area, (width // 2, round(height * 0.68)), max(2, round(width * 0.24)), look.accent, -1, cv2.LINE_AA)
    if look.style == 4:
        cv2.circle(area, (round(width * 0.70), round(height * 0.20)), max(2, round(width * 0.14)), look.label, -1,
                   cv2.LINE_AA)  # fmt: skip


def _name(word: str, area: npt.NDArray[np.uint8], ink: Colour, middle: int) -> None:
    import cv2

    width = area.shape[1]
    font, thick = cv2.FONT_HERSHEY_DUPLEX, 1 if width < 70 else 2
    (wide, tall), _ = cv2.getTextSize(word, font, 1.0, thick)
    scale = min(width * 0.84 / max(wide, 1), area.shape[0] * 0.22 / max(tall, 1))
    (wide, tall), _ = cv2.getTextSize(word, font, scale, thick)
    cv2.putText(area, word, ((width - wide) // 2, middle + tall // 2), font, scale, ink, thick, cv2.LINE_AA)


def tag(height: int, price: int, yellow: bool) -> npt.NDArray[np.uint8]:
    """Return a price tag ``height`` pixels high with ``price`` in minor units and a bar code."""
    import cv2

    width = max(24, round(height * 1.9))
    image = np.empty((height, width, 3), dtype=np.uint8)
    image[:] = (90, 225, 250) if yellow else (250, 250, 248)
    bars = np.random.Generator(np.random.PCG64(price)).random(width // 4) < 0.5
    code = np.repeat(bars, 2)[: width // 2 - 4]
    image[round(height * 0.62) : height - 2, 3 : 3 + len(code)][:, code] = (40, 40, 40)
    text = f"{price / 100:.2f}"
    scale = height / 52
    (wide, tall), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, scale, 1)
    cv2.putText(image, text, (max(2, width - wide - 3), 3 + tall), cv2.FONT_HERSHEY_DUPLEX, scale, (30, 30, 30), 1,
                cv2.LINE_AA)  # fmt: skip
    cv2.rectangle(image, (0, 0), (width - 1, height - 1), (150, 150, 150), 1)
    return image

"""Photos as files: found in a folder, and brought to upright pictures of three colours, whatever they are."""

from __future__ import annotations

import io
import struct
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from shoplib.errors import SourceError
from shoplib.faces.models.detect import quietly
from shoplib.faces.pictures import Picture

if TYPE_CHECKING:
    from PIL.Image import Image

KINDS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "PPM", "GIF", "JPEG2000")
READ = "JPEG, PNG, WebP, BMP, TIFF, PGM, GIF or JPEG 2000"
MOST_PIXELS = 150_000_000
TIFF_MARKS = (b"II*\0", b"MM\0*")


def files_of(folder: Path) -> list[Path]:
    """Return every file under a folder, in the order of their paths; raises ``SourceError`` if there is no folder."""
    if not folder.is_dir():
        raise SourceError(
            "There is no folder of photos", where=str(folder), found="a file" if folder.exists() else "nothing",
            wanted="a folder; folders inside it are looked through too", next_step="name the folder the photos are in",
        )  # fmt: skip
    found = ((path.relative_to(folder).parts, path) for path in folder.rglob("*") if path.is_file())
    return [path for _, path in sorted(found)]


def picture(data: bytes) -> Picture:
    """Return a photo's picture, upright as its camera was held: the first one of several, of 8 bits a colour.

    Grey and printers' colours become blue, green and red, what is transparent becomes white. Raises ``SourceError``,
    whose ``what`` is the reason in a few words, for bytes that are no photo or not a whole one.
    """
    import PIL.Image

    broken = (OSError, SyntaxError, ValueError, ArithmeticError, LookupError, TypeError, EOFError, struct.error)
    if not data:
        raise SourceError("the file is empty")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damaged notes beside the picture, and of its size, judged below
            with PIL.Image.open(io.BytesIO(data), formats=KINDS) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise SourceError(f"more than {MOST_PIXELS // 10**6} million pixels")
                return _colours(_upright(image))
    except PIL.Image.DecompressionBombError as error:
        raise SourceError(f"more than {MOST_PIXELS // 10**6} million pixels") from error
    except PIL.UnidentifiedImageError as error:
        if data[:4] in TIFF_MARKS:
            return _deep_tiff(data)
        raise SourceError(f"not a photo: {READ}") from error
    except broken as error:
        raise SourceError(f"broken: {str(error).strip() or type(error).__name__}") from error


def _upright(image: Image) -> Image:
    from PIL import ImageOps

    try:
        turned: Image = ImageOps.exif_transpose(image)
    except (SyntaxError, ValueError, LookupError, TypeError, struct.error):  # the note is broken, the picture is not
        return image
    return turned


def _colours(image: Image) -> Picture:
    from PIL import Image as pillow

    if image.mode == "F" or image.mode.startswith("I"):
        grey = _eight_bits(np.asarray(image, dtype=np.float64))
        return np.ascontiguousarray(np.repeat(grey[:, :, None], 3, axis=2))
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        seen = image.convert("RGBA")
        image = pillow.alpha_composite(pillow.new("RGBA", seen.size, "white"), seen)
    rgb = np.asarray(image.convert("RGB"), dtype=np.uint8)
    return np.ascontiguousarray(rgb[:, :, ::-1])


def _deep_tiff(data: bytes) -> Picture:
    """Return a TIFF of more than 8 bits a colour."""
    import cv2

    found = quietly(cv2.imdecode, np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH)
    if found is None:
        raise SourceError("broken: a TIFF that cannot be read")
    return np.ascontiguousarray(_eight_bits(np.asarray(found, dtype=np.float64)))


def _eight_bits(values: npt.NDArray[np.float64]) -> Picture:
    """Return numbers of any depth as bytes, stretched by their own range if they are deeper."""
    known = np.nan_to_num(values, posinf=0, neginf=0)
    if known.min() < 0 or known.max() > 255 or 0 < known.max() <= 1:
        low, high = known.min(), known.max()
        known = (known - low) * (255 / (high - low)) if high > low else np.zeros_like(known)
    return np.rint(known).astype(np.uint8)

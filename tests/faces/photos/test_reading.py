"""Photos of every kind become upright pictures of three colours, or say why not."""

from __future__ import annotations

import io

import numpy as np
import PIL.Image
import pytest

from shoplib.errors import SourceError
from shoplib.faces.photos import reading

BLUE_LEFT = np.zeros((40, 60, 3), np.uint8)
BLUE_LEFT[:, :30, 2] = 250
BLUE_LEFT[:, 30:, 0] = 250


def stored(image: PIL.Image.Image, kind: str, **more: object) -> bytes:
    to = io.BytesIO()
    image.save(to, kind, **more)
    return to.getvalue()


def reason(data: bytes) -> str:
    with pytest.raises(SourceError) as caught:
        reading.picture(data)
    assert caught.value.where == ""
    return str(caught.value)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "PPM", "JPEG2000"])
def test_every_kind_gives_blue_green_red(kind):
    found = reading.picture(stored(PIL.Image.fromarray(BLUE_LEFT), kind))
    assert found.shape == (40, 60, 3)
    assert found.dtype == np.uint8
    assert found[20, 10].tolist() == pytest.approx([250, 0, 0], abs=25)
    assert found[20, 50].tolist() == pytest.approx([0, 0, 250], abs=25)


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_photo_stands_upright_however_the_camera_was_held(turn):
    undo = {
        1: None, 2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE", 6: "ROTATE_90",
        7: "TRANSVERSE", 8: "ROTATE_270",
    }  # fmt: skip
    image = PIL.Image.fromarray(BLUE_LEFT)
    kept = image.transpose(PIL.Image.Transpose[undo[turn]]) if undo[turn] else image
    notes = PIL.Image.Exif()
    notes[0x0112] = turn
    found = reading.picture(stored(kept, "JPEG", exif=notes, quality=95))
    assert found.shape == (40, 60, 3)
    assert found[20, 10, 0] > 200
    assert found[20, 50, 2] > 200


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK", "LA", "RGBA", "I;16", "F", "YCbCr"])
def test_every_way_to_say_colour_is_understood(mode):
    ramp = np.tile(np.linspace(0, 255, 64).astype(np.uint8), (48, 1))
    image = PIL.Image.fromarray(ramp)
    if mode == "I;16":
        image = PIL.Image.fromarray(ramp.astype(np.uint16) * 257)
    elif mode == "F":
        image = PIL.Image.fromarray(ramp.astype(np.float32) / 255)
    else:
        image = (image.convert("RGB") if mode in ("CMYK", "P", "RGBA", "YCbCr") else image).convert(mode)
    kind = "PNG" if mode in ("P", "LA", "RGBA", "1") else "TIFF"
    found = reading.picture(stored(image, kind)).astype(int)
    assert found.shape == (48, 64, 3)
    assert found[:, :8].mean() < 40
    assert found[:, -8:].mean() > 215


def test_colours_of_sixteen_bits_are_read():
    import cv2

    deep = BLUE_LEFT[:, :, ::-1].astype(np.uint16) * 257
    for ending in (".png", ".tiff"):
        found = reading.picture(cv2.imencode(ending, deep)[1].tobytes())
        assert found[20, 10].tolist() == pytest.approx([250, 0, 0], abs=6)


def test_what_is_transparent_is_white():
    clear = np.dstack([BLUE_LEFT, np.zeros((40, 60), np.uint8)])
    assert reading.picture(stored(PIL.Image.fromarray(clear), "PNG")).min() == 255


def test_what_is_no_photo_says_so():
    assert reason(b"") == "the file is empty"
    assert reason(b"name,price\n") == "not a photo: JPEG, PNG, WebP, BMP, TIFF, PGM, GIF or JPEG 2000"
    assert reason(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n") == reason(b"GIF")
    assert reason(b"II*\0rubbish") == "broken: a TIFF that cannot be read"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "PPM"])
def test_a_photo_cut_short_is_broken(kind):
    noise = np.random.default_rng(1).integers(0, 255, (90, 120, 3), dtype=np.uint8)
    whole = stored(PIL.Image.fromarray(noise), kind)
    for share in (0.1, 0.5, 0.9):
        assert reason(whole[: int(len(whole) * share)]).startswith(("broken: ", "not a photo: "))


def test_a_photo_too_large_to_hold_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(reading, "MOST_PIXELS", 2_000)
    assert reason(stored(PIL.Image.fromarray(BLUE_LEFT), "PNG")).startswith("more than ")


def test_broken_notes_do_not_spoil_a_photo():
    whole = stored(PIL.Image.fromarray(BLUE_LEFT), "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01")
    assert reading.picture(whole).shape == (40, 60, 3)


def test_files_come_in_the_order_of_their_paths(tmp_path):
    for name in ("b/2.jpg", "b/1.jpg", "a.jpg", "a/z.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).touch()
    names = [path.relative_to(tmp_path).as_posix() for path in reading.files_of(tmp_path)]
    assert names == ["a/z.jpg", "a.jpg", "b/1.jpg", "b/2.jpg"]


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(SourceError) as caught:
        reading.files_of(tmp_path / "none")
    assert str(caught.value) == (
        "There is no folder of photos\n"
        f"  where   {tmp_path / 'none'}\n"
        "  found   nothing\n"
        "  wanted  a folder; folders inside it are looked through too\n"
        "  next    name the folder the photos are in"
    )

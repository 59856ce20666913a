"""Video files opened safely: what they say of themselves, frames by time, and what is refused with a reason."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from shoplib.errors import SourceError
from shoplib.faces.footage import video
from shoplib.simulate.cctv import recorder
from shoplib.store import files

IDENTITY = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
TURNED = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)


def refusal(path, found, next_step="check that the file plays, or export it again"):
    return (
        "The footage cannot be read\n"
        f"  where   {path}\n"
        f"  found   {found}\n"
        "  wanted  a video, such as MP4, MKV or AVI\n"
        f"  next    {next_step}"
    )


@pytest.mark.parametrize(
    ("looks", "frames"), [(30, range(45)), (5, range(45)), (2.5, range(0, 45, 2)), (1, range(0, 45, 5))]
)
def test_frames_come_as_often_as_asked(plain, looks, frames):
    seen = list(video.frames(plain, looks))
    assert [frame.number for frame in seen] == list(frames)
    assert [frame.at_s for frame in seen] == pytest.approx([number / 5 for number in frames])
    assert seen[0].picture.shape == (180, 320, 3)


def test_looks_that_do_not_divide_the_frames_keep_their_mean(plain):
    assert len(list(video.frames(plain, 3))) == pytest.approx(9 * 3, abs=1)


def test_a_file_tells_what_it_is(plain):
    told = video.probe(plain)
    assert told == (files.sha256(plain), 9.0, 5.0, 320, 180, 0, "h264", False)


def test_rendered_people_are_told_by_the_comment(studio, tmp_path):
    assert video.MARK == recorder.MARK
    path = studio.write(tmp_path / "made.mp4", [studio.room()] * 5, comment=video.MARK)
    assert video.probe(path).simulated


def test_a_video_is_known_by_its_content_not_its_name(plain, tmp_path):
    path = tmp_path / "clip.txt"
    path.write_bytes(plain.read_bytes())
    assert video.probe(path).width_px == 320


def test_a_clip_held_upright_stands_upright(studio, tmp_path):
    path = studio.write(tmp_path / "a.mp4", [np.ascontiguousarray(np.rot90(studio.room(160, 320), 1))] * 5)
    data = path.read_bytes()
    at = data.index(IDENTITY, data.index(b"tkhd"))
    path.write_bytes(data[:at] + TURNED + data[at + len(TURNED) :])
    (frame, *_) = video.frames(path, 5)
    assert frame.picture.shape == (320, 160, 3)
    assert (video.probe(path).width_px, video.probe(path).height_px) == (160, 320)
    assert np.abs(frame.picture.astype(int) - studio.room(160, 320)).mean() < 6


@pytest.mark.parametrize(
    ("name", "content", "found", "step"),
    [
        ("a.mp4", b"this is no video\n" * 50, "text", None),
        ("b.mp4", b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n", "text", None),
        ("c.mp4", b"", "an empty file", "copy it from the camera or recorder again"),
        ("d.mp4", b"\xff\xd8\xff\xe0" + bytes(50), "a JPEG picture", "shoplib faces cluster takes photos"),
        ("e.jpg", b"\x89PNG\r\n\x1a\n" + bytes(50), "a PNG picture", "shoplib faces cluster takes photos"),
        ("f.mkv", bytes(range(1, 9)) * 900,
         "no frame in it can be read (Invalid data found when processing input)", None),
    ],
)  # fmt: skip
def test_what_is_no_video_is_refused(tmp_path, name, content, found, step):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(SourceError) as caught:
        video.probe(path)
    assert str(caught.value) == (refusal(path, found, step) if step else refusal(path, found))


def test_nothing_and_a_folder_are_refused(plain, tmp_path):
    with pytest.raises(SourceError) as caught:
        video.probe(plain.with_name("plane.mp4"))
    assert str(caught.value) == refusal(plain.with_name("plane.mp4"), "no such file", 'did you mean "plain.mp4"?')
    step = "name one video file; shoplib faces cluster takes a folder of photos"
    with pytest.raises(SourceError) as caught:
        video.probe(tmp_path)
    assert str(caught.value) == refusal(tmp_path, "a folder", step)


def test_a_recording_cut_off_before_its_index_was_written_says_so(plain, tmp_path):
    path = tmp_path / "part.mp4"
    path.write_bytes(plain.read_bytes()[:6_000])
    with pytest.raises(SourceError) as caught:
        video.probe(path)
    assert str(caught.value) == refusal(
        path, "an MP4 without its index (moov): the recording was cut off before it was finished",
        "repair it with a copy that was closed properly, or export it from the recorder again",
    )  # fmt: skip

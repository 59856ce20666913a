"""Frames with their moments, as many a second as asked; files that are no video."""

from __future__ import annotations

import pytest

from shoplib.errors import SourceError
from shoplib.faces.footage import video


@pytest.mark.parametrize(
    ("looks", "frames"), [(30, range(45)), (5, range(45)), (2.5, range(0, 45, 2)), (1, range(0, 45, 5))]
)
def test_frames_come_as_often_as_asked(nobody, looks, frames):
    seen = list(video.frames(nobody.footage.path, looks))
    assert [frame.number for frame in seen] == list(frames)
    assert [frame.at_s for frame in seen] == pytest.approx([number / 5 for number in frames])
    assert seen[0].picture.shape == (180, 320, 3)


def test_looks_that_do_not_divide_the_frames_keep_their_mean(nobody):
    seen = list(video.frames(nobody.footage.path, 3))
    assert len(seen) == pytest.approx(9 * 3, abs=1)


def test_a_file_cut_short_is_no_video_any_more_or_read_as_far_as_it_goes(nobody, tmp_path):
    part = tmp_path / "part.mp4"
    part.write_bytes(nobody.footage.path.read_bytes()[:20_000])
    with pytest.raises(SourceError, match="no frame in it can be read"):
        list(video.frames(part, 5))


@pytest.mark.parametrize(
    ("content", "found"), [(b"this is no video", "no frame in it can be read"), (None, "no such file")]
)
def test_what_is_no_video_is_refused(tmp_path, content, found):
    path = tmp_path / "clip.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SourceError) as caught:
        list(video.frames(path, 5))
    assert str(caught.value) == (
        "The footage cannot be read\n"
        f"  where   {path}\n"
        f"  found   {found}\n"
        "  wanted  a video, such as MP4 or AVI\n"
        "  next    check that the file plays, or export it again"
    )

"""What people know better: said once, and true after everything is put together anew."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shoplib.errors import ConfigError
from shoplib.faces.identity import corrections
from shoplib.faces.identity.corrections import FILE, HEADER, Corrections

HEAD = ",".join(HEADER) + "\n"
CLIP = "v0123456789abcdef"


@pytest.fixture
def film(studio, walk):
    """Ann twice, Bob twice, Cid once, at different times."""
    return studio.film("a", [walk("ann", 0, 5), walk("bob", 20, 25), walk("ann", 60, 65), walk("bob", 90, 95),
                             walk("cid", 120, 125), walk("blob", 150, 155, width=36)])  # fmt: skip


def said(folder, studio, film, lines_of):
    """Say something of what is found so far, and return what is found then."""
    found = studio.people(film, said=corrections.load(folder))
    corrections.append(folder, lines_of(found.seen), found.seen)
    return studio.people(film, said=corrections.load(folder))


def test_nothing_said_changes_nothing(studio, film, tmp_path):
    assert corrections.load(tmp_path) == Corrections(where=str(tmp_path / FILE))
    assert studio.people(film).customer == ["F0001", "F0002", "F0001", "F0002", "F0003", None]


def test_two_customers_become_one(studio, film, tmp_path):
    found = said(tmp_path, studio, film, lambda seen: corrections.merge(seen, "F0001", "F0003"))
    assert found.customer == ["F0001", "F0002", "F0001", "F0002", "F0001", None]
    assert found.lost == ()
    assert found.unsure == frozenset()
    assert found.review["kind"].tolist() == ["stray"]


def test_a_customer_becomes_two(studio, film, tmp_path):
    found = said(tmp_path, studio, film, lambda seen: corrections.split(seen, "F0001", [[0], [2]]))
    assert found.customer == ["F0001", "F0002", "F0003", "F0002", "F0004", None]


def test_a_piece_is_not_a_customer(studio, film, tmp_path):
    found = said(tmp_path, studio, film, lambda seen: corrections.not_this_person(seen, "F0002", [1]))
    assert found.customer == ["F0001", "F0002", "F0001", "F0003", "F0004", None]


def test_a_piece_that_was_never_recognised_can_be_named(studio, film, tmp_path):
    found = said(tmp_path, studio, film, lambda seen: [corrections.pair(corrections.MUST, seen, 4, 5, "it is Cid")])
    assert found.customer == ["F0001", "F0002", "F0001", "F0002", "F0003", "F0003"]


def test_what_is_no_person_is_left_out(studio, film, tmp_path):
    found = said(tmp_path, studio, film, lambda seen: corrections.ignore(seen, [0]))
    assert found.customer == [None, "F0001", "F0002", "F0001", "F0003", None]
    assert found.ignored == {0}
    assert found.faces[0]["track"].isna().sum() == 11


def test_a_person_who_is_never_counted_is_left_out_on_later_days_too(studio, walk, film, tmp_path):
    found = said(tmp_path, studio, film, lambda seen: corrections.never(seen, "F0002"))
    assert found.customer == ["F0001", None, "F0001", None, "F0002", None]
    later = studio.film("b", [walk("bob", 200, 206)], found.pieces.about["ends"].max())
    both = studio.people(film, later, said=corrections.load(tmp_path))
    assert both.customer[-1] is None
    assert both.ignored == {1, 3, 6}


def test_a_piece_of_two_people_is_cut_where_people_say(studio, walk, tmp_path):
    studio.faces["twin"] = studio.face("ann")
    film = studio.film("twins", [walk("ann>twin", 0, 12)])
    found = studio.people(film)
    assert found.customer == ["F0001"]
    first, last = found.seen.faces.iloc[[2, -2]].itertuples(index=False)
    anchors = [corrections.Anchor(one.clip, one.at_s, one.x, one.y) for one in (last, first)]
    corrections.append(tmp_path, [corrections.Line("cannot", *anchors, "twins")], found.seen)
    assert studio.people(film, said=corrections.load(tmp_path)).customer == ["F0001", "F0002"]


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([0.4, 0.5, 0.62, 0.9]), st.sampled_from([30, 40, 60]), st.sampled_from([2.0, 3.0, 7.0]))
def test_all_that_was_said_holds_after_everything_is_put_together_anew(
    studio, walk, film, tmp_path_factory, distance, smallest, looks
):
    folder = tmp_path_factory.mktemp("private")
    was = studio.people(film)
    corrections.append(folder, corrections.merge(was.seen, "F0001", "F0003"), was.seen)
    corrections.append(folder, corrections.not_this_person(was.seen, "F0002", [3]), was.seen)
    corrections.append(folder, corrections.ignore(was.seen, [5]), was.seen)
    cameras = studio.cameras.model_copy(update={"max_distance": distance, "min_face_px": smallest})
    studio.looks, before = looks, studio.looks
    again = studio.film("a", [walk("ann", 0, 5), walk("bob", 20, 25), walk("ann", 60, 65), walk("bob", 90, 95),
                              walk("cid", 120, 125), walk("blob", 150, 155, width=36)])  # fmt: skip
    studio.looks = before
    found = studio.people(again, said=corrections.load(folder), cameras=cameras)
    assert found.lost == ()
    assert found.customer[0] == found.customer[2] == found.customer[4] is not None
    assert found.customer[1] != found.customer[3]
    assert 5 in found.ignored


def test_a_face_that_is_no_more_is_listed_and_stays(studio, walk, film, tmp_path):
    said(tmp_path, studio, film, lambda seen: corrections.merge(seen, "F0001", "F0003"))
    other = studio.film("other", [walk("ann", 0, 5)])
    found = studio.people(other, said=corrections.load(tmp_path))
    assert [lost.line.number for lost in found.lost] == [2, 3]
    assert {lost.why for lost in found.lost} == {"no face is there any more, or its clip is not read"}
    assert len(corrections.load(tmp_path).lines) == 2


def test_saying_it_twice_adds_nothing(studio, film, tmp_path):
    found = studio.people(film)
    lines = corrections.merge(found.seen, "F0001", "F0002")
    assert len(corrections.append(tmp_path, lines, found.seen)) == 3
    assert corrections.append(tmp_path, lines, found.seen) == []
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


def test_a_correction_that_contradicts_another_is_refused(studio, film, tmp_path):
    found = said(tmp_path, studio, film, lambda seen: corrections.merge(seen, "F0001", "F0003"))
    text = (tmp_path / FILE).read_text()
    with pytest.raises(ConfigError) as raised:
        corrections.append(tmp_path, corrections.not_this_person(found.seen, "F0001", [4]), found.seen)
    clip = found.seen.faces["clip"].iloc[0]
    assert str(raised.value) == (
        "Two corrections contradict each other\n"
        f"  line 3: must,{clip},0,140,98,{clip},120,140,98,merge F0001 F0003\n"
        f"  line 4: cannot,{clip},120,140,98,{clip},0,140,98,not F0001\n"
        f"  where   {tmp_path / FILE}\n"
        "  found   line 4 tells apart what line 3 put together\n"
        "  wanted  one of the two\n"
        "  next    take the line away that is wrong, then say it again; nothing was written"
    )
    assert (tmp_path / FILE).read_text() == text


def test_two_seen_at_once_cannot_be_made_one(studio, walk, tmp_path):
    film = studio.film("both", [walk("ann", 0, 9), walk("bob", 3, 12, x=400)])
    found = studio.people(film)
    with pytest.raises(ConfigError, match="both were seen by one camera at the same time"):
        corrections.append(tmp_path, corrections.merge(found.seen, "F0001", "F0002"), found.seen)
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize(
    ("text", "where", "found"),
    [
        ("", 1, "nothing"),
        ("kind,clip\n", 1, "kind,clip"),
        (HEAD + f"must,{CLIP},1,2,3,{CLIP},1,2", 2, "the line breaks off"),
        (HEAD + f"must,{CLIP},1,2,3,{CLIP},1,2\n", 2, "8 cells"),
        (HEAD + f"maybe,{CLIP},1,2,3,,,,,\n", 2, "kind 'maybe'"),
        (HEAD + f"ignore,{CLIP},1,2,3,{CLIP},1,2,3,\n", 2, "ignore with a second face"),
        (HEAD + "ignore,12345,1,2,3,,,,,\n", 2, "12345,1,2,3"),
        (HEAD + f"ignore,{CLIP},soon,2,3,,,,,\n", 2, "soon,2,3"),
        (HEAD + f"ignore,{CLIP},nan,2,3,,,,,\n", 2, f"{CLIP},nan,2,3"),
        (HEAD + f'ignore,{CLIP},1,2,3,,,,,"torn\n', 2, "unexpected end of data"),
    ],
)
def test_a_file_that_is_torn_or_edited_wrongly_is_refused_with_its_line(tmp_path, text, where, found):
    (tmp_path / FILE).write_text(text)
    with pytest.raises(ConfigError) as raised:
        corrections.load(tmp_path)
    assert raised.value.what == "A correction cannot be read"
    assert raised.value.where == f"{tmp_path / FILE}, line {where}"
    assert raised.value.found == found


def test_lines_from_a_spreadsheet_are_read(tmp_path):
    line = f"ignore,{CLIP},1.50,2.00,3,,,,,\r\n"
    (tmp_path / FILE).write_bytes(b"\xef\xbb\xbf" + (HEAD.strip() + "\r\n" + line + ",,,,,,,,,\r\n").encode())
    (read,) = corrections.load(tmp_path).lines
    assert read.one == (CLIP, 1.5, 2.0, 3.0)


def test_what_names_a_moment_can_be_forgotten(studio, film, tmp_path):
    found = said(tmp_path, studio, film, lambda seen: corrections.merge(seen, "F0001", "F0003"))
    clip = found.seen.faces["clip"].iloc[0]
    assert corrections.forget(tmp_path, [(clip, 119, 126)]) == 1
    assert [line.other.at_s for line in corrections.load(tmp_path).lines] == [60]

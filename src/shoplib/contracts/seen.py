"""What cameras saw: people in the shop, and shelves."""

from __future__ import annotations

from shoplib.contracts.columns import VISIT_SOURCES, Table, day, extra, flag, index, instant, real, refers, text, whole


class Visits(Table):
    """People's stays in the shop, as the camera knew them."""

    __tablename__ = "visits"
    __grain__ = "one stay of one person"
    __table_args__ = (index("visits", "business_date", "location_id"),)
    visit_id = text("key of the visit", key=True)
    location_id = text("where", refers("locations.location_id"))
    customer_id = text("who, if recognised", null=True, sensitivity="personal")
    entered = instant("coming in, by the camera's clock")
    left = instant("going out, by the camera's clock", null=True)
    business_date = day("trading day of its location")
    group_id = text("visits that came in together share it", null=True)
    visit_source = text("log: written by the camera on the day; footage: found by 01", words=VISIT_SOURCES)
    extra = extra()


class Sightings(Table):
    """Faces found in the footage."""

    __tablename__ = "sightings"
    __grain__ = "one face in one frame"
    clip = text("name of the clip", key=True)
    frame = whole("frame of the clip, from 0", key=True, minimum=0)
    face = whole("face within the frame, from 0, left to right", key=True, minimum=0)
    seen_at = instant("moment of the frame")
    left_px = real("left edge of the face", unit="pixels")
    top_px = real("top edge of the face", unit="pixels")
    width_px = real("width of the face", unit="pixels", minimum=0)
    height_px = real("height of the face", unit="pixels", minimum=0)
    score = real("how sure the detector is", unit="share of one", minimum=0)
    quality = real("how good the face is for telling whose it is", unit="share of one", minimum=0)
    verdict = text("good enough, or the first reason why it is not")
    track = whole("faces of one person followed from frame to frame share it, within a clip", null=True, minimum=0)
    customer_id = text("whose face; none if too small or blurred to tell", null=True, sensitivity="personal")


class FootageVisits(Table):
    """Stays found in the footage."""

    __tablename__ = "footage_visits"
    __grain__ = "one stay of one person"
    visit_id = text("key of the visit", key=True)
    camera = text("which camera saw it first")
    customer_id = text("who; none if not recognised", null=True, sensitivity="personal")
    entered = instant("first sighting")
    left = instant("last sighting")
    sightings = whole("faces seen during it", unit="faces", minimum=1)
    came_before = flag("the same person had come before", null=True)
    group_id = text("visits that came and went together share it", null=True)
    staff = text("why this is somebody who works here: list, zone or presence; none for customers", null=True)


class FaceCustomers(Table):
    """People told apart by their faces."""

    __tablename__ = "face_customers"
    __grain__ = "one person"
    customer_id = text("key of the person, no name", key=True, sensitivity="personal")
    first_seen = instant("first sighting")
    last_seen = instant("last sighting")
    visits = whole("stays in the footage", unit="visits", minimum=1)
    sightings = whole("faces seen", unit="faces", minimum=1)
    staff = text("why this is somebody who works here: list, zone or presence; none for customers", null=True)
    unsure = flag("its faces are farther apart than those of one person usually are")


class FootageClips(Table):
    """Clips that were watched, and what could not be seen in them."""

    __tablename__ = "footage_clips"
    __grain__ = "one clip"
    clip = text("name of the clip", key=True)
    camera = text("which camera")
    sha256 = text("SHA-256 of the file")
    starts = instant("first frame")
    starts_from = text("how that moment is known")
    seconds = real("from the first frame to the last", unit="seconds", minimum=0)
    frames_a_second = real("frames a second of the file", minimum=0)
    width_px = whole("width of the picture", unit="pixels", minimum=1)
    height_px = whole("height of the picture", unit="pixels", minimum=1)
    looked = whole("frames that were looked at", unit="frames", minimum=0)
    busy_s = real("time with something moving", unit="seconds", minimum=0)
    gap_s = real("time without frames inside the clip", unit="seconds", minimum=0)
    frozen_s = real("time in which one frame stands still", unit="seconds", minimum=0)
    dark_s = real("time too dark to see anybody", unit="seconds", minimum=0)
    grey = flag("the picture has no colour, as of a camera at night")
    cut_short = flag("the file ends before it says it does, or parts of it cannot be read")


class FootageDays(Table):
    """Days with footage: when the shop opened and closed, by three witnesses."""

    __tablename__ = "footage_days"
    __grain__ = "one business day"
    business_date = day("trading day", key=True)
    footage_from = instant("first frame of the day")
    footage_to = instant("last frame of the day")
    seen_s = real("footage of the day", unit="seconds", minimum=0)
    light_on = instant("the light went on; none if the footage does not show it", null=True)
    light_off = instant("the light went off; none if the footage does not show it", null=True)
    first_person = instant("first person seen", null=True)
    last_person = instant("last person seen", null=True)
    first_sale = instant("first sale of the day", null=True)
    last_sale = instant("last sale of the day", null=True)
    opened = instant("opening; none if not visible", null=True)
    opened_by = text("which witness the opening rests on, or why it is not visible")
    closed = instant("closing; none if not visible", null=True)
    closed_by = text("which witness the closing rests on, or why it is not visible")


class ShelfRows(Table):
    """Rows of shelves on photos."""

    __tablename__ = "shelf_rows"
    __grain__ = "one row of one photo, from the top"
    photo_id = text("key of the photo", key=True)
    row_number = whole("1 is the top row", key=True, minimum=1)
    top_px = real("upper edge", unit="pixels")
    bottom_px = real("lower edge, where the products stand", unit="pixels")
    facings = whole("products seen side by side", unit="facings", null=True, minimum=0)
    gap_share = real("share of the row's width that is empty", unit="share of one", minimum=0)


class ShelfGaps(Table):
    """Empty stretches of shelf."""

    __tablename__ = "shelf_gaps"
    __grain__ = "one gap of one photo"
    photo_id = text("key of the photo", key=True)
    gap_number = whole("from 1, by row, left to right", key=True, minimum=1)
    row_number = whole("1 is the top row", minimum=1)
    left_px = real("left edge", unit="pixels")
    width_px = real("width", unit="pixels", minimum=0)
    location_id = text("which shop", null=True)

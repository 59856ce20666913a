"""What cameras saw: people in the shop, and shelves."""

from __future__ import annotations

from shoplib.contracts.columns import VISIT_SOURCES, Table, day, extra, index, instant, real, refers, text, whole


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
    frame = whole("frame of the footage, from 0", key=True, minimum=0)
    face = whole("face within the frame, from 0, left to right", key=True, minimum=0)
    seen_at = instant("moment of the frame")
    left_px = real("left edge of the face", unit="pixels")
    top_px = real("top edge of the face", unit="pixels")
    width_px = real("width of the face", unit="pixels", minimum=0)
    height_px = real("height of the face", unit="pixels", minimum=0)
    score = real("how sure the detector is", unit="share of one", minimum=0)
    track = whole("faces of one person followed from frame to frame share it", null=True, minimum=0)
    customer_id = text("whose face; none if too small or blurred to tell", null=True, sensitivity="personal")


class FootageVisits(Table):
    """Stays found in the footage."""

    __tablename__ = "footage_visits"
    __grain__ = "one stay of one person"
    visit_id = text("key of the visit", key=True)
    customer_id = text("who; none if not recognised", null=True, sensitivity="personal")
    entered = instant("first sighting")
    left = instant("last sighting")
    sightings = whole("faces seen during it", unit="faces", minimum=1)


class FaceCustomers(Table):
    """People told apart by their faces."""

    __tablename__ = "face_customers"
    __grain__ = "one person"
    customer_id = text("key of the person, no name", key=True, sensitivity="personal")
    first_seen = instant("first sighting")
    last_seen = instant("last sighting")
    visits = whole("stays in the footage", unit="visits", minimum=1)
    sightings = whole("faces seen", unit="faces", minimum=1)


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

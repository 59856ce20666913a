"""With the clock moved on, what is due goes and the rest stays; at the end of all clocks nothing is left."""

import datetime as dt
import os

import pyarrow as pa
import pytest

from shoplib.privacy import holdings as kept
from shoplib.privacy import retention
from shoplib.privacy.retention import CROPS, EMBEDDINGS, FRAMES, VISITS
from shoplib.store import bulk, database, files, searching

MADE = dt.datetime(2026, 3, 3, 10, tzinfo=dt.UTC)


@pytest.fixture
def dated(shop):
    """The shop, its files of 3 March 2026, with a folder of a run that was stopped."""
    files.write_text(shop.holdings.private / "work" / "chunk-0001" / "chips.npz", "F0001")
    for folder in ("review", "work"):
        for path in (shop.holdings.private / folder).rglob("*"):
            os.utime(path, (MADE.timestamp(), MADE.timestamp()))
        os.utime(shop.holdings.private / folder, (MADE.timestamp(), MADE.timestamp()))
    return shop


def purge(shop, day):
    return retention.purge(shop.holdings, shop.keys, dt.date.fromisoformat(day) if day else None, shop.now)


@pytest.mark.parametrize(
    ("day", "gone"),
    [
        ("2026-03-03", {}),
        ("2026-03-04", {FRAMES: 1}),
        ("2026-03-09", {FRAMES: 1}),
        ("2026-03-10", {FRAMES: 1, CROPS: 3}),
        ("2026-03-30", {FRAMES: 1, CROPS: 3}),
        ("2026-03-31", {FRAMES: 1, CROPS: 3, EMBEDDINGS: 1}),
        ("2026-04-02", {FRAMES: 1, CROPS: 3, EMBEDDINGS: 3}),
        ("2027-04-04", {FRAMES: 1, CROPS: 3, EMBEDDINGS: 3}),
    ],
)
def test_each_kind_goes_on_its_day(dated, day, gone):
    report = purge(dated, day)
    assert {kind: many for kind, many in report.gone.items() if many} == gone


def test_at_the_end_of_all_clocks_nothing_is_left_of_anybody(dated):
    report = purge(dated, "2027-04-05")
    assert report.gone[EMBEDDINGS] == 3
    assert report.gone[VISITS] > 0
    assert report.next == []
    assert dated.gallery.vault.names() == []
    assert dated.keys.people() == []
    holdings = dated.holdings
    named = searching.scan(holdings.home, searching.needles(words=["F0001", "F0002", "F0003"])).found
    assert named == (".stages/03_etl/key3/shop.csv",)
    left = sorted(path.name for path in holdings.private.rglob("*") if path.is_file() and not path.name.startswith("."))
    assert left == ["consents.csv", "corrections.csv", "log.csv", "state.json", "vault.json"]


def test_what_goes_next_is_told(dated):
    report = purge(dated, "2026-03-10")
    assert report.next == [
        (dt.date(2026, 3, 31), EMBEDDINGS, 1),
        (dt.date(2027, 4, 5), VISITS, len(kept.finished(dated.holdings))),
    ]
    assert report.lines()[:3] == [
        "gone: 1 folder of a run that was stopped",
        "gone: 3 pictures of faces",
        "next: on 31 Mar 2026 1 person's numbers, with their key",
    ]


def test_a_purge_that_was_cut_short_is_ended_by_the_next(dated, monkeypatch):
    removed = []

    def remove(vault, name):
        removed.append(name)
        raise KeyboardInterrupt

    with monkeypatch.context() as at, pytest.raises(KeyboardInterrupt):
        at.setattr("shoplib.store.vault.Vault.remove", remove)
        purge(dated, "2027-04-05")
    half = dated.holdings.home / ".stages" / "01_face_clustering"
    if half.exists():
        half.rename(half.with_name(".going-01_face_clustering"))
    purge(dated, "2027-04-05")
    assert dated.gallery.vault.names() == []
    assert not any(path.name.startswith(".going") for path in dated.holdings.home.rglob("*"))


def test_without_a_day_nothing_is_due(dated):
    report = purge(dated, "")
    assert not any(report.gone.values())
    assert report.notes == (
        "nothing is due by itself: rendered footage has no calendar; --as-of DATE shows what would go",
    )
    assert dated.gallery.vault.names() == ["F0001", "F0002", "F0003"]


def test_numbers_that_are_not_whole_go_by_the_day_of_their_file(dated):
    path = dated.holdings.gallery / "F0001.vault"
    path.write_bytes(b"torn")
    os.utime(path, (MADE.timestamp(), MADE.timestamp()))
    assert purge(dated, "2026-04-01").gone[EMBEDDINGS] == 1
    assert purge(dated, "2026-04-02").gone[EMBEDDINGS] == 2


def test_old_clips_that_are_still_analysed_are_told(dated):
    notes = purge(dated, "2027-04-05").notes
    assert notes == (
        "data/media/door.mp4: older than visits are kept; as long as cameras.footage.clips names them, their visits "
        "are found anew by every run and go again with the next",
    )


def test_a_purge_changes_what_the_next_run_reads_and_is_logged_without_names(dated):
    before = kept.read_state(dated.holdings)
    purge(dated, "2026-03-31")
    after = kept.read_state(dated.holdings)
    assert (after["generation"], after["highest"]) == (before["generation"] + 1, 3)
    assert (dated.holdings.private / "log.csv").read_text() == (
        'moment,event,what\n2026-03-10T12:00:00Z,purge,"frames 1; crops 3; embeddings 1"\n'
    )


def test_visits_found_in_footage_leave_the_lasting_store_and_the_shops_own_stay(dated):
    store = database.open_store(dated.holdings.root, "kiosk", "NO_SUCH_VARIABLE")
    database.upgrade(store)
    visits = pa.table({
        "visit_id": ["a", "b", "c"], "location_id": ["k"] * 3, "customer_id": ["F0001", "F0001", "F0002"],
        "entered": [MADE] * 3, "business_date": [MADE.date()] * 3, "visit_source": ["footage", "log", "footage"],
        "extra": ["{}"] * 3,
    })  # fmt: skip
    with bulk.transaction(store) as rows:
        rows.append(
            "organizations", pa.table({"organization_id": ["o"], "organization_name": ["Kiosk"], "currency": ["GBP"]})
        )
        place = {"location_id": "k", "organization_id": "o", "location_name": "Kiosk", "timezone": "Europe/London"}
        rows.append("locations", pa.Table.from_pylist([{**place, "day_start_minute": 0, "extra": "{}"}]))
        rows.append("visits", visits)
    assert retention.forget_visits(dated.holdings, until=dt.date(2026, 2, 28)) == 0
    assert retention.forget_visits(dated.holdings, customer="F0001") == 1
    assert retention.forget_visits(dated.holdings) == 1
    with bulk.reading(store) as rows:
        assert rows.fetch("SELECT visit_id FROM visits").column(0).to_pylist() == ["b"]

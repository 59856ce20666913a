"""All that is kept of a person, written so that the person can read it: tables, a file for programs, and a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoplib.base import words
from shoplib.contracts import tables as declared
from shoplib.errors import StoreError
from shoplib.privacy import consent, sheets
from shoplib.privacy import holdings as kept
from shoplib.privacy.holdings import Holdings
from shoplib.store import files

if TYPE_CHECKING:
    import pandas as pd

PAGE, PLAIN, PRINTS = "person.html", "person.json", "prints.csv"
TABLES = ("face_customers", "footage_visits", "sightings")
HOW = {
    "face_customers": "One line: what all sightings of the person add up to.",
    "footage_visits": "Sightings follow one another; where nobody was seen for longer than {gap} seconds, a new visit "
    "begins. “came_before” is true where an earlier visit carries the same key. “staff” is filled where the person is "
    "on the list of people who work here, stands where only staff stand, or is there most of the day.",
    "sightings": "Every face that the detector found in a frame and that was taken to be the person's.",
}


def give(
    holdings: Holdings, key: str, out: Path, now: dt.datetime, *, record: Mapping[str, Any] | None = None
) -> list[Path]:  # fmt: skip
    """Write all that is kept of a person into a new or empty folder and return its files.

    ``record`` is what the gallery keeps (``last_seen`` and ``pieces`` with their ``prints``). Raises ``StoreError`` if
    nothing is kept under the key, or if the folder holds anything.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise StoreError("The folder is not empty", where=str(out), wanted="a new or empty folder",
                         next_step="name another with --out; nothing was written")  # fmt: skip
    found = {name: _rows(holdings, name, key) for name in TABLES}
    found = {name: rows for name, rows in found.items() if len(rows)}
    events = [event._asdict() for event in consent.history(holdings.private) if event.key == key]
    said = _corrections(holdings, key)
    if not (found or events or record):
        raise StoreError("Nothing is kept under this key", where=holdings.name, found=key[:40],
                         wanted="a key such as F0003 from the pages of a run",
                         next_step="ask for the day and hour of a visit and look it up in footage_visits")  # fmt: skip
    written = [_table(out / f"{name}.csv", rows) for name, rows in found.items()]
    written += [_prints(out / PRINTS, record)] if record else []
    whole = {
        "key": key, "scenario": holdings.name, "given": _moment(now), "consents": _plain(events), "corrections": said,
        "tables": {name: _plain(rows.to_dict("records")) for name, rows in found.items()},
        "record": _plain({**record, "pieces": _pieces(record)}) if record else None,
    }  # fmt: skip
    files.write_json(out / PLAIN, whole)
    files.write_text(out / PAGE, _page(holdings, key, now, found, events, said, record))
    written += [out / PLAIN, out / PAGE]
    for path in written:
        path.chmod(0o600)
    return sorted(written)


def _rows(holdings: Holdings, name: str, key: str) -> pd.DataFrame:
    """Return the rows of the person in the table in force; the newest finished one, if none is."""
    import pandas as pd

    path = next(kept.tables(holdings, name), None)
    if path is None:
        return pd.DataFrame()
    rows = pd.read_parquet(path)
    return rows[(rows["customer_id"] == key).to_numpy(dtype=bool, na_value=False)].reset_index(drop=True)


def _corrections(holdings: Holdings, key: str) -> list[str]:
    """Return the corrections that name the key in words."""
    path = holdings.private / "corrections.csv"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return [line for line in text.splitlines() if key in line.replace(",", " ").split()]


def _table(path: Path, rows: pd.DataFrame) -> Path:
    files.write_text(path, rows.to_csv(index=False, lineterminator="\n"))
    return path


def _prints(path: Path, record: Mapping[str, Any]) -> Path:
    lines = [",".join(f"{number:.9g}" for number in print_) for piece in record["pieces"] for print_ in piece["prints"]]
    files.write_text(path, "".join(f"{line}\n" for line in lines))
    return path


def _pieces(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    shown = ("sha256", "camera", "begins", "ends", "at_s", "x", "y", "width_px")
    return [
        {**{name: piece[name] for name in shown if name in piece}, "prints": len(piece["prints"])}
        for piece in record["pieces"]
    ]


def _page(
    holdings: Holdings, key: str, now: dt.datetime, found: Mapping[str, pd.DataFrame], events: list[dict[str, Any]],
    said: list[str], record: Mapping[str, Any] | None,
) -> str:  # fmt: skip
    privacy, shop = holdings.scenario.privacy, holdings.scenario.shop
    facts = [("Key", key), ("Shop", shop.name), ("Given on", _moment(now)), ("Mode", privacy.mode),
             ("Purpose", privacy.purpose or "not written down"),
             ("What allows it", privacy.legal_basis or "not written down"),
             ("Whom to ask", privacy.contact or "not written down")]  # fmt: skip
    body = [sheets.pairs(facts), sheets.part("How a person is recognised", _recognised(holdings, record))]
    for name, rows in found.items():
        body.append(sheets.part(declared.declared(name).__doc__ or name, _told(holdings, name, rows)))
    agreed = [(e["key"], e["scope"], e["text"], e["channel"], _moment(e["given_at"]),
               _moment(e["withdrawn_at"]) if e["withdrawn_at"] else "no") for e in events]  # fmt: skip
    head = ("key", "scope", "version of the text", "how", "given", "withdrawn")
    body.append(sheets.part("Consent", sheets.table(head, agreed) if agreed else sheets.para("None is written down.")))
    body.append(
        sheets.part("Corrections by people", sheets.bullets(said) if said else sheets.para("None name the key."))
    )
    rights = f"Something is wrong, or all of it should go? Ask {privacy.contact or 'the shop'}. "
    body.append(sheets.part("What you can do", sheets.para(rights + "Nothing here was decided by a machine alone.")))
    return sheets.sheet("en", "What is kept of you", "\n".join(body), above=shop.name)


def _recognised(holdings: Holdings, record: Mapping[str, Any] | None) -> str:
    cameras = holdings.scenario.cameras
    limit = 0.0 if cameras is None else cameras.max_distance
    rule = (f"Each good picture of a face becomes numbers. Faces whose numbers are, on average, nearer than {limit:g} "
            "to one another are taken to be one person; two faces in one frame never are.")  # fmt: skip
    if not record:
        return sheets.para(rule) + sheets.para("No such numbers are kept of you.")
    many, near, far = _distances(record)
    days = holdings.scenario.privacy.embeddings_days
    rows = [("Faces whose numbers are kept", words.count(many)),
            ("Last seen", str(record["last_seen"])),
            ("Average distance between two of them", f"{near:.2f}" if many > 1 else "only one is kept"),
            ("Largest distance", f"{far:.2f}" if many > 1 else "only one is kept"),
            ("Kept", f"{words.plural(days, 'day')} after the last visit" if days else "until erased"),
            ("The numbers", f"in {PRINTS}, a row a face, turned by the shop's secret")]  # fmt: skip
    return sheets.para(rule) + sheets.pairs(rows)


def _distances(record: Mapping[str, Any]) -> tuple[int, float, float]:
    """Return how many prints there are, and the mean and largest distance between two."""
    import numpy as np

    prints = np.array([print_ for piece in record["pieces"] for print_ in piece["prints"]], dtype=np.float64)
    if len(prints) < 2:
        return len(prints), 0.0, 0.0
    squares = (prints**2).sum(axis=1)
    far = np.sqrt(np.maximum(squares[:, None] + squares[None] - 2 * prints @ prints.T, 0))
    between = far[np.triu_indices(len(prints), 1)]
    return len(prints), float(between.mean()), float(between.max())


def _told(holdings: Holdings, name: str, rows: pd.DataFrame) -> str:
    cameras, columns = holdings.scenario.cameras, declared.declared(name).__table__.columns
    meanings = [(c.name, c.comment or "", c.info["unit"] or ", ".join(c.info["words"])) for c in columns]
    how = HOW[name].format(gap=words.count(0 if cameras is None else cameras.visit_gap_s))
    many = words.plural(len(rows), "line")
    shown = sheets.table(list(rows.columns), rows.astype(object).where(rows.notna(), "").to_numpy().tolist())
    parts = [sheets.para(how), sheets.table(("field", "what it means", "unit"), meanings)]
    return "\n".join([*parts, sheets.para(f"{many}; all of it is in {name}.csv"), shown if len(rows) <= 200 else ""])


def _moment(value: dt.datetime) -> str:
    return f"{value.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S} UTC"


def _plain(value: Any) -> Any:
    """Return values as JSON has them."""
    import pandas as pd

    if isinstance(value, Mapping):
        return {str(name): _plain(below) for name, below in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None or pd.isna(value):
        return None
    if isinstance(value, dt.date):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value

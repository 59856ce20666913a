"""What the take-in writes about itself: rules kept and broken, rows it had already, and a log of all it did."""

from __future__ import annotations

from shoplib.contracts.columns import QUALITY_STATES, Table, instant, minor, real, refers, text, whole


class Quality(Table):
    """What each rule of ``params/quality.yaml`` found."""

    __tablename__ = "quality"
    __grain__ = "one rule"
    rule = text("name of the rule", key=True)
    table_name = text("table it was held against")
    meaning = text("what it means in money if rows break it, in words")
    rows_checked = whole("rows it was held against", unit="rows", minimum=0)
    rows_failing = whole("rows that break it", unit="rows", minimum=0)
    tolerance_share = real("share of the rows that may break it before loading stops", unit="share of one", minimum=0)
    state = text("kept by all; borne: broken within the tolerance; broken: more than that", words=QUALITY_STATES)
    money_minor = minor("worth of the rows that break it", null=True)
    currency = text("ISO 4217 code of that amount", null=True)
    samples = text("up to 20 rows that break it: import, row, column, found and wanted, JSON list")


class ImportRepeats(Table):
    """Rows that were not loaded because an earlier row said the same."""

    __tablename__ = "import_repeats"
    __grain__ = "one file and the earlier file that had its rows"
    import_id = text("file with the repeats", refers("import_jobs.import_id"), key=True)
    first_import_id = text("file that had them first; may be the same", refers("import_jobs.import_id"), key=True)
    rows = whole("rows that repeat", unit="rows", minimum=1)
    money_minor = minor("what they are worth", null=True)


class RowIdentities(Table):
    """Which rows the lasting store has, by what makes a row the same row."""

    __tablename__ = "row_identities"
    __grain__ = "one row that was loaded"
    __table_args__ = ({"sqlite_with_rowid": False},)  # its key is a digest: rows lie in key order, a third smaller
    key_a = whole("first half of the digest of kind and key of the row", key=True)
    key_b = whole("second half", key=True)
    content = whole("digest of what the row says in our fields")
    import_id = text("file it came from", refers("import_jobs.import_id"))
    source_row = whole("row of that file, header not counted", minimum=1)


class AuditLog(Table):
    """Everything that was done to the lasting store; lines are only added, each with the hash of the one before."""

    __tablename__ = "audit_log"
    __grain__ = "one event"
    number = whole("position, from 1", key=True, minimum=1)
    at = instant("when")
    event = text("what was done")
    import_id = text("file it was about", null=True)
    details = text("what and how many, JSON object")
    previous_hash = text("hash of the line before; 64 zeros for the first")
    hash = text("SHA-256 of this line with the hash before it")

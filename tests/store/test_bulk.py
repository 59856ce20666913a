"""Transactions of the lasting store: the same in SQLite and PostgreSQL."""

import datetime as dt

import pyarrow as pa
import pytest

from shoplib.errors import StoreError
from shoplib.store.database import transaction

ORGANIZATION = pa.table({"organization_id": ["o"], "organization_name": ["Harbour & Hill"], "currency": ["GBP"]})


def organizations(store) -> list[str]:
    with transaction(store) as bulk:
        return bulk.frame("organizations")["organization_id"].to_list()


def test_what_was_appended_is_there_and_what_failed_is_not(any_store):
    with transaction(any_store) as bulk:
        assert bulk.append("organizations", ORGANIZATION) == 1
    with pytest.raises(ZeroDivisionError), transaction(any_store) as bulk:
        bulk.execute("DELETE FROM organizations")
        raise ZeroDivisionError
    assert organizations(any_store) == ["o"]


def test_references_are_enforced(any_store):
    with pytest.raises(StoreError), transaction(any_store) as bulk:
        bulk.append("organizations", ORGANIZATION)
        bulk.append("employees", pa.table({"employee_id": ["e"], "location_id": ["nowhere"]}))
    assert organizations(any_store) == []


def test_staged_instants_compare_with_declared_ones(any_store):
    moments = pa.array([dt.datetime(2024, 3, 31, 0, 30, tzinfo=dt.UTC)], pa.timestamp("us", tz="UTC"))
    with transaction(any_store) as bulk:
        line = {"number": [1], "at": moments, "event": ["a"], "details": ["{}"], "previous_hash": [""], "hash": [""]}
        bulk.append("audit_log", pa.table(line))
        bulk.stage("seen", pa.table({"at": moments, "mark": ["x"]}))
        found = bulk.fetch("SELECT mark FROM audit_log JOIN seen ON seen.at = audit_log.at WHERE number = ?", (1,))
        assert found.column("mark").to_pylist() == ["x"]
        moment = dt.datetime(2024, 3, 31, 0, 30, tzinfo=dt.UTC)
        assert bulk.execute("UPDATE audit_log SET event = ? WHERE at = ?", ("b", moment)) == 1
        assert bulk.frame("audit_log")["at"].to_list() == [moment]

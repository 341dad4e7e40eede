"""Room for SQLite while many rows are written: given back, and emptied beside the work."""

from threading import Event
from typing import Any

import pytest
from django.db import DatabaseError, connection

from regulars.core import room_to_write as module
from regulars.core.bulk import rows_of
from regulars.core.room_to_write import ROOM, room_to_write

pytestmark = [pytest.mark.django_db, pytest.mark.only_on("sqlite")]


def test_room_to_write_is_given_back_whatever_happens() -> None:
    def held() -> dict[str, int]:
        return {name: rows_of(f"PRAGMA {name}")[0][0] for name in ROOM}

    def broken() -> None:
        with room_to_write():
            seen.append(held())
            raise ZeroDivisionError

    usual, seen = held(), list[dict[str, int]]()
    with pytest.raises(ZeroDivisionError):
        broken()

    assert (seen, held()) == ([ROOM], usual)
    assert usual != ROOM


@pytest.mark.django_db(transaction=True)
def test_pages_are_carried_beside_the_work_and_trouble_with_it_stops_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, is_asked_twice = list[str](), Event()

    def busy(sql: str) -> Any:
        if "checkpoint(" not in sql:
            return rows_of(sql)
        asked.append(sql)
        if len(asked) == 2:
            is_asked_twice.set()
        raise DatabaseError("the disk is slow")

    monkeypatch.setattr(module, "BETWEEN", 0.001)
    monkeypatch.setattr(module, "rows_of", busy)
    monkeypatch.setattr(connection, "is_in_memory_db", lambda: False)
    with room_to_write(carried_beside=True):
        assert is_asked_twice.wait(20)

    assert set(asked) == {"PRAGMA wal_checkpoint(PASSIVE)"}

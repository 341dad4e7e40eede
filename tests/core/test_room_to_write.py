"""Room for SQLite while many rows are written: given back, and emptied beside the work."""

import pytest

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

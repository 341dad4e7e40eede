import os

import pytest

from regulars.config.environment import senders_for

POSTGRES = {"ENGINE": "django.db.backends.postgresql"}
SQLITE = {"ENGINE": "django.db.backends.sqlite3"}


@pytest.mark.parametrize(
    ("database", "cores", "senders"), [(POSTGRES, 8, 2), (POSTGRES, 1, 1), (SQLITE, 8, 1)],
    ids=["a server and cores to spare", "one core", "a file with one writer"],
)  # fmt: skip
def test_two_send_where_one_would_wait_for_the_disk(
    monkeypatch: pytest.MonkeyPatch, database: dict[str, object], cores: int, senders: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(cores)), raising=False)

    assert senders_for(database) == senders

"""A campaign killed while it is begun and while it leaves: nobody twice, and nobody lost."""

import os
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from email import message_from_bytes
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.faults.agent import ROOT, fresh_database
from tests.faults.campaigning import CALLS, LEASE, PEOPLE, REFUSED
from tests.faults.expected import DATABASES
from tests.servers import scratch_postgres

BEGINNING = ("campaign.called:1", "campaign.before_commit:1")
LEAVING = (
    "expand.before_commit:2", "expand.after_chunk:2", "intents.after_commit:1", "wire.answered:2",
    "outcomes.before_commit:1",
)  # fmt: skip
BEGUN = (
    "SELECT count(*), count(DISTINCT k.customer_id) FROM outreach_campaigncall k"
    " JOIN outreach_campaign c ON c.id = k.campaign_id WHERE c.state = 'running'"
)
WRITTEN = "SELECT count(*), count(DISTINCT customer_id) FROM messaging_message"
BOTH = (
    "SELECT count(*) FROM messaging_message m"
    " JOIN outreach_campaigncall k ON k.customer_id = m.customer_id"
)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with scratch_postgres(Path(sys.prefix)) as url:
        yield url


@pytest.mark.parametrize("database", DATABASES)
def test_killed_anywhere_each_hears_of_it_once_by_a_call_or_a_message(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    url = ""
    if database != "sqlite":
        url = fresh_database(request.getfixturevalue("server"), "campaigning_killed")
    assert _run(tmp_path, url, "fill") == 0

    ended = [_run(tmp_path, url, "approve", fault=f"{point}:kill9") for point in BEGINNING]
    # Half a beginning is none: nobody is to be called, and the message is a draft as before.
    assert (ended, _asked(tmp_path, url, BEGUN)) == ([-9, -9], (0, 0))
    assert [_run(tmp_path, url, "approve") for _again in range(2)] == [0, REFUSED]
    assert _asked(tmp_path, url, BEGUN) == (CALLS, CALLS)

    died = []
    for point in LEAVING:
        died.append(_run(tmp_path, url, "send", fault=f"{point}:kill9"))
        time.sleep(1.2 * LEASE)
    assert (died, _run(tmp_path, url, "send")) == ([-9] * len(LEAVING), 0)

    count = PEOPLE - CALLS
    assert _asked(tmp_path, url, f"{WRITTEN} WHERE state = 'accepted'") == (count, count)
    assert (_asked(tmp_path, url, WRITTEN), _asked(tmp_path, url, BOTH)) == ((count, count), (0,))
    letters = _letters(tmp_path)
    assert (len(letters), set(letters.values())) == (count, {1})


def _letters(home: Path) -> Counter[str]:
    """To whom how many went out."""
    files = (home / "outbox").glob("*/*.eml")
    return Counter(parseaddr(message_from_bytes(one.read_bytes())["To"])[1] for one in files)


def _run(home: Path, url: str, word: str, fault: str = "") -> int:
    env = {
        **os.environ, "REGULARS_HOME": str(home), "DATABASE_URL": url, "REGULARS_FAULT": fault
    }  # fmt: skip
    command = [sys.executable, "-m", "tests.faults.campaigning", word]
    return subprocess.run(command, env=env, cwd=ROOT, timeout=300, check=False).returncode


def _asked(home: Path, url: str, sql: str) -> Any:
    if url:
        with psycopg.connect(url) as server:
            return server.execute(sql).fetchone()
    file = f"file:{home / 'regulars.sqlite3'}?mode=ro"
    with closing(sqlite3.connect(file, uri=True)) as opened:
        return opened.execute(sql).fetchone()

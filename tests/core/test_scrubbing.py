"""Once somebody is erased, the file of the database does not say their name any more."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from regulars.core import jobs
from regulars.core.bulk import rows_of
from regulars.core.models import Job
from regulars.core.scrubbing import NOUGHTS, WAITS, scrub
from regulars.customers.actions.leaving import erase_customer
from regulars.lists.queries.search import search
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer

# PostgreSQL has files of its own.
pytestmark = [pytest.mark.django_db, pytest.mark.only_on("sqlite")]
WORDS = (b"zqgiven", b"zqfamily", b"zqmail", b"zqnote")


def _in_the_file() -> set[bytes]:
    held = connection.connection.serialize().lower()
    return {word for word in WORDS if word in held}


def test_nothing_of_somebody_erased_is_in_the_file(at: datetime, owner: Any) -> None:
    """Neither in a row, nor in an index of words, nor in a page that stands free."""
    one = make_customer("Zqgiven Zqfamily", email="zqmail@x.example")
    make_touch(one, at, by=owner.actor, body="Zqnote " * 2000)
    for nth in range(60):
        make_customer(f"Zqgivenson {nth}" * 40).delete()
    make_customer("Ada Byron")
    assert _in_the_file() == set(WORDS)

    erase_customer(one, by=owner.actor, at=at)
    steps = list(scrub())

    assert steps[-1] == len(steps)
    assert _in_the_file() == set()
    assert [hit.customer.name for hit in search(owner.actor, "byron", 5)] == ["Ada Byron"]
    assert rows_of("SELECT 1 FROM sqlite_master WHERE name = %s", [NOUGHTS]) == []
    assert rows_of("PRAGMA integrity_check") == [("ok",)]


def test_two_who_are_erased_together_are_scrubbed_away_at_once(at: datetime, owner: Any) -> None:
    for name in ("Zqgiven Zqfamily", "Zqgiven Zqmail"):
        erase_customer(make_customer(name), by=owner.actor, at=at)

    left = Job.objects.get(name="core.scrub")

    assert left.due_at == at + WAITS
    assert jobs.run_now("core.scrub", at=at).state == Job.State.DONE

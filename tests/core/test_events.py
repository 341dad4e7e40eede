import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest
from django.db import transaction

from regulars.core import events
from regulars.core.models import Event


@dataclass(frozen=True, slots=True)
class BellRung:
    times: int


@pytest.fixture
def heard() -> Iterator[list[int]]:
    rings: list[int] = []
    events.receives(BellRung, name="tests.bell")(lambda fact, at: rings.append(fact.times))
    yield rings
    del events._receivers["tests.bell"]


@pytest.mark.django_db
def test_a_fact_reaches_its_receiver_once_and_in_order(heard: list[int], at: datetime) -> None:
    events.announce(BellRung(1), at=at)
    events.announce(BellRung(2), at=at)

    events.deliver_events(at=at)
    events.deliver_events(at=at)

    assert heard == [1, 2]


@pytest.mark.django_db
def test_a_fact_of_a_transaction_that_failed_is_never_heard(heard: list[int], at: datetime) -> None:
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        events.announce(BellRung(1), at=at)
        raise ZeroDivisionError

    events.deliver_events(at=at)

    assert heard == []
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_a_receiver_that_fails_hears_the_fact_again(at: datetime) -> None:
    tries: list[int] = []

    def stumble_once(fact: BellRung, at: datetime) -> None:
        tries.append(fact.times)
        if len(tries) == 1:
            raise ZeroDivisionError

    events.receives(BellRung, name="tests.stumble")(stumble_once)
    events.announce(BellRung(7), at=at)
    try:
        with pytest.raises(ZeroDivisionError):
            events.deliver_events(at=at)
        events.deliver_events(at=at)
    finally:
        del events._receivers["tests.stumble"]

    assert tries == [7, 7]

import contextlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from threading import Event as Flag

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from regulars.core import events
from regulars.core.models import Event, EventCursor


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
def test_nothing_new_is_one_question_however_many_receivers(heard: list[int], at: datetime) -> None:
    events.announce(BellRung(1), at=at)
    while events.deliver_events(at=at):
        pass

    with CaptureQueriesContext(connection) as asked:
        assert events.deliver_events(at=at) == 0

    assert (heard, len(asked), len(events._receivers) > 20) == ([1], 1, True)


@pytest.mark.django_db
def test_who_only_wants_to_know_that_it_happened_hears_the_last_of_many(at: datetime) -> None:
    rings: list[int] = []
    events.receives(BellRung, name="tests.far", only_last=True)(
        lambda fact, at: rings.append(fact.times)
    )
    try:
        for times in (1, 2, 3):
            events.announce(BellRung(times), at=at)
        assert (events.deliver_events(at=at), events.deliver_events(at=at)) == (3, 0)
        events.announce(BellRung(4), at=at)
        events.deliver_events(at=at)
    finally:
        del events._receivers["tests.far"]
        events._told_last.remove("tests.far")

    assert rings == [3, 4]


@pytest.mark.django_db
def test_what_a_receiver_announces_is_heard_in_the_same_round(
    heard: list[int], at: datetime
) -> None:
    @dataclass(frozen=True, slots=True)
    class RopePulled:
        times: int

    bell = events._receivers.pop("tests.bell")
    events.receives(RopePulled, name="tests.rope")(
        lambda fact, at: events.announce(BellRung(fact.times), at=at)
    )
    events._receivers["tests.bell"] = bell
    try:
        events.deliver_events(at=at)
        events.announce(RopePulled(3), at=at)
        assert events.deliver_events(at=at) == 2
    finally:
        del events._receivers["tests.rope"]

    assert heard == [3]


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


@contextlib.contextmanager
def receiving(receiver: Callable[[BellRung, datetime], None]) -> Iterator[None]:
    events.receives(BellRung, name="tests.other")(receiver)
    try:
        yield
    finally:
        del events._receivers["tests.other"]


def deliver(at: datetime) -> None:
    with contextlib.suppress(ZeroDivisionError):
        events.deliver_events(at=at)


# SQLite has one writer at a time.
@pytest.mark.only_on("postgresql")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("in_savepoint", [False, True])
def test_a_slow_transaction_that_took_its_number_first_is_heard(
    heard: list[int], at: datetime, in_savepoint: bool
) -> None:
    """Numbers are given before the commit: whoever commits late must not be passed over."""
    announced, may_commit = Flag(), Flag()

    def slow() -> None:
        try:
            with transaction.atomic():
                if in_savepoint:
                    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
                        events.announce(BellRung(0), at=at)
                        raise ZeroDivisionError
                events.announce(BellRung(1), at=at)
                events.announce(BellRung(2), at=at)
                announced.set()
                may_commit.wait(10)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(slow)
        assert announced.wait(10)
        events.announce(BellRung(3), at=at)
        events.deliver_events(at=at)
        early = list(heard)
        may_commit.set()
        done.result()
    # On a loaded machine a batch ends after one fact.
    while events.deliver_events(at=at):
        pass

    assert (early, heard) == ([], [1, 2, 3])


# SQLite has one writer at a time.
@pytest.mark.only_on("postgresql")
@pytest.mark.django_db(transaction=True)
def test_what_came_before_an_open_transaction_need_not_wait(heard: list[int], at: datetime) -> None:
    announced, may_commit = Flag(), Flag()

    def slow() -> None:
        try:
            with transaction.atomic():
                events.announce(BellRung(2), at=at)
                announced.set()
                may_commit.wait(10)
        finally:
            connection.close()

    events.announce(BellRung(1), at=at)
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(slow)
        assert announced.wait(10)
        events.deliver_events(at=at)
        early = list(heard)
        may_commit.set()
        done.result()

    assert early == [1]


@pytest.mark.django_db
def test_a_batch_ends_when_its_time_is_over(at: datetime) -> None:
    """A batch is one transaction, and others wait for it to write."""
    heard: list[int] = []

    def work(fact: BellRung, at: datetime) -> None:
        heard.append(fact.times)
        time.sleep(0.03)

    for times in range(8):
        events.announce(BellRung(times), at=at)
    with receiving(work):
        first = events.deliver_events(at=at)
        rest = [events.deliver_events(at=at) for _again in range(8)]

    assert 1 <= first <= 2
    assert first + sum(rest) == 8
    assert heard == list(range(8))


@pytest.mark.django_db
def test_a_fact_that_fails_five_times_is_set_aside(
    at: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[int] = []

    def stumble(fact: BellRung, at: datetime) -> None:
        heard.append(fact.times)
        if fact.times == 2:
            raise ZeroDivisionError

    for times in (1, 2, 3):
        events.announce(BellRung(times), at=at)
    with receiving(stumble):
        for _again in range(4):
            deliver(at)
        assert 3 not in heard
        deliver(at)
        deliver(at)

    # What went well before it is kept, and is not done again.
    assert heard == [1, 2, 2, 2, 2, 2, 3]
    cursor = EventCursor.objects.get(name="tests.other")
    assert (cursor.failures, cursor.set_aside) == (0, 1)
    assert "core.BellRung" in caplog.text
    assert "set aside" in caplog.text


@pytest.mark.django_db
def test_a_failure_is_forgotten_once_the_fact_is_heard(at: datetime) -> None:
    tries: list[int] = []

    def stumble(fact: BellRung, at: datetime) -> None:
        tries.append(fact.times)
        if len(tries) < 5:
            raise ZeroDivisionError

    events.announce(BellRung(1), at=at)
    with receiving(stumble):
        for _again in range(5):
            deliver(at)

    assert tries == [1] * 5
    cursor = EventCursor.objects.get(name="tests.other")
    assert (cursor.failures, cursor.set_aside) == (0, 0)


@pytest.mark.django_db
def test_a_receiver_that_fails_keeps_no_other_from_hearing(at: datetime) -> None:
    heard: list[int] = []

    def fail(fact: BellRung, at: datetime) -> None:
        raise ZeroDivisionError

    events.announce(BellRung(1), at=at)
    with receiving(fail):
        events.receives(BellRung, name="tests.after")(lambda fact, at: heard.append(fact.times))
        try:
            with pytest.raises(ZeroDivisionError):
                events.deliver_events(at=at)
        finally:
            del events._receivers["tests.after"]

    assert heard == [1]


@pytest.mark.django_db
def test_what_a_failing_receiver_wrote_is_undone(at: datetime) -> None:
    def fail(fact: BellRung, at: datetime) -> None:
        EventCursor.objects.create(name="tests.half")
        raise ZeroDivisionError

    events.announce(BellRung(1), at=at)
    with receiving(fail):
        deliver(at)

    assert not EventCursor.objects.filter(name="tests.half").exists()

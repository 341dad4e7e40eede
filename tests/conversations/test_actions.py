from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.consent.choices import Channel, Purpose
from regulars.conversations.actions import log_posted, take_back_touch
from regulars.conversations.choices import Outcome
from regulars.conversations.errors import TouchInTheFuture, TouchTakenBackAlready
from regulars.conversations.models import Clock, Touch
from regulars.core.actor import SYSTEM
from regulars.core.models import AuditEntry, Event
from regulars.customers.models import Customer
from regulars.messaging.models import Contact
from tests.factories.conversations import make_touch
from tests.factories.customers import A_DAY, make_customer

pytestmark = pytest.mark.django_db

filling = import_module("regulars.conversations.migrations.0005_since_when_it_was_personal")
AN_HOUR = timedelta(hours=1)


def clock_of(customer: Customer) -> tuple[object, str] | None:
    return Clock.objects.filter(pk=customer.pk).values_list("last_touch_at", "last_channel").first()


def personal_of(customer: Customer) -> object:
    return Clock.objects.get(pk=customer.pk).last_personal_at


def test_log_touch_starts_the_clock_audits_and_announces() -> None:
    customer = make_customer()

    touch = make_touch(customer, A_DAY, body=" Asked after the rye. ", said="Soon, please.")

    assert (touch.body, touch.said, touch.recorded_at) == (
        "Asked after the rye.", "Soon, please.", A_DAY,
    )  # fmt: skip
    assert clock_of(customer) == (A_DAY, "call")
    assert AuditEntry.objects.get().detail == {"customer": customer.pk}
    event = Event.objects.get()
    assert event.kind == "conversations.TouchLogged"
    assert event.payload == {
        "touch_id": touch.pk, "customer_id": customer.pk, "at": A_DAY.isoformat(),
    }  # fmt: skip


def test_a_call_that_nobody_answered_leaves_the_clock() -> None:
    customer = make_customer()

    make_touch(customer, A_DAY, outcome=Outcome.NO_ANSWER)

    assert clock_of(customer) is None
    assert Touch.objects.count() == 1


def test_an_older_touch_written_down_late_leaves_the_clock() -> None:
    customer = make_customer()
    make_touch(customer, A_DAY)

    make_touch(customer, A_DAY - AN_HOUR, channel=Channel.VISIT)

    assert clock_of(customer) == (A_DAY, "call")


def test_what_was_posted_to_many_is_a_touch_of_each_and_no_query_more() -> None:
    some = [make_customer(f"Ruth {n}") for n in range(6)]
    for one in (some[0], some[4]):
        make_touch(one, A_DAY + 2 * AN_HOUR)
    at = A_DAY + AN_HOUR

    with CaptureQueriesContext(connection) as for_two:
        posted([one.pk for one in some[4:]], at)
    with CaptureQueriesContext(connection) as for_four:
        posted([one.pk for one in some[:4]], at)

    assert len(for_four) == len(for_two)
    assert Touch.objects.filter(channel="letter", body="News", happened_at=at).count() == 6
    later = (A_DAY + 2 * AN_HOUR, "call")
    assert [clock_of(one) for one in some] == [
        later, *[(at, "letter")] * 3, later, (at, "letter")
    ]  # fmt: skip
    heard = Contact.objects.filter(channel="letter").values_list("customer_id", flat=True)
    assert sorted(heard) == [one.pk for one in some]
    kept = Event.objects.filter(kind="conversations.TouchesLogged").order_by("pk")
    assert [one.payload["count"] for one in kept] == [2, 4]


def posted(ids: list[int], at: datetime) -> None:
    log_posted(ids, channel=Channel.LETTER, purpose=Purpose.INFORM, body=" News ", by=SYSTEM, at=at)


def test_what_is_still_to_come_is_refused() -> None:
    customer = make_customer()

    with pytest.raises(TouchInTheFuture):
        make_touch(customer, A_DAY + AN_HOUR, at=A_DAY)

    assert (Touch.objects.count(), Event.objects.count()) == (0, 0)


def test_taking_back_winds_the_clock_to_the_touch_before() -> None:
    customer = make_customer()
    make_touch(customer, A_DAY - 2 * AN_HOUR, channel=Channel.VISIT)
    make_touch(customer, A_DAY - AN_HOUR, outcome=Outcome.NO_ANSWER)
    last = make_touch(customer, A_DAY)

    take_back_touch(last, by=SYSTEM, at=A_DAY)

    assert clock_of(customer) == (A_DAY - 2 * AN_HOUR, "visit")
    assert Touch.objects.standing().count() == 2
    with pytest.raises(TouchTakenBackAlready):
        take_back_touch(last, by=SYSTEM, at=A_DAY)


def test_taking_back_the_only_touch_stops_the_clock() -> None:
    customer = make_customer()
    touch = make_touch(customer, A_DAY)

    take_back_touch(touch, by=SYSTEM, at=A_DAY)

    assert clock_of(customer) is None


def test_a_mail_after_a_visit_leaves_when_we_last_gave_them_our_time() -> None:
    customer = make_customer()
    make_touch(customer, A_DAY - AN_HOUR, channel=Channel.VISIT)
    make_touch(customer, A_DAY, channel=Channel.EMAIL)
    make_touch(customer, A_DAY - 2 * AN_HOUR, channel=Channel.NOTE)

    assert clock_of(customer) == (A_DAY, "email")
    assert personal_of(customer) == A_DAY - AN_HOUR


def test_a_mail_alone_is_no_personal_touch() -> None:
    customer = make_customer()
    make_touch(customer, A_DAY, channel=Channel.EMAIL)

    assert personal_of(customer) is None


def test_taking_back_a_visit_shows_the_call_before_it() -> None:
    customer = make_customer()
    make_touch(customer, A_DAY - 3 * AN_HOUR)
    visit = make_touch(customer, A_DAY - AN_HOUR, channel=Channel.VISIT)
    make_touch(customer, A_DAY, channel=Channel.EMAIL)

    take_back_touch(visit, by=SYSTEM, at=A_DAY)

    assert personal_of(customer) == A_DAY - 3 * AN_HOUR
    assert clock_of(customer) == (A_DAY, "email")


def test_the_migration_finds_the_last_personal_touch_of_everybody() -> None:
    visited, written_to = make_customer(), make_customer("Ola Berg")
    make_touch(visited, A_DAY - AN_HOUR, channel=Channel.VISIT)
    take_back_touch(make_touch(visited, A_DAY, channel=Channel.CALL), by=SYSTEM, at=A_DAY)
    make_touch(written_to, A_DAY, channel=Channel.EMAIL)
    Clock.objects.update(last_personal_at=None)

    with connection.cursor() as cursor:
        cursor.execute(filling.FILL)

    assert (personal_of(visited), personal_of(written_to)) == (A_DAY - AN_HOUR, None)

"""Who is due is asked once: by a message that leaves through the gate, or by one of us."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from regulars.care.actions.asking import Asked, ask_due, follow_asked
from regulars.care.actions.check_ins import start_check_ins
from regulars.care.choices import CheckInState
from regulars.care.models import CheckIn
from regulars.care.reasons import calls_due, describe
from regulars.config.schedule import DAILY
from regulars.conversations.models import Touch
from regulars.core import jobs
from regulars.core.actor import SYSTEM
from regulars.core.events import announce, deliver_events
from regulars.core.models import Job
from regulars.core.reasons import ReasonDay
from regulars.customers.actions.merging import merge_customers
from regulars.customers.models import Customer
from regulars.insight.choices import Tier
from regulars.insight.models import CustomerFacts
from regulars.intake.events import ImportFinished
from regulars.messaging.actions.holds import place_hold
from regulars.messaging.choices import HoldKind, State
from regulars.messaging.models import Message
from regulars.messaging.rendering import contexts_for
from regulars.orders.choices import OrderKind
from regulars.orders.models import Order
from regulars.team.models import Business
from tests.factories.customers import make_customer
from tests.factories.orders import make_line, make_order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
DAY = timedelta(days=1)
TODAY = date(2026, 11, 24)


def deliver(customer: Customer, on: date = TODAY - 3 * DAY, *, late: bool = False) -> Order:
    order = make_order(
        customer, on - 5 * DAY, delivered_at=datetime.combine(on, time(12), tzinfo=UTC),
        promised_on=on - 2 * DAY if late else on,
    )  # fmt: skip
    make_line(order, "Christmas cake")
    return order


def core_customer(name: str = "Ruth Calloway") -> Customer:
    customer = make_customer(name, email="ruth@example.org", phone="+441132960115")
    CustomerFacts.objects.create(customer=customer, tier=Tier.CORE)
    return customer


def test_a_message_is_written_once_with_an_apology_where_it_came_late(at: datetime) -> None:
    sam = make_customer("Sam Late", email="sam@example.org")
    deliver(sam, late=True)
    deliver(make_customer("Tomorrow", email="t@example.org"), TODAY - 2 * DAY)
    start_check_ins(at=at)

    assert ask_due(at=at) == Asked(messages=1)
    assert ask_due(at=at) == Asked()

    check_in = CheckIn.objects.get(customer=sam)
    message = Message.objects.get()
    assert (check_in.state, check_in.asked_at, check_in.message_id) == ("asked", at, message.pk)
    assert (message.customer, message.occasion, message.purpose, message.address) == (
        sam, f"checkin:{check_in.pk}", "ask", "sam@example.org",
    )  # fmt: skip


def test_the_message_says_what_was_bought_and_that_it_was_late(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "regulars.messaging.rendering.proved_public_url", lambda: "https://j.example"
    )
    for name, late in (("Sam Late", True), ("Tim Early", False)):
        deliver(make_customer(name, email=f"{name[:3]}@example.org".lower()), late=late)
    start_check_ins(at=at)
    ask_due(at=at)
    messages = list(Message.objects.order_by("customer__name"))

    versions = {one.version_id: one.version for one in messages}
    contexts = contexts_for(messages, versions, at=at)  # type: ignore[arg-type]
    said = [contexts[one.pk] for one in messages]

    assert [one["checkin_late"] for one in said] == ["late", ""]
    assert [one["checkin_product"] for one in said] == ["Christmas cake"] * 2
    assert all(one["checkin_url"].startswith("https://j.example/k/") for one in said)


def test_the_core_is_called_and_the_call_stands_on_the_list_until_somebody_spoke(
    at: datetime, business: Business
) -> None:
    ruth = core_customer()
    deliver(ruth, late=True)
    start_check_ins(at=at)

    assert ask_due(at=at) == Asked(calls=1)
    day = ReasonDay(TODAY, ZoneInfo(business.time_zone))
    rows = list(calls_due(day))
    check_in = CheckIn.objects.get()
    assert rows == [
        {"customer_id": ruth.pk, "overdue": 1.0, "due_on": TODAY, "subject": str(check_in.pk)}
    ]
    told = describe([str(check_in.pk)])[str(check_in.pk)]
    assert told.sentence == (
        "“Christmas cake” came late, on 21 November: say sorry, then ask how it went."
    )
    assert told.lines[0].text == "“It came later than we promised. I am sorry.”"

    Touch.objects.create(
        customer=ruth, channel="call", outcome="reached", happened_at=at, recorded_at=at
    )
    assert follow_asked(at=at) == 1
    check_in.refresh_from_db()
    assert (check_in.state, check_in.asked_at) == ("asked", at)
    assert list(calls_due(day)) == []


def test_what_changed_before_the_day_came_is_looked_at_again(at: datetime) -> None:
    names = ("Cancelled", "Archived", "Unhappy", "Twin", "Ruth", "Returned")
    cancelled, archived, unhappy, twin, ruth, returned = (
        make_customer(name, email=f"{name.lower()}@example.org") for name in names
    )
    orders = [deliver(one) for one in (cancelled, archived, unhappy, twin, ruth, returned)]
    start_check_ins(at=at)
    Order.objects.filter(pk=orders[0].pk).update(kind=OrderKind.CANCELLATION)
    Order.objects.filter(pk=orders[5].pk).update(status="returned")
    Customer.objects.filter(pk=archived.pk).update(archived_at=at)
    place_hold(unhappy, HoldKind.CASE, by=SYSTEM, at=at, source="case:7")
    merge_customers(ruth, twin, by=SYSTEM, at=at)

    assert ask_due(at=at) == Asked(messages=1, dropped=5)

    assert sorted(CheckIn.objects.values_list("state", "why")) == [
        ("asked", "mail"), ("dropped", "asked_lately"), ("dropped", "cancelled"),
        ("dropped", "cancelled"),
        ("dropped", "case_open"), ("dropped", "gone"),
    ]  # fmt: skip
    assert Message.objects.count() == 1


def test_a_mail_that_did_not_arrive_becomes_a_call_or_ends(at: datetime) -> None:
    for phone in ("+441132960115", None):
        deliver(make_customer(f"Sam {phone}", email=f"sam{phone}@example.org", phone=phone))
    start_check_ins(at=at)
    assert ask_due(at=at).messages == 2
    Message.objects.update(state=State.SUPPRESSED)

    assert follow_asked(at=at) == 2
    assert ask_due(at=at + DAY) == Asked(calls=1, dropped=1)

    assert sorted(CheckIn.objects.values_list("state", "way", "why")) == [
        ("dropped", "nobody", "no_channel"), ("due", "call", "no_mail"),
    ]  # fmt: skip
    assert Message.objects.count() == 2


def test_silence_ends_as_silence_and_a_call_nobody_made_says_so(at: datetime) -> None:
    deliver(make_customer("Silent", email="silent@example.org"))
    deliver(core_customer())
    start_check_ins(at=at)
    ask_due(at=at)

    assert follow_asked(at=at + 13 * DAY) == 0
    assert follow_asked(at=at + 15 * DAY) == 2

    states = CheckIn.objects.order_by("state").values_list("state", "why")
    assert list(states) == [("dropped", "not_called"), (CheckInState.SILENT, "mail")]


def test_the_end_of_an_import_and_every_day_leave_the_work(at: datetime) -> None:
    announce(ImportFinished(7, "orders", 3, 0), at=at)
    announce(ImportFinished(8, "customers", 3, 0), at=at)
    announce(ImportFinished(9, "orders", 0, 0), at=at)
    deliver(make_customer("Sam", email="sam@example.org"))
    deliver_events(at=at)

    assert Job.objects.filter(name="care.check_ins").count() == 1
    done = jobs.run_now("care.check_ins", at=at)
    assert done.result == {
        "started": 1, "not_asked": 0, "orders": 1, "messages": 1, "calls": 0, "followed": 0,
    }  # fmt: skip
    assert "care.check_ins" in {one.job for one in DAILY}

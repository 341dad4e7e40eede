"""The end: what is confirmed goes on, the rest is kept back, wherever it is broken off."""

from datetime import UTC, datetime, timedelta

import pytest

from regulars.core import faults, jobs
from regulars.core.actor import SYSTEM, VIEWER, Actor
from regulars.core.errors import NotAllowed
from regulars.core.models import Job
from regulars.customers.models import Customer
from regulars.messaging.choices import MailingState, State
from regulars.messaging.gate import verdicts_for_messages
from regulars.messaging.models import Hold, Mailing, Message
from regulars.planning.queries import cadence_days
from regulars.recovery.actions.endings import END_JOB, carry_out_ending, end_disruption
from regulars.recovery.actions.hitting import look_whom_it_hits
from regulars.recovery.errors import DisruptionOver, MoreWaitsNow
from regulars.recovery.models import Disruption
from regulars.recovery.queries.disruptions import restarting
from regulars.team.models import Business
from tests.factories.customers import make_customer
from tests.factories.messaging import agrees, make_mailing, make_message, make_version
from tests.factories.recovery import declared, make_segment

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def ruth(business: Business) -> Customer:
    ruth = make_customer("Ruth Calloway", email="ruth@x.example")
    agrees(ruth)
    return ruth


def selling(customer: Customer, mailing: Mailing | None = None) -> Message:
    version = mailing.version if mailing else make_version("sell")
    return make_message(
        customer, at=AT, version=version, mailing=mailing,
        occasion=f"{customer.pk}:{Message.objects.count()}", state=State.READY,
    )  # fmt: skip


def end(disruption: Disruption, *confirmed: str) -> None:
    seen = [one.key for one in restarting(disruption, AT)]
    end_disruption(disruption, confirmed=confirmed, seen=seen, by=SYSTEM, at=AT + HOUR)
    disruption.refresh_from_db()


def test_only_what_is_confirmed_goes_on(ruth: Customer) -> None:
    going, staying = (
        make_mailing(at=AT, version=make_version("sell", subject=name)) for name in ("go", "stay")
    )
    in_going, in_staying = selling(ruth, going), selling(ruth, staying)
    alone, kept = selling(ruth), selling(ruth)
    disruption = declared(at=AT)
    end(disruption, f"mailing:{going.pk}", f"message:{alone.pk}")

    assert carry_out_ending(disruption, by=SYSTEM, at=AT + HOUR)

    for row in (going, staying, in_going, in_staying, alone, kept, disruption):
        row.refresh_from_db()
    assert (going.state, staying.state) == (MailingState.RUNNING, MailingState.PAUSED)
    assert (in_going.state, alone.state, kept.state) == (State.READY, State.READY, State.CANCELLED)
    assert disruption.ended_at == AT + HOUR
    assert not Hold.objects.filter(lifted_at=None).exists()
    assert cadence_days()["core"] == 30
    # The mailing that was kept back does not leave even if a sender has it in its hands.
    assert verdicts_for_messages([in_staying.pk], AT + HOUR)[in_staying.pk].code == "mailing_waits"


def test_a_drill_for_some_shows_what_would_wait_of_theirs_alone(ruth: Customer) -> None:
    anna = make_customer("Anna", email="anna@x.example")
    both = make_mailing(at=AT, version=make_version("sell", subject="both"))
    selling(ruth, both), selling(anna, both)
    alone, _other = selling(ruth), selling(anna)

    drill = declared(at=AT, segment=make_segment(at=AT), is_drill=True)

    waiting = restarting(drill, AT)
    assert [(one.key, one.count) for one in waiting] == [
        (f"mailing:{both.pk}", 1), (f"message:{alone.pk}", 1)
    ]  # fmt: skip
    assert not Hold.objects.exists()


def test_the_hold_stands_until_everything_is_kept_back(ruth: Customer) -> None:
    in_hand = selling(ruth)
    Message.objects.filter(pk=in_hand.pk).update(state=State.CLAIMED)
    disruption = declared(at=AT)
    end(disruption)

    assert not carry_out_ending(disruption, by=SYSTEM, at=AT + HOUR)
    assert Hold.objects.filter(lifted_at=None).exists()

    Message.objects.filter(pk=in_hand.pk).update(state=State.READY)
    assert carry_out_ending(disruption, by=SYSTEM, at=AT + HOUR)
    in_hand.refresh_from_db()
    assert in_hand.state == State.CANCELLED


@pytest.mark.parametrize("point", ["ending.kept_back", "ending.let_go"])
def test_it_goes_on_where_it_was_broken_off(
    ruth: Customer, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    selling(ruth)
    disruption = declared(at=AT, segment=make_segment(at=AT))
    look_whom_it_hits(disruption, at=AT)
    end(disruption)
    monkeypatch.setattr(faults, "_ARMED", {point: (1, "raise")})
    monkeypatch.setattr(faults, "_passed", {})
    with pytest.raises(faults.Tripped):
        carry_out_ending(disruption, by=SYSTEM, at=AT + HOUR)

    assert carry_out_ending(disruption, by=SYSTEM, at=AT + HOUR)
    assert carry_out_ending(disruption, by=SYSTEM, at=AT + HOUR)

    assert not Hold.objects.filter(lifted_at=None).exists()
    assert Message.objects.get().state == State.CANCELLED


def test_work_that_failed_for_good_is_taken_over_five_minutes_later(
    ruth: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    disruption = declared(at=AT)
    end(disruption)
    jobs.call_off(END_JOB, at=AT, disruption=disruption.pk)
    monkeypatch.setattr(faults, "_ARMED", {"ending.kept_back": (1, "raise")})
    monkeypatch.setattr(faults, "_passed", {})
    failed = jobs.run_now(END_JOB, at=AT + HOUR, disruption=disruption.pk)
    left = jobs.under_way(END_JOB, disruption=disruption.pk).get()
    again = jobs.run_now(END_JOB, at=left.due_at, disruption=disruption.pk)
    disruption.refresh_from_db()

    assert (failed.state, left.due_at) == (Job.State.FAILED, AT + HOUR + timedelta(minutes=5))
    assert (again.result, disruption.is_standing) == ({"done": True}, False)
    # What was left meanwhile finds nothing to do, and leaves nothing.
    assert jobs.run_now(END_JOB, at=AT + 2 * HOUR, disruption=disruption.pk).result == {}


def test_the_last_one_ended_lets_go(ruth: Customer) -> None:
    message = selling(ruth)
    first, second = declared(at=AT), declared(at=AT, what="A flood")

    assert restarting(first, AT) == []
    end(first)
    carry_out_ending(first, by=SYSTEM, at=AT + HOUR)

    assert verdicts_for_messages([message.pk], AT + HOUR)[message.pk].code == "held"
    assert [one.key for one in restarting(second, AT)] == [f"message:{message.pk}"]


def test_whoever_comes_later_is_hit_too(ruth: Customer) -> None:
    anna = make_customer("Anna Active", email="anna@x.example")
    agrees(anna)
    disruption = declared(at=AT, segment=make_segment(at=AT))
    look_whom_it_hits(disruption, at=AT)
    late = make_customer("Ruth Late", email="late@x.example")
    agrees(late)
    messages = {name.name: selling(name) for name in (ruth, anna, late)}

    def held() -> list[str]:
        found = verdicts_for_messages([one.pk for one in messages.values()], AT)
        return [name for name, one in messages.items() if found[one.pk].code == "held"]

    # Nobody has looked at the new one yet; then somebody has.
    assert held() == ["Ruth Calloway", "Ruth Late"]
    look_whom_it_hits(disruption, at=AT)
    assert held() == ["Ruth Calloway", "Ruth Late"]
    assert Hold.objects.exclude(customer=None).count() == 2


def test_more_than_was_seen_asks_again(ruth: Customer) -> None:
    disruption = declared(at=AT)
    selling(ruth)

    with pytest.raises(MoreWaitsNow):
        end_disruption(disruption, confirmed=[], seen=[], by=SYSTEM, at=AT)

    disruption.refresh_from_db()
    assert disruption.ending_at is None


def test_it_is_ended_once_and_not_by_everybody(ruth: Customer) -> None:
    disruption = declared(at=AT)
    with pytest.raises(NotAllowed):
        end_disruption(
            disruption, confirmed=[], seen=[], by=Actor("staff", "E", VIEWER, None), at=AT
        )
    end(disruption)

    with pytest.raises(DisruptionOver):
        end(disruption)


def test_a_drill_ends_and_nothing_moves(ruth: Customer) -> None:
    message = selling(ruth)
    disruption = declared(at=AT, is_drill=True)

    end(disruption)

    message.refresh_from_db()
    assert (message.state, disruption.is_standing) == (State.READY, False)

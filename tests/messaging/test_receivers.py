"""A wait that was shortened is noticed: the gate is asked again, and not on the old day."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest

from regulars.consent.actions import set_wishes
from regulars.core import jobs
from regulars.core.events import deliver_events
from regulars.core.models import Job
from regulars.customers.models import Customer
from regulars.messaging.actions.holds import lift_hold, place_hold
from regulars.messaging.actions.rules import HouseRules, set_rules
from regulars.messaging.choices import HoldKind, State
from regulars.messaging.models import Message
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.messaging import make_message

pytestmark = pytest.mark.django_db
DUE_AGAIN = (State.READY, "")


def held(customer: Customer, at: datetime, why: str = "held") -> Message:
    before, until = at - timedelta(hours=1), at + timedelta(days=30)
    return make_message(
        customer, at=until, state=State.HELD, why=why, state_at=before, created_at=before
    )


def heard(at: datetime) -> None:
    deliver_events(at=at)
    while running := jobs.claim("here", at=at + timedelta(minutes=1)):
        assert jobs.run(running, at=at).state == Job.State.DONE


def standing(message: Message) -> tuple[str, str, datetime]:
    message.refresh_from_db()
    return message.state, message.why, message.not_before


def change_wish(customer: Customer, owner: Member, at: datetime) -> None:
    set_wishes(customer, by=owner.actor, at=at)


def hold_and_lift(customer: Customer, owner: Member, at: datetime) -> None:
    until = at + timedelta(days=30)
    hold = place_hold(customer, HoldKind.OTHER, by=owner.actor, at=at, until=until)
    lift_hold(hold, by=owner.actor, at=at)


@pytest.mark.parametrize("does", [change_wish, hold_and_lift])
def test_what_is_held_for_one_customer_is_asked_about_again(
    does: Callable[[Customer, Member, datetime], None], owner: Member, at: datetime
) -> None:
    message = held(make_customer("Ruth Calloway", email="ruth@x.example"), at)
    others = held(make_customer("Lena Ortiz", email="lena@x.example"), at)

    does(message.customer or Customer(), owner, at)
    heard(at)

    assert standing(message) == (*DUE_AGAIN, at)
    assert standing(others)[0] == State.HELD


def test_a_hold_of_everybody_that_is_lifted_lets_all_go_and_no_other_wait(
    owner: Member, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regulars.messaging.actions.waiting.STRETCH", 2)
    guests = [make_customer(f"Guest {n}", email=f"guest{n}@x.example") for n in range(5)]
    messages = [held(one, at) for one in guests]
    capped = held(guests[0], at, why="capped")

    lift_hold(place_hold(None, HoldKind.CRISIS, by=owner.actor, at=at), by=owner.actor, at=at)
    heard(at)

    assert [standing(one)[:2] for one in messages] == [DUE_AGAIN] * 5
    assert standing(capped)[0] == State.HELD


def test_other_rules_of_the_house_are_asked_about_once_they_are_counted(
    owner: Member, at: datetime
) -> None:
    ruth = make_customer("Ruth Calloway", email="ruth@x.example")
    capped, kept = held(ruth, at, why="capped"), held(ruth, at, why="paused")

    wanted = HouseRules(None, None, None, 0, time(20), time(8))
    set_rules(wanted, by=owner.actor, at=at)
    heard(at)

    assert standing(capped)[:2] == DUE_AGAIN
    assert standing(kept)[0] == State.HELD


def test_what_a_sender_has_in_its_hands_stays_there(owner: Member, at: datetime) -> None:
    message = held(make_customer("Ruth Calloway", email="ruth@x.example"), at)
    Message.objects.filter(pk=message.pk).update(state=State.CLAIMED)

    change_wish(message.customer or Customer(), owner, at)
    heard(at)

    assert standing(message)[0] == State.CLAIMED

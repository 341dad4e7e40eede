"""The switch for everything that leaves."""

from datetime import datetime, timedelta

import pytest

from regulars.core.errors import NotAllowed
from regulars.core.models import AuditEntry
from regulars.messaging.actions import switch
from regulars.messaging.actions.switch import (
    note_awake,
    resume_sending,
    stop_sending,
    take_over,
)
from regulars.messaging.choices import MailingState, State
from regulars.messaging.models import Mailing, Message, Switch
from regulars.messaging.queries import waiting_to_leave
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.messaging import make_mailing, make_message

pytestmark = pytest.mark.django_db


def test_whoever_works_here_stops_and_the_first_reason_stays(
    helper: Member, owner: Member, at: datetime
) -> None:
    stop_sending(why="a wrong price", by=helper.actor, at=at)
    stop_sending(why="another", by=owner.actor, at=at + timedelta(minutes=1))

    switch = Switch.objects.get()
    assert (switch.stopped_at, switch.stopped_by, switch.why) == (at, helper.name, "a wrong price")
    assert AuditEntry.objects.filter(verb="stopped sending").count() == 1


def test_only_owners_and_managers_resume(helper: Member, manager: Member, at: datetime) -> None:
    stop_sending(why="", by=helper.actor, at=at)

    with pytest.raises(NotAllowed):
        resume_sending(by=helper.actor, at=at)
    assert resume_sending(by=manager.actor, at=at).stopped_at is None


def test_viewers_stop_nothing(viewer: Member, at: datetime) -> None:
    with pytest.raises(NotAllowed):
        stop_sending(why="", by=viewer.actor, at=at)

    assert not Switch.objects.filter(stopped_at__isnull=False).exists()


def test_being_awake_is_noted_now_and_then(db: None, at: datetime) -> None:
    assert note_awake(at=at) is None
    assert note_awake(at=at + timedelta(seconds=5)) == timedelta()
    assert note_awake(at=at + timedelta(hours=3)) == timedelta(hours=3)


@pytest.mark.parametrize(
    ("as_new", "states"),
    [(True, [State.CANCELLED, State.CANCELLED]), (False, [State.READY, State.UNKNOWN])],
)
def test_a_released_copy_sends_nothing_that_waited_and_a_successor_asks(
    as_new: bool, states: list[State], at: datetime
) -> None:
    mailing = make_mailing(at=at)
    ready = make_message(at=at, version=mailing.version, mailing=mailing)
    held = make_message(ready.customer, at=at, state=State.HELD, created_at=at - timedelta(days=1))
    waited = waiting_to_leave(at)

    take_over(as_new, at)

    mailing.refresh_from_db()
    assert (waited.count, waited.oldest_at) == (2, at - timedelta(days=1))
    assert mailing.state == MailingState.PAUSED
    assert [Message.objects.get(pk=one.pk).state for one in (ready, held)] == states


def test_a_copy_with_much_that_waited_sets_it_aside_in_short_transactions(
    db: None, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(switch, "BATCH", 2)
    monkeypatch.setattr(switch, "HANDFUL", 3)
    mailing = make_mailing(at=at)
    customer = make_customer("Ruth", email="r@x.example")
    for number in range(7):
        make_message(
            customer, at=at, version=mailing.version, mailing=mailing, occasion=f"m:{number}"
        )

    take_over(True, at)

    assert set(Message.objects.values_list("state", "why")) == {(State.CANCELLED, "copied")}
    assert Mailing.objects.get().state == MailingState.PAUSED

"""Touches from the time without a connection: once each, in order, nothing lost."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from regulars.consent.choices import Channel
from regulars.conversations.choices import Outcome
from regulars.conversations.models import Touch
from regulars.core.actor import COMMAND
from regulars.core.errors import NotAllowed, NotFound
from regulars.customers.actions.leaving import erase_customer
from regulars.customers.actions.merging import merge_customers
from regulars.customers.models import Customer
from regulars.planning.actions import finish_item, put_off_item
from regulars.planning.arriving import (
    Brought,
    PutOff,
    Said,
    arrivals_to_tell,
    finish_once,
    note_seen,
    take_in,
)
from regulars.planning.choices import Arrival, ItemState
from regulars.planning.errors import AlreadySettled
from regulars.planning.models import OfflineTouch, Pause, PlanItem
from regulars.team.models import Member
from tests.factories.conversations import make_touch
from tests.factories.planning import items_of, make_due, plan_today
from tests.factories.team import make_member

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def item(manager: Member, at: datetime) -> PlanItem:
    make_due("Ruth Calloway", manager=manager)
    plan_today()
    return items_of(manager)[0]


def brought(item: PlanItem, at: datetime, **over: Any) -> Brought:
    """A call of half an hour ago, brought by a device whose clock is right."""
    given: dict[str, Any] = {
        "client_id": uuid4(),
        "customer_id": item.customer_id,
        "item_id": item.pk,
        "said": Said(Channel.CALL, Outcome.REACHED, "Comes on Friday."),
        "device_at": at - HOUR / 2,
        "sent_at": at,
        "listed_at": at - HOUR,
    }
    return Brought(**{**given, **over})


def test_it_is_written_down_when_it_happened(item: PlanItem, manager: Member, at: datetime) -> None:
    arrived = take_in(brought(item, at), by=manager.actor, at=at)

    touch = Touch.objects.get()
    item.refresh_from_db()
    assert (touch.said, touch.happened_at, touch.recorded_at, touch.member) == (
        "Comes on Friday.", at - HOUR / 2, at, manager,
    )  # fmt: skip
    assert (arrived.state, arrived.touch, item.state, item.touch) == (
        Arrival.WRITTEN, touch, ItemState.DONE, touch,
    )  # fmt: skip
    assert list(arrivals_to_tell(manager.actor)) == []


def test_what_is_sent_again_is_known_again(item: PlanItem, manager: Member, at: datetime) -> None:
    one = brought(item, at)

    first = take_in(one, by=manager.actor, at=at)
    again = take_in(one, by=manager.actor, at=at + HOUR)

    assert first == again
    assert Touch.objects.count() == 1


def test_an_answer_that_did_not_reach_the_device_is_no_second_touch(
    item: PlanItem, manager: Member, at: datetime
) -> None:
    """The form of the page itself has a number, under which the device keeps it."""
    number = UUID(int=7)
    given = {"outcome": "reached", "line": "", "channel": "call"}
    finish_once(item, number, **given, by=manager.actor, at=at)

    finish_once(item, number, **given, by=manager.actor, at=at)
    take_in(brought(item, at, client_id=number), by=manager.actor, at=at + HOUR)

    assert Touch.objects.count() == 1
    with pytest.raises(NotAllowed):
        finish_once(item, number, **given, by=make_member("owner").actor, at=at)


def test_a_colleague_was_faster_and_both_are_kept(
    item: PlanItem, manager: Member, owner: Member, at: datetime
) -> None:
    theirs = finish_item(item, outcome="reached", by=owner.actor, at=at - HOUR / 4).touch

    arrived = take_in(brought(item, at), by=manager.actor, at=at)

    assert Touch.objects.standing().count() == 2
    assert (arrived.state, arrived.other_touch) == (Arrival.BESIDE, theirs)
    assert list(arrivals_to_tell(manager.actor)) == [arrived]
    assert list(arrivals_to_tell(owner.actor)) == []
    with pytest.raises(NotAllowed):
        note_seen(arrived, by=owner.actor, at=at)
    note_seen(arrived, by=manager.actor, at=at)
    assert list(arrivals_to_tell(manager.actor)) == []


def test_two_who_finish_the_same_card_have_both_reached_them(
    item: PlanItem, manager: Member, owner: Member, at: datetime
) -> None:
    given = {"outcome": "reached", "line": "", "channel": "call"}
    finish_once(item, uuid4(), **given, by=owner.actor, at=at)

    finish_once(item, uuid4(), **given, by=manager.actor, at=at)

    assert [one.member for one in Touch.objects.order_by("pk")] == [owner, manager]
    assert [one.state for one in arrivals_to_tell(manager.actor)] == [Arrival.BESIDE]
    with pytest.raises(AlreadySettled):
        # The same person from another window: that was one call.
        finish_once(item, uuid4(), **given, by=owner.actor, at=at)
    assert Touch.objects.count() == 2


def test_a_mailing_to_many_is_nobody_who_was_faster(
    item: PlanItem, manager: Member, owner: Member, at: datetime
) -> None:
    sent = make_touch(item.customer, at - HOUR / 4, by=owner.actor, channel="email")
    Touch.objects.filter(pk=sent.pk).update(source="message")

    assert take_in(brought(item, at), by=manager.actor, at=at).state == Arrival.WRITTEN


@pytest.mark.parametrize("settled", ["put off", "planned anew", "not on the list"])
def test_it_happened_whatever_became_of_the_list(
    item: PlanItem, manager: Member, at: datetime, settled: str
) -> None:
    one = brought(item, at, item_id=None if settled == "not on the list" else item.pk)
    if settled == "put off":
        put_off_item(item, by=manager.actor, at=at)
    elif settled == "planned anew":
        PlanItem.objects.all().delete()

    arrived = take_in(one, by=manager.actor, at=at)

    assert Touch.objects.get().said == "Comes on Friday."
    assert arrived.state == Arrival.WRITTEN


def test_a_merged_customer_has_it_and_an_erased_one_has_nothing(
    item: PlanItem, manager: Member, owner: Member, at: datetime
) -> None:
    other = make_due("Ruth C.", manager=manager)
    gone = make_due("Zqgiven", manager=manager)
    merge_customers(other, item.customer, by=owner.actor, at=at)
    erase_customer(gone, by=owner.actor, at=at)

    to_survivor = take_in(brought(item, at), by=manager.actor, at=at)
    to_nobody = take_in(
        brought(item, at, customer_id=gone.pk, item_id=None), by=manager.actor, at=at
    )

    assert to_survivor.customer == other
    assert Touch.objects.get().customer == other
    assert (to_nobody.state, to_nobody.customer, to_nobody.touch) == (Arrival.GONE, None, None)
    assert list(arrivals_to_tell(manager.actor)) == [to_nobody]


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [
        (timedelta(0), -HOUR / 2),
        (timedelta(minutes=1), -HOUR / 2 + timedelta(minutes=1)),
        (3 * HOUR, -HOUR / 2),
        (-timedelta(days=400), -HOUR / 2),
    ],
    ids=["right", "nearly right", "three hours ahead", "more than a year behind"],
)
def test_a_clock_that_is_wrong_is_put_right(
    item: PlanItem, manager: Member, at: datetime, ahead: timedelta, expected: timedelta
) -> None:
    one = brought(item, at, device_at=at - HOUR / 2 + ahead, sent_at=at + ahead)

    arrived = take_in(one, by=manager.actor, at=at)

    assert arrived.happened_at == at + expected


def test_the_order_holds_though_the_clock_is_set_back_meanwhile(
    item: PlanItem, manager: Member, at: datetime
) -> None:
    """Never before the list was handed out, never in the future, never before the last one."""
    moments = [at - HOUR / 2, at - 5 * HOUR, at - HOUR / 4, at + HOUR]

    for moment in moments:
        take_in(brought(item, at, device_at=moment), by=manager.actor, at=at)

    happened = list(Touch.objects.order_by("pk").values_list("happened_at", flat=True))
    assert happened == [at - HOUR / 2, at - HOUR / 2, at - HOUR / 4, at]


def test_the_night_the_clocks_go_back_has_its_hour_twice(item: PlanItem, manager: Member) -> None:
    """Half past one is said twice in London on 25 October 2026; devices send the moment itself."""
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    for moment in (first, first + HOUR):
        one = brought(
            item, first, device_at=moment, sent_at=first + 2 * HOUR, listed_at=first - HOUR
        )
        take_in(one, by=manager.actor, at=first + 2 * HOUR)

    happened = Touch.objects.order_by("pk").values_list("happened_at", flat=True)
    assert list(happened) == [first, first + HOUR]


def test_who_may_not_write_is_refused_and_nothing_is_written(
    item: PlanItem, viewer: Member, at: datetime
) -> None:
    stranger = make_member("helper", name="Olga Brandt")

    for actor, no in (
        (viewer.actor, NotAllowed),
        (stranger.actor, NotFound),
        (COMMAND, NotAllowed),
    ):
        with pytest.raises(no):
            take_in(brought(item, at), by=actor, at=at)

    assert (Touch.objects.count(), OfflineTouch.objects.count()) == (0, 0)


def test_a_helper_who_lost_the_customer_meanwhile_still_called_them(
    at: datetime, business: object
) -> None:
    helper = make_member("helper", name="Olga Brandt")
    make_due("Ruth Calloway", manager=helper)
    plan_today()
    [item] = items_of(helper)
    Customer.objects.update(manager=None)

    take_in(brought(item, at), by=helper.actor, at=at)

    assert Touch.objects.get().member == helper


@pytest.mark.parametrize(
    ("put_off", "state", "days"),
    [(PutOff("tomorrow"), ItemState.SNOOZED, 1), (PutOff(line="Is away."), ItemState.NOT_NOW, 30)],
    ids=["later", "not now"],
)
def test_putting_off_arrives_once_and_is_no_touch(
    item: PlanItem, manager: Member, at: datetime, put_off: PutOff, state: ItemState, days: int
) -> None:
    one = brought(item, at, said=put_off)

    arrived = [take_in(one, by=manager.actor, at=at) for _again in range(2)]

    item.refresh_from_db()
    assert arrived[0] == arrived[1]
    assert (arrived[0].state, arrived[0].touch) == (Arrival.WRITTEN, None)
    assert (item.state, item.remark) == (state, put_off.line)
    assert Pause.objects.get().until == item.plan.day + timedelta(days=days)
    assert (Touch.objects.count(), list(arrivals_to_tell(manager.actor))) == (0, [])


def test_putting_off_what_a_colleague_settled_changes_nothing_and_is_told(
    item: PlanItem, manager: Member, owner: Member, at: datetime
) -> None:
    finish_item(item, outcome="reached", by=owner.actor, at=at - HOUR / 4)

    arrived = take_in(brought(item, at, said=PutOff("tomorrow")), by=manager.actor, at=at)

    assert (arrived.state, Pause.objects.exists()) == (Arrival.SETTLED, False)
    assert list(arrivals_to_tell(manager.actor)) == [arrived]


def test_what_was_put_off_by_itself_already_is_nothing_to_tell(
    item: PlanItem, manager: Member, at: datetime
) -> None:
    put_off_item(item, by=manager.actor, at=at)

    arrived = take_in(brought(item, at, said=PutOff(line="Is away.")), by=manager.actor, at=at)

    assert arrived.state == Arrival.WRITTEN


def test_putting_off_holds_on_a_list_that_was_made_anew(
    item: PlanItem, manager: Member, at: datetime
) -> None:
    one = brought(item, at, said=PutOff("three_days"))
    plan_today()
    [new] = items_of(manager)
    assert new.pk != item.pk

    take_in(one, by=manager.actor, at=at)

    new.refresh_from_db()
    assert new.state == ItemState.SNOOZED

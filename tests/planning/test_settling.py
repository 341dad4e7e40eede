"""Acting on an item: done, later, not now, handed over, taken up, and each taken back."""

from datetime import date, datetime, timedelta

import pytest

from regulars.conversations.actions import take_back_touch
from regulars.conversations.choices import Outcome
from regulars.conversations.models import Clock, Touch
from regulars.core.errors import NotAllowed
from regulars.core.models import AuditEntry
from regulars.customers.models import Customer
from regulars.planning.actions import (
    finish_item,
    hand_over_item,
    put_off_item,
    snooze_item,
    take_up_item,
    undo_item,
)
from regulars.planning.choices import Snooze
from regulars.planning.errors import AlreadySettled, CannotHandOver, NothingToUndo
from regulars.planning.models import Pause, PlanItem
from regulars.planning.queries import list_of
from regulars.team.models import Business, Member
from tests.factories.conversations import make_touch
from tests.factories.planning import (
    TODAY,
    items_of,
    make_due,
    names_of,
    plan_of,
    plan_today,
    touched,
)
from tests.factories.team import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(manager: Member) -> PlanItem:
    make_due(manager=manager)
    plan_today()
    return items_of(manager)[0]


def states(member: Member) -> list[str]:
    return list(PlanItem.objects.filter(plan__member=member).values_list("state", flat=True))


def test_finish_logs_the_touch_and_starts_the_clock(
    item: PlanItem, manager: Member, at: datetime
) -> None:
    finish_item(item, outcome=Outcome.REACHED, line="All well.", by=manager.actor, at=at)

    touch = Touch.objects.get()
    assert (touch.customer, touch.channel, touch.purpose, touch.said, touch.happened_at) == (
        item.customer,
        "call",
        "ask",
        "All well.",
        at,
    )
    assert Clock.objects.get().last_touch_at == at
    assert states(manager) == ["done"]
    assert AuditEntry.objects.filter(verb="finished", thing_id=item.pk).count() == 1


def test_finish_by_another_channel(item: PlanItem, manager: Member, at: datetime) -> None:
    finish_item(item, outcome=Outcome.SENT, line="Thanks.", channel="note", by=manager.actor, at=at)

    touch = Touch.objects.get()
    assert (touch.channel, touch.body, touch.said) == ("note", "Thanks.", "")


def test_nobody_answered_is_tried_again_in_three_days(
    item: PlanItem, manager: Member, at: datetime
) -> None:
    finish_item(item, outcome=Outcome.NO_ANSWER, by=manager.actor, at=at)

    assert Clock.objects.count() == 0
    assert Pause.objects.get().until == date(2026, 11, 27)
    plan_today(day=date(2026, 11, 26))
    assert PlanItem.objects.of_day(date(2026, 11, 26)).count() == 0
    plan_today(day=date(2026, 11, 27))
    assert PlanItem.objects.of_day(date(2026, 11, 27)).count() == 1


def test_finishing_twice_is_refused(item: PlanItem, manager: Member, at: datetime) -> None:
    finish_item(item, outcome=Outcome.REACHED, by=manager.actor, at=at)

    with pytest.raises(AlreadySettled):
        finish_item(item, outcome=Outcome.REACHED, by=manager.actor, at=at)

    assert Touch.objects.count() == 1


def test_undo_of_done_restores_clock_state_and_pause(
    item: PlanItem, manager: Member, at: datetime
) -> None:
    before = touched(item.customer, days_ago=100)
    make_touch(item.customer, before.last_touch_at)
    Pause.objects.create(customer=item.customer, until=date(2026, 11, 20), put_off_at=at)
    finish_item(item, outcome=Outcome.NO_ANSWER, by=manager.actor, at=at)
    finished = PlanItem.objects.get()

    undo_item(finished, by=manager.actor, at=at)

    assert states(manager) == ["open"]
    assert Clock.objects.get().last_touch_at == before.last_touch_at
    assert Pause.objects.get().until == date(2026, 11, 20)
    assert PlanItem.objects.get().position == item.position


def test_a_touch_taken_back_elsewhere_opens_the_item_again(
    item: PlanItem, manager: Member, at: datetime
) -> None:
    finish_item(item, outcome=Outcome.REACHED, by=manager.actor, at=at)
    take_back_touch(Touch.objects.get(), by=manager.actor, at=at)

    found = list_of(manager.actor, manager, TODAY)

    assert ([one.item.pk for one in found.open], found.done) == ([item.pk], [])
    finish_item(found.open[0].item, outcome=Outcome.REACHED, by=manager.actor, at=at)
    assert Touch.objects.standing().count() == 1


@pytest.mark.parametrize(
    ("until", "day"),
    [
        (Snooze.TOMORROW, date(2026, 11, 25)),
        (Snooze.THREE_DAYS, date(2026, 11, 27)),
        (Snooze.NEXT_WEEK, date(2026, 11, 30)),
        (Snooze.MONTH, date(2026, 12, 24)),
    ],
)
def test_snooze_comes_back_on_its_day(
    item: PlanItem, manager: Member, at: datetime, until: Snooze, day: date
) -> None:
    snooze_item(item, until=until, by=manager.actor, at=at)

    assert Pause.objects.get().until == day
    plan_today(day=day - timedelta(days=1))
    assert PlanItem.objects.filter(state="open").count() == 0
    plan_today(day=day)
    # Weekends have no minutes, so no list.
    assert PlanItem.objects.of_day(day).count() == (1 if day.weekday() < 5 else 0)


def test_this_afternoon_stays_at_the_end_of_today(manager: Member, at: datetime) -> None:
    for name, stake in (("Ruth Calloway", 900), ("Samuel Birch", 800)):
        make_due(name, manager=manager, stake=stake)
    plan_today()
    snooze_item(items_of(manager)[0], until=Snooze.AFTERNOON, by=manager.actor, at=at)

    found = list_of(manager.actor, manager, TODAY)

    assert [one.item.customer.name for one in found.open] == ["Samuel Birch", "Ruth Calloway"]
    assert Pause.objects.count() == 0
    finish_item(found.open[1].item, outcome=Outcome.REACHED, by=manager.actor, at=at)
    assert Touch.objects.count() == 1


def test_not_now_lasts_thirty_days_and_is_taken_back(
    item: PlanItem, manager: Member, at: datetime
) -> None:
    put_off_item(item, remark="On holiday.", by=manager.actor, at=at)
    settled = PlanItem.objects.get()
    assert (settled.state, settled.until, settled.remark) == (
        "not_now",
        date(2026, 12, 24),
        "On holiday.",
    )

    undo_item(settled, by=manager.actor, at=at)

    assert (states(manager), Pause.objects.count()) == (["open"], 0)


def test_hand_over_for_today_leaves_the_manager(
    item: PlanItem, manager: Member, owner: Member, at: datetime
) -> None:
    hand_over_item(item, to=owner, for_good=False, by=manager.actor, at=at)

    assert (states(manager), names_of(owner)) == (["handed_over"], ["Ruth Calloway"])
    assert items_of(owner)[0].handed_by == manager
    assert Customer.objects.get().manager == manager
    plan_today()
    assert (states(manager), names_of(owner)) == (["handed_over"], ["Ruth Calloway"])


def test_hand_over_for_good_changes_the_manager_and_undo_gives_back(
    item: PlanItem, manager: Member, owner: Member, at: datetime
) -> None:
    hand_over_item(item, to=owner, for_good=True, by=manager.actor, at=at)
    assert Customer.objects.get().manager == owner

    undo_item(PlanItem.objects.get(state="handed_over"), by=manager.actor, at=at)

    assert Customer.objects.get().manager == manager
    assert (states(manager), states(owner)) == (["open"], [])


def test_a_hand_over_that_was_acted_on_stands(
    item: PlanItem, manager: Member, owner: Member, at: datetime
) -> None:
    hand_over_item(item, to=owner, for_good=False, by=manager.actor, at=at)
    finish_item(items_of(owner)[0], outcome=Outcome.REACHED, by=owner.actor, at=at)

    with pytest.raises(AlreadySettled):
        undo_item(PlanItem.objects.get(state="handed_over"), by=manager.actor, at=at)

    assert (states(manager), states(owner)) == (["handed_over"], ["done"])


def test_hand_over_is_refused_to_those_who_cannot(
    item: PlanItem, manager: Member, helper: Member, viewer: Member, at: datetime
) -> None:
    for to in (viewer, manager, helper):
        with pytest.raises(CannotHandOver):
            hand_over_item(item, to=to, for_good=False, by=manager.actor, at=at)

    assert states(manager) == ["open"]
    hand_over_item(item, to=helper, for_good=True, by=manager.actor, at=at)
    assert names_of(helper) == ["Ruth Calloway"]


def test_a_helper_hands_over_for_today_only(owner: Member, helper: Member, at: datetime) -> None:
    make_due(manager=helper)
    plan_today()
    [item] = items_of(helper)

    with pytest.raises(NotAllowed):
        hand_over_item(item, to=owner, for_good=True, by=helper.actor, at=at)
    hand_over_item(item, to=owner, for_good=False, by=helper.actor, at=at)

    assert names_of(owner) == ["Ruth Calloway"]


def test_take_up_brings_what_waits_into_the_day_and_back(business: Business, at: datetime) -> None:
    member = make_member("manager", minutes=6)
    make_due("Ruth Calloway", manager=member, stake=900)
    make_due("Samuel Birch", manager=member, stake=100)
    plan_today()
    [waiting] = items_of(member, "waiting")

    take_up_item(waiting, by=member.actor, at=at)
    assert names_of(member) == ["Ruth Calloway", "Samuel Birch"]
    plan_today()
    # Taken up stands; the minutes are spent, so the other one now waits.
    assert names_of(member) == ["Samuel Birch"]

    undo_item(PlanItem.objects.get(pk=waiting.pk), by=member.actor, at=at)
    assert "Samuel Birch" in names_of(member, "waiting")


def test_there_is_nothing_to_undo_at_first(item: PlanItem, manager: Member, at: datetime) -> None:
    with pytest.raises(NothingToUndo):
        undo_item(item, by=manager.actor, at=at)


def test_only_ones_own_list_but_the_owner_all(
    item: PlanItem, owner: Member, viewer: Member, at: datetime
) -> None:
    other = make_member("manager", name="Olga Brandt")
    for actor in (other.actor, viewer.actor):
        with pytest.raises(NotAllowed):
            finish_item(item, outcome=Outcome.REACHED, by=actor, at=at)

    finish_item(item, outcome=Outcome.REACHED, by=owner.actor, at=at)

    assert Touch.objects.get().member == owner


def test_a_plan_is_made_for_a_colleague_who_had_none(
    manager: Member, business: Business, at: datetime
) -> None:
    make_due(manager=manager)
    plan_today()
    newcomer = make_member("manager", name="Olga Brandt", minutes=45)

    hand_over_item(items_of(manager)[0], to=newcomer, for_good=False, by=manager.actor, at=at)

    assert plan_of(newcomer).minutes == 45

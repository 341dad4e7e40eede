"""How often a reason helped: who was reached, who was not, and who came within 30 days."""

from datetime import date, datetime, timedelta

import pytest

from regulars.conversations.choices import Direction
from regulars.planning.helping import ENOUGH, helped_words, keep_how_often
from regulars.planning.kept import ReasonRecord
from regulars.planning.models import Plan, PlanItem
from regulars.team.models import Member
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer
from tests.factories.orders import make_order
from tests.factories.planning import MORNING, TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
LISTED = date(2026, 10, 20)
THAT_DAY = datetime.combine(LISTED, MORNING.timetz())


def on_the_list(manager: Member, name: str, *, reached: bool, day: date = LISTED) -> PlanItem:
    plan, _made = Plan.objects.get_or_create(
        member=manager, day=day, defaults={"minutes": 60, "made_at": MORNING}
    )
    customer = make_customer(name, manager=manager)
    touch = make_touch(customer, THAT_DAY) if reached else None
    return PlanItem.objects.create(
        plan=plan, customer=customer, position=1, channel="call", purpose="serve", minutes=6,
        reason="cadence_due", due_on=day, touch=touch, state="done" if reached else "open",
    )  # fmt: skip


def test_who_came_is_counted_on_both_sides(manager: Member) -> None:
    bought = on_the_list(manager, "Bought", reached=True)
    make_order(bought.customer, LISTED + timedelta(days=30))
    too_late = on_the_list(manager, "Too late", reached=True)
    make_order(too_late.customer, LISTED + timedelta(days=31))
    wrote = on_the_list(manager, "Wrote", reached=False)
    make_touch(wrote.customer, THAT_DAY + timedelta(days=3), direction=Direction.IN)
    on_the_list(manager, "Silent", reached=False)
    on_the_list(manager, "Too fresh", reached=True, day=TODAY - timedelta(days=30))

    keep_how_often(TODAY)
    keep_how_often(TODAY)

    one = ReasonRecord.objects.get()
    assert (one.reason, one.reached_count, one.came_count, one.left_count, one.left_came_count) == (
        "cadence_due", 2, 1, 2, 1,
    )  # fmt: skip
    assert helped_words(one).words == "Too few to tell: 2 reached, 2 not."


def test_a_share_is_told_with_the_other_beside_it_once_there_are_enough() -> None:
    one = ReasonRecord(
        reached_count=40, came_count=22, left_count=ENOUGH, left_came_count=9, reason="x"
    )

    assert helped_words(one).words == (
        "Of 40 reached, 22 bought or answered within 30 days; of 20 not reached, 9."
    )
    one.left_count = ENOUGH - 1
    assert not helped_words(one).is_enough
    assert helped_words(None).words == "Not on a list yet that is 30 days old."

"""By when each customer should hear from us: everybody has a day, and the list can ask for it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from regulars.consent.models import Wish
from regulars.conversations.models import Clock
from regulars.core.actor import COMMAND
from regulars.core.events import deliver_events
from regulars.core.models import Job
from regulars.customers.models import Customer
from regulars.planning.agreeing import Whose, agree_on, leave_alone
from regulars.planning.coming import due_days, keep_due_days
from regulars.planning.kept import NextContact
from regulars.planning.models import Cadence, PlanItem
from regulars.planning.terms import EVERYBODY
from regulars.team.models import Business, Closure, Member
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer
from tests.factories.planning import MORNING, TODAY, first_touch, make_facts, plan_today, touched

pytestmark = pytest.mark.django_db
PHONE = "020 7946 0991"


def due_of(customer: Customer, business: Business) -> date:
    return due_days([customer.pk], business, TODAY)[customer.pk]


def regular(days_ago: int, *, tier: str = "core", manager: Member | None = None) -> Customer:
    customer = make_customer(f"{days_ago} days ago", manager=manager, phone=PHONE)
    make_facts(customer, tier=tier)
    touched(customer, days_ago=days_ago)
    return customer


def test_everybody_has_a_day(business: Business) -> None:
    ours = regular(4)
    new = make_customer("New")
    by_first = make_customer("By first touch")
    first_touch(by_first, date(2026, 12, 2))
    Customer.objects.filter(pk=new.pk).update(created_at=datetime(2026, 11, 19, 9, tzinfo=UTC))

    keep_due_days(EVERYBODY, business, TODAY)

    # Touched on 20 November, at least every 30 days; that is a Sunday.
    kept = dict(NextContact.objects.values_list("customer", "due_on"))
    assert kept == {
        ours.pk: date(2026, 12, 21), new.pk: date(2026, 11, 19), by_first.pk: date(2026, 12, 2),
    }  # fmt: skip


def test_what_is_due_first_counts_and_nobody_hears_more_often_than_was_said(
    business: Business,
) -> None:
    ruth = regular(10)
    Clock.objects.update(last_personal_at=datetime(2026, 11, 4, 10, tzinfo=UTC))
    seen = [due_of(ruth, business)]
    Cadence.objects.create(customer=ruth, worth="personal", at_least_every_days=21)
    seen.append(due_of(ruth, business))
    Wish.objects.create(customer=ruth, every_days=24, changed_at=MORNING)
    seen.append(due_of(ruth, business))
    leave_alone(ruth, until=date(2027, 1, 11), today=TODAY, by=COMMAND, at=MORNING)
    seen.append(due_of(ruth, business))

    assert seen == [
        date(2026, 12, 14), date(2026, 11, 25), date(2026, 12, 8), date(2027, 1, 11),
    ]  # fmt: skip
    assert NextContact.objects.get().due_on == date(2027, 1, 11)


def test_a_closed_day_moves_it_to_the_next_open_one(business: Business) -> None:
    ruth = regular(10)
    Closure.objects.create(
        business=business, starts_on=date(2026, 12, 14), ends_on=date(2027, 1, 1)
    )

    # 2 January 2027 is a Saturday.
    assert due_of(ruth, business) == date(2027, 1, 4)


@pytest.mark.parametrize(
    ("touched_at", "due_on"),
    [
        (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), date(2026, 4, 27)),
        (datetime(2026, 3, 29, 22, 59, tzinfo=UTC), date(2026, 4, 28)),
        (datetime(2026, 3, 29, 23, 0, tzinfo=UTC), date(2026, 4, 29)),
        (datetime(2026, 10, 24, 23, 30, tzinfo=UTC), date(2026, 11, 24)),
        (datetime(2026, 10, 25, 23, 59, tzinfo=UTC), date(2026, 11, 24)),
        (datetime(2026, 10, 26, 0, 0, tzinfo=UTC), date(2026, 11, 25)),
    ],
    ids=["before summer", "summer", "after midnight", "before winter", "winter", "next day"],
)
def test_days_are_those_of_the_business_across_the_change_of_the_clock(
    business: Business, touched_at: datetime, due_on: date
) -> None:
    business.live_since = date(2026, 3, 1)
    ruth = regular(10)
    Clock.objects.update(last_touch_at=touched_at)

    assert due_days([ruth.pk], business, TODAY) == {ruth.pk: due_on}


def test_the_plan_and_the_list_say_the_same(business: Business, manager: Member) -> None:
    Cadence.objects.create(tier="core", at_least_every_days=9, at_most_every_days=4)
    Cadence.objects.create(tier="core", worth="personal", at_least_every_days=12)
    for days_ago in range(1, 16):
        customer = regular(days_ago, manager=manager)
        spoken = datetime(2026, 11, 24, 10, tzinfo=UTC) - timedelta(days=2 * days_ago)
        Clock.objects.filter(customer=customer).update(last_personal_at=spoken)

    plan_today()
    keep_due_days(EVERYBODY, business, TODAY)

    listed = set(PlanItem.objects.values_list("customer__name", flat=True))
    due = NextContact.objects.filter(due_on__lte=TODAY).values_list("customer__name", flat=True)
    assert listed == set(due)
    assert 0 < len(listed) < 15


def test_a_touch_and_a_cadence_move_it_at_once_those_of_many_in_the_background(
    business: Business, owner: Member, at: datetime
) -> None:
    ruth = regular(20)
    make_touch(ruth, at - timedelta(hours=1))
    deliver_events(at=at)
    after_touch = NextContact.objects.get().due_on
    agree_on(Whose(customer_id=ruth.pk), at_least=7, at_most=None, by=owner.actor, at=at)

    assert after_touch == date(2026, 12, 24)
    assert NextContact.objects.get().due_on == date(2026, 12, 1)
    for days in (40, 50):
        agree_on(Whose(tier="core"), at_least=days, at_most=None, by=owner.actor, at=at)
    assert Job.objects.filter(name="planning.next_contacts").count() == 1

"""Reasons of a day: for whom, for how long, and what they say."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from regulars.consent.choices import Channel
from regulars.conversations.choices import Direction, Outcome
from regulars.core.reasons import ReasonDay
from regulars.customers.choices import CustomKind, PointState
from regulars.customers.models import Customer, CustomField, CustomValue
from regulars.planning.occasions import anniversaries, failing_details
from regulars.team.models import Business, Member
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer, make_point
from tests.factories.planning import MORNING, TODAY, items_of, make_facts, plan_today, touched

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
PHONE = "020 7946 0991"


def regular(manager: Member, name: str = "Ruth Calloway", days_ago: int = 10) -> Customer:
    customer = make_customer(name, manager=manager, phone=PHONE)
    make_facts(customer, tier="core")
    touched(customer, days_ago=days_ago)
    return customer


def told(manager: Member) -> list[tuple[str, str, str]]:
    return [(one.customer.name, one.reason, one.sentence) for one in items_of(manager)]


def test_a_customer_for_years_is_thanked_on_the_day_and_just_after(manager: Member) -> None:
    for name, since in (
        ("Today", date(2019, 11, 24)), ("Sunday", date(2020, 11, 22)),
        ("Long gone", date(2020, 11, 21)), ("This year", TODAY), ("Tomorrow", date(2020, 11, 25)),
    ):  # fmt: skip
        regular(manager, name)
        Customer.objects.filter(name=name).update(since_on=since)
    regular(manager, "Spoken with", days_ago=3)
    Customer.objects.filter(name="Spoken with").update(since_on=date(2019, 11, 24))

    plan_today()

    assert sorted(told(manager)) == [
        ("Sunday", "anniversary",
         "Has been a customer since 22 November 2020: that day has come round again."),
        ("Today", "anniversary",
         "Has been a customer since 24 November 2019: that day has come round again."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "is_told"),
    [(date(2028, 2, 29), True), (date(2027, 3, 1), True), (date(2027, 2, 28), False)],
    ids=["on the day", "no such day this year", "the day before"],
)
def test_what_began_on_29_february_comes_round_in_every_year(
    business: Business, day: date, is_told: bool
) -> None:
    make_customer(since_on=date(2024, 2, 29))

    found = anniversaries(ReasonDay(day, ZoneInfo(business.time_zone)))

    assert bool(found) is is_told


def test_a_birthday_is_told_of_whoever_gave_it_without_their_age(manager: Member) -> None:
    field = CustomField.objects.create(
        key="birthday", label="Birthday", kind=CustomKind.DAY, created_at=MORNING
    )
    other = CustomField.objects.create(
        key="visited", label="Visited", kind=CustomKind.DAY, created_at=MORNING
    )
    ruth, samuel = regular(manager), regular(manager, "Samuel Birch")
    CustomValue.objects.create(customer=ruth, field=field, day=date(1970, 11, 24))
    CustomValue.objects.create(customer=samuel, field=other, day=date(1970, 11, 24))

    plan_today()

    assert told(manager) == [("Ruth Calloway", "birthday", "Has a birthday on 24 November.")]
    assert "Do not speak of their age." in [line.text for line in items_of(manager)[0].lines]


def test_whoever_wrote_waits_until_somebody_answers(manager: Member) -> None:
    ruth, samuel, visitor = (make_customer(n, manager=manager, phone=PHONE) for n in "RSV")
    wrote = MORNING - timedelta(days=2)
    make_touch(ruth, wrote, channel=Channel.EMAIL, direction=Direction.IN, said="When?")
    make_touch(samuel, wrote, channel=Channel.EMAIL, direction=Direction.IN)
    make_touch(samuel, wrote + timedelta(hours=1), channel=Channel.CALL)
    make_touch(visitor, wrote, channel=Channel.VISIT, direction=Direction.IN)

    plan_today()
    waiting = told(manager)
    make_touch(ruth, wrote + timedelta(hours=2), outcome=Outcome.NO_ANSWER)
    plan_today()
    still = [name for name, _reason, _sentence in told(manager)]
    lines = [line.text for line in items_of(manager)[0].lines]

    assert waiting == [
        ("R", "answer_waiting", "Wrote to us on 22 November 2026, and nobody has answered yet.")
    ]
    assert (still, lines[0]) == (["R"], "They said: “When?”")


def test_a_way_that_failed_is_told_while_no_other_of_its_kind_works(manager: Member) -> None:
    found_at = datetime(2026, 11, 20, 9, tzinfo=UTC)
    for name in ("Bounced", "Has another"):
        one = regular(manager, name)
        make_point(
            one, "email", f"{name[0]}@old.example", state=PointState.BOUNCED, state_at=found_at
        )
    make_point(Customer.objects.get(name="Has another"), "email", "h@new.example")
    since = regular(manager, "Spoken with since", days_ago=2)
    make_point(since, "email", "s@old.example", state=PointState.STALE, state_at=found_at)

    plan_today()

    assert told(manager) == [
        ("Bounced", "details_stale", "The e-mail address that we have no longer works.")
    ]


@pytest.mark.only_on("sqlite")
def test_what_failed_is_found_without_a_look_at_what_works(business: Business) -> None:
    asked = ReasonDay(TODAY, ZoneInfo(business.time_zone))

    assert "INDEX customers_points_failed" in failing_details(asked).explain()

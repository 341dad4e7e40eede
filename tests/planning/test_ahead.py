"""The week ahead: how many come due on which day, whether they fit, and who could take some."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.core.actor import COMMAND, SYSTEM
from regulars.core.errors import NotAllowed
from regulars.customers.models import Assignment, Customer
from regulars.planning.ahead import week_ahead
from regulars.planning.errors import CannotHandOver
from regulars.planning.handing import even_out
from regulars.planning.models import NextContact
from regulars.team.models import Business, Member, WorkingMinutes
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer
from tests.factories.planning import MORNING, TODAY, make_facts
from tests.factories.team import make_member

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Member], Client]


def due(day: date, manager: Member | None = None, *, tier: str = "active") -> Customer:
    customer = make_customer(f"Due {day}", manager=manager)
    make_facts(customer, tier=tier)
    NextContact.objects.create(customer=customer, due_on=day)
    return customer


def minutes(member: Member, count: int) -> None:
    WorkingMinutes.objects.filter(member=member).delete()
    WorkingMinutes.objects.bulk_create(
        WorkingMinutes(member=member, weekday=weekday, minutes=count) for weekday in range(5)
    )


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)


def test_each_day_says_how_many_come_due_and_carries_over_what_does_not_fit(
    business: Business, owner: Member, manager: Member
) -> None:
    """Today is a Tuesday; on Saturday nobody works."""
    minutes(manager, 10)
    for day in (in_days(-40), TODAY, in_days(1), in_days(4), in_days(7)):
        due(day, manager)
    due(in_days(2))
    archived = due(TODAY, manager)
    Customer.objects.filter(pk=archived.pk).update(archived_at=MORNING)

    week = week_ahead(COMMAND, business, TODAY)

    (theirs,) = [one for one in week.members if one.member == manager]
    assert [(one.count, one.needed, one.minutes) for one in theirs.days[:5]] == [
        (2, 12, 10), (1, 8, 10), (0, 0, 10), (0, 0, 10), (1, 6, 0),
    ]  # fmt: skip
    assert [one.is_short for one in theirs.days] == [True, *[False] * 3, *[True] * 2, False]
    assert (theirs.count, theirs.needed, theirs.minutes) == (4, 24, 50)
    # Whom nobody looks after is the owner's.
    assert [one.count for one in week.members if one.member == owner] == [1]
    assert [count for _day, count in week.counts] == [2, 1, 1, 0, 1, 0, 0]


def test_whoever_has_room_is_offered_what_another_cannot_do(
    business: Business, owner: Member, manager: Member
) -> None:
    minutes(manager, 6)
    minutes(owner, 6)
    for _nth in range(9):
        due(TODAY, manager)
    due(TODAY, owner)

    (move,) = week_ahead(COMMAND, business, TODAY).moves

    # Five of nine fit into thirty minutes; the owner has twenty-four left.
    assert (move.giver, move.taker, move.count, move.minutes) == (manager, owner, 4, 24)


def test_nobody_is_offered_anything_where_all_have_too_much_or_room(
    business: Business, owner: Member, manager: Member
) -> None:
    minutes(manager, 6)
    minutes(owner, 6)
    due(TODAY, manager)

    assert week_ahead(COMMAND, business, TODAY).moves == []

    for one in (*[manager] * 9, *[owner] * 9):
        due(TODAY, one)
    assert week_ahead(COMMAND, business, TODAY).moves == []


def test_those_known_least_are_given_never_the_core(owner: Member, manager: Member) -> None:
    due(TODAY, manager, tier="core")
    known, known_less, later = due(TODAY, manager), due(TODAY, manager), due(in_days(9), manager)
    make_touch(known, MORNING - timedelta(days=3))
    make_touch(known_less, MORNING - timedelta(days=300))

    made = even_out(manager, owner, count=1, until=in_days(6), by=owner.actor, at=MORNING)
    theirs = set(Customer.objects.looked_after_by(owner.pk))
    rest = even_out(manager, owner, count=9, until=in_days(6), by=owner.actor, at=MORNING)

    assert (made.count, theirs, rest.count) == (1, {known_less}, 1)
    later.refresh_from_db()
    assert later.manager == manager
    with pytest.raises(CannotHandOver):
        even_out(manager, owner, count=9, until=in_days(6), by=owner.actor, at=MORNING)


def test_a_helper_moves_nobody_and_a_viewer_takes_nobody(
    owner: Member, manager: Member, helper: Member
) -> None:
    due(TODAY, manager)
    viewer = make_member("viewer")

    with pytest.raises(NotAllowed):
        even_out(manager, owner, count=1, until=TODAY, by=helper.actor, at=MORNING)
    with pytest.raises(CannotHandOver):
        even_out(manager, viewer, count=1, until=TODAY, by=SYSTEM, at=MORNING)


def test_the_page_moves_with_one_button_and_back(
    client_of: ClientOf, business: Business, owner: Member, manager: Member, at: object
) -> None:
    minutes(manager, 0)
    minutes(owner, 60)
    for _nth in range(3):
        due(TODAY, manager)
    client = client_of(owner)

    page = client.get("/plan/week").content.decode()
    said = {"giver": manager.pk, "taker": owner.pk, "count": 3}
    moved = client.post("/plan/week/move", said, follow=True)
    (message,) = moved.context["messages"]
    client.post(message.extra_tags)

    assert "has room for 3 (18 minutes)" in page
    assert "looks after 3 more customers from now on" in str(message)
    assert Assignment.objects.get().undone_at is not None
    assert Customer.objects.looked_after_by(manager.pk).count() == 3


@pytest.mark.parametrize("said", [{"count": "x"}, {"giver": "0"}, {"taker": ""}], ids=str)
def test_a_move_of_nobody_is_refused(
    client_of: ClientOf, owner: Member, said: dict[str, str]
) -> None:
    told = {"giver": owner.pk, "taker": owner.pk, "count": 1, **said}

    assert client_of(owner).post("/plan/week/move", told).status_code == 404


def test_a_helper_sees_their_own_week_alone(
    client_of: ClientOf, owner: Member, helper: Member, manager: Member
) -> None:
    due(TODAY, manager)
    due(TODAY, helper)

    page = client_of(helper).get("/plan/week").content.decode()

    assert helper.name in page
    assert '<a href="/" aria-current="page"' in page
    assert manager.name not in page
    assert "1 customer comes due by the end of the week" in page
    assert client_of(helper).get("/plan/team").status_code == 403


def test_more_customers_take_no_more_queries(business: Business, manager: Member) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            week_ahead(COMMAND, business, TODAY)
        return len(found)

    due(TODAY, manager)
    with_one = queries()
    for nth in range(3):
        due(in_days(nth), manager)

    assert queries() == with_one

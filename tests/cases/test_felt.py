"""How long customers waited, by the clock on their wall."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.cases.actions import answer_case, resolve_case
from regulars.cases.felt import EVERYBODY, Felt, felt_since
from regulars.core import clock
from regulars.core.actor import SYSTEM
from regulars.insight.choices import Tier
from regulars.team.models import Member
from tests.factories.cases import make_case
from tests.factories.customers import make_customer
from tests.factories.planning import make_facts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
ClientOf = Callable[[Member], Client]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def complain(since: datetime, answered: timedelta | None, tier: Tier = Tier.ACTIVE) -> None:
    customer = make_customer(f"Somebody {since}")
    make_facts(customer, tier=tier)
    case = make_case(since, customer=customer)
    if answered is not None:
        answer_case(case, words="We look into it", by=SYSTEM, at=since + answered)
        resolve_case(case, words="A new loaf", by=SYSTEM, at=since + 2 * answered)


def test_nights_count_and_whoever_still_waits_has_waited_until_now(
    owner: Member, at: datetime
) -> None:
    since = at - 30 * DAY
    for hours in range(1, 10):
        complain(since, hours * HOUR)
    complain(at - 3 * DAY, None, Tier.CORE)
    complain(at - 400 * DAY, 90 * DAY)

    felt = felt_since(owner.actor, at - 365 * DAY, at)

    # At ten in the morning on a Tuesday: four hours of opening are over within the day.
    active = Felt(9, 0, felt["active"].in_time, 5 * HOUR, 9 * HOUR, 10 * HOUR, 18 * HOUR)
    assert felt["active"] == active
    assert felt["core"] == Felt(1, 1, 0, 3 * DAY, 3 * DAY, 3 * DAY, 3 * DAY)
    everybody = felt[EVERYBODY]
    assert (everybody.count, everybody.waiting) == (10, 1)
    assert (everybody.half_heard, everybody.nine_heard) == (5 * HOUR, 9 * HOUR)
    assert (everybody.half_right, everybody.nine_right) == (10 * HOUR, 18 * HOUR)


def test_in_time_is_by_our_clock_and_the_wait_by_theirs(owner: Member, at: datetime) -> None:
    # Said on a Friday evening, answered on Monday as we open: in time for us, a weekend for them.
    friday = datetime(2026, 11, 20, 22, tzinfo=at.tzinfo)
    complain(friday, 59 * HOUR)

    felt = felt_since(owner.actor, at - 365 * DAY, at)["active"]

    assert (felt.count, felt.in_time, felt.half_heard) == (1, 1, 59 * HOUR)


def test_the_pages_say_it_with_as_many_questions_for_three_as_for_one(
    client_of: ClientOf, owner: Member, helper: Member, at: datetime
) -> None:
    here, asked, home, terms = client_of(owner), [], "", ""
    here.get("/cases/")
    for _more in range(2):
        complain(at - 9 * DAY, 50 * HOUR)
        complain(at - 5 * DAY, 3 * HOUR, Tier.CORE)
        with clock.stopped_at(at), CaptureQueriesContext(connection) as found:
            home = here.get("/cases/").content.decode()
            terms = here.get("/cases/terms").content.decode()
        asked.append(len(found))

    assert "half heard from us within 3 hours, nine of ten within 2 days" in home
    assert "How long they waited, as they felt it" in terms
    assert asked[0] == asked[1]
    # Of whom a helper does not look after, nothing is counted.
    assert "as they felt it" not in client_of(helper).get("/cases/terms").content.decode()

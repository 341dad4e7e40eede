"""A mailing that arrives at an hour of where each customer lives."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest

from regulars.consent.models import Wish
from regulars.core.errors import NotAllowed
from regulars.messaging import expanding
from regulars.messaging.actions.mailings import approve_mailing, send_by_their_clock
from regulars.messaging.errors import MailingNotOpen
from regulars.messaging.models import Mailing, Message
from regulars.team.models import Member
from tests.messaging.actions.test_mailings import approved, crowd, written
from tests.messaging.audience import these

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _audience() -> Iterator[None]:
    with these():
        yield


# Ten o'clock on the first of December, and when that is where each of them lives.
TEN, FIRST = time(10), date(2026, 12, 1)
ANYWHERE = datetime.combine(FIRST, TEN, timezone(timedelta(hours=14)))
ZONES = {"Asia/Tokyo": 1, "": 10, "America/New_York": 15, "Pacific/Honolulu": 20}


def by_their_clock(owner: Member, at: datetime, *, hours: int = 72) -> Mailing:
    for guest, zone in zip(crowd(len(ZONES)), ZONES, strict=True):
        if zone:
            Wish.objects.create(customer=guest, time_zone=zone, changed_at=at)
    mailing = written(owner, at)
    Mailing.objects.update(not_before=ANYWHERE)
    mailing = send_by_their_clock(
        mailing, day=FIRST, hour=TEN, good_for_hours=hours, by=owner.actor, at=at
    )
    return approve_mailing(mailing, seen_count=len(ZONES), by=owner.actor, at=at)


def moments() -> list[datetime]:
    return list(Message.objects.order_by("customer_id").values_list("not_before", flat=True))


@pytest.mark.usefixtures("business")
def test_by_their_clock_each_gets_it_at_that_hour_of_where_they_live(
    owner: Member, at: datetime
) -> None:
    mailing = by_their_clock(owner, at)

    expanding.expand(mailing, at=at)

    assert mailing.not_before == datetime(2026, 11, 30, 20, tzinfo=UTC)
    assert moments() == [datetime(2026, 12, 1, hour, tzinfo=UTC) for hour in ZONES.values()]
    [expires] = set(Message.objects.values_list("expires_at", flat=True))
    assert expires == mailing.not_before + timedelta(hours=72)


@pytest.mark.usefixtures("business")
def test_approved_after_that_hour_it_comes_at_the_next(owner: Member) -> None:
    late = datetime(2026, 12, 1, 12, tzinfo=UTC)

    expanding.expand(by_their_clock(owner, late), at=late)

    days = (2, 2, 1, 1)
    assert moments() == [
        datetime(2026, 12, day, hour, tzinfo=UTC)
        for day, hour in zip(days, ZONES.values(), strict=True)
    ]


@pytest.mark.usefixtures("business")
def test_whose_hour_comes_when_it_is_over_gets_it_as_soon_as_it_may_leave(
    owner: Member, at: datetime
) -> None:
    mailing = by_their_clock(owner, at, hours=10)

    expanding.expand(mailing, at=at)

    tokyo = datetime(2026, 12, 1, 1, tzinfo=UTC)
    assert moments() == [tokyo, *[mailing.not_before] * 3]


def test_only_a_draft_is_given_another_hour(owner: Member, helper: Member, at: datetime) -> None:
    crowd(3)
    draft, going = written(owner, at), approved(owner, at)

    for mailing, by, no in ((going, owner, MailingNotOpen), (draft, helper, NotAllowed)):
        with pytest.raises(no):
            send_by_their_clock(mailing, day=FIRST, hour=TEN, good_for_hours=24, by=by.actor, at=at)

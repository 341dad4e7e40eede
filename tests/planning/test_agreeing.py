"""Saying how often somebody should hear from us, how long not at all, and taking it back."""

from datetime import date, datetime
from typing import Any

import pytest

from regulars.core.errors import NotAllowed
from regulars.core.models import AuditEntry
from regulars.planning.agreeing import (
    Whose,
    agree_on,
    end_cadence,
    leave_alone,
    put_cadence_back,
    put_pause_back,
)
from regulars.planning.errors import CadenceGone, CadenceOutOfRange
from regulars.planning.models import Cadence, Pause
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.planning import TODAY
from tests.factories.team import make_member

pytestmark = pytest.mark.django_db
NO_DAYS: dict[str, Any] = {"at_least": None, "at_most": None}


def kept() -> list[tuple[Any, ...]]:
    rows = Cadence.objects.order_by("pk").values_list(
        "tier", "customer", "worth", "at_least_every_days", "at_most_every_days"
    )
    return list(rows)


def test_two_rules_of_one_tier_stand_side_by_side(owner: Member, at: datetime) -> None:
    agree_on(Whose(tier="core"), at_least=30, at_most=7, by=owner.actor, at=at)
    personal = Whose(tier="core", worth="personal")
    agree_on(personal, at_least=60, at_most=None, by=owner.actor, at=at)
    agree_on(personal, at_least=50, at_most=None, by=owner.actor, at=at)

    assert kept() == [("core", None, "any", 30, 7), ("core", None, "personal", 50, None)]
    assert AuditEntry.objects.filter(verb="set cadences").count() == 3


def test_what_was_agreed_is_put_back_as_it_stood(owner: Member, at: datetime) -> None:
    ruth = Whose(customer_id=make_customer().pk)
    first = agree_on(ruth, at_least=30, at_most=7, by=owner.actor, at=at)
    second = agree_on(ruth, at_least=90, at_most=None, by=owner.actor, at=at)
    ended = end_cadence(ruth, by=owner.actor, at=at)

    seen = [kept()]
    for before in (ended, second, first):
        put_cadence_back(before, by=owner.actor, at=at)
        seen.append(kept())

    pk = ruth.customer_id
    assert seen == [[], [("", pk, "any", 90, None)], [("", pk, "any", 30, 7)], []]


@pytest.mark.parametrize(
    "days",
    [{"at_least": 0}, {"at_least": 3651}, {"at_most": 0}, {"at_least": 7, "at_most": 8}, {}],
    ids=["every 0 days", "over ten years", "never more than 0", "both", "nothing"],
)
def test_what_cannot_be_kept_is_refused(owner: Member, at: datetime, days: dict[str, int]) -> None:
    with pytest.raises(CadenceOutOfRange):
        agree_on(Whose(tier="core"), **{**NO_DAYS, **days}, by=owner.actor, at=at)

    assert kept() == []


def test_only_an_owner_sets_those_of_many_and_a_viewer_none(manager: Member, at: datetime) -> None:
    ruth, viewer = make_customer(), make_member("viewer")

    with pytest.raises(NotAllowed):
        agree_on(Whose(tier="core"), at_least=7, at_most=None, by=manager.actor, at=at)
    with pytest.raises(NotAllowed):
        agree_on(Whose(customer_id=ruth.pk), at_least=7, at_most=None, by=viewer.actor, at=at)
    with pytest.raises(NotAllowed):
        leave_alone(ruth, until=date(2026, 12, 1), today=TODAY, by=viewer.actor, at=at)

    agree_on(Whose(customer_id=ruth.pk), at_least=7, at_most=None, by=manager.actor, at=at)
    assert kept() == [("", ruth.pk, "any", 7, None)]


def test_a_segment_that_is_gone_gets_no_cadence(owner: Member, at: datetime) -> None:
    with pytest.raises(CadenceGone):
        agree_on(Whose(segment_id=7), at_least=7, at_most=None, by=owner.actor, at=at)


def test_somebody_left_alone_is_so_until_a_day_with_why_and_back(
    manager: Member, at: datetime
) -> None:
    ruth = make_customer()
    until = date(2027, 1, 11)

    before = leave_alone(
        ruth, until=until, why=" Abroad. ", today=TODAY, by=manager.actor, at=at
    )  # fmt: skip
    stood = leave_alone(ruth, until=None, today=TODAY, by=manager.actor, at=at)
    is_gone = not Pause.objects.exists()
    put_pause_back(ruth, stood, by=manager.actor, at=at)

    assert (before, is_gone) == (None, True)
    pause = Pause.objects.get()
    assert (pause.until, pause.why, pause.put_off_by, pause.put_off_at) == (
        until, "Abroad.", manager, at,
    )  # fmt: skip
    put_pause_back(ruth, before, by=manager.actor, at=at)
    assert not Pause.objects.exists()


def test_nobody_is_left_alone_until_a_day_that_has_gone(manager: Member, at: datetime) -> None:
    with pytest.raises(CadenceOutOfRange):
        leave_alone(make_customer(), until=TODAY, today=TODAY, by=manager.actor, at=at)

"""Addresses that nobody writes to: closed, opened again, and not forgotten by a restore."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import TestCase

from regulars.consent.actions import lift_suppression, suppress
from regulars.consent.choices import Stopped
from regulars.consent.errors import NotLifted, OnlyOwners
from regulars.consent.models import Suppression
from regulars.consent.remembering import SUPPRESSIONS as LEDGER
from regulars.core import ledgers
from regulars.core.actor import SYSTEM
from regulars.core.models import AuditEntry
from regulars.customers.actions.points import note_bounces
from regulars.customers.models import Customer
from regulars.team.models import Member
from tests.factories.customers import A_DAY, make_customer

pytestmark = pytest.mark.django_db
LATER = A_DAY + timedelta(days=30)


@pytest.fixture
def seal() -> str:
    return make_customer(email="ruth@calloway.example").contact_points.get().seal


def close(seal: str, why: Stopped = Stopped.BOUNCED, **over: Any) -> Suppression:
    return suppress("email", seal, why, by=SYSTEM, at=A_DAY, **over)


def test_a_closed_address_outlives_its_customer(seal: str) -> None:
    """C4: it is known by its seal alone."""
    close(seal, detail="550 no such user")

    Customer.objects.all().delete()

    one = Suppression.objects.standing_at(LATER).get()
    assert (one.seal, one.why, one.detail) == (seal, "bounced", "550 no such user")
    assert make_customer(email="Ruth@Calloway.example").contact_points.get().seal == one.seal


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        (None, A_DAY + timedelta(days=3), None),
        (LATER, None, None),
        (LATER, LATER + timedelta(days=1), LATER + timedelta(days=1)),
        (LATER, LATER - timedelta(days=1), LATER),
    ],
)
def test_a_shorter_time_never_takes_the_place_of_a_longer(
    seal: str, first: datetime | None, second: datetime | None, kept: datetime | None
) -> None:
    close(seal, Stopped.FULL, until=first)
    close(seal, Stopped.FULL, until=second)

    assert Suppression.objects.get().until == kept


def test_an_owner_opens_what_we_closed_and_says_why(seal: str, owner: Member) -> None:
    one = close(seal, Stopped.STAFF)

    lift_suppression(one, by=owner.actor, at=LATER, reason="She asked us to write again.")

    one.refresh_from_db()
    assert (one.lifted_at, one.detail) == (LATER, "She asked us to write again.")
    assert AuditEntry.objects.latest("id").verb == "lifted suppression"
    assert close(seal, Stopped.STAFF).pk != one.pk


@pytest.mark.parametrize(
    ("why", "state"), [(Stopped.BOUNCED, "usable"), (Stopped.STAFF, "bounced")], ids=str
)
def test_what_came_back_by_mistake_can_be_reached_again(
    owner: Member, why: Stopped, state: str
) -> None:
    point = make_customer(email="ruth@calloway.example").contact_points.get()
    other = make_customer(email="thea@calloway.example").contact_points.get()
    note_bounces([point.seal, other.seal], by=SYSTEM, at=A_DAY)
    one = close(point.seal, why)

    lift_suppression(one, by=owner.actor, at=LATER, reason="Their host was away that day.")

    point.refresh_from_db()
    other.refresh_from_db()
    assert (point.state, point.verified_at, other.state) == (state, None, "bounced")


@pytest.mark.parametrize("why", [Stopped.COMPLAINED, Stopped.LEGAL, Stopped.ERASED])
def test_what_was_said_against_us_stays(seal: str, owner: Member, why: Stopped) -> None:
    """F31: no form lifts a complaint."""
    one = close(seal, why)

    with pytest.raises(NotLifted):
        lift_suppression(one, by=owner.actor, at=LATER, reason="Please.")

    assert Suppression.objects.standing_at(LATER).count() == 1


def test_nobody_but_an_owner_opens_and_never_without_a_reason(
    seal: str, owner: Member, manager: Member
) -> None:
    one = close(seal)

    with pytest.raises(OnlyOwners):
        lift_suppression(one, by=manager.actor, at=LATER, reason="Please.")
    with pytest.raises(NotLifted):
        lift_suppression(one, by=owner.actor, at=LATER, reason=" ")

    assert Suppression.objects.standing_at(LATER).count() == 1


def test_a_restore_knows_what_was_closed_and_opened_since(seal: str, owner: Member) -> None:
    """D4: the ledger is replayed, and a second time changes nothing."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        close(seal, Stopped.COMPLAINED)
        ours = close(seal, Stopped.STAFF)
        close("0" * 32, Stopped.FULL, until=LATER)
    with TestCase.captureOnCommitCallbacks(execute=True):
        lift_suppression(ours, by=owner.actor, at=LATER, reason="Asked again.")
    before = facts()
    Suppression.objects.all().delete()

    assert ledgers.replay_all(LATER)[LEDGER] == 4
    assert facts() == before
    changed = [ledgers.replay_all(LATER)[LEDGER] for _again in range(2)]
    assert (changed[-1], facts()) == (changed[0], before)


def facts() -> list[tuple[object, ...]]:
    rows = Suppression.objects.order_by("seal", "why")
    return list(rows.values_list("seal", "channel", "why", "since", "until", "lifted_at"))


def test_a_ledger_that_says_less_changes_nothing(seal: str) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        close(seal, Stopped.COMPLAINED)

    assert ledgers.replay_all(LATER)[LEDGER] == 0
    assert Suppression.objects.count() == 1

"""Declaring what has happened: what waits from then on, and what is said no to."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from regulars.core.actor import SYSTEM, Actor
from regulars.core.errors import NotAllowed, Refusal
from regulars.core.models import Event
from regulars.messaging.choices import HoldKind
from regulars.messaging.models import Hold
from regulars.planning.queries import cadence_days
from regulars.recovery.actions.disruptions import (
    Told,
    change_disruption,
    declare_disruption,
    enter_past_disruption,
)
from regulars.recovery.models import Disruption
from regulars.recovery.queries.disruptions import care_mode
from regulars.team.models import Business, Closure
from tests.factories.recovery import declared, make_segment

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def test_declaring_holds_what_sells_for_everybody(business: Business) -> None:
    disruption = declared(at=AT)

    held = Hold.objects.get()
    assert (held.customer, held.beyond, held.kind, held.stops) == (
        None, None, HoldKind.CRISIS, "selling"
    )  # fmt: skip
    assert held.source == f"disruption:{disruption.pk}"
    mode = care_mode(AT)
    assert mode is not None
    assert (mode.what, mode.is_drill, mode.disruption_ids) == (
        "A fire in the bakehouse", False, (disruption.pk,)
    )  # fmt: skip
    assert Event.objects.filter(kind="recovery.DisruptionDeclared").count() == 1


def test_a_segment_is_held_until_it_is_known_who_is_in_it(business: Business) -> None:
    declared(at=AT, segment=make_segment(at=AT))

    held = Hold.objects.get()
    assert (held.customer, held.beyond) == (None, 0)


def test_the_core_hears_from_us_more_often_and_never_less(business: Business) -> None:
    before = cadence_days()

    declared(at=AT, core_every_days=7)
    declared(at=AT, core_every_days=90)

    assert cadence_days() == before | {"core": 7}


def test_days_closed_count_against_nobody(business: Business) -> None:
    disruption = declared(at=AT, is_closed=True, expected_end=AT + 2 * DAY)

    noted = Closure.objects.values_list("starts_on", "ends_on", "source")
    assert list(noted) == [
        (AT.date(), (AT + 2 * DAY).date(), f"disruption:{disruption.pk}")
    ]  # fmt: skip


def test_a_drill_changes_nothing_and_shows_itself(business: Business) -> None:
    declared(at=AT, is_drill=True, is_closed=True, core_every_days=1)

    assert not Hold.objects.exists()
    assert not Closure.objects.exists()
    assert cadence_days()["core"] == 30
    mode = care_mode(AT)
    assert mode is not None
    assert mode.is_drill


def test_one_in_earnest_goes_before_a_drill(business: Business) -> None:
    declared(at=AT, is_drill=True, what="An exercise")
    real = declared(at=AT + HOUR)

    mode = care_mode(AT + HOUR)

    assert mode is not None
    assert mode.disruption_ids == (real.pk,)


SAID: dict[str, tuple[dict[str, Any], str]] = {
    "ends first": ({"expected_end": AT - HOUR}, "It would end before it begins."),
    "ends at once": ({"expected_end": AT}, "It would end before it begins."),
    "not begun": (
        {"since": AT + DAY}, "It has not begun yet, and nothing should wait before it has."
    ),
    "nothing said": ({"what": "  "}, "Say what has happened."),
    "never": ({"core_every_days": 0}, "The core cannot hear from you every 0 days."),
}  # fmt: skip


@pytest.mark.parametrize("said", SAID)
def test_what_cannot_be_is_refused_with_a_sentence(business: Business, said: str) -> None:
    told, sentence = SAID[said]

    with pytest.raises(Refusal) as no:
        declare_disruption(Told(**{"what": "x", "since": AT, **told}), by=SYSTEM, at=AT)

    assert no.value.sentence == sentence
    assert not Disruption.objects.exists()


@pytest.mark.parametrize("role", ["helper", "viewer"])
def test_declaring_is_for_owners_and_managers(business: Business, role: str) -> None:
    told, by = Told(what="x", since=AT), Actor("staff", "Priya", role, None)
    deeds: list[Callable[[], object]] = [
        lambda: declare_disruption(told, by=by, at=AT),
        lambda: enter_past_disruption(told, ended_at=AT, by=by, at=AT),
        lambda: change_disruption(Disruption(), told, by=by, at=AT),
    ]

    for deed in deeds:
        with pytest.raises(NotAllowed):
            deed()


def test_one_that_is_over_starts_nothing(business: Business) -> None:
    told = Told(what="A flood", since=AT - 30 * DAY, is_closed=True)

    past = enter_past_disruption(told, ended_at=AT - 20 * DAY, by=SYSTEM, at=AT)

    assert (past.is_entered_late, past.is_standing) == (True, False)
    assert not Hold.objects.exists()
    assert care_mode(AT) is None
    assert cadence_days()["core"] == 30
    assert Closure.objects.get().day_count == 11


@pytest.mark.parametrize(
    ("since", "ended"), [(AT - DAY, AT + DAY), (AT - DAY, AT - 2 * DAY)], ids=["later", "first"]
)
def test_one_that_is_over_has_an_end_behind_its_start(
    business: Business, since: datetime, ended: datetime
) -> None:
    with pytest.raises(Refusal):
        enter_past_disruption(Told(what="x", since=since), ended_at=ended, by=SYSTEM, at=AT)

    assert not Disruption.objects.exists()


def test_changing_moves_the_days_and_the_cadence_and_not_whom_it_hits(business: Business) -> None:
    disruption = declared(at=AT, is_closed=True, expected_end=AT + 5 * DAY)
    told = Told(
        what="A fire", since=AT - DAY, expected_end=AT + DAY, is_closed=True, core_every_days=None,
        segment=make_segment(at=AT),
    )  # fmt: skip

    change_disruption(disruption, told, by=SYSTEM, at=AT)

    disruption.refresh_from_db()
    assert (disruption.what, disruption.is_everybody, disruption.segment) == ("A fire", True, None)
    closed = Closure.objects.get()
    assert (closed.starts_on, closed.ends_on) == ((AT - DAY).date(), (AT + DAY).date())
    assert cadence_days()["core"] == 30

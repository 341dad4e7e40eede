"""The clock of a case: warned before it breaks, anew when days closed change."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from regulars.cases.actions import answer_case, reopen_case, resolve_case
from regulars.cases.models import Case
from regulars.cases.terms import set_level
from regulars.core import clock
from regulars.core.actor import SYSTEM
from regulars.core.events import deliver_events
from regulars.mentions.models import Mention
from regulars.team.actions import add_closure, remove_closure
from regulars.team.models import Business, Closure, Member
from tests.factories.cases import make_case
from tests.factories.mentions import make_mention

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
ClientOf = Callable[[Member], Client]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def close(first: date, last: date, at: datetime) -> Closure:
    business = Business.objects.get()
    closure = add_closure(business, first, last, by=SYSTEM, at=at)
    deliver_events(at=at)
    return closure


def moments(case: Case) -> tuple[str, str, str]:
    case.refresh_from_db()
    return f"{case.due_at:%d %H:%M}", f"{case.warn_at:%d %H:%M}", f"{case.resolve_due_at:%d %H:%M}"


def test_days_closed_that_are_noted_later_move_the_clock_and_back(at: datetime) -> None:
    case, said = make_case(at), make_mention(at)
    resolved = make_case(at)
    resolve_case(resolved, words="Done", by=SYSTEM, at=at)
    before, stands = moments(case), moments(resolved)

    closure = close(at.date(), at.date() + DAY, at)

    assert before == ("24 13:00", "24 12:00", "25 17:00")
    assert moments(case) == ("26 13:00", "26 12:00", "27 17:00")
    assert moments(resolved) == stands
    assert f"{Mention.objects.get(pk=said.pk).due_at:%d %H:%M}" == "26 13:00"
    remove_closure(closure, by=SYSTEM, at=at)
    deliver_events(at=at)
    assert moments(case) == before


def test_answered_or_opened_again_it_is_reckoned_from_then_by_what_was_set_then(
    owner: Member, at: datetime
) -> None:
    answered, again = make_case(at), make_case(at)
    answer_case(answered, words="We look", by=SYSTEM, at=at + HOUR)
    resolve_case(again, words="Done", by=SYSTEM, at=at + HOUR)
    reopen_case(again, words="No", by=SYSTEM, at=at + DAY)
    set_level("new", answer_minutes=1, resolve_minutes=1, by=owner.actor, at=at)

    close(date(2026, 11, 26), date(2026, 11, 26), at)

    assert moments(answered) == ("25 17:00", "25 13:00", "25 17:00")
    assert moments(again) == ("25 13:00", "25 12:00", "27 17:00")


def test_what_is_about_to_break_is_on_today_before_it_breaks(
    client_of: ClientOf, manager: Member, at: datetime
) -> None:
    case = make_case(at, manager=manager)
    here = client_of(manager)

    def today(moment: datetime) -> str:
        with clock.stopped_at(moment):
            return here.get("/").content.decode()

    assert "about to" not in today(case.warn_at - timedelta(minutes=1))
    assert "1 about to" in today(case.warn_at)
    assert "too long" not in today(case.due_at)
    assert "1 of them too long" in today(case.due_at + timedelta(minutes=1))

"""The list of the day by mail: for whoever wants it, once, and nothing on an empty day."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from regulars.core.models import Job
from regulars.planning.errors import CadenceOutOfRange
from regulars.planning.kept import MorningMail
from regulars.planning.morning import leave_morning_mails, send_morning_mail, want_morning_mail
from regulars.team.models import Business, Member
from tests.factories.planning import TODAY, make_due, plan_today

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Member], Client]


def mails() -> list[str]:
    """To whom, and what it says."""
    found = []
    for one in Path(settings.HOME).rglob("*.eml"):
        mail = message_from_bytes(one.read_bytes(), policy=default)
        found.append(f"{mail['To']}\n{mail.get_content()}")
    return found


def test_it_says_who_and_how_once_and_nothing_of_why(manager: Member, at: datetime) -> None:
    make_due(manager=manager)
    plan_today()
    want_morning_mail(manager, 7, by=manager.actor, at=at)

    sent = [send_morning_mail(manager.pk, TODAY, at=at) for _twice in range(2)]

    [mail] = mails()
    assert sent == [True, False]
    assert "- Ruth Calloway: a call" in mail
    assert manager.email in mail
    assert "not been in touch" not in mail


def test_nothing_is_sent_of_an_empty_list_or_to_whoever_no_longer_wants_it(
    manager: Member, owner: Member, at: datetime
) -> None:
    make_due(manager=owner)
    plan_today()
    for member in (manager, owner):
        want_morning_mail(member, 7, by=member.actor, at=at)
    want_morning_mail(owner, None, by=owner.actor, at=at)

    sent = [send_morning_mail(member.pk, TODAY, at=at) for member in (manager, owner)]

    assert (sent, mails()) == ([False, False], [])


def test_each_comes_at_its_hour_where_the_business_is_across_summer_time(
    business: Business, manager: Member
) -> None:
    night = datetime(2026, 3, 29, 3, 50, tzinfo=UTC)
    want_morning_mail(manager, 6, by=manager.actor, at=night)

    for _twice in range(2):
        leave_morning_mails(business, night.date(), at=night)

    # Six in London is five in UTC from that morning on.
    assert Job.objects.get(name="planning.morning_mail").due_at == night + timedelta(minutes=70)


@pytest.mark.parametrize("hour", [0, 4, 13])
def test_at_night_and_past_noon_it_is_no_morning_mail(
    manager: Member, at: datetime, hour: int
) -> None:
    with pytest.raises(CadenceOutOfRange):
        want_morning_mail(manager, hour, by=manager.actor, at=at)


def test_one_asks_for_it_and_ends_it_on_the_page(
    manager: Member, client_of: ClientOf, at: datetime
) -> None:
    client = client_of(manager)

    page = client.post("/plan/morning", {"hour": "6"}, follow=True).content.decode()
    kept = MorningMail.objects.get().hour
    client.post("/plan/morning", {"hour": ""})

    assert (kept, MorningMail.objects.count()) == (6, 0)
    assert "Your list comes by mail at 6:00." in page

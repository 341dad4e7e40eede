"""A business and its people, as the tests need them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password

from regulars.core import actor
from regulars.team.absences import note_absence
from regulars.team.models import Absence, Business, Member, WorkingMinutes

A_DAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MONDAY_TO_FRIDAY = range(5)
PASSWORD = "wheat and rye and juniper"
NAMES = {
    actor.OWNER: "Nora Lindqvist",
    actor.MANAGER: "Tomasz Wilk",
    actor.HELPER: "Priya Raman",
    actor.VIEWER: "Edith Crane",
}


def make_business(**over: Any) -> Business:
    """Juniper & Rye, live since 2 November 2026."""
    described: dict[str, Any] = {
        "id": 1,
        "name": "Juniper & Rye",
        "currency": "GBP",
        "time_zone": "Europe/London",
        "country": "GB",
        "live_since": date(2026, 11, 2),
    }
    return Business.objects.create(**{**described, **over})


def make_member(
    role: str = actor.OWNER,
    *,
    name: str | None = None,
    email: str | None = None,
    minutes: int = 60,
    password: str | None = None,
    **over: Any,
) -> Member:
    """A member with the same working minutes from Monday to Friday.

    Without `password` there is none to sign in with, which spares the tests a slow hash.
    """
    name = name or NAMES[role]
    described: dict[str, Any] = {
        "name": name,
        "role": role,
        "email": email or _free_address(name),
        "password": make_password(password),
        "joined_at": A_DAY,
    }
    member = Member.objects.create(**{**described, **over})
    WorkingMinutes.objects.bulk_create(
        WorkingMinutes(member=member, weekday=weekday, minutes=minutes)
        for weekday in MONDAY_TO_FRIDAY
    )
    return member


def _free_address(name: str) -> str:
    word = name.split(maxsplit=1)[0].casefold()
    taken = Member.objects.filter(email__startswith=word).count()
    return f"{word}{taken or ''}@juniper.example"


def away(
    member: Member, first: int = 0, last: int = 3, *, kind: str = "holiday",
    covered_by: Member | None = None,
) -> Absence:  # fmt: skip
    """Away from so many days after the day of the tests to so many; today to Friday by itself."""
    days = (A_DAY.date() + timedelta(days=ahead) for ahead in (first, last))
    return note_absence(member, *days, kind=kind, covered_by=covered_by, by=actor.SYSTEM, at=A_DAY)

"""The bakery itself: where it is, who works there, when it was closed."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from regulars.core.actor import HELPER, MANAGER, OWNER, VIEWER, Actor
from regulars.demo.scene import SOURCE, Scene
from regulars.team.absences import note_absence
from regulars.team.actions import (
    Described,
    NewMember,
    add_closure,
    add_member,
    name_business,
    set_opening_hours,
)
from regulars.team.choices import AbsenceKind
from regulars.team.models import Business, Member
from regulars.team.queries import closure_at

LIVE_FOR_DAYS = 365
HOLIDAY_IN_DAYS = 12
NORA, TOMASZ, IFE, BOOKS = "nora", "tomasz", "ife", "books"

_OPEN = [(weekday, time(7), time(16)) for weekday in range(6)] + [(6, time(8), time(13))]
_PEOPLE: Mapping[str, tuple[str, str, str, Mapping[int, int]]] = {
    NORA: ("Nora Whitlock", "nora", OWNER, dict.fromkeys(range(7), 45)),
    TOMASZ: ("Tomasz Beran", "tomasz", MANAGER, dict.fromkeys(range(7), 60)),
    IFE: ("Ife Lawal", "ife", HELPER, {0: 90, 1: 90, 2: 45, 3: 90, 4: 60}),
    BOOKS: ("Hal Prentice", "hal", VIEWER, {}),
}


def open_the_bakery(*, by: Actor, at: datetime, scene: Scene) -> Business:
    """Describe Juniper & Rye, where no business has been described yet."""
    described = Described(
        name="Juniper & Rye",
        currency=scene.currency,
        time_zone=scene.zone,
        country="GB",
        street="4 Weir Lane",
        postcode="AM4 2TR",
        city="Ambley",
        phone="01632 960 100",
    )
    live_since = scene.ago(LIVE_FOR_DAYS)
    business = name_business(described, live_since=live_since, by=by, at=at, is_sample=True)
    set_opening_hours(business, _OPEN, by=by, at=at)
    return business


def close_for_fire_and_holidays(
    business: Business, scene: Scene, *, by: Actor, at: datetime
) -> None:
    """Note when the bakery was closed, except where such days are noted already."""
    for first, last in scene.closures():
        if closure_at(first, last) is None:
            why = "Fire in the oven room" if first == scene.burnt_on else "Christmas"
            add_closure(business, first, last, by=by, at=at, why=why, source=SOURCE)


def plan_a_holiday(staff: Mapping[str, Member], *, by: Actor, at: datetime, scene: Scene) -> None:
    """Ife is away for a week soon, and Tomasz covers."""
    ife, first = staff[IFE], scene.ago(-HOLIDAY_IN_DAYS)
    if ife.source == SOURCE and not ife.absences.exists():
        note_absence(
            ife, first, first + timedelta(days=6), kind=AbsenceKind.HOLIDAY,
            covered_by=staff[TOMASZ], by=by, at=at,
        )  # fmt: skip


def take_on_staff(*, by: Actor, at: datetime) -> dict[str, Member]:
    """The four who work there; an owner who is here already takes Nora's place."""
    owner = Member.objects.filter(role=OWNER, is_active=True).order_by("pk").first()
    staff = {} if owner is None else {NORA: owner}
    joined = at - timedelta(days=LIVE_FOR_DAYS)
    for key, (name, local, role, minutes) in _PEOPLE.items():
        if key not in staff:
            person = NewMember(name, f"{local}@juniper-and-rye.test")
            staff[key] = add_member(person, role, by=by, at=joined, minutes=minutes, source=SOURCE)
    return staff

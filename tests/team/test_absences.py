"""Who is away and who covers: noting, changing, taking back, and who may see why."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.core.errors import Refusal
from regulars.core.models import Event
from regulars.team.absences import away_on, covered_by, covers_on, days_away
from regulars.team.errors import AbsenceOutOfRange, AlreadyAway, CannotCover
from regulars.team.models import Absence, Business, Member
from regulars.team.queries import minutes_of
from tests.factories.team import away, make_member

pytestmark = pytest.mark.django_db

ClientOf = Callable[[Member], Client]
# The clock of the tests stands on a Tuesday.
TODAY = date(2026, 11, 24)
HTMX = {"HX-Request": "true"}


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)


def test_whoever_is_away_has_no_minutes(owner: Member, manager: Member) -> None:
    away(manager, 0, 2)

    both = [owner.pk, manager.pk]
    assert [minutes_of(both, in_days(days))[manager.pk] for days in range(-1, 4)] == [
        60, 0, 0, 0, 0 if in_days(3).weekday() > 4 else 60,
    ]  # fmt: skip
    assert minutes_of(both, TODAY)[owner.pk] == 60
    assert days_away(both, in_days(1), in_days(9)) == {manager.pk: {in_days(1), in_days(2)}}


def test_whoever_covers_for_somebody_who_covers_has_both(owner: Member, manager: Member) -> None:
    olga = make_member("owner", name="Olga Brandt")
    away(manager, covered_by=owner)
    away(owner, covered_by=olga)

    assert covers_on(away_on(TODAY)) == {manager.pk: olga, owner.pk: olga}
    assert sorted(covered_by(olga.pk, TODAY)) == sorted([manager.pk, owner.pk])


def test_two_who_cover_each_other_and_are_both_away_leave_it_to_all(
    owner: Member, manager: Member
) -> None:
    away(manager, covered_by=owner)
    away(owner, covered_by=manager)

    assert covers_on(away_on(TODAY)) == {manager.pk: None, owner.pk: None}
    olga = make_member("owner", name="Olga Brandt")
    assert covered_by(olga.pk, TODAY) == []
    both = covered_by(olga.pk, TODAY, and_by_nobody=True)
    assert sorted(both) == sorted([manager.pk, owner.pk])


def test_whoever_covered_and_is_a_viewer_now_covers_no_longer(
    owner: Member, manager: Member
) -> None:
    away(owner, covered_by=manager)
    Member.objects.filter(pk=manager.pk).update(role="viewer")

    assert covered_by(manager.pk, TODAY) == []
    assert covered_by(manager.pk, TODAY, and_by_nobody=True) == [owner.pk]


@pytest.mark.parametrize(
    ("days", "cover", "no"),
    [
        pytest.param((2, 0), None, AbsenceOutOfRange, id="the last before the first"),
        pytest.param((0, 366), None, AbsenceOutOfRange, id="more than a year"),
        pytest.param((4, 5), None, AlreadyAway, id="away already"),
        pytest.param((6, 7), "helper", CannotCover, id="a helper"),
        pytest.param((6, 7), "manager", CannotCover, id="oneself"),
    ],
)
def test_what_cannot_be_an_absence_is_refused(
    manager: Member, helper: Member, days: tuple[int, int], cover: str | None, no: type[Refusal]
) -> None:
    away(manager, 3, 5)
    people = {"helper": helper, "manager": manager}

    with pytest.raises(no):
        away(manager, *days, covered_by=people[cover] if cover else None)

    assert Absence.objects.count() == 1


def test_an_owner_notes_anybody_and_takes_it_back(
    client_of: ClientOf, owner: Member, manager: Member
) -> None:
    here = client_of(owner)
    said = {
        "member": manager.pk, "starts_on": "2026-11-25", "ends_on": "2026-11-27", "kind": "ill",
        "covered_by": owner.pk,
    }  # fmt: skip

    answer = here.post("/team/away/note", said, headers=HTMX)

    toast = json.loads(answer["HX-Trigger"])["toast"]
    assert toast["text"] == "Noted: Tomasz Wilk is away."
    page = here.get("/team/away").content.decode()
    assert "25 November 2026 to 27 November 2026" in page
    assert "Nora Lindqvist covers" in page
    assert Event.objects.filter(kind="team.AbsenceChanged").count() == 1
    assert here.post(toast["undo"], headers=HTMX).status_code == 204
    assert not Absence.objects.exists()


def test_a_change_and_a_removal_are_taken_back(client_of: ClientOf, manager: Member) -> None:
    here, one = client_of(manager), away(manager, 0, 2)
    other = {
        f"a{one.pk}-member": manager.pk, f"a{one.pk}-starts_on": "2026-11-24",
        f"a{one.pk}-ends_on": "2026-11-24", f"a{one.pk}-kind": "other",
    }  # fmt: skip

    changed = here.post(f"/team/away/{one.pk}/change", other, headers=HTMX)
    assert Absence.objects.get().day_count == 1
    here.post(json.loads(changed["HX-Trigger"])["toast"]["undo"], headers=HTMX)
    assert (Absence.objects.get().day_count, Absence.objects.get().kind) == (3, "holiday")

    removed = here.post(f"/team/away/{one.pk}/remove", headers=HTMX)
    assert not Absence.objects.exists()
    here.post(json.loads(removed["HX-Trigger"])["toast"]["undo"], headers=HTMX)
    assert Absence.objects.get().day_count == 3


def test_a_change_that_is_refused_keeps_what_was_typed(
    client_of: ClientOf, manager: Member
) -> None:
    away(manager, 5, 6)
    one = away(manager, 0, 2)
    other = {
        f"a{one.pk}-member": manager.pk, f"a{one.pk}-starts_on": "2026-11-24",
        f"a{one.pk}-ends_on": "2026-11-30", f"a{one.pk}-kind": "other",
    }  # fmt: skip

    answer = client_of(manager).post(f"/team/away/{one.pk}/change", other)

    assert answer.status_code == 422
    assert "away on some of these days already" in answer.content.decode()
    assert "2026-11-30" in answer.content.decode()


def test_others_learn_until_when_and_not_why(
    client_of: ClientOf, owner: Member, manager: Member, helper: Member
) -> None:
    away(helper, 0, 2, kind="ill")

    assert "Ill</" in client_of(helper).get("/team/away").content.decode()
    page = client_of(manager).get("/team/away").content.decode()
    assert "Priya Raman is away, up to and including Thu 26." in page
    assert "Ill</span>" not in page.split('id="note"')[0]


def test_nobody_notes_a_colleague_but_an_owner(
    client_of: ClientOf, manager: Member, helper: Member
) -> None:
    one = away(helper, 0, 2)
    here = client_of(manager)
    said = {"member": helper.pk, "starts_on": "2026-12-01", "ends_on": "2026-12-02", "kind": "ill"}

    assert here.post("/team/away/note", said).status_code == 422
    assert here.post(f"/team/away/{one.pk}/remove").status_code == 403
    assert client_of(make_member("viewer")).post("/team/away/note", said).status_code == 403
    assert Absence.objects.count() == 1


def test_the_page_asks_the_same_for_one_and_three(client_of: ClientOf, owner: Member) -> None:
    here = client_of(owner)
    others = [make_member("manager", name=f"Manager {nth}") for nth in range(2)]

    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            here.get("/team/away")
        return len(asked)

    away(owner, 0, 1)
    count()
    one = count()
    for other in others:
        away(other, 0, 3, covered_by=owner)
    assert count() == one


def test_a_put_back_is_only_for_who_may_note(
    client_of: ClientOf, owner: Member, manager: Member, business: Business, at: datetime
) -> None:
    one = away(owner, 0, 1)
    answer = client_of(owner).post(f"/team/away/{one.pk}/remove", headers=HTMX)
    undo = json.loads(answer["HX-Trigger"])["toast"]["undo"]

    assert client_of(manager).post(undo, headers=HTMX).status_code == 403
    assert not Absence.objects.exists()

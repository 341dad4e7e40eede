"""Goals on the screen: set, offered, answered; and who sees them."""

import json
from collections.abc import Callable
from datetime import datetime

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from regulars.cli.show import show
from regulars.goals.actions.progress import count_progress
from regulars.goals.models import Goal
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.goals import make_goal
from tests.factories.orders import make_order

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Member], Client]
NEW = {
    "group": "all", "amount": "4000", "from_on": "2026-11-01", "until_on": "2026-11-30",
    "counts": "all",
}  # fmt: skip


def test_from_an_empty_page_to_a_goal_that_somebody_took_on(
    client_of: ClientOf, owner: Member, manager: Member, at: datetime
) -> None:
    here, there = client_of(owner), client_of(manager)
    empty = here.get("/goals/").content.decode()
    set_it = here.post(reverse("goals:new"), {**NEW, "manager": manager.pk})
    goal = Goal.objects.get()
    page = reverse("goals:show", args=[goal.pk])
    offered = there.get(page).content.decode()
    taken = there.post(reverse("goals:accept", args=[goal.pk]), headers={"HX-Request": "true"})
    count_progress(at=at)

    assert "No goal yet." in empty
    assert set_it.headers["Location"] == page
    assert goal.amount_minor == 400_000
    assert "Take it on" in offered
    assert "Take it on" not in here.get(page).content.decode()
    assert reverse("goals:ask_again", args=[goal.pk]) in taken["HX-Trigger"]
    listed = here.get("/goals/").content.decode()
    assert f"{manager.name} has taken it on." in listed
    assert "£0.00 of £4,000, 0 %; 6 days are left." in listed


def test_a_goal_is_passed_on_or_handed_back_with_a_word(
    client_of: ClientOf, manager: Member, helper: Member, at: datetime
) -> None:
    goal = make_goal(at, manager)
    pass_on = reverse("goals:pass_on", args=[goal.pk])
    here = client_of(manager)

    silent = here.post(pass_on, {"to": "", "words": ""})
    assert (silent.status_code, b"Say in a word why" in silent.content) == (422, True)
    here.post(pass_on, {"to": helper.pk, "words": "Yours"})
    goal.refresh_from_db()
    assert goal.manager == helper
    client_of(helper).post(pass_on, {"to": "", "words": "I am away"})
    goal.refresh_from_db()
    assert (goal.answer, goal.words) == ("returned", "I am away")
    client_of(helper).post(reverse("goals:ask_again", args=[goal.pk]))
    goal.refresh_from_db()
    assert (goal.answer, goal.words) == ("offered", "")


def test_a_goal_is_changed_taken_away_and_put_back(
    client_of: ClientOf, owner: Member, manager: Member, at: datetime
) -> None:
    goal, here = make_goal(at, manager), client_of(owner)
    there = reverse("goals:change", args=[goal.pk])

    assert b"4000" in here.get(there).content
    here.post(there, {**NEW, "amount": "5000", "manager": manager.pk})
    goal.refresh_from_db()
    assert goal.amount_minor == 500_000
    here.post(reverse("goals:take_away", args=[goal.pk]))
    assert here.get(reverse("goals:show", args=[goal.pk])).status_code == 404
    here.post(reverse("goals:put_back", args=[goal.pk]))
    assert here.get(reverse("goals:show", args=[goal.pk])).status_code == 200


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"amount": "0"}, "reached already"),
        ({"until_on": "2026-10-01"}, "or later"),
        ({"manager": "987654"}, "not on the team any more"),
        ({"group": "segment:987654"}, "This group is gone"),
        ({"group": "tier:core"}, "Nobody is in this group"),
    ],
)
def test_what_cannot_be_gets_a_sentence(
    client_of: ClientOf, owner: Member, over: dict[str, str], said: str
) -> None:
    answer = client_of(owner).post(reverse("goals:new"), {**NEW, **over})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Goal.objects.count() == 0


def test_who_left_is_named_until_somebody_else_has_it(
    client_of: ClientOf, owner: Member, manager: Member, at: datetime
) -> None:
    make_goal(at, manager)
    Member.objects.filter(pk=manager.pk).update(is_active=False)

    page = client_of(owner).get("/goals/").content.decode()

    assert f"{manager.name} is gone or only looks on: give it to somebody else." in page


def test_helpers_see_their_own_alone_and_nobody_but_owners_sets(
    client_of: ClientOf, manager: Member, helper: Member, viewer: Member, at: datetime
) -> None:
    theirs, other = make_goal(at, helper), make_goal(at, manager)
    here = client_of(helper)

    seen = here.get("/goals/").content.decode()
    assert reverse("goals:show", args=[theirs.pk]) in seen
    assert reverse("goals:show", args=[other.pk]) not in seen
    assert here.get(reverse("goals:show", args=[other.pk])).status_code == 404
    for member in (manager, helper, viewer):
        assert client_of(member).post(reverse("goals:new"), NEW).status_code == 403
    assert client_of(viewer).get(reverse("goals:show", args=[other.pk])).status_code == 200
    no = client_of(viewer).post(reverse("goals:accept", args=[other.pk]))
    assert no.status_code == 403


def test_as_many_queries_for_three_goals_as_for_one(
    client_of: ClientOf, owner: Member, manager: Member, at: datetime
) -> None:
    here = client_of(owner)
    here.get("/goals/")

    def asked() -> int:
        make_goal(at, manager)
        with CaptureQueriesContext(connection) as seen:
            here.get("/goals/")
        return len(seen)

    first = asked()
    asked()

    assert asked() == first


def test_show_goals_as_json(owner: Member, manager: Member, at: datetime) -> None:
    make_order(make_customer(), at.date(), 12_345)
    make_goal(at, manager)
    count_progress(at=at)

    shown = json.loads(CliRunner().invoke(show, ["goals", "--json"]).stdout)
    line = CliRunner().invoke(show, ["goals"]).stdout

    [goal] = shown["items"]
    assert (goal["group"], goal["manager"], goal["answer"], goal["sold_minor"]) == (
        "All customers", manager.name, "offered", 12_345,
    )  # fmt: skip
    assert "All customers: £123.45 of £4,000.00" in line

"""Goals on the screen: set, offered, answered; and who sees them."""

import json
from collections.abc import Callable
from datetime import datetime

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from regulars.cli.show import show
from regulars.core import jobs
from regulars.goals.actions.counting import count_trade
from regulars.goals.actions.goals import accept_goal
from regulars.goals.actions.progress import count_progress
from regulars.goals.models import Goal
from regulars.intake.models import ImportFile
from regulars.team.models import Business, Member
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


def test_the_goal_of_somebody_who_left_is_handed_over_by_an_owner(
    client_of: ClientOf, owner: Member, manager: Member, helper: Member, at: datetime
) -> None:
    goal = accept_goal(make_goal(at, manager), by=manager.actor, at=at)
    Member.objects.filter(pk=manager.pk).update(is_active=False)
    here, page = client_of(owner), reverse("goals:show", args=[goal.pk])

    said = here.get(page).content.decode()
    to_nobody_there = here.post(
        reverse("goals:pass_on", args=[goal.pk]), {"to": str(manager.pk), "words": ""}
    )
    here.post(reverse("goals:pass_on", args=[goal.pk]), {"to": helper.pk, "words": "Tomasz left"})

    assert f"{manager.name} is gone or only looks on: give it to somebody else." in said
    assert f'value="{helper.pk}"' in said
    assert f'value="{manager.pk}"' not in said
    assert to_nobody_there.status_code == 422
    goal.refresh_from_db()
    assert (goal.manager, goal.answer, goal.words) == (helper, "offered", "Tomasz left")
    client_of(helper).post(reverse("goals:accept", args=[goal.pk]))
    assert f"{helper.name} has taken it on." in here.get(page).content.decode()


def test_orders_in_other_currencies_are_said_where_goals_are_counted(
    client_of: ClientOf, owner: Member, manager: Member, at: datetime
) -> None:
    goal, here = make_goal(at, manager), client_of(owner)
    page = reverse("goals:show", args=[goal.pk])
    make_order(make_customer(), at.date(), 12_345)
    count_trade(at=at)
    before = here.get(page).content.decode()
    make_order(make_customer(), at.date(), 9_900, currency="USD")
    count_trade(at=at)

    said = "1 order is in another currency than GBP (USD) and is not counted here"
    assert said not in before
    assert said in here.get(page).content.decode()


def test_a_goal_in_the_currency_of_before_says_that_it_has_to_be_set_anew(
    client_of: ClientOf, owner: Member, manager: Member, at: datetime
) -> None:
    goal = make_goal(at, manager)
    Business.objects.update(currency="EUR")

    count_progress(at=at)

    page = client_of(owner).get(reverse("goals:show", args=[goal.pk])).content.decode()
    assert "It was set in GBP and cannot be counted in EUR: set it anew." in page


ROUNDS = (
    "Receipt,Date,Customer ID,Name,Sold by,Sales region,Total\n"
    "1,2026-11-02,7,Ruth Calloway,4,Harbour,50.00\n"
    "2,2026-11-03,8,Ada Loft,4,Moor,7.50\n"
    "3,2026-11-04,7,Ruth Calloway,5,Harbour,20.00\n"
)


def test_a_file_with_a_column_of_regions_is_all_that_a_goal_of_one_needs(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    """From the upload to the line of the goal, by pages alone, the columns as they are guessed."""
    here = client_of(owner)
    held = SimpleUploadedFile("rounds.csv", ROUNDS.encode())
    there = here.post(
        f"{reverse('intake:new')}?kind=orders", {"orders": held, "source": "rounds"}
    )  # fmt: skip
    guessed = ImportFile.objects.get().mapping
    item = ImportFile.objects.get().of_id
    columns = {f"orders:{name}": column for name, column in guessed.items()}
    here.post(reverse("intake:columns", args=[item]), columns)
    _work(at)
    look = here.get(there.headers["Location"]).content.decode()
    here.post(reverse("intake:bring_in", args=[item]))
    _work(at)

    offered = here.get(reverse("goals:new")).content.decode()
    here.post(
        reverse("goals:new"),
        {**NEW, "amount": "100", "group": "region:area:Harbour", "manager": owner.pk},
    )
    count_progress(at=at)

    assert (guessed["sold_by"], guessed["sold_in"]) == ("Sold by", "Sales region")
    assert "It says where it was sold, in 2 different places" in look
    assert "Harbour (sales region, 2)" in offered
    assert "Sold in Harbour" in (home := here.get("/goals/").content.decode())
    assert "£70.00 of £100, 70 %" in home


def _work(at: datetime) -> None:
    while claimed := jobs.claim("tests", at=at):
        jobs.run(claimed, at=at)


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

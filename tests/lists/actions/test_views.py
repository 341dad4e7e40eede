from datetime import datetime

import pytest

from regulars.core import jobs
from regulars.core.errors import NotAllowed, Refusal
from regulars.core.models import Job
from regulars.lists.actions.counting import ask_for_count
from regulars.lists.actions.views import change_view, put_in_order, remove_view, save_view
from regulars.lists.audience import FILTER, definition_of_filter
from regulars.lists.errors import NameTaken, NotYoursToChange, ViewNotFound
from regulars.lists.looks import Look, look_of
from regulars.lists.models import View
from regulars.lists.queries.views import view_for, views_for
from regulars.messaging.audiences import audiences
from regulars.team.models import Member
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db

MINE = {"field": "customer.manager", "is": "is", "value": "me"}
LOOK = Look(MINE, ("insight.tier", "customer.city"), "insight.last_on", is_descending=True)


def names_for(member: Member, at: datetime) -> list[str]:
    return [known.view.name for known in views_for(member.actor, at)]


def test_a_view_keeps_what_was_looked_at(manager: Member, at: datetime) -> None:
    view = save_view(" My  own ", LOOK, by=manager.actor, at=at)

    kept = view_for(manager.actor, view.pk)

    assert (kept.name, look_of(kept)) == ("My own", LOOK)


def test_a_view_of_ones_own_is_nobody_elses(manager: Member, owner: Member, at: datetime) -> None:
    view = save_view("Mine", LOOK, by=manager.actor, at=at)
    shared = save_view("Ours", LOOK, is_shared=True, by=manager.actor, at=at)

    assert (names_for(manager, at), names_for(owner, at)) == (["Mine", "Ours"], ["Ours"])
    assert view_for(owner.actor, shared.pk) == shared
    with pytest.raises(ViewNotFound):
        view_for(owner.actor, view.pk)


def test_a_helper_shares_nothing_and_changes_nothing_shared(
    helper: Member, owner: Member, at: datetime
) -> None:
    shared = save_view("Ours", LOOK, is_shared=True, by=owner.actor, at=at)

    with pytest.raises(NotAllowed):
        save_view("Theirs", LOOK, is_shared=True, by=helper.actor, at=at)
    with pytest.raises(NotYoursToChange):
        change_view(shared, name="Other", by=helper.actor, at=at)
    with pytest.raises(NotYoursToChange):
        remove_view(shared, by=helper.actor, at=at)


def test_a_view_is_changed_ordered_and_thrown_away(owner: Member, at: datetime) -> None:
    one = save_view("One", LOOK, by=owner.actor, at=at)
    two = save_view("Two", LOOK, by=owner.actor, at=at)

    put_in_order([two, one], by=owner.actor, at=at)
    change_view(one, name="First", is_shared=True, by=owner.actor, at=at)
    assert names_for(owner, at) == ["Two", "First"]

    remove_view(two, by=owner.actor, at=at)
    assert names_for(owner, at) == ["First"]


def test_two_views_of_one_owner_have_two_names(owner: Member, at: datetime) -> None:
    save_view("One", LOOK, by=owner.actor, at=at)

    with pytest.raises(NameTaken):
        save_view("One", LOOK, by=owner.actor, at=at)


@pytest.mark.parametrize(
    "name", ["", "   ", "x" * 81, "a\0b"], ids=["none", "blank", "long", "nul"]
)
def test_a_view_has_a_name(name: str, owner: Member, at: datetime) -> None:
    with pytest.raises(Refusal):
        save_view(name, LOOK, by=owner.actor, at=at)


def test_the_exact_count_is_taken_in_the_background(owner: Member, at: datetime) -> None:
    make_customer("Ruth Calloway")
    view = save_view("All", Look(), by=owner.actor, at=at)

    for _twice in range(2):
        ask_for_count(view, at=at)
    waiting = Job.objects.get(name="lists.count_view")
    jobs.run_now(waiting.name, at=at, **waiting.arguments)

    assert View.objects.values_list("counted", "counted_at").get() == (1, at)


def test_a_mailing_can_go_to_a_view(manager: Member, at: datetime) -> None:
    make_customer("Ruth Calloway", manager=manager)
    make_customer("Oscar Winslow")
    view = save_view("Mine", LOOK, by=manager.actor, at=at)

    definition = definition_of_filter(view.tree, manager.actor, at, name=view.name)

    assert [one.given_name for one in audiences[FILTER].customers(definition)] == ["Ruth"]
    assert audiences[FILTER].words(definition) == f"“Mine”: Looked after by is {manager.name}"

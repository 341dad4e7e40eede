"""One cell of the list, changed in its place."""

import json
import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from regulars.customers.actions.people import describe_customer
from regulars.insight.models import TierOverride
from regulars.team.models import Member
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db

SignIn = Callable[[Member], Client]


def address(pk: int, name: str = "customer.about") -> str:
    return f"/customers/{pk}/cell/{name}"


def test_a_cell_becomes_its_field_and_keeps_what_is_written(
    client_of: SignIn, owner: Member
) -> None:
    ruth, here = make_customer(about="No nuts."), client_of(owner)

    form = here.get(address(ruth.pk)).content.decode()
    kept = here.post(address(ruth.pk), {"value": "Seeded rye.", "seen": "No nuts."})

    assert 'name="seen" form="cells" value="No nuts."' in form
    ruth.refresh_from_db()
    assert ruth.about == "Seeded rye."
    assert "Seeded rye." in kept.content.decode()
    toast = json.loads(kept["HX-Trigger"])["toast"]
    assert toast["text"] == "Done: About them, in our words of Ruth Calloway."
    here.post(toast["undo"])
    ruth.refresh_from_db()
    assert ruth.about == "No nuts."


def test_who_was_slower_is_warned_and_chooses(
    client_of: SignIn, owner: Member, manager: Member, at: datetime
) -> None:
    ruth, here = make_customer(about="No nuts."), client_of(owner)
    describe_customer(ruth, "No gluten.", by=manager.actor, at=at)

    warned = here.post(address(ruth.pk), {"value": "Seeded rye.", "seen": "No nuts."})

    assert warned.status_code == 422
    page = warned.content.decode()
    assert "Tomasz Wilk was faster: it says “No gluten.” now. You wrote “Seeded rye.”." in page
    ruth.refresh_from_db()
    assert ruth.about == "No gluten."
    mine = {"value": "Seeded rye.", "seen": "No nuts.", "anyway": "1"}
    here.post(address(ruth.pk), mine)
    ruth.refresh_from_db()
    assert ruth.about == "Seeded rye."


def test_the_same_words_from_two_are_no_quarrel(
    client_of: SignIn, owner: Member, manager: Member, at: datetime
) -> None:
    ruth = make_customer(about="No nuts.")
    describe_customer(ruth, "No gluten.", by=manager.actor, at=at)

    answer = client_of(owner).post(address(ruth.pk), {"value": "No gluten.", "seen": "No nuts."})

    assert answer.status_code == 200


def test_an_undo_leaves_what_somebody_wrote_since(
    client_of: SignIn, owner: Member, manager: Member, at: datetime
) -> None:
    ruth, here = make_customer(about="No nuts."), client_of(owner)
    kept = here.post(address(ruth.pk), {"value": "Seeded rye.", "seen": "No nuts."})
    describe_customer(ruth, "No gluten.", by=manager.actor, at=at)

    undone = here.post(json.loads(kept["HX-Trigger"])["toast"]["undo"], headers={"HX-Request": "t"})

    assert "stays as it is now" in undone["HX-Trigger"]
    ruth.refresh_from_db()
    assert ruth.about == "No gluten."


def test_the_manager_and_the_tier_are_chosen_in_their_cells(
    client_of: SignIn, owner: Member, manager: Member
) -> None:
    ruth, here = make_customer(), client_of(owner)

    here.post(address(ruth.pk, "customer.manager"), {"value": str(manager.pk), "seen": ""})
    here.post(address(ruth.pk, "insight.tier"), {"value": "core", "seen": "new"})

    ruth.refresh_from_db()
    assert ruth.manager == manager
    assert TierOverride.objects.get().reason == "set on the list"


@pytest.mark.parametrize("name", ["insight.spend", "customer.household", "no.such"])
def test_what_is_not_written_on_the_list_is_refused(
    client_of: SignIn, owner: Member, name: str
) -> None:
    ruth = make_customer()

    answer = client_of(owner).post(address(ruth.pk, name), {"value": "1", "seen": ""})

    assert answer.status_code in (403, 404)


def test_a_helper_gives_nobody_away_and_sees_their_own_alone(
    client_of: SignIn, helper: Member, owner: Member
) -> None:
    theirs, other = make_customer(manager=helper), make_customer("Oscar", manager=owner)
    here = client_of(helper)

    answers = [
        here.post(address(theirs.pk, "customer.manager"), {"value": "", "seen": str(helper.pk)}),
        here.get(address(other.pk)),
    ]

    assert [answer.status_code for answer in answers] == [403, 404]


def test_a_name_that_is_empty_is_refused_in_its_cell(client_of: SignIn, owner: Member) -> None:
    ruth = make_customer()

    answer = client_of(owner).post(
        address(ruth.pk, "customer.name"), {"value": " ", "seen": "Ruth Calloway"}
    )

    assert answer.status_code == 422
    assert "A customer needs a name." in answer.content.decode()


def test_a_forged_undo_is_refused(client_of: SignIn, owner: Member) -> None:
    assert client_of(owner).post("/customers/cells/undo/forged").status_code == 403


def test_hostile_words_are_shown_as_words(client_of: SignIn, owner: Member) -> None:
    ruth, here = make_customer(), client_of(owner)

    kept = here.post(address(ruth.pk), {"value": "<script>alert(1)</script>", "seen": ""})

    assert re.findall("<script", kept.content.decode()) == []

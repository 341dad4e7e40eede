"""Winning back by reason, on the screen."""

import json
from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.core.actor import SYSTEM
from regulars.departures.actions.winning import note_change
from regulars.departures.choices import WON_BACK, Reason
from regulars.departures.models import Change, Letter
from regulars.messaging.models import Hold
from regulars.team.models import Member
from regulars.verdicts.models import Trial
from tests.factories.customers import make_customer
from tests.factories.departures import make_departure
from tests.factories.messaging import make_mailing

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Member], Client]
HTMX = {"HX-Request": "true"}
EARLY = date(2026, 8, 1)
WHY = "/departures/why/price"


def test_from_what_changed_to_a_letter_that_waits_for_approval(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here = client_of(owner)
    nobody = here.get(WHY).content.decode()
    make_departure(make_customer("Dora Dear"), at, left_on=EARLY, words="<i>Too dear</i>")
    empty = here.get(WHY).content.decode()

    made = here.post(
        f"{WHY}/changed", {"words": "Bread is 2.90", "changed_on": "2026-11-01"}, headers=HTMX
    )
    undo = json.loads(made["HX-Trigger"])["toast"]["undo"]
    page = here.get(WHY).content.decode()
    wrong = here.post(f"{WHY}/letter", {"give": "discount", "gift": "", "cost": "2"})
    sent = here.post(f"{WHY}/letter", {"give": "discount", "gift": "a loaf", "cost": "2.90"})
    letter = Letter.objects.get(mailing__isnull=False)
    look = here.get(sent["Location"]).content.decode()
    paper = letter.mailing.version.body if letter.mailing else ""

    assert "Nobody left because of it" in nobody
    assert "since they left" not in nobody
    assert "Nothing has changed since they left" in empty
    assert "Write the letter" not in empty
    assert ("Bread is 2.90" in page, "&lt;i&gt;Too dear" in page) == (True, True)
    assert (wrong.status_code, "Say in a sentence what they get" in wrong.content.decode()) == (
        422, True,
    )  # fmt: skip
    assert (sent.status_code, letter.cost_minor) == (302, 290)
    assert ("those who left because of this: Price" in look, "Left out by lot" in look) == (
        True, True,
    )  # fmt: skip
    assert "Bread is 2.90" in paper
    assert "a loaf" in here.get(WHY).content.decode()
    assert here.post(undo, headers=HTMX).status_code == 204
    assert Change.objects.filter(removed_at=None).count() == 0
    assert here.post(undo.replace("gone", "back"), headers=HTMX).status_code == 204
    assert Change.objects.filter(removed_at=None).count() == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"words": "", "changed_on": "2026-11-01"}, "required"),
        ({"words": "x" * 301, "changed_on": "2026-11-01"}, "at most 300"),
        ({"words": "Soon", "changed_on": "2027-11-01"}, "That day is still to come"),
        ({"words": "Then", "changed_on": "yesterday"}, "Enter a valid date"),
    ],
)
def test_what_cannot_have_changed_is_said_in_the_form(
    client_of: ClientOf, owner: Member, at: datetime, given: dict[str, str], said: str
) -> None:
    answer = client_of(owner).post(f"{WHY}/changed", given)

    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert Change.objects.count() == 0


def test_who_left_for_good_gets_a_last_word_and_no_letter(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here = client_of(owner)
    mo = make_customer("Mo Moved")
    gone = make_departure(mo, at, reason=Reason.MOVED)
    page = here.get("/departures/why/moved").content.decode()

    sent = here.post("/departures/why/moved/farewell")
    refused = here.post("/departures/why/moved/letter", {"give": "nothing"})
    said = here.post(f"/departures/{gone.pk}/goodbye", headers=HTMX)
    panel = here.get(f"/departures/of/{mo.pk}").content.decode()
    back = here.post(f"/departures/{gone.pk}/more", headers=HTMX)

    assert ("Write the last word" in page, "Write the letter" in page) == (True, False)
    assert (sent.status_code, refused.status_code) == (302, 422)
    assert (said.status_code, back.status_code) == (204, 204)
    assert "The last word is said" in panel
    assert Hold.objects.get(lifted_at=None).stops == "selling"


def test_a_helper_looks_and_writes_nothing(
    client_of: ClientOf, helper: Member, viewer: Member, at: datetime
) -> None:
    note_change(Reason.PRICE, words="Bread is 2.90", changed_on=EARLY, by=SYSTEM, at=at)
    change = Change.objects.get()
    for member in (helper, viewer):
        here = client_of(member)
        page = here.get(WHY)
        said = [
            here.post(path).status_code
            for path in (
                f"{WHY}/changed", f"{WHY}/letter", f"{WHY}/farewell",
                f"/departures/changes/{change.pk}/gone", f"/departures/changes/{change.pk}/back",
            )
        ]  # fmt: skip
        assert (page.status_code, said) == (200, [403] * 5)
        assert "Write it down" not in page.content.decode()


def test_there_are_no_other_reasons(client_of: ClientOf, owner: Member) -> None:
    here = client_of(owner)

    assert here.get("/departures/why/weather").status_code == 404
    assert here.post("/departures/changes/999/gone").status_code == 404
    assert here.get("/departures/why/unknown").status_code == 200


def test_as_many_queries_for_three_as_for_one(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here, counts = client_of(owner), []
    for name in ("A", "B", "C"):
        make_departure(make_customer(name), at)
        here.get(WHY)
        with CaptureQueriesContext(connection) as asked:
            here.get(WHY)
        counts.append(len(asked))

    assert counts[0] == counts[2]


def test_as_many_queries_for_three_letters_as_for_one(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    """Drafts and those that have left; nobody goes through their customers for a list of them."""
    here = client_of(owner)
    make_departure(make_customer("A"), at)

    def asked() -> int:
        for state in ("draft", "running"):
            letter = Letter.objects.create(
                reason="price", give="discount", gift="A loaf", currency="GBP", written_at=at
            )
            made = make_mailing(
                at=at, audience=WON_BACK, definition={"letter": letter.pk}, state=state
            )
            if state == "running":
                Trial.objects.create(
                    occasion=made.occasion, name="x", purpose="sell", channel="email", seed=1,
                    list_count=150, left_out_count=50, planned_at=at, drawn_at=at,
                    begins_on=at.date(),
                )  # fmt: skip
        here.get(WHY)
        with CaptureQueriesContext(connection) as seen:
            page = here.get(WHY).content.decode()
        assert "It waits until somebody has looked at it and approved it." in page
        assert "50 of 150 were left out by lot to see whether this helps." in page
        return len(seen)

    first = asked()
    asked()

    assert asked() == first

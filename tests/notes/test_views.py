"""The note desk on the screen."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from regulars.consent.choices import Channel
from regulars.customers.models import Customer
from regulars.lists.models import HiddenField
from regulars.notes.choices import Hand, NoteState, Source
from regulars.notes.models import Note, Printing
from regulars.planning.models import Plan, PlanItem
from regulars.team.models import Member
from tests.factories.bulletins import make_bulletin, make_version
from tests.factories.notes import WORDS, at_home, make_note
from tests.factories.planning import make_facts

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Member], Client]


@pytest.fixture
def here(client_of: ClientOf, manager: Member, at: datetime) -> Client:
    return client_of(manager)


def test_a_note_goes_from_words_to_the_post_and_back(here: Client) -> None:
    ruth = at_home()

    asked = here.post(f"/notes/to/{ruth.pk}", {"body": WORDS, "hand": "font"})
    note = Note.objects.get()
    printed = here.post("/notes/print", {"note": [note.pk]})
    printing = Printing.objects.get()
    cards = here.get(f"/notes/printings/{printing.pk}/cards.pdf")
    posted = here.post("/notes/posted", {"note": [note.pk]}, follow=True)
    back = here.post(f"/notes/{note.pk}/back/posted", follow=True)

    assert asked["Location"] == "/notes/"
    assert printed["Location"] == f"/notes/printings/{printing.pk}/"
    assert (cards["Content-Type"], cards["Cache-Control"]) == (
        "application/pdf", "no-store, private",
    )  # fmt: skip
    assert "1 note is in the post." in posted.content.decode()
    assert f"/notes/{note.pk}/back/posted" in posted.content.decode()
    assert "Taken back." in back.content.decode()
    note.refresh_from_db()
    assert (note.state, note.source, note.touch) == (NoteState.PRINTED, Source.CUSTOMER, None)


def test_an_offer_is_refused_beside_the_words_that_were_typed(here: Client) -> None:
    ruth = at_home()
    make_facts(ruth, tier="core")

    answer = here.post(f"/notes/to/{ruth.pk}", {"body": "Ruth, 20% off!", "hand": "font"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“20%” sells, and Ruth Calloway is loyal to you: 12 purchases" in page
    assert "Ruth, 20% off!" in page
    assert Note.objects.count() == 0


def test_the_desk_shows_ones_own_or_everybodys(
    here: Client, owner: Member, manager: Member, at: datetime
) -> None:
    make_note(at_home("Ruth Calloway"), manager, at)
    make_note(at_home("Otis Bell"), owner, at)

    own, everybodys = (here.get(path).content.decode() for path in ("/notes/", "/notes/?whose=all"))

    assert ("Ruth Calloway" in own, "Otis Bell" in own) == (True, False)
    assert "Otis Bell" in everybodys


def test_letters_of_a_bulletin_stand_on_the_desk(here: Client, at: datetime) -> None:
    bulletin = make_bulletin(at)
    version = make_version(bulletin, at)
    version.bulletin.owed.create(customer=at_home(), version=version, by="letter", owed_at=at)

    page = here.get("/notes/").content.decode()

    assert "How we are doing after the fire" in page
    assert "1 letter" in page


def test_what_is_chosen_on_the_list_comes_to_the_desk(here: Client) -> None:
    ruth, otis = at_home("Ruth Calloway"), at_home("Otis Bell")
    at_home("Not Chosen")

    answer = here.post("/customers/notes", {"ids": [ruth.pk, otis.pk]}, follow=True)

    assert "2 notes are on the desk now." in answer.content.decode()
    assert set(Note.objects.values_list("customer__name", flat=True)) == {ruth.name, otis.name}
    assert here.post("/customers/notes", {"ids": []}).status_code == 422


def test_todays_notes_come_to_the_desk(here: Client, manager: Member, at: datetime) -> None:
    def on_list(customer: Customer, channel: Channel) -> None:
        plan, _new = Plan.objects.get_or_create(
            member=manager, day=at.date(), defaults={"minutes": 60, "made_at": at}
        )
        PlanItem.objects.create(
            plan=plan, customer=customer, position=0, channel=channel, purpose="serve", minutes=6,
            reason="rhythm", due_on=at.date(),
        )  # fmt: skip

    nothing = here.post("/today/notes", follow=True)
    on_list(at_home("Ruth Calloway"), Channel.NOTE)
    on_list(at_home("Otis Bell"), Channel.CALL)
    answer = here.post("/today/notes", follow=True)

    assert "Today’s list wants no note of you." in nothing.content.decode()
    assert "1 note is on the desk now." in answer.content.decode()
    assert Note.objects.get().source == Source.TODAY


def test_labels_are_for_whoever_sees_addresses(here: Client, manager: Member, at: datetime) -> None:
    note = make_note(at_home(), manager, at, hand=Hand.PEN)
    here.post("/notes/print", {"note": [note.pk]})
    there = f"/notes/printings/{Printing.objects.get().pk}"
    HiddenField.objects.create(role="manager", field="customer.street", hidden_at=at)

    answers = [here.get(f"{there}/{what}.pdf").status_code for what in ("labels", "sheets")]

    assert answers == [403, 403]
    assert here.get(f"{there}/cards.pdf").status_code == 422


def test_a_viewer_looks_and_writes_nothing(
    client_of: ClientOf, viewer: Member, at: datetime
) -> None:
    there = client_of(viewer)

    assert there.get("/notes/").status_code == 200
    assert there.post(f"/notes/to/{at_home().pk}", {"body": WORDS}).status_code == 403

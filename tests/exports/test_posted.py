"""Letters to addresses that were taken out: once they are in the post, each is a touch."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.consent.choices import Purpose
from regulars.conversations.models import Clock, Touch
from regulars.core import jobs
from regulars.core.actor import COMMAND
from regulars.core.models import Job
from regulars.customers.actions.households import make_household
from regulars.customers.models import Customer
from regulars.exports import actions
from regulars.exports.actions import say_posted, take_posted_back, write_posted
from regulars.exports.choices import Format, What
from regulars.exports.errors import NotPosted
from regulars.exports.models import Export
from regulars.team.models import Member
from tests.factories.customers import make_customer, make_point

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
ClientOf = Callable[[Member], Client]


def at_home(name: str) -> Customer:
    customer = make_customer(name)
    make_point(customer, "address", "8 Weir", street="8 Weir", postcode="AM4 2TR", city="Ambley")
    return customer


@pytest.fixture
def letters(manager: Member, at: datetime) -> Export:
    """Taken out: two who live together, one alone, and one without an address."""
    ruth, ada = at_home("Ruth Calloway"), make_customer("Ada Calloway")
    make_household("The Calloways", [ruth, ada], by=COMMAND, at=at)
    at_home("Oscar Weir")
    make_customer("Nobody Athome", email="n@example.com")
    return Export.objects.create(
        what=What.LETTERS, format=Format.CSV, asked_at=at, asked_by=manager, made_at=at, row_count=2
    )


def told() -> list[tuple[str, str, str, str]]:
    rows = Touch.objects.standing().order_by("customer__name")
    return list(rows.values_list("customer__name", "channel", "purpose", "body"))


def test_each_whom_a_letter_reaches_has_one_touch_however_often_it_is_written(
    letters: Export, manager: Member, at: datetime
) -> None:
    say_posted(letters, purpose=Purpose.THANK, words=" Ten years ", by=manager.actor, at=at)

    counts = [
        jobs.run_now("exports.post", at=at + timedelta(minutes=n), export_id=letters.pk).result
        for n in range(2)
    ]

    assert counts == [{"customers": 3}] * 2
    assert told() == [
        (name, "letter", "thank", "Ten years")
        for name in ("Ada Calloway", "Oscar Weir", "Ruth Calloway")
    ]
    assert set(Clock.objects.values_list("last_touch_at", "last_personal_at")) == {(at, None)}


def test_taken_back_the_touches_go_and_it_can_be_said_again(
    letters: Export, manager: Member, at: datetime
) -> None:
    by, later = manager.actor, at + timedelta(hours=1)
    posted = say_posted(letters, purpose=Purpose.INFORM, words="x", by=by, at=at)
    write_posted(posted, by=by, seen=lambda _count: None)

    with pytest.raises(NotPosted):
        say_posted(letters, purpose=Purpose.INFORM, words="x", by=by, at=later)
    count = take_posted_back(posted, by=by, at=later)
    # A job that was on its way writes nothing more.
    write_posted(posted, by=by, seen=lambda _count: None)
    after = (told(), Clock.objects.count())
    letters.refresh_from_db()
    with pytest.raises(NotPosted):
        take_posted_back(letters, by=by, at=later)
    again = say_posted(letters, purpose=Purpose.INFORM, words="x", by=by, at=later)

    assert (count, after, again.posted_at) == (3, ([], 0), later)


def test_taken_back_by_halves_it_goes_on_until_nothing_is_left(
    letters: Export, manager: Member, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever took it back died after the first piece; the background goes on where it was."""
    by, later = manager.actor, at + timedelta(hours=1)
    posted = say_posted(letters, purpose=Purpose.INFORM, words="x", by=by, at=at)
    write_posted(posted, by=by, seen=lambda _count: None)
    monkeypatch.setattr(actions, "POSTED_AT_ONCE", 1)

    def die(point: str) -> None:
        assert point == "exports.taken_back_piece"
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(actions, "fault", die)
        with pytest.raises(KeyboardInterrupt):
            take_posted_back(posted, by=by, at=later)

    left = len(told())
    letters.refresh_from_db()
    # Half of it is gone: it still stands in the post, nothing more is written, nothing said anew.
    assert (left, letters.posted_at) == (2, at)
    write_posted(posted, by=by, seen=lambda _count: None)
    with pytest.raises(NotPosted):
        say_posted(letters, purpose=Purpose.INFORM, words="y", by=by, at=later)
    assert len(told()) == 2
    job = Job.objects.get(name="exports.take_back")
    done = jobs.run_now(job.name, at=later, **job.arguments)
    again = jobs.run_now(job.name, at=later, **job.arguments)
    letters.refresh_from_db()

    assert (done.result, again.result) == ({"touches": 2}, {"touches": 0})
    assert (told(), Clock.objects.count(), letters.posted_at) == ([], 0, None)
    say_posted(letters, purpose=Purpose.INFORM, words="y", by=by, at=later)
    jobs.run_now(job.name, at=later, **job.arguments)
    letters.refresh_from_db()
    assert letters.posted_at == later


def test_only_letters_are_posted(letters: Export, manager: Member, at: datetime) -> None:
    Export.objects.update(what=What.CUSTOMERS)

    with pytest.raises(NotPosted):
        say_posted(letters, purpose=Purpose.INFORM, words="x", by=manager.actor, at=at)


def test_on_the_page_it_is_said_and_taken_back(
    letters: Export, manager: Member, owner: Member, client_of: ClientOf
) -> None:
    here, page = client_of(manager), f"/exports/{letters.pk}/"

    empty = here.post(f"{page}post", {"purpose": "inform", "words": ""})
    here.post(f"{page}post", {"purpose": "inform", "words": "We are back"})
    said = here.get(page).content.decode()
    written = len(told())
    here.post(f"{page}post-back")

    assert empty.status_code == 422
    assert "to “Inform”: We are back." in said
    assert "They were not posted" in said
    assert (written, told()) == (3, [])
    assert "They are in the post" in here.get(page).content.decode()
    # It is whoever took it out who may say so.
    assert (
        client_of(owner).post(f"{page}post", {"purpose": "inform", "words": "x"}).status_code == 404
    )


def test_as_many_questions_for_one_as_for_three(
    letters: Export, manager: Member, at: datetime
) -> None:
    counted = []
    for _more in range(3):
        posted = say_posted(letters, purpose=Purpose.INFORM, words="x", by=manager.actor, at=at)
        with CaptureQueriesContext(connection) as queries:
            write_posted(posted, by=manager.actor, seen=lambda _count: None)
        counted.append(len(queries))
        take_posted_back(posted, by=manager.actor, at=at)
        for n in range(3):
            at_home(f"Else{len(counted)} No{n}")

    assert counted[1] == counted[2]

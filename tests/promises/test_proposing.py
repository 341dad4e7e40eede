"""The promise that words make: found, offered, and made by one tick."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from regulars.core.actor import SYSTEM
from regulars.helping.models import HelpRequest
from regulars.promises.models import Promise
from regulars.promises.proposing import Proposal, day_said, promise_as_ticked, proposal_in
from regulars.team.models import Member
from tests.factories.cases import make_case
from tests.factories.customers import make_customer
from tests.factories.helping import make_request
from tests.factories.mentions import make_mention

ClientOf = Callable[[Member], Client]
TUESDAY = date(2026, 11, 24)
TICKED = {"promised": "We call you by Friday", "promised_on": "2026-11-27"}
HTMX = {"HX-Request": "true"}


@pytest.mark.same_on_each
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("You have it by Friday.", date(2026, 11, 27)),
        ("by the next Tuesday", date(2026, 12, 1)),
        ("I call you back by tomorrow", date(2026, 11, 25)),
        ("We will call you tomorrow.", date(2026, 11, 25)),
        ("until tonight", TUESDAY),
        ("within two days", date(2026, 11, 26)),
        ("in 3 weeks", date(2026, 12, 15)),
        ("within the next 48 hours", date(2026, 11, 26)),
        ("before 3 May", date(2027, 5, 2)),
        ("before Friday", date(2026, 11, 26)),
        ("before tomorrow", TUESDAY),
        ("by 3 December", date(2026, 12, 3)),
        ("by December 3rd", date(2026, 12, 3)),
        ("by the 2nd of March", date(2027, 3, 2)),
        ("no later than 2026-12-03", date(2026, 12, 3)),
        ("Bis Freitag ist es da", date(2026, 11, 27)),
        ("bis übermorgen", date(2026, 11, 26)),
        ("Wir rufen morgen an", date(2026, 11, 25)),
        ("innerhalb von zwei Tagen", date(2026, 11, 26)),
        ("spätestens am 3. Dezember", date(2026, 12, 3)),
        ("We look tomorrow, and bring it by Friday", date(2026, 11, 25)),
        ("by 31 February", None),
        ("by 2026-02-31", None),
        ("It came on Friday", None),
        ("Guten Morgen, in der Tat", None),
        ("In the end it was fine", None),
        ("", None),
        ("by " * 1_000_000, None),
    ],
)
def test_a_day_that_is_said(words: str, said: date | None) -> None:
    assert day_said(words, TUESDAY) == said


@pytest.mark.same_on_each
@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("I am sorry. We call you by Friday. It is windy!", "We call you by Friday"),
        ("Dear Ruth,\n\nyou have it tomorrow\n\nNora", "you have it tomorrow"),
        ("Sie hören spätestens am 3. Dezember von uns. Danke",
         "Sie hören spätestens am 3. Dezember von uns"),
        ("x" * 300 + " by Friday", "x" * 200),
    ],
)  # fmt: skip
def test_what_is_promised_is_the_sentence_that_says_it(words: str, what: str) -> None:
    found = proposal_in(words, TUESDAY)

    assert found is not None
    assert found.what == what


@pytest.mark.same_on_each
def test_words_without_a_day_promise_nothing() -> None:
    assert proposal_in("Thank you for the rye.", TUESDAY) is None
    assert proposal_in("by Friday", TUESDAY) == Proposal("by Friday", date(2026, 11, 27))


@pytest.mark.django_db
def test_while_somebody_writes_it_is_offered_and_nothing_is_made(
    client_of: ClientOf, manager: Member, viewer: Member, at: datetime
) -> None:
    here = client_of(manager)
    asked = {"line": "We call <b>you by Friday"}

    offered = here.post("/promises/propose?in=line", asked).content.decode()
    ticked = here.post("/promises/propose?in=line", {
        **asked, "promised": "We call <b>you by Friday", "promised_on": "2026-11-27",
    }).content.decode()  # fmt: skip
    nothing = here.post("/promises/propose?in=line", {"line": "Thank you"}).content.decode()

    assert 'value="2026-11-27"><span>' in offered
    assert "“We call &lt;b&gt;you by Friday”" in offered
    assert 'value="2026-11-27" checked>' in ticked
    assert "promised" not in nothing
    assert client_of(viewer).post("/promises/propose", asked).status_code == 403
    assert Promise.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("place", ["case", "touch", "help", "note", "message", "mention"])
def test_by_one_tick_it_is_promised_wherever_words_go_to_a_customer(
    client_of: ClientOf, manager: Member, at: datetime, place: str
) -> None:
    ruth = make_customer(
        manager=manager, email="ruth@x.example", address="8 Weir Cottages, Ambley AM4 2TR"
    )
    here, words = client_of(manager), "We call you by Friday"
    places: dict[str, tuple[Callable[[], str], str]] = {
        "case": (lambda: f"/cases/{make_case(at, customer=ruth).pk}/answer", "words"),
        "touch": (lambda: f"/touches/log/{ruth.pk}", "body"),
        "help": (lambda: f"/help-requests/{make_request(ruth, at).pk}/come-back", "outcome"),
        "note": (lambda: f"/notes/to/{ruth.pk}", "body"),
        "message": (lambda: f"/messages/to/{ruth.pk}/", "body"),
        "mention": (
            lambda: f"/mentions/{make_mention(at, email='ruth@x.example').pk}/answered", "words"
        ),
    }  # fmt: skip
    where, field = places[place]
    there = where()
    page = {
        "case": there.removesuffix("answer"), "touch": f"/customers/{ruth.pk}/",
        "help": there.removesuffix("come-back"), "mention": there.removesuffix("answered"),
    }.get(place, there)  # fmt: skip
    shown = here.get(page).content.decode()
    nonce = shown.partition('name="nonce" value="')[2][:36]
    sent = {
        field: words, "channel": "call", "hand": "font", "purpose": "serve", "subject": "Hello",
        "nonce": nonce, **TICKED,
    }  # fmt: skip

    answer = here.post(there, sent)
    if place == "message" and answer.status_code == 422:
        told = answer.content.decode().partition('name="told" value="')[2].partition('"')[0]
        answer = here.post(there, {**sent, "told": told})

    assert f"/promises/propose?in={field}" in shown
    assert answer.status_code in (200, 302)
    promise = Promise.objects.get()
    assert (promise.what, promise.customer, promise.keeper) == (words, ruth, manager)
    assert str(promise.due_at) == "2026-11-27 23:59:00+00:00"


@pytest.mark.django_db
@pytest.mark.usefixtures("business")
def test_sent_twice_it_is_one_and_what_is_over_does_not_keep_the_words(
    manager: Member, viewer: Member, at: datetime
) -> None:
    ruth = make_customer()

    one = promise_as_ticked(TICKED, customer=ruth, by=manager.actor, at=at)
    again = promise_as_ticked(TICKED, customer=ruth, by=manager.actor, at=at)

    assert one == again is not None
    for given in ({}, {"promised": "x"}, {"promised_on": "2026-11-27"},
                  {"promised": "x", "promised_on": "soon"},
                  {"promised": "x", "promised_on": "2026-11-01"}):  # fmt: skip
        assert promise_as_ticked(given, customer=ruth, by=manager.actor, at=at) is None
    assert promise_as_ticked(TICKED, customer=None, by=viewer.actor, at=at) is None
    assert Promise.objects.count() == 1
    assert HelpRequest.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("business")
def test_a_ticked_day_is_a_day_for_words_of_betterment(
    client_of: ClientOf, manager: Member, at: datetime
) -> None:
    case = make_case(at, customer=make_customer(manager=manager))
    words = "It will never happen again: a new oven by Friday"

    refused = client_of(manager).post(f"/cases/{case.pk}/answer", {"words": words})
    client_of(manager).post(f"/cases/{case.pk}/answer", {"words": words, **TICKED})

    case.refresh_from_db()
    assert refused.status_code == 422
    assert (case.state, Promise.objects.count()) == ("answered", 1)


@pytest.mark.django_db
def test_how_each_keeps_their_word_stands_on_the_page(
    client_of: ClientOf, owner: Member, manager: Member, at: datetime
) -> None:
    ruth, day = make_customer(), timedelta(days=1)
    for keeper, state, count in (
        (owner, "kept", 2), (owner, "broken", 1), (manager, "kept_late", 1)
    ):  # fmt: skip
        for _nth in range(count):
            Promise.objects.create(
                what="Call", customer=ruth, due_at=at - day, first_due_at=at - day, keeper=keeper,
                made_at=at - 3 * day, state=state, settled_at=at - day, recorded_at=at - day,
            )  # fmt: skip
    Promise.objects.create(
        what="Late", customer=ruth, due_at=at - day, first_due_at=at - day, keeper=manager,
        made_at=at - 3 * day,
    )  # fmt: skip

    page = client_of(owner).get("/promises/").content.decode()

    assert "Of 3 promises that were due, 2 were kept in time, 0 late, 1 not." in page
    assert "Of 2 promises that were due, 0 were kept in time, 2 late, 0 not." in page
    assert "Of 5 promises that were due" in page
    assert SYSTEM.member_id is None

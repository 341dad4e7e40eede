from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.core.actor import SYSTEM
from regulars.messaging.actions.holds import place_hold
from regulars.messaging.choices import HoldKind, Holds
from regulars.messaging.models import Hold
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.messaging import make_mailing, make_message, make_version

SignIn = Callable[[Member], Client]
BEREAVED = {"kind": "bereavement", "until_on": "", "why": "Her husband died"}


def test_a_manager_holds_messages_from_the_customers_page_and_lets_them_go(
    client_of: SignIn, manager: Member, at: datetime
) -> None:
    ruth, browser = make_customer(), client_of(manager)

    placed = browser.post(f"/messages/holds/{ruth.pk}/place", BEREAVED, follow=True)
    hold = Hold.objects.get()
    lifted = browser.post(f"/messages/holds/{ruth.pk}/{hold.pk}/lift", follow=True)

    assert placed.redirect_chain == [(f"/customers/{ruth.pk}/", 302)]
    assert (hold.kind, hold.stops, hold.until) == (HoldKind.BEREAVEMENT, Holds.OFFERED, None)
    assert "Her husband died" in placed.text
    assert "Her husband died" not in lifted.text
    assert Hold.objects.get().lifted_at == at


def test_the_panel_alone_answers_a_browser_with_scripts_and_a_day_holds_to_its_end(
    client_of: SignIn, manager: Member, at: datetime
) -> None:
    ruth = make_customer()

    answer = client_of(manager).post(
        f"/messages/holds/{ruth.pk}/place",
        {"kind": "other", "until_on": "2026-12-01"},
        headers={"HX-Request": "true"},
    )

    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<section id="holds">')
    assert Hold.objects.get().until == datetime(2026, 12, 2, tzinfo=UTC)


@pytest.mark.parametrize("until_on", ["2026-11-23", "soon"])
def test_a_day_that_has_passed_or_is_none_is_said_beside_the_form(
    client_of: SignIn, manager: Member, at: datetime, until_on: str
) -> None:
    ruth = make_customer()

    answer = client_of(manager).post(
        f"/messages/holds/{ruth.pk}/place", {"kind": "other", "until_on": until_on}
    )

    assert answer.status_code == 422
    assert "<details open>" in answer.text
    assert not Hold.objects.exists()


def test_a_helper_holds_messages_to_their_own_only_and_a_viewer_none(
    client_of: SignIn, helper: Member, viewer: Member, at: datetime
) -> None:
    own, other = make_customer("Own", manager=helper), make_customer("Other")

    answers = [
        client_of(who).post(f"/messages/holds/{whose.pk}/place", BEREAVED).status_code
        for who, whose in ((helper, own), (helper, other), (viewer, own))
    ]
    hold = Hold.objects.get()
    lifts = [
        client_of(who).post(f"/messages/holds/{whose.pk}/{hold.pk}/lift").status_code
        for who, whose in ((viewer, own), (helper, other), (helper, own))
    ]

    assert answers == [302, 404, 403]
    assert hold.customer == own
    assert lifts == [403, 404, 302]


def test_a_hold_for_everybody_is_shown_and_not_lifted_from_a_customers_page(
    client_of: SignIn, owner: Member, at: datetime
) -> None:
    ruth = make_customer()
    hold = place_hold(None, HoldKind.CRISIS, by=SYSTEM, at=at)
    browser = client_of(owner)

    page = browser.get(f"/customers/{ruth.pk}/")
    answer = browser.post(f"/messages/holds/{ruth.pk}/{hold.pk}/lift")

    assert "We are in trouble ourselves" in page.text
    assert f"/{hold.pk}/lift" not in page.text
    assert answer.status_code == 404


def test_the_watch_says_what_is_held_for_everybody(
    manager: Member, client_of: SignIn, at: datetime
) -> None:
    here, ruth = client_of(manager), make_customer("Ruth", email="r@x.example")
    sells, serves = (make_mailing(at=at, version=make_version(why)) for why in ("sell", "serve"))
    for mailing in (sells, serves):
        make_message(ruth, at=at, mailing=mailing, version=mailing.version)
    until = at + timedelta(days=2)
    place_hold(None, HoldKind.CRISIS, by=manager.actor, at=at, until=until, why="The mill burns.")

    held, free = (here.get(f"/messages/mailings/{one.pk}/progress").text for one in (sells, serves))

    assert "It waits: messages to everybody are held until 26 Nov 2026, 09:00. The mill" in held
    assert 'hx-trigger="every 10s"' in held
    assert "It waits" not in free


HELD_FOR_ALL = {"kind": "crisis", "stops": "selling", "until_on": "", "why": "The mill burns"}


def test_a_manager_holds_messages_to_everybody_and_lets_them_go(
    client_of: SignIn, manager: Member, at: datetime
) -> None:
    browser = client_of(manager)

    placed = browser.post("/messages/holds/everybody", HELD_FOR_ALL, follow=True)
    hold = Hold.objects.get()
    home = browser.get("/messages/")
    lifted = browser.post(f"/messages/holds/{hold.pk}/lift", follow=True)

    assert placed.redirect_chain == [("/messages/holds/", 302)]
    assert (hold.customer, hold.kind, hold.stops) == (None, HoldKind.CRISIS, Holds.SELLING)
    assert (hold.placed_by, hold.until) == (manager, None)
    assert "The mill burns" in placed.text
    assert "Messages to everybody are held." in home.text
    assert "Nothing is held for everybody." in lifted.text
    assert Hold.objects.get().lifted_at == at


def test_everything_is_held_to_the_end_of_a_day_and_a_day_gone_by_is_refused(
    client_of: SignIn, owner: Member, at: datetime
) -> None:
    browser = client_of(owner)
    every = {**HELD_FOR_ALL, "stops": "all"}

    past = browser.post("/messages/holds/everybody", {**every, "until_on": "2026-11-20"})
    none = browser.post("/messages/holds/everybody", {**every, "stops": "moods"})
    browser.post("/messages/holds/everybody", {**every, "until_on": "2026-11-30"})

    assert (past.status_code, none.status_code) == (422, 422)
    assert "That day has passed" in past.text
    hold = Hold.objects.get()
    assert (hold.stops, hold.until) == (Holds.ALL, datetime(2026, 12, 1, tzinfo=UTC))


@pytest.mark.parametrize("role", ["helper", "viewer"])
def test_nobody_else_holds_everybody_or_lets_them_go(
    client_of: SignIn, at: datetime, role: str, request: pytest.FixtureRequest
) -> None:
    browser = client_of(request.getfixturevalue(role))
    hold = place_hold(None, HoldKind.CRISIS, by=SYSTEM, at=at)

    page = browser.get("/messages/holds/")
    answers = [
        browser.post("/messages/holds/everybody", HELD_FOR_ALL).status_code,
        browser.post(f"/messages/holds/{hold.pk}/lift").status_code,
    ]

    assert answers == [403, 403]
    assert "We are in trouble ourselves" in page.text
    assert (f"/{hold.pk}/lift" in page.text, "hold_everybody" in page.text) == (False, False)
    assert Hold.objects.get().lifted_at is None


def test_holds_of_customers_are_listed_as_far_as_one_may_see_them(
    client_of: SignIn, helper: Member, viewer: Member, at: datetime
) -> None:
    own, other = make_customer("Ann Own", manager=helper), make_customer("Otto Other")
    mine, theirs = (place_hold(one, HoldKind.CASE, by=SYSTEM, at=at) for one in (own, other))
    browser = client_of(helper)

    page, all_of_them = browser.get("/messages/holds/"), client_of(viewer).get("/messages/holds/")
    answers = [browser.post(f"/messages/holds/{one.pk}/lift").status_code for one in (theirs, mine)]

    assert ("Ann Own" in page.text, "Otto Other" in page.text) == (True, False)
    assert ("Ann Own" in all_of_them.text, "Otto Other" in all_of_them.text) == (True, True)
    assert answers == [404, 302]
    assert [Hold.objects.get(pk=one.pk).lifted_at for one in (mine, theirs)] == [at, None]


def test_the_list_of_holds_goes_on_page_by_page_with_as_many_questions(
    client_of: SignIn, manager: Member, at: datetime
) -> None:
    browser, counts = client_of(manager), []
    browser.get("/messages/holds/")
    for many in (1, 30):
        for number in range(many):
            place_hold(make_customer(f"Customer {number}"), HoldKind.CASE, by=SYSTEM, at=at)
        with CaptureQueriesContext(connection) as seen:
            browser.get("/messages/holds/")
        counts.append(len(seen))

    last = Hold.objects.order_by("-pk")[24]
    first = browser.get("/messages/holds/")
    second = browser.get(f"/messages/holds/?below={last.pk}")

    assert counts[0] == counts[1]
    assert first.text.count("Let messages go") == 25
    assert f"?below={last.pk}" in first.text
    assert second.text.count("Let messages go") == 6

"""Promises on the screen."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.core.actor import SYSTEM
from regulars.promises.actions import keep_promise
from regulars.promises.models import Promise
from regulars.team.models import Member
from tests.factories.bulletins import make_bulletin, make_version
from tests.factories.customers import make_customer
from tests.factories.promises import make_one

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Member], Client]
HTMX = {"HX-Request": "true"}
DEEDS = ("keep", "postpone", "break", "withdraw", "back/open")


def test_what_is_promised_on_the_page_stands_there_and_is_kept_with_one_tap(
    client_of: ClientOf, manager: Member, at: datetime
) -> None:
    here, ruth = client_of(manager), make_customer(manager=manager)

    made = here.post(
        f"/promises/of/{ruth.pk}/new", {"what": "Call back", "due": "tomorrow"}, headers=HTMX
    )
    promise = Promise.objects.get()
    page = here.get(f"/customers/{ruth.pk}/").content.decode()
    kept = here.post(f"/promises/{promise.pk}/keep", headers=HTMX)

    assert made.status_code == 204
    assert promise.due_at.isoformat() == "2026-11-25T23:59:00+00:00"
    assert "Call back" in page
    assert "by tomorrow" in page
    toast = json.loads(kept["HX-Trigger"])["toast"]
    assert toast == {"text": "Kept.", "undo": f"/promises/{promise.pk}/back/kept"}
    assert (
        "Of 1 promise that was due, 1 was kept"
        in here.get(f"/promises/of/{ruth.pk}").content.decode()
    )
    assert here.post(toast["undo"], headers=HTMX).status_code == 204
    assert Promise.objects.get().state == "open"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param({"what": "", "due": "today"}, "This field is required", id="nothing"),
        pytest.param({"what": "Call back"}, "Say by when.", id="no day"),
        pytest.param({"what": "Call", "due_on": "2026-11-23"}, "That moment is over.", id="past"),
        pytest.param({"what": "Call back", "due_on": "soon"}, "Enter a valid date", id="no date"),
        pytest.param({"what": "x" * 2001, "due": "today"}, "at most 2000", id="too long"),
    ],
)  # fmt: skip
def test_a_promise_that_cannot_be_is_said_in_the_panel(
    client_of: ClientOf, manager: Member, at: datetime, given: dict[str, str], said: str
) -> None:
    ruth = make_customer(manager=manager)

    answer = client_of(manager).post(f"/promises/of/{ruth.pk}/new", given, headers=HTMX)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Promise.objects.count() == 0


def test_the_list_shows_what_is_late_and_leads_on(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here = client_of(owner)
    make_one(at, customer=make_customer("Jo March"), by=owner.actor)
    here.get("/promises/")
    with CaptureQueriesContext(connection) as for_one:
        here.get("/promises/")
    late = make_one(at - timedelta(days=9), what="Bring the tins", to_whom="the market")
    for name in ("Ada Byron", "Ruth Calloway"):
        make_one(at, customer=make_customer(name), by=owner.actor)
    keep_promise(make_one(at, what="Done"), by=SYSTEM, at=at)

    with CaptureQueriesContext(connection) as for_four:
        all_open = here.get("/promises/").content.decode()
    only_late = here.get("/promises/?show=late").content.decode()
    mine = here.get("/promises/?whose=mine").content.decode()

    assert len(for_four) == len(for_one)
    assert all_open.count("Call back about the rye") == 3
    assert ("Bring the tins" in only_late, "Ada Byron" in only_late) == (True, False)
    assert ("Bring the tins" in mine, "Ada Byron" in mine) == (False, True)
    assert "Of 2 promises that were due, 1 were kept in time, 1 late, 0 not." in all_open
    assert f"/promises/{late.pk}/" in only_late


def test_one_promise_is_moved_broken_withdrawn_and_opened_again(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here, promise = client_of(owner), make_one(at, by=owner.actor)
    page = f"/promises/{promise.pk}/"

    assert (
        here.post(page + "postpone", {"due_on": "2026-12-01", "words": "Flour"}).status_code == 302
    )
    assert "Flour" in here.get(page).content.decode()
    assert here.post(page + "postpone", {"due_on": ""}).status_code == 422
    assert here.post(page + "break", {"words": ""}).status_code == 422
    assert here.post(page + "break", {"words": "No flour"}).status_code == 302
    assert here.post(page + "back/broken").status_code == 302
    assert here.post(page + "withdraw", {"words": "They found some"}).status_code == 302

    promise.refresh_from_db()
    assert (promise.state, promise.words) == ("withdrawn", "They found some")


def test_of_the_next_update_of_a_bulletin_nothing_is_said_by_hand(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here, bulletin = client_of(owner), make_bulletin(at)
    make_version(bulletin, at)
    promise = Promise.objects.get()
    page, was = f"/promises/{promise.pk}/", Promise.objects.values().get()

    shown = here.get(page).content.decode()
    said = {"due_on": "2026-12-01", "words": "No time"}
    answers = [here.post(page + to, said) for to in DEEDS]

    assert "What came of it" not in shown
    assert f'href="/bulletins/{bulletin.pk}/"' in shown
    assert [one.status_code for one in answers] == [422] * len(DEEDS)
    assert all("Publish the next update" in one.content.decode() for one in answers)
    assert Promise.objects.values().get() == was
    make_version(bulletin, at + timedelta(hours=1))
    promise.refresh_from_db()
    assert promise.state == "kept"
    assert "Open it again" not in here.get(page).content.decode()
    assert here.post(page + "back/kept").status_code == 422


def test_a_helper_settles_their_own_and_a_viewer_nothing(
    client_of: ClientOf, owner: Member, helper: Member, viewer: Member, at: datetime
) -> None:
    theirs = make_one(at, customer=make_customer("Ada Byron", manager=helper))
    others = make_one(at, customer=make_customer("Jo March", manager=owner))

    assert client_of(helper).post(f"/promises/{theirs.pk}/keep").status_code == 302
    assert client_of(helper).get(f"/promises/{others.pk}/").status_code == 404
    assert client_of(viewer).get(f"/promises/{others.pk}/").status_code == 200
    assert client_of(viewer).post(f"/promises/{others.pk}/keep").status_code == 403
    assert client_of(viewer).post("/promises/new", {"what": "x", "due": "today"}).status_code == 403


def test_today_says_what_is_due_and_what_is_late(
    client_of: ClientOf, owner: Member, manager: Member, at: datetime
) -> None:
    make_customer(manager=owner)
    make_one(at, days=0.2, by=owner.actor)
    make_one(at, days=3, by=owner.actor)
    make_one(at - timedelta(days=3), by=owner.actor)
    make_one(at, days=0.2, by=manager.actor)

    page = client_of(owner).get("/").content.decode()

    assert "1 promise is due today" in page
    assert "1 promise is late" in page

"""Our pledge: written by us, read by everybody from a file."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from regulars.core.actor import SYSTEM
from regulars.promises.actions import (
    keep_promise,
    publish_pledge,
    withdraw_pledge,
    write_pledge,
)
from regulars.promises.errors import NothingToTakeBack, PromiseEmpty
from regulars.promises.models import Pledge
from regulars.promises.pledge import put_out
from regulars.team.models import Business, Member
from tests.factories.portal import link_to, make_ruth
from tests.factories.promises import make_one

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
ClientOf = Callable[[Member], Client]
Commits = Callable[..., object]
GIVEN = {"title": "How we treat you", "body": "We call back.\n\n- the same day\n- by name"}


def page() -> str:
    place: Path = settings.HOME / "public" / "pledge.html"
    return place.read_text() if place.exists() else ""


def test_it_is_written_looked_at_published_and_taken_off(
    client_of: ClientOf, owner: Member, at: datetime, django_capture_on_commit_callbacks: Commits
) -> None:
    here = client_of(owner)
    first = here.get("/promises/pledge").content.decode()

    here.post("/promises/pledge", GIVEN)
    kept = here.get("/promises/pledge").content.decode()
    nothing_out = page()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        here.post("/promises/pledge", {**GIVEN, "deed": "publish"})
    out, said = page(), here.get("/promises/pledge").content.decode()
    link = Client().get(link_to("expectations", make_ruth(), at)).content.decode()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        here.post("/promises/pledge/withdraw")

    assert "A person answers you" in first
    assert nothing_out == ""
    assert "<li>the same day</li>" in kept
    assert "<p>We call back.</p><ul><li>the same day</li><li>by name</li></ul>" in out
    assert 'href="/public/pledge.html"' in said
    assert 'href="/public/pledge.html">How we treat you</a>' in link
    assert "<script" not in out
    assert len(out) < 10_000
    assert page() == ""


def test_the_kept_rate_stands_there_with_its_count_where_it_is_wanted(at: datetime) -> None:
    for _ in range(2):
        keep_promise(make_one(at - timedelta(days=9)), by=SYSTEM, at=at - timedelta(days=8))
    write_pledge(title="T", body="<b>B</b>", shows_rate=True, by=SYSTEM, at=at)
    publish_pledge(by=SYSTEM, at=at)

    assert put_out(at=at)
    assert not put_out(at=at)
    with_rate = page()
    make_one(at - timedelta(days=5), days=1)
    assert put_out(at=at)

    assert "Of 2 promises that were due, 2 were kept in time, 0 late, 0 not." in with_rate
    assert "Of 3 promises that were due, 2 were kept in time, 1 late, 0 not." in page()
    assert "&lt;b&gt;B&lt;/b&gt;" in page()
    write_pledge(title="T", body="B", shows_rate=False, by=SYSTEM, at=at)
    assert not put_out(at=at)
    publish_pledge(by=SYSTEM, at=at)
    put_out(at=at)
    assert "promises that were due" not in page()


def test_what_is_not_there_is_neither_published_nor_taken_off(
    business: Business, at: datetime
) -> None:
    with pytest.raises(PromiseEmpty):
        publish_pledge(by=SYSTEM, at=at)
    with pytest.raises(NothingToTakeBack):
        withdraw_pledge(by=SYSTEM, at=at)


def test_a_file_left_behind_goes_with_the_job_of_the_day(at: datetime) -> None:
    write_pledge(title="T", body="B", shows_rate=False, by=SYSTEM, at=at)
    publish_pledge(by=SYSTEM, at=at)
    put_out(at=at)
    withdraw_pledge(by=SYSTEM, at=at)

    assert page() != ""
    assert put_out(at=at)
    assert page() == ""


def test_a_manager_writes_and_an_owner_publishes(
    client_of: ClientOf, manager: Member, helper: Member, at: datetime
) -> None:
    wrote = client_of(manager).post("/promises/pledge", GIVEN)
    published = client_of(manager).post("/promises/pledge", {**GIVEN, "deed": "publish"})
    empty = client_of(manager).post("/promises/pledge", {"title": "T", "body": ""})

    assert (wrote.status_code, published.status_code, empty.status_code) == (302, 403, 422)
    assert client_of(helper).post("/promises/pledge", GIVEN).status_code == 403
    assert client_of(helper).get("/promises/pledge").status_code == 200
    assert not Pledge.objects.get().is_public

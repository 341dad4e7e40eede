"""The switch for everything that leaves, on every page."""

from collections.abc import Callable
from datetime import datetime
from html import unescape

import pytest
from django.test import Client

from regulars.messaging.models import Message, Switch
from regulars.messaging.sending import drain
from regulars.team.models import Member
from tests.factories.messaging import make_message

pytestmark = pytest.mark.django_db

SignIn = Callable[[Member], Client]
STOP = 'action="/messages/stop"'
PAGES = ("/search", "/customers/", "/messages/", "/team/")


def words(client: Client, path: str) -> str:
    return unescape(client.get(path).content.decode())


@pytest.mark.parametrize("role", ["owner", "manager", "helper"])
def test_whoever_works_here_stops_all_from_any_page(
    role: str, owner: Member, client_of: SignIn, at: datetime, request: pytest.FixtureRequest
) -> None:
    member = owner if role == "owner" else request.getfixturevalue(role)
    here = client_of(member)
    assert [page for page in PAGES if STOP not in words(here, page)] == []

    answer = here.post("/messages/stop", {"next": "/customers/?q=a", "why": "A wrong price."})

    assert answer["Location"] == "/customers/?q=a"
    make_message(at=at)
    drain()
    assert Message.objects.get().state == "ready"
    for page in PAGES:
        said = words(here, page)
        assert f"Nothing leaves: {member.name} stopped all sending" in said
        assert "A wrong price." in said
        assert 'action="/messages/stop"' not in said
        assert ('action="/messages/resume"' in said) == (role != "helper")


def test_resuming_lets_what_waits_leave(owner: Member, client_of: SignIn, at: datetime) -> None:
    here = client_of(owner)
    make_message(at=at)
    here.post("/messages/stop")

    here.post("/messages/resume")
    drain()

    assert Message.objects.get().state == "accepted"
    assert "stopped all sending" not in words(here, "/customers/")


def test_who_may_not(owner: Member, helper: Member, viewer: Member, client_of: SignIn) -> None:
    assert client_of(viewer).post("/messages/stop").status_code == 403
    assert 'action="/messages/stop"' not in words(client_of(viewer), "/messages/")
    client_of(owner).post("/messages/stop")

    assert client_of(helper).post("/messages/resume").status_code == 403
    assert client_of(viewer).post("/messages/resume").status_code == 403
    assert Switch.objects.exclude(stopped_at=None).exists()


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_it_leads_nowhere_else(owner: Member, client_of: SignIn, elsewhere: str) -> None:
    answer = client_of(owner).post("/messages/stop", {"next": elsewhere})

    assert answer["Location"] == "/messages/"

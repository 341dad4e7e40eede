"""Every address of the product: who may open it, and what looking and writing may do."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from regulars.desk.middleware import PUBLIC_NAMES
from regulars.team.models import Member

pytestmark = pytest.mark.django_db

ClientOf = Callable[[Member], Client]

# Everybody changes how they themselves sign in, a viewer too.
ONES_OWN = re.compile(r"account_|mfa_")
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|REPLACE|COPY)\b", re.IGNORECASE)


class Door(NamedTuple):
    """An address, by its name; ids are of rows that are not there, tokens are wrong."""

    name: str
    path: str


def _doors(patterns: list[URLPattern | URLResolver], room: str, prefix: str) -> Iterator[Door]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{room}{pattern.namespace}:" if pattern.namespace else room
            yield from _doors(pattern.url_patterns, inner, route)
        else:
            path = re.sub(r"<int:\w+>", "987654321", route)
            yield Door(f"{room}{pattern.name}", "/" + re.sub(r"<\w+:\w+>", "wrong", path))


DOORS = sorted(_doors(get_resolver().url_patterns, "", ""))
CLOSED = [door for door in DOORS if door.name not in PUBLIC_NAMES]


def test_every_door_has_a_name_of_its_own() -> None:
    names = [door.name for door in DOORS]

    assert sorted(set(names)) == names
    assert [door for door in DOORS if "<" in door.path or "None" in door.name] == []


def test_the_public_list_is_short_and_true() -> None:
    """Growing it is a decision: who may come in without signing in."""
    assert sorted(PUBLIC_NAMES) == [
        "account_login",
        "account_logout",
        "desk:healthy",
        "mfa_authenticate",
        "team:accept_invitation",
        "team:first_account",
        "team:one_time_sign_in",
    ]
    assert {door.name for door in DOORS} >= PUBLIC_NAMES


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize("door", CLOSED, ids=lambda door: door.name)
def test_a_stranger_is_led_to_the_sign_in(client: Client, door: Door) -> None:
    """RELIABILITY A1: whatever the method."""
    part = {"HX-Request": "true"}

    answers = [client.get(door.path), client.post(door.path), client.delete(door.path)]
    parts = [client.get(door.path, headers=part), client.post(door.path, headers=part)]

    assert {a.status_code for a in answers} == {302}
    assert all(a["Location"].startswith("/account/login/") for a in answers)
    assert [(a.status_code, a["HX-Redirect"]) for a in parts] == [(401, "/account/login/")] * 2


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_looking_changes_nothing(client_of: ClientOf, owner: Member, door: Door) -> None:
    """RELIABILITY C2: a GET shows, or is refused; it never writes."""
    here = client_of(owner)
    # The session notes once that it is still in use.
    here.get("/team/")

    with CaptureQueriesContext(connection) as seen:
        answer = here.get(door.path)

    written = [
        q["sql"] for q in seen if WRITES.match(q["sql"]) and "django_session" not in q["sql"]
    ]
    assert written == []
    assert answer.status_code in {200, 302, 403, 404, 405, 410, 422}


@pytest.mark.parametrize(
    "door", [d for d in CLOSED if not ONES_OWN.match(d.name)], ids=lambda door: door.name
)
def test_a_viewer_writes_nothing(client_of: ClientOf, viewer: Member, door: Door) -> None:
    """RELIABILITY A2: refused before anything is looked for, and without a trace."""
    here = client_of(viewer)
    here.get("/team/")

    with CaptureQueriesContext(connection) as seen:
        answer = here.post(door.path)

    written = [
        q["sql"] for q in seen if WRITES.match(q["sql"]) and "django_session" not in q["sql"]
    ]
    assert written == []
    assert answer.status_code in {403, 405}

"""Every address of the product: who may open it, and what looking and writing may do."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from regulars.care.actions.expectations import note_expectation
from regulars.care.choices import Matter
from regulars.customers.choices import PointKind
from regulars.desk.middleware import PUBLIC_NAMES
from regulars.planning.models import Plan, PlanItem
from regulars.team.models import Business, Member
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer, make_point
from tests.factories.messaging import make_mailing, make_message
from tests.factories.promises import make_one

pytestmark = pytest.mark.django_db

ClientOf = Callable[[Member], Client]

# Everybody changes how they themselves sign in, a viewer too.
ONES_OWN = re.compile(r"account_|mfa_")
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|REPLACE|COPY)\b", re.IGNORECASE)


class Door(NamedTuple):
    """An address by its name."""

    name: str
    route: str

    @property
    def room(self) -> str:
        return self.name.rpartition(":")[0] or "accounts"

    @property
    def path(self) -> str:
        """The address of what is not there: unknown ids, wrong tokens."""
        return self.path_to({})

    def path_to(self, ids: dict[str, Any]) -> str:
        path = re.sub(r"<uuid:(\w+)>", lambda m: str(ids.get(m[1], UUID(int=7))), self.route)
        path = re.sub(r"<int:(\w+)>", lambda m: str(ids.get(m[1], 987654321)), path)
        path = re.sub(r"<month:\w+>", "2026-11", path)
        return re.sub(r"<\w+:\w+>", "wrong", path)


def _doors(patterns: list[URLPattern | URLResolver], room: str, prefix: str) -> Iterator[Door]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{room}{pattern.namespace}:" if pattern.namespace else room
            yield from _doors(pattern.url_patterns, inner, route)
        else:
            yield Door(f"{room}{pattern.name}", f"/{route}")


DOORS = sorted(_doors(get_resolver().url_patterns, "", ""))
CLOSED = [door for door in DOORS if door.name not in PUBLIC_NAMES]
# One test a room: what each door needs around it costs more than to knock.
ROOMS = sorted({door.room for door in DOORS})


@pytest.fixture
def ids(manager: Member, at: datetime) -> dict[str, Any]:
    """Rows that everybody on the team may see, by the names that addresses give them."""
    customer = make_customer("Ruth Calloway", manager=manager)
    point = make_point(customer, PointKind.EMAIL, "ruth@x.example")
    plan = Plan.objects.create(member=manager, day=at.date(), minutes=60, made_at=at)
    item = PlanItem.objects.create(
        plan=plan, customer=customer, position=0, channel="call", purpose="serve", minutes=6,
        reason="rhythm", due_on=at.date(),
    )  # fmt: skip
    touch = make_touch(customer, at, by=manager.actor)
    business = Business.objects.get()
    closure = business.closures.create(starts_on=at.date(), ends_on=at.date())
    return {
        "customer_id": customer.pk, "point_id": point.pk, "item_id": item.pk,
        "export_id": 987654321,
        "expectation_id": note_expectation(
            customer, what=Matter.HOURS, by=manager.actor, at=at
        ).pk,
        "message_id": make_message(customer, at=at).pk,
        "mailing_id": make_mailing(at=at).pk,
        "promise_id": make_one(at, customer=customer, by=manager.actor).pk,
        "touch_id": touch.pk, "member_id": manager.pk, "closure_id": closure.pk,
    }  # fmt: skip


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
        "desk:manifest",
        "desk:offline",
        "desk:worker",
        "hear_provider",
        "mfa_authenticate",
        "planning:feed",
        "portal:answer",
        "portal:article",
        "portal:ask_about",
        "portal:confirm",
        "portal:details",
        "portal:expectations",
        "portal:hear_from_us",
        "portal:help",
        "portal:is_it_right",
        "portal:leave",
        "portal:my_offers",
        "portal:offers",
        "portal:one_click",
        "portal:preferences",
        "portal:preferences_page",
        "portal:promises",
        "portal:undo_preferences",
        "portal:unsubscribe",
        "portal:ways",
        "portal:why",
        "team:accept_invitation",
        "team:first_account",
        "team:one_time_sign_in",
        "team:prove_address",
    ]
    assert {door.name for door in DOORS} >= PUBLIC_NAMES


def of_room(doors: list[Door], room: str) -> list[Door]:
    return [door for door in doors if door.room == room]


@pytest.mark.same_on_each
@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize("room", ROOMS)
def test_a_stranger_is_led_to_the_sign_in(client: Client, room: str) -> None:
    """RELIABILITY A1: whatever the method."""
    part = {"HX-Request": "true"}

    for door in of_room(CLOSED, room):
        answers = [client.get(door.path), client.post(door.path), client.delete(door.path)]
        parts = [client.get(door.path, headers=part), client.post(door.path, headers=part)]

        assert {a.status_code for a in answers} == {302}, door.name
        assert all(a["Location"].startswith("/account/login/") for a in answers), door.name
        led = [(a.status_code, a["HX-Redirect"]) for a in parts]
        assert led == [(401, "/account/login/")] * 2, door.name


@pytest.mark.parametrize("room", ROOMS)
def test_looking_changes_nothing(client_of: ClientOf, owner: Member, room: str) -> None:
    """RELIABILITY C2: a GET shows, or is refused; it never writes."""
    here = client_of(owner)
    # The session notes once that it is still in use.
    here.get("/team/")

    for door in of_room(DOORS, room):
        with CaptureQueriesContext(connection) as seen:
            answer = here.get(door.path)

        assert written(seen) == [], door.name
        assert answer.status_code in {200, 302, 403, 404, 405, 410, 422}, door.name


@pytest.mark.same_on_each
@pytest.mark.parametrize("room", ROOMS)
def test_a_viewer_writes_nothing(
    client_of: ClientOf, viewer: Member, ids: dict[str, Any], room: str
) -> None:
    """RELIABILITY A2: refused what is there and may be seen, without a trace."""
    here = client_of(viewer)
    here.get("/team/")

    for door in of_room(CLOSED, room):
        if ONES_OWN.match(door.name):
            continue
        with CaptureQueriesContext(connection) as seen:
            answer = here.post(door.path_to(ids))

        assert written(seen) == [], door.name
        assert answer.status_code in {403, 405}, door.name


def written(seen: CaptureQueriesContext) -> list[str]:
    said = [query["sql"] for query in seen]
    return [sql for sql in said if WRITES.match(sql) and "django_session" not in sql]

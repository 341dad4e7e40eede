"""Nonsense in every parameter of every address is answered, and never breaks anything."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime

import pytest
from django.db import connection, transaction
from django.test import Client

from regulars.core.actor import SYSTEM
from regulars.customers.actions.custom import add_custom_field
from regulars.customers.actions.tags import add_tag
from regulars.customers.choices import CustomKind, PointKind
from regulars.team.models import Member
from tests.factories.customers import make_customer, make_point
from tests.factories.intake import bring
from tests.factories.messaging import make_mailing, make_message, make_version
from tests.house.test_doors import DOORS, Door
from tests.house.tree import python_files

pytestmark = pytest.mark.django_db

ClientOf = Callable[[Member], Client]
HUGE = "9" * 40
NONSENSE = (HUGE, "9" * 5000, "-1²\U0001f9c1[{}]")
# Every parameter that any view reads, by its name.
_READ = re.compile(
    r"""\b(?:GET|POST)(?:\.get|\.getlist)?[\[(]\s*["'](?P<one>[\w-]+)["']"""
    r"""|_given\(request,\s*["'](?P<two>[\w-]+)["']|asked\.get\(["'](?P<three>[\w-]+)["']"""
    r"""|given\.get\(["'](?P<four>[\w-]+)["']"""
)
# Whoever signs out or is thrown out sees nothing of what comes after.
LEFT_OUT = {"account_logout", "team:deactivate", "mfa_deactivate_totp", "account_login"}


def _parameters() -> list[str]:
    """The names that the code asks forms and addresses for, so that a new one is tried too."""
    found = {"do", "r.field", "ids", "f", "cols", "by", "at", "who", "page", "below", "after"}
    for path in python_files("regulars/"):
        text = path.read_text(encoding="utf-8")
        found |= {name for match in _READ.finditer(text) for name in match.groups() if name}
    return sorted(found)


PARAMETERS = _parameters()
TRIED = [door for door in DOORS if door.name not in LEFT_OUT]


ROOMS = sorted({door.name.partition(":")[0] for door in TRIED})


@pytest.mark.parametrize("room", ROOMS)
def test_nonsense_is_answered(
    client_of: ClientOf, owner: Member, manager: Member, at: datetime, room: str
) -> None:
    """Numbers that no database holds, signs that are none: said no, never broken."""
    ids = _something_of_each(manager, at)
    # SQLite takes more: only what no number of it holds is another matter there.
    values = NONSENSE if connection.vendor == "postgresql" else (HUGE,)

    broken = []
    for door in TRIED:
        if door.name.partition(":")[0] == room:
            with transaction.atomic():
                broken += _broken(client_of(owner), door, ids, values)
                transaction.set_rollback(True)

    assert broken == []


def _something_of_each(manager: Member, at: datetime) -> dict[str, object]:
    customer = make_customer("Ruth Calloway", manager=manager)
    item = bring("customers", "Name,Note\nAda Byron,x\n", at=at, dry=True)
    return {
        "customer_id": customer.pk, "import_id": item.pk, "member_id": manager.pk,
        "message_id": make_message(customer, at=at).pk, "mailing_id": make_mailing(at=at).pk,
        "field_id": add_custom_field("Shoe", CustomKind.TEXT, choices=[], by=SYSTEM, at=at).pk,
        "tag_id": add_tag("Early", by=SYSTEM, at=at).pk,
        "point_id": make_point(customer, PointKind.EMAIL, "ruth@x.example").pk,
        "version_id": make_version().pk,
    }  # fmt: skip


def _broken(
    here: Client, door: Door, ids: dict[str, object], values: Sequence[str]
) -> list[tuple[str, str, int]]:
    """Where a door broke: path, method and status."""
    here.raise_request_exception = False
    tried: list[tuple[str, dict[str, str]]] = [
        (door.path_to(ids), dict.fromkeys(PARAMETERS, one)) for one in values
    ]
    # And an address that names what no database holds.
    tried.append((re.sub(r"<int:\w+>", HUGE, door.route.replace("<month:first>", "2026-11")), {}))
    return [
        (path[:80], answer.request["REQUEST_METHOD"], answer.status_code)
        for path, told in tried
        for answer in (here.get(path, told), here.post(path, told))
        if answer.status_code >= 500
    ]


def test_what_no_text_holds_is_not_let_in(client_of: ClientOf, owner: Member) -> None:
    """NUL in a form or an address is refused in one place, with a page, before any screen."""
    here = client_of(owner)

    answers = [here.get("/customers/", {"q": "a\0b"}), here.post("/customers/new", {"name": "\0"})]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert all("<h1" in answer.content.decode() for answer in answers)

"""Mail to ourselves: to members who may sign in, and to nobody else, by construction."""

import ast
import email
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from regulars.core import instance
from regulars.messaging.channels.adapters import StaffParcel
from regulars.messaging.channels.file.client import outbox_folder
from regulars.messaging.choices import Result
from regulars.messaging.models import MailServer
from regulars.messaging.staff_mail import send_to_staff
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.team import make_member
from tests.house.tree import python_files, shown, tree

pytestmark = pytest.mark.django_db


def sent(members: list[Any], at: datetime, **over: str) -> list[str]:
    outcomes = send_to_staff(
        members, MailServer(changed_at=at), subject="Test", text="Hello\n", at=at, **over
    )
    assert {o.result for o in outcomes} <= {Result.ACCEPTED}
    files = sorted(outbox_folder().glob("*/*.eml"))
    return sorted(str(email.message_from_bytes(file.read_bytes())["To"]) for file in files)


def test_it_goes_to_the_addresses_that_members_have_now(owner: Member, at: datetime) -> None:
    stale = Member.objects.get(pk=owner.pk)
    stale.email = "somebody@else.example"

    assert sent([stale], at) == ['"Nora Lindqvist" <nora@juniper.example>']


def test_whoever_has_left_gets_nothing(owner: Member, manager: Member, at: datetime) -> None:
    Member.objects.filter(pk=manager.pk).update(is_active=False)

    assert sent([owner, manager], at) == ['"Nora Lindqvist" <nora@juniper.example>']


def test_a_customer_cannot_be_meant(owner: Member, at: datetime) -> None:
    """Not by a row of another table, and not by one that was never kept."""
    for _number in range(3):
        make_customer("Ruth Calloway", email="ruth@x.example")
    stranger = Member(name="Ruth", email="ruth@x.example", joined_at=at)

    assert sent([stranger], at) == []
    with pytest.raises(ValueError, match="nobody else"):
        StaffParcel(stranger, uuid4(), b"")
    gone = make_member("viewer", is_active=False)
    with pytest.raises(ValueError, match="nobody else"):
        StaffParcel(gone, uuid4(), b"")


def test_a_page_may_be_sent_too(owner: Member, at: datetime) -> None:
    sent([owner], at, html="<p>Hello</p>")

    raw = next(iter(outbox_folder().glob("*/*.eml"))).read_bytes()
    assert [part.get_content_type() for part in email.message_from_bytes(raw).walk()] == [
        "multipart/alternative", "text/plain", "text/html",
    ]  # fmt: skip


def test_a_copied_instance_sends_not_even_this(
    owner: Member, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RELIABILITY M8."""
    monkeypatch.setattr(instance, "why_held", lambda: "copied")

    outcomes = send_to_staff(
        [owner], MailServer(changed_at=at), subject="Test", text="Hello", at=at
    )

    assert [(o.result, o.code) for o in outcomes] == [(Result.NOT_SENT, "instance")]
    assert list(outbox_folder().glob("*/*.eml")) == []


def test_only_this_path_goes_past_the_gate() -> None:
    """RELIABILITY C1, R1: found by walking the code."""
    found = {"hand_to_staff": set(), "StaffParcel": set()}  # type: dict[str, set[str]]
    for path in python_files("regulars/"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in found:
                    found[name].add(shown(path))

    assert found == {
        "hand_to_staff": {"regulars/messaging/staff_mail.py"},
        "StaffParcel": {"regulars/messaging/staff_mail.py"},
    }

"""How a message will look: its subject, and the sheet at a desk, on a phone, in the dark, plain."""

from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from regulars.customers.models import Customer
from regulars.messaging.audiences import sealed
from regulars.messaging.models import Mailing
from regulars.team.models import Member
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db

SignIn = Callable[[Member], Client]
TYPED = {"subject": "For {{ first_name }} <b>", "body": "{{ greeting }}\n\nWe **open** at seven."}


@pytest.fixture
def ruth(manager: Member) -> Customer:
    return make_customer("Ruth Calloway", email="ruth@x.example", manager=manager)


@pytest.fixture
def draft(manager: Member, client_of: SignIn, ruth: Customer) -> Mailing:
    thea = make_customer("Thea Abernathy", email="thea@x.example")
    who = sealed("customers-list", {"ids": [ruth.pk, thea.pk]})
    client_of(manager).post(
        "/messages/mailings/new", {**TYPED, "purpose": "serve", "nonce": "a", "who": who}
    )
    return Mailing.objects.get()


@pytest.mark.parametrize("view", ["desk", "phone", "dark", "text", "sideways"])
def test_the_look_shows_the_subject_and_every_look(
    manager: Member, client_of: SignIn, ruth: Customer, draft: Mailing, view: str
) -> None:
    answer = client_of(manager).get(f"/messages/mailings/{draft.pk}/?as={ruth.pk}&look={view}")

    page = answer.content.decode()
    shown = "desk" if view == "sideways" else view
    paper = f"/messages/paper/{draft.version_id}/{ruth.pk}"
    asks = "" if shown == "desk" else f"?look={shown}"
    assert "<b>For Ruth &lt;b&gt;</b>" in page
    assert page.count('aria-current="page">At a desk') == (shown == "desk")
    assert f'href="?as={ruth.pk}&amp;look={shown}" aria-current="page"' in page
    assert (f'src="{paper}{asks}"' in page) == (shown != "text")
    assert ("We open at seven." in page.partition("<pre")[2]) == (shown == "text")
    assert (f'name="look" value="{shown}"' in page) == (shown != "desk")


def test_a_sheet_follows_the_look(
    manager: Member, client_of: SignIn, ruth: Customer, draft: Mailing
) -> None:
    here = client_of(manager)
    kept = f"/messages/paper/{draft.version_id}/{ruth.pk}?look="
    tried = f"/messages/paper?as={ruth.pk}&look="

    for look in ("desk", "phone", "dark", "text"):
        answers = here.get(f"{kept}{look}"), here.post(f"{tried}{look}", TYPED)
        for answer in answers:
            page = answer.content.decode()
            assert "sandbox" in answer["Content-Security-Policy"]
            assert "script-src 'none'" in answer["Content-Security-Policy"]
            assert "Dear Ruth Calloway," in page
            assert ("max-width:390px" in page) == (look == "phone")
            assert ("@media all" in page) == (look == "dark")
            assert ("@media not all" in page) == (look in {"desk", "phone"})
            assert ("<strong>open</strong>" in page) == (look != "text")
        above = [
            one.content.decode().count("Subject: <b>For Ruth &lt;b&gt;</b>") for one in answers
        ]
        assert above == [0, 1]


def test_rules_for_widths_answer_as_on_a_phone(
    manager: Member, client_of: SignIn, ruth: Customer
) -> None:
    here = client_of(manager)
    path = f"/messages/paper?as={ruth.pk}&look="

    desk, phone = (here.post(f"{path}{look}", TYPED).content.decode() for look in ("", "phone"))

    assert "(max-width: 479px) { .words" in desk
    assert "(min-width:0px) { .words" in phone
    assert "479px" not in phone


def test_what_is_typed_is_seen_in_every_look(
    manager: Member, client_of: SignIn, ruth: Customer
) -> None:
    page = unescape(client_of(manager).get(f"/messages/to/{ruth.pk}/").content.decode())

    for look in ("desk", "phone", "dark", "text"):
        assert f'formaction="/messages/paper?as={ruth.pk}&look={look}"' in page
    assert page.count('form="words"') == 4
    assert 'name="paper"' in page

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from regulars.core.actor import SYSTEM
from regulars.messaging.actions.holds import place_hold
from regulars.messaging.choices import HoldKind, Holds
from regulars.messaging.models import Hold
from regulars.team.models import Member
from tests.factories.customers import make_customer

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

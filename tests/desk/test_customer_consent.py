"""The consent page of a customer: who sees it, what it says, what is written from it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from regulars.consent.actions import record_decision, set_wishes, suppress
from regulars.consent.choices import Decision, Stopped
from regulars.consent.models import ConsentEvent, ConsentState, Suppression, Wish
from regulars.customers.models import Customer
from regulars.team.models import Member
from tests.factories.consent import make_decision
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db

SignIn = Callable[[Member], Client]


@pytest.fixture
def ruth(business: object, at: datetime) -> Customer:
    return make_customer("Ruth Calloway", email="ruth@calloway.example", phone="+442079460018")


def url(customer: Customer, path: str = "") -> str:
    return f"/customers/{customer.pk}/consent/{path}"


def read(client: Client, customer: Customer) -> str:
    answer = client.get(url(customer))
    assert answer.status_code == 200
    return " ".join(strip_tags(answer.content.decode()).split())


def test_the_page_says_where_they_stand_and_how_we_know(
    ruth: Customer, owner: Member, client_of: SignIn, at: datetime
) -> None:
    make_decision(ruth)
    make_decision(ruth, purpose="sell", decision=Decision.WITHDRAWN)
    record_decision(
        [ruth.pk], "call", Decision.WITHDRAWN, source="desk", wording="Not on the telephone.",
        by=owner.actor, at=at,
    )  # fmt: skip
    set_wishes(ruth, by=owner.actor, at=at, channel="email", topics=["inform"], every_days=14)
    seal = ruth.contact_points.get(kind="phone").seal
    suppress("text", seal, Stopped.BOUNCED, at=at, detail="Number not in use")

    text = read(client_of(owner), ruth)

    for said in (
        "Ruth agreed to e-mail, and said no to call.",
        "Sell: said no,",
        "“Not on the telephone.” From: desk · written down by Nora Lindqvist, 24 November 2026",
        "Shown by: card 12",
        "Only aboutinform",
        "at most every 14 days",
        "+442079460018 · The address does not exist · Number not in use It holds for good.",
        "It belongs to what they bought or asked for: serve",
    ):
        assert said in text


def test_somebody_who_told_us_nothing(ruth: Customer, owner: Member, client_of: SignIn) -> None:
    text = read(client_of(owner), ruth)

    assert "Ruth has told us neither yes nor no." in text
    assert "Nothing was ever decided." in text


def test_the_facts_lead_to_it(ruth: Customer, owner: Member, client_of: SignIn) -> None:
    assert url(ruth) in client_of(owner).get(f"/customers/{ruth.pk}/").content.decode()


def test_a_yes_to_one_purpose_is_kept_with_who_heard_it(
    ruth: Customer, owner: Member, client_of: SignIn
) -> None:
    given = {
        "channel": "email", "purpose": "inform", "decision": "granted",
        "wording": "At the counter: tell me what is new.",
    }  # fmt: skip

    answer = client_of(owner).post(url(ruth, "told"), given)

    assert (answer.status_code, answer["Location"]) == (302, url(ruth))
    event = ConsentEvent.objects.get()
    assert (event.purpose, event.decision, event.recorded_by) == ("inform", "granted", owner)
    assert event.proof == "told to Nora Lindqvist on 24 November 2026"


def test_a_no_needs_no_words(ruth: Customer, owner: Member, client_of: SignIn) -> None:
    client_of(owner).post(url(ruth, "told"), {"channel": "email", "decision": "withdrawn"})

    assert ConsentState.objects.get().decision == "withdrawn"


def test_a_yes_without_words_stays_on_the_page(
    ruth: Customer, owner: Member, client_of: SignIn
) -> None:
    given = {"channel": "text", "purpose": "sell", "decision": "granted", "wording": ""}

    answer = client_of(owner).post(url(ruth, "told"), given)

    assert answer.status_code == 422
    assert "A yes needs the words in which it was given." in answer.content.decode()
    assert '<option value="sell" selected>' in answer.content.decode()
    assert ConsentEvent.objects.count() == 0


def test_wishes_are_kept_and_shown_again(ruth: Customer, owner: Member, client_of: SignIn) -> None:
    client = client_of(owner)
    wished = {
        "channel": "call", "topics": ["inform", "serve"], "every_days": "30",
        "paused_on": "2026-12-24", "time_zone": "Europe/Paris",
    }  # fmt: skip

    client.post(url(ruth, "wishes"), wished)

    wish = Wish.objects.get()
    assert (wish.channel, wish.topics, wish.every_days) == ("call", ["inform", "serve"], 30)
    assert wish.paused_until == datetime(2026, 12, 24, tzinfo=UTC)
    page = client.get(url(ruth)).content.decode()
    assert 'value="2026-12-24"' in page
    assert "Europe/Paris, as one of us noted" in page


@pytest.mark.parametrize(
    "wished", [{"every_days": "0"}, {"topics": ["gossip"]}, {"paused_on": "2020-01-01"}]
)
def test_an_unclear_wish_is_refused(
    ruth: Customer, owner: Member, client_of: SignIn, wished: dict[str, object]
) -> None:
    assert client_of(owner).post(url(ruth, "wishes"), wished).status_code == 422
    assert Wish.objects.count() == 0


def test_an_address_is_closed_and_opened_again(
    ruth: Customer, owner: Member, client_of: SignIn
) -> None:
    client, point = client_of(owner), ruth.contact_points.get(kind="email")

    client.post(url(ruth, "close"), {"point": f"{point.pk}:email", "why": "Asked by her son."})
    one = Suppression.objects.get()
    assert (one.seal, one.channel, one.why, one.detail) == (
        point.seal, "email", "staff", "Asked by her son.",
    )  # fmt: skip

    refused = client.post(url(ruth, f"{one.pk}/lift"), {"reason": " "})
    assert refused.status_code == 422
    client.post(url(ruth, f"{one.pk}/lift"), {"reason": "She asked herself."})
    one.refresh_from_db()
    assert one.lifted_at is not None


@pytest.mark.parametrize("point", ["", "x:email", "987654321:email", "phone:email"])
def test_only_their_own_addresses_are_closed(
    ruth: Customer, owner: Member, client_of: SignIn, point: str
) -> None:
    named = point.replace("phone", str(ruth.contact_points.get(kind="phone").pk))

    answer = client_of(owner).post(url(ruth, "close"), {"point": named})

    assert answer.status_code in (404, 422)
    assert Suppression.objects.count() == 0


def test_what_is_not_theirs_is_not_lifted_from_their_page(
    ruth: Customer, owner: Member, client_of: SignIn, at: datetime
) -> None:
    one = suppress("email", "0" * 32, Stopped.STAFF, at=at)

    answer = client_of(owner).post(url(ruth, f"{one.pk}/lift"), {"reason": "Please."})

    assert answer.status_code == 404
    assert Suppression.objects.standing_at(at).count() == 1


def test_a_complaint_offers_no_button(
    ruth: Customer, owner: Member, client_of: SignIn, at: datetime
) -> None:
    one = suppress("email", ruth.contact_points.get(kind="email").seal, Stopped.COMPLAINED, at=at)

    assert "Write there again" not in read(client_of(owner), ruth)
    answer = client_of(owner).post(url(ruth, f"{one.pk}/lift"), {"reason": "Please."})
    assert answer.status_code == 422


def test_roles_as_elsewhere(
    ruth: Customer, helper: Member, viewer: Member, manager: Member, client_of: SignIn, at: datetime
) -> None:
    """A helper knows their own customers, a viewer changes nothing, a manager lifts nothing."""
    one = suppress("email", ruth.contact_points.get(kind="email").seal, Stopped.STAFF, at=at)
    no = {"channel": "email", "decision": "withdrawn"}

    assert client_of(helper).get(url(ruth)).status_code == 404
    assert client_of(helper).post(url(ruth, "told"), no).status_code == 404
    assert "They told us They agreed" not in read(client_of(viewer), ruth)
    assert client_of(viewer).post(url(ruth, "told"), no).status_code == 403
    assert client_of(viewer).post(url(ruth, "wishes"), {}).status_code == 403
    lifted = client_of(manager).post(url(ruth, f"{one.pk}/lift"), {"reason": "Please."})
    assert lifted.status_code == 403
    assert (ConsentEvent.objects.count(), Wish.objects.count()) == (0, 0)

    Customer.objects.update(manager=helper)
    assert client_of(helper).post(url(ruth, "told"), no).status_code == 302


def test_one_and_three_decisions_take_the_same_queries(
    ruth: Customer, owner: Member, client_of: SignIn, at: datetime
) -> None:
    client, counts = client_of(owner), []
    for number in (1, 3):
        for _more in range(number):
            at += timedelta(hours=1)
            for decision in (Decision.GRANTED, Decision.WITHDRAWN):
                make_decision(ruth, decision=decision, at=at)
            suppress("email", ruth.contact_points.get(kind="email").seal, Stopped.FULL, at=at,
                     until=at + timedelta(minutes=5))  # fmt: skip
            Suppression.objects.update(lifted_at=at)
        client.get(url(ruth))
        with CaptureQueriesContext(connection) as seen:
            client.get(url(ruth))
        counts.append(len(seen))

    assert counts[0] == counts[1]
    assert Suppression.objects.count() == 4

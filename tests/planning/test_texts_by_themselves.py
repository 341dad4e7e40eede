"""Text messages that go by themselves, and what keeps anything from going twice in a day."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from regulars.consent.choices import Channel, Decision, Purpose
from regulars.conversations.actions import log_posted
from regulars.conversations.models import Touch
from regulars.core import clock
from regulars.core.actor import SYSTEM
from regulars.core.events import deliver_events
from regulars.customers.models import Customer
from regulars.messaging import sending
from regulars.messaging.actions.server import describe_texts
from regulars.messaging.actions.texts import bring_starters
from regulars.messaging.errors import TextRefused
from regulars.messaging.models import Message, Template
from regulars.planning.automatic import automatic_as_set, automatic_now, set_automatic
from regulars.planning.choices import ItemState
from regulars.planning.letting_go import let_go
from regulars.planning.models import NextContact, PlanItem
from regulars.planning.queries import list_of
from regulars.planning.why_not import why_not_today
from regulars.team.models import Business, Member
from tests.factories.consent import make_decision
from tests.factories.messaging import Carrier, make_message, make_version
from tests.factories.planning import TODAY, make_due, plan_of, plan_today
from tests.factories.team import make_member

pytestmark = pytest.mark.django_db
NOON = datetime.fromisoformat("2026-11-24T12:00:00+00:00")
WORDS = '{{ first_name | default: "Hello" }}, what matters to you?'
MOBILE, LANDLINE = "07700 900123", "020 7946 0991"


@pytest.fixture
def tomasz(business: Business) -> Member:
    """Six minutes: one call fits."""
    return make_member("manager", minutes=6)


@pytest.fixture
def provider(owner: Member) -> str:
    """A provider makes texts of mails; “First touch” has words for a text, and none for a mail."""
    describe_texts("sms.example", by=owner.actor, at=NOON)
    set_automatic({}, words={"no_touch_yet": WORDS}, most=2, unasked=False, by=owner.actor, at=NOON)
    return "sms.example"


def by_text(name: str, manager: Member, stake: int, number: str = MOBILE) -> Customer:
    """Somebody who may be sent a text, and be reached by nothing else."""
    customer = make_due(name, manager=manager, stake=stake, phone=number)
    make_decision(customer, "text")
    make_decision(customer, "call", Decision.WITHDRAWN)
    return customer


@pytest.fixture
def some(provider: str, tomasz: Member) -> list[Customer]:
    make_due("Ruth", manager=tomasz, stake=90_000_000)
    found = [by_text("Samuel", tomasz, 900), by_text("Joss", tomasz, 800, LANDLINE)]
    plan_today()
    return found


def told(member: Member, group: str) -> list[tuple[str, str]]:
    found = getattr(list_of(member.actor, member, TODAY), group)
    return [(one.item.customer.name, one.how_it_goes) for one in found]


def leaves(at: datetime) -> None:
    with clock.stopped_at(at):
        sending.drain()
        while deliver_events(at=clock.now()):
            pass


def test_it_leaves_once_to_their_number_at_the_provider_with_the_way_out(
    some: list[Customer], tomasz: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    carrier = Carrier()
    monkeypatch.setattr(sending, "adapter_for", lambda _server: carrier)
    before = told(tomasz, "may_go")

    counts = [let_go(plan_of(tomasz), by=tomasz.actor, at=NOON) for _twice in range(2)]
    leaves(NOON + timedelta(seconds=11))

    words = f"Text, once you let it: “{WORDS}”."
    assert before == [("Samuel", words), ("Joss", words)]
    # No text goes to a landline: who has no other number waits like the rest.
    assert counts == [1, 0]
    assert told(tomasz, "going") == [("Samuel", "Text: Handed over.")]
    assert [one.item.customer.name for one in list_of(tomasz.actor, tomasz, TODAY).waiting] == [
        "Joss"
    ]
    assert [parcel.recipient for parcel in carrier.carried] == ["447700900123@sms.example"]
    mail = carrier.carried[0].raw.decode()
    assert "To: 447700900123@sms.example" in mail
    assert list(Touch.objects.values_list("customer__name", "channel")) == [("Samuel", "text")]
    assert why_not_today(some[0], actor=tomasz.actor, at=NOON).sentences == [
        f"Gets a text message by itself today, from {tomasz.name}’s list."
    ]


def test_the_words_name_them_us_and_the_way_out(
    some: list[Customer], tomasz: Member, business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go(plan_of(tomasz), by=tomasz.actor, at=NOON)
    version = Message.objects.get().version

    from regulars.messaging.texts import prepare

    said = prepare(version).render({"first_name": "Samuel", "business_name": business.name})

    assert (version.html, said.subject) == ("", "Samuel, what matters to you?")
    assert said.text.splitlines() == [
        "Samuel, what matters to you?", business.name, "Answer STOP for no more texts.",
    ]  # fmt: skip


def test_without_a_provider_no_text_goes(some: list[Customer], owner: Member) -> None:
    describe_texts("", by=owner.actor, at=NOON)

    plan_today()

    assert automatic_now().words == {}
    assert not PlanItem.objects.filter(values__has_key="goes").exists()


def test_who_has_both_open_gets_the_mail_which_matters_more(
    provider: str, tomasz: Member, owner: Member
) -> None:
    bring_starters(by=SYSTEM, at=NOON)
    key = Template.objects.get(source="starter:what-matters").pk
    words = {"no_touch_yet": WORDS}
    set_automatic(
        {"no_touch_yet": key}, words=words, most=5, unasked=False, by=owner.actor, at=NOON
    )
    make_due("Ruth", manager=tomasz, stake=90_000_000)
    both = by_text("Both", tomasz, 900)
    both.contact_points.create(
        kind="email",
        value="both@mail.example",
        normal="both@mail.example",
        seal="s",
        created_at=NOON,
    )
    make_decision(both)
    by_text("Samuel", tomasz, 800)

    plan_today()

    found = list_of(tomasz.actor, tomasz, TODAY).may_go
    assert [(one.item.customer.name, one.goes_by) for one in found] == [
        ("Both", "email"), ("Samuel", "text"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "words",
    ["x" * 201, "Dear {{ nobody_knows }}", "20 % off everything until Friday, code BREAD20"],
    ids=["too long", "no such field", "an offer under another purpose"],
)
def test_words_that_cannot_go_are_refused(provider: str, owner: Member, words: str) -> None:
    before = automatic_as_set()

    with pytest.raises(TextRefused):
        set_automatic({}, words={"no_touch_yet": words}, most=2, unasked=False, by=owner.actor,
                      at=NOON)  # fmt: skip

    assert automatic_as_set() == before


def test_the_page_offers_words_only_where_texts_leave_and_undo_brings_them_back(
    provider: str, owner: Member, client_of: Callable[[Member], Client]
) -> None:
    here, page = client_of(owner), reverse("planning:reasons")
    offered = here.get(page).content.decode()

    kept = here.post(
        reverse("planning:set_texts"), {"most": "3", "words-cadence_due": "Hello {{ first_name }}"},
        headers={"HX-Request": "true"},
    )  # fmt: skip
    after = automatic_as_set()["words"]
    here.post(kept["HX-Trigger"].split('"undo": "')[1].split('"')[0])
    back = automatic_as_set()["words"]
    describe_texts("", by=owner.actor, at=NOON)
    none = here.get(page).content.decode()

    assert f'name="words-no_touch_yet" value="{escape(WORDS)}"' in offered
    assert (after, back) == ({"cadence_due": "Hello {{ first_name }}"}, {"no_touch_yet": WORDS})
    assert "once a provider of them is set up" in none
    assert 'type="hidden" name="words-no_touch_yet"' in none


def lettered(customer: Customer) -> None:
    log_posted(
        [customer.pk], channel=Channel.LETTER, purpose=Purpose.INFORM, by=SYSTEM, at=NOON, body="B"
    )


def mailed(customer: Customer) -> None:
    customer.contact_points.create(
        kind="email", value="s@mail.example", normal="s@mail.example", seal="s", created_at=NOON
    )
    make_message(customer, at=NOON, version=make_version(body="We are back."))


@pytest.mark.parametrize("reached", [lettered, mailed], ids=["a letter to many", "a message"])
def test_who_was_reached_by_something_that_went_to_many_gets_nothing_by_itself(
    some: list[Customer], tomasz: Member, reached: Callable[[Customer], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(sending, "adapter_for", lambda _server: Carrier())
    samuel = some[0]
    let_go(plan_of(tomasz), by=tomasz.actor, at=NOON)

    reached(samuel)
    # Before the ten seconds are over in which it can be called back.
    leaves(NOON + timedelta(seconds=1))

    assert PlanItem.objects.get(customer=samuel).state == ItemState.WAITING
    ours = Message.objects.filter(channel=Channel.TEXT)
    assert list(ours.values_list("state", flat=True)) == ["cancelled"]


def test_after_a_message_the_next_contact_is_worked_out_anew(
    some: list[Customer], tomasz: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "adapter_for", lambda _server: Carrier())
    let_go(plan_of(tomasz), by=tomasz.actor, at=NOON)
    before = NextContact.objects.filter(customer=some[0], due_on__gt=TODAY).exists()

    leaves(NOON + timedelta(seconds=11))

    assert not before
    # Sixty days, and the Monday after them.
    assert NextContact.objects.get(customer=some[0]).due_on == TODAY + timedelta(days=62)

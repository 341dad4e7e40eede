"""The gate says the same by key and set-wise, and both say what the rules say in plain Python."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, time, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.consent.choices import Stopped
from regulars.consent.models import ConsentState, GroundChoice, Suppression, Wish
from regulars.core import instance
from regulars.core.models import Instance
from regulars.customers.models import ContactPoint, Customer
from regulars.messaging.choices import HoldKind, State
from regulars.messaging.gate import (
    LATER,
    NO,
    GateTicket,
    NotLeaving,
    Verdict,
    counts_by_verdict,
    ticket_for,
    verdicts_for_customers,
    verdicts_for_messages,
)
from regulars.messaging.models import Hold, Message, Rules, Standing, Switch, TemplateVersion
from regulars.messaging.words import sentence_of, short_of
from regulars.team.models import Business
from tests.factories.consent import make_decision
from tests.factories.customers import make_customer
from tests.factories.messaging_gate import make_message, make_version
from tests.messaging.gate_model import (
    AT,
    COUNTRY,
    DAY,
    TICK,
    Person,
    World,
    people,
    verdict_of,
    worlds,
)

pytestmark = pytest.mark.django_db
URL = "https://bakery.example"


@pytest.fixture
def house(business: Business, settings: object) -> TemplateVersion:
    settings.PUBLIC_URL = URL  # type: ignore[attr-defined]
    instance.settle_identity()
    return make_version(AT)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(world=worlds, some=st.lists(people, min_size=1, max_size=3))
def test_by_key_and_set_wise_say_what_the_rules_say(
    house: TemplateVersion, world: World, some: Sequence[Person]
) -> None:
    """C1."""
    with transaction.atomic():
        _build(world)
        found = [_make(world, one, place, house) for place, one in enumerate(some, start=1)]
        _hold_beyond(world, [customer_id for customer_id, _m in found])
        by_key = verdicts_for_messages([message.pk for _c, message in found], AT)
        everybody = Customer.objects.filter(pk__gt=0).values("pk")
        set_wise = dict(verdicts_for_customers(world.channel, world.purpose, AT, everybody))
        counts = counts_by_verdict(world.channel, world.purpose, AT, everybody)
        transaction.set_rollback(True)

    placed = list(enumerate(some, start=1))
    told = [verdict_of(world, one, place, is_message=True) for place, one in placed]
    meant = [verdict_of(world, one, place, is_message=False) for place, one in placed]
    assert [by_key[message.pk] for _c, message in found] == told
    assert [set_wise[customer_id] for customer_id, _m in found] == meant
    assert counts == Counter(verdict.code for verdict in meant)
    assert {verdict.code for verdict in told} <= {"", *NO, *LATER}


def _build(world: World) -> None:
    week, emails, texts = world.caps
    Rules.objects.create(
        pk=1, contacts_a_week=week, emails_a_week=emails, texts_a_week=texts,
        serve_per_sell=world.per_sell, quiet_from=world.quiet[0], quiet_to=world.quiet[1],
    )  # fmt: skip
    Business.objects.update(time_zone=world.zone, country=COUNTRY)
    Instance.objects.update(
        held_since=AT if world.is_held else None,
        public_url=URL, public_url_proved_at=AT if world.has_url else None,
    )  # fmt: skip
    instance.forget_seen()
    Switch.objects.create(pk=1, stopped_at=AT if world.is_stopped else None)
    GroundChoice.objects.create(
        channel=world.channel, purpose=world.purpose, ground=world.ground, why="", decided_at=AT
    )
    for stops, until in world.holds:
        Hold.objects.create(kind=HoldKind.CRISIS, stops=stops, since=AT, until=until)


def _hold_beyond(world: World, ids: Sequence[int]) -> None:
    edges = [0, *ids]
    for stops, until, first in world.beyond:
        Hold.objects.create(
            kind=HoldKind.CRISIS, stops=stops, since=AT, until=until,
            beyond=edges[min(first, len(ids))],
        )  # fmt: skip


def _make(world: World, one: Person, place: int, version: TemplateVersion) -> tuple[int, Message]:
    customer = Customer.objects.create(
        name="x", sort_name="x", created_at=AT, updated_at=AT,
        archived_at=AT if one.is_archived else None,
    )  # fmt: skip
    kind = {"email": "email", "text": "phone"}.get(world.channel)
    seal = f"seal{place}" if kind and one.has_address else ""
    if seal:
        _addresses(customer, str(kind), seal)
    _told(world, one, customer, seal or f"seal{place}")
    linking = version if not one.has_links else make_version(AT, has_links=True)
    message = Message.objects.create(
        customer=customer, channel=world.channel, purpose=world.purpose, occasion="x",
        version=linking, seal=seal, not_before=AT, expires_at=one.expires_at, created_at=AT,
        state_at=AT,
    )  # fmt: skip
    return customer.pk, message


def _addresses(customer: Customer, kind: str, seal: str) -> None:
    """The one that counts, among others that do not."""
    ContactPoint.objects.bulk_create(
        ContactPoint(
            customer=customer, kind=kind, value=own, normal=own, seal=own, created_at=AT,
            is_primary=own == seal, state="gone" if own.startswith("gone") else "usable",
        )
        for own in (f"gone-{seal}", f"also-{seal}", seal)
    )  # fmt: skip


def _told(world: World, one: Person, customer: Customer, seal: str) -> None:
    Suppression.objects.bulk_create(
        Suppression(
            channel=world.channel, seal=seal, why=why, since=AT, until=until,
            lifted_at=AT if lifted else None,
        )
        for why, until, lifted in one.stops
    )  # fmt: skip
    other = "ask" if world.purpose != "ask" else "thank"
    decided = {"": one.for_all, world.purpose: one.for_this, other: "withdrawn"}
    ConsentState.objects.bulk_create(
        ConsentState(
            customer=customer, channel=world.channel, purpose=purpose, decision=decision,
            changed_at=AT,
        )
        for purpose, decision in decided.items()
        if decision
    )  # fmt: skip
    wishes = (one.zone, one.every_days, one.paused_until, one.bought_on, one.only_for)
    if any(wishes):
        Wish.objects.create(
            customer=customer, time_zone=one.zone, every_days=one.every_days,
            paused_until=one.paused_until, last_purchase_on=one.bought_on, changed_at=AT,
            topics=list(one.only_for), only_for=Wish.as_only_for(one.only_for),
        )  # fmt: skip
    Hold.objects.bulk_create(
        Hold(
            customer=customer, kind=HoldKind.OTHER, stops=stops, since=AT, until=until,
            lifted_at=AT if lifted else None,
        )
        for stops, until, lifted in one.holds
    )  # fmt: skip
    if one.last_at or any(one.free_from) or one.balance or one.rarest_days:
        free, email_free, text_free = one.free_from
        Standing.objects.create(
            customer=customer, last_contact_at=one.last_at, free_from=free,
            email_free_from=email_free, text_free_from=text_free, balance=one.balance,
            rarest_days=one.rarest_days,
        )  # fmt: skip


def test_somebody_not_on_the_list_is_answered_unless_the_address_is_stopped(
    house: TemplateVersion,
) -> None:
    Instance.objects.update(public_url=URL, public_url_proved_at=AT)
    instance.forget_seen()
    Hold.objects.create(kind=HoldKind.CRISIS, stops="all", since=AT)
    asked = [
        make_message(
            None, AT, version=house, seal=seal, occasion="opt-in:1", purpose="sell", **over
        )
        for seal, over in (("a", {}), ("b", {}), ("c", {"expires_at": AT}))
    ]
    Suppression.objects.create(channel="email", seal="b", why="complained", since=AT)

    verdicts = verdicts_for_messages([one.pk for one in asked], AT)
    Instance.objects.update(public_url="")
    instance.forget_seen()
    unproved = verdicts_for_messages([asked[0].pk], AT)

    assert [verdicts[one.pk].code for one in asked] == ["", "complained", "expired"]
    assert unproved == {asked[0].pk: Verdict("no_public_url")}


@pytest.mark.parametrize(
    ("channel", "has_links", "code"),
    [("email", False, ""), ("email", True, "no_public_url"), ("text", True, "")],
)
@pytest.mark.parametrize("purpose", ["serve", "educate"])
def test_without_a_public_address_only_what_says_our_link_waits(
    house: TemplateVersion, channel: str, has_links: bool, code: str, purpose: str
) -> None:
    """Until then the way out is by mail."""
    Rules.objects.create(pk=1, quiet_from=time(3), quiet_to=time(3))
    ruth = make_customer(email="ruth@bakery.example")
    make_decision(ruth, channel)
    message = make_message(
        ruth, AT, version=make_version(AT, purpose, has_links=has_links), channel=channel,
        purpose=purpose,
    )  # fmt: skip

    assert verdicts_for_messages([message.pk], AT)[message.pk].code == code


def test_of_several_to_one_customer_the_second_waits_its_turn(house: TemplateVersion) -> None:
    one, other = (make_customer(f"Ruth {n}", email=f"r{n}@bakery.example") for n in range(2))
    mine = [
        make_message(one, AT, version=house, purpose="serve", occasion=f"x{n}") for n in range(2)
    ]
    theirs = make_message(other, AT, version=house, purpose="serve")

    verdicts = verdicts_for_messages([theirs.pk, *(message.pk for message in mine)], AT)

    first, second = sorted(message.pk for message in mine)
    assert verdicts == {first: Verdict(), second: Verdict("turn", AT), theirs.pk: Verdict()}


def test_what_may_have_left_before_is_not_stopped_by_its_own_place(house: TemplateVersion) -> None:
    Instance.objects.update(public_url=URL, public_url_proved_at=AT)
    instance.forget_seen()
    ruth = make_customer(email="ruth@bakery.example")
    make_decision(ruth)
    soon = AT + timedelta(days=5)
    Standing.objects.create(customer=ruth, last_contact_at=AT, free_from=soon)
    fresh = make_message(ruth, AT, version=house)
    sent = make_message(ruth, AT, version=house, occasion="before", content_sha256="f" * 64)

    verdicts = verdicts_for_messages([fresh.pk, sent.pk], AT)

    assert verdicts == {fresh.pk: Verdict("capped", soon), sent.pk: Verdict()}


@pytest.mark.parametrize(
    ("stops", "purpose", "is_held"),
    [("all", "serve", True), ("all", "sell", True), ("offered", "serve", False),
     ("offered", "educate", True), ("offered", "sell", True), ("selling", "educate", False),
     ("selling", "sell", True)],
)  # fmt: skip
def test_nobody_looked_at_whoever_came_last_so_they_are_held(
    house: TemplateVersion, stops: str, purpose: str, is_held: bool
) -> None:
    Rules.objects.create(pk=1, quiet_from=time(3), quiet_to=time(3), serve_per_sell=0)
    some = [make_customer(f"Ruth {n}", email=f"r{n}@bakery.example") for n in range(3)]
    for one in some:
        make_decision(one)
    sent = [make_message(one, AT, version=house, purpose=purpose) for one in some]
    Hold.objects.create(kind=HoldKind.CRISIS, stops=stops, since=AT, beyond=some[1].pk)

    by_key = verdicts_for_messages([one.pk for one in sent], AT)
    set_wise = dict(verdicts_for_customers("email", purpose, AT, Customer.objects.values("pk")))

    last = Verdict("held") if is_held else Verdict()
    assert [by_key[one.pk] for one in sent] == [Verdict(), Verdict(), last]
    assert [set_wise[one.pk] for one in some] == [Verdict(), Verdict(), last]


@pytest.mark.parametrize(
    ("caps", "until"),
    [((0, None, None), None), ((2, 0, None), None), ((2, 1, 0), AT + timedelta(days=3)),
     ((2, None, None), AT + timedelta(days=2)), ((None, None, 0), "")],
)  # fmt: skip
def test_no_cap_is_none_and_nought_is_never(
    house: TemplateVersion, caps: tuple[int | None, ...], until: datetime | str | None
) -> None:
    """C5."""
    Instance.objects.update(public_url=URL, public_url_proved_at=AT)
    instance.forget_seen()
    week, emails, texts = caps
    Rules.objects.create(pk=1, contacts_a_week=week, emails_a_week=emails, texts_a_week=texts)
    ruth = make_customer(email="ruth@bakery.example")
    make_decision(ruth)
    Standing.objects.create(
        customer=ruth, free_from=AT + timedelta(days=2), email_free_from=AT + timedelta(days=3)
    )
    message = make_message(ruth, AT, version=house)

    verdict = verdicts_for_messages([message.pk], AT)[message.pk]

    assert verdict == (Verdict() if until == "" else Verdict("capped", until))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("last_at", "verdict"),
    [
        (AT - 7 * DAY, Verdict()),
        (AT - 7 * DAY + TICK, Verdict("too_soon", AT + TICK)),
        (AT - DAY, Verdict("too_soon", AT + 6 * DAY)),
    ],
)
def test_so_many_days_between_two_are_counted_to_the_moment(
    house: TemplateVersion, last_at: datetime, verdict: Verdict
) -> None:
    Instance.objects.update(public_url=URL, public_url_proved_at=AT)
    instance.forget_seen()
    ruth = make_customer(email="ruth@bakery.example")
    make_decision(ruth)
    Wish.objects.create(customer=ruth, every_days=7, changed_at=AT)
    Standing.objects.create(customer=ruth, last_contact_at=last_at)
    message = make_message(ruth, AT, version=house)

    assert verdicts_for_messages([message.pk], AT) == {message.pk: verdict}


def test_a_window_costs_as_many_queries_as_one_message(house: TemplateVersion) -> None:
    some = [
        make_message(make_customer(f"Ruth {n}", email=f"r{n}@x.example"), AT, version=house)
        for n in range(3)
    ]
    counted = []
    for few in (some[:1], some):
        with CaptureQueriesContext(connection) as queries:
            verdicts_for_messages([one.pk for one in few], AT)
        counted.append(len(queries))

    assert counted[0] == counted[1]
    assert verdicts_for_messages([], AT) == {}


def test_only_the_gate_makes_a_ticket_and_only_for_what_is_leaving(house: TemplateVersion) -> None:
    """C1."""
    ruth = make_customer(email="ruth@bakery.example")
    waiting = make_message(ruth, AT, version=house)
    leaving = make_message(ruth, AT, version=house, occasion="other", state=State.SENDING)

    with pytest.raises(TypeError):
        GateTicket(frozenset([leaving.pk]), object())
    with pytest.raises(NotLeaving):
        ticket_for([waiting.pk, leaving.pk])

    assert ticket_for([leaving.pk]).messages == {leaving.pk}


def test_every_no_and_every_later_has_a_sentence_of_its_own() -> None:
    said = {code: sentence_of(code) for code in ("", *NO, *LATER)}

    assert set(Stopped.values) < NO
    assert not NO & LATER
    assert all(len(sentence.split()) > 2 for sentence in said.values())
    assert len(set(said.values())) == len(said)
    assert len({short_of(code) for code in said}) == len(said)
    assert sentence_of("550") == ""


def test_a_later_says_from_when(business: Business) -> None:
    said = sentence_of("capped", until=AT)

    assert said.startswith(sentence_of("capped"))
    assert "24" in said.removeprefix(sentence_of("capped"))

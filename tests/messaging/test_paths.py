"""R1: every path to a channel is found by walking the code, and stopped for each of its reasons."""

import ast
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta

import pytest

from regulars.consent.choices import Decision, Stopped
from regulars.consent.models import ConsentState, Suppression, Wish
from regulars.core import clock, instance
from regulars.core.actor import SYSTEM
from regulars.core.models import Instance
from regulars.customers.models import Customer
from regulars.messaging import sending
from regulars.messaging.actions.holds import lift_hold, place_hold
from regulars.messaging.actions.switch import stop_sending
from regulars.messaging.choices import HoldKind, State
from regulars.messaging.gate import LATER, NO
from regulars.messaging.models import Message, Rules, Standing, TemplateVersion
from tests.factories.customers import make_customer
from tests.factories.messaging import Carrier, agrees, make_mailing, make_message, make_version
from tests.factories.team import make_business
from tests.house.tree import PACKAGE, python_files, shown, tree

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
URL = "https://bakery.example"
DAY = timedelta(days=1)


def calls(name: str) -> Iterator[tuple[str, str]]:
    """Where the product calls something of this name: the file, and the function round it."""
    for path in python_files("regulars/"):
        for function in ast.walk(tree(path)):
            if isinstance(function, ast.FunctionDef):
                for node in ast.walk(function):
                    if isinstance(node, ast.Call) and _named(node.func) == name:
                        yield shown(path), function.name


def _named(called: ast.expr) -> str:
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""


def test_one_path_leads_to_a_channel_and_it_asks_for_a_ticket() -> None:
    """C1: nobody else hands anything over, makes a ticket or asks for one."""
    assert set(calls("hand_over")) == {("regulars/messaging/sending.py", "_hand_over")}
    assert set(calls("ticket_for")) == {("regulars/messaging/sending.py", "_hand_over")}
    assert set(calls("GateTicket")) == {("regulars/messaging/gate.py", "ticket_for")}


def test_only_what_passed_the_gate_becomes_leaving() -> None:
    """A ticket is given for what is leaving, and one place lets it: after the gate's word."""
    writers = {
        shown(path)
        for path in python_files("regulars/messaging/")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and _named(node.func) in {"move", "transition"}
        and any(ast.unparse(one) == "State.SENDING" for one in node.args)
    }

    assert writers == {"regulars/messaging/windows.py"}
    assert ("regulars/messaging/windows.py", "record_intents") in set(
        calls("verdicts_for_messages")
    )


def test_every_adapter_demands_the_ticket_first() -> None:
    found = []
    for path in python_files("regulars/messaging/channels/"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef) and node.name == "hand_over":
                if path == PACKAGE / "messaging/channels/adapters.py":
                    continue
                found.append(shown(path))
                assert ast.unparse(node.body[0]) == "demand(ticket)", shown(path)

    assert len(found) >= 2


def test_mail_to_staff_reaches_nobody_else() -> None:
    """The one way round the gate is for ourselves: from a member, in one file."""
    assert {path for path, _name in calls("hand_to_staff")} == {"regulars/messaging/staff_mail.py"}
    assert {path for path, _name in calls("StaffParcel")} == {"regulars/messaging/staff_mail.py"}


@pytest.fixture
def ruth(db: None, settings: object) -> Customer:
    """Somebody to whom we may sell at this moment."""
    settings.PUBLIC_URL = URL  # type: ignore[attr-defined]
    make_business()
    instance.settle_identity()
    Instance.objects.update(public_url=URL, public_url_proved_at=AT)
    instance.forget_seen()
    customer = make_customer("Ruth Calloway", email="ruth@x.example")
    agrees(customer)
    Standing.objects.create(customer=customer, last_contact_at=AT - 5 * DAY, balance=3)
    return customer


def stopped(why: str) -> Callable[[Customer, Message], object]:
    return lambda _customer, message: Suppression.objects.create(
        channel="email", seal=message.seal, why=why, since=AT
    )


def ruled(**values: object) -> Callable[[Customer, Message], object]:
    return lambda _customer, _message: Rules.objects.create(pk=1, **values)


def wished(**values: object) -> Callable[[Customer, Message], object]:
    return lambda customer, _message: Wish.objects.create(
        customer=customer, changed_at=AT, **values
    )


# What makes each verdict, of somebody to whom we might sell.
REASONS: dict[str, Callable[[Customer, Message], object]] = {
    "instance": lambda _c, _m: instance.hold("restored", at=AT),
    "stopped": lambda _c, _m: stop_sending(why="a fire", by=SYSTEM, at=AT),
    "archived": lambda c, _m: Customer.objects.filter(pk=c.pk).update(archived_at=AT),
    "no_address": lambda _c, m: Message.objects.filter(pk=m.pk).update(seal="", address=""),
    **{why: stopped(why) for why in Stopped.values},
    "refused": lambda c, _m: ConsentState.objects.filter(customer=c).update(
        decision=Decision.WITHDRAWN
    ),
    "topics": wished(topics=["inform"], only_for=",inform,"),
    "no_ground": lambda c, _m: ConsentState.objects.filter(customer=c).delete(),
    "expired": lambda _c, m: Message.objects.filter(pk=m.pk).update(expires_at=AT),
    "paused": wished(paused_until=AT + DAY),
    "held": lambda c, _m: place_hold(c, HoldKind.CASE, by=SYSTEM, at=AT),
    "mailing_waits": lambda _c, m: Message.objects.filter(pk=m.pk).update(
        mailing=make_mailing(at=AT, version=make_version("sell"), state="paused")
    ),
    "capped": ruled(emails_a_week=0),
    "too_soon": wished(every_days=6),
    "rarely": lambda c, _m: Standing.objects.filter(customer=c).update(rarest_days=6),
    "balance": ruled(serve_per_sell=4),
    "quiet": ruled(quiet_from=time(11), quiet_to=time(13)),
    "no_public_url": lambda _c, m: (
        Instance.objects.update(public_url=""),
        TemplateVersion.objects.filter(pk=m.version_id).update(has_links=True),
    ),
}


def test_every_verdict_is_tried() -> None:
    assert set(REASONS) == (NO | LATER) - {"turn"}


@pytest.mark.parametrize("code", [*REASONS, ""])
def test_nothing_reaches_a_channel_past_the_gate(
    ruth: Customer, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    carrier = Carrier()
    monkeypatch.setattr(sending, "adapter_for", lambda _server: carrier)
    message = make_message(ruth, at=AT, version=make_version("sell"))
    if code:
        REASONS[code](ruth, message)
    instance.forget_seen()

    with clock.stopped_at(AT):
        sending.drain()

    message.refresh_from_db()
    meant = {"": State.ACCEPTED, "instance": State.READY, "stopped": State.READY}
    meant |= {"mailing_waits": State.READY}
    meant |= {"expired": State.EXPIRED} | dict.fromkeys(LATER - meant.keys(), State.HELD)
    assert message.state == meant.get(code, State.SUPPRESSED)
    assert message.why == (code if message.state != State.READY else "")
    assert len(carrier.carried) == (not code)


def test_what_was_held_leaves_once_nothing_holds_it(
    ruth: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    carrier = Carrier()
    monkeypatch.setattr(sending, "adapter_for", lambda _server: carrier)
    message = make_message(ruth, at=AT, version=make_version("sell"))
    hold = place_hold(ruth, HoldKind.BEREAVEMENT, by=SYSTEM, at=AT, until=AT + 2 * DAY)
    with clock.stopped_at(AT):
        sending.drain()
    message.refresh_from_db()
    waits = (message.state, message.not_before)
    lift_hold(hold, by=SYSTEM, at=AT)

    with clock.stopped_at(AT + 2 * DAY):
        sending.drain()

    message.refresh_from_db()
    assert waits == (State.HELD, AT + 2 * DAY)
    assert message.state == State.ACCEPTED
    assert len(carrier.carried) == 1

"""R2 (RELIABILITY C3): no way into the tables of consent raises anything without proof.

The ways in are found by walking the code. A new one fails here until it stands in the list below,
with the test that shows what it may do.
"""

import ast
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from regulars.consent.actions import (
    ask_to_opt_in,
    confirm_opt_in,
    record_decision,
    record_decisions,
)
from regulars.consent.choices import Channel, Decision
from regulars.consent.deciding import Given
from regulars.consent.errors import OptInClosed, ProofMissing
from regulars.consent.models import ConsentEvent, ConsentState, OptInRequest
from regulars.consent.receivers import FromFiles
from regulars.core.actor import COMMAND, SYSTEM
from regulars.core.column_sets import Said, Terms
from regulars.core.errors import Refusal
from regulars.customers.actions.people import (
    Named,
    add_customer,
    archive_customer,
    restore_customer,
)
from regulars.customers.choices import Kind
from regulars.customers.models import Customer
from regulars.demo.consent import decisions
from regulars.demo.customers import everyone
from regulars.demo.scene import Scene
from regulars.team.models import Member
from tests.factories.consent import make_decision
from tests.factories.customers import A_DAY, make_customer
from tests.house.tree import PACKAGE, python_files, tree

pytestmark = pytest.mark.django_db

WRITERS = {
    "create", "bulk_create", "update", "bulk_update", "update_or_create", "get_or_create",
    "delete", "save",
}  # fmt: skip
ACTIONS = {"record_decision", "record_decisions", "confirm_opt_in", "ask_to_opt_in"}
NAMES = ("consent_consentevent", "consent_consentstate")

# Every function that writes permission, and what a test below shows of it.
WAYS_IN = {
    "consent/actions.py:record_decision": "told",
    "consent/actions.py:record_decisions": "told",
    "consent/actions.py:confirm_opt_in": "opt-in",
    "consent/deciding.py:stand": "told",
    "consent/lowering.py:lower_what_import_raised": "lowering",
    "consent/movers.py:Strictest.move": "lowering",
    "consent/movers.py:Strictest.part": "lowering",
    "consent/receivers.py:FromFiles.take": "file",
    "desk/customer_changes.py:permission": "desk",
    "desk/customer_consent.py:told": "desk",
    "demo/consent.py:write_consents": "sample",
    # What a restored database did not know of.
    "consent/remembering.py:_lower": "lowering",
    # They take away, with the customer.
    "demo/removing.py:clear_the_list": "removal",
    # A form that is open to all: it asks, and raises nothing.
    "portal/hear_from_us.py:_noted": "asking",
    "departures/actions/leaving.py:_leave_in_peace": "lowering",
    "portal/hear_from_us.py:confirm": "opt-in",
    "portal/keeping.py:ask": "asking",
    "portal/keeping.py:_withdraw": "lowering",
    "portal/unsubscribe.py:_withdraw": "lowering",
}


def functions(path: Path) -> Iterator[tuple[str, ast.AST]]:
    for node in tree(path).body:
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    yield f"{node.name}.{inner.name}", inner
        else:
            yield getattr(node, "name", "the file itself"), node


def writes(function: ast.AST) -> bool:
    named = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    called = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
    }
    texts = [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    by_sql = any(
        verb in text and name in text
        for text in texts
        for name in NAMES
        for verb in ("INSERT INTO", "UPDATE ", "DELETE FROM", "COPY ")
    )
    return bool(
        by_sql
        or called & ACTIONS
        or (named & {"ConsentEvent", "ConsentState"} and called & WRITERS)
    )


def ways_in() -> set[str]:
    return {
        f"{path.relative_to(PACKAGE).as_posix()}:{name}"
        for path in python_files("regulars/")
        if "migrations" not in path.parts
        for name, function in functions(path)
        if writes(function)
    }


def test_every_way_in_is_known_and_shown_below() -> None:
    assert ways_in() == set(WAYS_IN)


def test_whoever_lowers_names_no_yes() -> None:
    """A page for customers writes the no in its code: nothing that is sent to it makes it a yes."""
    for way, kind in WAYS_IN.items():
        if kind != "lowering":
            continue
        file, name = way.split(":")
        function = dict(functions(PACKAGE / file))[name]
        said = {
            node.attr
            for node in ast.walk(function)
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "Decision"
        }
        assert said == {"WITHDRAWN"}, way


def stand() -> set[tuple[str, str, str]]:
    return set(ConsentState.objects.values_list("channel", "purpose", "decision"))


@pytest.fixture(params=["never asked", "claimed", "said no"])
def ruth(request: pytest.FixtureRequest, business: object) -> Customer:
    customer = make_customer(email="ruth@calloway.example")
    told = {"claimed": Decision.CLAIMED, "said no": Decision.WITHDRAWN}.get(request.param)
    if told:
        make_decision(customer, decision=told)
    return customer


@pytest.mark.parametrize(
    "missing", [{"wording": ""}, {"proof": ""}, {"wording": " ", "proof": " "}, {"proof": "\n"}]
)
@pytest.mark.parametrize("purpose", ["", "sell"])
def test_nobody_writes_a_yes_without_words_and_proof(
    ruth: Customer, missing: dict[str, Any], purpose: str
) -> None:
    before = stand()
    shown: dict[str, Any] = {"wording": "You may.", "proof": "card 12", **missing}

    with pytest.raises(ProofMissing):
        record_decision(
            [ruth.pk], "email", Decision.GRANTED, source="x", by=COMMAND, at=A_DAY,
            purpose=purpose, **shown,
        )  # fmt: skip
    with pytest.raises(ProofMissing):
        record_decisions(
            [Given(ruth.pk, "x", **shown)], "email", Decision.GRANTED, by=SYSTEM, at=A_DAY,
            purpose=purpose,
        )  # fmt: skip

    assert stand() == before


TERMS = Terms(7, "till", "GBP", "UTC", "GB", frozenset({"customers"}), A_DAY, SYSTEM)
LONG_AGO = A_DAY - timedelta(days=900)


@pytest.mark.parametrize(
    ("source", "happened_at"),
    [("", None), ("newsletter form", None), ("", LONG_AGO), (" ", LONG_AGO),
     ("newsletter form", A_DAY + timedelta(days=1))],
)  # fmt: skip
def test_a_file_without_source_and_date_raises_nothing(
    ruth: Customer, source: str, happened_at: datetime | None
) -> None:
    FromFiles().take([Said(ruth.pk, "email", True, source, happened_at, 4)], TERMS)

    assert "granted" not in {decision for _channel, _purpose, decision in stand()}


def test_a_dated_yes_of_a_file_raises_nothing_after_a_no(business: object) -> None:
    """F34: an import re-subscribes nobody."""
    customer = make_customer()
    make_decision(customer, decision=Decision.WITHDRAWN, at=A_DAY - timedelta(days=3))

    for days in (900, 4):
        said = Said(customer.pk, "email", True, "form", A_DAY - timedelta(days=days), 4)
        assert FromFiles().would_change([said]) == set()
        FromFiles().take([said], TERMS)

    assert stand() == {("email", "", "withdrawn")}


@pytest.mark.parametrize("path", ["permission", "consent/told"])
def test_the_desk_raises_nothing_without_words(
    ruth: Customer, owner: Member, client_of: Callable[[Member], Client], path: str
) -> None:
    before = stand()
    given = {"channel": "email", "decision": "granted", "wording": "  "}

    answer = client_of(owner).post(f"/customers/{ruth.pk}/{path}", given)

    assert (answer.status_code, stand()) == (422, before)


@pytest.mark.parametrize("path", ["permission", "consent/told"])
def test_the_desk_knows_no_claim(
    ruth: Customer, owner: Member, client_of: Callable[[Member], Client], path: str
) -> None:
    before = stand()

    given = {"channel": "email", "decision": "claimed", "wording": "x"}
    answer = client_of(owner).post(f"/customers/{ruth.pk}/{path}", given)

    assert (answer.status_code, stand()) == (422, before)


def asked(at: datetime) -> OptInRequest:
    request = ask_to_opt_in(
        "ruth@calloway.example", name="Ruth", purposes=["inform"], wording="Tell me.",
        source="form", asked_from_ip="192.0.2.1", at=at,
    )  # fmt: skip
    assert request is not None
    return request


def test_asking_by_a_form_raises_nothing(ruth: Customer) -> None:
    before = stand()

    request = asked(A_DAY)
    with pytest.raises(ProofMissing):
        confirm_opt_in(request, at=A_DAY, proof=" ")
    with pytest.raises(OptInClosed):
        confirm_opt_in(request, at=A_DAY + timedelta(days=7), proof="message 1")

    assert stand() == before
    request.refresh_from_db()
    assert request.confirmed_at is None


def test_coming_back_raises_nothing(ruth: Customer) -> None:
    """F21: taken off the list and put back, or written down anew."""
    before = stand()
    archive_customer(ruth, by=SYSTEM, at=A_DAY)
    restore_customer(ruth, by=SYSTEM, at=A_DAY)
    add_customer(
        Named(Kind.PERSON, "Ruth Calloway"), by=SYSTEM, at=A_DAY,
    )  # fmt: skip

    assert stand() == before


def test_every_yes_of_the_sample_has_its_words() -> None:
    scene = Scene(A_DAY.date())

    granted = [one for one in decisions(everyone(scene), scene) if one.decision == Decision.GRANTED]

    assert granted
    assert [one for one in granted if not one.wording] == []


def test_no_event_in_the_tables_says_yes_without_proof(ruth: Customer) -> None:
    for channel in (Channel.EMAIL, Channel.TEXT):
        try:
            record_decision([ruth.pk], channel, Decision.GRANTED, source="x", by=SYSTEM, at=A_DAY)
        except Refusal:
            continue

    assert ConsentEvent.objects.filter(decision="granted").count() == 0

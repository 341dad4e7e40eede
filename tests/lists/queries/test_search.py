from datetime import date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.core.events import deliver_events
from regulars.customers.actions.people import Named, add_customer
from regulars.customers.choices import Kind
from regulars.customers.models import Customer
from regulars.lists.actions.hiding import hide_fields
from regulars.lists.actions.learning import learn_all_words
from regulars.lists.models import Spelling
from regulars.lists.queries.filters import compile_filter
from regulars.lists.queries.search import Hit, search
from regulars.team.models import Member
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer, make_reference
from tests.factories.orders import make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def ruth(owner: Member, manager: Member, at: datetime) -> Customer:
    ruth = make_customer(
        "Ruth Calloway", email="ruth.cal@example.com", phone="+44 20 7946 0958", manager=manager
    )
    order = make_order(ruth, date(2026, 11, 1), external_id="JR-1042")
    assert order.customer == ruth
    make_touch(ruth, at, body="Wants a crème brûlée for the christening.")
    learn_all_words()
    return ruth


def found(member: Member, text: str) -> list[tuple[str, str]]:
    return [(hit.kind, hit.customer.name) for hit in search(member.actor, text, 8)]


@pytest.mark.parametrize(
    ("text", "kind"),
    {
        "a name": ("ruth", "customer"), "a beginning": ("cal", "customer"),
        "accents": ("Rúth CALLOWAY", "customer"), "an address": ("ruth.cal@ex", "customer"),
        "a number as dialled": ("020 7946 0958", "customer"),
        "a number from abroad": ("+44 (0)20 79460958", "customer"),
        "the end of a number": ("460958", "customer"),
        "an order": ("JR-1042", "order"), "an order's beginning": ("jr-10", "order"),
        "a hash before it": ("#JR-1042", "order"),
        "a note": ("christening", "note"), "a note without accents": ("creme brul", "note"),
        "two letters swapped": ("clalowya", "customer"), "a letter short": ("caloway", "customer"),
        "another letter": ("kalloway", "customer"), "half typed and wrong": ("kallo", "customer"),
    }.values(),
)  # fmt: skip
def test_what_finds_a_customer(text: str, kind: str, ruth: Customer, owner: Member) -> None:
    make_customer("Oscar Winslow")

    assert found(owner, text) == [(kind, "Ruth Calloway")]


ATTACKS = (
    "", " ", "%", "_", "*", '"', "'", "\\", "a\0b", "NEAR(", "AND", "OR NOT", "ruth AND", "^ruth",
    "(a+)+$" * 30, ".*" * 100, "%" * 5000, "'; DROP TABLE customers_customer; --", "🦀", "\ud800",
    "&|!:*()<->", "ruth:*", "-" * 300, "0" * 300, "ａｂｃ", "١٢٣", "{body}: x", "x" * 100_000,
)  # fmt: skip


@pytest.mark.parametrize("text", ATTACKS, ids=range(len(ATTACKS)))
def test_no_text_breaks_the_search(text: str, ruth: Customer, owner: Member, at: datetime) -> None:
    hits = search(owner.actor, text, 8)

    assert all(isinstance(hit, Hit) for hit in hits)
    assert Customer.objects.count() == 1


def test_a_helper_finds_their_own_alone(ruth: Customer, helper: Member) -> None:
    for text in ("ruth", "JR-1042", "christening", "kalloway"):
        assert found(helper, text) == []

    Customer.objects.update(manager=helper)

    kinds = [found(helper, text)[0][0] for text in ("ruth", "JR-1042", "christening", "kalloway")]
    assert kinds == ["customer", "order", "note", "customer"]


def test_the_archived_are_not_found(ruth: Customer, owner: Member, at: datetime) -> None:
    Customer.objects.update(archived_at=at)

    assert [found(owner, text) for text in ("ruth", "JR-1042", "christening", "kalloway")] == [
        []
    ] * 4


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("customer.email", "ruth.cal@ex"), ("customer.phone", "460958"),
        ("customer.reference", "T-77"), ("order.number", "JR-1042"),
        ("conversation.notes", "christening"),
    ],
)  # fmt: skip
def test_what_is_hidden_finds_nobody(
    field: str, text: str, ruth: Customer, owner: Member, manager: Member, at: datetime
) -> None:
    make_reference(ruth, value="T-77")
    Customer.objects.update(search_text=ruth.search_text + " t 77 t77")
    assert len(found(manager, text)) == 1

    hide_fields("manager", [field], by=owner.actor, at=at)

    assert (found(manager, text), len(found(owner, text))) == ([], 1)
    assert not compile_filter({"text": text}, manager.actor, at).exists()
    assert found(manager, "Ruth Calloway") == [("customer", "Ruth Calloway")]


def test_a_new_name_is_understood_mistyped(owner: Member, at: datetime) -> None:
    customer = add_customer(Named(Kind.PERSON, "Beatrix Thorne"), by=owner.actor, at=at)
    deliver_events(at=at)

    assert found(owner, "beatriz") == [("customer", customer.name)]


def test_names_that_nobody_bears_are_forgotten(ruth: Customer) -> None:
    Customer.objects.update(name="Ruth Ashdown", family_name="Ashdown")

    learn_all_words()

    words = set(Spelling.objects.values_list("word", flat=True))
    assert words == {"ruth", "ashdown"}


def test_a_search_takes_as_many_queries_for_three_as_for_one(owner: Member) -> None:
    counts = []
    for name in ("One", "Two", "Three"):
        make_order(make_customer(f"Person {name}"), date(2026, 11, 1))
        with CaptureQueriesContext(connection) as asked:
            search(owner.actor, "person", 8)
        counts.append(len(asked))

    assert counts == [counts[0]] * 3

"""The sample business in the database: in, counted, planned, and out without a trace."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from regulars.consent.models import ConsentEvent
from regulars.conversations.models import Touch
from regulars.core.actor import COMMAND
from regulars.core.models import AuditEntry
from regulars.customers.actions.custom import add_custom_field
from regulars.customers.actions.tags import add_tag, tag_customers
from regulars.customers.choices import CustomKind
from regulars.customers.models import (
    ContactPoint,
    Customer,
    CustomerTag,
    CustomField,
    CustomValue,
    Duplicate,
    Household,
    Interest,
    Relation,
    Tag,
)
from regulars.demo import actions
from regulars.demo.actions import load_demo, remove_demo
from regulars.demo.errors import CustomersAreHere, DayToCome
from regulars.demo.recovery import card_folder
from regulars.insight.models import CustomerFacts
from regulars.orders.models import Order, OrderLine
from regulars.planning.models import PlanItem
from regulars.recovery.models import Card
from regulars.team.models import Business, Closure, Member
from tests.demo.rows import rows_of_rooms
from tests.factories.team import make_business, make_member

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2026, 11, 24)
LOADED = {"day": "2026-11-24", "customers": 412, "loaded": True}


@pytest.fixture
def _uncounted(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the sample becomes by counting is told elsewhere."""
    monkeypatch.setattr(actions, "_count", lambda *_day, **_by: None)


def load(at: datetime) -> dict[str, object]:
    return load_demo(day=DAY, by=COMMAND, at=at)


def remove(at: datetime) -> dict[str, object]:
    return remove_demo(by=COMMAND, at=at)


def digest() -> list[str]:
    """Everything that the sample says, without the numbers that a database gives its rows."""
    told: list[Iterable[Any]] = [
        Customer.objects.values_list(
            "name", "kind", "sort_name", "search_text", "since_on", "about", "manager__name",
            "household__name",
        ).order_by("name"),
        ContactPoint.objects.values_list("customer__name", "kind", "normal", "state").order_by(
            "customer__name", "kind", "normal"
        ),
        CustomerTag.objects.values_list("tag__name", "customer__name").order_by(
            "tag__name", "customer__name"
        ),
        CustomValue.objects.values_list(
            "field__key", "customer__name", "text", "minor", "day", "flag"
        ).order_by("field__key", "customer__name"),
        Interest.objects.values_list("customer__name", "topic", "words", "noted_on").order_by(
            "customer__name", "topic"
        ),
        Duplicate.objects.values_list("low__name", "high__name", "state").order_by(
            "low__name", "high__name"
        ),
        Relation.objects.values_list("of__name", "kind", "to__name").order_by(
            "of__name", "kind", "to__name"
        ),
        (
            (*row[:3], row[3].timestamp(), *row[4:])
            for row in Order.objects.values_list(
                "external_id", "customer__name", "kind", "placed_at", "placed_on", "total_minor"
            ).order_by("external_id")
        ),
        OrderLine.objects.values_list("order__external_id", "sku", "total_minor").order_by(
            "order__external_id", "line_no"
        ),
        (
            (*row[:5], row[5].timestamp())
            for row in Touch.objects.values_list(
                "customer__name", "channel", "purpose", "body", "said", "happened_at"
            ).order_by("happened_at", "customer__name", "id")
        ),
        ConsentEvent.objects.values_list(
            "customer__name", "channel", "purpose", "decision", "proof"
        ).order_by("id"),
        CustomerFacts.objects.values_list(
            "customer__name", "tier", "due_on", "stake_minor"
        ).order_by("customer__name"),
    ]  # fmt: skip
    return [hashlib.sha256("".join(sorted(map(repr, rows))).encode()).hexdigest() for rows in told]


@pytest.fixture
def progress() -> Callable[[int, int, str], None]:
    def tell(done: int, total: int, step: str) -> None:
        tell.heard.append((done, total, step))  # type: ignore[attr-defined]

    tell.heard = []  # type: ignore[attr-defined]
    return tell


def kept_card() -> tuple[str, bool, list[str]]:
    card = Card.objects.get()
    return card.trouble, card.customer_count > 5, [one.suffix for one in card_folder().iterdir()]


def out_of_order(*_: Any, **__: Any) -> Iterator[None]:
    raise OSError("the disk is full")


def test_a_load_fills_removing_empties_and_one_begun_anew_after_a_fault_is_alike(
    at: datetime, progress: Callable[[int, int, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows_of_rooms()

    done = load_demo(day=DAY, by=COMMAND, at=at, tell=progress)

    assert {key: done[key] for key in LOADED} == LOADED
    business = Business.objects.get()
    assert (business.name, business.currency, business.is_sample) == ("Juniper & Rye", "GBP", True)
    assert Customer.objects.filter(source="demo").on_the_list().count() == 412
    assert Household.objects.count() == 25
    assert Customer.objects.filter(manager=None).count() in range(1, 100)
    assert CustomerFacts.objects.count() >= 410
    assert PlanItem.objects.of_day(DAY).exists()
    fire = Closure.objects.values_list("starts_on", "ends_on").get(why="Fire in the oven room")
    assert fire == (date(2026, 10, 3), date(2026, 10, 21))
    heard = progress.heard  # type: ignore[attr-defined]
    counts = [done for done, _total, _step in heard]
    assert counts == sorted(counts)
    assert heard[-1][0] == heard[-1][1]
    first = digest()
    assert kept_card() == ("", True, [".zip"])

    gone = remove(at)

    assert (gone["removed"], gone["customers"]) == (True, 412)
    assert (rows_of_rooms(), card_folder().exists()) == (before, False)
    entries = AuditEntry.objects.filter(thing="demo").order_by("id")
    assert [(e.verb, e.detail["customers"]) for e in entries] == [("loaded", 412), ("removed", 412)]

    with monkeypatch.context() as broken:
        broken.setattr(actions, "write_touches", out_of_order)
        with pytest.raises(OSError, match="disk is full"):
            load(at)
    assert Order.objects.exists()

    again = load(at)

    assert ({key: again[key] for key in LOADED}, digest()) == (LOADED, first)


def test_load_demo_refuses_where_customers_are_here_already(
    at: datetime, business: Business
) -> None:
    _customer(at)
    before = rows_of_rooms()

    with pytest.raises(CustomersAreHere):
        load(at)

    assert rows_of_rooms() == before


def test_load_demo_refuses_a_day_to_come(at: datetime) -> None:
    before = rows_of_rooms()

    with pytest.raises(DayToCome):
        load_demo(day=DAY + timedelta(days=1), by=COMMAND, at=at)

    assert rows_of_rooms() == before


@pytest.mark.same_on_each
@pytest.mark.usefixtures("_uncounted")
def test_a_described_business_lends_its_owner_and_is_left_as_it_was(at: datetime) -> None:
    make_business(name="The Lighthouse Larder", currency="EUR", time_zone="Europe/Dublin")
    owner = make_member("owner", name="Dara Quill")
    own = add_tag("Loaf kept back", by=COMMAND, at=at)
    own_field = add_custom_field("Next cake", CustomKind.DAY, by=COMMAND, at=at)
    before = rows_of_rooms()

    load(at)

    assert Business.objects.get().name == "The Lighthouse Larder"
    assert not Member.objects.filter(name="Nora Whitlock").exists()
    assert Customer.objects.filter(manager=owner).count() > 30
    assert set(Order.objects.values_list("currency", flat=True)) == {"EUR"}
    assert Tag.objects.count() > 1
    assert not CustomerTag.objects.filter(tag=own).exists()

    remove(at)

    assert rows_of_rooms() == before
    assert (Tag.objects.get(), CustomField.objects.get()) == (own, own_field)


@pytest.mark.same_on_each
@pytest.mark.usefixtures("_uncounted")
def test_remove_demo_leaves_everything_that_is_not_of_the_sample(at: datetime) -> None:
    load(at)
    own = _customer(at)
    order = _order(own, "till", at)
    counter = _order(None, "till", at)
    touch = _touch(own, at)
    ruth = Customer.objects.get(name="Ruth Calloway")
    of_ruth = _order(ruth, "till", at)
    hers = set(Tag.objects.filter(tagged__customer=ruth))
    on_own = Tag.objects.exclude(tagged__customer=ruth).order_by("name")[0]
    tag_customers(Customer.objects.filter(pk=own.pk), on_own, by=COMMAND, at=at)
    nora_writes = _touch(Customer.objects.get(name="Samuel Birch"), at)

    remove(at)

    assert list(Customer.objects.order_by("name").values_list("name", "source")) == [
        ("Own Customer", "desk"),
        ("Ruth Calloway", "desk"),
    ]
    assert set(Order.objects.values_list("pk", flat=True)) == {order.pk, counter.pk, of_ruth.pk}
    assert set(Touch.objects.values_list("pk", flat=True)) == {touch.pk}
    assert not Touch.objects.filter(pk=nora_writes.pk).exists()
    assert set(Tag.objects.all()) == {*hers, on_own}
    assert set(CustomField.objects.filter(values__customer=ruth)) == set(CustomField.objects.all())
    assert Business.objects.get().is_sample is False
    assert not Member.objects.exists()


def test_remove_demo_without_a_sample_changes_nothing(at: datetime, business: Business) -> None:
    own = _customer(at)
    before = rows_of_rooms()

    gone = remove(at)

    assert gone["removed"] is False
    assert rows_of_rooms() == before
    assert Customer.objects.get() == own


def _customer(at: datetime) -> Customer:
    return Customer.objects.create(
        name="Own Customer", sort_name="customer own", created_at=at, updated_at=at
    )


def _order(customer: Customer | None, source: str, at: datetime) -> Order:
    return Order.objects.create(
        customer=customer,
        source=source,
        external_id=f"{source}-{Order.objects.count()}",
        placed_at=at,
        placed_on=at.date(),
        total_minor=460,
        currency="GBP",
    )


def _touch(customer: Customer, at: datetime) -> Touch:
    return Touch.objects.create(
        customer=customer, channel="call", outcome="reached", happened_at=at, recorded_at=at
    )

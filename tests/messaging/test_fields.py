"""What rooms say of customers in a text: all registered fields, asked for set-wise."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.conversations.choices import Direction, Outcome
from regulars.core.template_fields import LONGEST_VALUE, plain, template_fields, values_for
from regulars.customers.models import Customer, CustomerQuerySet
from regulars.insight.fields import gap_in_words
from regulars.insight.models import CustomerFacts
from regulars.orders.models import Order, OrderLine
from regulars.team.models import Member
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer, make_household

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def ruth(manager: Member) -> Customer:
    """A customer of whom everything is known."""
    Member.objects.filter(pk=manager.pk).update(phone="+44 20 7946 0321")
    customer = make_customer("Ruth Calloway", manager=manager, since_on=date(2021, 3, 14))
    make_household(customer)
    CustomerFacts.objects.create(
        customer=customer, purchase_count=27, first_on=date(2023, 5, 1), usual_gap_days=34.2,
        last_on=date(2026, 11, 14), tier="active", tier_since=date(2026, 11, 3),
        doubtful_on=date(2026, 11, 25), due_on=date(2026, 11, 21),
    )  # fmt: skip
    for number, day in enumerate((1, 14), start=1):
        order = Order.objects.create(
            customer=customer, source="till", external_id=str(number), total_minor=900,
            placed_at=AT - timedelta(days=24 - day), placed_on=date(2026, 11, day),
            currency="GBP",
        )  # fmt: skip
        for line, (item, amount) in enumerate((("Bun", 100), (f"Rye {day}", 800)), start=1):
            OrderLine.objects.create(
                order=order, line_no=line, description=item, total_minor=amount
            )
    make_touch(customer, AT, by=manager.actor, outcome=Outcome.REACHED)
    return customer


def test_every_field_of_a_customer_whom_we_know_well(ruth: Customer) -> None:
    known = values_for(template_fields.names(), [ruth.pk], AT)[ruth.pk]

    assert known == {
        "first_name": "Ruth", "full_name": "Ruth Calloway", "family_name": "Calloway",
        "household": "8 Weir Cottages", "customer_since": "2021-03-14",
        "manager_name": "Tomasz Wilk", "manager_phone": "+44 20 7946 0321",
        "last_purchase_on": "2026-11-14", "last_item": "Rye 14", "acquainted": "yes",
        "usual_gap": "5 weeks", "time_with_us": "3 years", "purchase_count": 27,
        "tier": "active", "tier_since": "2026-11-03", "still_there": "likely",
        "days_late": 3, "expected_purchases": "", "expected_spend": "",
        "offer_code": "", "offer_name": "", "price_difference": "",
        "case_done": "", "checkin_product": "", "checkin_late": "", "checkin_marks": "",
    }  # fmt: skip


def test_what_is_not_known_is_empty_and_there(business: object) -> None:
    school = make_customer("Weir School", kind="organisation")

    known = values_for(template_fields.names(), [school.pk], AT)[school.pk]

    assert {name: value for name, value in known.items() if value} == {
        "full_name": "Weir School", "tier": "new"
    }  # fmt: skip
    assert set(known) == set(template_fields.names())


def test_the_number_of_queries_does_not_grow(ruth: Customer) -> None:
    with CaptureQueriesContext(connection) as one:
        values_for(template_fields.names(), [ruth.pk], AT)
    ids = [ruth.pk, *(make_customer(f"Tom {n}").pk for n in range(5))]
    with CaptureQueriesContext(connection) as six:
        found = values_for(template_fields.names(), ids, AT)

    assert len(one) == len(six)
    assert list(found) == ids


def test_only_who_is_asked_for_and_only_what_is_asked_for(ruth: Customer) -> None:
    make_customer("Tom Weir")

    assert values_for(["first_name", "unsubscribe_url"], [ruth.pk], AT) == {
        ruth.pk: {"first_name": "Ruth"}
    }


@pytest.mark.parametrize("field", list(template_fields), ids=lambda field: field.name)
def test_what_is_missing_is_counted_as_it_is_said(
    field: object, ruth: Customer, owner: Member
) -> None:
    make_customer("Weir School", kind="organisation")
    make_customer("Eva Gone", archived_at=AT)
    fresh = make_customer("Tom Weir")
    Order.objects.create(
        customer=fresh, source="till", external_id="9", total_minor=900, placed_at=AT,
        placed_on=AT.date(), currency="GBP",
    )  # fmt: skip
    CustomerFacts.objects.create(customer=fresh, purchase_count=1, first_on=AT.date(), tier="new")
    missing: Callable[[], CustomerQuerySet] | None = field.missing  # type: ignore[attr-defined]
    name: str = field.name  # type: ignore[attr-defined]
    ids = list(Customer.objects.on_the_list().values_list("pk", flat=True))

    empty = [one for one in values_for([name], ids, AT).values() if one[name] == ""]

    if missing is not None:
        with CaptureQueriesContext(connection) as asked:
            assert missing().count() == len(empty)
        assert len(asked) == 1


@pytest.mark.parametrize(
    ("direction", "outcome", "known"),
    [
        (Direction.OUT, Outcome.REACHED, "yes"),
        (Direction.IN, Outcome.SENT, "yes"),
        (Direction.OUT, Outcome.SENT, ""),
        (Direction.OUT, Outcome.NO_ANSWER, ""),
    ],
)
def test_who_spoke_with_us_is_greeted_as_an_acquaintance(
    manager: Member, direction: str, outcome: str, known: str
) -> None:
    tom = make_customer("Tom Weir")
    make_touch(tom, AT, by=manager.actor, direction=direction, outcome=outcome)

    assert values_for(["acquainted"], [tom.pk], AT) == {tom.pk: {"acquainted": known}}


@pytest.mark.parametrize(
    ("days", "words"),
    [(0.4, "1 day"), (6.6, "7 days"), (12, "2 weeks"), (34.2, "5 weeks"), (90, "3 months")],
)
def test_a_gap_is_said_as_people_say_it(days: float, words: str) -> None:
    assert gap_in_words(days) == words


def test_values_are_plain() -> None:
    assert plain("Ruth\r\n\x00 \u202egnik ") == "Ruth\n gnik"
    assert plain("x" * 9_000) == "x" * LONGEST_VALUE
    assert plain(Decimal("1200.50")) == "1200.5"
    assert plain(datetime(2026, 11, 24, 9, 0, tzinfo=UTC)) == "2026-11-24"
    assert plain(True) == 1

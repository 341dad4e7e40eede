import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.core.actor import SYSTEM
from regulars.core.models import AuditEntry, Event
from regulars.core.operations import begin_operation
from regulars.core.undo import undo_now
from regulars.customers.actions.tags import (
    add_tag,
    delete_tag,
    merge_tags,
    rename_tag,
    tag_customers,
    untag_customers,
)
from regulars.customers.errors import TagNotFound, TagRefused
from regulars.customers.models import Customer, CustomerTag, Tag
from regulars.customers.queries.tags import tag_for, tag_named, tags_counted, tags_of
from tests.factories.customers import A_DAY, make_customer

pytestmark = pytest.mark.django_db


def make_tag(name: str) -> Tag:
    return add_tag(name, by=SYSTEM, at=A_DAY)


def everybody() -> dict[str, list[str]]:
    names = dict(Customer.objects.values_list("pk", "name"))
    found = tags_of(list(names))
    return {names[pk]: [tag.name for tag in tags] for pk, tags in found.items()}


def test_two_spellings_are_one_tag() -> None:
    first = make_tag("  Sunday   market ")

    again = make_tag("SUNDAY market")

    assert (first, first.name, Tag.objects.count()) == (again, "Sunday market", 1)
    assert tag_named("sunday  Market") == first
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize("name", ["", " \n", "x" * 61], ids=["empty", "blank", "long"])
def test_add_tag_refuses_what_is_no_name(name: str) -> None:
    with pytest.raises(TagRefused):
        make_tag(name)


def test_a_selection_is_tagged_in_one_go_and_nobody_twice() -> None:
    for name in ("Anna", "Ben", "Cleo"):
        make_customer(name)
    market = make_tag("Market")

    first = tag_customers(Customer.objects.filter(name="Anna"), market, by=SYSTEM, at=A_DAY)
    Event.objects.all().delete()
    rest = tag_customers(Customer.objects.all(), market, by=SYSTEM, at=A_DAY, source="import")
    none = tag_customers(Customer.objects.all(), market, by=SYSTEM, at=A_DAY)

    assert (first, rest, none) == (1, 2, 0)
    assert everybody() == {"Anna": ["Market"], "Ben": ["Market"], "Cleo": ["Market"]}
    assert sorted(CustomerTag.objects.values_list("source", "tagged_at")) == [
        ("desk", A_DAY), ("import", A_DAY), ("import", A_DAY),
    ]  # fmt: skip
    assert Event.objects.values_list("kind", "payload").get() == (
        "customers.CustomersTagged",
        {"tag_id": market.pk, "count": 2, "is_untag": False},
    )


def test_a_tag_is_taken_off_again() -> None:
    make_customer("Anna")
    make_customer("Ben")
    market = make_tag("Market")
    tag_customers(Customer.objects.all(), market, by=SYSTEM, at=A_DAY)

    count = untag_customers(Customer.objects.filter(name="Ben"), market, by=SYSTEM, at=A_DAY)

    assert (count, everybody()) == (1, {"Anna": ["Market"]})


def test_a_tag_is_written_otherwise_on_everybody() -> None:
    make_customer("Anna")
    market = make_tag("Market")
    tag_customers(Customer.objects.all(), market, by=SYSTEM, at=A_DAY)

    rename_tag(market, "Sunday", colour="red", by=SYSTEM, at=A_DAY)

    assert everybody() == {"Anna": ["Sunday"]}
    assert Tag.objects.values_list("folded", "colour").get() == ("sunday", "red")


def test_a_tag_does_not_take_the_name_of_another() -> None:
    make_tag("Market")
    other = make_tag("Sunday")

    with pytest.raises(TagRefused):
        rename_tag(other, "MARKET", colour="red", by=SYSTEM, at=A_DAY)

    assert sorted(Tag.objects.values_list("name", flat=True)) == ["Market", "Sunday"]


def test_two_tags_put_together_stay_on_everybody_who_had_either() -> None:
    for name in ("Anna", "Ben", "Cleo"):
        make_customer(name)
    market, sunday = make_tag("Market"), make_tag("Sunday")
    tag_customers(Customer.objects.exclude(name="Cleo"), market, by=SYSTEM, at=A_DAY)
    tag_customers(Customer.objects.exclude(name="Anna"), sunday, by=SYSTEM, at=A_DAY)

    moved = merge_tags(sunday, market, by=SYSTEM, at=A_DAY)

    assert moved == 1
    assert everybody() == {"Anna": ["Market"], "Ben": ["Market"], "Cleo": ["Market"]}
    assert list(Tag.objects.all()) == [market]
    with pytest.raises(TagRefused):
        merge_tags(market, market, by=SYSTEM, at=A_DAY)


def test_a_deleted_tag_is_off_everybody_and_says_how_many_they_were() -> None:
    make_customer("Anna")
    market = make_tag("Market")
    tag_customers(Customer.objects.all(), market, by=SYSTEM, at=A_DAY)

    assert delete_tag(market, by=SYSTEM, at=A_DAY) == 1

    assert everybody() == {}
    with pytest.raises(TagNotFound):
        tag_for(market.pk)


def test_tags_are_counted_without_those_off_the_list() -> None:
    make_customer("Anna")
    make_customer("Ben", archived_at=A_DAY)
    market, idle = make_tag("Market"), make_tag("Idle")
    tag_customers(Customer.objects.all(), market, by=SYSTEM, at=A_DAY)

    with CaptureQueriesContext(connection) as queries:
        counted = tags_counted()

    assert counted == [(idle, 0), (market, 1)]
    assert len(queries) == 2


def test_tags_are_read_in_one_query_for_one_and_for_three() -> None:
    people = [make_customer(name) for name in ("Anna", "Ben", "Cleo")]
    tag_customers(Customer.objects.all(), make_tag("Market"), by=SYSTEM, at=A_DAY)

    with CaptureQueriesContext(connection) as for_one:
        tags_of([people[0].pk])
    with CaptureQueriesContext(connection) as for_three:
        tags_of([one.pk for one in people])

    assert len(for_one) == len(for_three) == 1


def test_tagging_and_untagging_are_undone_to_the_row() -> None:
    for name in ("Anna", "Ben"):
        make_customer(name)
    market = make_tag("Market")
    tag_customers(Customer.objects.filter(name="Ben"), market, by=SYSTEM, at=A_DAY)
    before = list(CustomerTag.objects.values_list())
    on = begin_operation("bulk", subject_id=None, by=SYSTEM, at=A_DAY)
    tag_customers(Customer.objects.all(), market, by=SYSTEM, at=A_DAY, operation=on)
    off = begin_operation("bulk", subject_id=None, by=SYSTEM, at=A_DAY)
    untag_customers(Customer.objects.all(), market, by=SYSTEM, at=A_DAY, operation=off)
    assert everybody() == {}

    undo_now(off, by=SYSTEM, at=A_DAY)
    undo_now(on, by=SYSTEM, at=A_DAY)

    assert list(CustomerTag.objects.values_list()) == before

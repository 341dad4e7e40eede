from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.core.actor import SYSTEM
from regulars.core.models import AuditEntry, Event
from regulars.customers.actions.relations import (
    end_relation,
    relate,
    resume_relation,
    unrelate,
)
from regulars.customers.choices import Kind, RelationKind
from regulars.customers.errors import RelationNotFound, RelationRefused
from regulars.customers.models import Customer, Relation
from regulars.customers.queries.relations import relation_of, relations_of
from regulars.team.models import Member
from tests.factories.customers import A_DAY, make_customer, make_relation

pytestmark = pytest.mark.django_db

SPRING, AUTUMN = date(2026, 4, 1), date(2026, 10, 1)


def words_of(customer: Customer, on: date | None = None) -> list[tuple[str, str]]:
    found = relations_of(SYSTEM, [customer.pk], on=on).get(customer.pk, [])
    return [(one.words, one.other.name) for one in found]


def test_a_relation_is_read_from_both_sides() -> None:
    ruth, mill = make_customer(), make_customer("The Mill", kind=Kind.ORGANISATION)

    made = relate(ruth, RelationKind.WORKS_AT, mill, by=SYSTEM, at=A_DAY, since_on=SPRING)

    assert (words_of(ruth), words_of(mill)) == (
        [("Works at", "The Mill")],
        [("Works here", "Ruth Calloway")],
    )
    assert AuditEntry.objects.values_list("verb", "detail").get() == (
        "related",
        {"of": ruth.pk, "to": mill.pk},
    )
    assert Event.objects.values_list("kind", "payload").get() == (
        "customers.CustomersRelated",
        {"of_id": ruth.pk, "to_id": mill.pk, "kind": "works_at", "is_over": False},
    )
    assert relation_of(mill, made.pk) == made


def test_what_is_mutual_is_noted_once_whoever_is_named_first() -> None:
    ruth, george = make_customer(), make_customer("George Calloway")

    made = relate(george, RelationKind.MARRIED_TO, ruth, by=SYSTEM, at=A_DAY)

    assert (made.of, made.to) == (ruth, george)
    assert (words_of(ruth), words_of(george)) == (
        [("Married to", "George Calloway")],
        [("Married to", "Ruth Calloway")],
    )
    with pytest.raises(RelationRefused):
        relate(ruth, RelationKind.MARRIED_TO, george, by=SYSTEM, at=A_DAY)


@pytest.mark.parametrize(
    ("of", "kind", "to"),
    [
        (Kind.ORGANISATION, RelationKind.WORKS_AT, Kind.ORGANISATION),
        (Kind.PERSON, RelationKind.WORKS_AT, Kind.PERSON),
        (Kind.PERSON, RelationKind.SERVES, Kind.PERSON),
        (Kind.DEPARTMENT, RelationKind.SERVES, Kind.DEPARTMENT),
        (Kind.PERSON, RelationKind.MARRIED_TO, Kind.ORGANISATION),
    ],
)
def test_relate_refuses_what_does_not_fit(of: Kind, kind: RelationKind, to: Kind) -> None:
    with pytest.raises(RelationRefused):
        relate(make_customer("A", kind=of), kind, make_customer("B", kind=to), by=SYSTEM, at=A_DAY)

    assert not Relation.objects.exists()


def test_relate_refuses_the_same_customer() -> None:
    ruth = make_customer()

    with pytest.raises(RelationRefused):
        relate(ruth, RelationKind.REFERRED_BY, ruth, by=SYSTEM, at=A_DAY)


def test_a_relation_that_ended_is_kept_and_may_begin_again() -> None:
    ruth, mill = make_customer(), make_customer("The Mill", kind=Kind.ORGANISATION)
    first = relate(ruth, RelationKind.WORKS_AT, mill, by=SYSTEM, at=A_DAY, since_on=SPRING)

    end_relation(first, by=SYSTEM, at=A_DAY, until_on=AUTUMN)
    again = relate(ruth, RelationKind.WORKS_AT, mill, by=SYSTEM, at=A_DAY, since_on=AUTUMN)

    assert len(words_of(ruth)) == 2
    assert [len(words_of(ruth, day)) for day in (date(2026, 3, 31), SPRING, AUTUMN)] == [0, 1, 1]
    with pytest.raises(RelationRefused):
        resume_relation(first, by=SYSTEM, at=A_DAY)
    unrelate(again, by=SYSTEM, at=A_DAY)
    resume_relation(first, by=SYSTEM, at=A_DAY)
    assert Relation.objects.values_list("pk", "until_on").get() == (first.pk, None)


def test_a_relation_does_not_end_before_it_began() -> None:
    ruth, mill = make_customer(), make_customer("The Mill", kind=Kind.ORGANISATION)
    made = relate(ruth, RelationKind.WORKS_AT, mill, by=SYSTEM, at=A_DAY, since_on=AUTUMN)

    with pytest.raises(RelationRefused):
        end_relation(made, by=SYSTEM, at=A_DAY, until_on=SPRING)

    made.refresh_from_db()
    assert made.until_on is None


def test_nobody_finds_a_relation_of_others() -> None:
    made = make_relation(make_customer("Anna"), "referred_by", make_customer("Ben"))

    with pytest.raises(RelationNotFound):
        relation_of(make_customer("Cleo"), made.pk)


def test_a_helper_sees_no_name_of_somebody_elses_customer(helper: Member) -> None:
    ruth, theirs = make_customer(manager=helper), make_customer("Ben", manager=helper)
    for other in (theirs, make_customer("Cleo")):
        make_relation(ruth, "referred_by", other)

    found = relations_of(helper.actor, [ruth.pk])[ruth.pk]

    assert [one.other.name for one in found] == ["Ben"]


def test_relations_are_read_in_two_queries_for_one_and_for_three() -> None:
    people = [make_customer(name) for name in ("Anna", "Ben", "Cleo")]
    for one in people:
        make_relation(one, "referred_by", make_customer(f"Friend of {one.name}"))

    with CaptureQueriesContext(connection) as for_one:
        relations_of(SYSTEM, [people[0].pk])
    with CaptureQueriesContext(connection) as for_three:
        found = relations_of(SYSTEM, [one.pk for one in people])

    assert len(for_one) == len(for_three) == 2
    assert [found[one.pk][0].other.name for one in people] == [
        f"Friend of {one.name}" for one in people
    ]

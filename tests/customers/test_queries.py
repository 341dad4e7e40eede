"""Search gives the same on SQLite and PostgreSQL: `./dev test` runs this file on both."""

import pytest
from django.db import connection

from regulars.core.actor import Actor
from regulars.customers.actions.people import Named, archive_customer, rename_customer
from regulars.customers.choices import Kind
from regulars.customers.errors import CustomerNotFound
from regulars.customers.models import Customer
from regulars.customers.queries import people
from regulars.customers.queries.people import (
    customer_for,
    customers_for,
    first_matching,
    matching,
)
from regulars.team.models import Member
from tests.factories.customers import A_DAY, make_customer
from tests.factories.team import make_member

pytestmark = pytest.mark.django_db

BLNS = [
    "<script>alert(1)</script>", "'; DROP TABLE customers_customer; --", "\"quoted\" * NEAR(x)",
    "Zażółć gęślą jaźń", "ﾊﾝｶｸ 田中さん", "﷽", "👩‍👩‍👧‍👦 family", "O'Brien & Søn", "ℛ𝔲𝔱𝔥",
    "undefined NULL true", "a:b|c&d!e(f)g<->h\\i", "  \u200b ", "١٢٣ Samir", "ẞharp STRASSE",
]  # fmt: skip


@pytest.fixture
def found_by(db: None) -> object:
    return lambda text: sorted(
        matching(Customer.objects.all(), text).values_list("name", flat=True)
    )


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("ruth", ["Ruth Calloway"]),
        ("cal ru", ["Ruth Calloway"]),
        ("calloway@", ["Ruth Calloway"]),
        ("ruth@calloway.exa", ["Ruth Calloway"]),
        ("020 7946", ["Ruth Calloway"]),
        ("+44 20 7946 0018", ["Ruth Calloway"]),
        ("460018", ["Ruth Calloway"]),
        ("ciaran", ["Ciarán O'Neill"]),
        ("CIARÁN", ["Ciarán O'Neill"]),
        ("oneill", ["Ciarán O'Neill"]),
        ("o'neill", ["Ciarán O'Neill"]),
        ("neil", ["Ciarán O'Neill"]),
        ("anne-marie", ["Anne-Marie Oduya"]),
        ("annemarie", ["Anne-Marie Oduya"]),
        ("太郎", ["山田太郎"]),
        ("山田", ["山田太郎"]),
        ("alloway", []),
        ("ruth oduya", []),
        ('"', []),
        ("*", []),
        ("OR NEAR(", []),
        ("' OR 1=1 --", []),
        ("search_text:ruth", []),
    ],
)
def test_words_are_found_by_their_beginnings(
    found_by: object, typed: str, names: list[str]
) -> None:
    make_customer("Ruth Calloway", email="ruth@calloway.example", phone="+442079460018")
    make_customer("Ciarán O'Neill")
    make_customer("Anne-Marie Oduya")
    make_customer("山田太郎")

    assert found_by(typed) == names  # type: ignore[operator]


@pytest.mark.parametrize("lately", [0, 2, 9])
def test_the_first_few_are_found_among_the_newest_and_then_by_the_index(
    monkeypatch: pytest.MonkeyPatch, lately: int
) -> None:
    monkeypatch.setattr(people, "LATELY", lately)
    for name in ("Ruth Calloway", "Ada Weir", "Ruth Weir", "Ciarán O'Neill"):
        make_customer(name)

    def found(limit: int, *words: tuple[str, ...]) -> set[str]:
        return {one.name for one in first_matching(Customer.objects.all(), words, limit)}

    assert found(9, ("ru",)) == {"Ruth Calloway", "Ruth Weir"}
    assert found(9, ("ruth", "ada"), ("we",)) == {"Ada Weir", "Ruth Weir"}
    assert found(9, ("x",)) == set()
    assert len(found(1, ("ru",))) == 1


@pytest.mark.parametrize("name", BLNS)
def test_a_strange_name_is_kept_and_is_harmless_to_search(found_by: object, name: str) -> None:
    customer = make_customer(name, kind=Kind.ORGANISATION)
    make_customer("Somebody Else")

    found = found_by(name)  # type: ignore[operator]

    assert Customer.objects.get(pk=customer.pk).name == name
    assert found in ([name], [])
    assert Customer.objects.count() == 2


def test_nothing_typed_is_everybody_and_signs_alone_are_nobody(found_by: object) -> None:
    make_customer("Ruth Calloway")

    assert found_by("") == ["Ruth Calloway"]  # type: ignore[operator]
    assert found_by("0") == ["Ruth Calloway"]  # type: ignore[operator]
    assert found_by("%_?") == []  # type: ignore[operator]


def test_search_follows_a_new_name_and_a_deletion(found_by: object) -> None:
    customer = make_customer("Ruth Calloway")
    by = Actor("system", "test", "owner")

    rename_customer(customer, Named(Kind.PERSON, "Ruth Winslow"), by=by, at=A_DAY)
    assert found_by("calloway") == []  # type: ignore[operator]
    assert found_by("winslow") == ["Ruth Winslow"]  # type: ignore[operator]

    Customer.objects.filter(pk=customer.pk).delete()
    assert found_by("winslow") == []  # type: ignore[operator]


def test_the_index_agrees_with_the_list() -> None:
    customer = make_customer("Ruth Calloway")
    Customer.objects.filter(pk=customer.pk).update(about="no word of the name")
    Customer.objects.filter(pk=customer.pk).update(search_text=" other words")

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            table = "customers_search"
            cursor.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)")
        else:
            cursor.execute("SET LOCAL enable_seqscan = off")
            plan = matching(Customer.objects.all(), "oth").explain()
            assert "customers_search" in plan
    assert matching(Customer.objects.all(), "oth").count() == 1


def test_a_helper_sees_their_own_alone(owner: Member, helper: Member) -> None:
    theirs = make_customer("Ruth Calloway", manager=helper)
    others = make_customer("Oscar Winslow", manager=owner)
    nobodys = make_customer("Thea Abernathy")

    assert list(customers_for(helper.actor)) == [theirs]
    assert set(customers_for(owner.actor)) == {theirs, others, nobodys}
    assert list(customers_for(Actor("system", "nobody", "helper"))) == []
    assert customer_for(helper.actor, theirs.pk) == theirs


def test_a_customer_of_somebody_else_answers_like_a_missing_one(helper: Member) -> None:
    other = make_customer(manager=make_member("manager"))

    with pytest.raises(CustomerNotFound) as not_theirs:
        customer_for(helper.actor, other.pk)
    with pytest.raises(CustomerNotFound) as not_there:
        customer_for(helper.actor, other.pk + 999)

    assert str(not_theirs.value) == str(not_there.value)


def test_an_archived_customer_is_off_the_list_and_still_there(owner: Member) -> None:
    customer = make_customer()

    archive_customer(customer, by=owner.actor, at=A_DAY)

    assert list(customers_for(owner.actor).on_the_list()) == []
    assert list(customers_for(owner.actor)) == [customer]

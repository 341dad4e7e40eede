"""The list of customers as those whom a mailing is meant for."""

import pytest

from regulars.customers.models import Customer
from regulars.desk.audience import CustomersList, definition_of
from regulars.desk.customer_list import Wanted
from regulars.insight.models import CustomerFacts
from regulars.team.models import Member
from tests.factories.customers import A_DAY, make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def four(manager: Member) -> dict[str, Customer]:
    ruth = make_customer("Ruth Calloway", manager=manager)
    CustomerFacts.objects.create(customer=ruth, tier="core")
    return {
        "ruth": ruth, "thea": make_customer("Thea Abernathy", manager=manager),
        "oscar": make_customer("Oscar Winslow"),
        "gone": make_customer("Gone Person", archived_at=A_DAY),
    }  # fmt: skip


def found(definition: dict[str, object]) -> set[str]:
    return set(CustomersList().customers(definition).values_list("given_name", flat=True))


def test_those_who_were_ticked(four: dict[str, Customer]) -> None:
    definition = definition_of(Wanted(text="ignored"), [four[n].pk for n in ("ruth", "gone")])

    assert found(definition) == {"Ruth"}
    assert CustomersList().words(definition) == "chosen one by one: Ruth Calloway, Gone Person"


def test_many_ticked_are_named_and_counted(four: dict[str, Customer]) -> None:
    definition = definition_of(Wanted(), [one.pk for one in four.values()])

    said = CustomersList().words(definition)

    assert said.endswith("Ruth Calloway, Gone Person and 1 more")


@pytest.mark.parametrize(
    ("wanted", "names", "said"),
    [
        (Wanted(), {"Ruth", "Thea", "Oscar"}, "everybody on the list"),
        (Wanted(sort="value", at="x"), {"Ruth", "Thea", "Oscar"}, "everybody on the list"),
        (Wanted(tier="core"), {"Ruth"}, "everybody on the list whose tier is “Core”"),
        (Wanted(manager="none"), {"Oscar"}, "everybody on the list whom nobody looks after"),
        (
            Wanted(tier="core", text="cal"), {"Ruth"},
            "everybody on the list whose tier is “Core” and who fit “cal”",
        ),
        (
            Wanted(manager="4242"), set(),
            "everybody on the list whom somebody who has left looks after",
        ),
    ],
)  # fmt: skip
def test_all_whom_a_filter_leaves(
    four: dict[str, Customer], wanted: Wanted, names: set[str], said: str
) -> None:
    definition = definition_of(wanted, None)

    assert found(definition) == names
    assert CustomersList().words(definition) == said


def test_a_manager_is_named(four: dict[str, Customer], manager: Member) -> None:
    definition = definition_of(Wanted(manager=str(manager.pk)), None)

    assert found(definition) == {"Ruth", "Thea"}
    assert CustomersList().words(definition) == (
        f"everybody on the list whom {manager.name} looks after"
    )

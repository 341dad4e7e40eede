import pytest

from regulars.core.actor import SYSTEM
from regulars.core.models import AuditEntry
from regulars.customers.actions.households import (
    join_household,
    leave_household,
    make_household,
    move_household,
    rename_household,
)
from regulars.customers.choices import Kind, PointKind
from regulars.customers.errors import HouseholdNotFound, HouseholdRefused
from regulars.customers.models import Customer, Household
from regulars.customers.queries.relations import household_for, members_of
from regulars.team.models import Member
from tests.factories.customers import A_DAY, make_customer, make_point

pytestmark = pytest.mark.django_db

COTTAGE, MILL = "8 Weir Cottages, Ambley", "2 Mill Lane, Ambley"


def addresses(customer: Customer) -> list[tuple[str, str, bool]]:
    points = customer.contact_points.filter(kind=PointKind.ADDRESS).order_by("id")
    return list(points.values_list("value", "state", "is_primary"))


def test_who_lives_together_shares_the_address_that_one_of_them_brings() -> None:
    ruth, george = make_customer(), make_customer("George Calloway")
    make_point(george, PointKind.ADDRESS, COTTAGE, postcode="AM1 2BC", city="Ambley")

    made = make_household(" The  Calloways ", [ruth, george], by=SYSTEM, at=A_DAY)

    assert (made.name, made.members.count()) == ("The Calloways", 2)
    made.refresh_from_db()
    assert (made.address, made.postcode, made.city) == (COTTAGE, "AM1 2BC", "Ambley")
    assert addresses(ruth) == addresses(george) == [(COTTAGE, "usable", True)]
    assert ruth.contact_points.values_list("postcode", "source").get() == ("AM1 2BC", "household")
    assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True)) == [
        "added", "joined household", "joined household",
    ]  # fmt: skip


def test_whoever_joins_later_gets_the_address_and_keeps_the_old_one_beside() -> None:
    ruth, anna = make_customer(address=COTTAGE), make_customer("Anna Calloway", address=MILL)
    home = make_household("The Calloways", [ruth], by=SYSTEM, at=A_DAY)

    join_household(anna, home, by=SYSTEM, at=A_DAY)

    assert addresses(anna) == [(MILL, "usable", False), (COTTAGE, "usable", True)]


def test_a_household_that_moves_takes_everybody_along() -> None:
    ruth, george = make_customer(address=COTTAGE), make_customer("George Calloway")
    home = make_household("The Calloways", [ruth, george], by=SYSTEM, at=A_DAY)

    move_household(home, MILL, by=SYSTEM, at=A_DAY)

    # What Ruth brought herself is hers; what the household gave to George is out of date.
    assert addresses(ruth) == [(COTTAGE, "usable", False), (MILL, "usable", True)]
    assert addresses(george) == [(COTTAGE, "stale", False), (MILL, "usable", True)]
    move_household(home, COTTAGE, by=SYSTEM, at=A_DAY)
    assert addresses(george) == [(COTTAGE, "usable", True), (MILL, "stale", False)]


def test_the_last_one_out_closes_the_household() -> None:
    ruth, george = make_customer(address=COTTAGE), make_customer("George Calloway")
    home = make_household("The Calloways", [ruth, george], by=SYSTEM, at=A_DAY)

    leave_household(ruth, by=SYSTEM, at=A_DAY)
    assert household_for(home.pk) == home
    leave_household(george, by=SYSTEM, at=A_DAY)

    with pytest.raises(HouseholdNotFound):
        household_for(home.pk)
    leave_household(george, by=SYSTEM, at=A_DAY)
    assert addresses(george) == [(COTTAGE, "usable", True)]


def test_moving_to_another_household_leaves_the_first() -> None:
    ruth, george = make_customer(), make_customer("George Calloway")
    first = make_household("The Calloways", [ruth], by=SYSTEM, at=A_DAY)
    second = make_household("Mill Lane", [george], by=SYSTEM, at=A_DAY)

    join_household(ruth, second, by=SYSTEM, at=A_DAY)

    assert members_of(SYSTEM, second) == [george, ruth]
    assert not Household.objects.filter(pk=first.pk).exists()


@pytest.mark.parametrize("kind", [Kind.ORGANISATION, Kind.DEPARTMENT])
def test_only_people_live_in_a_household(kind: Kind) -> None:
    with pytest.raises(HouseholdRefused):
        make_household("Office", [make_customer("The Mill", kind=kind)], by=SYSTEM, at=A_DAY)

    assert not Household.objects.exists()


def test_a_household_needs_a_name() -> None:
    with pytest.raises(HouseholdRefused):
        make_household("  ", [make_customer()], by=SYSTEM, at=A_DAY)

    home = make_household("The Calloways", [make_customer()], by=SYSTEM, at=A_DAY)
    assert rename_household(home, "Ruth’s", by=SYSTEM, at=A_DAY).name == "Ruth’s"


def test_a_helper_sees_of_a_household_only_those_whom_they_look_after(helper: Member) -> None:
    ruth, george = make_customer(manager=helper), make_customer("George Calloway")
    home = make_household("The Calloways", [ruth, george], by=SYSTEM, at=A_DAY)

    assert members_of(helper.actor, home) == [ruth]

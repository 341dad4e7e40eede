"""Customers, as the tests need them: named, sorted and found as the product would."""

from datetime import UTC, datetime
from typing import Any

from regulars.customers.choices import Kind, PointKind
from regulars.customers.models import ContactPoint, Customer, Household, Reference, Relation
from regulars.customers.naming import normal_of, seal_of, search_text_of, sort_name_of, state_of

A_DAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def make_customer(
    name: str = "Ruth Calloway",
    *,
    kind: str = Kind.PERSON,
    email: str | None = None,
    phone: str | None = None,
    address: str | None = None,
    **over: Any,
) -> Customer:
    """Someone on the list; a person's last word is the family name."""
    given, _gap, family = name.rpartition(" ") if kind == Kind.PERSON else ("", "", "")
    customer = Customer.objects.create(
        **{
            "kind": kind,
            "name": name,
            "given_name": given,
            "family_name": family if given else "",
            "sort_name": sort_name_of(kind, name, given, family if given else ""),
            "search_text": search_text_of([name], [email or ""], [phone or ""]),
            "created_at": A_DAY,
            "updated_at": A_DAY,
            **over,
        }
    )
    given_points = (
        (PointKind.EMAIL, email), (PointKind.PHONE, phone), (PointKind.ADDRESS, address)
    )  # fmt: skip
    for point_kind, value in given_points:
        if value:
            make_point(customer, point_kind, value)
    return customer


def make_point(customer: Customer, kind: str, value: str, **over: Any) -> ContactPoint:
    normal = normal_of(kind, value, "GB")
    described: dict[str, Any] = {
        "normal": normal, "seal": seal_of(kind, normal), "state": state_of(kind, normal),
        "is_primary": True, "created_at": A_DAY,
    }  # fmt: skip
    return ContactPoint.objects.create(
        customer=customer, kind=kind, value=value, **{**described, **over}
    )


def make_household(*members: Customer, name: str = "8 Weir Cottages") -> Household:
    household = Household.objects.create(name=name)
    Customer.objects.filter(pk__in=[one.pk for one in members]).update(household=household)
    return household


def make_reference(customer: Customer, source: str = "till", value: str = "1001") -> Reference:
    return Reference.objects.create(customer=customer, source=source, value=value)


def make_relation(of: Customer, kind: str, to: Customer, **over: Any) -> Relation:
    return Relation.objects.create(of=of, kind=kind, to=to, **{"created_at": A_DAY, **over})

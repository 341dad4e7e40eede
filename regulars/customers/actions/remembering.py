"""What every change of one customer ends with: the words of the search, the audit, the news."""

from datetime import datetime

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.events import announce
from regulars.customers.choices import PointKind
from regulars.customers.events import CustomerChanged
from regulars.customers.models import Customer
from regulars.customers.naming import search_text_of


def changed(customer: Customer, verb: str, *, by: Actor, at: datetime, **detail: int) -> Customer:
    remember_words(customer, at=at)
    audit.record(verb, customer, by=by, at=at, **detail)
    announce(CustomerChanged(customer.pk), at=at)
    return customer


def remember_words(customer: Customer, *, at: datetime) -> None:
    """What search looks in follows every change of names and addresses."""
    points = list(customer.contact_points.values_list("kind", "value", "normal"))
    references = customer.references.values_list("value", flat=True)
    names = [customer.name, customer.given_name, customer.family_name, *references]
    emails = [normal for kind, _value, normal in points if kind == PointKind.EMAIL]
    phones = [
        text
        for kind, value, normal in points
        if kind == PointKind.PHONE
        for text in (value, normal)
    ]
    customer.search_text = search_text_of(names, emails, phones)
    customer.updated_at = at
    customer.save(update_fields=["search_text", "updated_at"])

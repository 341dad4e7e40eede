"""Writing down what customers expect of us now."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.care.choices import Matter, Source
from regulars.care.errors import MatterUnclear, NotTheNewest
from regulars.care.events import ExpectationNoted
from regulars.care.models import Expectation
from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.events import announce
from regulars.customers.models import Customer

LONGEST = 500


@transaction.atomic
def note_expectation(
    customer: Customer, *, what: Matter, by: Actor, at: datetime, words: str = "", link: str = ""
) -> Expectation:
    """Write down what matters most to a customer now; what they said before is kept.

    `link` names the link by which they answered themselves: answering by it again changes that
    answer, and makes no second one.
    """
    words = words.strip()[:LONGEST]
    if what == Matter.OTHER and not words:
        raise MatterUnclear(_("Say in a few words what it is."))
    # One at a time per customer: two answers in one second must not both count.
    Customer.objects.select_for_update().get(pk=customer.pk)
    again = Expectation.objects.filter(link=link).first() if link else None
    Expectation.objects.filter(customer=customer, is_current=True).update(is_current=False)
    noted = again or Expectation(customer=customer, link=link)
    noted.customer = customer
    noted.what, noted.words, noted.said_at, noted.recorded_at = what, words, at, at
    noted.source = Source.LINK if link else Source.STAFF
    noted.member_id, noted.is_current = by.member_id, True
    noted.save()
    audit.record("noted", noted, by=by, at=at, customer=customer.pk)
    announce(ExpectationNoted(noted.pk, customer.pk, str(what), noted.source), at=at)
    return noted


@transaction.atomic
def take_back_expectation(noted: Expectation, *, by: Actor, at: datetime) -> None:
    """Take the newest answer back, as if it had not been written; the one before counts again."""
    Customer.objects.select_for_update().get(pk=noted.customer_id)
    current = Expectation.objects.current().filter(customer=noted.customer_id)
    if not current.filter(pk=noted.pk).exists():
        raise NotTheNewest(_("They have said something else since."))
    audit.record("took back", noted, by=by, at=at, customer=noted.customer_id)
    noted.delete()
    rest = Expectation.objects.filter(customer=noted.customer_id).order_by("-said_at", "-pk")
    Expectation.objects.filter(pk__in=rest.values("pk")[:1]).update(is_current=True)

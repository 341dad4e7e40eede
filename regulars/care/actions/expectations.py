"""Writing down what customers expect of us now."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.care.choices import Matter, Source
from regulars.care.errors import MatterUnclear, NotTheNewest, TooManyProducts
from regulars.care.events import ExpectationNoted
from regulars.care.models import Expectation
from regulars.care.products import LONGEST as LONGEST_PRODUCT
from regulars.care.queries.expectations import product_key
from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.events import announce
from regulars.customers.models import Customer

LONGEST = 500
# Whoever has something of more products than this to say has somebody to talk to.
MOST_PRODUCTS = 12


@transaction.atomic
def note_expectation(
    customer: Customer, *, what: Matter, by: Actor, at: datetime, words: str = "",
    product: str = "", link: str = "",
) -> Expectation:  # fmt: skip
    """Write down what matters most to a customer now; what they said before is kept.

    With a `product` it is about that one alone, and what they said of all the rest stands. `link`
    names the link by which they answered themselves: answering by it again changes that answer,
    and makes no second one.
    """
    # PostgreSQL holds no NUL.
    words, product = (told.replace("\0", "").strip() for told in (words, product))
    words, product = words[:LONGEST], " ".join(product.split())[:LONGEST_PRODUCT].strip()
    key = product_key(product)
    if what == Matter.OTHER and not words:
        raise MatterUnclear(_("Say in a few words what it is."))
    # One at a time per customer: two answers in one second must not both count.
    Customer.objects.select_for_update().get(pk=customer.pk)
    _refuse_many(customer, key)
    again = Expectation.objects.filter(link=link, key=key).first() if link else None
    theirs = Expectation.objects.filter(customer=customer, key=key)
    theirs.filter(is_current=True).update(is_current=False)
    noted = again or Expectation(customer=customer, link=link, key=key)
    noted.customer, noted.product = customer, product if key else ""
    noted.what, noted.words, noted.said_at, noted.recorded_at = what, words, at, at
    noted.source = Source.LINK if link else Source.STAFF
    noted.member_id, noted.is_current = by.member_id, True
    noted.save()
    audit.record("noted", noted, by=by, at=at, customer=customer.pk)
    announce(ExpectationNoted(noted.pk, customer.pk, str(what), noted.source), at=at)
    return noted


def _refuse_many(customer: Customer, key: str) -> None:
    """A form that anybody with a link may send as often as they like fills no table."""
    others = Expectation.objects.current_of_products().filter(customer=customer).exclude(key=key)
    if key and others.count() >= MOST_PRODUCTS:
        raise TooManyProducts(
            _("They have said it of %(most)s products already.") % {"most": MOST_PRODUCTS},
            _("Leave the product out, and write it in the words."),
        )


@transaction.atomic
def take_back_expectation(noted: Expectation, *, by: Actor, at: datetime) -> None:
    """Take the newest answer back, as if it had not been written; the one before counts again."""
    Customer.objects.select_for_update().get(pk=noted.customer_id)
    if not Expectation.objects.filter(pk=noted.pk, is_current=True).exists():
        raise NotTheNewest(_("They have said something else since."))
    audit.record("took back", noted, by=by, at=at, customer=noted.customer_id)
    noted.delete()
    theirs = Expectation.objects.filter(customer=noted.customer_id, key=noted.key)
    rest = theirs.order_by("-said_at", "-pk")
    Expectation.objects.filter(pk__in=rest.values("pk")[:1]).update(is_current=True)

"""Taking rows of the sample out, from the leaves to the root, so that no cascade has to look."""

from datetime import datetime

from django.db import transaction

from regulars.care.models import CheckInOrder, Expectation
from regulars.consent.models import ConsentEvent, ConsentState, Suppression
from regulars.conversations.models import Touch
from regulars.core import clock
from regulars.customers.models import (
    ContactPoint,
    Customer,
    CustomerTag,
    CustomValue,
    Household,
    Interest,
)
from regulars.demo.bulletins import take_bulletins_out
from regulars.demo.cases import forget_cases
from regulars.demo.check_ins import forget_check_ins
from regulars.demo.departures import forget_what_changed
from regulars.demo.goals import forget_what_it_costs
from regulars.demo.knowing import forget_unused_tags, tags_of_the_sample
from regulars.demo.learning import forget_causes, forget_what_was_learned
from regulars.demo.library import clear_the_shelf
from regulars.demo.lists import forget_views_and_segments
from regulars.demo.mentions import forget_mentions
from regulars.demo.messaging import take_messages_out
from regulars.demo.offers import forget_offers
from regulars.demo.outreach import forget_help
from regulars.demo.planning import forget_cadences
from regulars.demo.prices import forget_prices
from regulars.demo.promises import forget_promises
from regulars.demo.queries import sample_customers
from regulars.demo.recovery import forget_the_card, forget_the_fire
from regulars.demo.scene import SOURCE
from regulars.demo.second_cards import forget_what_could_be_undone
from regulars.demo.verdicts import forget_the_verdict
from regulars.departures.models import Departure
from regulars.helping.models import HelpRequest
from regulars.insight.models import Behind, KeptFigure, Recount, Refresh
from regulars.lists.actions.learning import forget_unused_words
from regulars.messaging.models import MailServer, Message
from regulars.notes.models import Note
from regulars.orders.models import Order, OrderLine, Seller
from regulars.planning.models import Plan, PlanItem
from regulars.team.models import Business, Closure, Member
from regulars.team.queries import forget_business


@transaction.atomic
def clear_the_list() -> dict[str, int]:
    """Remove customers, orders, touches and permissions of the sample; says how many."""
    for parts in (OrderLine, CheckInOrder):
        parts.objects.filter(order__source=SOURCE).delete()
    orders = Order.objects.filter(source=SOURCE)
    counts = {"orders": orders.delete()[0]}
    for named in (Seller, Touch):
        named.objects.filter(source=SOURCE).delete()
    forget_the_verdict()
    forget_the_fire()
    forget_the_card()
    forget_what_changed()
    # What prices and offers have of customers goes before them.
    for forget_all in (forget_prices, forget_offers, forget_help, take_messages_out):
        forget_all()
    take_bulletins_out(at=clock.now())
    forget_views_and_segments()
    clear_the_shelf()

    leaving = sample_customers()
    seals = ContactPoint.objects.filter(customer__in=leaving).exclude(seal="").values("seal")
    Suppression.objects.filter(seal__in=seals).delete()
    ids = list(leaving.values_list("pk", flat=True))
    forget_what_could_be_undone(ids)
    for forget in (
        forget_what_was_learned, forget_promises, forget_check_ins, forget_cases, forget_causes,
        forget_mentions,
    ):  # fmt: skip
        forget(ids)
    tags = tags_of_the_sample()
    theirs = (
        Departure, Expectation, HelpRequest, Note, PlanItem, Touch, Message, ConsentEvent,
        ConsentState,
    )  # fmt: skip
    for rows in (*theirs, CustomerTag, CustomValue, Interest):
        rows.objects.filter(customer__in=leaving).delete()
    # Whoever was deleted or merged into another was not counted when they came, either.
    counts["customers"] = leaving.still_there().count()
    leaving.delete()
    forget_unused_tags(tags)

    Customer.objects.filter(source=SOURCE).update(source="desk")
    Household.objects.filter(source=SOURCE, members=None).delete()
    Household.objects.filter(source=SOURCE).update(source="desk")
    forget_unused_words()
    return counts


@transaction.atomic
def send_staff_home() -> None:
    """Remove the sample's members with their lists, and the days on which it was closed."""
    staff = Member.objects.filter(source=SOURCE)
    Plan.objects.filter(member__in=staff).delete()
    staff.delete()
    Closure.objects.filter(source=SOURCE).delete()


@transaction.atomic
def take_the_sign_down(*, is_needed: bool) -> None:
    """Forget the sample business, unless something real stands in it: then it becomes yours."""
    forget_cadences()
    forget_what_it_costs()
    forget_business()
    if is_needed:
        Business.objects.filter(pk=1).update(is_sample=False)
        # A sender that runs looks anew at how mail leaves: no longer into files.
        MailServer.objects.filter(pk=1).update(changed_at=clock.now())
        return
    Business.objects.filter(pk=1).delete()


@transaction.atomic
def forget_counts_since(loaded_at: datetime) -> None:
    """Nobody is on the list: what was counted and planned with the sample says nothing now."""
    Refresh.objects.filter(ended_at__gte=loaded_at).delete()
    KeptFigure.objects.all().delete()
    Behind.objects.all().delete()
    Recount.objects.all().delete()
    Plan.objects.filter(made_at__gte=loaded_at, items=None).delete()

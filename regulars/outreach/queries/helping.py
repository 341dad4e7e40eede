"""Ways to help us: which there are, who would want to be asked, who offered what."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from regulars.bulletins.models import Bulletin
from regulars.care.models import Answer
from regulars.cases.models import Case
from regulars.core import clock
from regulars.core.actor import Actor
from regulars.customers.choices import Kind
from regulars.customers.models import Customer, CustomerQuerySet
from regulars.customers.queries.people import customers_for
from regulars.insight.choices import Tier
from regulars.insight.queries import with_tier
from regulars.messaging.choices import MailingState
from regulars.messaging.models import Hold, Message
from regulars.outreach.choices import WOULD_HELP
from regulars.outreach.errors import WayNotFound
from regulars.outreach.models import HelpOffered, HelpWay
from regulars.outreach.rules import may_plan, may_see_campaigns, may_see_help, may_thank
from regulars.team.models import Closure
from regulars.team.queries import the_named_business

# Closed for shorter, nobody needs help; longer ago, it is over.
LEAST_DAYS, LATELY = 3, timedelta(days=120)
# Asked once, nobody is pressed.
NOT_AGAIN, FRESH_MARK = timedelta(days=365), timedelta(days=180)


def ways_offered() -> "QuerySet[HelpWay]":
    return HelpWay.objects.filter(removed_at=None).order_by("pk")


def way_numbered(way_id: int) -> HelpWay:
    found = HelpWay.objects.filter(pk=way_id).first()
    if found is None:
        raise WayNotFound
    return found


def is_after_an_interruption(today: date) -> bool:
    """Whether we were closed for days on end lately, or a bulletin about it is still open."""
    lately = Closure.objects.filter(starts_on__lte=today, ends_on__gte=today - LATELY)
    if any(one.day_count >= LEAST_DAYS for one in lately):
        return True
    return Bulletin.objects.filter(closed_at=None).exists()


def who_would_help(at: datetime) -> CustomerQuerySet:
    """The core, and whoever gave us a good mark lately; never those who wait for something, were
    not content the last time, were asked within a year, or offered it already.
    """
    marked = Answer.objects.marked().filter(customer=OuterRef("pk"), is_newest=True)
    # Of 5 at least 4, of 7 at least 6, of 10 at least 9.
    good = marked.filter(mark__gt=F("scale") - 2)
    fresh = good.filter(said_at__gte=at - FRESH_MARK)
    poor = marked.filter(mark__lte=F("scale") - 2)
    waiting = Case.objects.filter(customer=OuterRef("pk"), resolved_at=None)
    held = Hold.objects.standing_at(at).filter(customer=OuterRef("pk"))
    asked = Message.objects.filter(
        customer=OuterRef("pk"), mailing__audience=WOULD_HELP, created_at__gte=at - NOT_AGAIN
    ).exclude(mailing__state=MailingState.CANCELLED)
    offered = HelpOffered.objects.filter(
        customer=OuterRef("pk"), offered_at__gte=at - NOT_AGAIN
    )  # fmt: skip
    people = with_tier(Customer.objects.on_the_list().exclude(kind=Kind.DEPARTMENT))
    willing: CustomerQuerySet = people.filter(Q(shown_tier=Tier.CORE) | Exists(fresh)).filter(
        ~Exists(poor), ~Exists(waiting), ~Exists(held), ~Exists(asked), ~Exists(offered)
    )
    return willing


class WhoWouldHelp:
    """{}: who would want to be asked, on the day on which it leaves."""

    def customers(self, definition: dict[str, Any]) -> CustomerQuerySet:
        return who_would_help(clock.now())

    def words(self, definition: dict[str, Any]) -> str:
        return _("the core, and who was content lately; nobody who waits for something from us")


def offers_of_help(actor: Actor) -> "QuerySet[HelpOffered]":
    """Those of customers whom this person may see, who is still to be thanked first."""
    theirs = customers_for(actor).filter(pk=OuterRef("customer"))
    rows = HelpOffered.objects.filter(Exists(theirs)).select_related("customer", "thanked_by")
    return rows.prefetch_related("ways").order_by(
        F("thanked_at").asc(nulls_first=True), "-offered_at", "-pk"
    )


def offer_of_help_for(actor: Actor, offered_id: int) -> HelpOffered:
    found = offers_of_help(actor).filter(pk=offered_id).first()
    if found is None:
        raise WayNotFound
    return found


def is_asker(actor: Actor) -> bool:
    return may_plan(actor)


def is_reader_of_help(actor: Actor) -> bool:
    return may_see_help(actor)


def is_reader_of_campaigns(actor: Actor) -> bool:
    return may_see_campaigns(actor)


def is_thanker(actor: Actor) -> bool:
    return may_thank(actor)


def today_of(at: datetime) -> date:
    return the_named_business().day_of(at)

"""Writing down why customers left, and that they are back."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from regulars.consent.actions import record_decision
from regulars.consent.choices import Channel, Decision
from regulars.core import audit
from regulars.core.actor import SYSTEM, Actor
from regulars.core.events import announce
from regulars.customers.choices import Kind
from regulars.customers.models import Customer
from regulars.departures.actions.letting_go import lift_of_who_came_back, settle_holds
from regulars.departures.choices import DepartureState, Reason, SaidBy, Sureness
from regulars.departures.errors import (
    DepartmentStays,
    DepartureChangedSince,
    DepartureOver,
    LeftInTheFuture,
    ReasonUnheard,
)
from regulars.departures.events import CustomersCameBack, DepartureNoted
from regulars.departures.models import Departure
from regulars.orders.choices import OrderKind
from regulars.orders.models import Order
from regulars.team.queries import the_named_business

LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Why:
    """Why somebody left: the reason, who said so, how sure that is, and in whose words."""

    reason: Reason
    said_by: SaidBy = SaidBy.THEY
    sureness: Sureness = Sureness.SURE
    words: str = ""
    wants_peace: bool = False


@transaction.atomic
def note_departure(
    customer: Customer, why: Why, *, by: Actor, at: datetime, left_on: date | None = None,
    link: str = "",
) -> Departure:  # fmt: skip
    """Write down why a customer left; what stood before is kept, and counts no more.

    Left out, the day is that of their last purchase, else today. `link` names the link by which
    they answered themselves: answering by it again changes that answer, and makes no second one.
    Where they want peace, their no to every channel is written down with it.
    """
    _refuse_departments(customer)
    today = the_named_business().day_of(at)
    if left_on is not None and left_on > today:
        raise LeftInTheFuture(
            _("That day is still to come."),
            _("Choose the day on which they left, or leave it out."),
        )
    if why.said_by == SaidBy.THEY and why.reason == Reason.UNKNOWN and not why.words.strip():
        raise ReasonUnheard(
            _("Whoever told us why they left gave a reason."),
            _("Choose it, or write down what they said."),
        )
    # One at a time per customer: a button pressed twice leaves one that stands.
    Customer.objects.select_for_update().get(pk=customer.pk)
    told = {
        "reason": why.reason, "said_by": why.said_by, "sureness": why.sureness,
        "words": why.words.strip()[:LONGEST], "recorded_at": at, "recorded_on": today,
        "recorded_by_id": by.member_id, "wants_peace": why.wants_peace,
    }  # fmt: skip
    if why.wants_peace:
        _leave_in_peace(customer, by=by, at=at)
    stood = Departure.objects.standing().filter(customer=customer).first()
    if stood is not None and link and stood.link == link:
        Departure.objects.filter(pk=stood.pk).update(**told)
        return _noted("answered anew", Departure.objects.get(pk=stood.pk), by=by, at=at)
    if stood is not None:
        stood.state, stood.ended_at = DepartureState.CORRECTED, at
        stood.save(update_fields=["state", "ended_at"])
    day = left_on or (stood.left_on if stood else _last_purchase(customer, today)) or today
    noted = Departure.objects.create(customer=customer, left_on=day, link=link, **told)
    if stood is not None:
        stood.corrected_by = noted
        stood.save(update_fields=["corrected_by"])
    _take_the_place_of(_stays_by(customer, link), noted)
    return _noted("noted", noted, by=by, at=at)


def _refuse_departments(customer: Customer) -> None:
    if customer.kind == Kind.DEPARTMENT:
        raise DepartmentStays


@transaction.atomic
def note_staying(
    customer: Customer, *, by: Actor, at: datetime, words: str = "", link: str = "",
    wants_peace: bool = False,
) -> Departure:  # fmt: skip
    """Write down that they told us they have not left, whatever stood before."""
    _refuse_departments(customer)
    if wants_peace:
        _leave_in_peace(customer, by=by, at=at)
    Customer.objects.select_for_update().get(pk=customer.pk)
    today = the_named_business().day_of(at)
    said = Departure.objects.create(
        customer=customer, reason=Reason.UNKNOWN, said_by=SaidBy.THEY, sureness=Sureness.SURE,
        words=words.strip()[:LONGEST], left_on=today, state=DepartureState.STAYS, ended_at=at,
        recorded_at=at, recorded_on=today, recorded_by_id=by.member_id, link=link,
        wants_peace=wants_peace,
    )  # fmt: skip
    Departure.objects.standing().filter(customer=customer).update(
        state=DepartureState.CORRECTED, ended_at=at, corrected_by=said
    )
    _take_the_place_of(_stays_by(customer, link).exclude(pk=said.pk), said)
    settle_holds([customer.pk], at=at)
    audit.record("says they stay", said, by=by, at=at, customer=customer.pk)
    return said


@transaction.atomic
def end_departure(departure: Departure, *, by: Actor, at: datetime) -> Departure:
    """Say that they are back, though no purchase shows it yet."""
    departure = Departure.objects.select_for_update().get(pk=departure.pk)
    if not departure.is_standing:
        raise DepartureOver(
            _("That does not stand any more: %(state)s.")
            % {"state": DepartureState(departure.state).label}
        )
    departure.state, departure.ended_at = DepartureState.BACK, at
    departure.save(update_fields=["state", "ended_at"])
    settle_holds([departure.customer_id], at=at)
    audit.record("came back", departure, by=by, at=at, customer=departure.customer_id)
    announce(CustomersCameBack(1), at=at)
    return departure


@transaction.atomic
def take_back(departure: Departure, *, state: str, by: Actor, at: datetime) -> None:
    """Undo what was written down last, as long as it still stands so.

    What was just noted is as if it had not been, and what stood before stands again; who was said
    to be back has left.
    """
    Customer.objects.select_for_update().get(pk=departure.customer_id)
    found = Departure.objects.select_for_update().filter(pk=departure.pk).first()
    if found is None or found.state != state or state == DepartureState.CORRECTED:
        raise DepartureChangedSince(_("Somebody has changed this since. Look at it again."))
    audit.record("took back", found, by=by, at=at, customer=found.customer_id)
    if found.state in (DepartureState.STANDING, DepartureState.STAYS):
        _let_the_earlier_stand(found)
        settle_holds([found.customer_id], at=at)
        return
    if Departure.objects.standing().filter(customer=found.customer_id).exists():
        raise DepartureChangedSince(_("They left again since. Look at it again."))
    _stand(Departure.objects.filter(pk=found.pk))
    settle_holds([found.customer_id], at=at)


@transaction.atomic
def note_who_came_back(*, at: datetime) -> int:
    """Whoever bought since it was written down that they left has come back, as have all like them.

    Where that purchase was taken out again, they have left as before. Two statements, however many.
    """
    bought = Order.objects.filter(
        customer=OuterRef("customer"), kind=OrderKind.SALE, placed_on__gt=OuterRef("recorded_on")
    )
    newer = Departure.objects.filter(customer=OuterRef("customer"), pk__gt=OuterRef("pk"))
    seen = Departure.objects.filter(state=DepartureState.BACK, back_on__isnull=False)
    gone_again = seen.filter(~Exists(bought), ~Exists(newer))
    ids = list(gone_again.values_list("customer_id", flat=True))
    _stand(gone_again)
    settle_holds(ids, at=at)
    first = Subquery(bought.order_by("placed_on").values("placed_on")[:1])
    count = (
        Departure.objects.standing()
        .filter(Exists(bought))
        .update(state=DepartureState.BACK, ended_at=at, back_on=first)
    )
    lift_of_who_came_back(at=at)
    if count:
        audit.record("came back", "departures.departure", by=SYSTEM, at=at, count=count)
        announce(CustomersCameBack(count), at=at)
    return count


def _let_the_earlier_stand(found: Departure) -> None:
    """Where two were made one, more than one may have stood before: the newest stands again."""
    earlier = list(found.corrects.order_by("-recorded_at", "-pk").values_list("pk", flat=True))
    found.corrects.filter(pk__in=earlier[1:]).update(corrected_by=earlier[0] if earlier else None)
    found.delete()
    _stand(Departure.objects.filter(pk__in=earlier[:1]))


def _stays_by(customer: Customer, link: str) -> "QuerySet[Departure]":
    """What was answered by the same link, and is answered anew."""
    stays = Departure.objects.filter(customer=customer, state=DepartureState.STAYS)
    return stays.filter(link=link) if link else stays.none()


def _take_the_place_of(rows: "QuerySet[Departure]", noted: Departure) -> None:
    Departure.objects.filter(corrected_by__in=rows).update(corrected_by=noted)
    rows.delete()


def _leave_in_peace(customer: Customer, *, by: Actor, at: datetime) -> None:
    for channel in Channel:
        record_decision(
            [customer.pk], channel, Decision.WITHDRAWN, source=_("when they left"),
            wording=_("I want to be left in peace."), by=by, at=at,
        )  # fmt: skip


def _stand(rows: "QuerySet[Departure]") -> None:
    rows.update(state=DepartureState.STANDING, ended_at=None, back_on=None, corrected_by=None)


def _last_purchase(customer: Customer, today: date) -> date | None:
    rows = Order.objects.filter(customer=customer, kind=OrderKind.SALE, placed_on__lte=today)
    return rows.order_by(F("placed_at").desc()).values_list("placed_on", flat=True).first()


def _noted(verb: str, noted: Departure, *, by: Actor, at: datetime) -> Departure:
    settle_holds([noted.customer_id], at=at)
    audit.record(verb, noted, by=by, at=at, customer=noted.customer_id)
    announce(DepartureNoted(noted.pk, noted.customer_id, noted.reason), at=at)
    return noted

"""Letting those go kindly whom nothing brings back: nothing is sold to them; then nothing follows.

A hold of messaging keeps to it, so that the gate and the day's lists know: at first of what sells,
and of everything once the last word was said. It ends when they come back, or left for something
else.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import SYSTEM, Actor
from regulars.departures.choices import FAREWELL, LET_GO, OURS
from regulars.departures.errors import DepartureOver, NotToBeLetGo
from regulars.departures.models import Departure, DepartureQuerySet
from regulars.messaging.actions.holds import lift_holds_of, place_hold
from regulars.messaging.choices import REACHED, HoldKind, Holds
from regulars.messaging.models import Hold, HoldQuerySet, Message


def settle_holds(customer_ids: Collection[int], *, at: datetime) -> None:
    """Hold what sells from those of them who are let go, and let the others have it again."""
    for hold in _holds().filter(~Exists(_let_go()), customer__in=customer_ids):
        lift_holds_of(hold.source, by=SYSTEM, at=at)
    mine = _holds().filter(customer=OuterRef("customer"))
    gone = Departure.objects.standing().filter(customer__in=customer_ids, reason__in=LET_GO)
    for departure in gone.exclude(Exists(mine)).select_related("customer"):
        _hold(departure, Holds.SELLING, at)


def lift_of_who_came_back(*, at: datetime) -> None:
    """Whoever is no longer gone for good hears from us again; they are few."""
    for source in _holds().filter(~Exists(_let_go())).values_list("source", flat=True):
        lift_holds_of(source, by=SYSTEM, at=at)


@transaction.atomic
def say_goodbye(departure: Departure, *, by: Actor, at: datetime) -> Departure:
    """The last word was said: nothing more is written to them, and nobody calls."""
    rows = Departure.objects.select_for_update(of=("self",)).select_related("customer")
    departure = rows.get(pk=departure.pk)
    if not departure.is_standing:
        raise DepartureOver(_("That does not stand any more."))
    if departure.reason not in LET_GO:
        raise NotToBeLetGo(
            _("They may come back still."),
            _("Only who moved away or needs it no more is let go for good."),
        )
    _hold(departure, Holds.ALL, at)
    audit.record("said goodbye", departure, by=by, at=at, customer=departure.customer_id)
    return departure


@transaction.atomic
def say_more(departure: Departure, *, by: Actor, at: datetime) -> None:
    """Undo that: they may hear from us again, as before the last word."""
    departure = Departure.objects.select_related("customer").get(pk=departure.pk)
    if departure.is_standing and departure.reason in LET_GO:
        _hold(departure, Holds.SELLING, at)
        audit.record("took back", departure, by=by, at=at, customer=departure.customer_id)


@transaction.atomic
def close_after_last_word(message_ids: Collection[str], *, at: datetime) -> int:
    """Nothing follows a last word that reached them; twice closes once. Returns how many."""
    went = Message.objects.filter(
        pk__in=message_ids, mailing__audience=FAREWELL, state__in=REACHED, customer__isnull=False
    )
    gone = Departure.objects.standing().filter(
        customer__in=went.values("customer"), reason__in=LET_GO
    )
    closed = list(gone.select_related("customer"))
    for departure in closed:
        _hold(departure, Holds.ALL, at)
    return len(closed)


def _hold(departure: Departure, stops: Holds, at: datetime) -> None:
    place_hold(
        departure.customer, HoldKind.OTHER, stops=stops, by=SYSTEM, at=at,
        why=_("They left for good: %(reason)s") % {"reason": departure.get_reason_display()},
        source=f"{OURS}{departure.pk}",
    )  # fmt: skip


def _holds() -> HoldQuerySet:
    return Hold.objects.filter(source__startswith=OURS, lifted_at=None, customer__isnull=False)


def _let_go() -> DepartureQuerySet:
    return Departure.objects.standing().filter(customer=OuterRef("customer"), reason__in=LET_GO)

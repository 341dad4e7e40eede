"""What waits because a room holds what sells, path by path, so that a person says what goes on.

Every way in which something that sells can leave registers here: a mailing and a single message do
so below; a higher room with a way of its own adds it. `tests/recovery/test_switch.py` finds ways
that nobody named.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.consent.choices import Channel, Purpose
from regulars.core.actor import Actor
from regulars.core.registry import Registry
from regulars.core.templatetags.look import number
from regulars.customers.models import Customer
from regulars.messaging import gate, outbox
from regulars.messaging.actions.mailings import pause_mailing
from regulars.messaging.actions.waiting import STRETCH
from regulars.messaging.choices import OPEN, WAITING, MailingState, State
from regulars.messaging.models import Hold, Mailing, Message
from regulars.messaging.predicate import SERVICE

# So many single messages are named one by one; of more, each writer's stand together.
NAMED = 100


@dataclass(frozen=True, slots=True)
class Stop:
    """A standing hold of what sells, by the name under which a room placed it."""

    source: str
    is_everybody: bool
    # Of a drill: whom it would hold, for it holds nobody.
    would_hold: "QuerySet[Customer] | None" = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits because of a stop: a mailing, a message."""

    key: str
    name: str
    detail: str
    count: int
    page: str = ""


class Path(Protocol):
    """A way in which something that sells can leave."""

    def waiting(self, stop: Stop, at: datetime) -> list[Waiting]:
        """What would leave again if this stop ended now."""

    def keep_back(
        self, stop: Stop, confirmed: Collection[str], *, decided_at: datetime, by: Actor,
        at: datetime,
    ) -> bool:  # fmt: skip
        """See that nothing else that waited at `decided_at` leaves; whether that is done."""


paths: Registry[Path] = Registry("paths of what sells")


def waiting_for(stop: Stop, at: datetime) -> list[Waiting]:
    """Everything that would leave again if this stop ended now; nothing while another holds it."""
    return [one for path in paths for one in path.waiting(stop, at)]


def keep_back(
    stop: Stop, confirmed: Collection[str], *, decided_at: datetime, by: Actor, at: datetime
) -> bool:
    """Keep back on every path what nobody confirmed; whether nothing of it can leave any more."""
    is_done = True
    for path in paths:
        is_done &= path.keep_back(stop, confirmed, decided_at=decided_at, by=by, at=at)
    return is_done


def stopped_by(stop: Stop, at: datetime) -> "QuerySet[Message]":
    """Messages that sell and may still leave, and that only this stop holds.

    Those in a sender's hands too, and those that came into doubt since: they may leave again.
    """
    own = _selling_holds(at).filter(source=stop.source)
    since = own.order_by("since").values_list("since", flat=True).first() or at
    selling = Message.objects.filter(
        Q(state__in=OPEN) | Q(state=State.UNKNOWN, state_at__gte=since),
        purpose=Purpose.SELL, channel__in=_channels_held(at),
    ).exclude(customer=None)  # fmt: skip
    others = _selling_holds(at).exclude(source=stop.source)
    if others.of_everybody().exists():
        return selling.none()
    held_by_others = others.filter(customer=OuterRef("customer"))
    selling = selling.filter(~Exists(held_by_others))
    if stop.is_everybody:
        return selling
    if stop.would_hold is not None:
        return selling.filter(customer__in=stop.would_hold.order_by().values("pk"))
    guard = own.filter(customer=None).values_list("beyond", flat=True).first()
    unseen = Q(customer_id__gt=guard) if guard is not None else Q()
    return selling.filter(unseen | Exists(own.filter(customer=OuterRef("customer"))))


def _selling_holds(at: datetime) -> Any:
    return Hold.objects.standing_at(at)


def _channels_held(at: datetime) -> list[str]:
    """Where what sells rests on a contract it is service, and no hold of what sells stops it."""
    grounds = gate.Gate.now(at).grounds
    return [
        channel
        for channel in Channel.values
        if grounds.get((channel, Purpose.SELL), ("", None))[0] not in SERVICE
    ]


class Mailings:
    """Mailings that go out, or are about to."""

    def waiting(self, stop: Stop, at: datetime) -> list[Waiting]:
        return [
            Waiting(
                f"mailing:{mailing.pk}", mailing.name, _mailing_words(mailing, count), count,
                reverse("messaging:mailing", args=[mailing.pk]),
            )
            for mailing, count in self._those(stop, at)
        ]  # fmt: skip

    def keep_back(
        self, stop: Stop, confirmed: Collection[str], *, decided_at: datetime, by: Actor,
        at: datetime,
    ) -> bool:  # fmt: skip
        for mailing, _count in self._those(stop, at):
            is_later = mailing.approved_at is not None and mailing.approved_at > decided_at
            if f"mailing:{mailing.pk}" not in confirmed and not is_later:
                why = _("Not confirmed when the disruption ended. Look whether it is still true.")
                pause_mailing(mailing, by=by, at=at, why=why)
        # The gate itself asks whether a mailing goes on, so none of them leaves from here on.
        return True

    def _those(self, stop: Stop, at: datetime) -> list[tuple[Mailing, int]]:
        held = stopped_by(stop, at).exclude(mailing=None).order_by().values_list("mailing")
        counts = dict(held.annotate(count=Count("pk")))
        to_come = Q(expanded_at=None) if counts or self._is_alone(stop, at) else Q(pk__in=[])
        found = Mailing.objects.filter(
            Q(pk__in=list(counts)) | to_come, state=MailingState.RUNNING, purpose=Purpose.SELL
        )
        return [(one, counts.get(one.pk, 0)) for one in found.order_by("pk")]

    def _is_alone(self, stop: Stop, at: datetime) -> bool:
        others = _selling_holds(at).exclude(source=stop.source)
        return not others.of_everybody().exists()


def _mailing_words(mailing: Mailing, count: int) -> str:
    if mailing.expanded_at is None:
        return _("to %(count)s customers, still to be written") % {
            "count": number(mailing.approved_count or 0)
        }
    said = ngettext("to %(count)s customer", "to %(count)s customers", count)
    return said % {"count": number(count)}


class SingleMessages:
    """Messages that people wrote one by one."""

    def waiting(self, stop: Stop, at: datetime) -> list[Waiting]:
        alone = stopped_by(stop, at).filter(mailing=None)
        named = list(
            alone.select_related("customer", "version", "created_by").order_by("pk")[: NAMED + 1]
        )
        if len(named) > NAMED:
            return self._by_writer(alone)
        return [
            Waiting(
                f"message:{one.pk}", one.customer.name if one.customer else "",
                one.version.subject, 1, reverse("messaging:message", args=[one.pk]),
            )
            for one in named
        ]  # fmt: skip

    def _by_writer(self, alone: "QuerySet[Message]") -> list[Waiting]:
        rows = alone.order_by().values_list("created_by_id", "created_by__name")
        counted = rows.annotate(count=Count("pk")).order_by("created_by_id")
        return [
            Waiting(
                f"writer:{pk or 0}", name or _("Regulars"),
                _("%(count)s messages written one by one") % {"count": number(count)}, count,
                reverse("messaging:home"),
            )
            for pk, name, count in counted
        ]  # fmt: skip

    def keep_back(
        self, stop: Stop, confirmed: Collection[str], *, decided_at: datetime, by: Actor,
        at: datetime,
    ) -> bool:  # fmt: skip
        alone = stopped_by(stop, at).filter(mailing=None, created_at__lte=decided_at)
        other = _without(alone, confirmed)
        waiting = other.filter(state__in=WAITING)
        # What may have left before cannot be taken back; it is not sent again.
        for to, those in (
            (State.CANCELLED, waiting.filter(content_sha256="")),
            (State.UNKNOWN, waiting.exclude(content_sha256="")),
            (State.UNKNOWN_CLOSED, other.filter(state=State.UNKNOWN)),
        ):
            while ids := list(those.values_list("pk", flat=True)[:STRETCH]):
                with transaction.atomic():
                    outbox.transition(ids, to, at=at, why="disruption")
        return not other.exists()


def _without(alone: "QuerySet[Message]", confirmed: Collection[str]) -> "QuerySet[Message]":
    named = [key.partition(":") for key in confirmed]
    writers = [int(one) for kind, _colon, one in named if kind == "writer"]
    alone = alone.exclude(pk__in=[one for kind, _colon, one in named if kind == "message"])
    if 0 in writers:
        alone = alone.exclude(created_by=None)
    return alone.exclude(created_by__in=[one for one in writers if one])


paths.register("mailings", Mailings())
paths.register("single messages", SingleMessages())

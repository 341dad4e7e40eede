"""The timeline of one customer: touches, messages and orders in one ledger, read by key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any, TypeVar

from django.core import signing
from django.db.models import Count, Model, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from regulars.conversations.models import Touch
from regulars.core.actor import Actor
from regulars.core.list_fields import is_hidden
from regulars.core.money import Money
from regulars.customers.models import Customer
from regulars.messaging.lists import as_seen_by
from regulars.messaging.models import Message
from regulars.messaging.queries import messages_of
from regulars.orders.models import Order
from regulars.orders.queries import orders_of, with_first_lines

SIZE = 20
SALT = "regulars.timeline"
# Of one moment, the touch stands above the order that it led to.
MESSAGE, TOUCH, ORDER = 2, 1, 0
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the ledger an entry stands: by moment, then by kind, then by number."""

    moment: datetime
    rank: int
    pk: int | str

    def sign(self) -> str:
        return signing.dumps([self.moment.isoformat(), self.rank, self.pk], salt=SALT)

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """A place that we signed ourselves; anything else is no place."""
        try:
            moment, rank, pk = signing.loads(text, salt=SALT)
        except signing.BadSignature:
            return None
        return cls(datetime.fromisoformat(moment), rank, pk)

    def older(self, path: str, rank: int) -> Q:
        """Entries of one kind that stand below this place."""
        if rank < self.rank:
            return Q(**{f"{path}__lte": self.moment})
        same_moment = Q(**{path: self.moment, "pk__lt": self.pk})
        older = Q(**{f"{path}__lt": self.moment})
        return older | same_moment if rank == self.rank else older


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger: a touch, a message in whatever state, or an order."""

    place: Place
    touch: Touch | None = None
    message: Message | None = None
    order: Order | None = None

    @property
    def month(self) -> date:
        return timezone.localtime(self.place.moment).date().replace(day=1)


@dataclass(frozen=True, slots=True)
class Month:
    """A month of entries under its name."""

    first: date
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Timeline:
    """A stretch of the ledger; `earlier` is the place below which it goes on, if it does."""

    months: Sequence[Month]
    earlier: Place | None


@dataclass(frozen=True, slots=True)
class FoldedMonth:
    """A month that shows only what it holds: how many touches, messages, and purchases."""

    first: date
    touch_count: int
    order_count: int
    spend: Money | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What of a ledger may be seen: what owners hid from a role is not in it for that role."""

    touches: bool = True
    notes: bool = True
    messages: bool = True
    orders: bool = True
    numbers: bool = True
    # Whose eyes; of a message some things are hidden, and others not.
    actor: Actor | None = None


EVERYTHING = Seen()


def seen_by(actor: Actor) -> Seen:
    return Seen(
        touches=not is_hidden(actor, "touch"),
        notes=not is_hidden(actor, "conversation.notes"),
        messages=not is_hidden(actor, "message"),
        orders=not is_hidden(actor, "order"),
        numbers=not is_hidden(actor, "order.number"),
        actor=actor,
    )


@dataclass(frozen=True, slots=True)
class Ledger:
    """All entries of one customer that may be seen, unread."""

    touches: QuerySet[Touch]
    messages: QuerySet[Message]
    orders: QuerySet[Order]

    @classmethod
    def of(cls, customer: Customer, seen: Seen, below: Place | None = None) -> "Ledger":
        touches, messages = _touches(customer), messages_of(customer)
        orders = orders_of(customer)
        if below is not None:
            touches = touches.filter(below.older("happened_at", TOUCH))
            messages = messages.filter(below.older("state_at", MESSAGE))
            orders = orders.filter(below.older("placed_at", ORDER))
        return cls(
            touches if seen.touches else touches.none(),
            messages if seen.messages else messages.none(),
            orders if seen.orders else orders.none(),
        )


def timeline_of(
    customer: Customer, *, seen: Seen = EVERYTHING, below: Place | None = None,
    month: date | None = None, size: int = SIZE,
) -> Timeline:  # fmt: skip
    """The newest entries, or those below a place, or those of one month."""
    ledger = Ledger.of(customer, seen, below)
    touches, messages, orders = ledger.touches, ledger.messages, ledger.orders
    if month is not None:
        touches = touches.filter(**_within("happened_at", month))
        messages = messages.filter(**_within("state_at", month))
        orders = orders.filter(**_within("placed_at", month))
    merged = _merged(touches, messages, orders, size + 1)
    _leave_out(merged, seen)
    shown = merged[:size]
    months = [Month(first, list(rows)) for first, rows in groupby(shown, lambda one: one.month)]
    return Timeline(months, shown[-1].place if len(merged) > size else None)


def _leave_out(entries: Sequence[Entry], seen: Seen) -> None:
    """Take out of entries that are only shown what may not be read."""
    for entry in entries:
        if entry.touch is not None and not seen.notes:
            entry.touch.body = entry.touch.said = ""
        if entry.order is not None and not seen.numbers:
            entry.order.external_id = ""
    if seen.actor is not None:
        as_seen_by(seen.actor, [entry.message for entry in entries if entry.message is not None])


def _touches(customer: Customer) -> QuerySet[Touch]:
    """Those of people; what a message was stands in the ledger as the message, with its state."""
    # Said so that SQLite does not read all touches without a message, instead of this customer's.
    found = Touch.objects.standing().filter(customer=customer).exclude(message__isnull=False)
    return found.select_related("member")


def _merged(
    touches: QuerySet[Touch], messages: QuerySet[Message], orders: QuerySet[Order], size: int
) -> list[Entry]:
    newest_touches = touches.order_by("-happened_at", "-pk")[:size]
    newest_messages = messages.order_by("-state_at", "-pk")[:size]
    newest_orders = with_first_lines(orders.order_by("-placed_at", "-pk"))[:size]
    entries = [
        *(Entry(Place(t.happened_at, TOUCH, t.pk), touch=t) for t in newest_touches),
        *(Entry(Place(m.state_at, MESSAGE, str(m.pk)), message=m) for m in newest_messages),
        *(Entry(Place(o.placed_at, ORDER, o.pk), order=o) for o in newest_orders),
    ]
    entries.sort(key=lambda e: (e.place.moment, e.place.rank, e.place.pk), reverse=True)
    return entries[:size]


def _within(path: str, month: date) -> dict[str, datetime]:
    zone = timezone.get_current_timezone()
    after = (month.replace(day=28) + timedelta(days=5)).replace(day=1)
    starts, ends = (
        datetime(day.year, day.month, 1, tzinfo=zone).astimezone(UTC) for day in (month, after)
    )
    return {f"{path}__gte": starts, f"{path}__lt": ends}


def count_below(customer: Customer, below: Place, seen: Seen = EVERYTHING) -> int:
    """How many entries stand below a place."""
    ledger = Ledger.of(customer, seen, below)
    return ledger.touches.count() + ledger.messages.count() + ledger.orders.count()


def folded_months(
    customer: Customer, below: Place, currency: str, seen: Seen = EVERYTHING
) -> list[FoldedMonth]:
    """The months below a place, newest first, each with what it holds."""
    ledger = Ledger.of(customer, seen, below)
    touches = _by_month(ledger.touches, "happened_at")
    messages = _by_month(ledger.messages, "state_at")
    orders = _by_month(ledger.orders, "placed_at", "total_minor")
    return [
        FoldedMonth(
            month,
            touches.get(month, (0, 0))[0] + messages.get(month, (0, 0))[0],
            orders.get(month, (0, 0))[0],
            Money(orders[month][1], currency) if month in orders else None,
        )
        for month in sorted({*touches, *messages, *orders}, reverse=True)
    ]


def _by_month(rows: "QuerySet[Any]", path: str, amount: str = "") -> dict[date, tuple[int, int]]:
    counted = rows.select_related(None).order_by().annotate(month=TruncMonth(path)).values("month")
    sums = {"spend": Sum(amount)} if amount else {}
    return {
        row["month"].date(): (row["count"], row.get("spend") or 0)
        for row in counted.annotate(count=Count("pk"), **sums)
    }


def newest(customer: Customer, actor: Actor, below: Place | None = None) -> dict[str, object]:
    """What the ledger's template needs."""
    seen = seen_by(actor)
    found = timeline_of(customer, seen=seen, below=below)
    earlier = count_below(customer, found.earlier, seen) if found.earlier else 0
    return {"customer": customer, "timeline": found, "earlier_count": earlier, "below": below}

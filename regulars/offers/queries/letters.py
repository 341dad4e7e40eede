"""Who hears of a wave by post: whom no mailing told, and who may get a letter that sells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from regulars.consent.choices import Channel, Purpose
from regulars.core.actor import Actor
from regulars.customers.choices import PointKind, PointState
from regulars.customers.models import ContactPoint, Customer
from regulars.customers.queries.people import customers_for
from regulars.messaging.choices import OPEN, REACHED
from regulars.messaging.gate import counts_by_verdict, verdicts_for_customers
from regulars.messaging.models import Mailing, Message
from regulars.messaging.words import short_of
from regulars.offers.choices import WAVE_AUDIENCE
from regulars.offers.models import Chosen, Redemption, Wave

# As many as one prints at a time; once they are in the post, the next stand there.
MOST = 200
# Of those in the post the last ones are named.
MOST_NAMED = 50
# So many are looked at together, and twice as many each time.
FIRST_PIECE, LARGEST_PIECE = 1_000, 32_000
# Paper is printed at night as well, and leads to no address of ours.
GOES = frozenset({"", "quiet", "no_public_url"})


@dataclass(frozen=True, slots=True)
class Letters:
    """Those who get one now."""

    customers: list[Customer]
    is_cut: bool
    # What keeps the others back, in a few words, and how many each; the most first.
    kept_back: Sequence[tuple[str, int]] = ()


@dataclass(frozen=True, slots=True)
class InPost:
    """Letters of a wave that are in the post, and whose were posted last, the last first."""

    rows: Sequence[Chosen]
    count: int
    # How many were posted together with the very last.
    last_count: int

    @property
    def is_cut(self) -> bool:
        return len(self.rows) < self.count

    @property
    def last_stamp(self) -> int:
        """By what the last ones are taken back together."""
        moment = self.rows[0].posted_at if self.rows else None
        return int(moment.timestamp()) if moment else 0


def in_post(wave: Wave, actor: Actor) -> InPost:
    """Who was told by letter and when; named are those whom this person may see."""
    posted = Chosen.objects.filter(wave=wave, posted_at__isnull=False)
    theirs = posted.filter(customer__in=customers_for(actor).order_by().values("pk"))
    rows = list(theirs.select_related("customer").order_by("-posted_at", "pk")[:MOST_NAMED])
    last = posted.filter(posted_at=rows[0].posted_at).count() if rows else 0
    return InPost(rows, posted.count(), last)


def letters_of(wave: Wave, actor: Actor, at: datetime, *, most: int = MOST) -> Letters:
    """The next of whom this person may see who get a letter; nobody before their wave is open, and
    nobody of a wave that is not told by letter.
    """
    if wave.is_public or not wave.by_letter or not wave.is_open_at(at):
        return Letters([], False)
    waiting = _waiting(wave, actor)
    counts = counts_by_verdict(Channel.LETTER, Purpose.SELL, at, waiting)
    # Where nobody's may go, nobody is looked at one by one.
    due = _first_due(waiting, at, most) if any(counts[code] for code in GOES) else []
    people = Customer.objects.in_bulk(due[:most])
    shown = sorted(people.values(), key=lambda one: (one.sort_name, one.pk))
    kept = [(short_of(code), count) for code, count in counts.most_common() if code not in GOES]
    return Letters(shown, len(due) > most, kept)


def _first_due(waiting: QuerySet[Any, Any], at: datetime, most: int) -> list[int]:
    """Who stands first among them by their number, and one more if there is one.

    Looked at in pieces of the list, so that the page and the pages for the printer name the same.
    """
    due: list[int] = []
    low, size = 0, FIRST_PIECE
    while len(due) <= most:
        ahead = waiting.filter(customer__gt=low)
        numbers = ahead.order_by("customer").values_list("customer", flat=True)
        last = list(numbers[size - 1 : size])
        piece = ahead.filter(customer__lte=last[0]) if last else ahead
        judged = verdicts_for_customers(Channel.LETTER, Purpose.SELL, at, piece)
        due += sorted(pk for pk, verdict in judged if verdict.code in GOES)
        if not last:
            break
        low, size = last[0], min(2 * size, LARGEST_PIECE)
    return due[: most + 1]


def _waiting(wave: Wave, actor: Actor) -> QuerySet[Any, Any]:
    """Who is in the wave, has an address, was told by nothing and has not used it."""
    theirs = OuterRef("customer")
    # Of any wave of it: whoever came forward has heard of the offer.
    mailings = Mailing.objects.filter(audience=WAVE_AUDIENCE, definition__offer=wave.offer_id)
    told = Message.objects.filter(
        customer=theirs, mailing__in=list(mailings.values_list("pk", flat=True)),
        state__in=[*REACHED, *OPEN],
    )  # fmt: skip
    used = Redemption.objects.standing().filter(customer=theirs, offer=wave.offer_id)
    lives = ContactPoint.objects.filter(
        customer=theirs, kind=PointKind.ADDRESS, state=PointState.USABLE
    )
    seen = customers_for(actor).order_by().values("pk")
    meant = Chosen.objects.filter(wave=wave, posted_at=None, customer__in=seen).order_by()
    return meant.filter(Exists(lives), ~Exists(told), ~Exists(used)).values("customer")

"""Who can be won back for one reason, what that is worth, and who is let go kindly."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.customers.models import Customer, CustomerQuerySet
from regulars.departures.choices import (
    FAREWELL,
    NEVER_TOGETHER,
    WON_BACK,
    DepartureState,
    Give,
    Reason,
    SaidBy,
)
from regulars.departures.errors import ChangeNotFound, NoSuchReason
from regulars.departures.models import Change, Departure, DepartureQuerySet, Letter
from regulars.departures.rules import counted_for, may_win_back, visible_to
from regulars.insight.models import CustomerFacts
from regulars.insight.queries import latest_refresh, open_days, second_year_of
from regulars.messaging.audiences import narrowed, narrowed_words
from regulars.messaging.choices import MailingState, State
from regulars.messaging.models import Mailing, Message

YEAR, BETWEEN = timedelta(days=365), timedelta(days=60)
# These never reached anybody, and never will.
NEVER_REACHED = (State.CANCELLED, State.SUPPRESSED, State.FAILED, State.EXPIRED)
# Of more, every so many are looked at: an average needs no more.
LOOKED_AT = 400
LEAST_OF_AN_AVERAGE = 20
Z_95 = 1.959964


def reason_named(name: str) -> Reason:
    if name not in Reason.values:
        raise NoSuchReason
    return Reason(name)


def changes_for(reason: str) -> "QuerySet[Change]":
    """What we changed because of it and still holds: the newest first."""
    rows = Change.objects.filter(reason=reason, removed_at=None)
    return rows.order_by("-changed_on", "-pk")


def change_numbered(change_id: int) -> Change:
    found = Change.objects.filter(pk=change_id).first()
    if found is None:
        raise ChangeNotFound
    return found


def letters_for(reason: str) -> "QuerySet[Letter]":
    rows = Letter.objects.filter(reason=reason).select_related("written_by")
    return rows.order_by("-written_at", "-pk")


def whom_letter_means(letter: Letter) -> CustomerQuerySet:
    """Who left for its reason, as they or one of us said, and may be written to about it.

    Asked anew whenever somebody looks, and while it leaves; never who wants peace, left after it
    had changed, had such a letter within two months, or the other kind of gift within a year.
    """
    gone = Departure.objects.standing().filter(
        customer=OuterRef("pk"), reason=letter.reason, wants_peace=False,
        said_by__in=(SaidBy.THEY, SaidBy.STAFF),
    )  # fmt: skip
    if letter.left_until is not None:
        gone = gone.filter(left_on__lte=letter.left_until)
    meant: CustomerQuerySet = Customer.objects.on_the_list().filter(
        Exists(gone), ~Exists(_had(letter).filter(customer=OuterRef("pk")))
    )
    return meant


def _had(letter: Letter) -> "QuerySet[Message]":
    """Messages of other letters after which this one would be too much."""
    others = Letter.objects.exclude(pk=letter.pk)
    if letter.is_farewell:
        earlier = others.filter(is_farewell=True)
    else:
        other_gift = Q(give=NEVER_TOGETHER.get(Give(letter.give), ""))
        lately = Q(written_at__gte=letter.written_at - BETWEEN)
        within = Q(written_at__gte=letter.written_at - YEAR)
        earlier = others.filter(lately | other_gift & within)
    ids = list(earlier.values_list("pk", flat=True))
    return Message.objects.filter(mailing__in=mailings_of(ids)).exclude(state__in=NEVER_REACHED)


def mailings_of(letter_ids: Sequence[int]) -> "QuerySet[Mailing]":
    """The mailings of these letters; whoever changes the words of a draft makes another of it."""
    ours = Mailing.objects.filter(audience__in=(WON_BACK, FAREWELL))
    return ours.filter(definition__letter__in=list(letter_ids))


def mailing_by_letter(letters: Iterable[Letter]) -> dict[int, Mailing]:
    """The mailing of each that was not thrown away, else the latest; one question for all."""
    found: dict[int, Mailing] = {}
    for one in mailings_of([letter.pk for letter in letters]).order_by("pk"):
        known = found.get(one.definition["letter"])
        if known is None or one.state != MailingState.CANCELLED:
            found[one.definition["letter"]] = one
    return found


class WhomLettersMean:
    """{"letter": id}: whom a letter to those who left means, or a last word."""

    def customers(self, definition: dict[str, Any]) -> CustomerQuerySet:
        letter = Letter.objects.filter(pk=definition["letter"]).first()
        if letter is None:
            return Customer.objects.none()
        return narrowed(whom_letter_means(letter), definition)

    def words(self, definition: dict[str, Any]) -> str:
        letter = Letter.objects.filter(pk=definition["letter"]).first()
        label = Reason(letter.reason).label if letter else "…"
        if letter is not None and letter.is_farewell:
            return _("those who left for good (%(reason)s), for a last word") % {"reason": label}
        words = _("those who left because of this: %(reason)s") % {"reason": label}
        return narrowed_words(words, definition)


# What it is worth


@dataclass(frozen=True, slots=True)
class Worth:
    """What the year after coming back would bring of one of them, in minor units.

    `low` and `high` hold the average 19 times in 20; of few they are the least and the most.
    """

    count: int
    each: int
    low: int
    high: int
    is_told: bool


def worth_of(found: Sequence[int]) -> Worth | None:
    if not found:
        return None
    mean = sum(found) / len(found)
    if len(found) < LEAST_OF_AN_AVERAGE:
        return Worth(len(found), round(mean), min(found), max(found), is_told=False)
    spread = sqrt(sum((one - mean) ** 2 for one in found) / (len(found) - 1))
    reach = Z_95 * spread / sqrt(len(found))
    low, high = round(max(0.0, mean - reach)), round(mean + reach)
    return Worth(len(found), round(mean), low, high, is_told=True)


def second_lives(departures: Sequence[Departure], today: date) -> dict[int, int]:
    """What each would spend in the year after coming back today, where that can be told."""
    refresh, days = latest_refresh(), open_days()
    ids = [one.customer_id for one in departures]
    lives: dict[int, int] = {}
    for facts in CustomerFacts.objects.filter(pk__in=ids).select_related("customer"):
        found = second_year_of(facts, facts.customer.kind, today, days, refresh=refresh)
        if found is not None and found.is_told:
            lives[facts.pk] = found.spend_minor
    return lives


def looked_at(gone: DepartureQuerySet) -> list[Departure]:
    """All of them, or every so many where they are very many."""
    count = gone.count()
    if count <= LOOKED_AT:
        return list(gone)
    every = -(-count // LOOKED_AT)
    return list(gone.annotate(place=F("pk") % every).filter(place=0)[: 2 * LOOKED_AT])


# What stands on the page of a reason


def gone_because(reason: str, actor: Actor) -> DepartureQuerySet:
    """Who is gone because of it, as far as this person may see."""
    return visible_to(actor).filter(state=DepartureState.STANDING, reason=reason)


def counted(reason: str, actor: Actor) -> tuple[int, int, int]:
    """How many are gone because of it, came back, and want to be left in peace."""
    rows = counted_for(actor).filter(reason=reason)
    found = rows.aggregate(
        gone=Count("pk", Q(state=DepartureState.STANDING)),
        back=Count("pk", Q(state=DepartureState.BACK)),
        peace=Count("pk", Q(state=DepartureState.STANDING, wants_peace=True)),
    )
    return found["gone"], found["back"], found["peace"]


def back_after(reason: str, actor: Actor) -> list[int]:
    """After how many days those came back who left because of it; the latest of very many."""
    rows = visible_to(actor).filter(
        reason=reason, state=DepartureState.BACK, back_on__gte=F("left_on")
    )
    days = rows.order_by("-back_on").values_list("left_on", "back_on")[: 5 * LOOKED_AT]
    return [(back - left).days for left, back in days if back]


def awaiting_last_word(reason: str) -> CustomerQuerySet:
    """Who left for good and may have a kind last word still."""
    return whom_letter_means(
        Letter(reason=reason, give=Give.NOTHING, is_farewell=True, written_at=clock.now())
    )


def is_winner(actor: Actor) -> bool:
    return may_win_back(actor)

"""What the screens list: mailings and messages, page by page by key, as far as one may see."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from regulars.core.actor import HELPER, Actor
from regulars.core.errors import NotFound
from regulars.core.list_fields import hides_anything, is_hidden
from regulars.core.template_fields import hidden_of
from regulars.customers.queries.people import customers_for
from regulars.messaging.choices import OPEN, WAITING, MailingState, State
from regulars.messaging.models import Hold, Mailing, Message
from regulars.messaging.words import HIDDEN

SIZE = 25
# The counts of a mailing that is done change seldom: by what comes back.
KEPT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of messages, and the key below which the next begins."""

    messages: Sequence[Message]
    next: str


def messages_for(actor: Actor) -> "QuerySet[Message]":
    """Messages to customers whom this person may see; a helper sees those to their own."""
    if is_hidden(actor, "message"):
        return Message.objects.none()
    if actor.role == HELPER:
        return Message.objects.filter(customer__in=customers_for(actor))
    return Message.objects.all()


def message_for(actor: Actor, message_id: UUID) -> Message:
    found = messages_for(actor).filter(pk=message_id)
    message = found.select_related("customer", "version", "mailing", "created_by").first()
    if message is None:
        raise NotFound(_("There is no such message."))
    return message


def mailing_for(mailing_id: int) -> Mailing:
    found = Mailing.objects.select_related("version", "created_by", "approved_by")
    mailing = found.filter(pk=mailing_id).first()
    if mailing is None:
        raise NotFound(_("There is no such mailing."))
    return mailing


def page_of(messages: "QuerySet[Message]", after: str, actor: Actor) -> Page:
    """The next messages by key, as this person sees them; ids sort by when they were written."""
    if _is_key(after):
        messages = messages.filter(pk__gt=after)
    rows = list(with_all(messages).order_by("pk")[: SIZE + 1])
    shown = as_seen_by(actor, rows[:SIZE])
    return Page(shown, str(rows[SIZE - 1].pk) if len(rows) > SIZE else "")


def as_seen_by(actor: Actor, messages: Sequence[Message]) -> Sequence[Message]:
    """Messages that are only shown, without what is hidden from this person's role.

    That a text failed for want of a value says who has none, so where a value of the text is hidden
    nobody of those is told apart from whoever the mail server refused.
    """
    if not hides_anything(actor):
        return messages
    hides_address = is_hidden(actor, "customer.email")
    hidden = hidden_of({name for one in messages for name in one.version.fields}, actor)
    for one in messages:
        if hides_address and one.address:
            one.address = _("an address that is hidden from your role")
        if not hidden.isdisjoint(one.version.fields):
            # What is rendered again from these would say it.
            one.content_sha256, one.context = "", {}
            if one.state == State.FAILED:
                one.why, one.why_detail = HIDDEN, ""
    return messages


def with_all(messages: "QuerySet[Message]") -> "QuerySet[Message]":
    """With what their stories are told from, in as many queries for one as for many."""
    return messages.select_related("customer", "mailing", "version").prefetch_related("attempts")


def _is_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def needing_a_look(actor: Actor, state: State) -> "QuerySet[Message]":
    """Those of which nobody knows whether they left, or those that failed."""
    return messages_for(actor).filter(state=state)


def waiting_alone(actor: Actor) -> "QuerySet[Message]":
    """Those written one by one that have not left; a mailing counts its own."""
    return messages_for(actor).filter(mailing=None, state__in=WAITING)


def holds_for(actor: Actor, at: datetime) -> "QuerySet[Hold]":
    """What holds messages to one customer each, as far as this person may see them."""
    if is_hidden(actor, "messaging.hold"):
        return Hold.objects.none()
    standing = Hold.objects.standing_at(at).filter(customer__in=customers_for(actor))
    return standing.select_related("customer", "placed_by")


def holds_below(actor: Actor, below: int | None, at: datetime) -> tuple[list[Hold], int | None]:
    """Holds of customers newest first, and the number below which the next page begins."""
    found = holds_for(actor, at).order_by("-pk")
    rows = list((found if below is None else found.filter(pk__lt=below))[: SIZE + 1])
    return rows[:SIZE], rows[SIZE - 1].pk if len(rows) > SIZE else None


def mailings_below(below: int | None) -> tuple[list[Mailing], int | None]:
    """Mailings newest first, and the number below which the next page begins."""
    found = Mailing.objects.select_related("created_by").order_by("-pk")
    if below is not None:
        found = found.filter(pk__lt=below)
    rows = list(found[: SIZE + 1])
    return rows[:SIZE], rows[SIZE - 1].pk if len(rows) > SIZE else None


def counts_of(mailings: Iterable[Mailing]) -> dict[int, Mapping[str, int]]:
    """How many messages of each mailing are in each state; of those that are done, kept a while."""
    wanted = [one for one in mailings if one.state != MailingState.DRAFT]
    ids = [one.pk for one in wanted]
    waiting = Message.objects.filter(mailing=OuterRef("pk"), state__in=OPEN)
    going = Mailing.objects.filter(Exists(waiting), pk__in=ids).values_list("pk", flat=True)
    live = {*going, *(one.pk for one in wanted if one.expanded_at is None)}
    found: dict[str, Mapping[str, int]] = cache.get_many([_key(pk) for pk in ids if pk not in live])
    kept = {pk: found[_key(pk)] for pk in ids if _key(pk) in found}
    counted = _counted([pk for pk in ids if pk not in kept])
    cache.set_many(
        {_key(pk): counts for pk, counts in counted.items() if pk not in live}, KEPT_SECONDS
    )
    return {**kept, **counted}


def _key(mailing_id: int) -> str:
    return f"messaging.counts.{mailing_id}"


def _counted(ids: Sequence[int]) -> dict[int, Mapping[str, int]]:
    counts: dict[int, dict[str, int]] = defaultdict(dict, {pk: {} for pk in ids})
    rows = Message.objects.filter(mailing__in=ids).order_by().values_list("mailing_id", "state")
    for mailing_id, state, count in rows.annotate(count=Count("pk")) if ids else ():
        counts[mailing_id][state] = count
    return dict(counts)

"""Mentions, for reading: always as far as the one who asks may see."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q

from regulars.core.actor import OWNER, Actor
from regulars.core.folding import folded
from regulars.customers.models import Customer
from regulars.customers.queries.people import customers_for, matching
from regulars.mentions.choices import MentionState
from regulars.mentions.errors import MentionNotFound
from regulars.mentions.models import KnownHandle, Mention, MentionQuerySet
from regulars.mentions.rules import may_answer, may_see, visible_to

# As many as one looks through to find the one who wrote it.
MOST_PROPOSED = 5
# Two signs begin the names of half a town.
SHORTEST_NAME = 3


def mentions_for(actor: Actor) -> MentionQuerySet:
    """Every mention that this person may see."""
    return visible_to(actor)


def mention_for(actor: Actor, mention_id: int) -> Mention:
    """One mention, or the same answer for one that is not there and one that is not theirs."""
    rows = visible_to(actor).select_related(
        "customer", "owner", "answered_by", "drafted_by", "matched_by"
    )
    found = rows.filter(pk=mention_id).first()
    if found is None:
        raise MentionNotFound
    return found


def mentions_of(customer: Customer) -> MentionQuerySet:
    """What one customer said about us in public, the newest first."""
    rows = Mention.objects.filter(customer=customer).about_us()
    return rows.select_related("owner").order_by("-said_at", "-pk")


def listed(actor: Actor, show: str) -> MentionQuerySet:
    """The page of mentions: mine, whatever waits, answered, set aside, or all about us."""
    rows = visible_to(actor).select_related("customer", "owner")
    if show in ("mine", "waiting"):
        rows = rows.waiting()
        if show == "mine":
            rows = rows.filter(owner=actor.member_id)
        return rows.order_by("due_at", "pk")
    if show == "aside":
        return rows.filter(state=MentionState.ASIDE).order_by("-said_at", "-pk")
    if show == "answered":
        rows = rows.filter(state=MentionState.ANSWERED)
    return rows.about_us().order_by("-said_at", "-pk")


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait for somebody's answer, how many too long, how many are about to."""

    count: int
    late: int
    breaking: int


def mentions_waiting_for(actor: Actor, at: datetime) -> Waiting:
    """What waits for this person; what nobody owns waits for the owners."""
    if not may_answer(actor) or actor.member_id is None:
        return Waiting(0, 0, 0)
    mine = Q(owner=actor.member_id)
    if actor.role == OWNER:
        mine |= Q(owner=None) | Q(owner__is_active=False)
    rows = Mention.objects.waiting().filter(mine)
    return Waiting(
        **rows.aggregate(
            count=Count("pk"), late=Count("pk", Q(due_at__lt=at)),
            breaking=Count("pk", Q(due_at__gte=at, warn_at__lte=at)),
        )
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What was said about us since a moment: how much, with a mark, unhappy, answered."""

    total: int
    marked: int
    bad: int
    answered: int
    in_time: int
    waiting: int
    known: int


def said_since(actor: Actor, since: datetime) -> Said:
    """Of what was said since a moment; without spam and what is about another business."""
    rows = visible_to(actor).about_us().filter(said_at__gte=since).order_by()
    return Said(
        **rows.aggregate(
            total=Count("pk"),
            marked=Count("pk", Q(mark__isnull=False)),
            bad=Count("pk", Q(is_bad=True)),
            answered=Count("pk", Q(state=MentionState.ANSWERED)),
            in_time=Count("pk", Q(answered_at__lte=F("due_at"))),
            waiting=Count("pk", Q(state=MentionState.WAITING)),
            known=Count("pk", Q(customer__isnull=False)),
        )
    )


def proposed(actor: Actor, mention: Mention, sought: str = "") -> list[Customer]:
    """Whose it might be: customers of that name, or who fit what was typed. Nobody is assumed."""
    if mention.customer_id is not None:
        return []
    words = (sought or mention.author).strip()
    if len(folded(words) or "") < SHORTEST_NAME:
        return []
    rows = matching(customers_for(actor).on_the_list(), words[:200])
    return list(rows.select_related("manager").order_by("sort_name", "pk")[:MOST_PROPOSED])


def known_handle(site_key: str, handle_key: str) -> KnownHandle | None:
    """Whose handle this is, where somebody here said so."""
    if not handle_key:
        return None
    rows = KnownHandle.objects.select_related("customer")
    return rows.filter(site_key=site_key, handle_key=handle_key).first()


def sites() -> list[str]:
    """The sites on which we were mentioned, for whoever names the next."""
    rows = Mention.objects.order_by("site_key").values_list("site", flat=True).distinct()
    return list(dict.fromkeys(rows[:200]))[:50]


def is_seer(actor: Actor) -> bool:
    return may_see(actor)


def is_answerer(actor: Actor) -> bool:
    return may_answer(actor)

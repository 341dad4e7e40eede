"""The list of customers as it is asked for: filters, order, pages by key, cheap counts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from urllib.parse import quote, urlencode

from django.core.cache import cache as counts_kept
from django.db import connection
from django.db.models import F, Q, Value
from django.urls import reverse

from regulars.core.actor import HELPER, Actor
from regulars.core.keyset import Cursor, Key, Page, Segment, page_of
from regulars.customers.models import Customer, CustomerQuerySet
from regulars.customers.queries.people import customers_for, words_sought
from regulars.desk.seeing import sight_of
from regulars.insight.choices import Tier
from regulars.insight.models import CustomerFacts, TierOverride
from regulars.insight.queries import of_tier
from regulars.lists.queries.search import matching_for

SIZE = 25
# Beyond this nobody reads the exact count, and counting is what would make the page slow.
COUNTED_UP_TO = 10_000
COUNT_KEPT_SECONDS = 60
RARE, FOUND_FIRST = 2000, 10_000
LONGEST_SEARCH = 200
NOBODY = "none"
SORTS = ("name", "last", "value", "due", "tier")
BY_FACTS = frozenset({"last", "value", "due"})
# No sum of money is less.
LEAST_MINOR = -(2**62)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader asked the list for; everything else in an address is ignored."""

    text: str = ""
    tier: str = ""
    manager: str = ""
    sort: str = "name"
    at: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str], actor: Actor) -> "Wanted":
        """What is hidden from whoever asks narrows nothing, and sorts nothing."""
        tier, manager, sort = (given.get(name, "") for name in ("tier", "manager", "sort"))
        sight = sight_of(actor)
        return cls(
            text=given.get("q", "").strip()[:LONGEST_SEARCH],
            tier=tier if tier in Tier.values and sight.tier else "",
            manager=manager if manager == NOBODY or _is_id(manager) else "",
            sort=sort if sort in SORTS and sight.orders_by(sort) else "name",
            at=given.get("at", ""),
        )

    def address(self, **changes: str) -> str:
        """The same list with something changed, from its first page on."""
        other = replace(self, **{"at": "", **changes})
        named = {
            "q": other.text,
            "tier": other.tier,
            "manager": other.manager,
            "sort": "" if other.sort == "name" else other.sort,
            "at": other.at,
        }
        query = urlencode({name: value for name, value in named.items() if value})
        return _address() + (f"?{query}" if query else "")

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.tier or self.manager)


@cache
def _address() -> str:
    """Found once: a page of the list names its address fifty times."""
    return reverse("customers:list")


@dataclass(frozen=True, slots=True)
class HowMany:
    """A count that is exact up to ten thousand, and about right beyond."""

    count: int
    is_about: bool = False


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def wanted_customers(actor: Actor, wanted: Wanted) -> CustomerQuerySet:
    """Those whom the filters leave, in no order."""
    rows = _sought(actor, customers_for(actor).on_the_list(), wanted.text)
    if wanted.manager == NOBODY:
        rows = _alone(rows, wanted.sort)
    elif wanted.manager:
        rows = _looked_after(rows, int(wanted.manager), wanted.sort)
    return in_tier(rows, wanted.tier) if wanted.tier else rows


def _sought(actor: Actor, rows: CustomerQuerySet, text: str) -> CustomerQuerySet:
    """Those who fit a text. PostgreSQL would walk down the list asking each for it, though the
    index of words knows them: so it is asked first, and where they are few they are found by key.
    """
    found = matching_for(actor, rows, text)
    if not text or connection.vendor != "postgresql":
        return found
    ids = list(found.order_by().values_list("pk", flat=True)[: FOUND_FIRST + 1])
    return _few(rows, ids) if len(ids) <= FOUND_FIRST else found


def _few(rows: CustomerQuerySet, ids: list[int]) -> CustomerQuerySet:
    return rows.filter(pk__in=ids).alias(found_first=Value(True))


def _looked_after(rows: CustomerQuerySet, member_id: int, sort: str) -> CustomerQuerySet:
    """Those of a member. Where they are many and not wanted by name, a walk along the order soon
    meets them; SQLite, which keeps no count, would sort them all: so its index is kept from it.
    """
    theirs = rows.looked_after_by(member_id)
    if sort in BY_FACTS and theirs.order_by()[:RARE].count() == RARE:
        return rows.alias(looked_after_by=F("manager_id") + 0).filter(looked_after_by=member_id)
    return theirs


def _alone(rows: CustomerQuerySet, sort: str) -> CustomerQuerySet:
    """Those whom nobody looks after; few are found along the index by name, whatever the order."""
    theirs = rows.filter(manager=None)
    if sort not in BY_FACTS:
        return theirs
    ids = list(theirs.order_by("sort_name", "pk").values_list("pk", flat=True)[: RARE + 1])
    return _few(rows, ids) if len(ids) <= RARE else theirs


def in_tier(rows: CustomerQuerySet, tier: str) -> CustomerQuerySet:
    """Those whom people see in a tier, asked for in the way that suits how many there may be."""
    counted = CustomerFacts.objects.filter(tier=tier)
    if counted[:RARE].count() == RARE:
        # So many that a walk along any index soon meets them.
        return of_tier(rows, tier)
    by_hand = TierOverride.objects.all()
    found = Q(pk__in=counted.exclude(pk__in=by_hand.values("pk")).values("pk"))
    found |= Q(pk__in=by_hand.filter(tier=tier).values("pk"))
    if tier == Tier.NEW:
        # Who was never counted is new as well.
        found |= Q(facts=None, tier_override=None)
    return rows.filter(found)


def page_for(rows: CustomerQuerySet, wanted: Wanted) -> "Page[Customer]":
    """25 customers with all that their rows show, in the order asked for."""
    whole = Customer.objects.select_related("facts", "tier_override", "clock", "manager")
    cursor = Cursor.read(wanted.at, wanted.sort) if wanted.at else None
    is_few = "found_first" in rows.query.annotations
    parts = [replace(part, is_few=is_few) for part in _segments(rows, wanted)]
    return page_of(parts, whole, wanted.sort, cursor, SIZE)


def _segments(rows: CustomerQuerySet, wanted: Wanted) -> "list[Segment[Customer]]":
    by_name = (Key("sort_name"), Key("pk"))
    if wanted.sort == "tier":
        tiers = [wanted.tier] if wanted.tier else list(Tier.values)
        return [segment for tier in tiers for segment in _of_tier(rows, tier)]
    keys = {
        "last": Key("facts__last_on", is_descending=True),
        "value": Key("facts__year_spend_minor", is_descending=True),
        "due": Key("facts__due_on"),
    }
    if wanted.sort not in keys:
        return [Segment(rows, by_name)]
    key = keys[wanted.sort]
    known = rows.filter(**{f"{key.path}__isnull": False})
    if wanted.sort == "value":
        # Everybody with facts has it, so that SQLite would not think of its index without a bound.
        known = known.filter(facts__year_spend_minor__gte=LEAST_MINOR)
    # Who has nothing to be sorted by stands at the end, by name.
    return [
        Segment(known, (key, Key("facts__pk"))),
        Segment(rows.filter(**{f"{key.path}__isnull": True}), by_name),
    ]


def _of_tier(rows: CustomerQuerySet, tier: str) -> "list[Segment[Customer]]":
    """Put there by a person, then as counted and worth most first, then never counted."""
    by_name = (Key("sort_name"), Key("pk"))
    by_hand = TierOverride.objects.filter(tier=tier)
    worth = (Key("facts__stake_minor", is_descending=True), Key("facts__pk"))
    segments = [
        Segment(rows.filter(pk__in=by_hand.values("pk")), by_name),
        Segment(rows.filter(facts__tier=tier, tier_override=None), worth),
    ]
    if tier == Tier.NEW:
        segments.append(Segment(rows.filter(facts=None, tier_override=None), by_name))
    return segments


def count_of(actor: Actor, wanted: Wanted) -> HowMany:
    """Exact up to ten thousand. On a list longer than that, a count is kept for a minute."""
    scope = str(actor.member_id) if actor.role == HELPER else "all"
    everybody = customers_for(actor).on_the_list()
    if not _kept(f"{scope}.is-long", lambda: int(_capped(everybody) > COUNTED_UP_TO)):
        return HowMany(_capped(wanted_customers(actor, wanted)))
    words = "+".join(words_sought(wanted.text))
    named = f"{scope}.{wanted.tier}.{wanted.manager}.{quote(words)}"
    count = _kept(named[:200], lambda: wanted_customers(actor, wanted).order_by().count())
    return HowMany(count) if count <= COUNTED_UP_TO else HowMany(round(count, -3), is_about=True)


def _capped(rows: CustomerQuerySet) -> int:
    return rows.order_by().values("pk")[: COUNTED_UP_TO + 1].count()


def _kept(named: str, count: Callable[[], int]) -> int:
    key = f"customers.count.{named}"
    found: int | None = counts_kept.get(key)
    if found is None:
        found = count()
        counts_kept.set(key, found, COUNT_KEPT_SECONDS)
    return found


def tabs_for(actor: Actor) -> list[tuple[str, Wanted]]:
    """The saved views: a name and what each asks for."""
    by_tier = [
        ("core", Wanted(tier=Tier.CORE)),
        ("slipping", Wanted(tier=Tier.SLIPPING)),
        ("lapsed", Wanted(tier=Tier.LAPSED)),
    ]
    saved = [("all", Wanted()), *(by_tier if sight_of(actor).tier else [])]
    # A helper sees their own alone, and none of those is without a manager.
    return saved if actor.role == HELPER else [*saved, ("unassigned", Wanted(manager=NOBODY))]

"""The business and its people, for reading."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from regulars.core.errors import Refusal
from regulars.core.instance import proved_public_url
from regulars.core.prepared import Prepared
from regulars.core.registry import Registry
from regulars.team.choices import LinkKind, Role, country_of_zone, currency_of, zone_here
from regulars.team.models import Absence, Business, Closure, Member, OneTimeLink, WorkingMinutes

# The source of an owner who waits for the first account (`begin_unasked`).
UNCLAIMED = "unclaimed"

# What only higher rooms know: how many customers each of these members looks after, and
# whether anything is kept in the business's currency yet.
looked_after: Registry[Callable[[Iterable[int]], dict[int, int]]] = Registry("customers' counts")
amounts_kept: Registry[Callable[[], bool]] = Registry("kept amounts")


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member as the team's page shows them: minutes per weekday, customers looked after."""

    member: Member
    minutes: tuple[int, ...]
    customer_count: int
    has_second_step: bool


_BUSINESS = Prepared(lambda: Business.objects.filter(pk=1))
# Read once while a page is made, which asks for it again and again.
_kept: ContextVar[Business | None] = ContextVar("business_kept", default=None)


def the_business() -> Business | None:
    """The business of this instance, once it has been described."""
    kept = _kept.get()
    # A copy: a form writes into the one that it is given, whether it will be saved or not.
    return _BUSINESS.first() if kept is None else copy(kept)


@contextmanager
def business_kept(business: Business) -> Iterator[None]:
    """While this lasts, the business is not read again unless it is described anew."""
    before = _kept.set(business)
    try:
        yield
    finally:
        _kept.reset(before)


def forget_business() -> None:
    """The business was changed: whoever asks for it reads it again."""
    _kept.set(None)


def guessed_business() -> Business:
    """A business as far as this computer can tell, which nobody has kept yet."""
    zone = zone_here()
    country = country_of_zone(zone)
    return Business(
        name=_("Our business"), currency=currency_of(country), time_zone=zone, country=country
    )


def the_named_business() -> Business:
    """The business, or a Refusal that says how to describe it."""
    business = the_business()
    if business is None:
        raise Refusal(
            _("This instance does not know its business yet."),
            _("Make the first account in the browser, or run “regulars demo”."),
        )
    return business


def zone_of_the_business() -> str | None:
    business = the_business()
    return business.time_zone if business else None


def has_owner() -> bool:
    return _owners().exists()


def first_owner() -> Member | None:
    """The owner who joined first and may still sign in."""
    return _owners().order_by("joined_at", "id").first()


def _owners() -> QuerySet[Member]:
    return Member.objects.filter(role=Role.OWNER, is_active=True).exclude(source=UNCLAIMED)


def members_who_look_after() -> list[Member]:
    """Those who can be a customer's manager: everybody active but viewers, by name."""
    return list(Member.objects.filter(is_active=True).exclude(role=Role.VIEWER))


def members_who_cover() -> QuerySet[Member]:
    """Who can reach a colleague's customers: helpers see only their own."""
    return Member.objects.filter(is_active=True, role__in=(Role.OWNER, Role.MANAGER))


def minutes_of(member_ids: Iterable[int], day: date) -> dict[int, int]:
    """Minutes that each member has for customers on a day; nought where none are set, or away."""
    ids = list(member_ids)
    away = Absence.objects.sharing(day, day).values("member")
    rows = WorkingMinutes.objects.filter(member_id__in=ids, weekday=day.weekday())
    rows = rows.exclude(member__in=away)
    return dict.fromkeys(ids, 0) | dict(rows.values_list("member_id", "minutes"))


def minutes_on(member_id: int, day: date) -> int:
    """Minutes that one member has for customers on a day."""
    return minutes_of([member_id], day)[member_id]


def customer_counts(member_ids: Iterable[int]) -> Counter[int]:
    """How many customers each member looks after, as the rooms above know it."""
    ids = list(member_ids)
    counts: Counter[int] = Counter()
    for count_of in looked_after:
        counts.update(count_of(ids))
    return counts


def colleagues() -> list[Colleague]:
    """Everybody on the team, active first, with their week and their customers."""
    members = list(
        Member.objects.order_by("-is_active", "name", "id").prefetch_related("working_minutes")
    )
    counts = customer_counts(member.pk for member in members)
    secured = set(Authenticator.objects.values_list("user_id", flat=True))
    return [Colleague(m, week_of(m), counts[m.pk], m.pk in secured) for m in members]


def is_second_step_due(member: Member) -> bool:
    """Whether this member must set up a second step before anything else.

    RELIABILITY, amendments: once others reach us under PUBLIC_URL, a stolen password of an owner
    opens everything from anywhere.
    """
    if member.role != Role.OWNER or not proved_public_url():
        return False
    return not Authenticator.objects.filter(user=member, type=Authenticator.Type.TOTP).exists()


def week_of(member: Member) -> tuple[int, ...]:
    """Minutes from Monday to Sunday."""
    minutes = {row.weekday: row.minutes for row in member.working_minutes.all()}
    return tuple(minutes.get(weekday, 0) for weekday in range(7))


def is_currency_settled() -> bool:
    """Whether amounts are kept, so that another currency would make them wrong."""
    return any(are_kept() for are_kept in amounts_kept)


def open_invitations(at: datetime) -> list[OneTimeLink]:
    """Invitations that can still be accepted, newest first."""
    return list(OneTimeLink.objects.open_at(at).filter(kind=LinkKind.JOIN))


def open_link(kind: LinkKind, token: str, at: datetime) -> OneTimeLink | None:
    """The link that a token opens, if it still does."""
    links = OneTimeLink.objects.open_at(at).of_token(token).filter(kind=kind)
    link = links.select_related("member").first()
    if link is None or (kind == LinkKind.FIRST and has_owner()):
        return None
    if link.member is not None and not link.member.is_active:
        return None
    return link


def closure_at(starts_on: date, ends_on: date) -> Closure | None:
    """A closure that shares a day with these."""
    return Closure.objects.filter(starts_on__lte=ends_on, ends_on__gte=starts_on).first()


def signed_in_member(request: HttpRequest) -> Member:
    """Who asks. Every address but the public ones demands that somebody has signed in."""
    assert isinstance(request.user, Member)
    return request.user

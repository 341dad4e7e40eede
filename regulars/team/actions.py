"""Changing the business and its team. Doors ask `rules.py` before they call."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.events import announce
from regulars.team.choices import LinkKind, Role
from regulars.team.errors import (
    AlreadyOnTheTeam,
    CurrencySettled,
    DaysAlreadyClosed,
    LastOwner,
    LinkNotOpen,
    StillLooksAfterCustomers,
)
from regulars.team.events import (
    DaysClosedChanged,
    MemberJoined,
    MemberLeft,
    WorkingMinutesChanged,
)
from regulars.team.links import new_link, take_link
from regulars.team.models import (
    Business,
    Closure,
    Member,
    OneTimeLink,
    OpeningHours,
    WorkingMinutes,
)
from regulars.team.queries import (
    UNCLAIMED,
    closure_at,
    customer_counts,
    forget_business,
    guessed_business,
    is_currency_settled,
)

AN_HOUR_ON_WORKDAYS = dict.fromkeys(range(5), 60)
# Whoever owns a small business opens it every morning.
AN_HOUR_EVERY_DAY = dict.fromkeys(range(7), 60)


@dataclass(frozen=True, slots=True)
class Described:
    """What a business says of itself."""

    name: str
    currency: str
    time_zone: str
    country: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class NewMember:
    """Who joins. Without a password they sign in by one-time links."""

    name: str
    email: str
    password: str | None = None


# The business


@transaction.atomic
def name_business(
    described: Described, *, live_since: date, by: Actor, at: datetime, is_sample: bool = False,
    languages: Sequence[str] | None = None,
) -> Business:  # fmt: skip
    """Say what the business is called, where it is and what it counts in."""
    before = Business.objects.select_for_update().filter(pk=1).first()
    if before and before.currency != described.currency and is_currency_settled():
        raise CurrencySettled(
            _("The currency stays %(currency)s: amounts are kept in it.")
            % {"currency": before.currency},
            _("To count in another currency, start a new instance and bring the orders in there."),
        )
    values = {name: getattr(described, name) for name in Described.__slots__}
    values |= {"live_since": live_since, "is_sample": is_sample}
    if languages is not None:
        values["languages"] = list(languages)
    business, _made = Business.objects.update_or_create(pk=1, defaults=values)
    forget_business()
    changed = [n for n in values if before is None or getattr(before, n) != values[n]]
    audit.record("described", business, by=by, at=at, changed=changed)
    return business


@transaction.atomic
def set_opening_hours(
    business: Business,
    stretches: Iterable[tuple[int, time, time]],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Say from when to when the business is open on each weekday."""
    business.opening_hours.all().delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(business=business, weekday=weekday, opens_at=opens, closes_at=closes)
        for weekday, opens, closes in stretches
    )
    audit.record("set opening hours", business, by=by, at=at)


@transaction.atomic
def add_closure(
    business: Business,
    starts_on: date,
    ends_on: date,
    *,
    by: Actor,
    at: datetime,
    why: str = "",
    source: str = "settings",
) -> Closure:
    """Note days on which the business was or will be closed: they count against no customer."""
    Business.objects.select_for_update().get(pk=business.pk)
    other = closure_at(starts_on, ends_on)
    if other is not None:
        raise DaysAlreadyClosed(
            _("Some of these days are noted as closed already."),
            _("Remove the earlier entry first, or choose other days."),
        )
    closure = Closure.objects.create(
        business=business, starts_on=starts_on, ends_on=ends_on, why=why, source=source
    )
    audit.record("noted closed days", closure, by=by, at=at, days=closure.day_count)
    announce(DaysClosedChanged(starts_on.isoformat(), ends_on.isoformat()), at=at)
    return closure


@transaction.atomic
def remove_closure(closure: Closure, *, by: Actor, at: datetime) -> None:
    """Say that the business was open on these days after all."""
    audit.record("removed closed days", closure, by=by, at=at, days=closure.day_count)
    fact = DaysClosedChanged(closure.starts_on.isoformat(), closure.ends_on.isoformat())
    announce(fact, at=at)
    closure.delete()


# Links that work once


@transaction.atomic
def make_first_account_link(*, by: Actor, at: datetime) -> str:
    """Make the link for the first account; an earlier one that was not used is closed."""
    return new_link(LinkKind.FIRST, by=by, at=at)


@transaction.atomic
def make_sign_in_link(member: Member, *, by: Actor, at: datetime) -> str:
    """Make a link that signs this member in, once, within a day; an earlier one is closed."""
    if not member.is_active:
        raise LinkNotOpen(
            _("%(name)s no longer signs in.") % {"name": member.name},
            _("Let them back in first."),
        )
    return new_link(LinkKind.SIGN_IN, member=member, by=by, at=at)


@transaction.atomic
def redeem_sign_in_link(token: str, *, at: datetime) -> Member:
    """Use a sign-in link, once; the member it was made for may come in."""
    link = take_link(LinkKind.SIGN_IN, token, at=at)
    assert link.member is not None
    audit.record("signed in by link", link.member, by=link.member.actor, at=at)
    return link.member


@transaction.atomic
def make_first_account(
    token: str, owner: NewMember, described: Described, *, at: datetime
) -> Member:
    """Make the first owner and the business, once per instance."""
    # RELIABILITY O2: the token is spent and an owner exists, or neither.
    take_link(LinkKind.FIRST, token, at=at)
    actor = Actor("command", owner.name, Role.OWNER)
    known = Business.objects.filter(pk=1).first()
    live_since = known.live_since if known else _day_in(described.time_zone, at)
    name_business(described, live_since=live_since, by=actor, at=at)
    unclaimed = Member.objects.filter(source=UNCLAIMED).first()
    if unclaimed is not None:
        return _claim(unclaimed, owner, by=actor, at=at)
    return add_member(owner, Role.OWNER, by=actor, at=at, minutes=AN_HOUR_EVERY_DAY)


@transaction.atomic
def begin_unasked(*, by: Actor, at: datetime, currency: str = "") -> Business:
    """Describe the business as far as this computer can, for files that come before people.

    Whoever runs the command line may bring in files before anybody has signed in. The lists that
    follow belong to an owner who waits: the first account takes that place over, with all of it.
    """
    known = Business.objects.filter(pk=1).first()
    if known is not None:
        return known
    here = guessed_business()
    described = Described(here.name, currency or here.currency, here.time_zone, here.country)
    waiting = NewMember(_("The owner"), f"{UNCLAIMED}@localhost.invalid")
    add_member(waiting, Role.OWNER, by=by, at=at, minutes=AN_HOUR_EVERY_DAY, source=UNCLAIMED)
    return name_business(described, live_since=here.day_of(at), by=by, at=at)


# People


@transaction.atomic
def add_member(
    joining: NewMember,
    role: str,
    *,
    by: Actor,
    at: datetime,
    minutes: Mapping[int, int] | None = None,
    source: str = "team",
) -> Member:
    """Put someone on the team, with an hour for customers on every working day."""
    email = joining.email.strip().lower()
    _refuse_taken(email)
    member = Member.objects.create(
        name=joining.name,
        email=email,
        role=role,
        password=make_password(joining.password),
        joined_at=at,
        source=source,
    )
    _write_minutes(member, AN_HOUR_ON_WORKDAYS if minutes is None else minutes)
    audit.record("joined", member, by=by, at=at, role=role)
    announce(MemberJoined(member.pk), at=at)
    return member


@transaction.atomic
def invite(email: str, role: str, *, by: Actor, at: datetime) -> str:
    """Make a link by which someone joins the team within seven days; their earlier one closes."""
    email = email.strip().lower()
    _refuse_taken(email)
    return new_link(LinkKind.JOIN, email=email, role=role, by=by, at=at)


@transaction.atomic
def withdraw_invitation(link: OneTimeLink, *, by: Actor, at: datetime) -> None:
    """Take an invitation back: its link opens nothing any more."""
    OneTimeLink.objects.open_at(at).filter(pk=link.pk).update(closed_at=at)
    audit.record("withdrew invitation", link, by=by, at=at)


@transaction.atomic
def accept_invitation(token: str, *, name: str, password: str, at: datetime) -> Member:
    """Join the team by an invitation, once."""
    link = take_link(LinkKind.JOIN, token, at=at)
    joining = NewMember(name, link.email, password)
    return add_member(joining, link.role, by=Actor("staff", name, link.role), at=at)


@transaction.atomic
def set_working_minutes(
    member: Member, minutes: Mapping[int, int], *, by: Actor, at: datetime
) -> None:
    """Say how many minutes a member has for customers on each weekday."""
    member.working_minutes.all().delete()
    _write_minutes(member, minutes)
    audit.record("set working minutes", member, by=by, at=at, minutes=dict(minutes))
    announce(WorkingMinutesChanged(member.pk), at=at)


@transaction.atomic
def change_role(member: Member, role: str, *, by: Actor, at: datetime) -> None:
    """Give a member another role; it holds from their next click."""
    _lock_owners()
    member.refresh_from_db()
    if role != Role.OWNER:
        _refuse_without_owner(member)
    if role == Role.VIEWER:
        _refuse_while_looking_after(member)
    audit.record("changed role", member, by=by, at=at, was=member.role, now=role)
    member.role = role
    member.save(update_fields=["role"])


@transaction.atomic
def deactivate_member(member: Member, *, by: Actor, at: datetime) -> None:
    """Let a member in no longer: their sessions and links end now."""
    _lock_owners()
    member.refresh_from_db()
    _refuse_without_owner(member)
    _refuse_while_looking_after(member)
    member.is_active = False
    _end_sessions(member, "is_active")
    OneTimeLink.objects.open_at(at).filter(member=member).update(closed_at=at)
    audit.record("left", member, by=by, at=at)
    announce(MemberLeft(member.pk), at=at)


@transaction.atomic
def let_back_in(member: Member, *, by: Actor, at: datetime) -> None:
    """Let a member in again who had left; they sign in as before."""
    member.is_active = True
    member.save(update_fields=["is_active"])
    audit.record("came back", member, by=by, at=at)
    announce(MemberJoined(member.pk), at=at)


@transaction.atomic
def end_sessions(member: Member, *, by: Actor, at: datetime) -> None:
    """Sign a member out everywhere, as after every change of how they sign in."""
    _end_sessions(member)
    audit.record("ended sessions", member, by=by, at=at)


@transaction.atomic
def drop_second_step(member: Member, *, by: Actor, at: datetime) -> None:
    """Let a member who lost phone and recovery codes sign in without them."""
    Authenticator.objects.filter(user=member).delete()
    _end_sessions(member)
    audit.record("dropped second step", member, by=by, at=at)


def _end_sessions(member: Member, *fields: str) -> None:
    member.auth_epoch += 1
    member.save(update_fields=["auth_epoch", *fields])


def _day_in(zone: str, at: datetime) -> date:
    return Business(time_zone=zone).day_of(at)


def _claim(waiting: Member, owner: NewMember, *, by: Actor, at: datetime) -> Member:
    waiting.name, waiting.email = owner.name, owner.email.strip().lower()
    waiting.password, waiting.joined_at = make_password(owner.password), at
    waiting.source = "team"
    waiting.save(update_fields=["name", "email", "password", "joined_at", "source"])
    audit.record("joined", waiting, by=by, at=at, role=waiting.role)
    announce(MemberJoined(waiting.pk), at=at)
    return waiting


def _refuse_taken(email: str) -> None:
    if Member.objects.filter(email__iexact=email).exists():
        raise AlreadyOnTheTeam(
            _("Somebody on the team has the address %(email)s already.") % {"email": email},
            _("Let them back in if they had left, or use another address."),
        )


def _write_minutes(member: Member, minutes: Mapping[int, int]) -> None:
    WorkingMinutes.objects.bulk_create(
        WorkingMinutes(member=member, weekday=weekday, minutes=count)
        for weekday, count in minutes.items()
        if count
    )


def _lock_owners() -> None:
    # Two owners who demote each other in the same second: one waits, and is refused.
    list(Member.objects.select_for_update().filter(role=Role.OWNER).order_by("pk"))


def _refuse_without_owner(member: Member) -> None:
    others = Member.objects.filter(role=Role.OWNER, is_active=True).exclude(pk=member.pk)
    if member.role == Role.OWNER and member.is_active and not others.exists():
        raise LastOwner(
            _("%(name)s is the only owner.") % {"name": member.name},
            _("Make somebody else an owner first."),
        )


def _refuse_while_looking_after(member: Member) -> None:
    count = customer_counts([member.pk])[member.pk]
    if count:
        raise StillLooksAfterCustomers(
            ngettext(
                "%(name)s still looks after %(count)s customer.",
                "%(name)s still looks after %(count)s customers.",
                count,
            )
            % {"name": member.name, "count": count},
            _("Hand them over to somebody first."),
        )

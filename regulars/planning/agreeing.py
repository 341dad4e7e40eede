"""Saying how often a tier, a segment or one customer should hear from us, and taking it back."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.core.jobs import enqueue, under_way
from regulars.core.models import Job
from regulars.customers.models import Customer
from regulars.insight.choices import Tier
from regulars.lists.models import Segment
from regulars.planning.choices import Worth
from regulars.planning.coming import keep_bounds, keep_due_days
from regulars.planning.errors import CadenceGone, CadenceOutOfRange
from regulars.planning.models import EVERY_MONTH, Cadence, Pause
from regulars.planning.rules import may_set_cadence_of_one, may_set_cadences
from regulars.planning.terms import these
from regulars.team.queries import the_business

SHORTEST, LONGEST = 1, 3650
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Whose:
    """Those of a tier, those in a segment, or one customer: which, and by which touches, when."""

    tier: str = ""
    segment_id: int | None = None
    customer_id: int | None = None
    worth: str = Worth.ANY.value
    months: int = EVERY_MONTH


# How a cadence stood before: `Whose`, and the days; None twice where there was none.
Before = dict[str, Any]


@transaction.atomic
def agree_on(
    whose: Whose, *, at_least: int | None, at_most: int | None, by: Actor, at: datetime
) -> Before:
    """Say how often: at least, at most, or both; tells how it stood, so that it can be undone."""
    _check(whose, by)
    _check_days(at_least, at_most)
    if not Worth(whose.worth) or not 1 <= whose.months <= EVERY_MONTH:
        raise CadenceOutOfRange(_("Choose at least one month."))
    return _write(whose, at_least, at_most, by, at)


@transaction.atomic
def end_cadence(whose: Whose, *, by: Actor, at: datetime) -> Before:
    """Take a cadence away: what is less particular goes for them again."""
    _check(whose, by)
    return _write(whose, None, None, by, at)


@transaction.atomic
def put_cadence_back(before: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    """Undo the last change of a cadence: it stands, or is gone, as before."""
    whose = Whose(**before["whose"])
    _check(whose, by)
    _write(whose, before["at_least"], before["at_most"], by, at)


def _write(
    whose: Whose, at_least: int | None, at_most: int | None, by: Actor, at: datetime
) -> Before:
    scope = asdict(whose)
    stood = Cadence.objects.select_for_update().filter(**scope).first()
    if at_least or at_most:
        days = {"at_least_every_days": at_least, "at_most_every_days": at_most}
        Cadence.objects.update_or_create(**scope, defaults=days)
    elif stood:
        stood.delete()
    _follow(whose, at)
    customer = {"customer": whose.customer_id} if whose.customer_id else {}
    audit.record(
        "set cadences", "planning.cadence", by=by, at=at, tier=whose.tier,
        segment=whose.segment_id, at_least=at_least, at_most=at_most, **customer,
    )  # fmt: skip
    return {
        "whose": scope,
        "at_least": stood.at_least_every_days if stood else None,
        "at_most": stood.at_most_every_days if stood else None,
    }


def _follow(whose: Whose, at: datetime) -> None:
    """By when they should hear from us, and no sooner than: of many, in the background."""
    business = the_business()
    if whose.customer_id is None:
        keep_all_next_contacts(at=at)
    elif business is not None:
        today = business.day_of(at)
        keep_due_days(these([whose.customer_id]), business, today)
        keep_bounds(these([whose.customer_id]), business, today)


def keep_next_contacts(ids: Collection[int], *, at: datetime) -> int:
    """Write down by when these should hear from us, after something of theirs changed."""
    business = the_business()
    return keep_due_days(these(ids), business, business.day_of(at)) if business and ids else 0


def keep_all_next_contacts(*, at: datetime) -> None:
    """Have the same done for everybody, in the background."""
    waiting = under_way("planning.next_contacts").filter(state=Job.State.WAITING)
    if not waiting.exists():
        enqueue("planning.next_contacts", at=at)


def _check(whose: Whose, by: Actor) -> None:
    if whose.customer_id is not None:
        if not may_set_cadence_of_one(by):
            raise NotAllowed(_("You may look, and change nothing. An owner can change that."))
        if not Customer.objects.filter(pk=whose.customer_id).exists():
            raise CadenceGone(_("This customer is gone."))
        return
    if not may_set_cadences(by):
        raise NotAllowed(_("Only the owner sets how often customers hear from us."))
    is_there = Segment.objects.standing().filter(pk=whose.segment_id or 0).exists()
    if whose.tier not in Tier.values and not is_there:
        raise CadenceGone(_("This segment is gone."), _("Choose another one."))


def _check_days(at_least: int | None, at_most: int | None) -> None:
    if at_least is None and at_most is None:
        raise CadenceOutOfRange(_("Say how often: at least, at most, or both."))
    for every in (at_least, at_most):
        if every is not None and not SHORTEST <= every <= LONGEST:
            raise CadenceOutOfRange(
                _("Every %(days)s days cannot be kept.") % {"days": every},
                _("Choose from 1 day to 10 years (3,650 days)."),
            )
    if at_least is not None and at_most is not None and at_most > at_least:
        raise CadenceOutOfRange(
            _("At least every %(least)s and at most every %(most)s days cannot both be kept.")
            % {"least": at_least, "most": at_most},
            _("“At most every” has to be the shorter one."),
        )


@transaction.atomic
def leave_alone(
    customer: Customer, *, until: date | None, why: str = "", today: date, by: Actor, at: datetime
) -> dict[str, Any] | None:
    """Leave a customer alone until a day, and say why; without a day, no longer.

    Tells how it stood, so that it can be undone.
    """
    if not may_set_cadence_of_one(by):
        raise NotAllowed(_("You may look, and change nothing. An owner can change that."))
    if until is not None and until <= today:
        raise CadenceOutOfRange(_("That day has gone."), _("Choose a day to come."))
    stood = Pause.objects.select_for_update().filter(customer=customer).first()
    if until is None:
        Pause.objects.filter(customer=customer).delete()
    else:
        said = {"until": until, "why": why.strip()[:LONGEST_REASON]}
        said |= {"put_off_by_id": by.member_id, "put_off_at": at}
        Pause.objects.update_or_create(customer=customer, defaults=said)
    keep_next_contacts([customer.pk], at=at)
    audit.record("left alone", customer, by=by, at=at, until=until.isoformat() if until else "")
    if stood is None:
        return None
    return {
        "until": stood.until.isoformat(), "why": stood.why, "put_off_by": stood.put_off_by_id,
        "put_off_at": stood.put_off_at.isoformat(),
    }  # fmt: skip


@transaction.atomic
def put_pause_back(
    customer: Customer, before: Mapping[str, Any] | None, *, by: Actor, at: datetime
) -> None:
    """Undo the last pause, or the end of one: as it stood."""
    if not may_set_cadence_of_one(by):
        raise NotAllowed(_("You may look, and change nothing. An owner can change that."))
    Pause.objects.filter(customer=customer).delete()
    if before is not None:
        Pause.objects.create(
            customer=customer,
            until=date.fromisoformat(before["until"]),
            why=before["why"],
            put_off_by_id=before["put_off_by"],
            put_off_at=datetime.fromisoformat(before["put_off_at"]),
        )
    keep_next_contacts([customer.pk], at=at)
    audit.record("left alone as before", customer, by=by, at=at)

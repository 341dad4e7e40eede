"""Counting everything, and the word of a person over the count."""

import time
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import audit, jobs
from regulars.core.actor import Actor
from regulars.core.events import announce
from regulars.core.models import Job
from regulars.customers.models import Customer
from regulars.insight.counting import Count, Counted, Step, counted, in_silence
from regulars.insight.errors import DayNotOver, ReasonMissing
from regulars.insight.events import FactsRefreshed, TierSet
from regulars.insight.models import CustomerFacts, Refresh, TierOverride
from regulars.insight.queries import latest_refresh, open_days
from regulars.team.queries import the_named_business


def refresh_facts(
    *, as_of: date | None = None, by: Actor, at: datetime, engine: str | None = None,
    step: Step = in_silence,
) -> Refresh:  # fmt: skip
    """Count every customer anew, as of today or of a day before it.

    Must not be called inside a transaction: the engine reads what is committed, and writes the
    rows that differ in short transactions of its own. Safe to run twice.
    """
    began = time.monotonic()
    count = count_for(as_of, at=at)
    with counted(count, engine=engine, step=step) as result:
        step(_("Writing what has changed"))
        changed = _stored(result)
    _forget_archived()
    return _concluded(result, count, changed=changed, began=began, by=by, at=at)


def count_for(as_of: date | None, *, at: datetime) -> Count:
    """What is to be counted for a day of the business; today when none is given."""
    business = the_named_business()
    today = business.day_of(at)
    if as_of is not None and as_of > today:
        raise DayNotOver
    day, last = as_of or today, latest_refresh()
    return Count(day, business.currency, open_days(), last is None or last.as_of <= day)


def _stored(result: Counted) -> int:
    return result.counter.store(
        result.facts,
        table=CustomerFacts._meta.db_table,
        key="customer_id",
        among=(Customer._meta.db_table, "id"),
        before=result.before,
    )


def _forget_archived() -> None:
    CustomerFacts.objects.filter(customer__archived_at__isnull=False).delete()


@transaction.atomic
def _concluded(
    result: Counted, count: Count, *, changed: int, began: float, by: Actor, at: datetime
) -> Refresh:
    seconds = time.monotonic() - began
    refresh = Refresh.objects.create(
        as_of=count.as_of,
        engine=result.counter.name,
        ended_at=at + timedelta(seconds=seconds),
        seconds=round(seconds, 3),
        customer_count=result.customer_count,
        order_count=result.order_count,
        changed_count=changed,
        rhythm=result.rhythm,
        figures=result.figures,
    )
    audit.record("counted", refresh, by=by, at=at, changed=changed)
    announce(FactsRefreshed(count.as_of.isoformat(), changed), at=at)
    return refresh


@transaction.atomic
def ask_for_count(*, by: Actor, at: datetime) -> Job:
    """Have everything counted again soon; a count that is already waiting or under way will do."""
    under_way = Job.objects.filter(
        name="insight.refresh", state__in=(Job.State.WAITING, Job.State.RUNNING), due_at__lte=at
    ).order_by("id").last()  # fmt: skip
    if under_way is not None:
        return under_way
    job = jobs.enqueue("insight.refresh", at=at)
    audit.record("asked for a count", job, by=by, at=at)
    return job


@transaction.atomic
def set_tier(
    customer: Customer, *, tier: str, reason: str, by: Actor, at: datetime
) -> TierOverride:
    """Say by hand who a customer is to us, and why; it stands until it is taken back."""
    if not reason.strip():
        raise ReasonMissing
    override, _made = TierOverride.objects.update_or_create(
        customer=customer,
        defaults={
            "tier": tier,
            "reason": reason.strip(),
            "set_by_id": by.member_id,
            "set_at": at,
        },
    )
    audit.record("set the tier of", customer, by=by, at=at, tier=tier)
    announce(TierSet(customer.pk, tier), at=at)
    return override


@transaction.atomic
def take_back_tier(customer: Customer, *, by: Actor, at: datetime) -> None:
    """Let the count say again who a customer is to us."""
    TierOverride.objects.filter(customer=customer).delete()
    audit.record("took back the tier of", customer, by=by, at=at)
    announce(TierSet(customer.pk, ""), at=at)

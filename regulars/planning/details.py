"""All that is known of the few who may be on a list, for the sentences of their reasons."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import BooleanField, Exists, OuterRef
from django.db.models.expressions import RawSQL

from regulars.consent.choices import Channel
from regulars.consent.queries import permitted
from regulars.customers.models import Customer, CustomerQuerySet
from regulars.insight.models import BuyingLess
from regulars.lists.models import SegmentMember
from regulars.planning.candidates import Candidate, DayAhead
from regulars.planning.known import Known
from regulars.planning.terms import Standing, terms_by_customer


def known_of(candidates: Iterable[Candidate], ahead: DayAhead) -> dict[int, Known]:
    """All that is known of these few, for the sentences of their reasons."""
    by_id = {one.key: one for one in candidates}
    known: dict[int, Known] = {}
    for some in in_batches(sorted(by_id), 2_000):
        less = BuyingLess.objects.in_bulk(some)
        terms = terms_by_customer({pk: by_id[pk].tier for pk in some}, ahead.standing, ahead.zone)
        named = _segments_of(some, ahead.standing)
        details = among(some).annotate(may_email=_MAY_EMAIL)
        for row in details.values_list(*_DETAILS):
            pk = row[0]
            whose = {"less": less.get(pk), "terms": terms.get(pk), "segment": named.get(pk, "")}
            known[pk] = _known(by_id[pk], row, ahead, **whose)
    return known


_DETAILS = (
    "pk",
    "clock__last_touch_at",
    "clock__last_channel",
    "first_touch__due_on",
    "facts__purchase_count",
    "facts__first_on",
    "facts__last_on",
    "facts__due_on",
    "facts__usual_gap_days",
    "may_email",
    "clock__last_personal_at",
)


_MAY_EMAIL = Exists(permitted(Channel.EMAIL).filter(customer=OuterRef("pk")))


def _known(one: Candidate, row: Sequence[Any], ahead: DayAhead, **whose: Any) -> Known:
    (_pk, touched_at, channel, first_due_on, count, first_on, last_on, due_on, usual, may,
     personal_at) = row  # fmt: skip
    is_history = touched_at is None or touched_at < ahead.midnight(ahead.live_since)
    return Known(
        customer_id=one.key,
        kind=one.kind,
        tier=one.tier,
        reason=one.reason,
        stake_minor=int(one.stake_minor),
        channels=one.channels,
        is_without_manager=bool(one.is_without_manager),
        cadence_days=one.cadence_days,
        first_due_on=first_due_on if is_history else None,
        last_touch_on=touched_at.astimezone(ahead.zone).date() if touched_at else None,
        last_channel=channel or "",
        last_personal_on=personal_at.astimezone(ahead.zone).date() if personal_at else None,
        purchase_count=count or 0,
        first_on=first_on,
        last_on=last_on,
        rhythm_due_on=due_on,
        usual_gap_days=usual,
        may_email=may,
        subject=one.subject or "",
        given_on=_day_of(one.given_on),
        **whose,
    )


def segment_of(customer: Customer, standing: Standing) -> str:
    """The name of a segment whose cadence goes for a customer, where one does."""
    return _segments_of([customer.pk], standing).get(customer.pk, "")


def _segments_of(ids: Sequence[int], standing: Standing) -> dict[int, str]:
    """The name of a segment whose cadence goes for each of these, where one does."""
    stays = SegmentMember.objects.filter(
        customer__in=ids, left_at=None, segment__in=list(standing.segments)
    )
    return dict(stays.order_by("-segment__name").values_list("customer", "segment__name"))


def among(ids: Iterable[int]) -> CustomerQuerySet:
    """These customers: whole numbers written out cost half of what binding them does."""
    named = ", ".join(str(int(pk)) for pk in ids) or "NULL"
    return Customer.objects.filter(
        RawSQL(f"customers_customer.id IN ({named})", (), output_field=BooleanField())  # noqa: S611
    )


def _day_of(told: str | date | None) -> date | None:
    return date.fromisoformat(told[:10]) if isinstance(told, str) else told


def in_batches(ids: Sequence[int], size: int) -> Iterable[Sequence[int]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))

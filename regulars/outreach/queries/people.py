"""Whom a campaign means: who is called, who is written to, and nobody twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext as _

from regulars.consent.choices import Channel
from regulars.core.actor import SYSTEM
from regulars.customers.choices import PointKind, PointState
from regulars.customers.models import ContactPoint, Customer, CustomerQuerySet
from regulars.departures.queries.winning import whom_letter_means
from regulars.lists.queries.segments import members_of
from regulars.messaging.gate import verdicts_for_customers
from regulars.messaging.models import Hold
from regulars.offers.queries.told import customers_of
from regulars.outreach.choices import CampaignKind
from regulars.outreach.models import Campaign, CampaignCall

# Of the worthiest so many times more are looked at than are called: some may not be.
LOOKED_AT = 3


def people_of(campaign: Campaign) -> CustomerQuerySet:
    """Who is in its segment and is meant by its wave or its letter; nobody once one is gone."""
    segment = campaign.segment
    if segment is None or segment.archived_at is not None:
        return Customer.objects.none()
    people = members_of(segment, SYSTEM)
    if campaign.kind == CampaignKind.OFFER:
        return _within(people, customers_of(campaign.wave) if campaign.wave else None)
    if campaign.kind == CampaignKind.WIN_BACK:
        return _within(people, whom_letter_means(campaign.letter) if campaign.letter else None)
    return people


def _within(people: CustomerQuerySet, others: CustomerQuerySet | None) -> CustomerQuerySet:
    if others is None:
        return people.none()
    return people.filter(pk__in=others.order_by().values("pk"))


def to_be_called(campaign: Campaign, at: datetime) -> list[int]:
    """The worthiest of them who have a telephone and may be called for this; at most so many.

    What a year of them is worth decides, and of the same worth who came first.
    """
    if not campaign.calls:
        return []
    phones = ContactPoint.objects.filter(
        customer=OuterRef("pk"), kind=PointKind.PHONE, state=PointState.USABLE
    )
    worthiest = people_of(campaign).filter(Exists(phones)).order_by(
        F("facts__stake_minor").desc(nulls_last=True), "pk"
    )  # fmt: skip
    ids = list(worthiest.values_list("pk", flat=True)[: LOOKED_AT * campaign.most_calls])
    asked = Customer.objects.filter(pk__in=ids).order_by().values("pk")
    said = dict(verdicts_for_customers(Channel.CALL, campaign.purpose, at, asked)) if ids else {}
    held = _held(ids, campaign, at)
    may = [pk for pk in ids if pk in said and not said[pk].is_no and pk not in held]
    return may[: campaign.most_calls]


def _held(ids: Sequence[int], campaign: Campaign, at: datetime) -> set[int]:
    holds = Hold.objects.standing_at(at).filter(customer__in=list(ids))
    return set(holds.values_list("customer_id", flat=True))


def written_to(campaign: Campaign, at: datetime) -> CustomerQuerySet:
    """Everybody else of them; before it is approved, without those who would be called now."""
    people = people_of(campaign)
    if not campaign.writes:
        return people.none()
    if not campaign.calls:
        return people
    if campaign.was_approved:
        called = CampaignCall.objects.filter(campaign=campaign, customer=OuterRef("pk"))
        return people.filter(~Exists(called))
    return people.exclude(pk__in=to_be_called(campaign, at))


@dataclass(frozen=True, slots=True)
class Callers:
    """On whose list so many calls come; of nobody's own, planning shares them out."""

    name: str
    count: int


def callers_of(ids: Sequence[int]) -> list[Callers]:
    """By manager, the busiest first; one question. A manager who left counts as nobody."""
    rows: QuerySet[Customer, Any] = (
        Customer.objects.filter(pk__in=list(ids)).order_by()
        .values("manager__name", "manager__is_active").annotate(count=Count("pk"))
    )  # fmt: skip
    found: dict[str, int] = {}
    for row in rows:
        name = row["manager__name"] if row["manager__is_active"] else ""
        found[name or ""] = found.get(name or "", 0) + row["count"]
    return [
        Callers(name or _("shared out among all, because nobody here looks after them"), count)
        for name, count in sorted(found.items(), key=lambda one: (-one[1], one[0]))
    ]

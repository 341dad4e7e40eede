"""What the way back looks like, counted over those who were customers on the eve of it."""

from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from regulars.bulletins.models import Question
from regulars.care.models import Expectation
from regulars.conversations.models import Touch
from regulars.customers.choices import PointKind, PointState
from regulars.customers.models import ContactPoint
from regulars.insight.choices import Tier
from regulars.recovery.choices import ReturnState
from regulars.recovery.models import Disruption, Return
from regulars.recovery.queries.way_back import not_to_call

Row = dict[str, Any]
# Who counts as a customer of the time before.
CUSTOMERS_THEN = (Tier.CORE, Tier.ACTIVE, Tier.NEW, Tier.SLIPPING)
MOST_LISTED = 10
MOST_PARTS = 8
MOST_SAID = 6
DAYS = 7
COUNTS = {
    state.value: Count("customer", filter=Q(state=state), distinct=True) for state in ReturnState
}


def those_of(disruption: Disruption) -> "QuerySet[Return]":
    """Everybody who was there before and still is on the list."""
    return Return.objects.filter(disruption=disruption, customer__archived_at=None)


def figures_of(disruption: Disruption, at: datetime) -> Row:
    """Everything that the page shows of customers; a few queries over sets."""
    returns = those_of(disruption)
    overdue = returns.filter(state=ReturnState.OVERDUE)
    by_worth = overdue.order_by(F("customer__facts__stake_minor").desc(nulls_last=True), "customer")
    called = by_worth.filter(
        customer_id__in=ContactPoint.objects.filter(
            kind=PointKind.PHONE, state=PointState.USABLE
        ).values("customer_id")
    ).exclude(not_to_call("customer_id", at))
    longest = overdue.order_by(F("customer__facts__due_on").asc(nulls_last=True), "customer")
    return {
        "whole": returns.aggregate(**COUNTS),
        "tiers": _tiers(returns),
        "managers": _parts(returns, "customer__manager_id", "customer__manager__name"),
        "tags": _parts(returns, "customer__tagged__tag_id", "customer__tagged__tag__name"),
        "cities": _cities(returns),
        "weeks": _weeks(returns),
        "calls": _ids(called), "longest": _ids(longest), **_said(disruption),
    }  # fmt: skip


def _ids(returns: "QuerySet[Return]") -> list[int]:
    return list(returns.values_list("customer_id", flat=True)[:MOST_LISTED])


def _tiers(returns: "QuerySet[Return]") -> list[Row]:
    found: Any = returns.order_by().values("tier").annotate(**COUNTS)
    by_tier = {row["tier"]: row for row in found}
    return [
        {"key": tier.value, "name": "", **_counts(by_tier[tier.value])}
        for tier in CUSTOMERS_THEN
        if tier.value in by_tier
    ]


def _counts(row: Row) -> Row:
    return {state.value: row[state.value] for state in ReturnState}


def _parts(returns: "QuerySet[Return]", key: str, name: str) -> list[Row]:
    """The parts with most customers; those in none are left out where there is no name."""
    found = returns.order_by().values(key, name).annotate(**COUNTS, size=Count("customer"))
    rows: Any = found.order_by("-size", name)[: MOST_PARTS + 1]
    told = [{"key": row[key], "name": row[name] or "", **_counts(row)} for row in rows]
    keeps_nobody = key.endswith("manager_id")
    return [row for row in told if row["key"] is not None or keeps_nobody][:MOST_PARTS]


def _cities(returns: "QuerySet[Return]") -> list[Row]:
    city = "customer__contact_points__city"
    lived = returns.filter(customer__contact_points__kind=PointKind.ADDRESS).exclude(**{city: ""})
    return _parts(lived, city, city)


def _weeks(returns: "QuerySet[Return]") -> list[Row]:
    """How many came back in each week since it began; the first week is 0."""
    days = returns.exclude(back_on=None).order_by().values("back_on", "since_on")
    rows: Any = days.annotate(count=Count("pk"))
    weeks: dict[int, int] = {}
    for row in rows:
        week = (row["back_on"] - row["since_on"]).days // DAYS
        weeks[week] = weeks.get(week, 0) + row["count"]
    return [{"week": week, "count": weeks[week]} for week in sorted(weeks)]


def _said(disruption: Disruption) -> dict[str, list[int]]:
    """The last words of those who are not back: in talks, as questions, of what they expect."""
    away = those_of(disruption).exclude(state=ReturnState.BACK).values("customer_id")
    spoken = Touch.objects.standing().filter(happened_at__gte=disruption.since).exclude(said="")
    asked = Question.objects.filter(asked_at__gte=disruption.since)
    expected = Expectation.objects.current().filter(said_at__gte=disruption.since)
    return {
        "said": _newest(spoken.filter(customer_id__in=away), "-happened_at"),
        "asked": _newest(asked.filter(customer_id__in=away), "-asked_at"),
        "expected": _newest(expected.filter(customer_id__in=away), "-said_at"),
    }


def _newest(rows: "QuerySet[Any]", moment: str) -> list[int]:
    return list(rows.order_by(moment, "-pk").values_list("pk", flat=True)[:MOST_SAID])

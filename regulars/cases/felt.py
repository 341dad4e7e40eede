"""How long customers waited as they felt it: nights and closed days are waiting too."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Count,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Value,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber

from regulars.cases.choices import WAITING
from regulars.cases.models import Case
from regulars.cases.rules import visible_to
from regulars.core.actor import Actor

EVERYBODY = ""


@dataclass(frozen=True, slots=True)
class Felt:
    """How long half of them waited at most, and nine of ten: for a first answer, and until it was
    put right. Whoever still waits has waited until now, so that no silence makes it look better.
    """

    count: int
    waiting: int
    in_time: int
    half_heard: timedelta
    nine_heard: timedelta
    half_right: timedelta
    nine_right: timedelta


def felt_since(actor: Actor, since: datetime, at: datetime) -> dict[str, Felt]:
    """By tier, and for everybody (`EVERYBODY`): how long those waited who told us since then."""
    rows = visible_to(actor).filter(opened_at__gte=since).order_by()
    now = Value(at, output_field=DateTimeField())
    heard = _quantiles(rows, Coalesce("answered_at", "resolved_at", now))
    right = _quantiles(rows, Coalesce("resolved_at", now))
    counted = _counts(rows)
    return {
        tier: Felt(*counted[tier], *heard[tier], *right[tier])
        for tier in heard
        if tier in counted and tier in right
    }


def _counts(rows: "QuerySet[Case]") -> dict[str, tuple[int, int, int]]:
    """By tier: how many, how many still wait, how many had their first answer in time."""
    told = rows.values_list("tier").annotate(
        count=Count("pk"), waiting=Count("pk", Q(state__in=WAITING)),
        in_time=Count("pk", Q(answered_at__lte=F("answer_due_at"))),
    )  # fmt: skip
    found = {tier: (count, waiting, in_time) for tier, count, waiting, in_time in told}
    if found:
        count, waiting, in_time = (sum(numbers) for numbers in zip(*found.values(), strict=True))
        found[EVERYBODY] = (count, waiting, in_time)
    return found


def _quantiles(rows: "QuerySet[Case]", until: Coalesce) -> dict[str, tuple[timedelta, timedelta]]:
    """By tier, and of all: how long the one in the middle waited, and the ninth of ten."""
    waited = ExpressionWrapper(until - F("opened_at"), output_field=DurationField())
    order = [F("waited").asc(), F("pk").asc()]
    ranked = rows.annotate(waited=waited).annotate(
        place=Window(RowNumber(), partition_by=F("tier"), order_by=order),
        among=Window(Count("pk"), partition_by=F("tier")),
        place_of_all=Window(RowNumber(), order_by=order),
        among_all=Window(Count("pk")),
    )  # fmt: skip
    picked = ranked.filter(
        Q(place=_half("among")) | Q(place=_nine("among"))
        | Q(place_of_all=_half("among_all")) | Q(place_of_all=_nine("among_all"))
    ).order_by("waited", "pk")  # fmt: skip
    found: dict[str, list[timedelta]] = defaultdict(list)
    for tier, length, place, among, of_all, all_of_them in picked.values_list(
        "tier", "waited", "place", "among", "place_of_all", "among_all"
    ):
        found[tier] += [length] * _times(place, among)
        found[EVERYBODY] += [length] * _times(of_all, all_of_them)
    return {tier: (lengths[0], lengths[-1]) for tier, lengths in found.items() if lengths}


def _half(among: str) -> Any:
    """The place in the middle, counted from one."""
    return (F(among) + 1) / 2


def _nine(among: str) -> Any:
    """The place of the ninth of ten."""
    return (F(among) * 9 + 9) / 10


def _times(place: int, among: int) -> int:
    """How many of the two places one stands on: of a single one, on both."""
    return [(among + 1) // 2, (among * 9 + 9) // 10].count(place)

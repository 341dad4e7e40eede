"""Improvements, for reading: what is done about what, and whether it fell since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from regulars.cases.models import Cause
from regulars.cases.queries import complaints_for
from regulars.core.actor import SYSTEM, Actor
from regulars.learning.chance import Share
from regulars.learning.choices import About, Fell, Mood, Stage
from regulars.learning.errors import ImprovementNotFound
from regulars.learning.models import Improvement, ImprovementLook
from regulars.learning.queries.themes import every_theme, hits_for, readings_for
from regulars.learning.rules import may_improve, may_move, may_move_any, may_see_causes, visible_to
from regulars.orders.choices import OrderKind
from regulars.orders.models import Order
from regulars.team.models import Business, Member
from regulars.verdicts.looks import LAST, day_of_look

OPEN = (Stage.PLANNED, Stage.DOING)


def is_improver(actor: Actor) -> bool:
    return may_improve(actor)


def is_mover(actor: Actor) -> bool:
    return may_move_any(actor)


def moves(actor: Actor, improvement: Improvement) -> bool:
    return may_move(actor, improvement)


def improvement_for(actor: Actor, improvement_id: int) -> Improvement:
    """One of them, or the same answer for one that is not there and one that is not theirs."""
    rows = visible_to(actor).select_related("cause", "owner")
    found = rows.filter(pk=improvement_id).first()
    if found is None:
        raise ImprovementNotFound
    return found


def listed(actor: Actor, show: str) -> "QuerySet[Improvement]":
    """The board: what is to be done, what is due first first; what was done; what was left."""
    rows = visible_to(actor).select_related("cause", "owner").prefetch_related("looks")
    if show == "done":
        return rows.filter(stage=Stage.DONE).order_by("-done_on", "-pk")
    if show == "left":
        return rows.filter(stage=Stage.LEFT).order_by("-changed_at", "-pk")
    return rows.filter(stage__in=OPEN).order_by(F("due_on").asc(nulls_last=True), "pk")


def about_this(actor: Actor, *, cause: Cause | None = None, theme: str = "") -> "list[Improvement]":
    """What is done about one cause or one theme, the newest first."""
    rows = visible_to(actor).select_related("owner").filter(cause=cause, theme=theme)
    return list(rows.order_by("-pk")[:20])


@dataclass(frozen=True, slots=True)
class Counts:
    """How many are to be done, how many of them too late, how many were done, and what fell."""

    open: int
    late: int
    done: int
    fell: int


def counts_for(actor: Actor, today: date) -> Counts:
    looks = ImprovementLook.objects.filter(improvement=OuterRef("pk")).order_by("-number")
    rows = visible_to(actor).order_by().annotate(word=Subquery(looks.values("word")[:1]))
    told = rows.aggregate(
        open=Count("pk", Q(stage__in=OPEN)),
        late=Count("pk", Q(stage__in=OPEN, due_on__lt=today)),
        done=Count("pk", Q(stage=Stage.DONE)),
        fell=Count("pk", Q(stage=Stage.DONE, word=Fell.FELL)),
    )
    return Counts(**told)


def subjects_for(actor: Actor) -> list[tuple[str, list[tuple[str, str]]]]:
    """What an improvement can be about, in groups: a key, and its name."""
    themes = [(f"theme:{one.key}", one.name) for one in every_theme() if not one.is_off]
    found = [(str(About.THEME.label), themes)]
    if may_see_causes(actor):
        rows = Cause.objects.filter(archived_at=None).order_by("folded")
        causes = [(f"cause:{one.pk}", one.name) for one in rows]
        found.insert(0, (str(About.CAUSE.label), causes))
    return [(name, rows) for name, rows in found if rows]


def members_who_improve() -> "QuerySet[Member]":
    """To whom an improvement can be given."""
    return Member.objects.filter(is_active=True).exclude(role="viewer").order_by("name", "pk")


@dataclass(frozen=True, slots=True)
class Beside:
    """How often something came before and since, of how many orders or texts."""

    before: Share
    after: Share


def beside(improvement: Improvement, until: date, business: Business) -> Beside:
    """Before it was done and since, up to a day: complaints of a cause by orders, texts in which a
    theme is not right by texts."""
    assert improvement.done_on is not None
    start = improvement.done_on - timedelta(days=improvement.window_days)
    days = (start, improvement.done_on, until + timedelta(days=1))
    if improvement.about == About.CAUSE:
        return _of_a_cause(improvement.cause_id, days, business)
    first, middle, end = (_moment(day, business) for day in days)
    hits = hits_for(SYSTEM, first, end).filter(theme=improvement.theme, mood=Mood.BAD)
    said = hits.order_by().aggregate(**_parted("said_at", middle))
    texts = readings_for(SYSTEM, first, end).order_by().aggregate(**_parted("said_at", middle))
    return Beside(Share(said["before"], texts["before"]), Share(said["after"], texts["after"]))


def _of_a_cause(cause_id: int | None, days: Sequence[date], business: Business) -> Beside:
    first, middle, end = (_moment(day, business) for day in days)
    cases = complaints_for(SYSTEM, first, end).filter(cause=cause_id)
    wrong = cases.order_by().aggregate(**_parted("opened_at", middle))
    orders = Order.objects.filter(
        kind=OrderKind.SALE, customer__isnull=False, placed_on__gte=days[0], placed_on__lt=days[2]
    )
    sold = orders.order_by().aggregate(**_parted("placed_on", days[1]))
    return Beside(Share(wrong["before"], sold["before"]), Share(wrong["after"], sold["after"]))


def _parted(name: str, middle: "datetime | date") -> Mapping[str, Count]:
    before, after = Q(**{f"{name}__lt": middle}), Q(**{f"{name}__gte": middle})
    return {"before": Count("pk", filter=before), "after": Count("pk", filter=after)}


def _moment(day: date, business: Business) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(business.time_zone))


def last_text_on(business: Business) -> date | None:
    """The day of the newest text that was read."""
    newest = readings_for(SYSTEM).order_by("-said_at").values_list("said_at", flat=True).first()
    return business.day_of(newest) if newest else None


def next_look_on(improvement: Improvement, taken: int) -> date | None:
    """After which day it is looked at next; None once all four are taken."""
    if improvement.done_on is None or taken >= LAST:
        return None
    return day_of_look(improvement.done_on, improvement.window_days, taken + 1)

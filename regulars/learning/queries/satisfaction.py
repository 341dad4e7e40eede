"""How content customers say they are: each question with how many were asked, and over time."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import TruncMonth

from regulars.care.choices import MarkKind
from regulars.care.models import Answer, AnswerQuerySet, CheckInQuerySet
from regulars.care.queries.answers import answer_rules, answers_for, check_ins_asked
from regulars.core.actor import Actor
from regulars.learning.chance import Share
from regulars.learning.queries.keys import key_after, older_than, told_key
from regulars.learning.satisfaction import CONTENT, KINDS, NOT_CONTENT, Score, apart, score_of
from regulars.team.queries import the_named_business

SIZE = 25
SIDES = ("content", "neither", "not")
MONTHS = 13


@dataclass(frozen=True, slots=True)
class Month:
    """One month's score; without marks there is none."""

    on: date
    score: Score


@dataclass(frozen=True, slots=True)
class Told:
    """One question: its score, beside as long before; who was asked, and who came unasked."""

    kind: MarkKind
    score: Score
    before: Score | None
    # Of the check-ins that asked this: how many brought a mark.
    asked: Share
    # Marks that nobody asked for by a check-in: files, told by themselves.
    unasked: int
    months: Sequence[Month]
    is_asked_now: bool

    @property
    def word(self) -> str:
        """More, less, the same as far as anybody can tell, or too few."""
        return apart(self.before, self.score) if self.before and self.before.count else ""


def satisfaction_told(actor: Actor, since: datetime | None, at: datetime) -> list[Told]:
    """The three questions that the field knows, those first that were answered, or are asked."""
    rows = answers_for(actor).marked()
    counts = _counts(rows, since, None)
    earlier = _counts(rows, since - (at - since), since) if since else {}
    months, asked = _months(rows, at), _asked(check_ins_asked(actor), since)
    unasked = _unasked(rows, since)
    now = answer_rules().marks
    told = [
        Told(
            kind, score_of(kind, counts.get(kind, {})),
            score_of(kind, earlier.get(kind, {})) if since else None,
            asked.get(kind, Share(0, 0)), unasked.get(kind, 0),
            [Month(on, score_of(kind, found)) for on, found in sorted(months[kind].items())],
            kind == now,
        )
        for kind in KINDS
    ]  # fmt: skip
    return sorted(told, key=lambda one: (not one.score.count, not one.is_asked_now))


def _counts(
    rows: AnswerQuerySet, since: datetime | None, until: datetime | None
) -> Mapping[MarkKind, Mapping[int, int]]:
    rows = rows.filter(said_at__gte=since) if since else rows
    rows = rows.filter(said_at__lt=until) if until else rows
    found: dict[MarkKind, dict[int, int]] = defaultdict(dict)
    told = rows.order_by().values_list("measure", "scale", "mark").annotate(count=Count("pk"))
    for measure, scale, mark, count in told:
        found[MarkKind.of(measure, scale)][mark or 0] = count
    return found


def _months(rows: AnswerQuerySet, at: datetime) -> Mapping[MarkKind, Mapping[date, Counter[int]]]:
    """By question and month, how many gave which mark; of the last thirteen months."""
    zone = ZoneInfo(the_named_business().time_zone)
    start = at.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    start = start.replace(year=start.year - 1)
    told = (
        rows.filter(said_at__gte=start)
        .order_by()
        .annotate(month=TruncMonth("said_at", tzinfo=zone))
        .values_list("month", "measure", "scale", "mark")
        .annotate(count=Count("pk"))
    )
    found: dict[MarkKind, dict[date, Counter[int]]] = {kind: {} for kind in MarkKind}
    for month, measure, scale, mark, count in told:
        by_month = found[MarkKind.of(measure, scale)]
        by_month.setdefault(month.date(), Counter())[mark or 0] += count
    return found


def _asked(rows: CheckInQuerySet, since: datetime | None) -> Mapping[MarkKind, Share]:
    """Of those asked each question, how many gave a mark of it.

    Who was asked before it was written down which, was asked how it was.
    """
    rows = rows.filter(asked_at__gte=since) if since else rows
    answered = Answer.objects.marked().filter(check_in=OuterRef("pk"), measure=OuterRef("measure"))
    told = (
        rows.order_by()
        .annotate(is_marked=Exists(answered))
        .values_list("measure", "scale", "is_marked")
        .annotate(count=Count("pk"))
    )
    sums: dict[MarkKind, Counter[bool]] = defaultdict(Counter)
    for measure, scale, is_marked, count in told:
        sums[MarkKind.of(measure, scale or 5)][is_marked] += count
    return {kind: Share(one[True], one.total()) for kind, one in sums.items()}


def _unasked(rows: AnswerQuerySet, since: datetime | None) -> Mapping[MarkKind, int]:
    rows = rows.filter(said_at__gte=since) if since else rows
    told = rows.filter(Q(check_in=None) | Q(check_in__asked_at=None)).order_by()
    found: Counter[MarkKind] = Counter()
    for measure, scale, count in told.values_list("measure", "scale").annotate(count=Count("pk")):
        found[MarkKind.of(measure, scale)] += count
    return found


def those_behind(
    actor: Actor, kind: MarkKind, side: str, *, since: datetime | None = None, after: str = "",
    size: int = SIZE,
) -> tuple[list[Answer], str]:  # fmt: skip
    """One page of who gave these marks, the newest first, and where the next begins."""
    rows = answers_for(actor).marked().filter(measure=kind.measure, scale=kind.scale)
    rows = rows.filter(said_at__gte=since) if since else rows
    content, against = Q(mark__gte=CONTENT[kind]), Q(mark__lte=NOT_CONTENT[kind])
    wanted = {"content": content, "not": against, "neither": ~content & ~against}.get(side, Q())
    key = told_key(after)
    rows = rows.filter(older_than(key, "said_at")) if key else rows
    rows = rows.filter(wanted).select_related("customer", "check_in", "member")
    found = list(rows.order_by("-said_at", "-pk")[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return found[:size], key_after(last.said_at, last.pk) if last else ""

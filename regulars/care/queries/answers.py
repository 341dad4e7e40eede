"""What customers answered, for reading: one by one, and in means with how many and how sure."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BigAutoField, Count, Exists, OuterRef, Q

from regulars.care.choices import CheckInState, Heard, MarkKind, Measure
from regulars.care.errors import AnswerNotFound
from regulars.care.models import (
    Answer,
    AnswerQuerySet,
    AnswerRules,
    CheckIn,
    CheckInOrder,
    CheckInQuerySet,
)
from regulars.care.queries.check_ins import counted_by
from regulars.care.rules import may_note_answer, may_see_answers, may_set_answers
from regulars.core.actor import Actor
from regulars.core.prepared import Prepared
from regulars.customers.models import Customer
from regulars.customers.queries.people import customers_for
from regulars.orders.models import Order, OrderLine

# By these ways one of us heard it.
BY_US = (Heard.SHOP, Heard.PHONE, Heard.MAIL)
# Two-sided 95 % of Student's t by degrees of freedom (any table); beyond, the normal's 1.96.
_T = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
    2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
_Z = 1.96
# Asked with every answer.
_RULES = Prepared(lambda: AnswerRules.objects.order_by("pk"))
_ORDERS_OF = Prepared(
    lambda check_in: Order.objects.filter(
        pk__in=CheckInOrder.objects.filter(check_in=check_in).values("order")
    ).only("promised_on").order_by("pk"),
    BigAutoField(),
)  # fmt: skip


def sees_answers(actor: Actor) -> bool:
    return may_see_answers(actor)


def notes_answers(actor: Actor) -> bool:
    return may_note_answer(actor)


def sets_answer_rules(actor: Actor) -> bool:
    return may_set_answers(actor)


def answer_rules() -> AnswerRules:
    """What holds: the owner's word, or what Regulars comes with."""
    return _RULES.first() or AnswerRules(pk=1)


def answers_for(actor: Actor) -> AnswerQuerySet:
    """Answers of those customers whom this person may see, whatever became of them."""
    theirs = Exists(customers_for(actor).filter(pk=OuterRef("customer")))
    return Answer.objects.filter(theirs)


def answer_for(actor: Actor, answer_id: int) -> Answer:
    """One answer, if its customer is one whom this person may see."""
    found = answers_for(actor).filter(pk=answer_id).select_related("customer", "check_in").first()
    if found is None:
        raise AnswerNotFound
    return found


def answers_of(customer: Customer) -> AnswerQuerySet:
    """All that one customer answered, the newest first."""
    rows = Answer.objects.filter(customer=customer).select_related("member", "check_in")
    return rows.order_by("-said_at", "-pk")


def newest_open_check_in(customer: Customer) -> CheckIn | None:
    """The check-in that somebody means who tells us how it went: the newest without an answer."""
    unanswered = CheckIn.objects.filter(customer=customer, answer=None)
    asked = unanswered.exclude(state=CheckInState.DROPPED)
    return asked.order_by("-due_on", "-pk").first()


def about_product(rows: AnswerQuerySet, words: str) -> AnswerQuerySet:
    """Those about an order in which something is called so, or has just this number."""
    ordered = OrderLine.objects.filter(
        Q(description__icontains=words) | Q(sku=words), order=OuterRef("order")
    )
    asked = CheckInOrder.objects.filter(
        Q(order__lines__description__icontains=words) | Q(order__lines__sku=words),
        check_in=OuterRef("check_in"),
    )
    return rows.filter(Exists(ordered) | Exists(asked))


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of some marks, with how many there are and between what it lies (95 in 100).

    Without bounds where there are too few, or all the same, so that nobody can say.
    """

    count: int
    mean: float
    variance: float
    worst: int
    best: int

    @property
    def half(self) -> float | None:
        if self.count < 2 or not self.variance:
            return None
        freedom = self.count - 1
        factor = _T[freedom - 1] if freedom <= len(_T) else _Z
        return factor * sqrt(self.variance / self.count)

    @property
    def low(self) -> float | None:
        return None if self.half is None else max(float(self.worst), self.mean - self.half)

    @property
    def high(self) -> float | None:
        return None if self.half is None else min(float(self.best), self.mean + self.half)


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of those asked answered, and between what that share lies (Wilson 1927)."""

    answered: int
    asked: int

    @property
    def share(self) -> float:
        return self.answered / self.asked if self.asked else 0.0

    @property
    def bounds(self) -> tuple[float, float]:
        n, p, z = self.asked, self.share, _Z
        if not n:
            return 0.0, 1.0
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)

    @property
    def low(self) -> float:
        return self.bounds[0]

    @property
    def high(self) -> float:
        return self.bounds[1]


@dataclass(frozen=True, slots=True)
class Marks:
    """The means of one scale: on time, late, and where nobody knows; and who answered at all."""

    scale: int
    whole: Mean
    on_time: Mean
    late: Mean
    unknown: Mean
    rate: Rate
    rate_on_time: Rate
    rate_late: Rate
    counts: Sequence[tuple[int, int]]

    @property
    def gap(self) -> float:
        return self.on_time.mean - self.late.mean

    @property
    def gap_half(self) -> float | None:
        """Welch's interval of the difference; None where nobody can tell the mean of a side."""
        sides = (self.on_time, self.late)
        if any(one.half is None for one in sides):
            return None
        spread = [one.variance / one.count for one in sides]
        freedom = sum(spread) ** 2 / sum(
            part**2 / (one.count - 1) for part, one in zip(spread, sides, strict=True)
        )
        factor = _T[max(1, int(freedom)) - 1] if freedom <= len(_T) else _Z
        return factor * sqrt(sum(spread))

    @property
    def is_lower(self) -> bool:
        """Whether what came late is marked lower, as far as anybody can tell."""
        return self.gap_half is not None and self.gap_low > 0

    @property
    def gap_low(self) -> float:
        return self.gap - (self.gap_half or 0.0)

    @property
    def gap_high(self) -> float:
        return self.gap + (self.gap_half or 0.0)


def marks_for(
    actor: Actor, scale: int, since: datetime | None = None, measure: str = Measure.SATISFIED
) -> Marks:
    """The marks of this scale and question that customers gave, apart for what came late."""
    rows = answers_for(actor).marked().filter(scale=scale, measure=measure)
    asked = CheckIn.objects.were_asked()
    if since is not None:
        rows, asked = rows.filter(said_at__gte=since), asked.filter(opened_at__gte=since)
    worst = MarkKind.of(measure, scale).worst
    given = {side: Counter[int]() for side in (False, True, None)}
    for side, mark, count in (
        rows.order_by().values_list("was_late", "mark").annotate(count=Count("pk"))
    ):
        given[side][mark] += count
    whole = given[False] + given[True] + given[None]
    means = {side: _mean_of(marks, worst, scale) for side, marks in given.items()}
    rates = _rates_of(counted_by(actor, asked, "state", "is_late"))
    return Marks(
        scale, _mean_of(whole, worst, scale), means[False], means[True], means[None],
        Rate(sum(one.answered for one in rates.values()), sum(one.asked for one in rates.values())),
        rates[False], rates[True],
        [(value, whole[value]) for value in range(scale, worst - 1, -1)],
    )  # fmt: skip


def check_ins_asked(actor: Actor) -> CheckInQuerySet:
    """Check-ins that were asked, of those whom this person may see."""
    theirs = Exists(customers_for(actor).filter(pk=OuterRef("customer")))
    return CheckIn.objects.were_asked().filter(theirs)


def _rates_of(counted: Counter[tuple[Any, ...]]) -> dict[bool, Rate]:
    """Of those asked, by whether it came late: how many of each state and side there are."""
    asked, answered = Counter[bool](), Counter[bool]()
    for (state, is_late), count in counted.items():
        asked[is_late] += count
        answered[is_late] += count if state == CheckInState.ANSWERED else 0
    return {side: Rate(answered[side], asked[side]) for side in (False, True)}


def _mean_of(marks: Counter[int], worst: int, best: int) -> Mean:
    """The mean of so many of each mark."""
    count = marks.total()
    if not count:
        return Mean(0, 0.0, 0.0, worst, best)
    mean = sum(mark * many for mark, many in marks.items()) / count
    apart = sum((mark - mean) ** 2 * many for mark, many in marks.items())
    return Mean(count, mean, apart / (count - 1) if count > 1 else 0.0, worst, best)


def kinds_answered() -> list[MarkKind]:
    """The questions and scales in which anybody gave a mark that counts."""
    rows = Answer.objects.marked()
    return [
        one for one in MarkKind if rows.filter(scale=one.scale, measure=one.measure).exists()
    ]  # fmt: skip


def latest_first(rows: AnswerQuerySet) -> AnswerQuerySet:
    return rows.select_related("customer", "member", "check_in").order_by("-said_at", "-pk")


def lateness_of_orders(order_ids: Collection[int], zone: ZoneInfo) -> dict[int, bool]:
    """By calendar day, where it was delivered and a day was promised."""
    known = Order.objects.filter(
        pk__in=order_ids, delivered_at__isnull=False, promised_on__isnull=False
    )
    rows = known.values_list("pk", "delivered_at", "promised_on")
    return {
        pk: delivered.astimezone(zone).date() > promised
        for pk, delivered, promised in rows if delivered and promised
    }  # fmt: skip


def lateness_of_check_ins(check_ins: Iterable[CheckIn]) -> dict[int, bool | None]:
    """Whether what each of these is about came late; None where nobody knows of any of it."""
    rows = {one.pk: one for one in check_ins}
    links = CheckInOrder.objects.filter(check_in__in=rows)
    promised: dict[int, list[bool]] = defaultdict(list)
    for pk, day in links.values_list("check_in_id", "order__promised_on"):
        promised[pk].append(day is not None)
    return {pk: one.is_late or _in_time(one, promised[pk]) for pk, one in rows.items()}


def order_and_lateness(one: CheckIn) -> tuple[int | None, bool | None]:
    """The first of the orders that it is about, and whether what arrived came late."""
    orders = _ORDERS_OF.all(one.pk)
    late = one.is_late or _in_time(one, [order.promised_on is not None for order in orders])
    return (orders[0].pk if orders else None), late


def _in_time(one: CheckIn, promised: list[bool]) -> bool | None:
    """False where it came in time. Of orders that are gone what was said of them stands."""
    return None if one.is_guessed or (promised and not any(promised)) else False

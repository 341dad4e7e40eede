"""How it went after deliveries of Juniper & Rye: good, bad, silent, doubtful.

Whoever is to be asked next is found by the product itself, when the sample is counted.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef

from regulars.care.actions.questions import set_questions
from regulars.care.choices import AskingWay, CheckInState, Doubt, Heard, WayWhy
from regulars.care.models import Answer, CheckIn, CheckInOrder, Delay, ProductQuestions
from regulars.cases.models import Case
from regulars.core.actor import Actor
from regulars.demo import stories
from regulars.demo.scene import REOPENED_AGO, SOURCE, Scene
from regulars.orders.choices import OrderKind
from regulars.orders.models import Order, OrderLine
from regulars.team.models import Member

AFTER = timedelta(days=3)
# Whoever is asked has been left in peace for a month, and half a year is told.
APART, TOLD_OF = 38, 180
CAKE = "Was it as you had imagined it?"


@dataclass(frozen=True, slots=True)
class Told:
    """What one of them said of the delivery of so many days ago, or the last before it."""

    ago: int
    mark: int | None = None
    well: str = ""
    wrong: str = ""
    source: Heard = Heard.LINK
    who: str = ""
    doubt: str = ""
    is_late: bool = False
    more: str = ""


TOLD = {
    stories.HARBOUR: Told(11, 5, "The box was there before nine, and still warm."),
    stories.HALLORAN: Told(
        5, 2, "The rolls themselves.", "They came late, at nine, after breakfast was over."
    ),
    stories.OAKFIELD: Told(
        12, 4, "Both trays, and counted.", "A list of what is in them would help.",
        Heard.PHONE, "tomasz",
    ),
    stories.WINSLOW: Told(30),
    stories.PILAR: Told(71, 5, "Her face.", more="Better: the swan could have swum."),
}  # fmt: skip
WELL = (
    "", "", "On time, to the minute.", "A crisp crust.", "All there, and counted.",
    "Friendly, as always.", "The driver rang first.", "Still warm, and fresh.",
)  # fmt: skip
WRONG = (
    "",
    "",
    "",
    "One bun was missing.",
    "A bit early for us.",
    "The box was wet at the bottom.",
)
MARKS = (5, 5, 5, 4, 4, 4, 3, None)


@transaction.atomic
def write_check_ins(
    ids: Mapping[str, int], staff: Mapping[str, Member], scene: Scene, *, at: datetime
) -> None:
    """Write down whom we asked, and what they said; what else was delivered came in quietly."""
    theirs = _delivered(scene)
    by_id = {pk: key for key, pk in ids.items()}
    lot = scene.lot("check-ins")
    asked = [
        one
        for customer_id, orders in sorted(theirs.items())
        for one in _each(orders, TOLD.get(by_id.get(customer_id, "")), staff, scene, lot)
    ]
    _write(asked, at)
    _leave_the_rest(scene)
    _lead_the_case(ids.get(stories.HALLORAN, 0))


@dataclass(frozen=True, slots=True)
class Written:
    """A check-in with its order, and the answer that settled it."""

    check_in: CheckIn
    order: Order
    answer: Answer | None = None


def _delivered(scene: Scene) -> dict[int, list[Order]]:
    """By customer, what was delivered in the last half year, the newest first."""
    rows = Order.objects.filter(
        source=SOURCE, kind=OrderKind.SALE, customer__archived_at=None,
        delivered_at__gte=scene.moment(scene.ago(TOLD_OF), 0, 0),
        delivered_at__lt=scene.moment(scene.day, 0, 0),
    ).exclude(customer=None).order_by("-delivered_at", "-pk")  # fmt: skip
    found: dict[int, list[Order]] = defaultdict(list)
    for one in rows:
        found[one.customer_id or 0].append(one)
    return found


def _on(order: Order, scene: Scene) -> Any:
    assert order.delivered_at is not None
    return order.delivered_at.astimezone(ZoneInfo(scene.zone)).date()


def _each(
    orders: Sequence[Order], told: Told | None, staff: Mapping[str, Member], scene: Scene,
    lot: Random,
) -> Iterator[Written]:  # fmt: skip
    """Some of their deliveries, apart, asked about by message."""
    ago = told.ago if told else lot.randrange(5, REOPENED_AGO)
    for order in orders:
        if _on(order, scene) <= scene.ago(ago):
            yield _asked(order, told, staff, scene, lot)
            told, ago = None, (scene.day - _on(order, scene)).days + APART + lot.randrange(9)


def _asked(
    order: Order, told: Told | None, staff: Mapping[str, Member], scene: Scene, lot: Random
) -> Written:
    """What came of one of them."""
    told = told or _by_chance(lot, may_be_late=order.placed_on < _on(order, scene))
    if told.is_late:
        # A cake that was ready a day after it had been promised.
        order.promised_on = _on(order, scene) - timedelta(days=1)
    check_in = _check_in(order, scene, is_late=told.is_late)
    check_in.asked_at = scene.moment(check_in.due_on, 9, 10)
    over = check_in.due_on + timedelta(days=14) < scene.day
    check_in.state = CheckInState.SILENT if over else CheckInState.ASKED
    if told.mark is None and not told.well and not told.wrong:
        return Written(check_in, order)
    said_at = scene.moment(check_in.due_on, 18, lot.randrange(60))
    if not told.doubt:
        check_in.state, check_in.answered_at = CheckInState.ANSWERED, said_at
    answer = Answer(
        customer_id=order.customer_id or 0, order=order, was_late=told.is_late, went_well=told.well,
        not_right=told.wrong, mark=told.mark, source=told.source, doubt=told.doubt,
        member=staff[told.who] if told.who else None, said_at=said_at,
        link=f"demo:{order.pk}" if told.source == Heard.LINK else "",
        more=[[CAKE, told.more]] if told.more else [],
    )  # fmt: skip
    return Written(check_in, order, answer)


def _by_chance(lot: Random, *, may_be_late: bool) -> Told:
    """Of ten, six answer, three say nothing, and one was a program."""
    fate, is_late = lot.random(), may_be_late and lot.random() < 0.3
    if fate < 0.3:
        return Told(0, is_late=is_late)
    if fate < 0.4:
        return Told(0, 5, doubt=Doubt.SOON, is_late=is_late)
    mark = lot.choice((3, 3, 3, 4) if is_late else MARKS)
    well = lot.choice(WELL)
    wrong = lot.choice(WRONG) if mark is None or mark < 5 else ""
    return Told(
        0, mark, well if mark or well else "On time, to the minute.", wrong, is_late=is_late
    )


def _check_in(order: Order, scene: Scene, *, is_late: bool = False) -> CheckIn:
    on = _on(order, scene)
    return CheckIn(
        customer_id=order.customer_id or 0, way=AskingWay.MESSAGE, why=WayWhy.MAIL,
        due_on=on + AFTER, delivered_on=on, is_late=is_late, opened_at=scene.moment(on, 23, 55),
    )  # fmt: skip


def _write(rows: Sequence[Written], at: datetime) -> None:
    lines = OrderLine.objects.filter(order__in=[one.order.pk for one in rows])
    dearest = {
        one.order_id: one for one in lines.order_by("total_minor", "-line_no")
    }  # fmt: skip
    for one in rows:
        if (line := dearest.get(one.order.pk)) is not None:
            one.check_in.sku, one.check_in.product = line.sku, line.description[:200]
    Order.objects.bulk_update([one.order for one in rows if one.check_in.is_late], ["promised_on"])
    CheckIn.objects.bulk_create([one.check_in for one in rows])
    CheckInOrder.objects.bulk_create(
        CheckInOrder(
            check_in=one.check_in, order=one.order, delivered_on=one.check_in.delivered_on,
            is_late=one.check_in.is_late,
        )
        for one in rows
    )  # fmt: skip
    answers = [(one.check_in, one.answer) for one in rows if one.answer is not None]
    for check_in, answer in answers:
        answer.check_in, answer.recorded_at = check_in, at
    Answer.objects.bulk_create([answer for _check_in, answer in answers])
    theirs = [answer.customer_id for _check_in, answer in answers]
    Answer.objects.filter(customer__in=theirs).set_newest()


def _leave_the_rest(scene: Scene) -> None:
    """Nobody ticked that these should be asked about; those of the last days are the product's."""
    before = scene.moment(scene.ago(AFTER.days), 0, 0)
    asked = CheckInOrder.objects.filter(order=OuterRef("pk"))
    rest = Order.objects.filter(~Exists(asked), source=SOURCE, delivered_at__lt=before)
    rest.update(is_quiet=True)


def _lead_the_case(customer_id: int) -> None:
    """The case that waits was opened by what they answered."""
    answer = Answer.objects.filter(customer=customer_id, doubt="", mark__lte=2).first()
    if answer is not None:
        cases = Case.objects.filter(customer=customer_id, source="desk", resolved_at=None)
        cases.update(source=answer.case_source, order=answer.order)


def ask_after_cakes(*, by: Actor, at: datetime) -> None:
    """A cake to order has a question of its own; nobody is asked about a cup of tea."""
    for words, is_asked, asked in (("Celebration cake", True, [CAKE]), ("Tea", False, [])):
        if not ProductQuestions.objects.filter(words=words).exists():
            set_questions(
                None, words=words, is_group=False, is_asked=is_asked, scale=None,
                questions={"en": asked}, by=by, at=at,
            )  # fmt: skip


def forget_check_ins(customer_ids: Sequence[int]) -> None:
    """Those of the sample's customers, with what they said, and the questions about its cakes."""
    Answer.objects.filter(customer__in=customer_ids).delete()
    CheckIn.objects.filter(customer__in=customer_ids).delete()
    # What deliveries taught is counted anew every night.
    Delay.objects.filter(days=None).delete()
    # Those that somebody has changed meanwhile are theirs.
    ours = [
        one.pk for one in ProductQuestions.objects.filter(words__in=["Celebration cake", "Tea"])
        if one.questions in ({}, {"en": [CAKE]})
    ]  # fmt: skip
    ProductQuestions.objects.filter(pk__in=ours).delete()

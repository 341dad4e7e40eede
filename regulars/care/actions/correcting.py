"""Days that files told otherwise later: what they make late, or in time, of what was asked."""

from array import array
from collections import defaultdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import TruncDate

from regulars.care.choices import CheckInState
from regulars.care.models import Answer, CheckIn, CheckInOrder
from regulars.care.queries.answers import lateness_of_check_ins, lateness_of_orders
from regulars.care.queries.check_ins import the_rules
from regulars.team.queries import the_business

# What is corrected later than that is an old story.
LOOKS_BACK = timedelta(days=90)
TOGETHER = 500


def correct_days(*, at: datetime) -> int:
    """Take over the days of delivery and of promise that orders say now; how many check-ins and
    answers changed.
    """
    business = the_business()
    if business is None:
        return 0
    zone = ZoneInfo(business.time_zone)
    since = business.day_of(at) - LOOKS_BACK
    links = _differing(CheckInOrder.objects.filter(check_in__due_on__gte=since), zone)
    changed = _each(links.values_list("check_in_id", flat=True).distinct(), zone)
    alone = Answer.objects.filter(said_at__gte=at - LOOKS_BACK, check_in=None)
    return changed + _each_answer(alone.exclude(order=None), zone)


def _differing(links: QuerySet[CheckInOrder], zone: ZoneInfo) -> QuerySet[CheckInOrder]:
    """Those whose order says another day now, or another promise; goods that came in parts have
    days of their own.
    """
    told = links.filter(order__delivered_at__isnull=False).exclude(
        order__lines__delivered_at__isnull=False
    )
    now = told.annotate(now_on=TruncDate("order__delivered_at", tzinfo=zone))
    is_late_now = Q(order__promised_on__lt=F("now_on"))
    return now.filter(
        ~Q(delivered_on=F("now_on"))
        | Q(is_late=False) & is_late_now
        | Q(is_late=True) & Q(order__promised_on__gte=F("now_on"))
    )


def _each(check_ins: "QuerySet[CheckInOrder, int]", zone: ZoneInfo) -> int:
    ids = array("q", check_ins.order_by().iterator())
    for low in range(0, len(ids), TOGETHER):
        _correct(ids[low : low + TOGETHER].tolist(), zone)
    return len(ids)


@transaction.atomic
def _correct(ids: list[int], zone: ZoneInfo) -> None:
    after = timedelta(days=the_rules().after_days)
    rows = {one.pk: one for one in CheckIn.objects.select_for_update().filter(pk__in=ids)}
    theirs: dict[int, list[CheckInOrder]] = defaultdict(list)
    every = list(CheckInOrder.objects.filter(check_in__in=ids).select_related("order"))
    for link in every:
        _as_told(link, zone)
        theirs[link.check_in_id].append(link)
    for pk, links in theirs.items():
        _follow(rows[pk], links, after)
    CheckInOrder.objects.bulk_update(every, ["delivered_on", "is_late"])
    CheckIn.objects.bulk_update(
        rows.values(), ["delivered_on", "due_on", "is_late", "is_guessed", "guess"]
    )
    told = lateness_of_check_ins(rows.values())
    answers = list(Answer.objects.filter(check_in__in=ids))
    for answer in answers:
        answer.was_late = told[answer.check_in_id or 0]
    Answer.objects.bulk_update(answers, ["was_late"])


def _as_told(link: CheckInOrder, zone: ZoneInfo) -> None:
    moment, promised = link.order.delivered_at, link.order.promised_on
    if moment is not None:
        link.delivered_on = moment.astimezone(zone).date()
        link.is_late = promised is not None and link.delivered_on > promised


def _follow(check_in: CheckIn, links: list[CheckInOrder], after: timedelta) -> None:
    check_in.is_late = any(one.is_late for one in links)
    check_in.delivered_on = min(one.delivered_on for one in links)
    if any(one.order.delivered_at is not None for one in links):
        check_in.is_guessed, check_in.guess = False, ""
    if check_in.state == CheckInState.DUE:
        check_in.due_on = check_in.delivered_on + after


def _each_answer(answers: QuerySet[Answer], zone: ZoneInfo) -> int:
    """Answers that came in by files, about orders that nobody was asked about."""
    known = answers.filter(order__delivered_at__isnull=False, order__promised_on__isnull=False)
    now = known.annotate(now_on=TruncDate("order__delivered_at", tzinfo=zone))
    was_late = Q(order__promised_on__lt=F("now_on"))
    wrong = now.filter(was_late & ~Q(was_late=True) | ~was_late & ~Q(was_late=False))
    ids = array("q", wrong.order_by().values_list("pk", flat=True).iterator())
    for low in range(0, len(ids), TOGETHER):
        some = list(Answer.objects.filter(pk__in=ids[low : low + TOGETHER].tolist()))
        late = lateness_of_orders({one.order_id for one in some if one.order_id}, zone)
        for one in some:
            one.was_late = late.get(one.order_id or 0, one.was_late)
        Answer.objects.bulk_update(some, ["was_late"])
    return len(ids)

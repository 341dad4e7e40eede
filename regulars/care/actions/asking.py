"""Asking those who are due: a message, a call on somebody's list of the day, or nobody."""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from regulars.care.actions.check_ins import wait_for_others
from regulars.care.arrivals import kept_by_them
from regulars.care.choices import AskingWay, CheckInState, WayWhy
from regulars.care.goods import goods_of_check_ins
from regulars.care.models import AskingRules, CheckIn, CheckInOrder
from regulars.care.queries.answers import answer_rules
from regulars.care.queries.check_ins import the_rules
from regulars.care.queries.questions import Catalogue, the_catalogue
from regulars.care.ways import Chosen, ways_of
from regulars.consent.choices import Channel
from regulars.conversations.choices import Outcome
from regulars.conversations.models import Touch
from regulars.core.actor import SYSTEM
from regulars.core.faults import fault
from regulars.core.pace import Pace
from regulars.messaging.actions.many_messages import write_to_each
from regulars.messaging.actions.texts import bring_starter, use_text
from regulars.messaging.choices import State
from regulars.messaging.models import Message, TemplateVersion
from regulars.team.queries import the_business

STRETCH, MOST = 200, 2000
TEXT = "starter:after-delivery"
# They were asked, whether they answered or not.
HEARD = (CheckInState.ASKED, CheckInState.ANSWERED, CheckInState.SILENT)
# A message that will not arrive.
LOST = (State.BOUNCED, State.SUPPRESSED, State.EXPIRED, State.CANCELLED, State.FAILED)
# What people say to each other: then they were asked.
SPOKEN = (Channel.CALL, Channel.VISIT)


@dataclass(slots=True)
class Asked:
    """What one run did: messages written, calls that wait on lists, and those nobody asks."""

    messages: int = 0
    calls: int = 0
    dropped: int = 0


def ask_due(*, at: datetime) -> Asked:
    """Ask those whose day has come, each once: run again, it writes nothing twice."""
    asked, business, rules = Asked(), the_business(), the_rules()
    if business is None or not rules.is_on:
        return asked
    due = CheckIn.objects.to_ask().filter(due_on__lte=business.day_of(at))
    ids = array("q", due.order_by("due_on", "pk").values_list("pk", flat=True).iterator())
    if not ids:
        return asked
    version = use_text(bring_starter(TEXT, by=SYSTEM, at=at), by=SYSTEM, at=at)
    pace = Pace(STRETCH, MOST, rest=0.02)
    for low, high in pace.pieces(0, len(ids) - 1):
        _ask_some(ids[low : high + 1].tolist(), version, rules, asked, at)
    return asked


def _ask_some(
    ids: Sequence[int], version: TemplateVersion, rules: AskingRules, asked: Asked, at: datetime
) -> None:
    theirs = CheckIn.objects.filter(pk__in=ids).values_list("customer_id", "message_id")
    # A mail that did not arrive is not tried again.
    unmailed = {pk for pk, message_id in theirs if message_id is not None}
    ways = ways_of({pk for pk, _message in theirs}, at, unmailed=unmailed)
    with transaction.atomic():
        wait_for_others()
        rows = list(_still_due(ids, rules, at))
        _look_again(rows)
        catalogue = the_catalogue()
        written = _decide(rows, ways, catalogue)
        _say_which_marks(rows, catalogue)
        occasions = {one.customer_id: f"checkin:{one.pk}" for one in written}
        sent = write_to_each(occasions, version=version, by=SYSTEM, at=at) if written else {}
        fault("checkins.written")
        for one in written:
            one.message_id = sent.get(one.customer_id)
            if one.message_id:
                one.state, one.asked_at = CheckInState.ASKED, at
        changed = [
            "state", "way", "why", "asked_at", "message_id", "sku", "product", "returned", "scale",
            "measure",
        ]  # fmt: skip
        CheckIn.objects.bulk_update(rows, changed)
        fault("checkins.asked")
    asked.messages += len(sent)
    asked.calls += sum(one.way == AskingWay.CALL for one in rows)
    asked.dropped += sum(one.state == CheckInState.DROPPED for one in rows)


def _look_again(rows: Sequence[CheckIn]) -> None:
    """What they sent back since is not what we ask about, but how that went is."""
    goods = goods_of_check_ins([one.pk for one in rows])
    for one in rows:
        if (now := goods.get(one.pk)) is not None and now.returned:
            one.sku, one.product, one.returned = now.sku, now.product, now.returned


def _say_which_marks(rows: Sequence[CheckIn], catalogue: Catalogue) -> None:
    """What is asked now is what their page asks later, whatever is set meanwhile."""
    usual = answer_rules().marks
    for one in rows:
        marks = catalogue.marks_of(one.sku, one.product) or usual
        one.scale, one.measure = marks.scale, marks.measure


def _still_due(ids: Sequence[int], rules: AskingRules, at: datetime) -> "QuerySet[CheckIn]":
    """Those whom nobody has asked meanwhile, with what speaks against asking them now."""
    sold = CheckInOrder.objects.filter(
        kept_by_them("order__"), check_in=OuterRef("pk"), order__customer=OuterRef("customer")
    )
    lately = CheckIn.objects.filter(
        customer=OuterRef("customer"), state__in=HEARD,
        asked_at__gt=at - timedelta(days=rules.pause_days),
    )  # fmt: skip
    rows = CheckIn.objects.to_ask().filter(pk__in=ids).select_related("customer")
    return rows.annotate(is_sold=Exists(sold), is_asked=Exists(lately)).order_by("due_on", "pk")


def _decide(
    rows: Sequence[CheckIn], ways: Mapping[int, Chosen], catalogue: Catalogue
) -> list[CheckIn]:
    """Say of each who asks; returns those to be written to, one for each customer."""
    written: dict[int, CheckIn] = {}
    for one in rows:
        chosen = _chosen(one, ways, catalogue)
        if one.customer_id in written:
            # Two records became one customer: they are asked once.
            chosen = Chosen(AskingWay.NOBODY, WayWhy.LATELY)
        one.way, one.why = chosen.way, chosen.why
        if chosen.way == AskingWay.NOBODY:
            one.state = CheckInState.DROPPED
        elif chosen.way == AskingWay.MESSAGE:
            written[one.customer_id] = one
    return list(written.values())


def _chosen(one: CheckIn, ways: Mapping[int, Chosen], catalogue: Catalogue) -> Chosen:
    why = None
    if one.customer.archived_at is not None:
        why = WayWhy.GONE
    elif not one.is_sold:  # type: ignore[attr-defined]
        why = WayWhy.CANCELLED
    elif one.is_asked:  # type: ignore[attr-defined]
        why = WayWhy.LATELY
    elif not catalogue.is_asked(one.sku, one.product):
        why = WayWhy.SWITCHED_OFF
    if why is not None or one.customer_id not in ways:
        return Chosen(AskingWay.NOBODY, why or WayWhy.GONE)
    return ways[one.customer_id]


def follow_asked(*, at: datetime) -> int:
    """What became of those who were asked, or were to be called; returns how many changed.

    Whoever was spoken to was asked; a message that did not arrive becomes a call; what was never
    called, and what was never answered, ends as that.
    """
    business, rules = the_business(), the_rules()
    if business is None:
        return 0
    over = at - timedelta(days=rules.silent_days)
    today = business.day_of(at)
    asked = CheckIn.objects.filter(state=CheckInState.ASKED)
    calls = CheckIn.objects.to_ask().filter(way=AskingWay.CALL)
    spoken = Touch.objects.standing().filter(
        customer=OuterRef("customer"), channel__in=SPOKEN, outcome=Outcome.REACHED,
        happened_at__gte=OuterRef("due_on"),
    )  # fmt: skip
    lost = Message.objects.filter(pk=OuterRef("message_id"), state__in=LOST)
    return (
        _each(calls.filter(Exists(spoken), due_on__lte=today), state=CheckInState.ASKED,
              asked_at=at)
        + _each(asked.filter(Exists(lost)), state=CheckInState.DUE, way=AskingWay.CALL,
                why=WayWhy.NO_MAIL, asked_at=None)
        + _each(asked.filter(asked_at__lte=over), state=CheckInState.SILENT)
        + _each(calls.filter(due_on__lt=today - timedelta(days=rules.silent_days)),
                state=CheckInState.DROPPED, way=AskingWay.NOBODY, why=WayWhy.NOT_CALLED)
    )  # fmt: skip


def _each(rows: "QuerySet[CheckIn]", **values: object) -> int:
    """Write this into all of these, some at a time: others who write are let in between."""
    ids = array("q", rows.values_list("pk", flat=True).iterator())
    for low in range(0, len(ids), MOST):
        # Whoever answered meanwhile is left as they are.
        rows.filter(pk__in=ids[low : low + MOST].tolist()).update(**values)
    return len(ids)

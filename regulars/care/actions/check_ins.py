"""Each delivery starts a check-in, once: set by set, in short transactions, safe to run again."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from regulars.care.arrivals import (
    Arrival,
    Span,
    arrivals_among,
    span_of,
    unasked_ids,
)
from regulars.care.choices import AskingWay, CheckInState, WayWhy
from regulars.care.goods import NO_GOODS, Goods, goods_of
from regulars.care.models import AskingRules, CheckIn, CheckInOrder
from regulars.care.queries.check_ins import the_rules
from regulars.care.ways import NOBODY_THERE, Chosen, ways_of
from regulars.core.bulk import rows_of
from regulars.core.faults import fault
from regulars.core.pace import Pace
from regulars.team.queries import the_business

# Orders that go into one transaction: what it begins with, and the most.
STRETCH, MOST = 500, 5000
# Whoever starts check-ins, or asks, waits for whoever does already.
AT_WORK = 0x5243 << 48
# Nothing of these was asked and nothing will be: what arrives besides is a matter of its own.
OVER = frozenset({WayWhy.GONE, WayWhy.CANCELLED, WayWhy.TOO_LATE, WayWhy.SWITCHED_OFF})


@dataclass(slots=True)
class Started:
    """What one run did: check-ins that somebody will ask, those that nobody will, and orders."""

    to_ask: int = 0
    dropped: int = 0
    orders: int = 0

    @property
    def check_ins(self) -> int:
        return self.to_ask + self.dropped

    @property
    def joined(self) -> int:
        """Orders asked after together with another."""
        return self.orders - self.check_ins


def start_check_ins(*, at: datetime) -> Started:
    """Start a check-in for each delivery that has none; several of one customer make one.

    Due work is found by what is missing, so a run that was killed, came late or came twice changes
    nothing in the end.
    """
    started, business, rules = Started(), the_business(), the_rules()
    if business is None or not rules.is_on:
        return started
    span = span_of(business, rules, at)
    ids = unasked_ids(span)
    pace = Pace(STRETCH, MOST, rest=0.02)
    for low, high in pace.pieces(0, len(ids) - 1):
        _start_some(ids[low : high + 1].tolist(), span, rules, started, at)
    return started


def wait_for_others() -> None:
    """Until this transaction ends nobody else starts check-ins or asks; SQLite has one writer."""
    if connection.vendor == "postgresql":
        rows_of("SELECT pg_advisory_xact_lock(%s)", [AT_WORK])


def _start_some(
    order_ids: list[int], span: Span, rules: AskingRules, started: Started, at: datetime
) -> None:
    ways = ways_of({one.customer_id for one in arrivals_among(order_ids, span)}, at)
    with transaction.atomic():
        wait_for_others()
        # Anew, now that nobody else starts any: another may have been here in between.
        arrivals = arrivals_among(order_ids, span)
        book = _Book(rules, span.today, ways, goods_of([one.order_id for one in arrivals]), at)
        book.open(_near(arrivals, rules))
        for arrival in arrivals:
            book.put(arrival)
        fault("checkins.before_commit")
        book.write()
    started.to_ask += sum(one.state == CheckInState.DUE for one in book.made)
    started.dropped += sum(one.state == CheckInState.DROPPED for one in book.made)
    started.orders += len(arrivals)
    fault("checkins.after_chunk")


def _near(arrivals: Sequence[Arrival], rules: AskingRules) -> list[CheckIn]:
    """The check-ins of these customers that are near enough to matter for another."""
    if not arrivals:
        return []
    apart = timedelta(days=max(rules.pause_days, rules.after_days))
    after = timedelta(days=rules.after_days)
    return list(CheckIn.objects.filter(
        customer__in={one.customer_id for one in arrivals},
        due_on__gte=arrivals[0].on + after - apart,
        due_on__lte=arrivals[-1].on + after + apart,
    ).order_by("due_on", "pk"))  # fmt: skip


@dataclass(slots=True)
class _Book:
    """The check-ins of some customers, into which arrivals are put one after the other."""

    rules: AskingRules
    today: date
    ways: Mapping[int, Chosen]
    goods: Mapping[int, Goods]
    at: datetime
    made: list[CheckIn] = field(default_factory=list)
    changed: dict[int, CheckIn] = field(default_factory=dict)
    links: list[tuple[CheckIn, Arrival]] = field(default_factory=list)
    of: dict[int, list[CheckIn]] = field(default_factory=lambda: defaultdict(list))

    def open(self, known: Sequence[CheckIn]) -> None:
        for one in known:
            self.of[one.customer_id].append(one)

    def put(self, arrival: Arrival) -> None:
        theirs = self.of[arrival.customer_id]
        check_in = next((one for one in theirs if self._is_together(one, arrival)), None)
        if check_in is None:
            check_in = self._new(arrival, theirs)
            theirs.append(check_in)
            self.made.append(check_in)
        elif check_in.state == CheckInState.DUE:
            check_in.delivered_on = min(check_in.delivered_on, arrival.on)
            check_in.is_late |= arrival.is_late
            check_in.is_partial |= arrival.is_partial
            if check_in.pk:
                self.changed[check_in.pk] = check_in
        self.links.append((check_in, arrival))

    def _is_together(self, one: CheckIn, arrival: Arrival) -> bool:
        """What arrives before they are asked about the first is asked after together with it."""
        begins = one.delivered_on - timedelta(days=self.rules.after_days)
        if one.why in OVER or self._is_off(arrival):
            return False
        return begins <= arrival.on <= one.due_on

    def _new(self, arrival: Arrival, theirs: Sequence[CheckIn]) -> CheckIn:
        due_on = arrival.on + timedelta(days=self.rules.after_days)
        chosen = self._chosen(arrival, due_on, theirs)
        is_asked = chosen.way != AskingWay.NOBODY
        return CheckIn(
            customer_id=arrival.customer_id, way=chosen.way, why=chosen.why, due_on=due_on,
            state=CheckInState.DUE if is_asked else CheckInState.DROPPED,
            delivered_on=arrival.on, is_late=arrival.is_late, is_guessed=bool(arrival.guess),
            guess=arrival.guess, is_partial=arrival.is_partial, opened_at=self.at,
        )  # fmt: skip

    def _is_off(self, arrival: Arrival) -> bool:
        return not self.goods.get(arrival.order_id, NO_GOODS).is_asked

    def _chosen(self, arrival: Arrival, due_on: date, theirs: Sequence[CheckIn]) -> Chosen:
        if self._is_off(arrival):
            return Chosen(AskingWay.NOBODY, WayWhy.SWITCHED_OFF)
        if due_on + timedelta(days=self.rules.too_late_days) < self.today:
            return Chosen(AskingWay.NOBODY, WayWhy.TOO_LATE)
        pause = timedelta(days=self.rules.pause_days)
        asked = (one for one in theirs if one.state != CheckInState.DROPPED)
        if any(abs(one.due_on - due_on) < pause for one in asked):
            return Chosen(AskingWay.NOBODY, WayWhy.LATELY)
        return self.ways.get(arrival.customer_id, NOBODY_THERE)

    def write(self) -> None:
        for one, arrival in self.links:
            if not one.product and one.pk is None:
                dearest = self.goods.get(arrival.order_id, NO_GOODS)
                one.sku, one.product = dearest.sku, dearest.product
                one.returned = dearest.returned
        CheckIn.objects.bulk_create(self.made)
        CheckIn.objects.bulk_update(
            self.changed.values(), ["delivered_on", "is_late", "is_partial"]
        )
        fault("checkins.between")
        CheckInOrder.objects.bulk_create(
            CheckInOrder(
                check_in=one, order_id=arrival.order_id, delivered_on=arrival.on,
                is_late=arrival.is_late,
            )
            for one, arrival in self.links
        )  # fmt: skip

"""Reasons of a day: an anniversary, a birthday, an answer that is waiting, details that fail.

They are no matter of the cadence, and leave alone whoever was in touch with us just now.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import (
    BooleanField,
    CharField,
    Exists,
    F,
    FloatField,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, Coalesce, TruncDate
from django.utils.translation import gettext as _

from regulars.consent.choices import Channel
from regulars.conversations.choices import Direction, Outcome
from regulars.conversations.models import Touch
from regulars.core.reasons import Line, ReasonDay, Told
from regulars.customers.choices import CustomKind, Kind, PointKind, PointState
from regulars.customers.models import ContactPoint, Customer, CustomField, CustomValue
from regulars.insight.choices import Tier
from regulars.insight.models import CustomerFacts
from regulars.planning.words import day_words, long_day_words, nothing_to_sell

# A day that fell on a weekend is still told on the Monday. Our own prior, as all of these.
TOLD_FOR_DAYS = 3
# Who was in touch with us in the last week has been wished well.
LATELY = timedelta(days=7)
MOST_YEARS = 120
# Older than this nobody waits for an answer any more.
ANSWERED_WITHIN = timedelta(days=14)
WRITTEN = (Channel.EMAIL, Channel.TEXT, Channel.CHAT, Channel.SOCIAL, Channel.LETTER)
BIRTHDAY = re.compile(r"birth|dob|geburt|naiss|nacim|nascit|urodz", re.IGNORECASE)
WORTH_A_CALL = (Tier.CORE, Tier.ACTIVE, Tier.SLIPPING)


def _same_days(day: date, years: range) -> Iterator[date]:
    """The same days of earlier years, these three of each; 29 February is told on 1 March."""
    for back in range(TOLD_FOR_DAYS):
        told = day - timedelta(days=back)
        for ago in years:
            try:
                yield told.replace(year=told.year - ago)
            except ValueError:
                continue
            is_march = (told.month, told.day) == (3, 1)
            if is_march and _is_leap(told.year - ago) and not _is_leap(told.year):
                yield date(told.year - ago, 2, 29)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _quiet(asked: ReasonDay, clock: str) -> Q:
    """Nobody was in touch lately; `clock` is the path to the customer's."""
    since = asked.begins_at - LATELY
    return Q(**{f"{clock}": None}) | Q(**{f"{clock}__last_touch_at__lt": since})


def _just_due() -> Value:
    return Value(1.0, output_field=FloatField())


def anniversaries(asked: ReasonDay) -> QuerySet[Any, Any]:
    """Customers since this day of an earlier year: as we were told, else by the first purchase."""
    days = list(_same_days(asked.day, range(1, MOST_YEARS)))
    listed = Customer.objects.on_the_list().exclude(kind=Kind.DEPARTMENT)
    as_told = listed.filter(_quiet(asked, "clock"), since_on__in=days)
    # Asked of the facts, of which few fit, and not of the many customers who have some.
    bought = CustomerFacts.objects.filter(
        _quiet(asked, "customer__clock"), first_on__in=days, customer__since_on=None,
        customer__archived_at=None,
    ).exclude(customer__kind=Kind.DEPARTMENT)  # fmt: skip
    today = Value(asked.day)
    told = as_told.order_by().values(
        customer_id=F("pk"), overdue=_just_due(), due_on=today,
        subject=Cast("since_on", CharField()),
    )  # fmt: skip
    # The columns have the names of the first; facts have a due day of their own.
    return told.union(bought.order_by().values(
        "customer_id", overdue=_just_due(), today=today, subject=Cast("first_on", CharField()),
    ), all=True)  # fmt: skip


def tell_anniversaries(subjects: Collection[str]) -> Mapping[str, Told]:
    return {one: _told_anniversary(date.fromisoformat(one[:10])) for one in subjects}


def _told_anniversary(first: date) -> Told:
    sentence = _("Has been a customer since %(day)s: that day has come round again.")
    lines = (
        Line(_("Say thank you for all the years."), _("Nothing else needs to be said.")),
        Line(_("Ask what they would miss most if we were gone.")),
        nothing_to_sell(),
    )
    return Told(sentence % {"day": long_day_words(first)}, lines)


def birthdays(asked: ReasonDay) -> QuerySet[CustomValue, Any]:
    """People whose birthday, where they gave it, is today or was just now."""
    days = list(_same_days(asked.day, range(MOST_YEARS)))
    fields = [
        one.pk
        for one in CustomField.objects.filter(archived_at=None, kind=CustomKind.DAY)
        if BIRTHDAY.search(f"{one.key} {one.label}")
    ]
    given = CustomValue.objects.filter(field__in=fields, day__in=days, customer__archived_at=None)
    told = given.filter(_quiet(asked, "customer__clock"), customer__kind=Kind.PERSON).order_by()
    return told.values(
        "customer_id",
        overdue=_just_due(),
        due_on=Value(asked.day),
        subject=Cast("day", CharField()),
    )


def tell_birthdays(subjects: Collection[str]) -> Mapping[str, Told]:
    # How old they become, nobody needs to be told.
    words = _("Has a birthday on %(day)s.")
    lines = (
        Line(_("Wish them well, and ask how they are.")),
        Line(_("Do not speak of their age.")),
        nothing_to_sell(),
    )
    return {one: Told(words % {"day": day_words(one[:10])}, lines) for one in subjects}


def waiting_answers(asked: ReasonDay) -> QuerySet[Touch, Any]:
    """What customers wrote to us, or a message they left, after which nobody of us was in touch."""
    since = asked.begins_at - ANSWERED_WITHIN
    ours = Touch.objects.standing().filter(
        customer=OuterRef("customer"), direction=Direction.OUT,
        happened_at__gte=OuterRef("happened_at"),
    )  # fmt: skip
    came = Touch.objects.standing().filter(
        Q(channel__in=WRITTEN) | Q(channel=Channel.CALL, outcome=Outcome.MESSAGE),
        direction=Direction.IN, happened_at__gte=since, happened_at__lt=asked.begins_at,
        customer__archived_at=None,
    )  # fmt: skip
    answered = Exists(ours.exclude(outcome=Outcome.NO_ANSWER))
    return (
        came.filter(~answered)
        .order_by()
        .values(
            "customer_id",
            overdue=Value(1.5, output_field=FloatField()),
            due_on=TruncDate("happened_at", tzinfo=asked.zone),
            subject=Cast("pk", CharField()),
        )
    )


def tell_waiting(subjects: Collection[str]) -> Mapping[str, Told]:
    found = Touch.objects.select_related("customer").in_bulk([int(one) for one in subjects])
    return {str(pk): _told_waiting(touch) for pk, touch in found.items()}


def _told_waiting(touch: Touch) -> Told:
    sentence = _("Wrote to us on %(day)s, and nobody has answered yet.")
    lines = [Line(_("Answer what they asked, or say when you will know."))]
    if touch.said:
        lines.insert(0, Line(_("They said: “%(words)s”") % {"words": touch.said[:200]}))
    return Told(sentence % {"day": long_day_words(touch.happened_at.date())}, lines)


# Written out: SQLite finds the few that failed by the words of their index, not by a bound value.
_FAILED: Any = Func(
    F("state"), template="(%(expressions)s IN ('bounced', 'stale'))", output_field=BooleanField()
)


def failing_details(asked: ReasonDay) -> QuerySet[ContactPoint, Any]:
    """A way to reach somebody who still comes, which failed, and no other of its kind is left."""
    works = ContactPoint.objects.filter(
        customer=OuterRef("customer"), kind=OuterRef("kind"), state=PointState.USABLE
    )
    found_at: Any = Coalesce("state_at", "created_at")
    # Asked of the few points that failed, not of the many customers who still come.
    comes = CustomerFacts.objects.filter(customer=OuterRef("customer"), tier__in=WORTH_A_CALL)
    failed = ContactPoint.objects.annotate(found_at=found_at).filter(
        Q(customer__clock=None) | Q(customer__clock__last_touch_at__lt=F("found_at")),
        _FAILED, Exists(comes), ~Exists(works), customer__archived_at=None,
    )  # fmt: skip
    return failed.order_by().values(
        "customer_id", overdue=_just_due(), due_on=TruncDate("found_at", tzinfo=asked.zone),
        subject=Cast("pk", CharField()),
    )  # fmt: skip


def tell_failing(subjects: Collection[str]) -> Mapping[str, Told]:
    found = ContactPoint.objects.in_bulk([int(one) for one in subjects])
    return {str(pk): _told_failing(point) for pk, point in found.items()}


def _told_failing(point: ContactPoint) -> Told:
    kind = PointKind(point.kind)
    sentence = {
        PointKind.EMAIL: _("The e-mail address that we have no longer works."),
        PointKind.PHONE: _("The telephone number that we have no longer works."),
        PointKind.ADDRESS: _("The address that we have is out of date."),
    }.get(kind, _("One of the ways to reach them no longer works."))
    lines = (
        Line(_("Ask how they are, and how they like to be reached from now on.")),
        Line(_("Write the new one down on their page while you speak.")),
        nothing_to_sell(),
    )
    return Told(sentence, lines)

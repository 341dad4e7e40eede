"""Why to get in touch: their delivery came, they are core, and nobody has asked how it went."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import CharField, DateField, F, FloatField, QuerySet, Value
from django.db.models.functions import Cast, TruncDate
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.care.choices import AskingWay, DelayWhy
from regulars.care.models import CheckIn, Expectation
from regulars.care.queries.expectations import ASKED_EVERY, expected_words
from regulars.core.reasons import Line, ReasonDay, ReasonSource, Told, register_source

# After an answer that is owed, before a first purchase (1.4) has its word.
URGENCY = 1.4


def calls_due(asked: ReasonDay) -> "QuerySet[CheckIn, Any]":
    """Whom somebody is to call after a delivery, since the day on which it is due."""
    rows = CheckIn.objects.to_ask().filter(way=AskingWay.CALL, due_on__lte=asked.day)
    return rows.order_by().values(
        "customer_id", "due_on", overdue=Value(1.0, output_field=FloatField()),
        subject=Cast(F("pk"), CharField()),
    )  # fmt: skip


def describe(subjects: Collection[str]) -> Mapping[str, Told]:
    """What came, when, and the questions in their order: an apology first where it was late."""
    found = CheckIn.objects.filter(pk__in=[int(one) for one in subjects])
    return {str(one.pk): _told(one) for one in found}


def _told(one: CheckIn) -> Told:
    day, what = date_format(one.delivered_on, "j F"), one.product or _("What they bought")
    if one.is_partial:
        said = _("“%(what)s” came only in part until %(day)s: say what is with the rest, then ask.")
    elif one.is_late:
        said = _("“%(what)s” came late, on %(day)s: say sorry, then ask how it went.")
    elif one.is_guessed and one.guess not in ("", DelayWhy.AT_ONCE):
        said = _("“%(what)s” should be with them since %(day)s: ask how it went.")
    elif one.is_guessed:
        said = _("They took “%(what)s” along on %(day)s: ask how it went.")
    else:
        said = _("“%(what)s” came on %(day)s: ask how it went.")
    sorry = [Line(_("“It came later than we promised. I am sorry.”"))] if one.is_late else []
    lines = [
        *sorry,
        Line(_("“What went well?”"), _("First, and wait for the answer.")),
        Line(_("“Is anything not right?”"), _("Whatever it is, it becomes a case with a date.")),
    ]
    if one.returned:
        back = _("“You sent %(what)s back. How did that go?”") % {"what": one.returned}
        lines.append(Line(back, _("Whether it was easy, and whether their money is there.")))
    page = reverse("customers:detail", args=[one.customer_id])
    return Told(said % {"what": what, "day": day}, lines, page, _("Write down what they say"))


register_source(
    ReasonSource(
        name="check_in_call", purpose="ask", urgency=URGENCY, rows=calls_due, describe=describe,
        listed=("order",), label=gettext_lazy("How it went, after a delivery"),
    )
)  # fmt: skip


# Once a year, and less pressing than whoever waits for anything.
YEARLY = 0.8


def asked_long_ago(asked: ReasonDay) -> "QuerySet[Expectation, Any]":
    """Who said what matters most to them more than a year ago."""
    rows = Expectation.objects.current().filter(said_at__lt=asked.begins_at - ASKED_EVERY)
    return rows.order_by().values(
        "customer_id", overdue=Value(1.0, output_field=FloatField()),
        due_on=Cast(TruncDate(F("said_at") + ASKED_EVERY, tzinfo=asked.zone), DateField()),
        subject=Cast(F("pk"), CharField()),
    )  # fmt: skip


def describe_expected(subjects: Collection[str]) -> Mapping[str, Told]:
    """What they said then, and the question of two taps."""
    found = Expectation.objects.filter(pk__in=[int(one) for one in subjects])
    return {str(one.pk): _told_expected(one) for one in found}


def _told_expected(one: Expectation) -> Told:
    said = _("A year ago and more they said what matters most to them: %(what)s. Ask again.")
    lines = [
        Line(_("“What matters most to you now, when you buy from us?”")),
        Line(_("“Is it the same for all that you buy, or is one thing different?”"),
             _("Write it down with the product that it is about.")),
    ]  # fmt: skip
    page = reverse("customers:detail", args=[one.customer_id])
    words = said % {"what": expected_words(one)}
    return Told(words, lines, page, _("Write down what they say"))


register_source(
    ReasonSource(
        name="expectation_yearly", purpose="ask", urgency=YEARLY, rows=asked_long_ago,
        describe=describe_expected, listed=("care.expects", "care.expects_words"),
        label=gettext_lazy("What matters to them, asked once a year"),
    )
)  # fmt: skip

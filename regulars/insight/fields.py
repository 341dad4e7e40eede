"""What a text may say of a customer's rhythm."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from regulars.core import clock
from regulars.core.list_fields import (
    Column,
    EventPart,
    FieldKind,
    ListEvent,
    ListField,
    Many,
    register_list_event,
    register_list_field,
)
from regulars.core.money import exponent_of
from regulars.core.template_fields import TemplateField, Value, register_field
from regulars.customers.models import Customer, CustomerQuerySet
from regulars.insight.chances import Expectation
from regulars.insight.choices import Tier
from regulars.insight.models import Behind, CustomerFacts
from regulars.insight.queries import expected_of, latest_refresh, open_days, with_tier
from regulars.team.queries import the_named_business

# Below this many gaps of their own, how often they come is a guess from others.
GAPS_NEEDED = 3
DAYS_A_YEAR = 365.25


def _usual_gaps(customer_ids: Sequence[int], _at: datetime) -> Mapping[int, Value]:
    """Their own gap in words; nothing for those who bought too seldom to have one."""
    rows = _facts(customer_ids).filter(purchase_count__gt=GAPS_NEEDED, usual_gap_days__isnull=False)
    return {pk: gap_in_words(days) for pk, days in rows.values_list("pk", "usual_gap_days") if days}


def gap_in_words(days: float) -> str:
    """34 days are five weeks: as people speak of it, and never “34.2 days”."""
    if days < 10:
        whole = max(1, round(days))
        return ngettext("%(count)s day", "%(count)s days", whole) % {"count": whole}
    if days < 60:
        whole = round(days / 7)
        return ngettext("%(count)s week", "%(count)s weeks", whole) % {"count": whole}
    whole = round(days / 30.4)
    return ngettext("%(count)s month", "%(count)s months", whole) % {"count": whole}


def _times_with_us(customer_ids: Sequence[int], at: datetime) -> Mapping[int, Value]:
    rows = _facts(customer_ids).filter(first_on__isnull=False).values_list("pk", "first_on")
    spans = {pk: (at.date() - first).days / DAYS_A_YEAR for pk, first in rows if first}
    return {pk: years_in_words(years) for pk, years in spans.items() if years >= 1}


def years_in_words(years: float) -> str:
    whole = int(years)
    return ngettext("%(count)s year", "%(count)s years", whole) % {"count": whole}


def _purchase_counts(customer_ids: Sequence[int], _at: datetime) -> Mapping[int, Value]:
    return dict(_facts(customer_ids).values_list("pk", "purchase_count"))


def _tiers(customer_ids: Sequence[int], _at: datetime) -> Mapping[int, Value]:
    shown = with_tier(Customer.objects.filter(pk__in=customer_ids))
    return dict(shown.values_list("pk", "shown_tier"))  # type: ignore[misc]


def _facts(customer_ids: Sequence[int]) -> QuerySet[CustomerFacts]:
    return CustomerFacts.objects.filter(pk__in=customer_ids)


def _without_a_gap() -> CustomerQuerySet:
    has = CustomerFacts.objects.filter(purchase_count__gt=GAPS_NEEDED, usual_gap_days__isnull=False)
    return Customer.objects.on_the_list().exclude(pk__in=has.values("pk"))


def _without_a_year() -> CustomerQuerySet:
    since = clock.now().date() - timedelta(days=ceil(DAYS_A_YEAR))
    has = CustomerFacts.objects.filter(first_on__lte=since)
    return Customer.objects.on_the_list().exclude(pk__in=has.values("pk"))


def _without_facts() -> CustomerQuerySet:
    return Customer.objects.on_the_list().exclude(pk__in=CustomerFacts.objects.values("pk"))


register_field(TemplateField(
    "usual_gap", _("How long they usually stay away"), _("5 weeks"), _("a few weeks"),
    _usual_gaps, _without_a_gap, listed=("insight.usual_gap",),
))  # fmt: skip
register_field(TemplateField(
    "time_with_us", _("How long they have been coming"), _("3 years"), "",
    _times_with_us, _without_a_year, listed=("insight.first_on",),
))  # fmt: skip
register_field(TemplateField(
    "purchase_count", _("How often they have bought"), "27", "", _purchase_counts,
    _without_facts, listed=("insight.purchase_count",),
))  # fmt: skip
register_field(TemplateField(
    "tier", _("Tier (for conditions; customers do not know the word)"), "active", "", _tiers,
    listed=("insight.tier",),
))  # fmt: skip


def _outlooks(customer_ids: Sequence[int], at: datetime) -> Mapping[int, Value]:
    """Whether they are more likely still a customer than gone."""
    today = at.date()
    rows = _facts(customer_ids).filter(doubtful_on__isnull=False)
    return {
        pk: "likely" if today < day else "unlikely"
        for pk, day in rows.values_list("pk", "doubtful_on")
        if day
    }


register_field(TemplateField(
    "still_there", _("Whether they are still a customer, likely or unlikely (for conditions)"),
    "likely", "", _outlooks, listed=("insight.doubtful_on",),
))  # fmt: skip


def _days_late(customer_ids: Sequence[int], at: datetime) -> Mapping[int, Value]:
    """Days past the day on which their rhythm expected them; nothing for whoever is not late."""
    today = the_named_business().day_of(at)
    rows = _facts(customer_ids).filter(due_on__lt=today).values_list("pk", "due_on")
    return {pk: (today - due).days for pk, due in rows if due}


def _expectations(
    customer_ids: Sequence[int], at: datetime
) -> Iterator[tuple[int, Expectation]]:  # fmt: skip
    """What their own page says of the next 60 days, where enough is known to say it."""
    today, days, refresh = the_named_business().day_of(at), open_days(), latest_refresh()
    for facts in _facts(customer_ids).select_related("customer"):
        one = expected_of(facts, facts.customer.kind, today, days, refresh=refresh)
        if one is not None and one.is_told:
            yield facts.pk, one


def _expected(customer_ids: Sequence[int], at: datetime) -> Mapping[int, Value]:
    """Whole purchases."""
    return {pk: round(one.purchases) for pk, one in _expectations(customer_ids, at)}


def _expected_spend(customer_ids: Sequence[int], at: datetime) -> Mapping[int, Value]:
    """Whole pounds, euros and the like."""
    unit = 10 ** exponent_of(the_named_business().currency)
    return {pk: round(one.spend_minor / unit) for pk, one in _expectations(customer_ids, at)}


register_field(TemplateField(
    "days_late", _("How many days they are past the day we expected them (for conditions)"),
    "12", "", _days_late, listed=("insight.due_on", "insight.days_late"),
))  # fmt: skip
register_field(TemplateField(
    "expected_purchases", _("Purchases to expect in the next 60 days (for conditions)"), "4", "",
    _expected, listed=("insight.expected_purchases",),
))  # fmt: skip
register_field(TemplateField(
    "expected_spend", _("Spend to expect in the next 60 days, in whole amounts (for conditions)"),
    "120", "", _expected_spend, listed=("insight.expected_spend",),
))  # fmt: skip


WORTH = _("What we know from their purchases")


def _tier_names() -> list[tuple[str, str]]:
    return [(key, str(label)) for key, label in Tier.choices]


def _listed(
    name: str, label: Any, kind: FieldKind, path: str, absent: Any = None,
    choices: Callable[[], list[tuple[str, str]]] | None = None, over: str = "",
) -> None:  # fmt: skip
    source = Column(f"facts__{path}", over=over, absent=absent, is_indexed=True)
    register_list_field(
        ListField(
            f"insight.{name}", label, WORTH, kind, source, sortable=True, choices=choices,
            editable="tier" if name == "tier" else "",
        )
    )  # fmt: skip


_listed(
    "tier", _("Tier"), FieldKind.CHOICE, "tier", Tier.NEW.value, _tier_names,
    "tier_override__tier",
)  # fmt: skip
_listed(
    "tier_since", _("In this tier since"), FieldKind.DAY, "tier_since",
    over="tier_override__since_on",
)  # fmt: skip
_listed("first_on", _("First purchase"), FieldKind.DAY, "first_on")
_listed("last_on", _("Last purchase"), FieldKind.DAY, "last_on")
_listed(
    "again_days", _("Days from the first purchase to the second"), FieldKind.NUMBER, "again_days"
)
_listed("due_on", _("Expected next"), FieldKind.DAY, "due_on")
register_list_field(ListField(
    "insight.days_late", _("Days late"), WORTH, FieldKind.NUMBER,
    Column("facts__due_on", is_days_past=True, is_indexed=True), sortable=True,
))  # fmt: skip
_listed("slipping_on", _("Slipping from"), FieldKind.DAY, "slipping_on")
_listed("lapsed_on", _("Lapsed from"), FieldKind.DAY, "lapsed_on")
_listed("doubtful_on", _("More likely gone than not, from"), FieldKind.DAY, "doubtful_on")
_listed("purchase_count", _("Purchases in all"), FieldKind.NUMBER, "purchase_count", 0)
_listed("spend", _("Spent in all"), FieldKind.MONEY, "spend_minor", 0)
_listed("year_spend", _("Spent in twelve months"), FieldKind.MONEY, "year_spend_minor", 0)
_listed("stake", _("What a year of them is worth"), FieldKind.MONEY, "stake_minor", 0)
_listed("usual_gap", _("Usual days between purchases"), FieldKind.NUMBER, "usual_gap_days")


def _ahead(name: str, label: Any, kind: FieldKind, path: str) -> None:
    source = Column(f"expected__{path}", is_indexed=True)
    register_list_field(ListField(f"insight.{name}", label, WORTH, kind, source, sortable=True))


_ahead(
    "expected_purchases", _("Purchases to expect in 60 days"), FieldKind.NUMBER, "purchases"
)  # fmt: skip
_ahead("expected_spend", _("Spend to expect in 60 days"), FieldKind.MONEY, "spend_minor")
register_list_event(ListEvent(
    "tier_held", _("Tier over time"), _("time in a tier"), _("times in a tier"),
    "insight.TierChange", "changed_on", ends="until_on",
    parts=(
        EventPart("tier", _("Tier"), FieldKind.CHOICE, Column("to_tier"), _tier_names),
        EventPart("before", _("Tier before"), FieldKind.CHOICE, Column("from_tier"), _tier_names),
        EventPart("began_on", _("Began on"), FieldKind.DAY, Column("changed_on")),
        EventPart("ended_on", _("Ended on"), FieldKind.DAY, Column("until_on")),
    ),
))  # fmt: skip


def _tiers_since(customer_ids: Sequence[int], _at: datetime) -> Mapping[int, Value]:
    """Since when they have been in the tier that people see."""
    since = Coalesce("tier_override__since_on", "facts__tier_since")
    rows = Customer.objects.filter(pk__in=customer_ids).annotate(shown_since=since)
    return dict(rows.exclude(shown_since=None).values_list("pk", "shown_since"))


register_field(TemplateField(
    "tier_since", _("Since when they have been in their tier (for conditions)"), "2026-11-03", "",
    _tiers_since, listed=("insight.tier_since",),
))  # fmt: skip


def _less(name: str, label: Any, kind: FieldKind, path: str) -> None:
    source = Column(f"buying_less__{path}", is_indexed=True)
    register_list_field(ListField(f"insight.{name}", label, WORTH, kind, source, sortable=True))


_less("less_since", _("Buying less since"), FieldKind.DAY, "since_on")
_less("less_worth", _("What buying less takes from a year"), FieldKind.MONEY, "worth_minor")


def _opened() -> list[tuple[str, str]]:
    rows = Behind.objects.exclude(title="").order_by("title")
    return [(str(pk), title) for pk, title in rows.values_list("pk", "title")]


register_list_field(ListField(
    "insight.behind", _("Behind a figure"), WORTH, FieldKind.CHOICE,
    Many("insight.BehindMember", "behind_id", cast=int), choices=_opened,
))  # fmt: skip
register_list_field(ListField(
    "insight.crowd_sales", _("Sales of a name that is no person"), WORTH, FieldKind.NUMBER,
    Column("facts__crowd_sales", absent=0), sortable=True,
))  # fmt: skip

"""What a list of customers can ask of what they expect, and the link that asks them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from regulars.care.choices import Matter
from regulars.care.models import CheckIn
from regulars.care.queries.answers import answer_rules
from regulars.care.queries.expectations import all_expected_of, expected_words
from regulars.care.queries.questions import the_catalogue
from regulars.core.actor import Actor
from regulars.core.asking_links import AskingLink, register_asking_link
from regulars.core.before_contact import Known, before_contact
from regulars.core.list_fields import FieldKind, ListField, Many, register_list_field
from regulars.core.template_fields import TemplateField, Value, register_field

GROUP = _("What they expect")
NEWEST = {"is_current": True, "key": ""}
NEWEST_OF_PRODUCTS = {"is_current": True, "key__gt": ""}


def _matters() -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in Matter.choices]


register_asking_link(AskingLink(
    "expectations_url", "expectations", "e", _("Link: what matters to them now")
))  # fmt: skip
register_asking_link(AskingLink(
    "checkin_url", "check_in", "k", _("Link: how it went, after a delivery"), occasion="checkin",
    tail=r"\?m=[er]?\d{1,2}",
))  # fmt: skip
register_list_field(ListField(
    "care.expects", _("What matters to them now"), GROUP, FieldKind.CHOICES,
    Many("care.Expectation", "what", where=NEWEST), choices=_matters,
))  # fmt: skip
register_list_field(ListField(
    "care.expects_words", _("What matters, in their words"), GROUP, FieldKind.TEXT,
    Many("care.Expectation", "words", where=NEWEST),
))  # fmt: skip
register_list_field(ListField(
    "care.expects_since", _("Said what matters on"), GROUP, FieldKind.DAY,
    Many("care.Expectation", "said_at", where=NEWEST, is_moment=True),
))  # fmt: skip


register_list_field(ListField(
    "care.expected_before", _("What mattered to them before"), GROUP, FieldKind.CHOICES,
    Many("care.Expectation", "what", where={"is_current": False, "key": ""}), choices=_matters,
))  # fmt: skip


register_list_field(ListField(
    "care.expects_product", _("Said what matters of this product"), GROUP, FieldKind.TEXT,
    Many("care.Expectation", "product", where=NEWEST_OF_PRODUCTS),
))  # fmt: skip


def _expects(customer: Any, actor: Actor) -> str:
    return "; ".join(expected_words(said) for said in all_expected_of(customer, actor))


before_contact.register("care.expects", Known(_("What matters most to them now:"), _expects))


def _newest(customer_ids: Sequence[int]) -> "QuerySet[CheckIn]":
    """The open check-ins of these, the newest last."""
    return CheckIn.objects.open().filter(customer__in=customer_ids).order_by("due_on", "pk")


def products_asked_about(customer_ids: Sequence[int], _at: datetime) -> Mapping[int, Value]:
    """What each of these bought that we ask about."""
    rows = _newest(customer_ids).values_list("customer_id", "product")
    return {pk: words for pk, words in rows if words}


def late_ones(customer_ids: Sequence[int], _at: datetime) -> Mapping[int, Value]:
    """To whom it came later than we promised."""
    rows = _newest(customer_ids).values_list("customer_id", "is_late")
    return {pk: "late" for pk, is_late in dict(rows).items() if is_late}


register_field(TemplateField(
    "checkin_product", _("What they bought that we ask about"), _("the Christmas cake"),
    _("what you bought"), products_asked_about, listed=("order",),
))  # fmt: skip
register_field(TemplateField(
    "checkin_late", _("Whether it came later than promised"), _("late"), "", late_ones,
    listed=("order",),
))  # fmt: skip


def marks_asked(customer_ids: Sequence[int], _at: datetime) -> Mapping[int, Value]:
    """Which marks each of these is asked for."""
    usual, catalogue = answer_rules().marks, the_catalogue()
    found: dict[int, Value] = {}
    for pk, sku, product in _newest(customer_ids).values_list("customer_id", "sku", "product"):
        found[pk] = str((catalogue.marks_of(sku, product) or usual).value)
    return found


register_field(TemplateField(
    "checkin_marks", _("Which mark we ask for: 5, 10, recommend or effort"), "5", "", marks_asked,
    listed=("order",),
))  # fmt: skip
register_list_field(ListField(
    "care.checked_in_on", _("Last asked how it went"), _("How it went"), FieldKind.DAY,
    Many("care.CheckIn", "asked_at", is_moment=True),
))  # fmt: skip

ANSWERS = _("How it went")
LAST = {"is_newest": True}
register_list_field(ListField(
    "care.last_mark", _("Last mark that they gave"), ANSWERS, FieldKind.NUMBER,
    Many("care.Answer", "mark", where=LAST | {"mark__isnull": False}, cast=int),
))  # fmt: skip
register_list_field(ListField(
    "care.answered_on", _("Told us how it went on"), ANSWERS, FieldKind.DAY,
    Many("care.Answer", "said_at", where=LAST, is_moment=True),
))  # fmt: skip

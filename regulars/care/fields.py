"""What a list of customers can ask of what they expect."""

from django.utils.translation import gettext_lazy as _

from regulars.care.choices import Matter
from regulars.core.list_fields import FieldKind, ListField, Many, register_list_field

GROUP = _("What they expect")
NEWEST = {"is_current": True}


def _matters() -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in Matter.choices]


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

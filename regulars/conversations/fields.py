"""What a text may know of how well we know a customer."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.consent.choices import Channel, Purpose
from regulars.conversations.choices import Direction, Outcome
from regulars.conversations.models import Touch
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
from regulars.core.template_fields import TemplateField, Value, register_field
from regulars.customers.models import Customer, CustomerQuerySet


def _acquainted(customer_ids: Sequence[int], _at: datetime) -> Mapping[int, Value]:
    """Whoever spoke with us, or came to us of their own accord, is greeted by first name."""
    touches = Touch.objects.standing().filter(customer_id__in=customer_ids)
    spoken = touches.filter(outcome=Outcome.REACHED) | touches.filter(direction=Direction.IN)
    return dict.fromkeys(spoken.order_by().values_list("customer_id", flat=True).distinct(), "yes")


def _strangers() -> CustomerQuerySet:
    touches = Touch.objects.standing()
    spoken = touches.filter(outcome=Outcome.REACHED) | touches.filter(direction=Direction.IN)
    return Customer.objects.on_the_list().exclude(pk__in=spoken.values("customer_id"))


register_field(TemplateField(
    "acquainted", _("Whether we have spoken with them (for conditions)"), "yes", "",
    _acquainted, _strangers, listed=("touch",),
))  # fmt: skip


HEARD = _("Touches")


def _choices_of(names: Any) -> Callable[[], list[tuple[str, str]]]:
    return lambda: [(key, str(label)) for key, label in names.choices]


register_list_event(ListEvent(
    "touch", _("Touches"), _("touch"), _("touches"), "conversations.Touch", "happened_at",
    parts=(
        EventPart(
            "channel", _("Channel"), FieldKind.CHOICE, Column("channel"), _choices_of(Channel)
        ),
        EventPart(
            "direction", _("Direction"), FieldKind.CHOICE, Column("direction"),
            _choices_of(Direction),
        ),
        EventPart(
            "purpose", _("Purpose"), FieldKind.CHOICE, Column("purpose"), _choices_of(Purpose)
        ),
        EventPart(
            "outcome", _("Outcome"), FieldKind.CHOICE, Column("outcome"), _choices_of(Outcome)
        ),
        EventPart("words", _("What was written down"), FieldKind.TEXT, Column("body")),
        EventPart("said", _("What they said"), FieldKind.TEXT, Column("said")),
        EventPart("minutes", _("Minutes"), FieldKind.NUMBER, Column("minutes")),
    ),
    where={"taken_back_at": None}, is_moment=True,
))  # fmt: skip
register_list_field(ListField(
    "conversation.last_touch", _("Last touch"), HEARD, FieldKind.DAY,
    Column("clock__last_touch_at", is_moment=True), sortable=True,
))  # fmt: skip
register_list_field(ListField(
    "conversation.last_personal", _("Last visit, call or note"), HEARD, FieldKind.DAY,
    Column("clock__last_personal_at", is_moment=True), sortable=True,
))  # fmt: skip
register_list_field(ListField(
    "conversation.last_channel", _("Channel of the last touch"), HEARD, FieldKind.CHOICE,
    Column("clock__last_channel"), choices=_choices_of(Channel),
))  # fmt: skip
register_list_field(ListField(
    "conversation.notes", _("What was written down of touches"), HEARD, FieldKind.TEXT,
    Many("conversations.Touch", "body", where={"taken_back_at": None},
         order=("-happened_at", "-pk")),
))  # fmt: skip

"""What a list may ask about messages: which were sent, what became of them, and holds."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.consent.choices import Channel, Purpose
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
from regulars.messaging.choices import HoldKind, State

MAIL = _("Messages")


def _choices_of(names: Any) -> Callable[[], list[tuple[str, str]]]:
    return lambda: [(key, str(label)) for key, label in names.choices]


register_list_event(ListEvent(
    "message", _("Messages"), _("message"), _("messages"), "messaging.Message", "state_at",
    parts=(
        EventPart("state", _("State"), FieldKind.CHOICE, Column("state"), _choices_of(State)),
        EventPart(
            "channel", _("Channel"), FieldKind.CHOICE, Column("channel"), _choices_of(Channel)
        ),
        EventPart(
            "purpose", _("Purpose"), FieldKind.CHOICE, Column("purpose"), _choices_of(Purpose)
        ),
        EventPart(
            "mailing", _("Name of the mailing"), FieldKind.TEXT, Column("mailing__name")
        ),
    ),
    is_moment=True,
))  # fmt: skip
register_list_field(ListField(
    "messaging.hold", _("Held because of"), MAIL, FieldKind.CHOICES,
    Many("messaging.Hold", "kind", where={"lifted_at": None}), choices=_choices_of(HoldKind),
))  # fmt: skip

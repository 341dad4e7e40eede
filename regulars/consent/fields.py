"""What a list may ask about permission: where a customer stands, and what they wish."""

from django.utils.translation import gettext_lazy as _

from regulars.consent.choices import Channel, Decision
from regulars.core.list_fields import Column, FieldKind, ListField, Many, register_list_field

PERMISSION = _("Permission")


def _decisions() -> list[tuple[str, str]]:
    return [(key, str(label)) for key, label in Decision.choices]


def _channels() -> list[tuple[str, str]]:
    return [(key, str(label)) for key, label in Channel.choices]


for _channel, _label in (
    (Channel.EMAIL, _("Permission for e-mail")),
    (Channel.TEXT, _("Permission for texts")),
    (Channel.CHAT, _("Permission for chat")),
    (Channel.CALL, _("Permission for calls")),
    (Channel.LETTER, _("Permission for letters")),
):
    register_list_field(ListField(
        f"consent.{_channel.value}", _label, PERMISSION, FieldKind.CHOICE,
        Many("consent.ConsentState", "decision", where={"channel": _channel.value, "purpose": ""}),
        choices=_decisions,
    ))  # fmt: skip
register_list_field(ListField(
    "consent.channel", _("Channel they want"), PERMISSION, FieldKind.CHOICE,
    Column("wish__channel"), choices=_channels,
))  # fmt: skip
register_list_field(ListField(
    "consent.paused_until", _("Wants to hear nothing until"), PERMISSION, FieldKind.DAY,
    Column("wish__paused_until", is_moment=True), sortable=True,
))  # fmt: skip

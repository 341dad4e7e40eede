"""What a list of customers can ask of departures."""

from django.utils.translation import gettext_lazy as _

from regulars.core.asking_links import AskingLink, register_asking_link
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
from regulars.departures.choices import DepartureState, Reason, SaidBy

GROUP = _("Who left")
STANDING = {"state": "standing"}


def _reasons() -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in Reason.choices]


def _states() -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in DepartureState.choices]


def _said_by() -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in SaidBy.choices]


register_asking_link(AskingLink(
    "why_url", "why", "w", _("Link: why they stay away"), takes_no_offer=True
))  # fmt: skip
register_list_field(ListField(
    "departures.reason", _("Why they left"), GROUP, FieldKind.CHOICES,
    Many("departures.Departure", "reason", where=STANDING), choices=_reasons,
))  # fmt: skip
register_list_field(ListField(
    "departures.said_by", _("Who said why they left"), GROUP, FieldKind.CHOICES,
    Many("departures.Departure", "said_by", where=STANDING), choices=_said_by,
))  # fmt: skip
register_list_field(ListField(
    "departures.words", _("Why they left, in words"), GROUP, FieldKind.TEXT,
    Many("departures.Departure", "words", where=STANDING),
))  # fmt: skip
register_list_field(ListField(
    "departures.left_on", _("Left on"), GROUP, FieldKind.DAY,
    Many("departures.Departure", "left_on", where=STANDING),
))  # fmt: skip
register_list_event(ListEvent(
    "departures", _("Departures"), _("departure"), _("departures"),
    "departures.Departure", "left_on",
    parts=(
        EventPart("reason", _("Why they left"), FieldKind.CHOICE, Column("reason"), _reasons),
        EventPart("state", _("Whether they came back"), FieldKind.CHOICE, Column("state"), _states),
    ),
))  # fmt: skip

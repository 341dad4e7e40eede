"""What a list of customers can ask of help requests, and the link that asks how we can help."""

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
from regulars.helping.choices import HelpState

GROUP = _("How we can help")
OPEN = {"state": "open"}


def _states() -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in HelpState.choices]


register_asking_link(AskingLink(
    "help_url", "help", "h", _("Link: how we can help"), takes_no_offer=True
))  # fmt: skip
register_list_field(ListField(
    "helping.topic", _("Waits for our help with"), GROUP, FieldKind.TEXT,
    Many("helping.HelpRequest", "topic", where=OPEN, order=("due_at", "pk")),
))  # fmt: skip
register_list_field(ListField(
    "helping.words", _("What they asked, in their words"), GROUP, FieldKind.TEXT,
    Many("helping.HelpRequest", "words", where=OPEN, order=("due_at", "pk")),
))  # fmt: skip
register_list_field(ListField(
    "helping.asked_on", _("Last told us how we can help"), GROUP, FieldKind.DAY,
    Many("helping.HelpRequest", "said_at", is_moment=True),
))  # fmt: skip
register_list_event(ListEvent(
    "helping", _("Help requests"), _("help request"), _("help requests"),
    "helping.HelpRequest", "said_at",
    parts=(
        EventPart("state", _("What came of it"), FieldKind.CHOICE, Column("state"), _states),
        EventPart("topic", _("What they needed"), FieldKind.TEXT, Column("topic")),
    ),
    is_moment=True,
))  # fmt: skip

"""What a list of customers can ask of promises."""

from django.utils.translation import gettext_lazy as _

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
from regulars.promises.choices import PromiseState

PROMISED = _("Promises")
OPEN = {"state": "open"}


def _states() -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in PromiseState.choices]


register_list_field(ListField(
    "promise.due", _("Open promise due on"), PROMISED, FieldKind.DAY,
    Many("promises.Promise", "due_at", where=OPEN, order=("due_at", "pk"), is_moment=True),
))  # fmt: skip
register_list_field(ListField(
    "promise.what", _("Open promise"), PROMISED, FieldKind.TEXT,
    Many("promises.Promise", "what", where=OPEN, order=("due_at", "pk")),
))  # fmt: skip
register_list_event(ListEvent(
    "promise", _("Promises"), _("promise"), _("promises"), "promises.Promise", "due_at",
    parts=(
        EventPart(
            "state", _("What came of it"), FieldKind.CHOICE, Column("state"), _states
        ),
        EventPart("what", _("What was promised"), FieldKind.TEXT, Column("what")),
    ),
    is_moment=True,
))  # fmt: skip

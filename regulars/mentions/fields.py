"""What a list of customers can ask of what they said in public."""

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

GROUP = _("In public")
ORDER = ("-said_at", "-pk")

register_list_field(ListField(
    "mentions.last_on", _("Last said something in public on"), GROUP, FieldKind.DAY,
    Many("mentions.Mention", "said_at", order=ORDER, is_moment=True),
))  # fmt: skip
register_list_field(ListField(
    "mentions.mark", _("Mark they gave in public"), GROUP, FieldKind.NUMBER,
    Many("mentions.Mention", "mark", where={"mark__isnull": False}, order=ORDER, cast=int),
))  # fmt: skip
register_list_field(ListField(
    "mentions.words", _("What they said in public"), GROUP, FieldKind.TEXT,
    Many("mentions.Mention", "words", order=ORDER),
))  # fmt: skip
register_list_event(ListEvent(
    "mentions", _("Mentions"), _("mention"), _("mentions"), "mentions.Mention", "said_at",
    parts=(
        EventPart("site", _("Where it stands"), FieldKind.TEXT, Column("site")),
        EventPart("mark", _("Mark"), FieldKind.NUMBER, Column("mark", cast=int)),
    ),
    is_moment=True,
))  # fmt: skip

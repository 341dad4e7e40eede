"""Who is back after a disruption, as something that lists can ask for; and days unlike others."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.core.list_fields import (
    Column,
    EventPart,
    FieldKind,
    ListEvent,
    register_list_event,
)
from regulars.insight.baseline import disturbances
from regulars.insight.choices import Tier
from regulars.recovery.choices import ReturnState
from regulars.recovery.queries.way_back import stretches


def _choices_of(names: Any) -> Callable[[], list[tuple[str, str]]]:
    return lambda: [(key, str(label)) for key, label in names.choices]


register_list_event(ListEvent(
    "disrupted", _("Was a customer when it happened"), _("disruption"), _("disruptions"),
    "recovery.Return", "since_on",
    parts=(
        EventPart(
            "state", _("Back or not"), FieldKind.CHOICE, Column("state"), _choices_of(ReturnState)
        ),
        EventPart("tier", _("Tier then"), FieldKind.CHOICE, Column("tier"), _choices_of(Tier)),
        EventPart("back_on", _("Bought again on"), FieldKind.DAY, Column("back_on")),
    ),
))  # fmt: skip
disturbances.register("recovery", stretches)

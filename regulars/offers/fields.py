"""What texts may say of offers, and what a list may ask of them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from django.utils.translation import gettext
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
from regulars.core.template_fields import TemplateField, Value, field_sources
from regulars.offers.codes import spelled
from regulars.offers.models import Offer
from regulars.offers.queries.codes import codes_said

GROUP = _("Offers")
STANDING = {"taken_back_at": None}
EXAMPLE = "K7QM-P2XR-9TC"


register_list_field(ListField(
    "offers.used_on", _("Last used an offer"), GROUP, FieldKind.DAY,
    Many("offers.Redemption", "used_at", where=STANDING, order=("-used_at", "pk"), is_moment=True),
))  # fmt: skip
register_list_event(ListEvent(
    "offer_used", _("Offers used"), _("use of an offer"), _("uses of offers"),
    "offers.Redemption", "used_at", where=STANDING,
    parts=(
        EventPart("offer", _("Offer"), FieldKind.TEXT, Column("offer__name")),
        EventPart("wave", _("Wave"), FieldKind.TEXT, Column("wave__name")),
    ),
    is_moment=True,
))  # fmt: skip


def field_of(offer_id: int) -> str:
    """What texts call the code for one offer."""
    return f"offer_{offer_id}_code"


def _codes() -> Iterator[TemplateField]:
    """Each offer's code is a field of texts; before their wave nobody has one."""
    for pk, name, ended in Offer.objects.exclude(planned_at=None).values_list(
        "pk", "name", "ended_at"
    ):
        label = gettext("Code for “%(offer)s”") % {"offer": name}
        yield TemplateField(
            field_of(pk), label, EXAMPLE, "", partial(_said, pk), is_archived=ended is not None
        )


def _said(offer_id: int, customer_ids: Sequence[int], at: datetime) -> Mapping[int, Value]:
    found = codes_said(offer_id, customer_ids, at)
    return {customer_id: spelled(code) for customer_id, code in found.items()}


field_sources.register("offers", _codes)

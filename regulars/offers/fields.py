"""What texts may say of offers, and what a list may ask of them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from django.utils.translation import gettext
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
from regulars.core.template_fields import (
    TemplateField,
    Value,
    field_sources,
    register_field,
)
from regulars.offers.codes import field_of, spelled
from regulars.offers.models import Offer
from regulars.offers.queries.codes import codes_said, newest_open

GROUP = _("Offers")
STANDING = {"taken_back_at": None}
EXAMPLE = "K7QM-P2XR-9TC"


def newest_named(customer_ids: Sequence[int], at: datetime) -> Mapping[int, Value]:
    """The name of the newest offer that is open to each of them."""
    return {pk: offer.name for pk, offer in newest_open(customer_ids, at).items()}


def newest_said(customer_ids: Sequence[int], at: datetime) -> Mapping[int, Value]:
    """Each one’s code for the newest offer that is open to them; asked offer by offer."""
    by_offer: dict[int, list[int]] = defaultdict(list)
    for pk, offer in newest_open(customer_ids, at).items():
        by_offer[offer.pk].append(pk)
    found: dict[int, Value] = {}
    for offer_id, ids in by_offer.items():
        found |= {pk: spelled(code) for pk, code in codes_said(offer_id, ids, at).items()}
    return found


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


# Said of whichever is open to them and was written last; a mailing to a wave says its own.
register_field(TemplateField(
    "offer_code", _("Code for the newest offer that is open to them"), EXAMPLE, "", newest_said,
    sells=True,
))  # fmt: skip
register_field(TemplateField(
    "offer_name", _("The newest offer that is open to them"), _("A fifth off the rye"), "",
    newest_named, sells=True,
))  # fmt: skip
register_asking_link(AskingLink(
    "offer_link", "offers", "o", _("Link: their offers, each with its code"), sells=True
))  # fmt: skip


def _codes() -> Iterator[TemplateField]:
    """Each offer's code is a field of texts; before their wave nobody has one."""
    for pk, name, ended in Offer.objects.exclude(planned_at=None).values_list(
        "pk", "name", "ended_at"
    ):
        label = gettext("Code for “%(offer)s”") % {"offer": name}
        yield TemplateField(
            field_of(pk),
            label,
            EXAMPLE,
            "",
            partial(_said, pk),
            is_archived=ended is not None,
            sells=True,
        )


def _said(offer_id: int, customer_ids: Sequence[int], at: datetime) -> Mapping[int, Value]:
    found = codes_said(offer_id, customer_ids, at)
    return {customer_id: spelled(code) for customer_id, code in found.items()}


field_sources.register("offers", _codes)

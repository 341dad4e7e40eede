"""Their wave has opened before everybody's, and nobody has told them: a call says it best."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import CharField, Exists, FloatField, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.core.reasons import Line, ReasonDay, ReasonSource, Told, register_source
from regulars.messaging.choices import OPEN, REACHED
from regulars.messaging.models import Mailing, Message
from regulars.offers.choices import WAVE_AUDIENCE
from regulars.offers.models import Chosen, Redemption, Wave
from regulars.offers.queries.till import said
from regulars.offers.words import gives

# As a cadence that has run out: it gives something, and it sells.
URGENCY = 1.0
# To be told of it first is worth a call for so long; later it is no news.
FRESH = timedelta(days=3)


def early_access(asked: ReasonDay) -> QuerySet[Chosen, Any]:
    """Whose wave has opened while a later one has not, and who neither used it nor hears of it."""
    later = Wave.objects.filter(offer=OuterRef("offer"), opens_at__gte=asked.ends_at)
    waves = Wave.objects.filter(
        Exists(later), is_public=False, by_call=True, offer__planned_at__lt=asked.ends_at,
        offer__ended_at=None, opens_at__lt=asked.ends_at, opens_at__gte=asked.begins_at - FRESH,
        closes_at__gt=asked.begins_at,
    )  # fmt: skip
    used = Redemption.objects.standing().filter(
        customer=OuterRef("customer"), offer=OuterRef("offer")
    )
    found = list(waves.values_list("pk", flat=True))
    mailings = Mailing.objects.filter(audience=WAVE_AUDIENCE, definition__wave__in=found)
    told = Message.objects.filter(
        customer=OuterRef("customer"), mailing__in=list(mailings.values_list("pk", flat=True)),
        state__in=[*REACHED, *OPEN],
    )  # fmt: skip
    # Asked of the table, for a list of none would be no query.
    # A letter in the post tells them as well.
    rows = Chosen.objects.filter(
        ~Exists(used), ~Exists(told), wave__in=waves.values("pk"), posted_at=None
    )
    return rows.order_by().values(
        "customer_id",
        overdue=Value(1.0, output_field=FloatField()),
        due_on=TruncDate("wave__opens_at", tzinfo=asked.zone),
        subject=Cast("wave_id", CharField()),
    )


def describe(subjects: Collection[str]) -> Mapping[str, Told]:
    """Which offer it is, and until when they are before the others."""
    waves = Wave.objects.select_related("offer").in_bulk([int(one) for one in subjects])
    later: dict[int, list[Wave]] = {}
    for one in Wave.objects.filter(offer__in={wave.offer_id for wave in waves.values()}).in_order():
        later.setdefault(one.offer_id, []).append(one)
    return {
        str(pk): _told(
            wave, next((o for o in later[wave.offer_id] if o.opens_at > wave.opens_at), None)
        )
        for pk, wave in waves.items()
    }


def _told(wave: Wave, later: Wave | None) -> Told:
    offer = wave.offer
    places = {
        "offer": offer.name, "gives": wave.extra or gives(offer),
        "when": said(later.opens_at) if later else "",
    }  # fmt: skip
    sentence = _("“%(offer)s” (%(gives)s) is open to them, and nobody has told them.")
    if later is not None:
        sentence = _(
            "“%(offer)s” (%(gives)s) is open to them before others, who come %(when)s: nobody has"
            " told them."
        )
    lines = (
        Line(_("Ask first how the last one was.")),
        Line(
            _("“You are among the first: shall I put one by for you?”"),
            _("Their code stands on their page."),
        ),
        Line(_("If they do not want it, leave it there.")),
    )
    page = reverse("offers:show", args=[offer.pk])
    return Told(sentence % places, lines, page, _("See the offer"))


register_source(
    ReasonSource(
        name="early_access", purpose="sell", urgency=URGENCY, rows=early_access,
        describe=describe, listed=("offers.used_on",),
        label=gettext_lazy("Early access to an offer opens"),
    )
)  # fmt: skip

"""An old customer paid more than others pay now: told by one of us, before they notice."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import CharField, Exists, FloatField, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.consent.choices import Purpose
from regulars.conversations.choices import Direction
from regulars.conversations.models import Touch
from regulars.core.reasons import Line, ReasonDay, ReasonSource, Told, register_source
from regulars.core.templatetags.look import money
from regulars.prices.choices import PriceKind
from regulars.prices.models import Concern, Price

# More than a cadence that has run out, less than an answer that is waiting. Our own prior.
URGENCY = 1.3


def undercut(asked: ReasonDay) -> QuerySet[Concern, Any]:
    """Whom a published price undercuts, for whom nothing was done, whom nobody has told since."""
    prices = Price.objects.published().not_over(asked.day).filter(published_at__lt=asked.ends_at)
    told = Touch.objects.standing().filter(
        customer=OuterRef("customer"), direction=Direction.OUT, purpose=Purpose.RECOVER,
        happened_at__gte=OuterRef("price__published_at"),
    )  # fmt: skip
    rows = Concern.objects.unsettled().filter(
        ~Exists(told), price__in=prices.values("pk"), customer__archived_at=None
    )
    return rows.order_by().values(
        "customer_id",
        overdue=Value(1.0, output_field=FloatField()),
        due_on=TruncDate("price__published_at", tzinfo=asked.zone),
        subject=Cast("pk", CharField()),
    )


def describe(subjects: Collection[str]) -> Mapping[str, Told]:
    """What they paid, what others pay now, and what is left between the two."""
    concerns = Concern.objects.select_related("price").in_bulk([int(one) for one in subjects])
    return {str(pk): _told(concern) for pk, concern in concerns.items()}


def _told(concern: Concern) -> Told:
    price = concern.price
    places = {
        "what": str(price), "theirs": money(concern.quoted or concern.most),
        "now": money(price.amount),
    }  # fmt: skip
    sentences = {
        PriceKind.LIST: _("Pays %(theirs)s for “%(what)s”, which costs everybody %(now)s."),
        PriceKind.COUPON: _("Pays %(theirs)s for “%(what)s”; with a coupon it costs %(now)s."),
        PriceKind.QUOTE: _("Pays %(theirs)s for “%(what)s”; somebody else was told %(now)s."),
    }
    lines = (
        Line(_("Tell them yourself, before they come upon it.")),
        Line(
            _("Say what you do about it: %(due)s lie between the two.")
            % {"due": money(concern.due)},
            _("Credit, a code or a new quote is given on the page of the price."),
        ),
        Line(_("Nothing to sell today.")),
    )
    page = reverse("prices:show", args=[price.pk])
    return Told(sentences[PriceKind(price.kind)] % places, lines, page, _("Make it right"))


register_source(
    ReasonSource(
        name="price_truth", purpose=Purpose.RECOVER.value, urgency=URGENCY, rows=undercut,
        describe=describe, listed=("order",),
        label=gettext_lazy("Paid more than others pay now"),
    )
)  # fmt: skip

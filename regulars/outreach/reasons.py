"""Whom a campaign calls, who would help us, and who sent somebody to us: reasons for a call."""

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from django.db.models import CharField, Exists, F, FloatField, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, TruncDate
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.consent.choices import Purpose
from regulars.conversations.models import Clock
from regulars.core.reasons import Line, ReasonDay, ReasonSource, Told, register_source
from regulars.customers.choices import RelationKind
from regulars.customers.models import Relation
from regulars.insight.models import CustomerFacts
from regulars.messaging.choices import Holds
from regulars.messaging.models import Hold
from regulars.outreach.choices import CampaignState
from regulars.outreach.models import Campaign, CampaignCall, HelpOffered
from regulars.team.queries import the_named_business

# Beside a cadence that is due: somebody decided it, and it has an end.
URGENCY = 1.1
MOST_LINES = 6
# Kept waiting, a hand held out is taken back: nearly as pressing as an answer that waits (1.5).
THANKS_URGENCY = 1.4
# As a day that comes round: worth a call, and late on the next day as little as on this.
REFERRAL_URGENCY = 0.9
# To be thanked later than that is no thanks. Our own prior.
SENT_WITHIN = timedelta(days=14)


def calls_due(asked: ReasonDay, *, sells: bool) -> QuerySet[CampaignCall, Any]:
    """Those with whom nobody has spoken since it began, and for whom nothing is held."""
    stops = [Holds.ALL, Holds.OFFERED, *([Holds.SELLING] if sells else [])]
    holds = Hold.objects.standing_at(asked.begins_at).filter(stops__in=stops)
    if holds.of_everybody().exists():
        return CampaignCall.objects.none()
    spoken = Clock.objects.filter(
        customer=OuterRef("customer"), last_personal_at__gte=OuterRef("campaign__starts_at")
    )
    of_kind = Q(campaign__purpose=Purpose.SELL) if sells else ~Q(campaign__purpose=Purpose.SELL)
    rows = CampaignCall.objects.filter(
        of_kind, ~Exists(spoken), ~Exists(holds.filter(customer=OuterRef("customer"))),
        campaign__state=CampaignState.RUNNING, campaign__calls_from__lte=asked.day,
        campaign__calls_until__gte=asked.day,
    )  # fmt: skip
    return rows.order_by().values(
        "customer_id",
        overdue=Value(1.0, output_field=FloatField()),
        due_on=F("campaign__calls_from"),
        subject=Cast("campaign_id", CharField()),
    )


def describe(subjects: Collection[str]) -> Mapping[str, Told]:
    """Which campaign it is, until when, and what to say."""
    found = Campaign.objects.filter(pk__in=[int(one) for one in subjects])
    return {str(one.pk): _told(one) for one in found.select_related("wave__offer")}


def _told(one: Campaign) -> Told:
    if one.state != CampaignState.RUNNING or one.calls_until is None:
        return Told(_("A campaign asked for this call; it does not go on any more."))
    places = {"name": one.name, "day": date_format(one.calls_until, "j F")}
    why = _("“%(name)s”: one of those who hear of it by a call, until %(day)s.") % places
    lines = [Line(line) for line in one.to_say.splitlines() if line.strip()][:MOST_LINES]
    if one.wave is not None:
        lines.append(Line(
            _("It is this offer: %(offer)s.") % {"offer": one.wave.offer.name},
            _("Their code stands on their page, under Offers."),
        ))  # fmt: skip
    return Told(why, tuple(lines))


def to_be_thanked(asked: ReasonDay) -> QuerySet[HelpOffered, Any]:
    """Whoever offered to help, and was not thanked, nor spoken with since."""
    spoken = Clock.objects.filter(
        customer=OuterRef("customer"), last_personal_at__gte=OuterRef("offered_at")
    )
    rows = HelpOffered.objects.filter(
        ~Exists(spoken), thanked_at=None, offered_at__lt=asked.ends_at
    )
    return rows.order_by().values(
        "customer_id",
        overdue=Value(1.0, output_field=FloatField()),
        due_on=TruncDate("offered_at", tzinfo=asked.zone),
        subject=Cast("pk", CharField()),
    )


def describe_help(subjects: Collection[str]) -> Mapping[str, Told]:
    """What they would do, and in whose words."""
    rows = HelpOffered.objects.filter(pk__in=[int(one) for one in subjects])
    return {str(one.pk): _help_told(one) for one in rows.prefetch_related("ways")}


def _help_told(one: HelpOffered) -> Told:
    sentence = _("They would like to help you: thank them, and say how it goes on.")
    lines = [Line(way.words, way.how) for way in one.ways.all()]
    if one.words:
        lines.append(Line(_("“%(words)s”") % {"words": one.words}))
    lines.append(Line(_("Thank them first. Nothing is sold here, and nobody is pressed.")))
    return Told(sentence, tuple(lines), reverse("outreach:ways"), _("Who would help"))


register_source(
    ReasonSource(
        name="would_help", purpose=Purpose.THANK, urgency=THANKS_URGENCY, rows=to_be_thanked,
        describe=describe_help, label=gettext_lazy("Would like to help: thank them"),
    )
)  # fmt: skip


def sent_to_us(asked: ReasonDay) -> QuerySet[Relation, Any]:
    """Whoever sent somebody to us who has bought since, and was not spoken with after that."""
    since = max(asked.day - SENT_WITHIN, the_named_business().live_since)
    bought = CustomerFacts.objects.filter(
        customer=OuterRef("of"), first_on__gte=since, first_on__lt=asked.day
    )
    spoken = Clock.objects.filter(
        customer=OuterRef("to"), last_personal_at__date__gte=OuterRef("of__facts__first_on")
    )
    rows = Relation.objects.filter(
        Exists(bought), ~Exists(spoken), kind=RelationKind.REFERRED_BY, until_on=None
    )
    return rows.order_by().values(
        overdue=Value(1.0, output_field=FloatField()),
        customer_id=F("to_id"),
        due_on=F("of__facts__first_on"),
        subject=Cast("pk", CharField()),
    )


def describe_sent(subjects: Collection[str]) -> Mapping[str, Told]:
    """Whom they sent. What somebody bought is theirs, and is not told on.

    A helper sees those alone whom they look after, and this is read by whoever sees the one who
    sent: the other has a name here only where the same person looks after both.
    """
    rows = Relation.objects.filter(pk__in=[int(one) for one in subjects])
    return {str(one.pk): _sent_told(one) for one in rows.select_related("of", "to")}


def _sent_told(one: Relation) -> Told:
    sentence = _("Sent somebody to you who has bought for the first time: thank them.")
    if one.of.manager_id == one.to.manager_id:
        sentence = _("Sent %(name)s to you, who has bought for the first time: thank them.") % {
            "name": one.of.name
        }
    return Told(
        sentence,
        (
            Line(
                _("“Thank you for speaking well of us.”"),
                _("Say neither who bought nor what, unless they speak of it first."),
            ),
            Line(_("Ask how they are themselves. Nothing is sold here.")),
        ),
    )


register_source(
    ReasonSource(
        name="sent_to_us", purpose=Purpose.THANK, urgency=REFERRAL_URGENCY, rows=sent_to_us,
        describe=describe_sent, label=gettext_lazy("Sent somebody who has bought: thank them"),
    )
)  # fmt: skip


def _register(name: str, purpose: Purpose, label: Any, rows: Callable[..., Any]) -> None:
    register_source(
        ReasonSource(
            name=name, purpose=purpose, urgency=URGENCY, rows=rows, describe=describe, label=label
        )
    )


_register(
    "campaign", Purpose.ASK, gettext_lazy("A call of a campaign"), partial(calls_due, sells=False)
)
_register(
    "campaign_sale", Purpose.SELL, gettext_lazy("A call of a campaign that sells"),
    partial(calls_due, sells=True),
)  # fmt: skip

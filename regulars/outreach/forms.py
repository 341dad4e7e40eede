"""What the form of a campaign takes: the words, for whom, how, from when."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regulars.consent.choices import Purpose
from regulars.core.actor import Actor
from regulars.core.money import Money
from regulars.departures.choices import LET_GO, Give, Reason
from regulars.lists.models import Segment
from regulars.lists.queries.segments import segments_for
from regulars.messaging.models import Mailing
from regulars.offers.models import Wave
from regulars.outreach.actions.helping import LONGEST_HOW, LONGEST_WAY
from regulars.outreach.actions.planning import (
    LONGEST_TO_SAY,
    MOST_CALLS,
    CampaignDraft,
)
from regulars.outreach.choices import PURPOSES, CampaignKind, Means, WayKind
from regulars.outreach.models import Campaign
from regulars.team.queries import the_named_business

BEGINNING = "{{ greeting }}\n\n\n\n{{ signature }}\n"
_MOMENT = "%Y-%m-%dT%H:%M"
# The fields of each kind, beside those of all.
OF_KIND = {
    CampaignKind.MESSAGE: ("purpose", "subject", "body"),
    CampaignKind.OFFER: ("wave", "subject", "body"),
    CampaignKind.WIN_BACK: ("reason", "give", "gift", "cost"),
}
OF_ALL = (
    "name", "segment", "means", "most_calls", "calls_until", "to_say", "starts_at",
    "by_their_clock",
)  # fmt: skip
USUAL_DAYS, USUAL_CALLS = 14, 20


class CampaignForm(forms.Form):
    """One kind of campaign; fields of the others are left out."""

    name = forms.CharField(max_length=120, label=_("What do you call it?"))
    segment = forms.ModelChoiceField(
        Segment.objects.none(), label=_("Which segment is it for?"), empty_label=_("choose one")
    )
    purpose = forms.ChoiceField(
        choices=[(one.value, one.label) for one in PURPOSES], label=_("What for")
    )
    wave = forms.ModelChoiceField(
        Wave.objects.none(), label=_("Which wave of which offer?"), empty_label=_("choose one")
    )
    reason = forms.ChoiceField(
        choices=[(one.value, one.label) for one in Reason if one not in (*LET_GO, Reason.UNKNOWN)],
        label=_("Those who left because of what?"),
    )
    give = forms.ChoiceField(
        choices=Give.choices, label=_("What do they get?"), widget=forms.RadioSelect,
        initial=Give.NOTHING,
    )  # fmt: skip
    gift = forms.CharField(required=False, max_length=200, label=_("In a sentence to them"))
    cost = forms.DecimalField(
        required=False, min_value=Decimal(0), max_digits=11, decimal_places=3,
        label=_("What that costs you for each who comes back"),
    )  # fmt: skip
    means = forms.ChoiceField(
        choices=Means.choices, label=_("How do they hear of it?"), widget=forms.RadioSelect,
        initial=Means.MESSAGE,
    )  # fmt: skip
    subject = forms.CharField(required=False, max_length=200, label=_("Subject"))
    body = forms.CharField(
        required=False, max_length=20_000, label=_("What you want to say"),
        widget=forms.Textarea(attrs={"rows": 10}), initial=BEGINNING,
    )  # fmt: skip
    most_calls = forms.IntegerField(
        required=False, min_value=1, max_value=MOST_CALLS, initial=USUAL_CALLS,
        label=_("How many are called at most?"),
        help_text=_("Those worth the most, of those with a telephone who did not say no to calls."),
    )  # fmt: skip
    calls_until = forms.DateField(
        required=False, label=_("Until when?"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )  # fmt: skip
    to_say = forms.CharField(
        required=False, max_length=LONGEST_TO_SAY, label=_("What to say on the telephone"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("A line for each thing. Whoever calls reads it on Today."),
    )  # fmt: skip
    starts_at = forms.DateTimeField(
        required=False, label=_("When does it begin?"),
        widget=forms.DateTimeInput(format=_MOMENT, attrs={"type": "datetime-local"}),
        help_text=_("Left out, as soon as somebody approves it. Messages never arrive in the quiet"
                    " hours of where each customer lives."),
    )  # fmt: skip
    by_their_clock = forms.BooleanField(
        required=False, label=_("The message arrives at that hour of where each customer lives"),
        help_text=_("Ten in the morning is ten in the morning in Lisbon and in Tokyo. Who lives"
                    " where nobody knows gets it by your clock."),
    )  # fmt: skip

    def __init__(
        self, *given: Any, kind: CampaignKind, actor: Actor, at: datetime, **named: Any
    ) -> None:
        super().__init__(*given, **named)
        self.kind = kind
        for name in set(self.fields) - {*OF_ALL, *OF_KIND[kind]}:
            del self.fields[name]
        segment: Any = self.fields["segment"]
        segment.queryset = segments_for(actor, at).order_by("name", "pk")
        if kind == CampaignKind.OFFER:
            wave: Any = self.fields["wave"]
            wave.queryset = waves_to_tell(at)
            wave.label_from_instance = lambda one: f"{one.offer.name}: {one.name}"
            self.fields["body"].help_text = _(
                "{{ offer_code }} is each one’s code, {{ offer_link }} their page with it."
            )
        if kind == CampaignKind.WIN_BACK:
            means: Any = self.fields["means"]
            means.choices = [one for one in Means.choices if one[0] != Means.CALL]

    @classmethod
    def begun(
        cls, kind: CampaignKind, actor: Actor, at: datetime, *, segment: str = "", wave: str = ""
    ) -> "CampaignForm":
        today = the_named_business().day_of(at)
        return cls(kind=kind, actor=actor, at=at, initial={
            "calls_until": today + timedelta(days=USUAL_DAYS), "segment": segment, "wave": wave,
            "body": _offered() if kind == CampaignKind.OFFER else BEGINNING,
        })  # fmt: skip

    @classmethod
    def asking_help(cls, actor: Actor, at: datetime) -> "CampaignForm":
        """How we can help, asked of many: by calls, and by a message to the others."""
        form = cls.begun(CampaignKind.MESSAGE, actor, at)
        form.initial = {
            **form.initial,
            "name": gettext("How can we help?"), "purpose": Purpose.ASK, "means": Means.BOTH,
            "subject": gettext("Is there something we can do for you?"), "body": _asking_help(),
            "to_say": gettext(
                "“Is there something that we could do for you, or do better?”\n"
                "Wait for the answer, and write it down on their page, under “How we can help”.\n"
                "Sell nothing here: then they believe the question."
            ),
        }  # fmt: skip
        return form

    @classmethod
    def of(
        cls, campaign: Campaign, mailing: Mailing | None, actor: Actor, at: datetime
    ) -> "CampaignForm":
        """What a draft says now, to be written anew."""
        letter = campaign.letter
        initial: dict[str, Any] = {
            "name": campaign.name, "segment": campaign.segment_id, "purpose": campaign.purpose,
            "wave": campaign.wave_id, "means": campaign.means, "to_say": campaign.to_say,
            "most_calls": campaign.most_calls or USUAL_CALLS, "calls_until": campaign.calls_until,
            "starts_at": campaign.starts_at, "by_their_clock": campaign.by_their_clock,
        }  # fmt: skip
        if mailing is not None:
            initial |= {"subject": mailing.version.subject, "body": mailing.version.body}
        if letter is not None:
            initial |= {
                "reason": letter.reason, "give": letter.give, "gift": letter.gift,
                "cost": Money(letter.cost_minor, letter.currency).major or None,
            }  # fmt: skip
        return cls(kind=CampaignKind(campaign.kind), actor=actor, at=at, initial=initial)

    def draft(self) -> CampaignDraft:
        given, currency = self.cleaned_data, the_named_business().currency
        until: date | None = given["calls_until"]
        return CampaignDraft(
            name=given["name"], kind=self.kind, means=Means(given["means"]),
            segment=given["segment"], subject=given.get("subject", ""), body=given.get("body", ""),
            starts_at=given["starts_at"], by_their_clock=given["by_their_clock"],
            most_calls=given["most_calls"] or 0, calls_until=until,
            to_say=given["to_say"], wave=given.get("wave"),
            **({"purpose": given["purpose"]} if "purpose" in given else {}),
            reason=Reason(given["reason"]) if "reason" in given else None,
            give=Give(given.get("give", Give.NOTHING)), gift=given.get("gift", ""),
            cost_minor=Money.of(given.get("cost") or 0, currency).minor,
        )  # fmt: skip


def _asking_help() -> str:
    asked = gettext(
        "I have one question: is there something that we could do for you, or do "
        "better? Answer this message in a line or two; I read every answer myself."
    )
    link = gettext(
        "Or [tell us in two taps]({{ help_url }}). “Nothing now, thank you” is an answer, too."
    )
    linked = f"{{% if help_url %}}\n{link}\n{{% endif %}}"
    return f"{{{{ greeting }}}}\n\n{asked}\n\n{linked}\n\n{{{{ signature }}}}\n"


def _offered() -> str:
    code = gettext("Your code is **{{ offer_code }}**.")
    return f"{{{{ greeting }}}}\n\n\n\n{code}\n\n{{{{ signature }}}}\n"


def waves_to_tell(at: datetime) -> Any:
    """Waves of offers that stand, and are not over."""
    waves = Wave.objects.filter(
        offer__planned_at__isnull=False, offer__ended_at=None, closes_at__gt=at
    )
    return waves.select_related("offer").order_by("opens_at", "pk")


class WayForm(forms.Form):
    """One way in which customers can help."""

    kind = forms.ChoiceField(choices=WayKind.choices, label=_("What kind of thing is it?"))
    words = forms.CharField(max_length=LONGEST_WAY, label=_("What can they do? In a sentence"))
    how = forms.CharField(
        required=False, max_length=LONGEST_HOW, label=_("How it works"),
        help_text=_("Where, until when, what becomes of it."),
    )  # fmt: skip

"""Checking a hold, and the rules of the house."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.messaging.actions.rules import HouseRules
from regulars.messaging.choices import HoldKind, Holds


class HoldForm(forms.Form):
    """Why messages wait, and until when."""

    kind = forms.ChoiceField(
        label=_("Why they wait"),
        choices=[
            (kind.value, kind.label)
            for kind in (HoldKind.BEREAVEMENT, HoldKind.CASE, HoldKind.OTHER)
        ],
    )
    until_on = forms.DateField(
        label=_("Up to and with"),
        required=False,
        help_text=_("Left empty: until somebody lets them go."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    why = forms.CharField(label=_("A note for us"), required=False, max_length=300)

    def until(self, zone: str) -> datetime | None:
        """The end of the last day, where the business is."""
        day: date | None = self.cleaned_data["until_on"]
        return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)) if day else None


class EverybodyForm(HoldForm):
    """The same for everybody at once: what waits is said too, because it is far."""

    stops = forms.ChoiceField(
        label=_("What waits"),
        choices=Holds,
        initial=Holds.SELLING,
        help_text=_("“Everything” holds back what they bought and asked for as well."),
    )
    field_order = ("kind", "stops", "until_on", "why")

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        kind: Any = self.fields["kind"]
        kind.choices = [(one.value, one.label) for one in (HoldKind.CRISIS, HoldKind.OTHER)]


def _limit(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=100,
        error_messages={
            "min_value": _("Nought or more; nought is never."),
            "max_value": _("At most 100; leave it empty for no limit."),
            "invalid": _("Write a whole number, or nothing."),
        },
    )


class RulesForm(forms.Form):
    """How often, how much service before a sale, and at what hours not."""

    contacts_a_week = _limit(_("In all, whatever the channel"))
    emails_a_week = _limit(_("E-mails"))
    texts_a_week = _limit(_("Texts"))
    serve_per_sell = forms.IntegerField(
        label=_("Contacts that serve, before one that sells"),
        min_value=0,
        max_value=50,
        help_text=_("Nought: we may always sell."),
        error_messages={
            "min_value": _("Nought or more."),
            "max_value": _("At most 50."),
            "invalid": _("Write a whole number."),
            "required": _("Write a number; nought if we may always sell."),
        },
    )
    quiet_from = forms.TimeField(
        label=_("Quiet from"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    quiet_to = forms.TimeField(
        label=_("Quiet until"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )

    def rules(self) -> HouseRules:
        return HouseRules(**self.cleaned_data)

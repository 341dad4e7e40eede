"""What the consent page of a customer takes."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.consent.choices import Channel, Decision, Purpose
from regulars.team.choices import LANGUAGES, time_zones


class ToldForm(forms.Form):
    """A yes or a no, in the customer's words."""

    channel = forms.ChoiceField(choices=Channel.choices, initial=Channel.EMAIL, label=_("Channel"))
    purpose = forms.ChoiceField(
        choices=[("", _("Everything")), *Purpose.choices], required=False, label=_("About what")
    )
    wording = forms.CharField(
        max_length=2000, required=False, label=_("In which words, and where"),
        help_text=_("“At the counter: you may write to me about the bakery.” A yes needs them."),
    )  # fmt: skip
    decision = forms.ChoiceField(
        choices=[(one.value, one.label) for one in (Decision.GRANTED, Decision.WITHDRAWN)]
    )


class WishesForm(forms.Form):
    """How they want to hear from us."""

    channel = forms.ChoiceField(
        choices=[("", _("as we see fit")), *Channel.choices], required=False, label=_("Best by")
    )
    topics = forms.MultipleChoiceField(
        choices=Purpose.choices, required=False, label=_("Only about"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Nothing ticked: about everything they agreed to. What they bought or asked for comes"
            " anyway."
        ),
    )  # fmt: skip
    every_days = forms.IntegerField(
        min_value=1, max_value=366, required=False, label=_("At most every … days")
    )
    paused_on = forms.DateField(
        required=False, label=_("Nothing until"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )  # fmt: skip
    time_zone = forms.ChoiceField(required=False, label=_("Their clock"))
    language = forms.ChoiceField(
        choices=[("", _("as it is usual with us")), *LANGUAGES.items()], required=False,
        label=_("They read"), help_text=_("Bulletins reach them in it, where they are written so."),
    )  # fmt: skip

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        zones = self.fields["time_zone"]
        assert isinstance(zones, forms.ChoiceField)
        zones.choices = [("", _("as it is known")), *time_zones()]

    def paused_until(self, zone: str) -> datetime | None:
        """The beginning of that day, where the business is."""
        day = self.cleaned_data["paused_on"]
        return datetime.combine(day, time(), ZoneInfo(zone)) if day else None

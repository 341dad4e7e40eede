"""Checking what a customer wrote."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.consent.actions import LONGEST_PAUSE
from regulars.consent.choices import Purpose
from regulars.portal.words import PURPOSES, WAYS
from regulars.team.models import Business

# How far apart our messages are to be, in days; the gate counts them.
PACES = [
    ("", _("As often as there is something to say")),
    ("7", _("Once a week at most")),
    ("14", _("Every two weeks at most")),
    ("30", _("Once a month at most")),
    ("90", _("Four times a year at most")),
]


class PreferencesForm(forms.Form):
    """How, how often, and from when somebody wants to hear from us."""

    way = forms.ChoiceField(
        label=_("Which way do you like best?"), required=False,
        choices=[("", _("Whichever suits")), *WAYS.items()],
    )  # fmt: skip
    every_days = forms.ChoiceField(label=_("How often, at most?"), required=False, choices=PACES)
    pause_to = forms.DateField(
        label=_("Write me nothing before"), required=False,
        help_text=_("What you buy or ask for is answered all the same."),
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "off"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day as year-month-day, for example 2027-03-01.")},
    )  # fmt: skip

    def __init__(self, *args: object, business: Business, at: datetime, **named: object) -> None:
        super().__init__(*args, label_suffix="", **named)  # type: ignore[arg-type, misc]
        self.business, self.at = business, at
        today = business.day_of(at)
        limits = {"min": today + timedelta(days=1), "max": today + LONGEST_PAUSE}
        self.fields["pause_to"].widget.attrs |= {key: str(day) for key, day in limits.items()}
        self._keep_own_pace()

    def _keep_own_pace(self) -> None:
        """A pace that one of us wrote down in other days stays a choice."""
        field, own = self.fields["every_days"], str(self.initial.get("every_days") or "")
        if own and own not in dict(PACES) and isinstance(field, forms.ChoiceField):
            field.choices = [*PACES, (own, _("At least %(count)s days apart") % {"count": own})]

    @property
    def paused_until(self) -> datetime | None:
        """The first moment of that day, where the business is."""
        day = self.cleaned_data["pause_to"]
        if day is None or day <= self.business.day_of(self.at):
            return None
        return datetime.combine(day, time(), ZoneInfo(self.business.time_zone))


class HearFromUsForm(forms.Form):
    """Somebody who is perhaps not on the list asks to hear from us."""

    email = forms.EmailField(
        label=_("Your e-mail address"), max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Write the address that we may write to."),
            "invalid": _("Write the address like ruth@example.com."),
            "max_length": _("This is too long to be an address."),
        },
    )  # fmt: skip
    name = forms.CharField(
        label=_("Your name, if you like"), required=False, max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    about = forms.MultipleChoiceField(
        label=_("What would you like to hear about?"),
        choices=[(one.value, PURPOSES[one]) for one in (
            Purpose.INFORM, Purpose.EDUCATE, Purpose.ASK, Purpose.SELL,
        )],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )  # fmt: skip
    # People do not see it; programs that fill in every field do.
    website = forms.CharField(required=False)

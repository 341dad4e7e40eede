"""What the composer takes."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regulars.consent.choices import Channel, Purpose
from regulars.conversations.choices import Direction, Outcome

BY_HAND = (Channel.CALL, Channel.VISIT, Channel.NOTE, Channel.EMAIL)
SPOKEN = (Channel.CALL, Channel.VISIT)
HEARD = (Outcome.REACHED, Outcome.MESSAGE, Outcome.NO_ANSWER)
NOON = time(12)


class TouchForm(forms.Form):
    """A touch by hand. The channel alone is enough: the rest has what is usual."""

    channel = forms.ChoiceField(
        choices=[(one.value, one.label) for one in BY_HAND], initial=Channel.CALL
    )
    outcome = forms.ChoiceField(
        choices=[(one.value, one.label) for one in HEARD], initial=Outcome.REACHED, required=False,
        label=_("How it went"),
    )  # fmt: skip
    direction = forms.ChoiceField(
        choices=Direction.choices, initial=Direction.OUT, required=False, label=_("Who began")
    )
    purpose = forms.ChoiceField(
        choices=Purpose.choices, initial=Purpose.SERVE, required=False, label=_("What for")
    )
    happened_on = forms.DateField(
        required=False, label=_("Which day"), widget=forms.DateInput(attrs={"type": "date"})
    )
    body = forms.CharField(required=False, max_length=20_000, strip=True)
    said = forms.CharField(required=False, max_length=20_000, strip=True)

    def __init__(self, *args: Any, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.now = timezone.localtime(now)

    @property
    def details(self) -> list[forms.BoundField]:
        """What is seldom needed, behind one fold."""
        return [self["happened_on"], self["direction"], self["purpose"]]

    def clean_happened_on(self) -> date | None:
        day: date | None = self.cleaned_data["happened_on"]
        if day is not None and day > self.now.date():
            raise ValidationError(_("That day is still to come. Choose one up to today."))
        return day

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("channel") not in SPOKEN:
            given["outcome"] = Outcome.SENT
        given["outcome"] = given.get("outcome") or Outcome.REACHED
        given["direction"] = given.get("direction") or Direction.OUT
        given["purpose"] = given.get("purpose") or Purpose.SERVE
        return given

    def touch(self) -> dict[str, Any]:
        """The keywords of `log_touch`."""
        given = dict(self.cleaned_data)
        day = given.pop("happened_on")
        given["happened_at"] = self.now if day in (None, self.now.date()) else _noon(day)
        return given


def _noon(day: date) -> datetime:
    return datetime.combine(day, NOON, timezone.get_current_timezone())

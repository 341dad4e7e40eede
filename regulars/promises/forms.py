"""What the forms of promises take."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.promises.actions import LONGEST
from regulars.promises.words import END_OF_DAY
from regulars.team.queries import the_named_business


class Due(models.TextChoices):
    """Dates that are promised often, one tap each."""

    TODAY = "today", _("By tonight")
    TOMORROW = "tomorrow", _("By tomorrow")
    THREE_DAYS = "three_days", _("In three days")
    WEEK = "week", _("In a week")

    def day_from(self, today: date) -> date:
        ahead = {Due.TODAY: 0, Due.TOMORROW: 1, Due.THREE_DAYS: 3, Due.WEEK: 7}
        return today + timedelta(days=ahead[self])


class Here(NamedTuple):
    """The zone of the business, and which day it is there."""

    zone: ZoneInfo
    today: date


def here_at(at: datetime) -> Here:
    business = the_named_business()
    return Here(ZoneInfo(business.time_zone), business.day_of(at))


def _day_widget() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"})


def _time_widget() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"})


class _Dated(forms.Form):
    """A form with a day, and a time of day where that matters."""

    due_on = forms.DateField(required=False, label=_("Which day"), widget=_day_widget())
    due_time = forms.TimeField(
        required=False, label=_("At what time"), widget=_time_widget(),
        help_text=_("Left out, it is the whole day."),
    )  # fmt: skip

    def __init__(self, *args: Any, here: Here, **options: Any) -> None:
        super().__init__(*args, **options)
        self.here = here

    def moment(self, day: date) -> datetime:
        chosen = self.cleaned_data.get("due_time") or END_OF_DAY
        return datetime.combine(day, chosen, self.here.zone)


class PromiseForm(_Dated):
    """A promise by hand: what, and by when with one tap or a day."""

    what = forms.CharField(
        max_length=LONGEST, label=_("What do we promise?"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    to_whom = forms.CharField(
        required=False, max_length=200, label=_("To whom"),
        help_text=_("Left out: everybody."),
    )  # fmt: skip
    due = forms.ChoiceField(choices=Due.choices, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not given.get("due") and not given.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", _("Say by when."))
        return given

    def due_at(self) -> datetime:
        chosen = self.cleaned_data["due"]
        day = Due(chosen).day_from(self.here.today) if chosen else self.cleaned_data["due_on"]
        return self.moment(day)


class PostponeForm(_Dated):
    """Another date, and whose wish it is."""

    is_their_wish = forms.BooleanField(required=False, label=_("The customer asked for it"))
    words = forms.CharField(required=False, max_length=LONGEST, label=_("Why, in a line"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["due_on"].required = True

    def due_at(self) -> datetime:
        return self.moment(self.cleaned_data["due_on"])


class KeepForm(_Dated):
    """What came of it, and when, where it is written down only later."""

    words = forms.CharField(
        required=False, max_length=LONGEST, label=_("What came of it, in a line")
    )

    def kept_at(self) -> datetime | None:
        day: date | None = self.cleaned_data["due_on"]
        return self.moment(day) if day else None


class PledgeForm(forms.Form):
    """How we treat customers."""

    title = forms.CharField(max_length=120, label=_("Heading"))
    body = forms.CharField(
        max_length=10_000, label=_("How we treat customers"),
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("An empty line begins a new paragraph; lines with a dash become a list."),
    )  # fmt: skip
    shows_rate = forms.BooleanField(
        required=False, label=_("Show how many of our promises were kept")
    )

"""What the forms of help requests take."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.consent.choices import Channel
from regulars.core.forms import day_widget
from regulars.helping.actions import LONGEST, LONGEST_TOPIC
from regulars.team.models import Member
from regulars.team.queries import members_who_look_after, the_named_business

END_OF_DAY = time(23, 59)
# By which somebody hears from us in person or in writing.
CHANNELS = (Channel.CALL, Channel.VISIT, Channel.EMAIL, Channel.TEXT, Channel.NOTE, Channel.LETTER)


def moment_of(day: date) -> datetime:
    """The evening of a day, where the business is."""
    return datetime.combine(day, END_OF_DAY, ZoneInfo(the_named_business().time_zone))


class AskedForm(forms.Form):
    """What a customer needs: our words in short, theirs at length, and by when we come back."""

    topic = forms.CharField(
        max_length=LONGEST_TOPIC, label=_("They need help with"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "help-needs"}),
    )  # fmt: skip
    words = forms.CharField(
        required=False, max_length=LONGEST, label=_("In their words"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    due_on = forms.DateField(
        required=False, label=_("We come back by"),
        widget=day_widget(),
        help_text=_("Left out, by the evening of the second day."),
    )  # fmt: skip

    def due_at(self) -> datetime | None:
        day: date | None = self.cleaned_data["due_on"]
        return moment_of(day) if day else None


class OutcomeForm(forms.Form):
    """What we told them, and how."""

    outcome = forms.CharField(
        max_length=LONGEST, label=_("What came of it, as you told them"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    channel = forms.ChoiceField(
        label=_("How they heard"), choices=[(one.value, one.label) for one in CHANNELS]
    )


class HandOverForm(forms.Form):
    """Who sees to it, and by when."""

    owner = forms.ModelChoiceField(
        Member.objects.none(), required=False, label=_("Who sees to it"),
        empty_label=_("nobody in particular"),
    )  # fmt: skip
    due_on = forms.DateField(label=_("We come back by"), widget=day_widget())

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        ids = [one.pk for one in members_who_look_after()]
        field = self.fields["owner"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Member.objects.filter(pk__in=ids).order_by("name")

    def due_at(self) -> datetime:
        return moment_of(self.cleaned_data["due_on"])

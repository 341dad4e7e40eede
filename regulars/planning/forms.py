"""Checking the cadences that an owner asks for."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regulars.insight.choices import Tier
from regulars.lists.models import Segment
from regulars.planning.agreeing import LONGEST_REASON, Whose
from regulars.planning.choices import Worth
from regulars.planning.models import EVERY_MONTH


class CadencesForm(forms.Form):
    """One number of days for each tier."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for tier in Tier:
            self.fields[tier.value] = forms.IntegerField(
                label=tier.label,
                min_value=1,
                max_value=3650,
                error_messages={
                    "min_value": _("At least every day, so 1 or more."),
                    "max_value": _("No more than ten years (3,650 days)."),
                    "invalid": _("Write a whole number of days."),
                    "required": _("Write a number of days."),
                },
            )


def _days(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        error_messages={"invalid": _("Write a whole number of days.")},
    )


class DaysForm(forms.Form):
    """How often: at least, at most, by which touches."""

    at_least = _days(_("At least every … days"))
    at_most = _days(_("At most every … days"))
    worth = forms.ChoiceField(label=_("Which touches count"), choices=Worth.choices)

    def days(self) -> dict[str, int | None]:
        given = self.cleaned_data
        return {"at_least": given["at_least"], "at_most": given["at_most"]}


class RuleForm(DaysForm):
    """The same for a tier or a segment, in some months or in all."""

    whose = forms.ChoiceField(label=_("For whom"))
    months = forms.MultipleChoiceField(
        label=_("Only in these months"),
        required=False,
        choices=list(MONTHS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: all the year."),
    )
    field_order = ("whose", "worth", "at_least", "at_most", "months")

    def __init__(self, *args: Any, segments: Iterable[Segment], **options: Any) -> None:
        super().__init__(*args, **options)
        tiers = [(f"tier:{tier.value}", str(tier.label)) for tier in Tier]
        named = [(f"segment:{one.pk}", one.name) for one in segments]
        whose: Any = self.fields["whose"]
        whose.choices = [(gettext("Tiers"), tiers), (gettext("Segments"), named)]

    def target(self) -> Whose:
        kind, _colon, key = self.cleaned_data["whose"].partition(":")
        months = sum(1 << int(month) - 1 for month in self.cleaned_data["months"])
        return Whose(
            tier=key if kind == "tier" else "",
            segment_id=int(key) if kind == "segment" else None,
            worth=self.cleaned_data["worth"],
            months=months or EVERY_MONTH,
        )


class PauseForm(forms.Form):
    """Until when, and why."""

    until = forms.DateField(
        label=_("Leave alone until"), widget=forms.DateInput(attrs={"type": "date"})
    )
    why = forms.CharField(label=_("Because"), required=False, max_length=LONGEST_REASON)

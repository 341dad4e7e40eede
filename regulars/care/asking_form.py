"""Checking how the business wants to ask after deliveries."""

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.care.models import AskingRules


class AskingForm(forms.Form):
    is_on = forms.BooleanField(label=_("Ask after deliveries"), required=False)
    after_days = forms.IntegerField(
        label=_("So many days after it arrived"),
        help_text=_("Long enough to have used it, short enough to know."),
        min_value=0, max_value=60,
    )  # fmt: skip
    pause_days = forms.IntegerField(
        label=_("Nobody is asked twice within so many days"),
        help_text=_("Several deliveries before the question are asked after together."),
        min_value=1, max_value=365,
    )  # fmt: skip
    silent_days = forms.IntegerField(
        label=_("After so many days without a word it is no answer"),
        help_text=_("A call that nobody made is given up after as long."),
        min_value=1, max_value=90,
    )  # fmt: skip

    @classmethod
    def of(cls, rules: AskingRules) -> "AskingForm":
        names = ("is_on", "after_days", "pause_days", "silent_days")
        return cls(initial={name: getattr(rules, name) for name in names})

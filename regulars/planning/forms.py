"""Checking the cadences that an owner asks for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.insight.choices import Tier


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

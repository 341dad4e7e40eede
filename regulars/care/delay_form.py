"""Checking what somebody says of how long deliveries take."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class DelayForm(forms.Form):
    product = forms.CharField(
        label=_("Product"), required=False, max_length=200,
        help_text=_("Its number or its words, as the till writes them. Empty: any product."),
    )  # fmt: skip
    way = forms.CharField(
        label=_("Way of delivery"), required=False, max_length=60,
        help_text=_("As the shop calls it, such as “letter”; “counter” for what is taken along. "
                    "Empty: any way."),
    )  # fmt: skip
    days = forms.IntegerField(
        label=_("Days from the purchase until it is there"), min_value=0, max_value=365
    )

    def clean(self) -> dict[str, Any]:
        return {**(super().clean() or {})}

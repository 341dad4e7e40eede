"""What the forms of store credit take."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from regulars.core.forms import AmountField
from regulars.core.money import Money
from regulars.orders.actions import LONGEST
from regulars.orders.models import Order


class SpendForm(forms.Form):
    """How much of it is spent, and on what."""

    amount = AmountField(label=_("How much do they spend?"))
    order = forms.ChoiceField(required=False, label=_("On which order?"))
    words = forms.CharField(
        required=False, max_length=LONGEST, label=_("What did they buy?"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    # What is sent twice is spent once.
    occasion = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, currency: str, orders: Sequence[Order], **options: Any
    ) -> None:  # fmt: skip
        options.setdefault("initial", {"occasion": uuid4()})
        super().__init__(*args, **{"auto_id": "credit-%s", **options})
        self.currency, self.orders = currency, {str(one.pk): one for one in orders}
        amount: Any = self.fields["amount"]
        amount.count_in(currency)
        order: Any = self.fields["order"]
        order.choices = [
            ("", _("At the counter")),
            *[(pk, f"{date_format(one.placed_on, 'j F')} · {one.external_id}"[:80])
              for pk, one in self.orders.items()],
        ]  # fmt: skip

    def money(self) -> Money:
        return Money.of(self.cleaned_data["amount"], self.currency)

    def chosen(self) -> Order | None:
        return self.orders.get(self.cleaned_data["order"])

"""What the forms of store credit take, and that of who sold."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from regulars.core.forms import AmountField
from regulars.core.money import Money
from regulars.orders.actions import LONGEST, LONGEST_NAME, LONGEST_REGION
from regulars.orders.models import Order, Seller
from regulars.team.models import Member


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


class SellerForm(forms.Form):
    """Who of the team it is; or how somebody is called who is none of ours."""

    member = forms.ChoiceField(
        required=False, label=_("Who is it?"),
        error_messages={"invalid_choice": _("They are not on the team. Choose somebody else.")},
    )  # fmt: skip
    name = forms.CharField(
        required=False, max_length=LONGEST_NAME, label=_("Or by name, if they are none of ours"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    region = forms.CharField(
        required=False, max_length=LONGEST_REGION, label=_("Where do they sell?"),
        help_text=_("A region, a round or a shop, as you call it: goals can be set for it."),
        widget=forms.TextInput(attrs={"list": "regions", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, seller: Seller, team: Sequence[Member], **options: Any) -> None:
        options.setdefault("initial", {
            "member": seller.member_id or "", "name": seller.name, "region": seller.region,
        })  # fmt: skip
        super().__init__(*args, **{"auto_id": f"seller-{seller.pk}-%s", **options})
        member: Any = self.fields["member"]
        member.choices = [("", _("nobody on the team")), *[(str(one.pk), one.name) for one in team]]

    def chosen(self) -> int | None:
        told = self.cleaned_data["member"]
        return int(told) if told else None

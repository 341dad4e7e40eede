"""What the forms of prices take."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.core.money import Money
from regulars.customers.models import Customer
from regulars.offers.models import Offer
from regulars.prices.actions.planning import MOST_DAYS, PriceDraft
from regulars.prices.actions.publishing import LONGEST_WHY
from regulars.prices.actions.righting import LONGEST
from regulars.prices.actions.shops import LONGEST_ADDRESS
from regulars.prices.choices import PriceKind, Remedy, Tax
from regulars.prices.models import Price

PUBLIC = [(one.value, one.label) for one in (PriceKind.LIST, PriceKind.COUPON)]


def _day(label: Any, **more: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget, **more)


class PriceForm(forms.Form):
    """What costs how much, from when, for whom."""

    product = forms.CharField(
        max_length=100, label=_("Number of the article"),
        help_text=_("As your till or shop writes it; its words, where it has no number."),
    )  # fmt: skip
    name = forms.CharField(
        max_length=200, required=False, label=_("What people call it"),
        help_text=_("Left out, as your orders call it."),
    )  # fmt: skip
    kind = forms.ChoiceField(
        choices=PUBLIC, label=_("What kind of price is it?"), widget=forms.RadioSelect,
        initial=PriceKind.LIST, required=False,
    )  # fmt: skip
    code = forms.CharField(
        max_length=40, required=False, label=_("What the coupon says"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    amount = forms.DecimalField(
        min_value=Decimal(0), max_digits=13, decimal_places=3, label=_("Price of one"),
        help_text=_("With a coupon: what is left to pay."),
    )  # fmt: skip
    opens_on = _day(_("From"))
    closes_on = _day(_("Last day"), required=False, help_text=_("Left out, until another follows."))
    from_quantity = forms.DecimalField(
        min_value=Decimal(0), max_digits=14, decimal_places=3, required=False,
        label=_("From how many at once"),
        help_text=_("Where it holds only for more: whoever bought fewer is not compared."),
    )  # fmt: skip
    tax = forms.ChoiceField(choices=Tax.choices, label=_("Tax"), initial=Tax.SAME, required=False)
    tax_rate = forms.DecimalField(
        min_value=Decimal(0), max_value=Decimal(100), max_digits=5, decimal_places=2,
        required=False, label=_("Its rate, in percent"),
    )  # fmt: skip

    @classmethod
    def of(cls, price: Price) -> "PriceForm":
        return cls(initial={
            "product": price.product, "name": price.name, "kind": price.kind, "code": price.code,
            "amount": price.amount.major, "opens_on": price.opens_on, "closes_on": price.closes_on,
            "from_quantity": price.from_quantity.normalize() if price.from_quantity else None,
            "tax": price.tax, "tax_rate": Decimal(price.tax_bp) / 100 if price.tax_bp else None,
        })  # fmt: skip

    def draft(self, currency: str, customer: Customer | None) -> PriceDraft:
        given = self.cleaned_data
        return PriceDraft(
            product=given["product"], name=given["name"],
            kind=PriceKind.QUOTE if customer else PriceKind(given["kind"] or PriceKind.LIST),
            code=given["code"], customer=customer, currency=currency,
            amount_minor=Money.of(given["amount"], currency).minor,
            opens_on=given["opens_on"], closes_on=given["closes_on"],
            tax=Tax(given["tax"] or Tax.SAME), tax_bp=int((given["tax_rate"] or 0) * 100),
            from_quantity=given["from_quantity"] or Decimal(0),
        )  # fmt: skip


class ShopForm(forms.Form):
    """Where the shop keeps its list, and how that stands to our orders."""

    address = forms.CharField(
        max_length=LONGEST_ADDRESS, label=_("Address of the shop, or of its list"),
        widget=forms.TextInput(attrs={
            "inputmode": "url", "autocomplete": "url", "placeholder": "https://shop.example",
            "spellcheck": "false",
        }),
        help_text=_(
            "A WooCommerce or Shopify shop needs no more than this. Of any other, the address of"
            " the product feed that it gives to Google or others."
        ),
    )  # fmt: skip
    tax = forms.ChoiceField(
        choices=Tax.choices, label=_("Tax on its prices"), initial=Tax.SAME, required=False
    )
    tax_rate = forms.DecimalField(
        min_value=Decimal(0), max_value=Decimal(100), max_digits=5, decimal_places=2,
        required=False, label=_("Its rate, in percent"),
    )  # fmt: skip
    allows_private = forms.BooleanField(
        required=False, label=_("The shop is a machine in our own network"),
        help_text=_("Else only addresses of the public internet are asked."),
    )  # fmt: skip


class RightingForm(forms.Form):
    """How it is made right for all of them, and what they are told."""

    remedy = forms.ChoiceField(
        choices=Remedy.choices, label=_("How?"), widget=forms.RadioSelect, initial=Remedy.CREDIT
    )
    offer = forms.ModelChoiceField(
        Offer.objects.none(), required=False, label=_("Which offer"), empty_label=_("none"),
        help_text=_("Planned, with codes of one’s own and a wave that is open."),
    )  # fmt: skip
    words = forms.CharField(
        required=False, max_length=LONGEST, label=_("What they are told"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Left out, we say it for you. You see and approve the mail before it leaves."),
    )  # fmt: skip
    count = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    minor = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["offer"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Offer.objects.planned().filter(code_kind="personal").order_by("-pk")


class AnywayForm(forms.Form):
    """Why it is published though old customers pay or paid more."""

    why = forms.CharField(
        max_length=LONGEST_WHY, label=_("Why?"), widget=forms.Textarea(attrs={"rows": 2})
    )


class LookBackForm(forms.Form):
    """For how many days what somebody paid counts, and why."""

    days = forms.IntegerField(
        min_value=1, max_value=MOST_DAYS, label=_("Days"),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    why = forms.CharField(max_length=300, label=_("Why so many?"))

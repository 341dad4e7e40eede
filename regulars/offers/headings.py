"""The fields of files of offers and their uses, and the names of columns that hold them."""

from django.utils.translation import gettext_lazy

from regulars.core.column_sets import Field, FieldKind

_OFFER = (
    "offer", "offer id", "offer number", "campaign", "campaign id", "promotion", "promotion id",
    "angebot", "aktion", "kampagne",
)  # fmt: skip
_CUSTOMER = Field("customer", gettext_lazy("Number of the customer"), FieldKind.IDENTIFIER, (
    "customer", "customer id", "customer number", "household id", "client id", "member id",
    "kundennummer", "cliente", "client",
), longest=200, listed=("customer.reference",))  # fmt: skip
USED = (
    Field("code", gettext_lazy("Code that was used"), FieldKind.TEXT, (
        "code", "coupon code", "voucher code", "discount code", "offer code", "gutscheincode",
    ), longest=60),
    Field("offer", gettext_lazy("Number of the offer"), FieldKind.IDENTIFIER, _OFFER, longest=80),
    _CUSTOMER,
    Field("used", gettext_lazy("When it was used"), FieldKind.MOMENT, (
        "used", "used at", "used on", "redeemed", "redeemed at", "redemption date", "date",
        "datum", "fecha", "eingelöst am",
    ), listed=("offers.used_on",)),
    Field("receipt", gettext_lazy("Number on the receipt"), FieldKind.IDENTIFIER, (
        "receipt", "receipt number", "order", "order id", "transaction id", "coupon upc", "beleg",
        "belegnummer",
    ), longest=200),
)  # fmt: skip
PAST = (
    Field("number", gettext_lazy("Number of the offer"), FieldKind.IDENTIFIER,
          (*_OFFER, "id", "number"), longest=80),
    Field("name", gettext_lazy("What customers got"), FieldKind.TEXT, (
        "name", "offer name", "campaign name", "title",
    ), longest=120),
    Field("sort", gettext_lazy("Sort of offer"), FieldKind.TEXT, (
        "sort", "type", "campaign type", "offer type", "kind", "art",
    ), longest=80),
    Field("opens", gettext_lazy("From"), FieldKind.MOMENT, (
        "from", "start date", "starts", "start", "valid from", "opens", "ab", "gültig ab",
    )),
    Field("closes", gettext_lazy("Last day"), FieldKind.MOMENT, (
        "until", "to", "end date", "ends", "end", "valid until", "closes", "bis", "gültig bis",
    ), may_be_future=True),
)  # fmt: skip
CHOSEN = (
    Field("offer", gettext_lazy("Number of the offer"), FieldKind.IDENTIFIER, _OFFER, longest=80),
    _CUSTOMER,
)
RESPONSES = (
    Field("customer", gettext_lazy("Number of the customer"), FieldKind.IDENTIFIER,
          (*_CUSTOMER.aliases, "id"), longest=200, listed=_CUSTOMER.listed),
    Field("accepted", gettext_lazy("Whether they took it: 1 or 0"), FieldKind.FLAG, (
        "accepted", "response", "responded", "taken", "redeemed",
        *(f"acceptedcmp{nth}" for nth in range(1, 10)),
        *(f"accepted {nth}" for nth in range(1, 10)),
    ), repeats=True, listed=("offers.used_on",)),
)  # fmt: skip

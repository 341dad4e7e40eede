"""The fields of prices in files, and the names of columns that hold them."""

from django.utils.translation import gettext_lazy

from regulars.core.column_sets import Field, FieldKind

FIELDS = (
    Field("product", gettext_lazy("Number of the article"), FieldKind.IDENTIFIER, (
        "sku", "product", "product id", "item id", "stock code", "article number", "item number",
        "product code", "artikelnummer", "plu", "ean", "barcode", "variant sku",
    ), longest=100),
    Field("name", gettext_lazy("What people call it"), FieldKind.TEXT, (
        "name", "product name", "description", "item", "title", "bezeichnung", "artikel",
        "descripción", "désignation",
    ), longest=200),
    Field("amount", gettext_lazy("Price of one"), FieldKind.AMOUNT, (
        "price", "unit price", "list price", "amount", "new price", "preis", "precio", "prix",
        "prezzo", "prijs", "pris", "variant price", "sale price",
    )),
    Field("currency", gettext_lazy("Currency"), FieldKind.CURRENCY, (
        "currency", "currency code", "währung", "moneda", "devise", "valuta",
    )),
    Field("opens", gettext_lazy("From"), FieldKind.MOMENT, (
        "from", "valid from", "starts", "start date", "opens on", "effective from", "ab",
        "gültig ab", "desde", "à partir du", "effective date",
    ), may_be_future=True),
    Field("closes", gettext_lazy("Last day"), FieldKind.MOMENT, (
        "until", "valid until", "to", "valid to", "ends", "end date", "closes on", "bis",
        "gültig bis", "hasta", "jusqu'au",
    ), may_be_future=True),
    Field("kind", gettext_lazy("What kind of price it is"), FieldKind.TEXT, (
        "kind", "price type", "type", "art", "tipo",
    ), longest=40),
    Field("code", gettext_lazy("What the coupon says"), FieldKind.TEXT, (
        "code", "coupon", "coupon code", "voucher code", "discount code", "gutscheincode",
    ), longest=40),
    Field("customer", gettext_lazy("Number of the customer told"), FieldKind.IDENTIFIER, (
        "customer", "customer id", "customer number", "quoted to", "kundennummer",
    ), longest=200, listed=("customer.reference",)),
    Field("least", gettext_lazy("From how many at once"), FieldKind.QUANTITY, (
        "from quantity", "min quantity", "minimum quantity", "ab menge", "least", "min qty",
    )),
)  # fmt: skip
# What files call the kinds.
KINDS = {
    "": "", "list": "list", "list price": "list", "public": "list", "retail": "list",
    "price": "list", "listenpreis": "list", "coupon": "coupon", "voucher": "coupon",
    "code": "coupon", "discount": "coupon", "gutschein": "coupon", "quote": "quote",
    "quotation": "quote", "contract": "quote", "angebot": "quote",
}  # fmt: skip

"""The fields of orders, and the names that columns holding them go by."""

from django.utils.translation import gettext_lazy

from regulars.core.column_sets import Field, FieldKind

IDENTIFIER, TEXT, MOMENT, AMOUNT, QUANTITY = (
    FieldKind.IDENTIFIER, FieldKind.TEXT, FieldKind.MOMENT, FieldKind.AMOUNT, FieldKind.QUANTITY
)  # fmt: skip

ORDER = Field("order", gettext_lazy("Number of the order"), IDENTIFIER, (
    "order id", "orderid", "order number", "order no", "order #", "order ref", "invoice no",
    "invoice", "invoice number", "invoice id", "receipt", "receipt no", "receipt number",
    "transaction id", "transaction", "basket id", "bestellnummer", "rechnungsnummer",
    "bestellung", "ordernummer", "pedido", "número de pedido", "commande", "numéro de commande",
    "ticket no", "sale id", "bon", "bonnummer", "reference",
), longest=200, aliases_by_look=(("name", r"^\s*\D{0,4}\d+\s*$"),),
   listed=("order", "order.number"))  # fmt: skip
PLACED = Field("placed_at", gettext_lazy("When it was bought"), MOMENT, (
    "order date", "orderdate", "invoice date", "invoicedate", "date", "datetime", "date/time",
    "purchase date", "order purchase timestamp", "purchased at", "created at", "paid at",
    "processed at", "sold at", "sale date", "transaction date", "timestamp", "time", "datum",
    "bestelldatum", "rechnungsdatum", "fecha", "fecha de compra", "data", "köpdatum", "orderdatum",
    "transaction timestamp", "day", "date of purchase", "date of sale",
), listed=("order",))  # fmt: skip
BUYER = Field("buyer", gettext_lazy("Number of the customer"), IDENTIFIER, (
    "customer id", "customerid", "customer number", "customer no", "cust id", "custid", "client id",
    "member number", "member id", "household id", "kundennummer", "kundnummer", "account number",
    "account", "user id", "loyalty card", "card number", "id cliente", "numéro client",
    "master id", "buyer", "customer code",
), longest=200, listed=("customer.reference",))  # fmt: skip
LINE_FIELDS = (
    Field("sku", gettext_lazy("Number of the article"), IDENTIFIER, (
        "stock code", "stockcode", "sku", "product id", "productid", "item id", "article number",
        "item number", "lineitem sku", "product code", "artikelnummer", "plu", "ean", "barcode",
    ), longest=100, listed=("order",)),
    Field("description", gettext_lazy("What was bought"), TEXT, (
        "description", "item description", "product", "product name", "item", "item name",
        "article", "lineitem name", "artikel", "bezeichnung", "descripción", "produkt", "title",
    ), listed=("order",)),
    Field("quantity", gettext_lazy("How many"), QUANTITY, (
        "quantity", "qty", "units", "count", "pieces", "lineitem quantity", "menge", "anzahl",
        "antal", "cantidad", "quantité", "quantità", "aantal", "cds", "quantity ordered",
    ), listed=("order",)),
    Field("unit_price", gettext_lazy("Price of one"), AMOUNT, (
        "unit price", "unitprice", "price", "item price", "lineitem price", "price each",
        "einzelpreis", "preis", "precio", "prix", "prezzo", "prijs", "pris", "price per unit",
    ), listed=("order",)),
    Field("line_total", gettext_lazy("Price of the row"), AMOUNT, (
        "line total", "line amount", "amount", "sales value", "sales", "total price",
        "extended price",
        "dollars", "revenue", "net amount", "gross amount", "betrag", "summe", "importe", "montant",
        "belopp", "value", "spend",
    ), listed=("order",)),
    Field("discount", gettext_lazy("Discount, as a share of the price"), QUANTITY,
          ("discount share", "discount rate"), aliases_by_look=(
              ("discount", r"^\s*(?:0?[.,]\d+|[01](?:[.,]0+)?)\s*$"),
              ("rabatt", r"^\s*(?:0?[.,]\d+|[01](?:[.,]0+)?)\s*$"),
          ), beside=("unit_price",), listed=("order",)),
    Field("line_delivered", gettext_lazy("Delivered, this article"), MOMENT, (
        "line delivered at", "line delivered on", "line delivery date", "item delivered at",
        "item delivered on", "item delivery date", "lineitem delivered at", "item fulfilled at",
        "lineitem fulfilled at", "position geliefert am",
    ), may_be_future=True, listed=("order",)),
    Field("returned", gettext_lazy("How many came back"), QUANTITY, (
        "returned quantity", "quantity returned", "qty returned", "returned qty",
        "return quantity", "returned units", "lineitem returned quantity", "retourmenge",
        "cantidad devuelta", "quantité retournée", "quantità resa", "aantal geretourneerd",
    ), listed=("order",)),
    Field("freight", gettext_lazy("Freight"), AMOUNT, (
        "freight", "freight value", "shipping", "shipping cost", "shipping amount", "delivery fee",
        "postage", "versand", "versandkosten", "frakt", "envío", "frais de port",
    ), listed=("order",)),
)  # fmt: skip
ORDER_FIELDS = (
    Field("status", gettext_lazy("State of the order"), TEXT, (
        "order status", "status", "state", "financial status", "fulfillment status",
    ), longest=40, listed=("order",)),
    Field("promised", gettext_lazy("Promised for"), MOMENT, (
        "order estimated delivery date", "estimated delivery", "required date", "promised",
        "promised on", "due date", "delivery due", "liefertermin", "expected delivery",
    ), may_be_future=True, listed=("order",)),
    Field("delivered", gettext_lazy("Delivered"), MOMENT, (
        "order delivered customer date", "delivered at", "delivered", "delivery date",
        "delivered on", "shipped date", "fulfilled at", "lieferdatum",
    ), may_be_future=True, listed=("order",)),
    Field("delivery_way", gettext_lazy("Way of delivery"), TEXT, (
        "delivery way", "delivery method", "delivery type", "shipping method", "shipping mode",
        "ship mode", "ship via", "shipping type", "fulfilment method", "fulfillment method",
        "versandart", "lieferart", "mode de livraison", "método de envío", "forma de envío",
        "modalità di spedizione", "metodo di spedizione", "verzendmethode", "leveringswijze",
        "leveranssätt",
    ), longest=60, listed=("order",)),
    Field("sold_by", gettext_lazy("Sold by"), IDENTIFIER, (
        "sold by", "salesperson", "sales person", "sales rep", "sales representative",
        "sales associate", "seller", "seller name", "employee", "employee id", "employee name",
        "employee number", "staff", "staff name", "staff member", "served by", "cashier", "clerk",
        "verkäufer", "verkäuferin", "bedient von", "kassierer", "mitarbeiter", "vendedor",
        "vendedora", "atendido por", "vendeur", "vendeuse", "vendu par", "venditore", "venditrice",
        "verkoper", "medewerker", "säljare",
    ), longest=80, listed=("order",)),
    # Where customers live is another column: that is theirs, and this is ours.
    Field("sold_in", gettext_lazy("Sales region: where it was sold"), IDENTIFIER, (
        "sales region", "sales territory", "sales area", "territory", "sold in", "branch",
        "branch name", "store name", "shop name", "outlet", "point of sale", "verkaufsregion",
        "verkaufsgebiet", "vertriebsgebiet", "filiale", "sucursal", "punto de venta",
        "point de vente", "magasin", "punto vendita", "filiaal", "verkoopgebied", "butik",
        "försäljningsregion",
    ), longest=80, listed=("order",)),
    Field("order_total", gettext_lazy("Total of the order"), AMOUNT, (
        "total", "order total", "grand total", "order amount", "subtotal", "invoice total",
        "gesamt", "gesamtbetrag", "total amount", "order value", "totalt",
    ), listed=("order",)),
    Field("currency", gettext_lazy("Currency"), FieldKind.CURRENCY, (
        "currency", "currency code", "presentment currency", "währung", "waehrung", "moneda",
        "devise", "valuta", "moeda", "waluta",
    ), listed=("order",)),
)  # fmt: skip
# What names the customer in an order's row; the words for name and place are the list's own.
CARRIED = ("name", "given_name", "family_name", "organisation", "email", "phone", "street",
           "postcode", "city", "region", "country")  # fmt: skip

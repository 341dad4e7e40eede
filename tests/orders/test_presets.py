"""Exports of orders from shops and tills: known by their headings, and what they come to."""

import pytest

from regulars.customers.models import Customer
from regulars.orders.models import Order
from tests.factories.intake import bring, counts

pytestmark = pytest.mark.django_db
FILES = {
    "Shopify": (
        ("Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,"
        "Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,"
        "Id\n"
        "#1001,ruth@example.com,paid,2026-11-02 09:50:26 +0000,fulfilled,GBP,11.00,3.00,0.00,14.00,"
        "2026-11-02 09:50:20 +0000,2,Rye,4.00,R1,Ruth Calloway,7410991464714\n"
        "#1001,ruth@example.com,,,,,,,,,2026-11-02 09:50:20 +0000,1,Oat,3.00,O1,,\n"),
        [("#1001", 1100, "2026-11-02", "ruth@example.com")],
    ),
    "WooCommerce": (
        ("order_id,order_number,order_date,status,order_total,order_subtotal,order_currency,"
        "payment_method_title,customer_id,customer_email,billing_first_name,billing_last_name\n"
        "88,1042,11/14/2026 6:29:00,completed,14.50,14.50,GBP,Card,7,ruth@example.com,Ruth,"
        "Calloway\n"
        "89,1043,11/15/2026 6:29:00,completed,4.00,4.00,GBP,Card,7,ruth@example.com,Ruth,"
        "Calloway\n"),
        [("1042", 1450, "2026-11-14", "ruth@example.com"),
         ("1043", 400, "2026-11-15", "ruth@example.com")],
    ),
    "Square": (
        ("Date,Time,Time Zone,Category,Item,Qty,Price Point Name,SKU,Gross Sales,Discounts,"
        "Net Sales,Tax,Transaction ID,Payment ID,Customer ID,Customer Name\n"
        "2026-11-02,09:50:26,London,Bread,Rye,2,Regular,R1,8.00,-1.00,7.00,0.00,T1,P1,C1,Ruth\n"
        "2026-11-02,09:50:26,London,Bread,Oat,1,Regular,O1,3.00,0.00,3.00,0.00,T1,P1,C1,Ruth\n"),
        [("T1", 1000, "2026-11-02", "")],
    ),
    "Stripe": (
        ("id,Description,Seller Message,Created date (UTC),Amount,Amount Refunded,Currency,"
        "Converted Amount,Fee,Status,Customer ID,Customer Email\n"
        "ch_1,A loaf,Payment complete.,2026-11-02 09:50:26,12.00,0.00,gbp,12.00,0.40,Paid,cus_1,"
        "ruth@example.com\n"
        "ch_2,A loaf,Declined.,2026-11-03 09:50:26,9.00,0.00,gbp,9.00,0.00,Failed,cus_1,"
        "ruth@example.com\n"),
        [("ch_1", 1200, "2026-11-02", "ruth@example.com")],
    ),
    "QuickBooks": (
        ("InvoiceNo,Customer,InvoiceDate,DueDate,Terms,Item(Product/Service),ItemDescription,"
        "ItemQuantity,ItemRate,ItemAmount\n"
        "1001,Weir Mill,2026-11-02,2026-12-02,Net 30,Rye,A loaf,2,4.00,8.00\n"
        "1001,Weir Mill,2026-11-02,2026-12-02,Net 30,Oat,A loaf,1,3.00,3.00\n"),
        [("1001", 1100, "2026-11-02", "")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("maker", FILES)
def test_the_orders_of_a_known_export_come_in_as_they_are(business: object, maker: str) -> None:
    content, expected = FILES[maker]

    item = bring("orders", content)

    assert item.files.get().reading["maker"] == maker
    sales = Order.objects.filter(kind="sale").order_by("external_id")
    told = [
        (one.external_id, one.total_minor, one.placed_on.isoformat(), _mail(one.customer))
        for one in sales
    ]
    assert told == expected
    assert not sales.exclude(promised_on=None).exists()
    assert counts(bring("orders", content))[:2] == (0, 0)


def _mail(customer: Customer | None) -> str:
    point = customer.contact_points.filter(kind="email").first() if customer else None
    return point.value if point else ""

"""Exports that are known by their headings, read as their makers write them."""

import pytest

from regulars.customers.models import ContactPoint, Customer
from tests.factories.intake import bring

pytestmark = pytest.mark.django_db

# As WooCommerce Analytics writes them: made by the server, and in the browser.
SERVER = (
    "Name,Username,Last Active,Sign Up,Email,Orders,Total Spend,AOV,Country / Region,City,Region,"
    "Postal Code"
)
BROWSER = (
    "Name,Username,Last active,Date registered,Email,Orders,Total spend,AOV,Country / Region,City,"
    "Region,Postal code"
)
ROW = (
    "Ruth Calloway,ruth,2026-11-02 09:12:00,2024-03-14 10:00:00,ruth@x.example,12,342.50,28.54,"
    "GB,Amble,Northumberland,NE65 0AA"
)


@pytest.mark.parametrize("heading", [SERVER, BROWSER], ids=["of the server", "of the browser"])
@pytest.mark.usefixtures("business")
def test_customers_of_woocommerce_analytics_are_known(heading: str) -> None:
    item = bring("customers", f"{heading}\n{ROW}\n")

    assert item.files.get().reading["maker"] == "WooCommerce"
    one = Customer.objects.get()
    assert (one.name, str(one.since_on)) == ("Ruth Calloway", "2024-03-14")
    place = ContactPoint.objects.get(kind="address")
    assert (place.city, place.postcode, place.region, place.country) == (
        "Amble", "NE65 0AA", "Northumberland", "GB",
    )  # fmt: skip
    # What is only counted there is counted here from orders.
    assert item.report["unused_columns"] == {
        "customers.csv": [
            name for name in heading.split(",")
            if name.lower() in ("username", "last active", "orders", "total spend", "aov")
        ]
    }  # fmt: skip

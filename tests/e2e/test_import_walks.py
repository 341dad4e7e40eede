"""Files that belong together, put right on the screen; taken back; and how files are remembered."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db.models import Sum
from playwright.sync_api import Page, expect

from regulars.customers.models import ContactPoint, Customer
from regulars.intake.models import KnownShape
from regulars.orders.models import Order
from regulars.team.models import Member
from tests.factories.intake import bring

Opened = Callable[..., Page]
Work = Callable[[], int]
Axe = Callable[[Page], None]

# As Northwind was published: a comma within an address, and no quotation marks around it.
ORDERS = """orderID,customerID,orderDate,freight,shipName,shipAddress,shipCity,shipPostalCode
10248,VINET,1996-07-04,32.38,Vins et alcools,59 rue de l'Abbaye,Reims,51100
10249,TOMSP,1996-07-05,11.61,Toms Spezialitaten,Luisenstr. 48,Munster,44087
10250,HANAR,1996-07-08,65.83,Hanari Carnes,Rua do Paco, 67,Rio de Janeiro,05454
10251,VINET,1996-07-09,41.34,Vins et alcools,59 rue de l'Abbaye,Reims,51100
10252,HANAR,1996-07-10,51.30,Hanari Carnes,Rua do Paco, 67,Rio de Janeiro,05454
"""
LINES = """orderID,productID,unitPrice,quantity,discount
10248,11,14.00,12,0
10249,42,9.80,10,0
10250,72,34.80,5,0
10251,11,16.80,6,0.05
10252,51,64.80,40,0.05
"""
CUSTOMERS = """customerID,companyName,contactName,address,city,postalCode,country
VINET,Vins et alcools Chevalier,Paul Henriot,59 rue de l'Abbaye,Reims,51100,France
TOMSP,Toms Spezialitaten,Karin Josephs,Luisenstr. 48,Munster,44087,Germany
HANAR,Hanari Carnes,Mario Pontes,Rua do Paco, 67,Rio de Janeiro,05454,Brazil
"""
# Lines: 168.00 + 98.00 + 174.00 + 95.76 + 2,462.40.
NET = 299816


@pytest.fixture
def northwind(tmp_path: Path) -> list[Path]:
    texts = {"orders": ORDERS, "order-details": LINES, "customers": CUSTOMERS}
    files = [tmp_path / f"{name}.csv" for name in texts]
    for file, text in zip(files, texts.values(), strict=True):
        file.write_text(text)
    return files


def handed_over(page: Page, files: list[Path]) -> None:
    for nth, file in enumerate(files):
        page.locator("input[type=file]").nth(nth).set_input_files(file)
    page.get_by_role("button", name="Look at the file").click()


def test_three_files_with_slipped_rows_are_put_right_and_taken_back(
    page_for: Opened, manager: Member, northwind: list[Path], work: Work, axe: Axe
) -> None:
    page = page_for(manager, path="/imports/new/?kind=orders")
    handed_over(page, northwind)
    offers = page.get_by_label("put together again")
    expect(page.get_by_text("Rua do Paco, 67")).to_have_count(2)
    axe(page)
    page.get_by_role("button", name="Look before it happens").click()
    work()
    expect(page.get_by_text("The files name 3 orders of 2 customers")).to_be_visible()
    expect(offers).to_have_count(0)

    page.get_by_role("button", name="Put these rows together and look again").click()
    work()
    expect(page.get_by_text("The files name 5 orders of 3 customers")).to_be_visible()
    expect(page.get_by_text("The goods come to £2,998.16.")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Bring in 13 of them").click()
    work()
    expect(page.get_by_text("Of 13 rows 13 were new")).to_be_visible()
    assert Order.objects.aggregate(net=Sum("total_minor")) == {"net": NET}
    street = ContactPoint.objects.get(customer__name="Mario Pontes", kind="address").street
    assert street == "Rua do Paco, 67"

    page.locator("#undoing").get_by_role("button", name="Undo this import").click()
    expect(page.get_by_text("Waiting for its turn")).to_be_visible()
    work()
    expect(page.get_by_text("Taken back today.")).to_be_visible()
    axe(page)
    assert (Order.objects.count(), Customer.objects.count()) == (0, 0)
    page.goto("/imports/")
    expect(page.get_by_text("taken back")).to_be_visible()


def test_slipped_rows_are_put_together_where_the_columns_are_chosen(
    page_for: Opened, manager: Member, northwind: list[Path], work: Work
) -> None:
    page = page_for(manager, path="/imports/new/?kind=orders")
    handed_over(page, northwind)
    for offer in page.get_by_label("together again").all():
        offer.check()
    page.get_by_role("button", name="Look before it happens").click()
    work()

    expect(page.get_by_text("13 new, 0 would change")).to_be_visible()
    expect(page.get_by_role("button", name="Put these rows together")).to_have_count(0)


def test_a_file_is_taken_as_the_last_of_its_shape_and_can_be_forgotten(
    page_for: Opened, manager: Member, tmp_path: Path, axe: Axe
) -> None:
    first = "Who,Where from,Mail\nRuth Calloway,the market,ruth@example.com\n"
    taken = {"name": "Who", "email": "Mail", "about": "Where from"}
    bring("customers", first, by=manager.actor, mapping=taken)
    second = tmp_path / "next-month.csv"
    second.write_text(first.replace("Ruth", "Ada").replace("ruth", "ada"))

    page = page_for(manager, path="/imports/new/")
    handed_over(page, [second])
    expect(page.get_by_text("A file of this shape came in")).to_be_visible()
    expect(page.get_by_label("Note", exact=True)).to_have_value("Where from")
    expect(page.get_by_text("guessed", exact=True)).to_have_count(0)

    page.goto("/imports/remembered/")
    axe(page)
    page.get_by_label("What you call it").fill("Stall of the market")
    page.get_by_role("button", name="Call it so").click()
    expect(page.get_by_role("heading", name="Stall of the market")).to_be_visible()
    page.get_by_role("button", name="Forget it").click()
    expect(page.get_by_role("heading", name="Stall of the market")).to_have_count(0)
    assert not KnownShape.objects.exists()

    page.goto("/imports/new/")
    handed_over(page, [second])
    expect(page.get_by_role("button", name="Look before it happens")).to_be_visible()
    expect(page.get_by_text("A file of this shape came in")).to_have_count(0)

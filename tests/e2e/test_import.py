"""Bringing a file in, in a browser: drop, columns, look before it happens, report."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from regulars.customers.models import Customer
from regulars.orders.models import Order
from regulars.team.models import Member
from tests.factories.intake import bring

LIST = (
    "CUST_NAME;TEL1;EML;PCODE;BORN\n"
    "Ruth Calloway;020 7946 0018;ruth@example.com;AM4 2TR;1950\n"
    "Florian Achterberg;;not-an-email;;\n"
    ";;;AM4;\n"
)
Opened = Callable[..., Page]


@pytest.fixture
def till(tmp_path: Path) -> Path:
    file = tmp_path / "till-export-november.csv"
    file.write_text(LIST)
    return file


def test_a_file_is_looked_at_and_then_brought_in(
    page_for: Opened, manager: Member, till: Path, work: Callable[[], int], axe: Any
) -> None:
    page = page_for(manager, path="/imports/")
    axe(page)
    page.get_by_role("link", name="Bring in a file").click()
    expect(page.locator("input[type=file]").first).to_be_attached()
    axe(page)
    page.locator("input[type=file]").first.set_input_files(till)
    page.get_by_role("button", name="Look at the file").click()

    expect(page.get_by_label("Name", exact=True)).to_have_value("CUST_NAME")
    expect(page.get_by_role("combobox", name="Phone", exact=True)).to_have_value("TEL1")
    axe(page)
    page.get_by_role("button", name="Look before it happens").click()

    expect(page.get_by_role("progressbar")).to_be_visible()
    axe(page)
    work()
    expect(page.get_by_text("Nothing has been changed yet.")).to_be_visible()
    expect(page.get_by_text("Nobody is named")).to_be_visible()
    axe(page)
    assert Customer.objects.count() == 0

    page.get_by_role("button", name="Bring in 2 of them").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    work()
    expect(page.get_by_text("Of 3 rows 2 were new")).to_be_visible()
    axe(page)
    assert set(Customer.objects.values_list("name", flat=True)) == {
        "Ruth Calloway",
        "Florian Achterberg",
    }


def test_a_wrong_guess_is_put_right_by_a_choice(
    page_for: Opened, manager: Member, till: Path, work: Callable[[], int]
) -> None:
    page = page_for(manager, path="/imports/new/")
    page.locator("input[type=file]").first.set_input_files(till)
    page.get_by_role("button", name="Look at the file").click()
    page.get_by_text("more that a file may hold").click()
    page.get_by_label("Note", exact=True).select_option("BORN")
    page.get_by_role("button", name="Look before it happens").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    work()
    page.get_by_role("button", name="Bring in 2 of them").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    work()
    expect(page.get_by_text("Of 3 rows 2 were new")).to_be_visible()

    assert Customer.objects.get(name="Ruth Calloway").about == "1950"


def test_a_file_that_is_no_list_says_so_without_scripts(
    page_for: Opened, manager: Member, tmp_path: Path
) -> None:
    picture = tmp_path / "picture.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 100)
    page = page_for(manager, path="/imports/new/", scripts=False)
    page.locator("input[type=file]").first.set_input_files(picture)
    page.get_by_role("button", name="Look at the file").click()

    expect(page.get_by_text("This is a file of the type PNG")).to_be_visible()


@pytest.mark.parametrize("width", [320, 1280])
def test_the_report_fits_every_screen(
    page_for: Opened, manager: Member, axe_in_both_lights: Any, width: int
) -> None:
    bring("customers", "id,Name,Email\n1,Ruth Calloway,ruth@example.com\n")
    changed = (
        "id,Name,Email\n1,Ruth Calloway-Achterberg,ruth.calloway@a-long-domain.example\n2,,x\n,,\n"
    )
    item = bring("customers", changed, by=manager.actor, dry=True)

    page = page_for(manager, path=f"/imports/{item.pk}/", width=width)

    expect(page.get_by_role("button", name="Bring in 2 of them")).to_be_visible()
    axe_in_both_lights(page)
    for path in ("/imports/", f"/imports/{item.pk}/?columns", "/imports/new/?kind=orders"):
        page.goto(path)
        axe_in_both_lights(page)


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_a_mistake_is_put_right_on_the_screen(
    page_for: Opened, manager: Member, tmp_path: Path, work: Callable[[], int], axe: Any, width: str
) -> None:
    file = tmp_path / "till.csv"
    file.write_text("Receipt,Date,Customer ID,Total\n1,13/11/2026,7,4.00\n2,31/02/2026,7,5.00\n")
    page = page_for(manager, path="/imports/new/?kind=orders", width=width)
    page.locator("input[type=file]").first.set_input_files(file)
    page.get_by_role("button", name="Look at the file").click()
    page.get_by_role("button", name="Look before it happens").click()
    work()
    page.get_by_role("button", name="Bring in 1 of them").click()
    work()
    expect(page.get_by_text("1 could not be read")).to_be_visible()
    page.get_by_role("link", name="Put rows right").click()

    expect(page.get_by_text("The calendar has no 31.2.2026.").first).to_be_visible()
    axe(page)
    page.get_by_label("When it was bought").fill("28/02/2026")
    page.get_by_role("button", name="Read these rows again").click()
    work()
    expect(page.get_by_text("Nothing has been changed yet.")).to_be_visible()
    page.get_by_role("button", name="Bring in 1 of them").click()
    work()

    expect(page.get_by_text("Of 1 rows 1 were new")).to_be_visible()
    days = Order.objects.order_by("id").values_list("placed_on", flat=True)
    assert [str(day) for day in days] == ["2026-11-13", "2026-02-28"]

"""Prices from files: planned, known again, of whom a quote is, taken back whole."""

from datetime import date
from typing import Any

import pytest

from regulars.core.actor import COMMAND
from regulars.core.errors import Refusal
from regulars.core.events import deliver_events
from regulars.core.models import Job
from regulars.intake import actions
from regulars.intake.models import Import, RowProblem
from regulars.prices.models import Price, StagedPrice
from regulars.team.models import Member
from tests.factories.customers import make_customer, make_reference
from tests.factories.digests import digests
from tests.factories.intake import A_DAY, bring, counts

pytestmark = pytest.mark.django_db

PRICES = """SKU,Name,Price,Currency,Valid from,Valid until,Type,Coupon,Customer,Min qty
R1,Seeded rye,4.20,,2026-12-01,,,,,
R1,Seeded rye,4.20,,2026-12-01,,,,,
R1,Seeded rye,3.80,,2026-12-01,2026-12-24,,RYE4,,
R1,Seeded rye,4.00,,,,quote,,K7,10
W1,White,500,JPY,2026-12-01,,list,,,
,No number,1.00,,,,,,,
R2,Free,0,,,,,,,
R3,Backwards,1.00,,2026-12-02,2026-12-01,,,,
R4,Strange,1.00,,,,gold,,,
R5,To nobody,1.00,,,,quote,,,
R6,To a stranger,1.00,,,,,,K9,
"""
READABLE = "".join(PRICES.splitlines(keepends=True)[:6])


@pytest.fixture(autouse=True)
def _known(owner: Member) -> None:
    make_reference(make_customer("Ruth"), "till", "K7")


def problems(item: Import) -> list[tuple[int, str]]:
    found = RowProblem.objects.filter(file__of=item).order_by("row_no")
    return list(found.values_list("row_no", "message"))


def test_a_file_of_prices_is_planned_once_and_says_what_it_could_not_take() -> None:
    item, again = bring("prices", PRICES, currency="GBP"), bring("prices", PRICES, currency="GBP")

    assert counts(item) == (4, 0, 1, 6, 0)
    assert counts(again) == (0, 0, 5, 6, 0)
    assert problems(item) == [
        (7, "There is no number of the article."),
        (8, "A price is above nought, and below a thousand million."),
        (9, "It would end before it begins."),
        (10, "“gold” is no kind of price: say list, coupon or quote."),
        (11, "It does not say to whom the quote was told."),
        (12, "There is no customer with the number “K9”."),
    ]
    rows: Any = Price.objects.order_by("pk").values_list(
        "product", "kind", "code", "customer__name", "amount_minor", "currency", "from_quantity",
        "opens_on", "closes_on", "published_at", "compare_milli",
    )  # fmt: skip
    first = date(2026, 12, 1)
    assert list(rows) == [
        ("R1", "list", "", None, 420, "GBP", 0, first, None, None, 420_000),
        ("R1", "coupon", "RYE4", None, 380, "GBP", 0, first, date(2026, 12, 24), None, 380_000),
        ("R1", "quote", "", "Ruth", 400, "GBP", 10, A_DAY.date(), None, None, 400_000),
        ("W1", "list", "", None, 500, "JPY", 0, first, None, None, 500_000),
    ]
    assert not StagedPrice.objects.exists()
    deliver_events(at=A_DAY)
    assert Job.objects.filter(name="prices.check").exists()


def test_what_changed_is_written_over_unless_it_was_published_and_all_of_it_is_undone() -> None:
    before = digests()
    bring("prices", READABLE, currency="GBP")
    once = digests()
    dearer = READABLE.replace("4.20", "4.40").replace("3.80", "3.90")

    item = bring("prices", dearer, currency="GBP")
    assert counts(item)[:2] == (0, 2)
    assert set(Price.objects.filter(product="R1").values_list("amount_minor", "compare_milli")) == {
        (440, 440_000), (390, 390_000), (400, 400_000),
    }  # fmt: skip
    actions.undo_now(item, by=COMMAND, at=A_DAY)
    assert digests() == once

    Price.objects.filter(kind="list").update(published_at=A_DAY)
    item = bring("prices", dearer, currency="GBP")
    assert counts(item)[1] == 1
    assert [note["rule"] for note in item.report["notes"]] == ["published"]
    assert Price.objects.get(kind="list", product="R1").amount_minor == 420
    actions.undo_now(item, by=COMMAND, at=A_DAY)
    Price.objects.update(published_at=None)
    actions.undo_now(Import.objects.order_by("pk")[0], by=COMMAND, at=A_DAY)
    assert digests() == before


@pytest.mark.parametrize("content", ["Name,Price\nRye,4\n", "SKU,Name\nR1,Rye\n"])
def test_a_file_without_a_number_or_a_price_is_refused(content: str) -> None:
    with pytest.raises(Refusal):
        bring("prices", content)

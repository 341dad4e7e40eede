"""Uses of offers from files: as the till would have, each row that cannot be with its reason."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.core.actor import COMMAND
from regulars.core.errors import Refusal
from regulars.customers.models import Customer
from regulars.intake import actions
from regulars.intake.models import Import, RowProblem
from regulars.offers.actions.redeeming import redeem, take_back
from regulars.offers.models import Code, Offer, Redemption, StagedUse
from regulars.offers.queries.codes import codes_of
from regulars.offers.queries.sorts import used_by_sort
from regulars.team.models import Member
from tests.factories.customers import make_customer, make_reference
from tests.factories.digests import digests
from tests.factories.intake import A_DAY, bring, counts
from tests.factories.offers import DAY, a_wave, make_offer
from tests.factories.planning import make_facts
from tests.offers.real_files import bring_campaigns, bring_responses

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]

ClientOf = Callable[[Member], Client]
OFFERS = "campaign_id,campaign_type,start_date,end_date\n1,Letter,2026-03-03,2026-04-09\n"
CHOSEN = "campaign_id,household_id\n1,K1\n1,K2\n1,K2\n1,K9\n,K1\n"
USED = (
    "household_id,coupon_upc,campaign_id,redemption_date\n"
    "K1,900,1,2026-03-03\nK1,900,1,2026-03-03\nK1,901,1,2026-03-03\nK2,900,1,2026-04-09\n"
    "K2,900,1,2026-04-10\nK3,900,1,2026-03-09\nK9,900,1,2026-03-09\nK1,900,7,2026-03-09\n"
    "K1,900,1,\n"
)


def problems(item: Import) -> list[tuple[str, int, str, str]]:
    rows = RowProblem.objects.filter(file__of=item).order_by("file__role", "row_no")
    return [(one.file.role, one.row_no, one.column, one.message) for one in rows]


def held() -> dict[str, str]:
    """What the database holds, but for the rows that wait to be put right."""
    return {name: text for name, text in digests().items() if name != "intake.untakenrow"}


@pytest.fixture
def people() -> list[Customer]:
    made = [make_customer(f"Customer {nth}") for nth in (1, 2, 3)]
    for nth, one in enumerate(made, start=1):
        make_reference(one, "till", f"K{nth}")
        make_facts(one, tier="core" if nth < 3 else "active")
    return made


def a_file(*rows: str) -> str:
    return "\n".join(["Code,Customer,Redeemed at,Receipt", *rows, ""])


def test_codes_of_a_file_are_used_as_at_the_till_and_all_of_it_is_undone(
    people: list[Customer],
) -> None:
    began = A_DAY - 5 * DAY
    # It opens in the course of a day: of a row that says only the day, it is enough.
    offer = make_offer(began, a_wave(began, 0, "core"), a_wave(began, 2), stock=2)
    one, two, three = (codes_of(offer, [c.pk]).get(c.pk, "") for c in people)
    everybody = Code.objects.get(offer=offer, customer=None)
    assert (three, everybody.uses_left) == ("", None)
    content = a_file(
        f"{one},K1,{began:%Y-%m-%d},R1", f"{one},K1,{began:%Y-%m-%d},R2",
        f"{two},K1,{began:%Y-%m-%d},", f"{two},K2,{began - DAY:%Y-%m-%d},",
        "K7QM-P2XR-9TD,,2026-11-20,", "0000-0000-000,,2026-11-20,", f"{two},K2,,", ",,2026-11-20,",
        f"{two},K9,{began:%Y-%m-%d},", f"{two},,{began:%Y-%m-%d} 23:00,",
    )  # fmt: skip
    before = held()
    dry = bring("redemptions", content, dry=True)
    assert counts(dry) == (2, 0, 0, 8, 0)
    assert Redemption.objects.count() == 0
    actions.end_dry_run(dry, by=COMMAND, at=A_DAY)
    assert held() == before

    item = bring("redemptions", content)

    assert counts(item) == (2, 0, 0, 8, 0)
    assert [(role, row, column) for role, row, column, _why in problems(item)] == [
        ("redemptions", 3, "Code"), ("redemptions", 4, "Customer"),
        ("redemptions", 5, "Redeemed at"), ("redemptions", 6, "Code"), ("redemptions", 7, "Code"),
        ("redemptions", 8, "Redeemed at"), ("redemptions", 9, "Code"),
        ("redemptions", 10, "Customer"),
    ]  # fmt: skip
    said = [why for _role, _row, _column, why in problems(item)]
    assert said[0].startswith("The file uses this code more often than it may be used.")
    assert said[1].startswith("This code belongs to another customer.")
    assert said[2].startswith("Not yet:")
    assert said[7] == "There is no customer with the number “K9”. Bring the customers in first."
    uses: Any = Redemption.objects.order_by("pk").values_list("customer", "receipt", "recorded_at")
    assert list(uses) == [(people[0].pk, "R1", A_DAY), (people[1].pk, "", A_DAY)]
    offer.refresh_from_db()
    assert offer.common_left == 0
    assert not StagedUse.objects.exists()
    assert counts(bring("redemptions", content))[:3] == (0, 0, 2)

    actions.undo_now(item, by=COMMAND, at=A_DAY)
    assert held() == before


def test_what_somebody_was_quicker_to_use_is_left_out(people: list[Customer]) -> None:
    began = A_DAY - DAY
    offer = make_offer(began, a_wave(began, 0, "core"))
    code = codes_of(offer, [people[0].pk])[people[0].pk]
    item = bring("redemptions", a_file(f"{code},,{A_DAY:%Y-%m-%d},"), dry=True)
    used = redeem(code, slip="till", by=COMMAND, at=A_DAY)

    actions.bring_in_now(item, by=COMMAND, at=A_DAY)

    assert Redemption.objects.get() == used
    item.refresh_from_db()
    assert counts(item) == (0, 0, 0, 1, 0)
    assert (item.report["uses"], item.report["notes"]) == (0, [])
    [(role, row, column, why)] = problems(item)
    assert (role, row, column) == ("redemptions", 2, "Code")
    assert why.startswith("It has been used already: 24 Nov 2026 09:00")
    assert why.endswith("A photograph of a code is the same code.")
    take_back(used, by=COMMAND, at=A_DAY)
    assert Code.objects.get(customer=people[0]).uses_left == 1


def test_offers_that_are_over_come_with_whom_they_were_for(
    people: list[Customer], owner: Member
) -> None:
    before = held()
    files: dict[str, str | bytes] = {"offers": OFFERS, "chosen": CHOSEN, "redemptions": USED}
    item = bring("redemptions", files, currency="GBP")

    # One offer, two of its customers, three uses; a row of each file was there twice.
    assert counts(item) == (1 + 2 + 3, 0, 2, 2 + 5, 0)
    assert [(role, row, why.partition(".")[0]) for role, row, _column, why in problems(item)] == [
        ("chosen", 5, "There is no customer with the number “K9”"),
        ("chosen", 6, "It names no offer, or no customer"),
        ("redemptions", 6, problems(item)[2][3].partition(".")[0]),
        ("redemptions", 7, "The offer “1” was not for this customer"),
        ("redemptions", 8, "There is no customer with the number “K9”"),
        ("redemptions", 9, "There is no offer “7” from there"),
        ("redemptions", 10, "It does not say when it was used"),
    ]
    assert "and the offer was from" in problems(item)[2][3]
    [offer] = Offer.objects.all()
    assert (offer.name, offer.sort, offer.reference, offer.source) == ("1", "Letter", "1", "files")
    assert not Offer.objects.visible_to(people[0], A_DAY).exists()
    [found] = used_by_sort(owner.actor)
    assert (found.sort, found.offers, found.uses, found.meant, found.used_by) == (
        "Letter", 1, 3, 2, 2,
    )  # fmt: skip
    assert found.between is None
    assert counts(bring("redemptions", files, currency="GBP"))[0] == 0

    actions.undo_now(item, by=COMMAND, at=A_DAY)
    assert held() == before
    running = OFFERS.replace("2026-04-09", "2027-04-09")
    item = bring("redemptions", {"offers": running}, currency="GBP")
    assert counts(item) == (0, 0, 0, 1, 0)
    assert "It is not over yet" in problems(item)[0][3]


def test_a_column_for_each_offer_is_a_list_of_responses(
    people: list[Customer], owner: Member
) -> None:
    content = "ID;Response;AcceptedCmp1\nK1;1;0\nK2;0;1\nK3;1;1\nK9;1;0\n;1;1\n"

    item = bring("redemptions", {"responses": content}, currency="GBP")

    assert counts(item) == (3, 0, 0, 2, 0)
    assert dict(Offer.objects.values_list("name", "waves__is_public")) == {
        "AcceptedCmp1": False, "Response": False,
    }  # fmt: skip
    assert [(one.uses, one.meant, one.used_by) for one in used_by_sort(owner.actor)] == [(4, 6, 4)]
    assert "moment" in {note["rule"] for note in item.report["notes"]}


@pytest.mark.parametrize(
    ("role", "content"),
    [("redemptions", "Code,Receipt\nA,1\n"), ("redemptions", "Customer,Redeemed\nK1,2026-01-01\n"),
     ("offers", "Campaign,Start date\n1,2026-01-01\n"), ("chosen", "Campaign,Colour\n1,red\n")],
)  # fmt: skip
def test_a_file_that_does_not_say_enough_is_refused(role: str, content: str) -> None:
    with pytest.raises(Refusal, match="says this"):
        bring("redemptions", {role: content})


def test_the_page_by_sort_asks_the_same_for_one_as_for_three(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here = client_of(owner)
    assert "No offer stands yet" in here.get("/offers/by-sort").content.decode()
    make_offer(at, a_wave(at, 0, "core"), sort="Letter")
    with CaptureQueriesContext(connection) as one:
        assert "Letter" in here.get("/offers/by-sort").content.decode()
    for sort in ("Birthday", ""):
        make_offer(at, a_wave(at, 0, "core"), sort=sort)
    with CaptureQueriesContext(connection) as three:
        page = here.get("/offers/by-sort").content.decode()
    assert len(three) == len(one)
    assert "Birthday" in page
    assert "without a sort" in page


@pytest.mark.realdata
def test_campaigns_of_a_year_give_the_share_of_each_sort_as_the_files_have_it(
    real_data: Path, owner: Member
) -> None:
    bring_campaigns(real_data, owner.actor, every=10)


@pytest.mark.realdata
def test_campaigns_as_columns_give_the_counts_of_the_file(real_data: Path) -> None:
    bring_responses(real_data, every=20)

"""Who sold: brought in with the orders, told apart by source, and said by somebody who knows."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from regulars.core.actor import SYSTEM
from regulars.core.errors import NotAllowed, Refusal
from regulars.lists.queries.filters import compile_filter
from regulars.orders import selling
from regulars.orders.actions import say_who_sold
from regulars.orders.models import Order, Seller
from regulars.team.models import Business, Member
from tests.factories.customers import make_customer
from tests.factories.intake import bring
from tests.factories.orders import make_order
from tests.factories.team import make_member

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Member], Client]
TILL = (
    "Receipt,Date,Customer ID,Name,Sold by,Total\n"
    "1,2026-11-02,7,Ruth Calloway,{first},5.00\n"
    "2,2026-11-03,8,Ada Loft,4,7.50\n"
    "3,2026-11-04,,,,1.00\n"
)


def sellers() -> list[tuple[str, str | None]]:
    rows = Order.objects.order_by("external_id").select_related("seller__member")
    return [(one.external_id, str(one.seller) if one.seller else None) for one in rows]


def make_seller(words: str = "4", source: str = "till", **over: object) -> Seller:
    return Seller.objects.create(source=source, words=words, **over)


def test_the_whole_name_of_a_member_is_that_member_and_a_number_stays_a_number(
    manager: Member, business: Business
) -> None:
    bring("orders", TILL.format(first=manager.name.upper()))

    assert sellers() == [("1", manager.name), ("2", "4"), ("3", None)]
    assert [(one.words, one.member) for one in Seller.objects.all()] == [
        ("4", None), (manager.name.upper(), manager),
    ]  # fmt: skip


def test_two_of_one_name_are_nobody_yet(manager: Member, business: Business) -> None:
    make_member("helper", name=manager.name)

    bring("orders", TILL.format(first=manager.name))

    assert Seller.objects.exclude(member=None).count() == 0


def test_brought_in_again_it_changes_where_the_file_says_another_and_stays_where_it_is_silent(
    business: Business,
) -> None:
    bring("orders", TILL.format(first="Marta"))
    again = bring("orders", TILL.format(first="Marta"))
    bring("orders", "Receipt,Date,Customer ID,Total\n2,2026-11-03,8,7.50\n")
    bring("orders", TILL.format(first="Jo"))

    assert (again.report["updated"], again.report["unchanged"]) == (0, 3)
    assert sellers() == [("1", "Jo"), ("2", "4"), ("3", None)]


def test_a_look_before_says_how_many_are_named_and_keeps_none(business: Business) -> None:
    item = bring("orders", TILL.format(first="Marta"), dry=True)

    assert [one["count"] for one in item.report["notes"] if one["rule"] == "sellers"] == [2]
    assert Seller.objects.count() == 0


def test_a_column_of_customers_is_refused_with_a_sentence(
    business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selling, "MOST_SELLERS", 1)

    with pytest.raises(Refusal, match="more than 1 different names"):
        bring("orders", TILL.format(first="Marta"))


def test_numbers_of_two_tills_are_two_people(business: Business) -> None:
    bring("orders", TILL.format(first="Marta"), source="shop")
    bring("orders", TILL.format(first="Marta"), source="market")

    assert Seller.objects.filter(words="4").count() == 2


def test_somebody_says_who_it_is_and_imports_leave_it_so(
    manager: Member, helper: Member, business: Business, at: datetime
) -> None:
    bring("orders", TILL.format(first=manager.name))
    four, named = Seller.objects.get(words="4"), Seller.objects.get(words=manager.name)

    say_who_sold(four, member_id=helper.pk, name="", by=manager.actor, at=at)
    say_who_sold(named, member_id=None, name="Old Tomasz", by=manager.actor, at=at)
    bring("orders", TILL.format(first=manager.name))

    assert sellers() == [("1", "Old Tomasz"), ("2", helper.name), ("3", None)]


def test_who_may_not_say_it_and_whom_nobody_knows_is_refused(
    helper: Member, owner: Member, at: datetime
) -> None:
    four = make_seller()

    with pytest.raises(NotAllowed):
        say_who_sold(four, member_id=helper.pk, name="", by=helper.actor, at=at)
    with pytest.raises(Refusal, match="not on the team"):
        say_who_sold(four, member_id=999_999, name="", by=owner.actor, at=at)
    four.refresh_from_db()
    assert (four.member, four.is_told) == (None, False)


ROUNDS = (
    "Receipt,Date,Customer ID,Sold by,Sales region,Total\n"
    "1,2026-11-02,7,4,Harbour,5.00\n"
    "2,2026-11-03,8,4,Moor,7.50\n"
    "3,2026-11-04,7,5, moor,1.00\n"
    "4,2026-11-05,7,,Harbour,2.00\n"
    "5,2026-11-06,7,6,,3.00\n"
)


def placed() -> list[tuple[str, str, str]]:
    rows = Order.objects.order_by("external_id").select_related("seller")
    return [(one.external_id, one.seller.words, one.seller.region) for one in rows if one.seller]


def test_each_order_counts_where_the_file_says_that_it_was_sold(business: Business) -> None:
    """Who sells in two places goes by name and place in the second; a place may stand alone."""
    item = bring("orders", ROUNDS)

    assert placed() == [
        ("1", "4", "Harbour"), ("2", "4 · Moor", "Moor"), ("3", "5", "Moor"),
        ("4", "Harbour", "Harbour"), ("5", "6", ""),
    ]  # fmt: skip
    [said] = [one for one in item.report["notes"] if one["rule"] == "regions"]
    assert (said["count"], said["sentence"]) == (2, (
        "It says where it was sold, in 2 different places: a goal can be set for what is sold in"
        " each."
    ))  # fmt: skip


def test_brought_in_again_or_by_a_file_that_says_no_place_everything_stays(
    business: Business,
) -> None:
    bring("orders", ROUNDS)
    before = placed()

    again = bring("orders", ROUNDS)
    silent = bring(
        "orders",
        "Receipt,Date,Customer ID,Sold by,Total\n1,2026-11-02,7,4,5.00\n2,2026-11-03,8,4,7.50\n",
    )

    assert [one.report["updated"] for one in (again, silent)] == [0, 0]
    assert placed() == before


def test_where_somebody_sells_who_is_known_is_filled_in_and_what_was_said_by_hand_stands(
    helper: Member, business: Business, at: datetime
) -> None:
    bring("orders", TILL.format(first="Marta"))
    four, marta = (Seller.objects.get(words=words) for words in ("4", "Marta"))
    say_who_sold(
        four, member_id=helper.pk, name="", region="The Moor", by=SYSTEM, at=at
    )  # fmt: skip

    bring(
        "orders",
        "Receipt,Date,Customer ID,Sold by,Branch,Total\n"
        "1,2026-11-02,7,Marta,Harbour,5.00\n7,2026-11-07,7,4,the moor,1.00\n"
        "8,2026-11-08,7,4,Harbour,1.00\n",
    )

    marta.refresh_from_db()
    four.refresh_from_db()
    assert (marta.region, four.region) == ("Harbour", "The Moor")
    # In a second place they are nobody else.
    second = Seller.objects.get(words="4 · Harbour")
    assert (second.member, second.region, second.is_told) == (helper, "Harbour", True)
    assert Order.objects.filter(seller=four).count() == 2


def test_names_too_long_for_both_are_cut_alike(business: Business) -> None:
    who, where = "S" * 80, "P" * 80
    rows = "".join(
        f"{n},2026-11-0{n},7,{who},{place},1.00\n" for n, place in ((1, "A"), (2, where))
    )

    bring("orders", f"Receipt,Date,Customer ID,Sold by,Sales region,Total\n{rows}")

    assert placed() == [("1", who, "A"), ("2", f"{'S' * 38} · {'P' * 38}", where)]


def test_on_the_page_somebody_says_who_it_is(
    client_of: ClientOf, manager: Member, helper: Member
) -> None:
    four, here = make_seller(), client_of(manager)
    make_order(make_customer(), date(2026, 11, 20), seller=four)

    before = here.get(reverse("orders:sellers")).content.decode()
    wrong = here.post(reverse("orders:seller", args=[four.pk]), {"member": "77777"})
    said = here.post(
        reverse("orders:seller", args=[four.pk]),
        {"member": helper.pk, "name": "", "region": "  The  harbour "},
    )
    after = here.get(reverse("orders:sellers")).content.decode()

    assert "Nobody has said who this is." in before
    assert wrong.status_code == 422
    assert "They are not on the team. Choose somebody else." in wrong.content.decode()
    assert said.status_code == 302
    assert "Nobody has said who this is." not in after
    assert f"{helper.name}, on the team" in after
    assert '<option value="The harbour">' in after


def test_helpers_and_viewers_are_turned_away(
    client_of: ClientOf, helper: Member, viewer: Member
) -> None:
    four = make_seller()

    for member in (helper, viewer):
        here = client_of(member)
        assert here.get(reverse("orders:sellers")).status_code == 403
        assert here.post(reverse("orders:seller", args=[four.pk])).status_code == 403
    assert client_of(helper).get(reverse("orders:seller", args=[four.pk])).status_code == 405


def test_nobody_who_sold_goes_by_that_number(client_of: ClientOf, owner: Member) -> None:
    here = client_of(owner)

    assert here.post(reverse("orders:seller", args=[404])).status_code == 404
    assert "No order says who sold it." in here.get(reverse("orders:sellers")).content.decode()


def test_as_many_statements_for_three_sellers_as_for_one(
    client_of: ClientOf, owner: Member
) -> None:
    here = client_of(owner)

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            here.get(reverse("orders:sellers"))
        return len(seen)

    # What the first page of a session costs is not counted.
    asked()
    make_seller("1")
    first = asked()
    make_seller("2", member=owner)
    make_seller("3", name="Marta")
    assert asked() == first


def test_the_order_says_who_sold_it_and_a_list_finds_who_bought_from_them(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    marta = make_seller("7", name="Marta")
    ruth, hugo = make_customer("Ruth Calloway"), make_customer("Hugo")
    make_order(ruth, date(2026, 11, 20), seller=marta)
    make_order(hugo, date(2026, 11, 20))
    tree = {
        "event": "order", "where": [{"field": "sold_by", "is": "any_of", "value": [str(marta.pk)]}]
    }  # fmt: skip

    page = client_of(owner).get(reverse("customers:detail", args=[ruth.pk])).content.decode()

    assert "sold by Marta" in page
    assert list(compile_filter(tree, SYSTEM, at)) == [ruth]

"""Break-even shared out: by past shares, to the cent, changed by hand, offered all at once."""

import re
from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from regulars.core.errors import Refusal
from regulars.goals.actions.counting import count_trade
from regulars.goals.actions.goals import set_goals
from regulars.goals.choices import Counts, SplitBy
from regulars.goals.models import Goal
from regulars.goals.queries import goals as queries
from regulars.goals.queries.goals import known_places
from regulars.goals.queries.splitting import split_of
from regulars.orders.choices import OrderKind
from regulars.orders.models import Seller
from regulars.team.models import Business, Member
from tests.factories.customers import make_customer, make_point
from tests.factories.goals import make_cost, make_group, told_goal
from tests.factories.orders import make_line, make_order

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Member], Client]
TODAY, NOVEMBER = date(2026, 11, 24), date(2026, 11, 1)


def parts(business: Business, by: SplitBy) -> list[tuple[int, int]]:
    found = split_of(business, TODAY, NOVEMBER, by)
    assert sum(one.amount_minor for one in found.parts) == found.need_minor == 821_918
    return [(one.past_minor, one.amount_minor) for one in found.parts]


def test_goods_share_it_by_the_same_month_a_year_before_to_the_cent(
    business: Business, at: datetime
) -> None:
    """8,219.18 by 2 : 1: 5,479.45 and 2,739.73."""
    make_cost(at)
    make_group(at, "Bread", words="rye")
    make_group(at, "The rest")
    order = make_order(make_customer(), date(2025, 11, 10), 3_000)
    make_line(order, "Seeded rye", 2_000)
    make_line(order, "Tea", 1_000)
    make_line(make_order(None, date(2026, 8, 1), 99_000), "Tea", 99_000)

    assert parts(business, SplitBy.GOODS) == [(2_000, 547_945), (1_000, 273_973)]


def test_sales_regions_share_it_by_what_was_sold_there(
    business: Business, owner: Member, at: datetime
) -> None:
    make_cost(at)
    make_group(at)
    for region, minor in (("Harbour", 1_000), ("Moor", 3_000), ("", 9_000)):
        seller = Seller.objects.create(source="till", words=region or "5", region=region)
        make_order(make_customer(), date(2025, 11, 10), minor, seller=seller)

    found = split_of(business, TODAY, NOVEMBER, SplitBy.AREA)

    assert [(one.group.place, one.amount_minor) for one in found.parts] == [
        ("Moor", 616_439), ("Harbour", 205_479),
    ]  # fmt: skip


def test_of_the_books_only_that_month_is_read(business: Business, at: datetime) -> None:
    """A long history is not gone through while somebody waits."""
    make_cost(at)
    make_group(at)
    make_order(make_customer(), date(2025, 11, 3), 3_000)

    with CaptureQueriesContext(connection) as seen:
        split_of(business, TODAY, NOVEMBER, SplitBy.TIER)

    [asked] = [one["sql"] for one in seen if "orders_order o" in one["sql"]]
    days = re.findall(r"placed_on BETWEEN '([-0-9]+)'\S* AND '([-0-9]+)'", asked)
    # Twice: whose tier is asked for, and which orders are added up.
    assert days == [("2025-11-01", "2025-11-30")] * 2


def test_of_very_many_addresses_places_are_those_of_the_last_count(
    business: Business, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_point(make_customer(), "address", "Ambley", city="Ambley", country="GB")
    count_trade(at=at)
    make_point(make_customer(), "address", "Weir", city="Weir", country="GB")
    at_once = known_places()

    monkeypatch.setattr(queries, "LOOKED_AT_ONCE", 1)
    with CaptureQueriesContext(connection) as seen:
        counted = known_places()

    assert at_once == [("country", "GB", 2), ("city", "Ambley", 1), ("city", "Weir", 1)]
    assert counted == [("country", "GB", 1), ("city", "Ambley", 1)]
    assert not [one for one in seen if "customers_contactpoint" in one["sql"]]


def test_where_that_month_sold_nothing_the_last_year_says(
    business: Business, owner: Member, manager: Member, at: datetime
) -> None:
    make_cost(at)
    make_group(at)
    for member, minor in ((owner, 1_000), (manager, 3_000)):
        make_order(make_customer(manager=member), date(2026, 8, 1), minor)
    make_order(make_customer(manager=manager), date(2026, 8, 2), -500, kind=OrderKind.CANCELLATION)

    found = split_of(business, TODAY, NOVEMBER, SplitBy.MANAGER)

    assert [(one.manager_id, one.past_minor, one.counts) for one in found.parts] == [
        (manager.pk, 2_500, Counts.OWN), (owner.pk, 1_000, Counts.OWN),
    ]  # fmt: skip
    assert sum(one.amount_minor for one in found.parts) == found.need_minor


def test_who_sold_shares_it_by_what_each_sold(
    business: Business, owner: Member, manager: Member, at: datetime
) -> None:
    make_cost(at)
    make_group(at)
    for member, minor in ((owner, 1_000), (manager, 3_000)):
        seller = Seller.objects.create(source="till", words=member.name, member=member)
        make_order(make_customer(manager=owner), date(2025, 11, 1), minor, seller=seller)

    found = split_of(business, TODAY, NOVEMBER, SplitBy.SELLER)

    assert [(one.manager_id, one.past_minor, one.counts) for one in found.parts] == [
        (manager.pk, 3_000, Counts.SOLD), (owner.pk, 1_000, Counts.SOLD),
    ]  # fmt: skip


def test_places_are_the_widest_of_which_there_are_several(business: Business, at: datetime) -> None:
    make_cost(at)
    make_group(at)
    for city, minor in (("Ambley", 3_000), ("Weir", 1_000)):
        who = make_customer()
        make_point(who, "address", city, city=city, country="GB")
        make_order(who, date(2025, 11, 3), minor)

    found = split_of(business, TODAY, NOVEMBER, SplitBy.PLACE)

    assert [(one.group.place, one.past_minor) for one in found.parts] == [
        ("Ambley", 3_000), ("Weir", 1_000),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("bp", "cost", "by", "said"),
    [
        (0, 500_000, SplitBy.GOODS, "nothing is left of what you sell"),
        (6_000, 0, SplitBy.GOODS, "Nothing has to be sold"),
        (6_000, 500_000, SplitBy.PLACE, "nothing to share it out by"),
    ],
)
def test_without_a_break_even_or_groups_a_sentence_says_why(
    business: Business, at: datetime, bp: int, cost: int, by: SplitBy, said: str
) -> None:
    make_group(at, bp=bp)
    make_cost(at, minor=cost)

    with pytest.raises(Refusal) as no:
        split_of(business, TODAY, NOVEMBER, by)

    assert said.casefold() in no.value.sentence.casefold()


def test_all_are_set_or_none(owner: Member, manager: Member, viewer: Member, at: datetime) -> None:
    with pytest.raises(Refusal):
        set_goals([told_goal(manager), told_goal(viewer)], by=owner.actor, at=at)

    assert Goal.objects.count() == 0


def test_on_the_page_amounts_are_changed_and_all_are_offered(
    client_of: ClientOf, owner: Member, manager: Member, at: datetime
) -> None:
    make_cost(at)
    bread, rest = make_group(at, "Bread", words="rye"), make_group(at, "The rest")
    make_line(make_order(make_customer(), date(2025, 11, 10), 3_000), "Seeded rye", 2_000)
    here, there = client_of(owner), reverse("goals:split") + "?by=goods&month=2026-11-01"

    page = here.get(there).content.decode()
    told = {
        f"amount_goods:{bread.pk}": "6000.50", f"manager_goods:{bread.pk}": manager.pk,
        f"amount_goods:{rest.pk}": "",
    }  # fmt: skip
    assert "November 2026 has to bring £8,219 so that nothing is lost." in page
    assert here.post(there, told).headers["Location"] == reverse("goals:home")

    [goal] = Goal.objects.all()
    assert (goal.goods, goal.amount_minor, goal.manager, goal.answer, goal.from_on) == (
        bread, 600_050, manager, "offered", NOVEMBER,
    )  # fmt: skip
    # What an address leaves out is this month.
    assert "Bread" in (short := here.get(reverse("goals:split") + "?by=goods").content.decode())
    assert ("This field is required" in short, "November 2026 has to bring" in short) == (
        False, True,
    )  # fmt: skip
    nothing = here.post(there, {})
    assert (nothing.status_code, b"No group is to bring" in nothing.content) == (422, True)
    assert client_of(manager).get(there).status_code == 403
    home = here.get("/goals/").content.decode()
    assert "You break even at £1,918 a week." in home

"""The list of customers as a browser gets it."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from html import unescape

import pytest
from django.core.cache import cache
from django.test import Client

from regulars.customers.models import Customer
from regulars.desk import customer_list
from regulars.insight.models import CustomerFacts, TierOverride
from regulars.planning.models import FirstTouch, Pause, Plan, PlanItem
from regulars.team.models import Member
from tests.factories.conversations import make_touch
from tests.factories.customers import A_DAY, make_customer
from tests.factories.orders import make_order

pytestmark = pytest.mark.django_db

SignIn = Callable[[Member], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


def make_regular(name: str = "Ruth Calloway", **over: object) -> Customer:
    """Every seven days, last on 5 November, so overdue for twelve."""
    customer = make_customer(name, **over)  # type: ignore[arg-type]
    for weeks in range(4):
        make_order(customer, date(2026, 11, 5) - timedelta(weeks=weeks))
    CustomerFacts.objects.create(
        customer=customer, purchase_count=4, first_on=date(2026, 10, 15), last_on=date(2026, 11, 5),
        usual_gap_days=7, gap_spread=0.3, due_on=date(2026, 11, 12), tier="slipping",
        year_spend_minor=131200,
    )  # fmt: skip
    return customer


def words(client: Client, url: str, **headers: str) -> str:
    answer = client.get(url, headers=headers or None)
    assert answer.status_code == 200, answer.content
    return unescape(answer.content.decode())


def test_a_row_says_when_they_came_and_when_we_are_next(
    owner: Member, client_of: SignIn, at: datetime
) -> None:
    customer = make_regular(manager=owner, about="Seeded rye.")
    make_touch(customer, at - timedelta(days=3))

    page = words(client_of(owner), "/customers/")

    for said in (
        "Ruth Calloway", "Seeded rye.", "12 days", "every 7, now 19", "£1,312", "Slipping",
        "last: Call, Sat 21", "1 customer", "1 to 1 of 1",
    ):  # fmt: skip
        assert said in page, said
    assert page.count('class="tick"') == 4


def test_the_next_touch_follows_plan_pause_clock_and_first_touch(
    owner: Member, client_of: SignIn, at: datetime
) -> None:
    today = at.date()
    planned, put_off, first, running = (make_customer(f"{n} Person") for n in "ABCD")
    plan = Plan.objects.create(member=owner, day=today, minutes=60, made_at=at)
    PlanItem.objects.create(
        plan=plan, customer=planned, position=1, channel="call", purpose="serve", minutes=6,
        reason="cadence_due", due_on=today,
    )  # fmt: skip
    Pause.objects.create(customer=put_off, until=date(2026, 12, 1), put_off_at=at)
    FirstTouch.objects.create(customer=first, due_on=date(2026, 11, 20))
    make_touch(running, at - timedelta(days=1))
    TierOverride.objects.create(customer=running, tier="core", reason="ours", set_at=at)

    page = words(client_of(owner), "/customers/")

    rows = [row.split("</tr>")[0] for row in page.split("<tbody>")[1].split("<tr>")[1:]]
    assert '<span class="kept">Today</span>, Nora' in rows[0]
    assert "1 Dec" in rows[1]
    assert "due since Fri 20" in rows[2]
    # A core customer every thirty days, counted from yesterday's call.
    assert "23 Dec" in rows[3]


def test_search_and_filters_narrow_the_list(
    owner: Member, manager: Member, client_of: SignIn
) -> None:
    make_regular(manager=owner)
    make_customer("Oscar Winslow", manager=manager)
    make_customer("Thea Abernathy")
    client = client_of(owner)

    def names(url: str) -> list[str]:
        page = words(client, url, **HTMX)
        assert "<html" not in page
        found = ("Ruth Calloway", "Oscar Winslow", "Thea Abernathy")
        return [name for name in found if f">{name}</a>" in page]

    assert names("/customers/") == ["Ruth Calloway", "Oscar Winslow", "Thea Abernathy"]
    assert names("/customers/?q=cal") == ["Ruth Calloway"]
    assert names("/customers/?tier=slipping") == ["Ruth Calloway"]
    assert names("/customers/?tier=new") == ["Oscar Winslow", "Thea Abernathy"]
    assert names(f"/customers/?manager={manager.pk}") == ["Oscar Winslow"]
    assert names("/customers/?manager=none") == ["Thea Abernathy"]
    assert names("/customers/?tier=boss&manager=x&sort=y&at=z") == names("/customers/")
    assert names("/customers/?q=zzz") == []


@pytest.mark.parametrize("rare", [0, 1, 2000])
def test_a_tier_is_what_people_see_whichever_way_it_is_asked(
    owner: Member, monkeypatch: pytest.MonkeyPatch, rare: int
) -> None:
    monkeypatch.setattr(customer_list, "RARE", rare)
    counted = make_regular("Ruth Calloway")
    moved = make_regular("Oscar Winslow")
    TierOverride.objects.create(customer=moved, tier="core", reason="ours", set_at=A_DAY)
    never = make_customer("Thea Abernathy")

    def those(tier: str) -> list[Customer]:
        return list(customer_list.in_tier(Customer.objects.all(), tier))

    assert (those("slipping"), those("core"), those("new"), those("lost")) == (
        [counted], [moved], [never], [],
    )  # fmt: skip


def test_tabs_count_what_they_show(owner: Member, client_of: SignIn) -> None:
    make_regular(manager=owner)
    make_customer("Thea Abernathy")

    page = words(client_of(owner), "/customers/?tier=slipping")

    tabs = page.split('class="views"')[1].split("</nav>")[0]
    assert [int(part.split("<")[0]) for part in tabs.split('<span class="n">')[1:]] == [
        2,
        0,
        1,
        0,
        1,
    ]
    assert 'aria-current="page">Slipping' in tabs.replace(" >", ">")


def test_empty_lists_teach(owner: Member, helper: Member, client_of: SignIn) -> None:
    assert "Bring in customers or orders" in words(client_of(owner), "/customers/")
    make_customer("Ruth Calloway", manager=owner)

    nothing = words(client_of(owner), "/customers/?q=zzz")

    assert "Nobody on your list fits this." in nothing
    assert "Show everybody" in nothing
    assert "Ruth" not in words(client_of(helper), "/customers/")


def test_a_long_list_says_about(
    owner: Member, client_of: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        make_customer(f"Person {number}")
    monkeypatch.setattr(customer_list, "COUNTED_UP_TO", 20)

    assert "about 0 customers" in words(client_of(owner), "/customers/")
    assert customer_list.count_of(owner.actor, customer_list.Wanted(text="person 7")).count == 1


@pytest.mark.parametrize("url", ["/customers/", "/customers/?sort=value", "/customers/?q=person"])
def test_one_row_and_three_ask_the_database_as_often(
    owner: Member, client_of: SignIn, at: datetime, django_assert_max_num_queries: object, url: str
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of(owner)
    make_touch(make_regular("Person One", manager=owner), at)
    client.get(url)
    cache.clear()
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for name in ("Person Two", "Person Three"):
        make_touch(make_regular(name, manager=owner), at)
    cache.clear()
    with CaptureQueriesContext(connection) as three:
        client.get(url)

    assert len(three) == len(one)


def test_assigning_a_selection_can_be_undone(
    owner: Member, manager: Member, client_of: SignIn
) -> None:
    ruth, oscar = make_customer("Ruth Calloway"), make_customer("Oscar Winslow")
    client = client_of(owner)

    answer = client.post(
        "/customers/assign", {"ids": [ruth.pk, "x"], "to": manager.pk}, headers=HTMX
    )

    toast = json.loads(answer["HX-Trigger"])["toast"]
    assert toast["text"] == "Done: Tomasz Wilk looks after 1 more customer."
    holders = Customer.objects.order_by("pk").values_list("manager_id", flat=True)
    assert list(holders) == [manager.pk, None]

    undone = client.post(toast["undo"], headers=HTMX)

    assert undone.status_code == 204
    assert not any(holders.all())
    assert client.post(toast["undo"], headers=HTMX).status_code == 422
    assert oscar.manager_id is None


def test_all_that_match_are_assigned_at_once(
    owner: Member, manager: Member, client_of: SignIn
) -> None:
    for number in range(30):
        make_customer(f"Person {number}")
    outside = make_customer("Oscar Winslow")

    client_of(owner).post(
        "/customers/assign", {"all": "1", "q": "person", "to": manager.pk}, headers=HTMX
    )

    assert list(Customer.objects.filter(manager=None)) == [outside]


def test_helpers_and_viewers_assign_nobody(
    owner: Member, helper: Member, viewer: Member, client_of: SignIn
) -> None:
    customer = make_customer(manager=helper)

    for member in (helper, viewer):
        answer = client_of(member).post(
            "/customers/assign", {"ids": [customer.pk], "to": owner.pk}, headers=HTMX
        )
        assert answer.status_code == 403
        assert "Only an owner or a manager" in answer.content.decode()
        assert "data-pick" not in words(client_of(member), "/customers/")

    customer.refresh_from_db()
    assert customer.manager_id == helper.pk


def test_a_helper_lists_and_searches_their_own_alone(
    owner: Member, helper: Member, client_of: SignIn
) -> None:
    make_customer("Ruth Calloway", manager=helper)
    make_customer("Ruth Winslow", manager=owner)

    for url in ("/customers/", "/customers/?q=ruth", f"/customers/?manager={owner.pk}"):
        page = words(client_of(helper), url)
        assert "Ruth Winslow" not in page, url
    assert "1 customer" in words(client_of(helper), "/customers/?q=ruth")

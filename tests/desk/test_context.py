from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from regulars.core.actor import Actor
from regulars.customers.models import Duplicate
from regulars.desk.context import nav_of, shell
from regulars.planning.models import Plan, PlanItem
from regulars.team.models import Business, Member
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db

ClientOf = Callable[[Member], Client]


def plan_for(member: Member, states: list[str], day: date = date(2026, 11, 24)) -> None:
    plan = Plan.objects.create(
        member=member, day=day, minutes=60, made_at=datetime.fromisoformat("2026-11-24T04:00Z")
    )
    for position, state in enumerate(states):
        PlanItem.objects.create(
            plan=plan, customer=make_customer(), position=position, channel="call",
            purpose="serve", minutes=6, reason="rhythm", due_on=day, state=state,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("role", "rooms"),
    [
        (
            "owner",
            [
                "Today",
                "Customers",
                "Messages",
                "Bulletins",
                "Offers",
                "Library",
                "Insight",
                "Goals",
                "Recovery",
                "Import",
                "Settings",
            ],
        ),
        (
            "manager",
            [
                "Today",
                "Customers",
                "Messages",
                "Bulletins",
                "Offers",
                "Library",
                "Insight",
                "Goals",
                "Recovery",
                "Import",
                "Settings",
            ],
        ),
        (
            "helper",
            [
                "Today",
                "Customers",
                "Messages",
                "Bulletins",
                "Offers",
                "Library",
                "Goals",
                "Recovery",
                "Settings",
            ],
        ),
        (
            "viewer",
            [
                "Today",
                "Customers",
                "Messages",
                "Bulletins",
                "Offers",
                "Library",
                "Insight",
                "Goals",
                "Recovery",
                "Settings",
            ],
        ),
    ],
)
def test_each_role_sees_the_rooms_it_may_enter(
    role: str, rooms: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regulars.desk.context.address_of", lambda name: f"/{name}")

    nav = nav_of(Actor("staff", "x", role, 1), RequestFactory().get("/"), today_count=0)

    assert [str(room["label"]) for room in nav] == rooms


def test_rooms_that_do_not_exist_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"team:settings": "/team/"}
    monkeypatch.setattr("regulars.desk.context.address_of", lambda name: known.get(name, ""))

    nav = nav_of(Actor("staff", "x", "owner", 1), RequestFactory().get("/"), today_count=0)

    assert [room["url"] for room in nav] == ["/team/"]


@pytest.mark.parametrize("path", ["/team/", "/team/people", "/account/2fa/"])
def test_the_room_one_is_in_is_marked(client_of: ClientOf, owner: Member, path: str) -> None:
    page = client_of(owner).get(path)

    current = [str(room["label"]) for room in page.context["nav"] if room["current"]]
    assert current == ["Settings"]


def test_the_shell_counts_who_is_still_to_be_reached_today(
    client_of: ClientOf, owner: Member, manager: Member, at: datetime
) -> None:
    plan_for(owner, ["open", "open", "done"])
    plan_for(owner, ["open"], day=date(2026, 11, 23))
    plan_for(manager, ["open"] * 4)

    page = client_of(owner).get("/team/")

    counts = {str(room["label"]): room["count"] for room in page.context["nav"]}
    assert counts["Today"] == 2


def test_the_shell_takes_five_queries_at_most(
    client_of: ClientOf, owner: Member, business: Business
) -> None:
    request = RequestFactory().get("/")
    request.user = owner
    request.business = business  # type: ignore[attr-defined]

    with CaptureQueriesContext(connection) as seen:
        said = shell(request)

    # The list of the day, the switch, disruptions, this instance; the business was read before.
    assert len(seen) == 4
    assert (said["business"], said["actor"], said["care_line"]) == (business, owner.actor, None)


def test_a_sample_says_so_on_every_page(client_of: ClientOf, owner: Member) -> None:
    words = "This is a sample business."
    assert words not in client_of(owner).get("/team/").content.decode()

    Business.objects.update(is_sample=True)

    assert words in client_of(owner).get("/team/").content.decode()


def test_strangers_see_no_rooms(client: Client, business: Business) -> None:
    page = client.get("/account/login/")

    assert "nav" not in page.context
    assert "Juniper &amp; Rye" in page.content.decode()


def _pairs(at: datetime, count: int) -> None:
    for nth in range(count):
        low, high = make_customer(f"Ruth {nth}"), make_customer(f"Ruth {nth}")
        Duplicate.objects.create(low=low, high=high, score=0.9, found_at=at)


@pytest.mark.parametrize("count", [0, 1, 3], ids=["none", "one", "three"])
def test_whoever_merges_sees_how_many_pairs_wait_by_one_query(
    client_of: ClientOf, owner: Member, helper: Member, at: datetime, count: int
) -> None:
    _pairs(at, count)

    def asked(member: Member) -> tuple[int, bool]:
        with CaptureQueriesContext(connection) as seen:
            page = client_of(member).get("/team/people").content.decode()
        pairs = [one for one in seen.captured_queries if "customers_duplicate" in one["sql"]]
        return len(pairs), "may be on the list twice:" in page

    assert (asked(owner), asked(helper)) == ((1, count > 0), (0, False))

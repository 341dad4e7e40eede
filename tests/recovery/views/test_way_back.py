"""The way back on its page: with everything, with little, with nothing, and on paper."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from regulars.conversations.choices import Outcome
from regulars.conversations.models import Touch
from regulars.customers.choices import PointKind
from regulars.customers.models import ContactPoint, Customer
from regulars.insight.models import KeptFigure
from regulars.planning.models import Plan, PlanItem
from regulars.recovery.models import Disruption, Return, WayBack
from regulars.team.models import Business, Member
from tests.factories.conversations import make_touch
from tests.factories.insight import TODAY, close_between, days_ago, make_stranger

ClientOf = Callable[[Member], Client]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]


def burnt(at: datetime, days: int = 41) -> Disruption:
    day = days_ago(days)
    since = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    return Disruption.objects.create(what="A fire in the bakehouse", since=since, declared_at=at)


def week(back: int, since: date, share: float) -> dict[str, Any]:
    """A week that ends so many weeks before yesterday; 1,000 pounds would have come since."""
    to_on = days_ago(1 + 7 * back)
    row: dict[str, Any] = {
        "from_on": (to_on - timedelta(days=6)).isoformat(), "to_on": to_on.isoformat(),
        "closed_days": 0, "customers": round(50 * share), "spend_minor": round(100_000 * share),
        "state": "since" if to_on >= since else "before", "four_weeks": 4,
    }  # fmt: skip
    for what, unit, usual in (("customers", "", 50), ("spend", "_minor", 100_000)):
        for many, name in ((1, what), (4, f"four_{what}")):
            told = (many * usual, many * usual * 0.9, many * usual * 1.1)
            for part, value in zip(("expected", "low", "high"), told, strict=True):
                row[f"{name}_{part}{unit}"] = round(value) if to_on >= since else None
        row[f"four_{what}{unit}"] = round(4 * usual * share) if to_on >= since else None
        row[f"four_{what}_chance"] = 0.0 if to_on >= since else None
    return row


def counted(disruption: Disruption, at: datetime) -> Customer:
    """Two of three are back; Ben is not, and said why."""
    day = disruption.since.date()
    people = [make_stranger(name=name) for name in ("Anna", "Cleo", "Ben")]
    ben = people[-1]
    for one, state in zip(people, ("back", "back", "overdue"), strict=True):
        Return.objects.create(
            disruption=disruption, customer=one, since_on=day, tier="core", state=state
        )
    make_phone(ben, "+441632960214", at)
    said = Touch.objects.create(
        customer=ben, channel="call", outcome=Outcome.REACHED, happened_at=at, recorded_at=at,
        said="The supermarket one keeps longer.",
    )  # fmt: skip
    whole = {"back": 2, "waiting": 0, "overdue": 1}
    WayBack.objects.create(disruption=disruption, as_of=TODAY, counted_at=at, figures={
        "whole": whole, "tiers": [{"key": "core", "name": "", **whole}],
        "managers": [{"key": None, "name": "", **whole}], "cities": [], "tags": [],
        "weeks": [], "calls": [ben.pk], "longest": [ben.pk], "said": [said.pk],
    })  # fmt: skip
    return ben


def keep_weeks(disruption: Disruption, at: datetime, *shares: float) -> None:
    since, count = disruption.since.date(), len(shares)
    rows = [week(count - 1 - place, since, share) for place, share in enumerate(shares)]
    KeptFigure.objects.create(name="baseline", as_of=TODAY, counted_at=at, rows=rows)


def test_the_page_says_how_far_back_and_whom_to_call(
    owner: Member, client_of: ClientOf, at: datetime
) -> None:
    disruption = burnt(at)
    ben = counted(disruption, at)
    keep_weeks(disruption, at, 1.0, 1.0, 0.2, 0.4, 0.55, 0.66, 0.745, 0.8)

    page = client_of(owner).get("/recovery/").content.decode()

    assert "80 % of an ordinary week" in page
    assert "2 of 3 customers from before have bought again" in page
    assert "At this pace the money is within the usual again between" in page
    assert f'<a class="name" href="/customers/{ben.pk}/">Ben</a>' in page
    assert 'href="tel:+441632960214"' in page
    assert "The supermarket one keeps longer." in page
    assert "£800" in page
    assert "£900 to £1,100" in page


def test_still_closed_no_weeks_and_not_counted_are_said(
    owner: Member, client_of: ClientOf, at: datetime, business: Business
) -> None:
    close_between(business, days_ago(41), TODAY + timedelta(days=5))
    burnt(at)

    page = client_of(owner).get("/recovery/").content.decode()

    assert "Still closed" in page
    assert "Closed for 42 days." in page
    assert "It is counted in the background" in page


def test_weeks_of_another_disruption_are_not_shown_as_of_this_one(
    owner: Member, client_of: ClientOf, at: datetime
) -> None:
    disruption = burnt(at)
    counted(disruption, at)
    keep_weeks(disruption, at, 1.0, 0.5, 0.6)
    Disruption.objects.update(since=disruption.since - timedelta(days=60))

    page = client_of(owner).get("/recovery/").content.decode()

    assert "2 of 3 customers are back" in page
    assert "too few ordinary weeks before are known" in page
    assert "of an ordinary week" not in page


def test_an_earlier_one_of_the_year_can_be_chosen(
    owner: Member, client_of: ClientOf, at: datetime
) -> None:
    earlier, later = burnt(at, days=90), burnt(at)
    counted(earlier, at)
    Disruption.objects.filter(pk=later.pk).update(what="A flood")
    keep_weeks(later, at, 1.0, 0.5, 0.6)
    client = client_of(owner)

    page = client.get(f"/recovery/?of={earlier.pk}").content.decode()
    unknown = client.get("/recovery/?of=nothing").content.decode()
    printed = client.get(f"/recovery/print?of={earlier.pk}").content

    assert f'<a href="?of={earlier.pk}" aria-current="page">A fire in the bakehouse' in page
    assert "2 of 3 customers are back" in page
    assert "The weeks are told beside the time before the disruption that came later" in page
    assert f'<a href="?of={later.pk}" aria-current="page">A flood' in unknown
    assert "2 of 3 customers" in PdfReader(BytesIO(printed)).pages[0].extract_text()


def test_whom_todays_lists_call_comes_first_and_says_why(
    owner: Member, client_of: ClientOf, at: datetime
) -> None:
    disruption = burnt(at)
    ben = counted(disruption, at)
    planned, touched, back = (make_stranger(name=name) for name in ("Dora", "Emil", "Finn"))
    plan = Plan.objects.create(member=owner, day=TODAY, minutes=60, made_at=at)
    for place, one in enumerate((planned, touched, back)):
        make_phone(one, f"01632 960 30{place}", at)
        state = "back" if one == back else "waiting"
        Return.objects.create(
            disruption=disruption, customer=one, since_on=TODAY, tier="core", state=state
        )
        PlanItem.objects.create(
            plan=plan, customer=one, position=place, channel="call", purpose="serve", minutes=10,
            reason="cadence_due", values={"days": 40, "tier": "core", "cadence": 30},
            due_on=TODAY, stake_minor=9,
        )  # fmt: skip
    make_touch(touched, at, by=owner.actor)

    page = client_of(owner).get("/recovery/").content.decode()

    calls = page[page.index("The next ten calls") : page.index("Waiting longest")]
    assert re.findall(r'class="name" href="/customers/(\d+)/"', calls) == [
        str(planned.pk), str(ben.pk)
    ]  # fmt: skip
    assert "Has not heard from us for 40 days" in calls


def make_phone(customer: Customer, number: str, at: datetime) -> None:
    ContactPoint.objects.create(
        customer=customer, kind=PointKind.PHONE, value=number, normal=number, seal=number,
        created_at=at,
    )  # fmt: skip


def test_without_a_disruption_the_page_teaches_and_a_drill_changes_nothing(
    owner: Member, client_of: ClientOf, at: datetime
) -> None:
    Disruption.objects.create(what="Trying it", since=at, declared_at=at, is_drill=True)

    page = client_of(owner).get("/recovery/").content.decode()

    assert "After a disruption this page shows, every morning" in page
    assert client_of(owner).get("/recovery/print").status_code == 404


def test_helpers_see_no_figures_of_the_whole_list(
    helper: Member, client_of: ClientOf, at: datetime
) -> None:
    counted(burnt(at), at)

    client = client_of(helper)

    assert "way-back" not in client.get("/recovery/").content.decode()
    assert client.get("/recovery/print").status_code == 403


def test_the_print_says_the_same(owner: Member, client_of: ClientOf, at: datetime) -> None:
    disruption = burnt(at)
    counted(disruption, at)
    keep_weeks(disruption, at, 1.0, 1.0, 0.2, 0.4, 0.55, 0.66, 0.745, 0.8)

    answer = client_of(owner).get("/recovery/print")

    assert answer["Content-Type"] == "application/pdf"
    said = " ".join(
        page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages
    ).replace("\n", " ")
    for words in (
        "80 % of an ordinary week",
        "2 of 3 customers",
        "£800",
        "What these numbers mean",
    ):
        assert words in said

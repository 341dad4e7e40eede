"""The sample business on a screen."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from regulars.core import audit, jobs
from regulars.core.actor import COMMAND
from regulars.core.models import Job
from regulars.customers.models import Customer
from regulars.team.models import Member

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ClientOf = Callable[[Member], Client]


@pytest.fixture
def loaded(db: None) -> None:
    audit.record(
        "loaded", "demo", by=COMMAND, at=AT, day="2026-11-24", customers=412, orders=29_000
    )


def test_the_page_offers_the_sample_where_nothing_is(client_of: ClientOf, owner: Member) -> None:
    page = client_of(owner).get(reverse("demo:home"))

    assert page.status_code == 200
    assert reverse("demo:load") in page.content.decode()
    assert reverse("demo:remove") not in page.content.decode()


def test_the_page_offers_to_take_out_what_is_here(
    client_of: ClientOf, owner: Member, loaded: None
) -> None:
    page = client_of(owner).get(reverse("demo:home")).content.decode()

    assert reverse("demo:remove") in page
    assert reverse("demo:load") not in page


def test_the_page_offers_nothing_among_customers_of_ones_own(
    client_of: ClientOf, owner: Member
) -> None:
    Customer.objects.create(name="Own Customer", sort_name="own", created_at=AT, updated_at=AT)

    page = client_of(owner).get(reverse("demo:home")).content.decode()

    assert reverse("demo:load") not in page
    assert "customers of your own" in page


@pytest.mark.parametrize("name", ["load", "remove"])
def test_an_owner_leaves_the_work_and_watches_it(
    client_of: ClientOf, owner: Member, name: str
) -> None:
    answer = client_of(owner).post(reverse(f"demo:{name}"))

    job = Job.objects.get()
    assert (job.name, job.arguments) == (f"demo.{name}", {"by": owner.pk})
    assert (answer.status_code, answer["Location"]) == (
        302,
        reverse("demo:progress", args=[job.pk]),
    )


def test_a_second_click_joins_the_first(client_of: ClientOf, owner: Member) -> None:
    client = client_of(owner)

    first = client.post(reverse("demo:load"))
    second = client.post(reverse("demo:load"))

    assert first["Location"] == second["Location"]
    assert Job.objects.count() == 1


@pytest.mark.parametrize("name", ["load", "remove"])
@pytest.mark.parametrize("role", ["manager", "helper", "viewer"])
def test_nobody_but_an_owner_may(
    client_of: ClientOf, request: pytest.FixtureRequest, role: str, name: str
) -> None:
    member: Member = request.getfixturevalue(role)

    answer = client_of(member).post(reverse(f"demo:{name}"))

    assert answer.status_code == 403
    assert not Job.objects.exists()


def test_others_see_the_page_without_its_buttons(
    client_of: ClientOf, manager: Member, loaded: None
) -> None:
    page = client_of(manager).get(reverse("demo:home")).content.decode()

    assert reverse("demo:remove") not in page
    assert "Only an owner" in page


@pytest.mark.parametrize("name", ["load", "remove"])
def test_a_link_changes_nothing(client_of: ClientOf, owner: Member, name: str) -> None:
    assert client_of(owner).get(reverse(f"demo:{name}")).status_code == 405


def test_progress_says_how_far_it_is(client_of: ClientOf, owner: Member) -> None:
    job = jobs.enqueue("demo.load", at=AT)
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.RUNNING, done_count=12_000, total_count=30_000, step="Writing orders"
    )
    address = reverse("demo:progress", args=[job.pk])
    client = client_of(owner)

    whole = client.get(address).content.decode()
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()

    for text in (whole, part):
        assert "Writing orders" in text
        assert "12,000 of 30,000" in text
    assert "<html" not in part


def test_progress_leads_to_today_when_it_is_done(client_of: ClientOf, owner: Member) -> None:
    job = jobs.enqueue("demo.load", at=AT)
    Job.objects.filter(pk=job.pk).update(state=Job.State.DONE)
    address = reverse("demo:progress", args=[job.pk])
    client = client_of(owner)

    assert client.get(address)["Location"] == reverse("desk:today")
    part = client.get(address, headers={"HX-Request": "true"})
    assert part["HX-Redirect"] == reverse("desk:today")


@pytest.mark.parametrize(
    ("state", "words"), [("refused", "No room here."), ("failed", "could not be finished")]
)
def test_progress_says_why_it_ended(
    client_of: ClientOf, owner: Member, state: str, words: str
) -> None:
    job = jobs.enqueue("demo.load", at=AT)
    Job.objects.filter(pk=job.pk).update(state=state, sentence="No room here.")

    page = client_of(owner).get(reverse("demo:progress", args=[job.pk])).content.decode()

    assert words in page
    assert "hx-get" not in page.split('id="state"')[1].split("</div>")[0]


def test_progress_of_other_work_is_not_shown(client_of: ClientOf, owner: Member) -> None:
    job = jobs.enqueue("insight.refresh", at=AT)

    assert client_of(owner).get(reverse("demo:progress", args=[job.pk])).status_code == 404

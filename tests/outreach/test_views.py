"""Campaigns on the screen: written, looked at, approved, stopped; what cannot be is said."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from regulars.customers.models import Customer
from regulars.outreach.choices import Means
from regulars.outreach.models import Campaign, CampaignCall
from regulars.outreach.queries.campaigns import mailing_of
from regulars.team.models import Member
from tests.factories.outreach import BODY, make_campaign, make_reachable, make_segment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
ClientOf = Callable[[Member], Client]
HOME = "/campaigns/"


@pytest.fixture
def people() -> list[Customer]:
    return [make_reachable(name, stake_minor=n) for n, name in enumerate(("Ruth", "Ada", "Kai"))]


def test_from_a_segment_to_calls_and_messages(
    client_of: ClientOf, owner: Member, people: list[Customer], at: datetime
) -> None:
    here, segment = client_of(owner), make_segment(at, people)
    page = here.get(reverse("outreach:new", args=["message"]), {"segment": segment.pk})
    assert page.context["form"]["segment"].value() == str(segment.pk)

    made = here.post(reverse("outreach:new", args=["message"]), {
        "name": "Soup is back", "segment": segment.pk, "purpose": "ask", "subject": "Soup",
        "body": BODY, "means": "both", "most_calls": "1", "to_say": "Ask how they are.",
        "calls_until": (at + timedelta(days=9)).date().isoformat(),
    })  # fmt: skip
    campaign = Campaign.objects.get()
    assert made["Location"] == reverse("outreach:show", args=[campaign.pk])
    look = here.get(made["Location"])
    text = look.content.decode()
    assert "2 of 2 customers get this." in text
    assert "One more is called" in text
    here.post(reverse("outreach:approve", args=[campaign.pk]), {
        "calls": look.context["call_count"], "messages": look.context["look"].total,
        "left_out": "0",
    })  # fmt: skip

    campaign.refresh_from_db()
    assert campaign.state == "running"
    assert CampaignCall.objects.get().customer.name == "Kai"
    watched = here.get(made["Location"]).content.decode()
    assert "0 of 1 has been spoken with since it began." in watched
    undone = here.post(
        reverse("outreach:pause", args=[campaign.pk]), headers={"HX-Request": "true"}
    )
    assert reverse("outreach:go_on", args=[campaign.pk]) in undone["HX-Trigger"]


def test_a_refusal_stands_on_the_form_and_on_the_page(
    client_of: ClientOf, owner: Member, people: list[Customer], at: datetime
) -> None:
    here, segment = client_of(owner), make_segment(at, people)
    said = here.post(reverse("outreach:new", args=["message"]), {
        "name": "Soup", "segment": segment.pk, "purpose": "ask", "means": "message",
    })  # fmt: skip
    assert said.status_code == 422
    assert "There are no words for the message." in said.content.decode()

    campaign = make_campaign(at, segment)
    here.post(reverse("outreach:approve", args=[campaign.pk]), {"messages": "9"})
    page = here.get(reverse("outreach:show", args=[campaign.pk])).content.decode()
    assert "The list has changed: it was 9 customers, and is 3 now." in page


def test_other_words_leave_the_schedule_as_it_is(
    client_of: ClientOf, owner: Member, people: list[Customer], at: datetime
) -> None:
    here = client_of(owner)
    begins = at + timedelta(days=3)
    campaign = make_campaign(at, make_segment(at, people), starts_at=begins)
    draft = mailing_of(campaign)
    assert draft is not None
    sheet = here.get("/messages/mailings/new", {"from": draft.pk}).context["form"]

    here.post("/messages/mailings/new", {
        "from": draft.pk, "who": sheet["who"].value(), "nonce": "n", "subject": "Other words",
        "body": BODY, "purpose": "ask",
    })  # fmt: skip

    changed = mailing_of(campaign)
    assert changed is not None
    assert (changed.version.subject, changed.not_before) == ("Other words", begins)
    assert changed.expires_after_hours == draft.expires_after_hours


def test_how_we_can_help_is_asked_of_many_by_calls_and_by_a_message(
    client_of: ClientOf, owner: Member, people: list[Customer], at: datetime
) -> None:
    here = client_of(owner)
    form = here.get("/campaigns/new?asks=help").context["form"]
    told = {name: form[name].value() or "" for name in form.fields}

    made = here.post("/campaigns/new", {
        **told, "segment": make_segment(at, people).pk, "calls_until": "2026-12-08",
        "most_calls": "1",
    })  # fmt: skip
    campaign = Campaign.objects.get()
    assert (made.status_code, campaign.purpose, campaign.means) == (302, "ask", "both")
    assert "Sell nothing" in campaign.to_say
    written = mailing_of(campaign)
    assert written is not None
    assert "{{ help_url }}" in written.version.body
    # With an offer in it, it goes to nobody.
    version = written.version
    version.body += "\nAnd a voucher for you."
    version.save()
    page = here.get(reverse("outreach:show", args=[campaign.pk]))
    here.post(reverse("outreach:approve", args=[campaign.pk]), {
        "calls": page.context["call_count"], "messages": page.context["look"].total,
        "left_out": "0",
    })  # fmt: skip
    refused = here.get(reverse("outreach:show", args=[campaign.pk])).content.decode()
    assert "asks how you can help, and sells besides" in refused
    campaign.refresh_from_db()
    assert campaign.state == "draft"


def test_a_viewer_sees_and_a_helper_does_not(
    client_of: ClientOf, viewer: Member, helper: Member, people: list[Customer], at: datetime
) -> None:
    campaign = make_campaign(at, make_segment(at, people))
    page = reverse("outreach:show", args=[campaign.pk])

    seen = client_of(viewer).get(page)
    assert seen.status_code == 200
    assert "Only an owner or a manager approves it." in seen.content.decode()
    assert [client_of(helper).get(path).status_code for path in (HOME, page)] == [403, 403]
    assert client_of(viewer).get("/campaigns/new").status_code == 403


def test_the_list_teaches_and_takes_as_many_questions_for_one_as_for_three(
    client_of: ClientOf, owner: Member, people: list[Customer], at: datetime
) -> None:
    here = client_of(owner)
    assert "No campaign yet." in here.get(HOME).content.decode()
    segment, counts = make_segment(at, people), []
    for more in (1, 2):
        for _nth in range(more):
            make_campaign(at, segment, means=Means.CALL)
        here.get(HOME)
        with CaptureQueriesContext(connection) as seen:
            assert here.get(HOME).status_code == 200
        counts.append(len(seen))

    assert counts[0] == counts[1]
    there = reverse("outreach:show", args=[Campaign.objects.all()[0].pk])
    calls_alone = here.get(there).content.decode()
    assert (">A call<" in calls_alone, ">A message<" in calls_alone) == (True, False)
    assert "<p>A call for" in here.get(HOME).content.decode()

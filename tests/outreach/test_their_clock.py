"""Campaigns at an hour of where each customer lives, and when they are over."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from regulars.consent.models import Wish
from regulars.customers.models import Customer
from regulars.insight.models import CustomerFacts
from regulars.messaging.expanding import expand
from regulars.messaging.models import Message
from regulars.outreach.choices import CampaignKind
from regulars.outreach.models import Campaign
from regulars.outreach.queries.campaigns import mailing_of, other_clocks_count
from regulars.outreach.words import when_words
from regulars.team.models import Member
from tests.factories.offers import a_wave, make_offer
from tests.factories.outreach import make_campaign, make_reachable, make_segment
from tests.outreach.test_campaigns import approved

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
ClientOf = Callable[[Member], Client]


@pytest.fixture
def people() -> list[Customer]:
    return [make_reachable(name) for name in ("Ruth", "Ada", "Kai", "Bea", "Tom")]


def test_by_their_clock_it_comes_at_that_hour_wherever_they_live(
    people: list[Customer], at: datetime
) -> None:
    Wish.objects.create(customer=people[1], time_zone="Asia/Tokyo", changed_at=at)
    ten = datetime(2026, 12, 1, 10, tzinfo=UTC)
    campaign = make_campaign(at, make_segment(at, people), starts_at=ten, by_their_clock=True)
    mailing = mailing_of(campaign)
    assert mailing is not None
    assert (mailing.local_on, mailing.local_time) == (ten.date(), ten.time().replace(tzinfo=None))
    assert when_words(campaign, mailing, other_clocks_count(campaign))[:2] == [
        "From 1 Dec on each gets the message at 10:00 by the clock of where they live.",
        "One of them lives by another clock than yours.",
    ]

    campaign = approved(campaign, at, messages=5)
    mailing.refresh_from_db()
    expand(mailing, at=at)

    assert dict(Message.objects.values_list("customer__name", "not_before")) == {
        **dict.fromkeys(("Ruth", "Kai", "Bea", "Tom"), ten), "Ada": ten - timedelta(hours=9),
    }  # fmt: skip
    assert (campaign.starts_at, campaign.first_at) == (ten, ten - timedelta(hours=26))


def test_a_wave_is_told_to_nobody_before_it_opens_whatever_their_clock(
    people: list[Customer], at: datetime
) -> None:
    Wish.objects.create(customer=people[1], time_zone="Asia/Tokyo", changed_at=at)
    CustomerFacts.objects.filter(customer=people[1]).update(tier="core")
    offer = make_offer(at, a_wave(at, 1, "core"), a_wave(at, 9))
    wave = offer.waves.order_by("opens_at")[0]
    campaign = make_campaign(
        at, make_segment(at, people), kind=CampaignKind.OFFER, wave=wave, by_their_clock=True,
        starts_at=wave.opens_at, body="Your code is {{ offer_code }}.",
    )  # fmt: skip
    approved(campaign, at, messages=1)
    mailing = mailing_of(campaign)
    assert mailing is not None
    expand(mailing, at=at)

    # That hour of that day is over in Tokyo when it opens: it comes the day after.
    assert Message.objects.get().not_before == wave.opens_at + timedelta(hours=15)


def test_as_long_as_a_message_waits_it_is_not_over_and_can_be_stopped(
    people: list[Customer], client_of: ClientOf, owner: Member, at: datetime
) -> None:
    campaign = approved(make_campaign(at, make_segment(at, people)), at, messages=5)
    mailing = mailing_of(campaign)
    assert mailing is not None
    expand(mailing, at=at)
    page = reverse("outreach:show", args=[campaign.pk])
    stop = f'action="{reverse("outreach:pause", args=[campaign.pk])}"'

    assert stop in client_of(owner).get(page).content.decode()
    Message.objects.update(state="accepted")
    assert stop not in client_of(owner).get(page).content.decode()


def test_before_anybody_heard_of_it_nothing_is_said_of_what_it_brought(
    people: list[Customer], client_of: ClientOf, owner: Member, at: datetime
) -> None:
    """Nor of one that was stopped before it began."""
    ten = at + timedelta(days=2)
    to_come = approved(
        make_campaign(at, make_segment(at, people), starts_at=ten, by_their_clock=True), at,
        messages=5,
    )  # fmt: skip
    here = client_of(owner)

    def page() -> str:
        return here.get(reverse("outreach:show", args=[to_come.pk])).content.decode()

    before = page()
    Campaign.objects.update(starts_at=at + timedelta(hours=25))
    begun = page()
    Campaign.objects.update(starts_at=ten, state="stopped", stopped_at=at)

    assert "What it brought" not in before
    assert '<p class="small quiet">No message is written yet.</p>' in before
    assert "What it brought" in begun
    stopped = page()
    assert "What it brought" not in stopped
    # Nor will any be.
    assert "No message is written yet" not in stopped

"""Campaigns: whom they call, whom they write to, from when, and that they stop."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.consent.choices import Decision
from regulars.core.actor import SYSTEM
from regulars.core.errors import NotAllowed, Refusal
from regulars.core.reasons import ReasonDay
from regulars.customers.models import Customer
from regulars.departures.actions.winning import note_change
from regulars.departures.choices import Give, Reason
from regulars.insight.models import CustomerFacts
from regulars.lists.actions.segments import archive_segment
from regulars.messaging.actions.mailings import approve_mailing
from regulars.messaging.audiences import audiences
from regulars.messaging.choices import Holds, MailingState
from regulars.messaging.expanding import expand
from regulars.messaging.models import Hold, Message
from regulars.offers.choices import Way
from regulars.offers.errors import WayClosed
from regulars.outreach.actions.planning import throw_away, write_campaign
from regulars.outreach.actions.running import (
    approve_campaign,
    go_on_with_campaign,
    pause_campaign,
    stop_campaign,
)
from regulars.outreach.choices import CampaignKind, Means
from regulars.outreach.models import Campaign, CampaignCall
from regulars.outreach.queries.campaigns import called_by, mailing_of
from regulars.outreach.reasons import calls_due, describe
from regulars.team.models import Member
from tests.factories.consent import make_decision
from tests.factories.conversations import make_touch
from tests.factories.departures import make_departure
from tests.factories.offers import a_wave, make_offer
from tests.factories.outreach import a_campaign, make_campaign, make_reachable, make_segment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
DAY = timedelta(days=1)


def names(campaign: Campaign) -> set[str]:
    mailing = mailing_of(campaign)
    assert mailing is not None
    found = audiences[mailing.audience].customers(mailing.definition)
    return set(found.values_list("name", flat=True))


def called(campaign: Campaign) -> set[str]:
    rows = CampaignCall.objects.filter(campaign=campaign)
    return set(rows.values_list("customer__name", flat=True))


def due(day: date, *, sells: bool = False) -> set[str]:
    asked = ReasonDay(day, ZoneInfo("Europe/London"))
    ids = [row["customer_id"] for row in calls_due(asked, sells=sells)]
    return set(Customer.objects.filter(pk__in=ids).values_list("name", flat=True))


def approved(campaign: Campaign, at: datetime, *, calls: int = 0, messages: int = 0) -> Campaign:
    return approve_campaign(campaign, seen_calls=calls, seen_messages=messages, by=SYSTEM, at=at)


@pytest.fixture
def people() -> list[Customer]:
    return [
        make_reachable("Ruth", stake_minor=90_000), make_reachable("Ada", stake_minor=50_000),
        make_reachable("Kai", stake_minor=70_000, phone=False),
        make_reachable("Bea", stake_minor=60_000), make_reachable("Tom", stake_minor=10_000),
    ]  # fmt: skip


def test_the_worthiest_are_called_and_the_others_written_to(
    people: list[Customer], at: datetime
) -> None:
    campaign = make_campaign(at, make_segment(at, people), means=Means.BOTH)
    assert names(campaign) == {"Ada", "Kai", "Tom"}

    campaign = approved(campaign, at, calls=2, messages=3)
    mailing = mailing_of(campaign)
    assert mailing is not None
    expand(mailing, at=at)

    assert called(campaign) == {"Ruth", "Bea"}
    written = set(Message.objects.values_list("customer__name", flat=True))
    assert written == {"Ada", "Kai", "Tom"}
    assert due(at.date()) == {"Ruth", "Bea"}
    assert due(at.date(), sells=True) == set()


def test_whoever_was_spoken_with_since_it_began_is_done(
    people: list[Customer], owner: Member, at: datetime
) -> None:
    make_touch(people[0], at - DAY, channel="call")
    campaign = approved(make_campaign(at, make_segment(at, people), means=Means.CALL), at, calls=2)
    assert due(at.date()) == {"Ruth", "Bea"}

    make_touch(people[0], at + timedelta(hours=1), channel="call", by=owner.actor)

    assert due(at.date()) == {"Bea"}
    assert (called_by([campaign])[campaign.pk].meant, called_by([campaign])[campaign.pk].done) == (
        2, 1,
    )  # fmt: skip


def test_calls_have_their_days_and_wait_for_what_is_held(
    people: list[Customer], at: datetime
) -> None:
    draft = make_campaign(
        at, make_segment(at, people), means=Means.CALL, starts_at=at + 2 * DAY, purpose="sell"
    )
    approved(draft, at, calls=2)
    first, last = at.date() + 2 * DAY, at.date() + 10 * DAY

    assert [due(day, sells=True) for day in (first - DAY, last + DAY)] == [set(), set()]
    assert due(first, sells=True) == due(last, sells=True) == {"Ruth", "Bea"}
    Hold.objects.create(customer=people[0], kind="case", stops=Holds.SELLING, since=at)
    assert due(first, sells=True) == {"Bea"}
    Hold.objects.create(kind="crisis", stops=Holds.SELLING, since=at)
    assert due(first, sells=True) == set()


def test_today_says_which_campaign_and_what_to_say(people: list[Customer], at: datetime) -> None:
    campaign = approved(make_campaign(at, make_segment(at, people), means=Means.CALL), at, calls=2)

    told = describe([str(campaign.pk)])[str(campaign.pk)]

    assert told.sentence == (
        "“Soup is back”: one of those who hear of it by a call, until 4 December."
    )
    assert [line.text for line in told.lines] == ["Soup is back.", "Ask how they are."]


def test_who_said_no_to_calls_is_not_called(people: list[Customer], at: datetime) -> None:
    make_decision(people[0], "call", Decision.WITHDRAWN)

    campaign = approved(make_campaign(at, make_segment(at, people), means=Means.CALL), at, calls=2)

    assert called(campaign) == {"Bea", "Ada"}


def test_whose_number_is_out_of_date_and_for_whom_something_is_held_is_not_called(
    people: list[Customer], at: datetime
) -> None:
    people[0].contact_points.filter(kind="phone").update(state="stale")
    Hold.objects.create(customer=people[3], kind="case", stops=Holds.SELLING, since=at)

    campaign = approved(make_campaign(at, make_segment(at, people), means=Means.CALL), at, calls=2)

    assert called(campaign) == {"Ada", "Tom"}


def test_it_pauses_goes_on_and_stops(people: list[Customer], at: datetime) -> None:
    campaign = make_campaign(at, make_segment(at, people), means=Means.BOTH)
    campaign = approved(campaign, at, calls=2, messages=3)

    pause_campaign(campaign, by=SYSTEM, at=at)
    paused = mailing_of(campaign)
    assert paused is not None
    assert (paused.state, due(at.date())) == (MailingState.PAUSED, set())
    go_on_with_campaign(campaign, by=SYSTEM, at=at)
    assert due(at.date()) == {"Ruth", "Bea"}
    stop_campaign(campaign, by=SYSTEM, at=at)

    stopped = mailing_of(campaign)
    assert stopped is not None
    assert (stopped.state, due(at.date())) == (MailingState.CANCELLED, set())
    with pytest.raises(Refusal):
        go_on_with_campaign(campaign, by=SYSTEM, at=at)


def test_what_was_approved_on_the_mailings_own_page_goes_on(
    people: list[Customer], at: datetime
) -> None:
    campaign = make_campaign(at, make_segment(at, people), means=Means.BOTH)
    mailing = mailing_of(campaign)
    assert mailing is not None
    approve_mailing(mailing, seen_count=3, by=SYSTEM, at=at)

    approved(campaign, at, calls=2, messages=0)

    assert called(campaign) == {"Ruth", "Bea"}


def test_where_everybody_is_called_nobody_is_written_to(
    people: list[Customer], at: datetime
) -> None:
    campaign = make_campaign(at, make_segment(at, people[:2]), means=Means.BOTH)

    approved(campaign, at, calls=2)

    mailing = mailing_of(campaign)
    assert mailing is not None
    assert mailing.state == MailingState.CANCELLED
    assert called(campaign) == {"Ruth", "Ada"}


def test_a_wave_reaches_those_of_the_segment_whom_it_means(
    people: list[Customer], at: datetime
) -> None:
    CustomerFacts.objects.filter(customer__in=people[:2]).update(tier="core")
    offer = make_offer(at, a_wave(at, 1, "core"), a_wave(at, 5))
    wave = offer.waves.order_by("opens_at")[0]
    draft = a_campaign(
        at, make_segment(at, people[1:]), kind=CampaignKind.OFFER, wave=wave,
        body="{{ greeting }}\n\nYour code is {{ offer_code }}.\n\n{{ signature }}",
    )  # fmt: skip

    campaign = write_campaign(draft, by=SYSTEM, at=at)

    mailing = mailing_of(campaign)
    assert mailing is not None
    assert names(campaign) == {"Ada"}
    assert (mailing.purpose, mailing.not_before) == ("sell", wave.opens_at)
    assert mailing.audience_words == (
        "wave “core” of “A fifth off the rye”; of these: segment “Soup lovers”"
    )
    assert approved(campaign, at, messages=1).starts_at == wave.opens_at


def test_a_letter_reaches_those_of_the_segment_who_left_because_of_it(
    people: list[Customer], at: datetime
) -> None:
    for one in people[:3]:
        make_departure(one, at, left_on=at.date() - 40 * DAY)
    note_change(Reason.PRICE, words="Bread is 2.90 again", changed_on=at.date() - DAY, by=SYSTEM,
                at=at)  # fmt: skip
    segment = make_segment(at, people[1:])
    over: dict[str, Any] = {
        "kind": CampaignKind.WIN_BACK, "reason": Reason.PRICE, "give": Give.NOTHING,
        "means": Means.BOTH, "most_calls": 1,
    }  # fmt: skip

    campaign = make_campaign(at, segment, **over)

    # Who is worth more has no telephone.
    assert names(campaign) == {"Kai"}
    assert campaign.letter is not None
    assert called(approved(campaign, at, calls=1, messages=1)) == {"Ada"}


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"name": " "}, "no name"),
        ({"subject": ""}, "no words"),
        ({"purpose": "recover"}, "not for that"),
        ({"starts_at": -1}, "over"),
        ({"starts_at": 400}, "more than a year"),
        ({"by_their_clock": True}, "hour of theirs"),
        ({"means": Means.CALL, "to_say": ""}, "what to say"),
        (
            {"means": Means.CALL, "purpose": "ask",
             "to_say": "How can we help you? There is a voucher for it."},
            "nobody believes the question",
        ),
        ({"means": Means.CALL, "most_calls": 0}, "How many"),
        ({"means": Means.CALL, "calls_until": None}, "Until when"),
        ({"means": Means.CALL, "calls_until": -1}, "before they begin"),
        ({"means": Means.CALL, "calls_until": 90}, "more than 60"),
        ({"kind": CampaignKind.OFFER}, "which offer"),
        ({"kind": CampaignKind.WIN_BACK}, "why those left"),
        ({"kind": CampaignKind.WIN_BACK, "reason": Reason.PRICE, "means": Means.CALL}, "message"),
    ],
)  # fmt: skip
def test_what_cannot_be_gets_a_sentence(
    people: list[Customer], at: datetime, over: dict[str, Any], said: str
) -> None:
    segment = make_segment(at, people)
    if isinstance(over.get("starts_at"), int):
        over = over | {"starts_at": at + over["starts_at"] * DAY}
    if isinstance(over.get("calls_until"), int):
        over = over | {"calls_until": at.date() + over["calls_until"] * DAY}

    with pytest.raises(Refusal, match=said):
        make_campaign(at, segment, **over)

    assert not Campaign.objects.exists()


def test_nobody_in_it_another_currency_and_a_segment_put_away_are_said(
    people: list[Customer], at: datetime
) -> None:
    with pytest.raises(Refusal, match="nobody in “Empty”"):
        make_campaign(at, make_segment(at, [], name="Empty"))
    offer = make_offer(at, a_wave(at, 0, "core"), currency="EUR")
    segment = make_segment(at, people)
    with pytest.raises(Refusal, match="in EUR, and your books are in GBP"):
        make_campaign(at, segment, kind=CampaignKind.OFFER, wave=offer.waves.get())
    campaign = make_campaign(at, segment)
    archive_segment(segment, by=SYSTEM, at=at)
    with pytest.raises(Refusal, match="was put away since"):
        approved(campaign, at, messages=5)
    assert names(campaign) == set()


@pytest.mark.parametrize(
    ("means", "open_way", "says"),
    [(Means.MESSAGE, Way.CALL, "is not told by e-mail"),
     (Means.BOTH, Way.EMAIL, "is not told by calls"),
     (Means.CALL, Way.EMAIL, "is not told by calls")],
)  # fmt: skip
def test_a_wave_is_campaigned_for_by_its_own_ways(
    people: list[Customer], at: datetime, means: Means, open_way: Way, says: str
) -> None:
    wave = make_offer(at, a_wave(at, 0, "core", ways=(open_way,))).waves.get()

    with pytest.raises(WayClosed, match=says):
        make_campaign(
            at, make_segment(at, people), kind=CampaignKind.OFFER, wave=wave, means=means,
            body="{{ offer_code }}",
        )  # fmt: skip
    assert not Campaign.objects.exists()


def test_another_list_than_was_seen_asks_again(people: list[Customer], at: datetime) -> None:
    campaign = make_campaign(at, make_segment(at, people), means=Means.BOTH)

    with pytest.raises(Refusal, match="Whom it calls has changed: it was 1, and is 2 now"):
        approved(campaign, at, calls=1, messages=3)
    with pytest.raises(Refusal, match="The list has changed"):
        approved(campaign, at, calls=2, messages=9)

    assert not CampaignCall.objects.exists()
    campaign.refresh_from_db()
    assert campaign.state == "draft"


def test_a_draft_written_anew_takes_the_place_of_the_old(
    people: list[Customer], at: datetime
) -> None:
    segment = make_segment(at, people)
    old = make_campaign(at, segment)

    new = write_campaign(
        a_campaign(at, segment, name="Soup again"), by=SYSTEM, at=at, instead_of=old
    )

    old.refresh_from_db()
    assert (old.state, new.state) == ("stopped", "draft")
    assert {one: mailing_of(one).state for one in (old, new)} == {  # type: ignore[union-attr]
        old: "cancelled", new: "draft"
    }  # fmt: skip
    with pytest.raises(Refusal):
        throw_away(old, by=SYSTEM, at=at)


@pytest.mark.parametrize("role", ["helper", "viewer"])
def test_only_owners_and_managers_plan(
    people: list[Customer], at: datetime, role: str, request: pytest.FixtureRequest
) -> None:
    member: Member = request.getfixturevalue(role)
    segment = make_segment(at, people)
    campaign = make_campaign(at, segment)

    deeds: list[Callable[[], object]] = [
        lambda: write_campaign(a_campaign(at, segment), by=member.actor, at=at),
        lambda: approve_campaign(campaign, seen_calls=0, seen_messages=5, by=member.actor, at=at),
        lambda: throw_away(campaign, by=member.actor, at=at),
        lambda: stop_campaign(campaign, by=member.actor, at=at),
    ]
    for deed in deeds:
        with pytest.raises(NotAllowed):
            deed()


def test_whom_it_calls_takes_as_many_questions_for_one_as_for_many(
    people: list[Customer], at: datetime
) -> None:
    counts = []
    for nth, some in enumerate((people[:2], people[:2], people)):
        campaign = make_campaign(
            at,
            make_segment(at, some, name=f"Segment {nth}"),
            means=Means.CALL,
            most_calls=len(some),
        )
        with CaptureQueriesContext(connection) as seen:
            approved(campaign, at, calls=4 if some is people else 2)
        counts.append(len(seen))

    # What is the same for everybody is read by the first.
    assert counts[1] == counts[2]

"""Ways to help us: who is asked, the page behind the link, and that a person thanks."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from regulars.core.actor import SYSTEM
from regulars.core.errors import Refusal
from regulars.core.reasons import ReasonDay
from regulars.core.signed_links import make_link
from regulars.customers.models import Customer
from regulars.insight.models import CustomerFacts
from regulars.messaging.choices import Holds
from regulars.messaging.models import Hold, Mailing
from regulars.outreach.actions.helping import ask_for_help, note_way, offer_help
from regulars.outreach.choices import WayKind
from regulars.outreach.models import HelpOffered, HelpWay
from regulars.outreach.queries.helping import who_would_help
from regulars.outreach.reasons import describe_help, describe_sent, sent_to_us, to_be_thanked
from regulars.team.models import Business, Member
from regulars.team.queries import forget_business
from tests.factories.cases import make_case
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer, make_relation
from tests.factories.instance import all_rows
from tests.factories.messaging import make_mailing, make_message
from tests.factories.outreach import make_reachable
from tests.factories.planning import make_facts
from tests.factories.portal import make_ruth

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
ClientOf = Callable[[Member], Client]
DAY = timedelta(days=1)


def closed(at: datetime, *, days: int, ended: int) -> None:
    last = at.date() - ended * DAY
    Business.objects.get().closures.create(starts_on=last - (days - 1) * DAY, ends_on=last)


def a_way(at: datetime, words: str = "A voucher bought ahead") -> HelpWay:
    return note_way(WayKind.VOUCHER, words=words, by=SYSTEM, at=at)


def core(name: str) -> Customer:
    customer = make_reachable(name)
    CustomerFacts.objects.filter(customer=customer).update(tier="core")
    return customer


def willing(at: datetime) -> set[str]:
    return set(who_would_help(at).values_list("name", flat=True))


def due(day: date) -> list[str]:
    rows = to_be_thanked(ReasonDay(day, ZoneInfo("Europe/London")))
    return [row["subject"] for row in rows]


def test_asked_are_the_core_and_never_who_waits_was_asked_or_offered(at: datetime) -> None:
    names = ("Core", "Waits", "Held", "Asked", "Offered")
    people = {name: core(name) for name in names}
    make_reachable("Active")
    make_case(at, customer=people["Waits"])
    Hold.objects.create(customer=people["Held"], kind="other", stops=Holds.ALL, since=at)
    asked = make_mailing(at=at, audience="outreach-would-help")
    make_message(people["Asked"], at=at, mailing=asked, state="accepted")
    offer_help(people["Offered"], [a_way(at)], words="", link="a", by=SYSTEM, at=at)

    assert willing(at) == {"Core"}


def test_it_is_asked_after_an_interruption_and_of_somebody_for_something(at: datetime) -> None:
    def no(said: str) -> None:
        with pytest.raises(Refusal, match=said):
            ask_for_help(by=SYSTEM, at=at)

    no("no way yet")
    a_way(at)
    no("not closed for three days")
    closed(at, days=2, ended=9)
    closed(at, days=9, ended=200)
    no("not closed for three days")
    closed(at, days=9, ended=9)
    no("nobody to ask")
    core("Ruth")

    mailing = ask_for_help(by=SYSTEM, at=at)

    assert (mailing.purpose, mailing.state) == ("ask", "draft")
    assert "{{ ways_url }}" in mailing.version.body


def test_looking_files_nothing_and_sending_does_once(at: datetime) -> None:
    ruth, way = make_ruth(), a_way(at)
    path = f"/s/{make_link('ways', ruth.pk, '', at)}"
    before = all_rows()

    page = Client().get(path)
    assert page.status_code == 200
    text = page.content.decode()
    assert "A voucher bought ahead" in text
    assert [word for word in ("Ruth", "Calloway") if word in text] == []
    assert (page["Cache-Control"], all_rows()) == ("no-store", before)
    assert Client().post(path, {}).status_code == 422
    for words in ("<b>Gladly</b>", "Gladly, two of them"):
        told = Client().post(path, {"way": [way.pk, 99], "words": words})
        assert "thanks you in person" in told.content.decode()

    [offered] = HelpOffered.objects.all()
    assert (offered.customer, offered.words) == (ruth, "Gladly, two of them")
    assert list(offered.ways.all()) == [way]
    assert Client().get(path[:-3] + "xxx").status_code in (404, 410)


def test_whoever_offered_is_thanked_by_a_person(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    ruth, way = make_customer("Ruth"), a_way(at)
    offered = offer_help(ruth, [way], words="Gladly", link="a", by=SYSTEM, at=at)
    assert due(at.date()) == [str(offered.pk)]
    told = describe_help([str(offered.pk)])[str(offered.pk)]
    assert told.sentence.startswith("They would like to help you")
    assert [line.text for line in told.lines][:2] == ["A voucher bought ahead", "“Gladly”"]

    here = client_of(owner)
    answer = here.post(
        reverse("outreach:thanked", args=[offered.pk]), headers={"HX-Request": "true"}
    )
    assert reverse("outreach:not_thanked", args=[offered.pk]) in answer["HX-Trigger"]
    assert due(at.date()) == []
    here.post(reverse("outreach:not_thanked", args=[offered.pk]))
    assert due(at.date()) == [str(offered.pk)]
    make_touch(ruth, at + timedelta(hours=1), channel="call", by=owner.actor)
    assert due(at.date()) == []


def test_whoever_sent_somebody_who_bought_is_thanked_once(at: datetime, owner: Member) -> None:
    ruth, day = make_customer("Ruth"), at.date()
    sent = {}
    for name, first_on, until_on in (
        ("Bought", day - DAY, None), ("Today", day, None), ("Long ago", day - 15 * DAY, None),
        ("Before we began", date(2026, 11, 1), None), ("Not sent", day - DAY, day - DAY),
        ("Never", None, None),
    ):  # fmt: skip
        new = make_customer(name)
        make_facts(new, first_on=first_on)
        sent[name] = make_relation(new, "referred_by", ruth, until_on=until_on)

    def thanked(on: date) -> list[tuple[int, date, str]]:
        rows = sent_to_us(ReasonDay(on, ZoneInfo("Europe/London")))
        return [(row["customer_id"], row["due_on"], row["subject"]) for row in rows]

    bought = sent["Bought"]
    assert thanked(day) == [(ruth.pk, day - DAY, str(bought.pk))]
    # "History starts nothing": whoever had bought before the business went live is no news.
    Business.objects.update(live_since=day)
    forget_business()
    assert thanked(day) == []
    Business.objects.update(live_since=date(2026, 11, 2))
    forget_business()
    told = describe_sent([str(bought.pk)])[str(bought.pk)]
    assert told.sentence == "Sent Bought to you, who has bought for the first time: thank them."
    assert "Say neither who bought nor what" in told.lines[0].hint
    make_touch(ruth, at - DAY, channel="call", by=owner.actor)
    assert thanked(day) == []


def test_who_was_sent_has_a_name_only_for_whoever_looks_after_both(
    at: datetime, owner: Member, helper: Member
) -> None:
    """A helper who sees the one who sent does not see the other, whom somebody else looks after."""
    told = {}
    for name, theirs, others in (
        ("Both", helper, helper), ("Nobody's", None, None), ("Another's", helper, owner),
        ("Unlooked", helper, None),
    ):  # fmt: skip
        ruth = make_customer(f"Ruth {name}", manager=theirs)
        sent = make_relation(make_customer(name, manager=others), "referred_by", ruth)
        told[name] = describe_sent([str(sent.pk)])[str(sent.pk)].sentence

    unnamed = "Sent somebody to you who has bought for the first time: thank them."
    assert told == {
        "Both": "Sent Both to you, who has bought for the first time: thank them.",
        "Nobody's": "Sent Nobody's to you, who has bought for the first time: thank them.",
        "Another's": unnamed, "Unlooked": unnamed,
    }  # fmt: skip


def test_the_page_teaches_and_writes_ways_down(
    client_of: ClientOf, owner: Member, viewer: Member, helper: Member, at: datetime
) -> None:
    here, path = client_of(owner), reverse("outreach:ways")
    assert "Nothing yet." in here.get(path).content.decode()
    assert here.post(reverse("outreach:new_way"), {"kind": "voucher"}).status_code == 422
    assert "no way yet" in here.post(reverse("outreach:ask_for_help")).content.decode()
    here.post(reverse("outreach:new_way"), {"kind": "voucher", "words": "Soup in spring"})
    way = HelpWay.objects.get()
    here.post(reverse("outreach:way_gone", args=[way.pk]))
    assert "Soup in spring" not in here.get(path).content.decode()
    here.post(reverse("outreach:way_back", args=[way.pk]))
    closed(at, days=9, ended=9)
    core("Ruth")

    page = here.get(path).content.decode()
    assert f'action="{reverse("outreach:ask_for_help")}"' in page
    asked = here.post(reverse("outreach:ask_for_help"))

    assert asked["Location"] == reverse("messaging:mailing", args=[Mailing.objects.get().pk])
    assert client_of(viewer).get(path).status_code == 200
    assert client_of(helper).post(reverse("outreach:ask_for_help")).status_code == 403


def test_whoever_finds_them_on_today_opens_the_page_and_thanks_their_own(
    client_of: ClientOf, helper: Member, viewer: Member, at: datetime
) -> None:
    mine, another, way = make_customer("Ruth", manager=helper), make_customer("Ada"), a_way(at)
    theirs, not_theirs = (
        offer_help(one, [way], words="", link="a", by=SYSTEM, at=at) for one in (mine, another)
    )
    told = describe_help([str(theirs.pk)])[str(theirs.pk)]
    here = client_of(helper)

    page = here.get(told.page).content.decode()
    thanked, not_seen = (
        here.post(reverse("outreach:thanked", args=[one.pk])).status_code
        for one in (theirs, not_theirs)
    )

    home = f'href="{reverse("outreach:home")}"'
    assert ("Ruth" in page, "Ada" in page, home in page) == (True, False, False)
    assert (thanked, not_seen) == (302, 404)
    assert due(at.date()) == [str(not_theirs.pk)]
    no = client_of(viewer).post(reverse("outreach:thanked", args=[not_theirs.pk]))
    assert no.status_code == 403


def test_the_page_takes_as_many_questions_for_one_as_for_three(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here, way, counts = client_of(owner), a_way(at), []
    for names in (("Ruth",), ("Ada", "Kai")):
        for name in names:
            offer_help(make_customer(name), [way], words="", link=name, by=SYSTEM, at=at)
        here.get(reverse("outreach:ways"))
        with CaptureQueriesContext(connection) as seen:
            here.get(reverse("outreach:ways"))
        counts.append(len(seen))

    assert counts[0] == counts[1]

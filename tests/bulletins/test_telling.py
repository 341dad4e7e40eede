from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.test import Client
from pypdf import PdfReader

from regulars.bulletins.actions.sending import owe_rest, start_sending, stop_sending_bulletin
from regulars.bulletins.errors import BulletinMoved, DrillOnly, NotSending
from regulars.bulletins.models import Bulletin, Owed, Sending, Version
from regulars.bulletins.queries import owed_for
from regulars.bulletins.readers import readers_of
from regulars.bulletins.ways import counted_ways
from regulars.consent.choices import Decision
from regulars.consent.models import ConsentState, Wish
from regulars.conversations.models import Touch
from regulars.core.actor import SYSTEM
from regulars.customers.choices import PointKind
from regulars.customers.models import Customer
from regulars.messaging.choices import MailingState, State
from regulars.messaging.expanding import expand
from regulars.messaging.models import Mailing, Message
from regulars.team.models import Business, Member
from tests.factories.bulletins import make_bulletin, make_version
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer, make_point
from tests.factories.messaging import agrees

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
SignIn = Callable[[Member], Client]


@pytest.fixture
def four(at: datetime) -> list[Customer]:
    """One who reads mail, one to be called, one to get a letter, one whom nothing reaches."""
    ruth = make_customer("Ruth Calloway", email="ruth@x.example")
    agrees(ruth)
    otis = make_customer("Otis Bell", phone="+44 1632 960100")
    agrees(otis, channel="call")
    vera = make_customer("Vera Lund")
    make_point(vera, PointKind.ADDRESS, "4 Weir Lane\nAmbley AB1 2CD")
    return [ruth, otis, vera, make_customer("Nobody Known")]


@pytest.fixture
def version(at: datetime, four: list[Customer]) -> Version:
    return make_version(make_bulletin(at), at)


def test_each_is_told_in_the_way_that_reaches_them(
    version: Version, four: list[Customer], at: datetime
) -> None:
    ways = counted_ways(readers_of(version.bulletin), at)

    sendings = start_sending(version, seen_count=4, by=SYSTEM, at=at)
    mailing = sendings[0].mailing
    assert mailing is not None
    expand(mailing, at=at)
    count = owe_rest(version, at=at)

    assert (ways.total, ways.now, ways.calls, ways.letters) == (4, 1, 1, 1)
    assert sum(ways.nobody.values()) == 1
    assert (mailing.purpose, mailing.state) == ("inform", MailingState.RUNNING)
    assert Message.objects.get(customer=four[0]).state == State.READY
    assert count == 2
    owed = Owed.objects.order_by("customer_id").values_list("customer_id", "by", "version_id")
    assert list(owed) == [
        (four[1].pk, "call", version.pk), (four[2].pk, "letter", version.pk),
    ]  # fmt: skip


def test_whoever_would_rather_be_called_is_not_written_to(
    version: Version, four: list[Customer], at: datetime
) -> None:
    make_point(four[0], PointKind.PHONE, "+44 1632 960111")
    agrees(four[0], channel="call")
    Wish.objects.create(customer=four[0], channel="call", changed_at=at)

    sendings = start_sending(version, seen_count=4, by=SYSTEM, at=at)
    owe_rest(version, at=at)

    assert [one.mailing.approved_count for one in sendings if one.mailing] == [3]
    assert Owed.objects.get(customer=four[0]).by == "call"


def test_who_said_no_to_calls_and_letters_is_left_alone(
    version: Version, four: list[Customer], at: datetime
) -> None:
    for channel in ("call", "letter"):
        ConsentState.objects.update_or_create(
            customer=four[1], channel=channel, purpose="",
            defaults={"decision": Decision.WITHDRAWN, "changed_at": at},
        )  # fmt: skip

    owe_rest(version, at=at)

    assert not Owed.objects.filter(customer=four[1]).exists()


def test_a_version_is_sent_once_and_only_the_newest(version: Version, at: datetime) -> None:
    start_sending(version, seen_count=4, by=SYSTEM, at=at)

    with pytest.raises(NotSending, match="sent already"):
        start_sending(version, seen_count=4, by=SYSTEM, at=at)
    newer = make_version(version.bulletin, at + timedelta(hours=1))
    with pytest.raises(BulletinMoved, match="newer version"):
        start_sending(version, seen_count=4, by=SYSTEM, at=at)

    assert [one.version for one in Sending.objects.all()] == [version]
    assert newer.number == 2


def test_a_list_that_emptied_or_grew_since_it_was_seen_is_said(
    version: Version, four: list[Customer], at: datetime
) -> None:
    Customer.objects.update(archived_at=at)

    with pytest.raises(NotSending, match="Nobody is left"):
        start_sending(version, seen_count=4, by=SYSTEM, at=at)
    Customer.objects.update(archived_at=None)
    with pytest.raises(BulletinMoved, match="they were 400, and are 4 now"):
        start_sending(version, seen_count=400, by=SYSTEM, at=at)

    assert Mailing.objects.count() == 0


def test_a_list_that_empties_between_approval_and_start_waits_and_says_so(
    version: Version, client_of: SignIn, owner: Member, at: datetime
) -> None:
    for number in range(400):
        make_customer(f"One of many {number}")
    (sending,) = start_sending(version, seen_count=404, by=SYSTEM, at=at)
    assert sending.mailing is not None
    Customer.objects.update(archived_at=at)

    expand(sending.mailing, at=at)
    page = client_of(owner).get(f"/bulletins/{version.bulletin_id}/")

    assert Message.objects.count() == 0
    assert "404 customers when it was approved, and is 0 now" in page.text


def test_a_drill_reaches_nobody(at: datetime, four: list[Customer]) -> None:
    drill = make_version(make_bulletin(at, is_drill=True), at)

    with pytest.raises(DrillOnly):
        start_sending(drill, seen_count=4, by=SYSTEM, at=at)


def test_stopped_nothing_more_leaves_and_nobody_is_called(version: Version, at: datetime) -> None:
    (sending,) = start_sending(version, seen_count=4, by=SYSTEM, at=at)
    assert sending.mailing is not None
    expand(sending.mailing, at=at)
    owe_rest(version, at=at)

    count = stop_sending_bulletin(version, by=SYSTEM, at=at)

    sending.mailing.refresh_from_db()
    assert (count, sending.mailing.state) == (4, MailingState.CANCELLED)
    assert Owed.objects.count() == 0
    assert owe_rest(version, at=at) == 0
    with pytest.raises(NotSending):
        stop_sending_bulletin(version, by=SYSTEM, at=at)


def test_whoever_was_talked_to_since_is_told(
    version: Version, four: list[Customer], at: datetime
) -> None:
    start_sending(version, seen_count=4, by=SYSTEM, at=at)
    owe_rest(version, at=at)

    make_touch(four[1], at + timedelta(minutes=5), by=SYSTEM)

    assert [one.customer for one in owed_for(version.bulletin)] == [four[2]]


def test_letters_are_printed_and_then_in_the_post(
    client_of: SignIn, owner: Member, version: Version, four: list[Customer], at: datetime
) -> None:
    start_sending(version, seen_count=4, by=SYSTEM, at=at)
    owe_rest(version, at=at)
    browser, bulletin = client_of(owner), version.bulletin

    page = browser.get(f"/bulletins/{bulletin.pk}/owed")
    pdf = browser.get(f"/bulletins/{bulletin.pk}/letters")
    letter = Owed.objects.get(by="letter")
    browser.post(f"/bulletins/{bulletin.pk}/posted", {"letter": [letter.pk]})

    assert "Otis Bell" in page.text
    read = PdfReader(BytesIO(pdf.content))
    said = read.pages[0].extract_text()
    assert len(read.pages) == 1
    assert [word in said for word in ("Vera Lund", "4 Weir Lane", "Nobody was hurt.")] == [True] * 3
    assert Touch.objects.get().channel == "letter"
    assert [one.customer for one in owed_for(bulletin)] == [four[1]]


def test_each_reads_it_in_their_language_where_it_is_known(
    at: datetime, four: list[Customer]
) -> None:
    Business.objects.update(languages=["en", "de"])
    Wish.objects.create(customer=four[0], language="de", changed_at=at)
    bulletin = make_bulletin(at)
    version = make_version(bulletin, at)
    Version.objects.filter(pk=version.pk).update(
        texts={**version.texts, "de": {"known": "Zwei Öfen backen."}}
    )
    version.refresh_from_db()

    sendings = start_sending(version, seen_count=4, by=SYSTEM, at=at)

    mailings = {one.language: one.mailing for one in sendings}
    assert {
        code: (one.approved_count, "Zwei Öfen" in one.version.text)
        for code, one in mailings.items() if one
    } == {"en": (3, False), "de": (1, True)}  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "*not* _this_ (here) <b>x</b> `y` # a & b ~z~ | !",
        "1. first", "+ plus", "= two",
    ],
    ids=["signs", "number", "plus", "equals"],
)  # fmt: skip
def test_a_mail_says_what_was_written_sign_by_sign(at: datetime, line: str) -> None:
    ruth = make_customer("Ruth Calloway", email="ruth@x.example")
    agrees(ruth)
    square = line.replace("(", "[").replace(")", "]")
    version = make_version(make_bulletin(at), at, known=square)

    (sending,) = start_sending(version, seen_count=1, by=SYSTEM, at=at)

    assert sending.mailing is not None
    assert line in sending.mailing.version.text.replace("\n", " ")


def test_from_the_second_update_to_its_sending_in_five_steps(
    client_of: SignIn, owner: Member, version: Version, at: datetime
) -> None:
    browser, address = client_of(owner), f"/bulletins/{version.bulletin_id}"
    sheet = {
        "en-known": "All ovens bake.", "en-not_known": "", "en-doing": "",
        "next_update_by": "2026-11-26T17:00", "seen_number": "1",
    }  # fmt: skip

    looked = browser.post(f"{address}/write", sheet, follow=True)
    sent = browser.post(
        f"{address}/publish",
        {"seal": looked.context["seal"], "seen": looked.context["ways"].total, "send": "1"},
        follow=True,
    )

    assert "Publish it and tell 3 customers" in looked.text
    assert "Stop telling them" in sent.text
    assert Bulletin.objects.get().version_count == 2
    assert Sending.objects.get().version.number == 2

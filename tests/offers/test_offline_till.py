"""The till without a connection: what it takes along for a day, and how each use comes in once."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.core.errors import NotAllowed, Refusal
from regulars.customers.models import Customer
from regulars.offers import till_list
from regulars.offers.actions.arriving import Noted, note_read, take_in_use, try_again
from regulars.offers.actions.planning import raise_stock
from regulars.offers.actions.redeeming import redeem
from regulars.offers.codes import spelled
from regulars.offers.errors import CodeUsed, ListNotOurs
from regulars.offers.models import Offer, OfflineUse, Redemption
from regulars.offers.queries.arrived import uses_to_tell
from regulars.offers.queries.codes import shared_code_of
from regulars.offers.till_list import Stamp, mark_of, signed, stamp_in
from regulars.team.models import Business, Member
from tests.factories.offers import DAY, a_wave, make_offer
from tests.factories.team import make_member
from tests.offers.test_redeeming import code_of, of_tier

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
ClientOf = Callable[[Member], Client]
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _nobody_has_tried() -> None:
    cache.clear()


@pytest.fixture
def ruth() -> Customer:
    return of_tier("Ruth Calloway", "core")


def list_of(member: Member, at: datetime, business: Business) -> str:
    """The stamp of a list that this member's till took along at that moment."""
    day = business.day_of(at)
    ends_at = business.day_ends_at(day)
    return signed({}, Stamp(member.pk, day.isoformat(), at, ends_at))


def noted(code: str, at: datetime, stamp: str, **over: Any) -> Noted:
    """Half an hour before it is sent, by a till whose clock is right."""
    given: dict[str, Any] = {
        "slip": "f3b1c2d4-0001", "code": code, "stamp": stamp, "device_at": at - HOUR / 2,
        "sent_at": at, "receipt": "456",
    }  # fmt: skip
    return Noted(**{**given, **over})


def marks_in(answer: dict[str, Any]) -> dict[str, int | None]:
    return {mark: left for wave in answer["list"]["waves"] for mark, left in wave["codes"].items()}


def test_a_till_takes_along_what_may_be_used_today_and_nothing_else(
    ruth: Customer, owner: Member, client_of: ClientOf, at: datetime
) -> None:
    ada, gone = of_tier("Ada Byron", "active"), of_tier("Gone Early", "core")
    offer = make_offer(
        at, a_wave(at, 0, "core"), a_wave(at, 0.25, "active"), a_wave(at, 3, "new"),
        a_wave(at, 7), name="Rye", uses=2, stock=9, terms="One loaf each.",
    )  # fmt: skip
    newer = of_tier("New Here", "new")
    before = at - 2 * DAY
    everybodys = make_offer(
        before, a_wave(before, 0, "core"), a_wave(before, 1), name="Coffee", code_kind="shared",
        shared_words="BACK AGAIN",
    )  # fmt: skip
    named = make_offer(at, a_wave(at, 0, "core"), code_kind="shared", shared_words="CORE ALONE")
    for slip in ("one", "two"):
        redeem(code_of(offer, gone), slip=slip, by=owner.actor, at=at)
    redeem(code_of(offer, ruth), slip="three", by=owner.actor, at=at)

    raw = client_of(owner).get("/till/kept")

    got = raw.json()
    text = raw.content.decode()
    key = got["mark_key"]
    assert "no-store" in raw["Cache-Control"]
    assert (got["member"], got["day"], len(got["touch_keys"])) == (owner.pk, "2026-11-24", 14)
    assert marks_in(got) == {
        mark_of(key, code_of(offer, ruth)): 1,
        mark_of(key, code_of(offer, ada)): 2,
        mark_of(key, "BACK AGAIN"): None,
    }
    assert got["list"]["count"] == 3
    coffee, core, active = got["list"]["waves"]
    assert (core["name"], core["gives"], core["terms"], core["stock"]) == (
        "Rye", "20 % off", "One loaf each.", 6,
    )  # fmt: skip
    assert active["opens_at"] == int((at + DAY / 4).timestamp() * 1000)
    assert (coffee["offer"], coffee["stock"]) == (everybodys.pk, None)
    # Neither a code nor a name is on it, and nothing of a wave that opens another day.
    said = [
        code_of(offer, ruth),
        spelled(code_of(offer, ruth)),
        "BACK AGAIN",
        shared_code_of(named),
    ]
    assert [word for word in (*said, "Ruth", "Ada", newer.name) if word in text] == []


def test_the_list_is_of_one_session_and_asks_the_same_for_one_code_as_for_three(
    ruth: Customer, owner: Member, client_of: ClientOf, at: datetime
) -> None:
    make_offer(at)
    here, counts = client_of(owner), []
    first = here.get("/till/kept").json()
    other = client_of(owner).get("/till/kept").json()
    got = first

    for name in ("Ada Byron", "Grace Hopper"):
        with CaptureQueriesContext(connection) as seen:
            got = here.get("/till/kept").json()
        counts.append(len(seen))
        of_tier(name, "core")
        make_offer(at)

    assert first["list_key"] != other["list_key"]
    assert set(marks_in(first)).isdisjoint(marks_in(other))
    assert len(marks_in(got)) == 3
    assert counts[0] == counts[1]


def test_a_list_that_is_too_long_is_cut_and_says_so(
    ruth: Customer, owner: Member, client_of: ClientOf, at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    of_tier("Ada Byron", "core")
    make_offer(at)
    monkeypatch.setattr(till_list, "MOST_CODES", 1)

    listed = client_of(owner).get("/till/kept").json()["list"]

    assert (listed["count"], listed["is_cut"]) == (1, True)


def test_a_viewer_takes_no_list_and_brings_nothing(viewer: Member, client_of: ClientOf) -> None:
    here = client_of(viewer)

    assert here.get("/till/kept").status_code == 403
    assert here.post("/till/arrive", {"code": "x"}).status_code == 403


def test_a_use_comes_in_once_at_the_moment_of_its_own(
    ruth: Customer, owner: Member, business: Business, at: datetime
) -> None:
    offer = make_offer(at)
    one = noted(code_of(offer, ruth), at + 2 * HOUR, list_of(owner, at, business))

    arrived = take_in_use(one, by=owner.actor, at=at + 2 * HOUR)
    again = take_in_use(one, by=owner.actor, at=at + 3 * HOUR)

    used = Redemption.objects.get()
    assert (used.customer, used.used_at, used.recorded_at, used.receipt) == (
        ruth, at + 1.5 * HOUR, at + 2 * HOUR, "456",
    )  # fmt: skip
    assert (arrived, arrived.redemption, arrived.offer) == (again, used, offer)
    assert list(uses_to_tell(owner.actor)) == []


def test_a_form_whose_answer_was_lost_is_no_second_use(
    ruth: Customer, owner: Member, business: Business, at: datetime
) -> None:
    """The till keeps what was pressed under the number that the form had."""
    offer = make_offer(at, uses=2)
    form = redeem(code_of(offer, ruth), slip=f"till:{owner.pk}:pressed-once", by=owner.actor, at=at)
    one = noted(code_of(offer, ruth), at + HOUR, list_of(owner, at, business), slip="pressed-once")

    arrived = take_in_use(one, by=owner.actor, at=at + HOUR)

    assert (arrived.redemption, Redemption.objects.count()) == (form, 1)


def test_two_tills_that_took_the_same_code_are_both_told(
    ruth: Customer, owner: Member, business: Business, client_of: ClientOf, at: datetime
) -> None:
    other = make_member("helper", name="Ife Bello")
    offer = make_offer(at)
    code, stamp = code_of(offer, ruth), list_of(owner, at, business)
    later = at + 2 * HOUR
    theirs = take_in_use(
        noted(code, later, list_of(other, at, business), receipt="123"), by=other.actor, at=later
    )

    mine = take_in_use(noted(code, later + HOUR, stamp), by=owner.actor, at=later + HOUR)

    assert (mine.redemption, mine.other) == (None, theirs.redemption)
    # It is read on another day as well: the day itself is named.
    assert mine.sentence == "It has been used already: 24 Nov 2026 10:30 (Ife Bello)."
    assert Redemption.objects.count() == 1
    [to_me], [to_them] = uses_to_tell(owner.actor), uses_to_tell(other.actor)
    assert (to_me.use, to_me.is_own, to_them.use, to_them.is_own) == (mine, True, mine, False)
    here, there = client_of(owner), client_of(other)
    shown, seen = here.get("/till/").content.decode(), there.get("/till/").content.decode()
    assert "Ife Bello had taken the same code" in shown
    assert "Yours counts, theirs does not." in seen
    assert ("receipt 456" in shown, "receipt 123" in seen) == (True, True)
    assert here.post(f"/till/arrived/{mine.pk}").status_code == 302
    assert "Ife Bello had taken" not in here.get("/till/").content.decode()
    assert "Yours counts" in there.get("/till/").content.decode()
    note_read(mine, by=other.actor, at=later)
    mine.refresh_from_db()
    assert (list(uses_to_tell(other.actor)), bool(mine.read_at)) == ([], True)
    with pytest.raises(NotAllowed):
        note_read(mine, by=make_member("helper", name="Somebody Else").actor, at=later)


def test_what_was_given_beyond_the_stock_comes_in_once_there_is_more(
    ruth: Customer, owner: Member, business: Business, client_of: ClientOf, at: datetime
) -> None:
    ada = of_tier("Ada Byron", "core")
    offer = make_offer(at - DAY, stock=1)
    redeem(code_of(offer, ada), slip="one", by=owner.actor, at=at)
    one = noted(code_of(offer, ruth), at, list_of(owner, at - HOUR, business))

    refused = take_in_use(one, by=owner.actor, at=at)
    here = client_of(owner)
    early = here.post(f"/till/arrived/{refused.pk}", {"act": "again"})
    raise_stock(offer, 1, by=owner.actor, at=at)
    here.post(f"/till/arrived/{refused.pk}", {"act": "again"})

    refused.refresh_from_db()
    assert "Nothing is left" in refused.sentence
    assert early.status_code == 422
    assert refused.redemption is not None
    assert (refused.redemption.customer, refused.redemption.used_at) == (ruth, at - HOUR / 2)
    assert try_again(refused, by=owner.actor, at=at).redemption == refused.redemption
    assert Redemption.objects.count() == 2


def test_the_list_of_yesterday_takes_no_use_of_today(
    ruth: Customer, owner: Member, business: Business, at: datetime
) -> None:
    offer = make_offer(at)
    stamp, code = list_of(owner, at, business), code_of(offer, ruth)
    tomorrow = at + DAY

    late = take_in_use(noted(code, tomorrow, stamp), by=owner.actor, at=tomorrow)
    in_time = take_in_use(
        noted(code, tomorrow, stamp, slip="of-the-day", device_at=at + HOUR),
        by=owner.actor, at=tomorrow,
    )  # fmt: skip

    assert (late.redemption, late.offer) == (None, offer)
    assert late.sentence == (
        "It was noted 25 Nov 2026 08:30, and the list that the till had held until the end of"
        " Tuesday 24 November."
    )
    assert "Open the till with a connection once a day" in late.remedy
    assert in_time.redemption is not None
    assert in_time.redemption.used_at == at + HOUR


def test_only_a_list_that_we_signed_for_this_member_is_taken(
    ruth: Customer, owner: Member, business: Business, at: datetime
) -> None:
    offer, other = make_offer(at), make_member("helper", name="Ife Bello")
    code, stamp = code_of(offer, ruth), list_of(owner, at, business)
    assert stamp_in(stamp).member_id == owner.pk

    with pytest.raises(ListNotOurs, match="no list that we signed"):
        take_in_use(noted(code, at, stamp[:-1] + "x"), by=owner.actor, at=at)
    with pytest.raises(NotAllowed, match="somebody else’s list"):
        take_in_use(noted(code, at, stamp), by=other.actor, at=at)
    with pytest.raises(ListNotOurs, match="more than a fortnight old"):
        take_in_use(noted(code, at, stamp), by=owner.actor, at=at + 16 * DAY)

    assert (OfflineUse.objects.count(), Redemption.objects.count()) == (0, 0)


def test_a_till_whose_clock_is_wrong_still_knows_how_long_ago_it_was(
    ruth: Customer, owner: Member, business: Business, at: datetime
) -> None:
    offer = make_offer(at)
    ahead = timedelta(days=400)
    one = noted(
        code_of(offer, ruth), at + 3 * HOUR, list_of(owner, at, business),
        device_at=at + 2 * HOUR + ahead, sent_at=at + 3 * HOUR + ahead,
    )  # fmt: skip

    assert take_in_use(one, by=owner.actor, at=at + 3 * HOUR).used_at == at + 2 * HOUR


@pytest.mark.parametrize(
    ("code", "words"),
    [("K7QM-P2XR-9TD", "a letter is wrong"), ("early", "Not yet")],
    ids=["mistyped", "early"],
)
def test_what_no_till_would_take_is_written_down_as_refused(
    owner: Member, business: Business, at: datetime, code: str, words: str
) -> None:
    ada = of_tier("Ada Byron", "active")
    offer = make_offer(at, a_wave(at, 0, "core"), a_wave(at, 3, "active"))
    said = code_of(offer, ada) if code == "early" else code

    refused = take_in_use(
        noted(said, at + HOUR, list_of(owner, at, business)), by=owner.actor, at=at + HOUR
    )

    assert refused.redemption is None
    assert words in refused.sentence
    [told] = uses_to_tell(owner.actor)
    assert told.may_try_again == (code == "early")
    if code != "early":
        with pytest.raises(Refusal, match="names no code"):
            try_again(refused, by=owner.actor, at=at)


@pytest.mark.parametrize(
    "over",
    [{"client_id": "<b>"}, {"code": ""}, {"device_at": "1e300"}, {"sent_at": "nan"},
     {"stamp": "x" * 401}, {"receipt": "x" * 201}],
    ids=["number", "no code", "endless", "no time", "long stamp", "long receipt"],
)  # fmt: skip
def test_what_no_page_of_ours_sends_is_refused_with_a_sentence(
    owner: Member, client_of: ClientOf, at: datetime, over: dict[str, Any]
) -> None:
    now = at.timestamp() * 1000
    sent = {"client_id": "12345678", "code": "x", "stamp": "x", "device_at": now, "sent_at": now}

    answer = client_of(owner).post("/till/arrive", {**sent, **over})

    assert answer.status_code == 422
    assert json.loads(answer.content)["sentence"]


def test_a_till_brings_its_uses_by_the_door_that_it_has(
    ruth: Customer, owner: Member, client_of: ClientOf, at: datetime
) -> None:
    offer = make_offer(at)
    here = client_of(owner)
    stamp, now = here.get("/till/kept").json()["stamp"], at.timestamp() * 1000
    sent = {"client_id": "12345678", "code": code_of(offer, ruth), "stamp": stamp,
            "device_at": now, "sent_at": now}  # fmt: skip

    states = [here.post("/till/arrive", sent).json() for _again in range(2)]
    forged = here.post("/till/arrive", sent | {"stamp": "x", "client_id": "87654321"})
    second = here.post("/till/arrive", sent | {"client_id": "87654321"}).json()

    assert states == [{"state": "used"}] * 2
    assert (forged.status_code, second) == (409, {"state": "refused"})
    assert Redemption.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_with_the_same_form_are_one_use(
    ruth: Customer, owner: Member, at: datetime
) -> None:
    offer = make_offer(at, uses=5)
    code = code_of(offer, ruth)

    def press(_turn: int) -> int | str:
        try:
            return redeem(code, slip="the same", by=owner.actor, at=at).pk
        except CodeUsed as no:
            return no.sentence
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as tills:
        found = set(tills.map(press, range(10)))

    assert found == {Redemption.objects.get().pk}
    assert Offer.objects.count() == 1

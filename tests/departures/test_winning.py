"""Winning back by reason: what changed, one gift at most, whom letters mean, a kind last word."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.core.actor import SYSTEM
from regulars.core.errors import NotAllowed, Refusal
from regulars.customers.models import Customer
from regulars.departures.actions.leaving import (
    Why,
    end_departure,
    note_departure,
    note_staying,
    note_who_came_back,
    take_back,
)
from regulars.departures.actions.letting_go import close_after_last_word, say_goodbye, say_more
from regulars.departures.actions.winning import (
    note_change,
    put_change_back,
    remove_change,
    write_farewell,
    write_letter,
)
from regulars.departures.choices import FITS, LET_GO, Give, Reason, SaidBy
from regulars.departures.errors import (
    ChangeStillToCome,
    GiftUnclear,
    NobodyToWinBack,
    NothingChanged,
    NotToBeLetGo,
    NotToBeWonBack,
)
from regulars.departures.models import Departure, Letter
from regulars.departures.queries.winning import changes_for, whom_letter_means, worth_of
from regulars.messaging.audiences import audiences
from regulars.messaging.models import Hold, Mailing, Message
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.departures import make_departure
from tests.factories.messaging import make_message
from tests.factories.orders import make_order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
DAY = timedelta(days=1)
EARLY = date(2026, 8, 1)


def change(at: datetime, reason: Reason = Reason.PRICE, words: str = "Bread is 2.90 again") -> None:
    note_change(reason, words=words, changed_on=at.date() - 9 * DAY, by=SYSTEM, at=at)


def meant(letter: Letter) -> set[str]:
    mailing = letter.mailing
    assert mailing is not None
    found = audiences[mailing.audience].customers(mailing.definition)
    return set(found.values_list("name", flat=True))


def sent(letter: Letter, at: datetime) -> list[Message]:
    """It went to everybody whom it means."""
    assert letter.mailing is not None
    version = letter.mailing.version
    return [
        make_message(
            customer, at=at, version=version, purpose=letter.mailing.purpose, state="accepted",
            occasion=f"mailing:{letter.mailing_id}", mailing=letter.mailing,
        )
        for customer in whom_letter_means(letter)
    ]  # fmt: skip


def test_a_letter_says_what_changed_and_gives_one_thing_to_those_who_told_us(at: datetime) -> None:
    told: dict[str, dict[str, Any]] = {
        "Told us": {},
        "Guessed": {"said_by": SaidBy.GUESSED},
        "Left since": {"left_on": at.date() - DAY},
        "Another reason": {"reason": Reason.SERVICE},
    }
    for name, over in told.items():
        make_departure(make_customer(name), at, **({"left_on": EARLY} | over))
    in_peace = make_customer("In peace")
    note_departure(in_peace, Why(Reason.PRICE, wants_peace=True), left_on=EARLY, by=SYSTEM, at=at)
    end_departure(make_departure(make_customer("Back"), at, left_on=EARLY), by=SYSTEM, at=at)
    make_departure(make_customer("Off the list", archived_at=at), at, left_on=EARLY)
    change(at)

    letter = write_letter(
        Reason.PRICE, give=Give.DISCOUNT, gift="the first loaf is on us.", cost_minor=290,
        by=SYSTEM, at=at,
    )  # fmt: skip

    assert meant(letter) == {"Told us"}
    assert letter.mailing is not None
    assert (letter.mailing.state, letter.mailing.purpose) == ("draft", "sell")
    body = letter.mailing.version.body
    assert "- Bread is 2.90 again (15 November 2026)" in body
    assert "When you come again: the first loaf is on us." in body
    assert letter.mailing.audience_words == "those who left because of this: Price"


def test_without_a_gift_it_asks_and_sells_nothing(at: datetime) -> None:
    make_departure(make_customer(), at, left_on=EARLY, reason=Reason.CLOSED)
    change(at, Reason.CLOSED, "We are open again, on Sundays too")

    letter = write_letter(Reason.CLOSED, give=Give.NOTHING, by=SYSTEM, at=at)

    assert letter.mailing is not None
    assert (letter.mailing.purpose, letter.cost_minor) == ("ask", 0)
    assert "When you come again" not in letter.mailing.version.body


@pytest.mark.parametrize(
    ("reason", "given", "refusal"),
    [
        (Reason.SERVICE, {"give": Give.NOTHING}, NothingChanged),
        (Reason.MOVED, {"give": Give.NOTHING}, NotToBeWonBack),
        (Reason.UNKNOWN, {"give": Give.NOTHING}, NotToBeWonBack),
        (Reason.PRICE, {"give": Give.DISCOUNT, "gift": " "}, GiftUnclear),
        (Reason.PRICE, {"give": Give.NOTHING, "gift": "A loaf"}, GiftUnclear),
        (Reason.PRICE, {"give": Give.DISCOUNT, "gift": "x" * 201}, GiftUnclear),
        (Reason.PRICE, {"give": Give.DISCOUNT, "gift": "x", "cost_minor": -1}, GiftUnclear),
        (Reason.PRICE, {"give": Give.NOTHING}, NobodyToWinBack),
    ],
)
def test_what_brings_nobody_back_is_refused(
    at: datetime, reason: Reason, given: dict[str, object], refusal: type[Refusal]
) -> None:
    change(at)
    with pytest.raises(refusal):
        write_letter(reason, by=SYSTEM, at=at, **given)  # type: ignore[arg-type]
    assert Letter.objects.filter(mailing__isnull=False).count() == 0
    assert Mailing.objects.count() == 0


def test_who_may_not_write_to_many_writes_nothing(helper: Member, at: datetime) -> None:
    with pytest.raises(NotAllowed):
        note_change(Reason.PRICE, words="x", changed_on=EARLY, by=helper.actor, at=at)
    with pytest.raises(NotAllowed):
        write_letter(Reason.PRICE, give=Give.NOTHING, by=helper.actor, at=at)
    with pytest.raises(NotAllowed):
        write_farewell(Reason.MOVED, by=helper.actor, at=at)


def test_changes_are_said_with_their_day_and_taken_away_again(at: datetime) -> None:
    change(at)
    with pytest.raises(ChangeStillToCome):
        note_change(Reason.PRICE, words="Soon", changed_on=at.date() + DAY, by=SYSTEM, at=at)
    with pytest.raises(GiftUnclear):
        note_change(Reason.PRICE, words=" ", changed_on=EARLY, by=SYSTEM, at=at)
    with pytest.raises(NotToBeWonBack):
        note_change(Reason.MOVED, words="x", changed_on=EARLY, by=SYSTEM, at=at)

    (made,) = changes_for(Reason.PRICE)
    remove_change(made, by=SYSTEM, at=at)
    gone = list(changes_for(Reason.PRICE))
    put_change_back(made, by=SYSTEM, at=at)

    assert (gone, list(changes_for(Reason.PRICE))) == ([], [made])


# Letters to three customers who left for random reasons, on random days, with random gifts.
GIFTED = (Give.DISCOUNT, Give.UPGRADE, Give.MAKE_GOOD, Give.NOTHING)
TRIES = st.lists(
    st.tuples(
        st.sampled_from([Reason.PRICE, Reason.SERVICE]), st.sampled_from(GIFTED),
        st.integers(1, 200),
    ),
    min_size=2, max_size=4,
)  # fmt: skip


@settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(tries=TRIES)
def test_nobody_gets_a_lower_price_and_something_better_within_a_year(
    at: datetime, tries: list[tuple[Reason, Give, int]]
) -> None:
    Letter.objects.all().delete()
    Message.objects.all().delete()
    Departure.objects.all().delete()
    Customer.objects.all().delete()
    reasons = [Reason.PRICE, Reason.SERVICE]
    for reason in reasons:
        change(at, reason)
        make_departure(make_customer(reason), at, reason=reason, left_on=EARLY)
    got: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    moment = at
    for reason, give, days in tries:
        moment += days * DAY
        # Everybody is gone for that reason now: what they had before still counts.
        for customer in Customer.objects.all():
            make_departure(customer, moment, reason=reason, left_on=EARLY)
        try:
            letter = write_letter(
                reason, give=give, gift="" if give == Give.NOTHING else "a loaf",
                by=SYSTEM, at=moment,
            )  # fmt: skip
        except NobodyToWinBack:
            continue
        for message in sent(letter, moment):
            assert message.customer is not None
            got[message.customer.name].append((moment, give))

    both = {Give.DISCOUNT, Give.UPGRADE}
    for had in got.values():
        for when, _give in had:
            year = {one for day, one in had if when - 365 * DAY < day <= when}
            assert not both <= year
        days_between = [(b - a).days for (a, _), (b, _) in pairwise(had)]
        assert [days for days in days_between if days < 60] == []


def test_no_reason_is_answered_by_both() -> None:
    assert set(FITS) == set(Reason) - set(LET_GO) - {Reason.UNKNOWN}
    assert all(isinstance(one, Give) for one in FITS.values())


# Letting go


def _stops() -> list[str]:
    return list(Hold.objects.filter(lifted_at=None).values_list("stops", flat=True))


def test_nothing_is_sold_to_who_left_for_good_and_after_a_last_word_nothing_follows(
    at: datetime,
) -> None:
    ruth = make_customer()
    gone = make_departure(ruth, at, reason=Reason.MOVED)
    make_departure(make_customer("Dear"), at)
    before = _stops()

    letter = write_farewell(Reason.MOVED, by=SYSTEM, at=at)
    (message,) = sent(letter, at)
    closed = [close_after_last_word([str(message.pk)], at=at) for _ in range(2)]

    assert (before, closed, _stops()) == (["selling"], [1, 1], ["all"])
    assert letter.mailing is not None
    assert letter.mailing.purpose == "thank"
    with pytest.raises(NobodyToWinBack):
        write_farewell(Reason.MOVED, by=SYSTEM, at=at + DAY)
    end_departure(gone, by=SYSTEM, at=at + DAY)
    assert _stops() == []


def test_a_last_word_in_person_closes_too_and_can_be_taken_back(at: datetime) -> None:
    gone = make_departure(make_customer(), at, reason=Reason.NEED_GONE)

    say_goodbye(gone, by=SYSTEM, at=at)
    said = _stops()
    say_more(gone, by=SYSTEM, at=at)

    assert (said, _stops()) == (["all"], ["selling"])
    with pytest.raises(NotToBeLetGo):
        say_goodbye(make_departure(make_customer("Dear"), at), by=SYSTEM, at=at)


def test_who_is_not_gone_for_good_any_more_hears_from_us_again(at: datetime) -> None:
    bought, stays, anew, undone = (make_customer(name) for name in ("A", "B", "C", "D"))
    left = [make_departure(one, at, reason=Reason.MOVED) for one in (bought, stays, anew, undone)]
    assert _stops() == ["selling"] * 4

    make_order(bought, at.date() + DAY)
    note_who_came_back(at=at + DAY)
    note_staying(stays, by=SYSTEM, at=at + DAY)
    make_departure(anew, at + DAY, reason=Reason.PRICE)
    take_back(left[3], state="standing", by=SYSTEM, at=at + DAY)

    assert _stops() == []


def test_worth_is_told_with_bounds_from_twenty_on() -> None:
    few = worth_of([100, 300])
    enough = worth_of([100] * 10 + [300] * 10)

    assert worth_of([]) is None
    assert few is not None
    assert enough is not None
    assert (few.each, few.low, few.high, few.is_told) == (200, 100, 300, False)
    # The standard error is 102.6 / sqrt(20), worked by hand.
    assert (enough.each, enough.low, enough.high, enough.is_told) == (200, 155, 245, True)

"""How it went: filed once a check-in, changed, set aside, taken back; what is bad is a case."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from regulars.care.actions.answers import (
    LONGEST,
    Said,
    count_after_all,
    file_answer,
    note_answer,
    set_aside,
    take_back_answer,
)
from regulars.care.choices import Heard
from regulars.care.errors import (
    AnswerEmpty,
    AnswerOfNobody,
    AnswerSettled,
    AnswerTooLong,
    MarkOutside,
    NothingBefore,
)
from regulars.care.models import Answer, AnswerRules, AnswerVersion, CheckIn
from regulars.care.warning_words import as_words, warning_in
from regulars.cases.models import Case
from regulars.core.actor import SYSTEM
from regulars.core.models import Event
from regulars.customers.actions.leaving import erase_customer
from regulars.customers.actions.merging import merge_customers, unmerge_customers
from regulars.team.models import Member
from tests.factories.care import make_answer, make_check_in
from tests.factories.customers import make_customer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner")]
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def state_of(check_in: CheckIn) -> tuple[str, datetime | None]:
    return CheckIn.objects.values_list("state", "answered_at").get(pk=check_in.pk)


def test_an_answer_settles_its_check_in_and_the_same_again_is_no_other(at: datetime) -> None:
    check_in = make_check_in(at, is_late=True)

    first = make_answer(at, 4, check_in, went_well=" The crust ", link="l1")
    again = make_answer(at + SECOND, 4, check_in, went_well="The crust", link="l1")

    assert first == again == Answer.objects.get()
    assert (first.went_well, first.was_late, first.customer) == (
        "The crust",
        True,
        check_in.customer,
    )
    assert state_of(check_in) == ("answered", at)
    assert AnswerVersion.objects.count() == Case.objects.count() == 0
    told = Event.objects.filter(kind="care.AnswerFiled").values_list("payload", flat=True)
    assert list(told) == [{
        "answer_id": first.pk, "customer_id": check_in.customer_id, "mark": 4, "scale": 5,
        "source": "link", "is_doubtful": False,
    }]  # fmt: skip


@pytest.mark.parametrize(
    ("mark", "scale", "words", "says"),
    [
        pytest.param(2, 5, "Too dry", "Too dry\nThey gave 2 of 5.", id="bad of five"),
        pytest.param(6, 10, "", "They gave 6 of 10.", id="bad of ten"),
        pytest.param(5, 5, "It came brökén in two", "It came brökén in two\nThey gave 5 of 5.\n"
                     "They wrote “broken”.", id="a word, whatever the mark"),
        pytest.param(None, 5, "Ich will mein Geld zurück", "Ich will mein Geld zurück\n"
                     "They wrote “geld zuruck”.", id="a word without a mark"),
        pytest.param(3, 5, "Unbroken joy", "", id="a word inside another"),
        pytest.param(7, 10, "A little late", "", id="neither"),
    ],
)  # fmt: skip
def test_a_bad_mark_or_certain_words_open_a_case_at_once(
    at: datetime, mark: int | None, scale: int, words: str, says: str
) -> None:
    check_in = make_check_in(at)

    answer = make_answer(at, mark, check_in, not_right=words, scale=scale)

    found = list(Case.objects.values_list("what", "source", "product", "opened_at"))
    assert found == ([(says, f"answer:{answer.pk}", "Seeded rye", at)] if says else [])


def test_an_owner_says_from_which_mark_and_at_which_words(at: datetime) -> None:
    AnswerRules.objects.create(pk=1, bad_of_five=3, words={"en": as_words("  Soggy\n\nToo dear ")})

    make_answer(at, 3)
    make_answer(at, 5, not_right="SOGGY bottom")
    make_answer(at, 5, not_right="It was broken")

    assert Case.objects.count() == 2
    assert warning_in("trop cassé", {"en": []}) == "casse"
    assert warning_in("broken", {"en": []}) == ""


def test_changed_within_seven_days_the_earlier_wording_is_kept(at: datetime) -> None:
    check_in = make_check_in(at)
    make_answer(at, 5, check_in, went_well="Lovely")

    changed = make_answer(at + 6 * DAY, 1, check_in, not_right="Mould inside")

    assert (changed.mark, changed.said_at, changed.changed_at) == (1, at, at + 6 * DAY)
    kept = AnswerVersion.objects.values_list("mark", "went_well", "said_at", "replaced_at").get()
    assert kept == (5, "Lovely", at, at + 6 * DAY)
    assert Case.objects.get().source == f"answer:{changed.pk}"
    with pytest.raises(AnswerSettled):
        make_answer(at + 7 * DAY, 2, check_in)
    # One of us may write down what they say later.
    later = make_answer(at + 8 * DAY, 4, check_in, source=Heard.PHONE)
    assert (later.mark, later.source) == (4, "phone")


def test_what_is_set_aside_opens_nothing_and_a_person_answers_afterwards(at: datetime) -> None:
    check_in = make_check_in(at)

    make_answer(at, 1, check_in, doubt="soon", link="l1")
    assert (Case.objects.count(), state_of(check_in)) == (0, ("asked", None))
    person = make_answer(at + 9 * DAY, 2, check_in, link="l1")

    assert (person.doubt, person.said_at, person.changed_at) == ("", at + 9 * DAY, None)
    assert Answer.objects.counted().count() == Case.objects.count() == 1
    assert state_of(check_in) == ("answered", at + 9 * DAY)
    # A program comes by once more: what counts stays, and what it sent is seen.
    make_answer(at + 9 * DAY + 3 * SECOND, 5, check_in, doubt="no_page")
    assert Answer.objects.values_list("mark", "doubt").get() == (2, "")
    assert AnswerVersion.objects.filter(doubt="no_page", mark=5).count() == 1


def test_two_answers_within_two_seconds_are_nobodys_word(at: datetime) -> None:
    check_in = make_check_in(at)

    make_answer(at, 5, check_in)
    make_answer(at + SECOND, 3, check_in)

    assert Answer.objects.values_list("doubt", "mark").get() == ("twice", 5)
    assert state_of(check_in) == ("asked", None)


def test_staff_set_an_answer_aside_and_count_it_after_all(owner: Member, at: datetime) -> None:
    check_in = make_check_in(at)
    answer = make_answer(at, 1, check_in, doubt="at_once")

    counted = count_after_all(answer, by=owner.actor, at=at)
    assert (counted.doubt, Case.objects.count(), state_of(check_in)[0]) == ("", 1, "answered")
    aside = set_aside(counted, by=owner.actor, at=at)

    assert (aside.doubt, state_of(check_in)) == ("by_hand", ("asked", None))


def test_what_one_of_us_wrote_down_is_taken_back_and_what_they_said_is_not(
    owner: Member, at: datetime
) -> None:
    asked, told = make_check_in(at), make_check_in(at)
    theirs = make_answer(at, 5, told)
    ours = make_answer(at, 4, asked, source=Heard.SHOP, by=owner.actor)
    make_answer(at + DAY, 1, told, source=Heard.PHONE, by=owner.actor)

    take_back_answer(ours, by=owner.actor, at=at)
    take_back_answer(theirs, by=owner.actor, at=at + DAY)

    left = Answer.objects.get()
    assert (left.mark, left.source, left.member, left.changed_at) == (5, "link", None, None)
    assert state_of(asked) == ("asked", None)
    with pytest.raises(NothingBefore):
        take_back_answer(theirs, by=owner.actor, at=at + DAY)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        pytest.param(Said(0), MarkOutside, id="below five's scale"),
        pytest.param(Said(6), MarkOutside, id="above five's scale"),
        pytest.param(Said(11, scale=10), MarkOutside, id="above ten's"),
        pytest.param(Said(3, scale=6), MarkOutside, id="a scale that is none"),
        pytest.param(Said(None, "\0 ", "\n"), AnswerEmpty, id="nothing"),
        pytest.param(Said(5, "x" * (LONGEST + 1)), AnswerTooLong, id="longer than is kept"),
    ],
)
def test_what_is_no_answer_is_refused(at: datetime, said: Said, refusal: type[Exception]) -> None:
    check_in = make_check_in(at)

    with pytest.raises(refusal):
        file_answer(check_in, said, source=Heard.LINK, by=SYSTEM, at=at)
    with pytest.raises(refusal):
        note_answer(check_in.customer, said, source=Heard.SHOP, by=SYSTEM, at=at)

    assert Answer.objects.count() == 0


def test_the_database_keeps_marks_in_their_scale_and_one_answer_a_check_in(at: datetime) -> None:
    answer = make_answer(at)
    wrong: list[dict[str, Any]] = [
        {"mark": 0}, {"mark": 6}, {"mark": 11, "scale": 10}, {"check_in": answer.check_in},
    ]  # fmt: skip

    for over in wrong:
        described = {"customer": answer.customer, "source": "shop", "said_at": at, **over}
        with pytest.raises(IntegrityError), transaction.atomic():
            Answer.objects.create(recorded_at=at, **described)


def test_merged_the_last_answer_is_one_and_parted_each_has_theirs_again(at: datetime) -> None:
    ruth, twin = make_customer("Ruth"), make_customer("R. Calloway")
    older = make_answer(at, 5, make_check_in(at, ruth))
    newer = make_answer(at + DAY, 2, make_check_in(at, twin))

    merge = merge_customers(ruth, twin, by=SYSTEM, at=at)
    last = {one.pk: (one.customer_id, one.is_newest) for one in Answer.objects.all()}
    assert last == {older.pk: (ruth.pk, False), newer.pk: (ruth.pk, True)}
    unmerge_customers(merge, by=SYSTEM, at=at)

    last = {one.pk: (one.customer_id, one.is_newest) for one in Answer.objects.all()}
    assert last == {older.pk: (ruth.pk, True), newer.pk: (twin.pk, True)}


def test_erased_nothing_of_it_is_left_and_nothing_more_is_filed(
    owner: Member, at: datetime
) -> None:
    ruth = make_customer("Ruth")
    check_in = make_check_in(at, ruth)
    make_answer(at, 5, check_in, went_well="Her words")
    make_answer(at + DAY, 2, check_in, not_right="More of them")

    erase_customer(ruth, by=owner.actor, at=at)

    assert Answer.objects.count() == AnswerVersion.objects.count() == 0
    with pytest.raises(AnswerOfNobody):
        make_answer(at, 1, check_in)

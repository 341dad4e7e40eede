"""How it went, on screens: the means, the list, what one of us hears, and what makes a case."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.care.actions.listening import hear_silence
from regulars.care.models import Answer, AnswerRules, CheckIn
from regulars.care.queries.answers import Mean, Rate, marks_for
from regulars.care.queries.check_ins import counts_lately
from regulars.cases.models import Case
from regulars.cases.reasons import describe
from regulars.core import clock
from regulars.insight.choices import Tier
from regulars.team.models import Member
from tests.factories.care import make_answer, make_check_in
from tests.factories.customers import make_customer
from tests.factories.orders import make_line, make_order
from tests.factories.planning import make_facts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
ClientOf = Callable[[Member], Client]
HTMX = {"HX-Request": "true"}
DAY = timedelta(days=1)


def test_the_page_shows_means_with_count_bounds_and_who_answered(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    for mark, is_late in [(5, False), (4, False), (5, False), (2, True), (3, True)]:
        make_answer(at, mark, make_check_in(at, is_late=is_late))
    make_check_in(at, is_late=True)
    make_answer(at, 1, doubt="no_page")

    found = marks_for(owner.actor, 5)
    page = client_of(owner).get("/care/answers/").content.decode()

    assert (found.on_time.count, round(found.on_time.mean, 3)) == (3, 4.667)
    assert (found.late.count, found.late.mean) == (2, 2.5)
    # Student's t at two degrees of freedom is 4.303: 4.667 less 1.434; above five there is no mark.
    assert (round(found.on_time.low or 0, 3), found.on_time.high) == (3.232, 5.0)
    assert (found.rate_late, found.rate) == (Rate(2, 3), Rate(5, 7))
    # Five marks are too few: the difference may as well be none.
    assert not found.is_lower
    assert "nobody can tell yet" in page
    assert [count for _mark, count in found.counts] == [2, 1, 1, 1, 0]
    assert "5 marks so far, on average 3.800 of 5." in page
    assert "4.667" in page
    assert "2 of 3: 67" in page


@pytest.mark.parametrize("few", [500, 0])
def test_who_is_in_the_trash_or_another_helpers_counts_in_nothing(
    monkeypatch: pytest.MonkeyPatch, owner: Member, helper: Member, at: datetime, few: int
) -> None:
    monkeypatch.setattr("regulars.care.queries.check_ins.FEW", few)
    theirs = make_customer(manager=helper)
    for customer, mark in [(theirs, 5), (make_customer(), 4), (make_customer(deleted_at=at), 1)]:
        make_answer(at, mark, make_check_in(at, customer=customer))
    make_check_in(at, customer=theirs, is_late=True)

    found = {who.role: marks_for(who.actor, 5) for who in (owner, helper)}
    counts = {who.role: counts_lately(who.actor, at.date()) for who in (owner, helper)}

    assert (found["owner"].rate, found["owner"].rate_late) == (Rate(2, 3), Rate(0, 1))
    assert (found["helper"].rate, found["helper"].whole.mean) == (Rate(1, 2), 5)
    assert counts == {"owner": {"answered": 2, "asked": 1}, "helper": {"answered": 1, "asked": 1}}


def test_of_few_or_equal_marks_nobody_can_tell(at: datetime) -> None:
    assert (Mean(1, 4.0, 0.0, 1, 5).low, Mean(9, 4.0, 0.0, 1, 5).high) == (None, None)
    assert tuple(round(one, 3) for one in Rate(2, 10).bounds) == (0.057, 0.51)
    assert Rate(0, 0).bounds == (0.0, 1.0)


@pytest.mark.parametrize(("late", "is_said"), [((1, 1), False), ((1, 2, 1, 2), True)])
def test_what_came_late_is_called_lower_only_where_both_sides_can_tell(
    owner: Member, at: datetime, late: tuple[int, ...], is_said: bool
) -> None:
    for mark in (5, 5, 4, 5, 4, 5):
        make_answer(at, mark, make_check_in(at))
    for mark in late:
        make_answer(at, mark, make_check_in(at, is_late=True))

    marks = marks_for(owner.actor, 5)

    assert (marks.late.count, marks.is_lower) == (len(late), is_said)


def test_answers_are_narrowed_and_paged_and_questions_do_not_grow(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here, order = client_of(owner), make_order(make_customer("Jo March"), at.date())
    make_line(order, "Simnel cake")
    make_answer(
        at, 3, make_check_in(at, make_customer("Jo March"), order), went_well="<b>Sweet</b>"
    )
    make_answer(at, 5, make_check_in(at, make_customer("Ada Byron")), doubt="soon")
    here.get("/care/answers/")
    with CaptureQueriesContext(connection) as few:
        here.get("/care/answers/")
    for _ in range(26):
        make_answer(at - DAY, 4, make_check_in(at, make_customer("Ruth Calloway")))

    with CaptureQueriesContext(connection) as many:
        first = here.get("/care/answers/").content.decode()
    of = {
        asked: here.get(f"/care/answers/?{asked}").content.decode()
        for asked in ("mark=3", "show=doubtful", "product=simnel", "mark=x&after=1_2&scale=7")
    }
    onward = first.split('href="?after=')[-1].split('"')[0]
    second = here.get(f"/care/answers/?after={onward}".replace("&amp;", "&")).content.decode()

    assert len(many) == len(few)
    assert first.count("Ruth Calloway</b>") == 23
    assert second.count("Ruth Calloway</b>") == 3
    named = {
        asked: [
            name for name in ("Jo March", "Ada Byron", "Ruth Calloway") if f"{name}</b>" in page
        ]
        for asked, page in of.items()
    }
    assert named["mark=3"] == named["product=simnel"] == ["Jo March"]
    assert named["show=doubtful"] == ["Ada Byron"]
    assert "nobody had read that yet" in of["show=doubtful"]
    assert "&lt;b&gt;Sweet" in first
    assert "<b>Sweet" not in first


def test_what_one_of_us_hears_is_two_taps_and_taken_back(
    client_of: ClientOf, helper: Member, viewer: Member, at: datetime
) -> None:
    asked = make_check_in(at, make_customer("Ruth", manager=helper))
    here, hear = client_of(helper), f"/care/answers/of/{asked.customer_id}/hear"

    done = here.post(hear, {"mark": "2", "source": "phone", "not_right": "Dry"}, headers=HTMX)
    page = here.get(f"/customers/{asked.customer_id}/").content.decode()
    refused = [
        here.post(hear, given, headers=HTMX)
        for given in ({"source": "phone"}, {"mark": "9", "source": "shop"},
                      {"mark": "4", "source": "link"}, {"mark": "4"})
    ]  # fmt: skip

    answer = Answer.objects.get()
    assert (done.status_code, answer.member, answer.source) == (204, helper, "phone")
    assert CheckIn.objects.get().state == "answered"
    assert Case.objects.count() == 1
    assert "2 of 5" in page
    assert [one.status_code for one in refused] == [422] * 4
    assert client_of(viewer).post(hear, {"mark": "4", "source": "shop"}).status_code == 403
    undo = here.post(f"/care/answers/{answer.pk}/take-back", headers=HTMX)
    assert (undo.status_code, Answer.objects.count()) == (204, 0)
    # Without a check-in it is written down all the same.
    CheckIn.objects.all().delete()
    here.post(hear, {"mark": "4", "source": "shop"}, headers=HTMX)
    assert Answer.objects.get().check_in is None


def test_an_owner_says_what_is_bad_and_which_words(
    client_of: ClientOf, owner: Member, manager: Member, at: datetime
) -> None:
    here = client_of(owner)
    given = {
        "scale": "10", "bad_of_five": "3", "bad_of_seven": "3", "bad_of_ten": "4",
        "silence_days": "", "asks_review": "on", "review_url": "https://reviews.example/us",
        "words_en": "Soggy",
    }  # fmt: skip

    kept = here.post("/care/answers/rules", given)
    wrong = here.post("/care/answers/rules", {**given, "review_url": "http://x.example"})
    without = here.post("/care/answers/rules", {**given, "review_url": ""})

    rules = AnswerRules.objects.get()
    assert (kept.status_code, wrong.status_code, without.status_code) == (302, 422, 422)
    assert (rules.scale, rules.silence_days, rules.words) == (10, None, {"en": ["soggy"]})
    assert client_of(manager).post("/care/answers/rules", given).status_code == 403
    assert client_of(manager).get("/care/answers/rules").status_code == 200


def test_the_silence_of_the_core_after_something_late_is_a_case_once(at: datetime) -> None:
    old = at.date() - 8 * DAY
    kinds: list[tuple[str, Tier, dict[str, Any]]] = [
        ("Core", Tier.CORE, {"is_late": True}), ("In time", Tier.CORE, {}),
        ("Active", Tier.ACTIVE, {"is_late": True}),
        ("Not asked", Tier.CORE, {"is_late": True, "state": "due"}),
        ("Left out", Tier.CORE, {"is_late": True, "state": "dropped", "why": "asked_lately"}),
        ("Lately", Tier.CORE, {"is_late": True, "delivered_on": at.date() - 6 * DAY}),
        ("Long ago", Tier.CORE, {"is_late": True, "delivered_on": at.date() - 60 * DAY}),
    ]  # fmt: skip
    for name, tier, over in kinds:
        customer = make_customer(name)
        make_facts(customer, tier=tier)
        make_check_in(at, customer, **{"delivered_on": old, **over})
    spoken = make_customer("Answered")
    make_facts(spoken, tier=Tier.CORE)
    make_answer(at, 5, make_check_in(at, spoken, is_late=True, delivered_on=old))

    assert hear_silence(at=at) == 1
    case = Case.objects.get()
    silent = CheckIn.objects.get(customer=case.customer)
    assert (case.customer.name, case.source) == ("Core", f"checkin:{silent.pk}")
    # Right again, it becomes none anew; what was late lately does, when its time has come.
    Case.objects.all().update(state="right", resolved_at=at)
    assert (hear_silence(at=at), hear_silence(at=at + DAY)) == (0, 1)
    AnswerRules.objects.create(pk=1, silence_days=None)
    Case.objects.all().delete()
    assert hear_silence(at=at) == 0


def test_whoever_of_the_core_nobody_called_after_something_late_is_a_case(at: datetime) -> None:
    ruth = make_customer()
    make_facts(ruth, tier=Tier.CORE)
    dropped: dict[str, Any] = {
        "state": "dropped",
        "way": "nobody",
        "why": "not_called",
        "asked_at": None,
    }
    make_check_in(at, ruth, is_late=True, delivered_on=at.date() - 20 * DAY, **dropped)

    hear_silence(at=at)

    case = Case.objects.get()
    with clock.stopped_at(at):
        told = describe([str(case.pk)])[str(case.pk)]
    late = "It came late, on 4 November; nobody called, and they have not said how it went"
    assert case.what == f"{late}."
    # They told us nothing: nobody calls as if they had.
    assert told.sentence.startswith(f"{late}. They have waited")
    assert "came late, and ask whether all is well" in told.lines[0].text

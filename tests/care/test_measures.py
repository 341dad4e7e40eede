"""What a mark is a mark of: how it was, whether they would recommend us, whether it was easy."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from regulars.care.actions.answer_rules import set_answer_rules
from regulars.care.actions.answers import Said, take_back_answer
from regulars.care.actions.asking import ask_due
from regulars.care.actions.asking_by_hand import mark_asked
from regulars.care.actions.questions import set_questions
from regulars.care.choices import CheckInState, MarkKind, Measure
from regulars.care.errors import MarkOutside
from regulars.care.fields import marks_asked
from regulars.care.models import Answer, AnswerRules, CheckIn
from regulars.care.queries.answers import marks_for
from regulars.care.queries.questions import asking_of
from regulars.cases.models import Case
from regulars.core.actor import SYSTEM
from regulars.team.models import Member
from tests.factories.care import answer_path, make_answer, make_check_in
from tests.factories.orders import make_order

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Member], Client]
NPS: dict[str, Any] = {"scale": 10, "measure": Measure.RECOMMEND}
EFFORT: dict[str, Any] = {"scale": 7, "measure": Measure.EFFORT}


def ask_for(kind: MarkKind, owner: Member, at: datetime) -> AnswerRules:
    return set_answer_rules(
        {"scale": kind.scale, "measure": kind.measure}, {}, by=owner.actor, at=at
    )  # fmt: skip


def test_an_owner_asks_whether_they_would_recommend_us(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    given = {"scale": "recommend", "bad_of_five": 2, "bad_of_seven": 3, "bad_of_ten": 6}
    assert client_of(owner).post("/care/answers/rules", given).status_code == 302
    there = answer_path(make_check_in(at), at)

    page = Client().get(f"{there}?m=r9").content.decode()
    other = Client().get(f"{there}?m=4").content.decode()

    rules = AnswerRules.objects.get()
    assert (rules.scale, rules.measure) == (10, "recommend")
    assert "How likely is it that you would recommend" in page
    assert "0 is not at all likely, 10 is extremely likely." in page
    assert '<input type="radio" name="mark" value="9" checked>' in page
    # A mark of another question says nothing of this one.
    assert '<input type="radio" name="mark" value="" checked>' in other


def test_effort_is_seven_marks_and_a_hard_time_is_a_case(owner: Member, at: datetime) -> None:
    ask_for(MarkKind.EFFORT, owner, at)

    make_answer(at, 4, **EFFORT)
    assert not Case.objects.exists()
    hard = make_answer(at, 3, **EFFORT)

    assert Case.objects.get().what == "Asked whether we made it easy: 3 of 7."
    asked = CheckIn.objects.get(answer=hard)
    assert (hard.scale, hard.measure, asked.scale, asked.measure) == (7, "effort", 7, "effort")
    with pytest.raises(MarkOutside):
        make_answer(at, 8, **EFFORT)


def test_marks_of_two_questions_are_never_put_together(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    make_answer(at, 10, scale=10)
    make_answer(at, 7, **NPS)
    make_answer(at, 9, **NPS)
    here = client_of(owner)

    assert marks_for(owner.actor, 10).whole.mean == 10
    assert marks_for(owner.actor, 10, measure=Measure.RECOMMEND).whole.mean == 8
    page = here.get("/care/answers/?scale=recommend")
    assert page.context["marks"].whole.count == 2
    assert page.context["kinds"] == [MarkKind.TEN, MarkKind.RECOMMEND]
    # A mark is looked for among its own question's.
    assert len(here.get("/care/answers/?scale=recommend&mark=10").context["rows"]) == 0


def test_what_was_asked_stays_what_their_page_asks(owner: Member, at: datetime) -> None:
    asked = make_check_in(at, state=CheckInState.DUE, asked_at=None)
    mark_asked(asked, by=owner.actor, at=at)

    ask_for(MarkKind.RECOMMEND, owner, at)

    assert asking_of(CheckIn.objects.get(pk=asked.pk)).marks == MarkKind.FIVE
    assert asking_of(make_check_in(at)).marks == MarkKind.RECOMMEND


def test_asking_writes_down_which_mark_was_asked_for(owner: Member, at: datetime) -> None:
    set_questions(
        None, words="Simnel cake", is_group=False, is_asked=True, scale=7, questions={},
        measure=Measure.EFFORT, by=SYSTEM, at=at,
    )  # fmt: skip
    for words in ("Simnel cake", "Rye"):
        due = make_check_in(at, state=CheckInState.DUE, asked_at=None, product=words)
        order = make_order(due.customer, at.date())
        due.orders.create(order=order, delivered_on=at.date())

    assert {*marks_asked(list(CheckIn.objects.values_list("customer_id", flat=True)), at).values()
            } == {"effort", "5"}  # fmt: skip
    ask_due(at=at)

    rows = CheckIn.objects.order_by("product").values_list("product", "scale", "measure")
    assert list(rows) == [("Rye", 5, "satisfied"), ("Simnel cake", 7, "effort")]


def test_taking_back_brings_the_question_back_too(owner: Member, at: datetime) -> None:
    answer = make_answer(at, 5)
    check_in = answer.check_in
    assert check_in is not None
    said = Said(9, scale=10, measure=Measure.RECOMMEND)
    make_answer(at, said.mark, check_in, source="phone", by=owner.actor, **NPS)
    answer.refresh_from_db()
    assert (answer.mark, answer.measure) == (9, "recommend")

    take_back_answer(answer, by=owner.actor, at=at)

    assert list(Answer.objects.values_list("mark", "scale", "measure")) == [(5, 5, "satisfied")]

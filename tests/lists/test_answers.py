"""What is worked out in the background and kept: it answers as asking anew would."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.core import jobs
from regulars.core.models import Job
from regulars.lists.actions.answers import ask_for_answer, refresh_answers, work_out
from regulars.lists.actions.views import save_view
from regulars.lists.looks import Look
from regulars.lists.models import Answer, AnswerMember
from regulars.lists.queries import answers
from regulars.lists.queries.filters import compile_filter
from regulars.lists.queries.pages import Counted, count_of, page_of, question_of
from regulars.lists.trees import read
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.orders import make_order

pytestmark = pytest.mark.django_db

LATELY: dict[str, Any] = {"event": "order", "in": {"days": 30}}
QUESTIONS: list[dict[str, Any]] = [
    LATELY,
    {**LATELY, "at_least": 2},
    {**LATELY, "at_most": 1},
    {"not": LATELY},
    {**LATELY, "at_least": 1, "at_most": 1},
    {**LATELY, "total": {"of": "total", "at_least": 3000}},
    {**LATELY, "total": {"of": "total", "at_most": 2000}},
    {
        "any": [
            {**LATELY, "at_least": 3},
            {"field": "customer.name", "is": "contains", "value": "A"},
        ]
    },
]


@pytest.fixture
def crowd(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "WORTH_KEEPING", 1)
    for nth in range(6):
        customer = make_customer(f"Person {'ABCDEF'[nth]}")
        for ago in range(nth):
            make_order(customer, (at - timedelta(days=1 + 9 * ago)).date(), total_minor=1000)


def found(tree: dict[str, Any], owner: Member, at: datetime) -> tuple[list[str], bool]:
    """The names, and whether orders were read for them."""
    with CaptureQueriesContext(connection) as asked:
        names = sorted(one.name for one in compile_filter(tree, owner.actor, at))
    return names, "orders_order" in asked[-1]["sql"]


@pytest.mark.parametrize("tree", QUESTIONS, ids=range(len(QUESTIONS)))
def test_a_kept_answer_says_the_same_as_asking_anew(
    tree: dict[str, Any], crowd: None, owner: Member, at: datetime
) -> None:
    anew, has_read = found(tree, owner, at)

    work_out(read(tree), at=at)

    assert (has_read, 0 < len(anew) < 6) == (True, True)
    assert found(tree, owner, at) == (anew, False)


def test_an_answer_holds_on_its_day_alone(crowd: None, owner: Member, at: datetime) -> None:
    work_out(read(LATELY), at=at)

    assert found(LATELY, owner, at)[1] is False
    assert found(LATELY, owner, at + timedelta(days=1))[1] is True


def test_what_came_in_is_in_the_answer_after_the_count(
    crowd: None, owner: Member, at: datetime
) -> None:
    save_view("Lately", Look(LATELY), by=owner.actor, at=at)
    jobs.run_now("lists.refresh_segments", at=at)
    before = found(LATELY, owner, at)
    make_order(make_customer("Person New"), at.date(), total_minor=500)

    jobs.run_now("lists.refresh_segments", at=at)

    assert "Person New" not in before[0]
    assert found(LATELY, owner, at) == ([*before[0], "Person New"], False)
    assert AnswerMember.objects.count() == len(before[0]) + 1


def test_a_short_list_keeps_no_answers(owner: Member, at: datetime) -> None:
    make_order(make_customer("Ruth Calloway"), at.date(), total_minor=500)
    save_view("Lately", Look(LATELY), by=owner.actor, at=at)

    assert refresh_answers(at=at) == 0
    assert not Answer.objects.exists()


def test_what_nobody_asks_for_a_week_is_forgotten(crowd: None, at: datetime) -> None:
    work_out(read(LATELY), at=at)

    refresh_answers(at=at + timedelta(days=8))

    assert (Answer.objects.count(), AnswerMember.objects.count()) == (0, 0)


def test_the_exact_count_of_a_filter_is_taken_in_the_background(
    crowd: None, owner: Member, helper: Member, at: datetime
) -> None:
    look = Look({"all": [LATELY]})
    question = question_of(look, owner.actor, at)
    assert question is not None

    for _twice in range(2):
        ask_for_answer(question, at=at)
    waiting = Job.objects.get(name="lists.work_out")
    jobs.run_now(waiting.name, at=at, **waiting.arguments)

    exact = count_of(look, owner.actor, at)
    assert (exact.count, exact.at, str(exact)) == (5, at, "5")
    assert count_of(look, helper.actor, at).at is None
    assert count_of(look, owner.actor, at + timedelta(minutes=16)).at is None


def test_what_is_sought_depends_on_who_asks_and_is_not_kept(owner: Member, at: datetime) -> None:
    assert question_of(Look({"text": "ruth"}), owner.actor, at) is None


def test_me_is_whoever_asks(crowd: None, owner: Member, manager: Member, at: datetime) -> None:
    mine = Look({"field": "customer.manager", "is": "is", "value": "me"})
    make_customer("Ruth Calloway", manager=owner)

    for member in (owner, manager):
        question = question_of(mine, member.actor, at)
        assert question is not None
        work_out(question, at=at)

    assert [count_of(mine, one.actor, at).count for one in (owner, manager)] == [1, 0]


def test_an_answer_that_was_half_written_is_written_anew(crowd: None, at: datetime) -> None:
    answer = work_out(read(LATELY), at=at)
    fitting = AnswerMember.objects.filter(answer=answer).count()
    for one in AnswerMember.objects.all():
        AnswerMember.objects.create(
            answer=answer, edition=answer.edition + 1, customer_id=one.customer_id
        )

    again = work_out(read(LATELY), at=at + timedelta(minutes=1))

    assert (again.edition, again.count) == (answer.edition + 1, fitting)
    assert AnswerMember.objects.count() == fitting


def test_a_page_says_when_what_it_asks_of_orders_was_counted(
    crowd: None, owner: Member, at: datetime
) -> None:
    asked = Look({"not": {**LATELY, "at_most": 1}})
    before = page_of(asked, owner.actor, "", at)
    work_out(read(LATELY), at=at - timedelta(hours=1))
    work_out(read(asked.tree), at=at)

    after = page_of(asked, owner.actor, "", at)
    of_names = page_of(Look(), owner.actor, "", at)

    assert (before.counted, of_names.counted) == (None, None)
    assert after.counted == Counted("Orders", at)
    assert after.page.rows == before.page.rows

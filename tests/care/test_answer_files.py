"""Answers from files: of an order or a customer, once, taken back whole; history is no case."""

from datetime import date
from pathlib import Path

import pytest

from regulars.care.actions.check_ins import start_check_ins
from regulars.care.models import Answer, CheckIn, StagedAnswer
from regulars.care.queries.answers import marks_for
from regulars.cases.models import Case
from regulars.core import clock
from regulars.core.actor import COMMAND
from regulars.core.errors import Refusal
from regulars.core.events import deliver_events
from regulars.core.jobs import run_now
from regulars.intake import actions
from regulars.intake.models import Import, RowProblem
from regulars.team.models import Business, Member
from tests.factories.care import make_check_in
from tests.factories.customers import make_customer
from tests.factories.digests import digests
from tests.factories.intake import A_DAY, bring, counts
from tests.factories.orders import make_order

pytestmark = pytest.mark.django_db

REVIEWS = """review_id,order_id,review_score,review_comment_title,comment,review_answer_timestamp
a1,T1,1,Soggy,The base was wet,2026-11-20 10:15:00
a2,T2,5,,Lovely,2026-10-02 09:00:00
a3,T2,4,,,2026-10-03 09:00:00
a4,T9,3,,,2026-11-20 09:00:00
a5,T1,9,,,2026-11-20 09:00:00
a6,,3,,,2026-11-20 09:00:00
"""


def problems(item: Import) -> list[tuple[int, str]]:
    found = RowProblem.objects.filter(file__of=item).order_by("row_no")
    return list(found.values_list("row_no", "message"))


def make_orders() -> CheckIn:
    """T1 came late and was asked after; T2 came in time, before the business went live."""
    ruth = make_customer("Ruth Calloway")
    late = make_order(
        ruth, date(2026, 11, 10), external_id="T1", source="shop", promised_on=date(2026, 11, 12),
        delivered_at=A_DAY.replace(year=2026, month=11, day=14),
    )  # fmt: skip
    make_order(
        make_customer("Ada"), date(2026, 9, 20), external_id="T2", promised_on=date(2026, 10, 1),
        delivered_at=A_DAY.replace(year=2026, month=10, day=1),
    )  # fmt: skip
    return make_check_in(A_DAY, ruth, late, is_late=True)


def test_reviews_find_their_orders_and_only_what_is_no_history_is_a_case(owner: Member) -> None:
    check_in = make_orders()

    item, again = bring("answers", REVIEWS), bring("answers", REVIEWS)
    deliver_events(at=A_DAY)
    run_now("care.listen", at=A_DAY)

    assert counts(item) == (3, 0, 0, 3, 0)
    assert counts(again) == (0, 0, 3, 3, 0)
    assert [row for row, _why in problems(item)] == [5, 6, 7]
    assert problems(item)[0][1] == "There is no order “T9” here."
    assert problems(item)[1][1] == "9 is no mark from 1 to 5."
    rows = Answer.objects.order_by("pk").values_list(
        "customer__name", "mark", "went_well", "not_right", "was_late", "check_in", "is_newest"
    )
    assert list(rows) == [
        ("Ruth Calloway", 1, "", "Soggy\nThe base was wet", True, check_in.pk, True),
        ("Ada", 5, "Lovely", "", False, None, False),
        ("Ada", 4, "", "", False, None, True),
    ]
    assert CheckIn.objects.values_list("state", flat=True).get() == "answered"
    case = Case.objects.get()
    assert (case.customer.name, case.what) == (
        "Ruth Calloway", "Soggy\nThe base was wet\nThey gave 1 of 5.",
    )  # fmt: skip
    run_now("care.listen", at=A_DAY)
    assert Case.objects.count() == 1
    assert not StagedAnswer.objects.exists()


def test_what_changed_is_written_over_and_all_of_it_is_undone(owner: Member) -> None:
    make_orders()
    before = digests()
    good = "".join(REVIEWS.splitlines(keepends=True)[:4])
    bring("answers", good)
    once = digests()
    item = bring("answers", good.replace("T2,4,,,", "T2,2,,Too dear,"))
    assert counts(item) == (0, 1, 2, 0, 0)
    assert Answer.objects.filter(mark=2, not_right="Too dear").count() == 1

    actions.undo_now(item, by=COMMAND, at=A_DAY)
    assert digests() == once
    actions.undo_now(Import.objects.order_by("pk")[0], by=COMMAND, at=A_DAY)
    assert digests() == before


def test_without_an_order_they_are_told_by_name_and_ten_is_another_scale(owner: Member) -> None:
    make_customer("Ruth Calloway", email="ruth@x.example")

    item = bring("answers", (
        "Email,Name,NPS,CES,Comment,Date\n"
        "ruth@x.example,,9,,Good bread,2026-11-20\n"
        ",Oscar Abernathy,0,,,2026-11-20\n"
        ",Oscar Abernathy,,7,,2026-11-21\n"
        ",Oscar Abernathy,,8,,2026-11-21\n"
    ))  # fmt: skip

    assert counts(item) == (3, 0, 0, 1, 0)
    rows = Answer.objects.order_by("pk").values_list("customer__name", "mark", "scale", "measure")
    assert list(rows) == [
        ("Ruth Calloway", 9, 10, "recommend"), ("Oscar Abernathy", 0, 10, "recommend"),
        ("Oscar Abernathy", 7, 7, "effort"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "heading", ["order,score", "order,date", "score,date"], ids=["no date", "no mark", "nobody"]
)
def test_a_file_without_date_mark_or_whom_is_refused(owner: Member, heading: str) -> None:
    cells = ",".join({"order": "T1", "score": "5", "date": "2026-11-20"}[one]
                     for one in heading.split(","))  # fmt: skip

    with pytest.raises(Refusal):
        bring("answers", f"{heading}\n{cells}\n{cells}\n")


@pytest.mark.realdata
def test_olists_reviews_show_what_lateness_costs(owner: Member, real_data: Path) -> None:
    """Replayed under a moved clock, with the business live before the first delivery."""
    folder = real_data / "purchases" / "olist_3000_orders"
    files: dict[str, str | bytes] = {
        role: (folder / f"olist_{name}_dataset.csv").read_bytes()
        for role, name in
        (("orders", "orders"), ("lines", "order_items"), ("customers", "customers"))
    }  # fmt: skip
    Business.objects.update(live_since=date(2016, 1, 1))
    moved = A_DAY.replace(year=2018, month=11, day=1)

    with clock.stopped_at(moved):
        bring("orders", files)
        start_check_ins(at=moved)
        item = bring("answers", (folder / "olist_order_reviews_dataset.csv").read_bytes())
        run_now("care.listen", at=moved)

    marks = marks_for(owner.actor, 5)
    assert counts(item)[0] == 2_993
    assert (marks.on_time.count, round(marks.on_time.mean, 3)) == (2_710, 4.268)
    assert (marks.late.count, round(marks.late.mean, 3)) == (193, 2.285)
    bad = Answer.objects.filter(mark__lte=2).count()
    assert bad == 453
    assert set(Case.objects.values_list("source", flat=True)) >= {
        f"answer:{pk}" for pk in Answer.objects.filter(mark__lte=2).values_list("pk", flat=True)
    }

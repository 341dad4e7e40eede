"""Cases on the screen, and how they reach whoever sees to them."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.cases.actions import resolve_case
from regulars.cases.choices import MakeGoodKind
from regulars.cases.making_good import give_make_good, set_budget
from regulars.cases.models import Case, MakeGood, Perk
from regulars.core import clock, jobs
from regulars.core.events import deliver_events
from regulars.core.money import Money
from regulars.messaging.models import Message
from regulars.planning.actions import make_plans
from regulars.planning.models import PlanItem
from regulars.promises.models import Promise
from regulars.team.models import Member
from tests.factories.care import make_answer
from tests.factories.cases import make_case
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Member], Client]
HTMX = {"HX-Request": "true"}
DEEDS = ("note", "answer", "resolve", "close", "tell/call", "right/yes", "reopen", "give",
         "describe", "make-good", "promise")  # fmt: skip


def test_what_is_wrong_is_written_down_on_their_page_and_stands_on_today(
    client_of: ClientOf, manager: Member, at: datetime
) -> None:
    here, ruth = client_of(manager), make_customer(manager=manager)

    made = here.post(
        f"/cases/of/{ruth.pk}/new", {"what": "Burnt", "kind": "complaint"}, headers=HTMX
    )
    today, page = here.get("/").content.decode(), here.get(f"/customers/{ruth.pk}/")

    assert made.status_code == 204
    assert "1 customer waits for you" in today
    assert "Ruth Calloway: Burnt" in today
    assert "Burnt" in page.content.decode()
    assert "Burnt" in here.get("/cases/?show=mine").content.decode()


def test_what_was_said_a_moment_ago_is_named_beside_what_breaks_first(
    client_of: ClientOf, manager: Member, at: datetime
) -> None:
    for n in "abcd":
        make_case(at - timedelta(days=3), customer=make_customer(f"Some {n}", manager=manager))
    make_case(at, customer=make_customer(manager=manager), what="The base was wet")

    with clock.stopped_at(at):
        now = client_of(manager).get("/").content.decode()
    with clock.stopped_at(at + timedelta(hours=2)):
        later = client_of(manager).get("/").content.decode()

    told = [word for word in ("Some a:", "Some c:", "Some d:", "Ruth Calloway:") if word in now]
    assert told == ["Some a:", "Some c:", "Ruth Calloway:"]
    assert "Ruth Calloway:" not in later


def test_a_new_case_is_first_on_the_list_that_stands(
    client_of: ClientOf, manager: Member, at: datetime
) -> None:
    others = [
        make_customer(f"Somebody {n}", manager=manager, phone="+44 20 7946 0001") for n in "abc"
    ]
    ruth = make_customer(manager=manager, phone="+44 20 7946 0000")
    make_plans(day=at.date(), by=manager.actor, at=at)

    case = make_case(at, customer=ruth)
    deliver_events(at=at)
    claimed = jobs.claim("here", at=at)
    assert claimed is not None
    jobs.run(claimed, at=at)

    first = PlanItem.objects.filter(plan__member=manager).order_by("position", "id").first()
    assert claimed.name == "planning.put_first"
    assert first is not None
    assert (first.customer, first.reason) == (ruth, "case_about_to_break")
    assert first.values["subject"] == str(case.pk)
    assert "They told us: The rye was burnt" in first.sentence
    assert len(others) == 3


def test_a_case_from_the_complaint_to_right(
    client_of: ClientOf, owner: Member, manager: Member, at: datetime
) -> None:
    case = make_case(at, customer=make_customer(manager=manager, email="ruth@example.org"))
    here, there = client_of(manager), f"/cases/{case.pk}/"

    here.post(f"{there}answer", {"words": "We look into it, by Friday"})
    page = here.get(there).content.decode()
    assert "You named a day." in page
    here.post(f"{there}promise", {"what": "Look into it", "due_on": "2026-11-27"})
    here.post(f"{there}describe", {"kind": "fault", "product": "Rye", "cause": "Oven  too hot"})
    given = here.post(f"{there}make-good", {"kind": "credit", "cost": "4.50"}, headers=HTMX)
    asked = MakeGood.objects.get()
    client_of(owner).post(f"/cases/given/{asked.pk}/yes")
    done = here.post(f"{there}resolve", {"words": "A new loaf"}, headers=HTMX)
    here.post(f"{there}tell/email")
    here.post(f"{there}right/yes")

    case.refresh_from_db()
    assert "an owner was asked" in json.loads(given["HX-Trigger"])["toast"]["text"]
    assert MakeGood.objects.get().state == "given"
    assert json.loads(done["HX-Trigger"])["toast"]["undo"].startswith(f"{there}back/")
    assert (case.state, case.is_right, case.cause and case.cause.name) == (
        "right", True, "Oven too hot"
    )  # fmt: skip
    assert Promise.objects.get().customer == case.customer
    assert Message.objects.get().purpose == "serve"
    page = here.get(there).content.decode()
    assert "Store credit" in page
    assert "they say that it is right" in page


def test_what_was_done_is_undone_from_the_toast(
    client_of: ClientOf, manager: Member, at: datetime
) -> None:
    case, here = make_case(at), client_of(manager)

    done = here.post(f"/cases/{case.pk}/resolve", {"words": "A new loaf"}, headers=HTMX)
    undo = json.loads(done["HX-Trigger"])["toast"]["undo"]

    assert here.post(undo, headers=HTMX).status_code == 204
    assert Case.objects.get().state == "open"
    assert here.post(undo, headers=HTMX).status_code == 404


def test_the_second_of_two_sees_who_was_first(
    client_of: ClientOf, owner: Member, manager: Member, at: datetime
) -> None:
    case = make_case(at)
    resolve_case(case, words="A new loaf", by=owner.actor, at=at)

    answer = client_of(manager).post(f"/cases/{case.pk}/resolve", {"words": "Money back"})

    assert answer.status_code == 422
    assert Case.objects.get().resolution == "A new loaf"


@pytest.mark.parametrize(
    ("deed", "given", "said"),
    [
        ("resolve", {"words": ""}, "This field is required"),
        ("resolve", {"words": "x" * 1_000_000}, "at most 5000"),
        ("resolve", {"words": "It will never happen again"}, "names no day"),
        ("make-good", {"kind": "credit", "cost": ""}, "how much store credit"),
        ("make-good", {"kind": "gift", "cost": "-1"}, "greater than or equal to 0"),
        ("make-good", {"kind": "yacht", "cost": "1"}, "Select a valid choice"),
        ("promise", {"what": "Call", "due_on": "2026-11-01"}, "That moment is over"),
    ],
)
def test_what_cannot_be_is_said_at_the_form(
    client_of: ClientOf, manager: Member, at: datetime, deed: str, given: dict[str, str], said: str
) -> None:
    case = make_case(at)

    answer = client_of(manager).post(f"/cases/{case.pk}/{deed}", given)

    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_script_in_words_is_shown_as_words(
    client_of: ClientOf, manager: Member, at: datetime
) -> None:
    case = make_case(at, what="<script>alert(1)</script>")

    page = client_of(manager).get(f"/cases/{case.pk}/").content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_viewer_looks_and_a_helper_sees_their_own(
    client_of: ClientOf, manager: Member, helper: Member, viewer: Member, at: datetime
) -> None:
    mine = make_case(at, customer=make_customer(manager=helper))
    other = make_case(at, customer=make_customer("May Hart", manager=manager))

    assert client_of(viewer).get(f"/cases/{mine.pk}/").status_code == 200
    for deed in DEEDS:
        assert client_of(viewer).post(f"/cases/{mine.pk}/{deed}").status_code == 403, deed
    assert client_of(helper).get(f"/cases/{mine.pk}/").status_code == 200
    assert client_of(helper).get(f"/cases/{other.pk}/").status_code == 404
    assert client_of(manager).post("/cases/terms/level/core", {}).status_code == 403


def test_an_owner_says_how_long_they_wait_and_what_may_be_given(
    client_of: ClientOf, owner: Member, manager: Member, at: datetime
) -> None:
    here = client_of(owner)

    here.post("/cases/terms/level/new", {"answer": "0.5", "resolve": "1"})
    here.post(f"/cases/terms/budget/{manager.pk}", {"amount": "0"})
    wrong = here.post("/cases/terms/level/new", {"answer": "5", "resolve": "1"})
    none = here.post(f"/cases/terms/budget/{manager.pk}", {"amount": "much"})

    assert make_case(at).due_at == at + timedelta(minutes=30)
    assert (wrong.status_code, none.status_code) == (422, 422)
    assert "An answer comes before" in wrong.content.decode()
    assert here.get("/cases/terms").status_code == 200


def test_what_a_tier_gets_stands_on_the_page_of_each_of_them(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here, ruth = client_of(owner), make_customer()

    here.post("/cases/terms/perk/new", {"words": "A  second loaf free"})
    here.post("/cases/terms/perk/core", {"words": "Their own key"})
    shown = here.get(f"/cases/of/{ruth.pk}").content.decode()
    perk = Perk.objects.get(tier="new")
    here.post(f"/cases/terms/perk/{perk.pk}/end")

    assert "A second loaf free" in shown
    assert "Their own key" not in shown
    assert "A second loaf" not in here.get(f"/cases/of/{ruth.pk}").content.decode()
    assert here.post("/cases/terms/perk/core", {"words": " "}).status_code == 422


def test_the_list_asks_as_often_for_three_as_for_one(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here = client_of(owner)
    counts = []
    for names in (("One",), ("Two", "Three")):
        for name in names:
            make_case(at, customer=make_customer(name))
        here.get("/cases/")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            here.get("/cases/")
        counts.append(len(asked))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("budget", "said"),
    [
        (None, "You have no budget of your own"),
        (0, "You have no budget of your own"),
        (800, "Your budget of this month is spent"),
        (900, "You may give"),
    ],
)
def test_the_page_says_what_happens_with_a_budget_of_nought(
    client_of: ClientOf, owner: Member, manager: Member, at: datetime, budget: int | None, said: str
) -> None:
    case, here = make_case(at), client_of(manager)
    if budget is not None:
        set_budget(manager, Money(budget, "GBP"), by=owner.actor, at=at)

    here.post(f"/cases/{case.pk}/make-good", {"kind": "gift", "cost": "8"})

    assert said in here.get(f"/cases/{case.pk}/").content.decode()
    assert MakeGood.objects.get().state == ("given" if budget in (800, 900) else "asked")


def test_an_owner_lets_a_manager_say_yes_for_others(
    client_of: ClientOf, owner: Member, manager: Member, helper: Member, at: datetime
) -> None:
    case = make_case(at)
    give_make_good(case, kind=MakeGoodKind.GIFT, cost=Money(1, "GBP"), by=helper.actor, at=at)
    there = f"/cases/terms/budget/{manager.pk}"

    unsaid = client_of(owner).post(there, {"amount": "1.005", "may_approve": "1"})
    client_of(owner).post(there, {"amount": "0", "may_approve": "1"})
    today = client_of(manager).get("/").content.decode()
    client_of(manager).post(f"/cases/given/{MakeGood.objects.get().pk}/yes")

    assert (unsaid.status_code, "2 decimal places" in unsaid.content.decode()) == (422, True)
    assert "1 thing to put a case right waits for your yes" in today
    assert MakeGood.objects.get().state == "given"


def test_who_corrects_a_bad_mark_is_taken_at_their_word_only_by_a_person(
    client_of: ClientOf, manager: Member, at: datetime
) -> None:
    bad = make_answer(at, 1, not_right="Dry")
    assert bad.check_in is not None
    later = at + timedelta(hours=1)
    make_answer(later, 5, bad.check_in, went_well="A new loaf came")
    case, here = Case.objects.get(), client_of(manager)

    assert (case.state, case.looks_right_at) == ("open", later)
    assert "they say that it is right now" in here.get("/cases/").content.decode()
    page = here.get(f"/cases/{case.pk}/").content.decode()
    assert "They changed their answer.\nThey gave 5 of 5.\nA new loaf came" in page
    done = here.post(f"/cases/{case.pk}/close", headers=HTMX)
    case.refresh_from_db()
    assert (case.state, case.is_right, case.looks_right_at) == ("right", True, None)
    here.post(json.loads(done["HX-Trigger"])["toast"]["undo"], headers=HTMX)
    case.refresh_from_db()
    assert case.state == "resolved"


def test_who_says_worse_again_is_not_taken_for_right(manager: Member, at: datetime) -> None:
    bad = make_answer(at, 1, not_right="Dry")
    assert bad.check_in is not None
    make_answer(at + timedelta(hours=1), 5, bad.check_in)

    make_answer(at + timedelta(hours=2), 2, bad.check_in, not_right="Dry again")

    assert Case.objects.get().looks_right_at is None

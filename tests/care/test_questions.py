"""What is asked after which product: beside what is asked always, in other marks, or not at all."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.test import Client

from regulars.care.actions.asking import Asked, ask_due
from regulars.care.actions.check_ins import Started, start_check_ins
from regulars.care.actions.questions import forget_questions, recall_questions, set_questions
from regulars.care.choices import MarkKind
from regulars.care.errors import MarkOutside, QuestionsTwice, QuestionsUnclear
from regulars.care.models import Answer, CheckIn, ProductQuestions
from regulars.care.queries.questions import Asking, asking_of, the_catalogue
from regulars.cases.models import Case
from regulars.core import clock
from regulars.core.actor import SYSTEM
from regulars.team.models import Business, Member
from tests.factories.care import answer_path, make_answer, make_check_in
from tests.factories.customers import make_customer
from tests.factories.orders import make_line, make_order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
ClientOf = Callable[[Member], Client]
DAY = timedelta(days=1)
TODAY = date(2026, 11, 24)
PAGE = "/care/check-ins/questions/"
HTMX = {"HX-Request": "true"}


def ask(
    words: str, *questions: str, is_group: bool = False, is_asked: bool = True,
    scale: int | None = None,
) -> ProductQuestions:  # fmt: skip
    return set_questions(
        None, words=words, is_group=is_group, is_asked=is_asked, scale=scale,
        questions={"en": list(questions)}, by=SYSTEM, at=datetime(2026, 11, 24, 9, tzinfo=UTC),
    )  # fmt: skip


def deliver(*goods: str, on: date = TODAY - 3 * DAY) -> None:
    customer = make_customer(goods[0], email=f"n{CheckIn.objects.count()}@example.org")
    arrived = datetime.combine(on, time(12), UTC)
    order = make_order(customer, on - 5 * DAY, delivered_at=arrived)
    for nth, words in enumerate(goods):
        make_line(order, words, 900 - nth)


def test_a_product_before_a_group_and_long_words_before_short() -> None:
    ask("cake", "Fresh?", is_group=True)
    ask("birthday cake", "Which candle?", is_group=True)
    own = ask("Simnel cake", "How many balls?")

    def asked(product: str, sku: str = "") -> str:
        found = the_catalogue().of(sku, product)
        return found.words if found else ""

    assert [asked(one) for one in ("Carrot CAKE", "Birthday cake, large", "simnel  cake")] == [
        "cake", "birthday cake", "Simnel cake",
    ]  # fmt: skip
    # Within a word it is another word.
    assert asked("Pancake") == asked("Rye") == ""
    forget_questions(own, by=SYSTEM, at=clock.now())
    assert asked("Simnel cake") == "cake"


def test_each_product_is_asked_in_its_marks_and_the_customers_language() -> None:
    Business.objects.update(languages=["en", "de"])
    found = ask("Simnel cake", "How many balls?", scale=10)
    ProductQuestions.objects.update(questions={"en": ["How many balls?"], "de": ["Wie viele?"]})
    check_in = make_check_in(clock.now(), product="Simnel cake")

    assert asking_of(check_in, "de") == Asking(MarkKind.TEN, ["Wie viele?"])
    assert asking_of(check_in, "fr") == Asking(MarkKind.TEN, ["How many balls?"])
    assert asking_of(make_check_in(clock.now())) == asking_of(None) == Asking(MarkKind.FIVE)
    assert str(found) == "Simnel cake"


def test_nobody_is_asked_about_what_is_switched_off(at: datetime) -> None:
    ask("bag", is_group=True, is_asked=False)
    deliver("Paper bag")
    deliver("Paper bag", "Rye")

    assert start_check_ins(at=at) == Started(to_ask=1, dropped=1, orders=2)
    found = set(CheckIn.objects.values_list("state", "why", "product"))
    # The dearest of what is asked about, though the bag cost more.
    assert found == {("dropped", "off", "Paper bag"), ("due", "mail", "Rye")}

    ask("Rye", is_asked=False)
    assert ask_due(at=at) == Asked(dropped=1)


def test_what_is_switched_off_keeps_nothing_else_from_being_asked(at: datetime) -> None:
    ask("bag", is_group=True, is_asked=False)
    deliver("Paper bag")
    start_check_ins(at=at)
    buyer = CheckIn.objects.get().customer
    order = make_order(buyer, TODAY - 5 * DAY, delivered_at=at - DAY)
    make_line(order, "Rye")

    assert start_check_ins(at=at) == Started(to_ask=1, dropped=0, orders=1)


def test_the_customers_page_asks_them_between_and_keeps_what_they_say(
    at: datetime, owner: Member
) -> None:
    ask("Seeded rye", "Was the crust <i>crisp</i>?", scale=10)
    check_in = make_check_in(at)
    path = answer_path(check_in, at)
    with clock.stopped_at(at):
        page = Client().get(f"{path}?m=9").content.decode()
    seen = page.split('name="seen" value="')[1].split('"')[0]
    with clock.stopped_at(at + timedelta(minutes=1)):
        wrong = Client().post(path, {"seen": seen, "mark": "11", "more_0": "Yes <b>"})
        done = Client().post(path, {"seen": seen, "mark": "9", "more_0": " It was broken \0"})

    places = [page.index(one) for one in ("What went well?", "Was the crust", "Is anything not")]
    assert places == sorted(places)
    assert "&lt;i&gt;crisp" in page
    assert 'value="9" checked' in page
    assert "Yes &lt;b&gt;" in wrong.content.decode()
    assert (wrong.status_code, done.status_code) == (422, 200)
    answer = Answer.objects.get()
    assert (answer.mark, answer.scale) == (9, 10)
    assert answer.more == [["Was the crust <i>crisp</i>?", "It was broken"]]
    # What they say there may be a reason to call as well.
    assert "It was broken" in Case.objects.get().what


def test_words_to_a_question_alone_are_an_answer_and_changed_they_are_kept(at: datetime) -> None:
    first = make_answer(at, None, check_in := make_check_in(at), more=(("Crisp?", "Yes"),))
    changed = make_answer(at + DAY, None, check_in, more=(("Crisp?", "No"),))

    assert first.pk == changed.pk
    assert changed.more == [["Crisp?", "No"]]
    assert changed.versions.get().more == [["Crisp?", "Yes"]]
    with pytest.raises(MarkOutside):
        make_answer(at, 7, more=(("Crisp?", "Yes"),))


def test_whoever_hears_it_asks_the_same_in_the_same_marks(
    client_of: ClientOf, helper: Member, at: datetime
) -> None:
    ask("Seeded rye", "Was it crisp?", scale=10)
    ruth = make_customer("Ruth", manager=helper)
    make_check_in(at, ruth)
    here = client_of(helper)

    page = here.get(f"/care/answers/of/{ruth.pk}").content.decode()
    given = {"mark": "10", "source": "phone", "more_0": "Very"}
    here.post(f"/care/answers/of/{ruth.pk}/hear", given, headers=HTMX)

    assert "Was it crisp?" in page
    assert Answer.objects.values_list("mark", "scale", "more").get() == (
        10, 10, [["Was it crisp?", "Very"]],
    )  # fmt: skip
    assert "Very" in here.get(f"/care/answers/of/{ruth.pk}").content.decode()


def test_managers_say_it_change_it_forget_it_and_take_that_back(
    client_of: ClientOf, manager: Member, viewer: Member
) -> None:
    here = client_of(manager)
    assert "Every product is asked after alike." in here.get(PAGE).content.decode()
    given = {"words": "Cake <b>", "kind": "group", "is_asked": "on", "scale": "10",
             "ask_en": "Fresh?\n\nMoist?"}  # fmt: skip
    assert here.post(f"{PAGE}add", given).status_code == 302
    found = ProductQuestions.objects.get()
    assert found.questions == {"en": ["Fresh?", "Moist?"]}

    refused = [
        here.post(f"{PAGE}add", told).status_code
        for told in (
            given, {**given, "words": " "}, {**given, "words": "x", "ask_en": "a\nb\nc\nd"},
            {**given, "words": "x", "ask_en": "y" * 201}, {**given, "kind": "what"},
        )
    ]  # fmt: skip
    assert refused == [422] * 5
    assert here.post(f"{PAGE}{found.pk}", {**given, "scale": ""}).status_code == 302
    page = here.get(PAGE).content.decode()
    assert "Cake &lt;b&gt;" in page
    assert here.get(f"{PAGE}{found.pk}").status_code == 200
    gone = here.post(f"{PAGE}{found.pk}/forget", headers=HTMX)
    assert (gone.status_code, len(the_catalogue().sets)) == (204, 0)
    here.post(f"{PAGE}{found.pk}/recall", headers=HTMX)
    assert the_catalogue().sets[0].scale is None
    assert here.post(f"{PAGE}9999/forget").status_code == 404
    assert client_of(viewer).post(f"{PAGE}add", given).status_code == 403
    assert client_of(viewer).get(PAGE).status_code == 200


def test_forgotten_and_said_anew_the_old_is_not_taken_back(at: datetime) -> None:
    old = ask("Cake")
    forget_questions(old, by=SYSTEM, at=at)
    ask("cake")

    with pytest.raises(QuestionsTwice):
        recall_questions(old, by=SYSTEM, at=at)
    with pytest.raises(QuestionsUnclear):
        ask("\0 ")

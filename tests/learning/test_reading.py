"""What customers wrote is read once, again when it changes, and forgotten with them."""

from datetime import datetime, timedelta

import pytest

from regulars.cases.choices import CaseKind
from regulars.core import jobs
from regulars.core.actor import COMMAND, SYSTEM
from regulars.core.events import deliver_events
from regulars.core.models import Job
from regulars.customers.actions.leaving import erase_customer
from regulars.customers.actions.merging import merge_customers
from regulars.learning.actions.reading import JOB, read_texts
from regulars.learning.actions.themes import add_theme, switch_theme
from regulars.learning.choices import Mood
from regulars.learning.models import Hit, Reading
from regulars.learning.texts import due
from regulars.mentions.actions.whose import match_mention
from regulars.mentions.models import Mention
from regulars.team.models import Member
from tests.factories.care import make_answer
from tests.factories.cases import make_case
from tests.factories.customers import make_customer
from tests.factories.helping import make_request
from tests.factories.intake import bring
from tests.factories.learning import say
from tests.factories.mentions import make_mention

pytestmark = pytest.mark.django_db


def hits() -> list[tuple[str, str, str]]:
    rows = Hit.objects.order_by("reading__kind", "theme", "mood")
    return list(rows.values_list("reading__kind", "theme", "mood"))


@pytest.mark.usefixtures("business")
def test_answers_complaints_and_requests_are_read_once(at: datetime) -> None:
    say(at, "The driver was rude", "On time")
    make_case(at, what="The cake was stale")
    make_request(make_customer(), at, words="Is there parking?")
    make_case(at, what="Is it fresh?", kind=CaseKind.QUESTION)
    make_case(at, what="1 of 5: rude", source="answer:7")
    say(at)

    first, second = read_texts(at=at), read_texts(at=at)

    assert (first["read"], second["read"]) == (3, 0)
    assert hits() == [
        ("answer", "late", "good"), ("answer", "service", "bad"), ("case", "taste", "bad"),
        ("help", "place", "plain"),
    ]  # fmt: skip


@pytest.mark.usefixtures("owner")
def test_what_is_said_in_public_is_read_with_and_without_a_customer(at: datetime) -> None:
    ruth = make_customer("Ruth Calloway")
    mention = make_mention(at, words="The rye was stale, the driver friendly", mark=None)
    make_mention(at, words="Buy watches", external_id="w", site="Elsewhere")
    Mention.objects.filter(site="Elsewhere").update(aside_why="spam", state="aside")
    read_texts(at=at)

    assert hits() == [("public", "service", "good"), ("public", "taste", "bad")]
    assert Reading.objects.get().customer is None

    match_mention(mention, ruth, by=SYSTEM, at=at + timedelta(hours=1))
    assert read_texts(at=at + timedelta(hours=1)) == {"read": 1, "forgotten": 0}
    assert Reading.objects.get().customer == ruth
    Mention.objects.all().delete()
    assert read_texts(at=at)["forgotten"] == 1


def test_a_mention_has_texts_read_soon(owner: Member, at: datetime) -> None:
    make_mention(at)
    deliver_events(at=at)

    assert Job.objects.filter(name=JOB).exists()


@pytest.mark.usefixtures("business")
def test_a_changed_answer_is_read_again_and_one_set_aside_is_forgotten(at: datetime) -> None:
    answer, other = say(at, "Rude"), say(at, "Rude")
    read_texts(at=at)

    answer.not_right, answer.changed_at = "Stale", at + timedelta(hours=1)
    answer.save()
    other.doubt = "by_hand"
    other.save()

    # The clock of the job is behind: it is read again all the same, and once.
    assert read_texts(at=at) == {"read": 1, "forgotten": 1}
    assert hits() == [("answer", "taste", "bad")]
    assert read_texts(at=at) == {"read": 0, "forgotten": 0}


def test_other_words_have_everything_read_again(owner: Member, at: datetime) -> None:
    say(at, "The crumb was like a sponge")
    read_texts(at=at)
    assert hits() == []

    row = add_theme("Crumb", {Mood.BAD: "crumb"}, by=owner.actor, at=at)
    assert read_texts(at=at)["read"] == 1
    assert hits() == [("answer", row.key, "bad")]
    assert Job.objects.filter(name=JOB).count() == 1

    switch_theme(row.key, is_off=True, by=owner.actor, at=at + timedelta(minutes=1))
    read_texts(at=at)
    assert hits() == []


@pytest.mark.usefixtures("business")
def test_words_of_a_file_speak_for_themselves(at: datetime) -> None:
    """What stands under “not right” there was put there by its mark."""
    say(at, "The staff", source="import")
    say(at, "The staff")

    read_texts(at=at)

    assert sorted(mood for _kind, _theme, mood in hits()) == ["bad", "plain"]


def test_erased_and_merged(owner: Member, at: datetime) -> None:
    one, other = make_customer("Ada"), make_customer("Bea")
    say(at, "Rude", customer=one)
    say(at, "Stale", customer=other)
    read_texts(at=at)

    merge_customers(one, other, by=COMMAND, at=at)
    assert set(Reading.objects.values_list("customer", flat=True)) == {one.pk}

    erase_customer(one, by=owner.actor, at=at)
    assert Reading.objects.count() == Hit.objects.count() == 0


@pytest.mark.usefixtures("business")
def test_a_file_of_answers_is_read_and_taken_back_whole(at: datetime) -> None:
    """Customers that came with it go as well, though they were read."""
    from regulars.core.models import Operation
    from regulars.core.undo import undo_now

    bring("answers", "Name,Date,Rating,Review\nAda Byron,2026-11-20,1,Rude and stale\n", at=at)
    jobs.run_now(JOB, at=at)
    assert Reading.objects.count() == 1

    undo_now(Operation.objects.latest("pk"), by=COMMAND, at=at)
    jobs.run_now(JOB, at=at)

    assert Reading.objects.count() == Hit.objects.count() == 0


@pytest.mark.usefixtures("business")
def test_due_stops_at_so_many_and_goes_on_there(at: datetime) -> None:
    for _number in range(3):
        make_answer(at, 5, went_well="Friendly")

    from regulars.learning.choices import TextKind

    assert len(due(TextKind.ANSWER, "none", 2)) == 2

"""Mentions from files: once, of whom we know for certain, history apart, taken back whole."""

from datetime import timedelta

import pytest

from regulars.cases.models import Case
from regulars.conversations.models import Touch
from regulars.core.actor import COMMAND
from regulars.core.errors import Refusal
from regulars.core.events import deliver_events
from regulars.core.jobs import run_now
from regulars.intake import actions
from regulars.intake.models import Import, RowProblem
from regulars.mentions.actions.answering import mark_answered
from regulars.mentions.actions.whose import match_mention
from regulars.mentions.models import Mention, StagedMention
from regulars.team.models import Business, Member
from tests.factories.customers import make_customer
from tests.factories.digests import digests
from tests.factories.intake import A_DAY, bring, counts
from tests.factories.mentions import make_mention

pytestmark = pytest.mark.django_db

REVIEWS = """Platform,Review id,URL,Date,Rating,Author,Handle,Email,Review,Reply
Town Guide,1,,2026-11-23 10:00,1,Ruth C,,ruth@x.example,Burnt,
Town Guide,2,https://t.example/2,2026-11-23 11:00,5,Jo,@jo,,Lovely,Thank you
Town Guide,2,https://t.example/2,2026-11-23 11:00,5,Jo,@jo,,Lovely,Thank you
,,https://www.yelp.com/r/9,2026-10-02,2,Ada,,,Old and cold,
Town Guide,,https://t.example/2?utm_source=a,2026-11-23 11:00,5,Jo,,,Lovely,
Town Guide,4,,2026-11-23,7,Ada,,,What,
Town Guide,5,,,3,Ada,,,When,
Town Guide,6,not a link,2026-11-23,3,Ada,,,Where,
,7,,2026-11-23,3,Ada,,,Where,
Town Guide,8,,2026-11-23,,Ada,,,,
"""
READABLE = "".join(REVIEWS.splitlines(keepends=True)[:6])


@pytest.fixture(autouse=True)
def _live(owner: Member) -> None:
    Business.objects.update(live_since=A_DAY.date().replace(day=1))


def problems(item: Import) -> list[tuple[int, str]]:
    found = RowProblem.objects.filter(file__of=item).order_by("row_no")
    return list(found.values_list("row_no", "message"))


def test_a_file_of_reviews_comes_in_once_and_only_the_certain_is_a_case(owner: Member) -> None:
    ruth = make_customer("Ruth Calloway", email="ruth@x.example")
    make_customer("Ada")

    item, again = bring("mentions", REVIEWS), bring("mentions", REVIEWS)
    deliver_events(at=A_DAY)
    run_now("mentions.read", at=A_DAY)
    run_now("mentions.read", at=A_DAY)

    assert counts(item) == (3, 0, 2, 5, 0)
    assert counts(again) == (0, 0, 5, 5, 0)
    assert problems(item) == [
        (7, "7 is no mark from 1 to 5."), (8, "There is no date."),
        (9, "“not a link” is no link to a page."), (10, "It does not say where it stands."),
        (11, "There is neither a mark nor a word."),
    ]  # fmt: skip
    rows = Mention.objects.order_by("pk").values_list(
        "site", "mark", "state", "customer", "known_by", "answer", "is_unread"
    )
    assert list(rows) == [
        ("Town Guide", 1, "waiting", ruth.pk, "email", "", False),
        ("Town Guide", 5, "answered", None, "", "Thank you", False),
        ("Yelp", 2, "past", None, "", "", False),
    ]
    bad = Mention.objects.get(customer=ruth)
    # Said on Monday at ten: four hours while we are open.
    assert str(bad.due_at) == "2026-11-23 14:00:00+00:00"
    assert (Case.objects.get().source, Touch.objects.get().customer) == (bad.case_source, ruth)
    assert not StagedMention.objects.exists()
    assert [note["count"] for note in item.report["notes"] if note["rule"] == "known"] == [1]


def test_what_an_author_changed_is_written_over_and_all_of_it_is_undone(owner: Member) -> None:
    before = digests()
    bring("mentions", READABLE)
    once = digests()

    item = bring("mentions", READABLE.replace("5,Jo,@jo,,Lovely,", "1,Jo,@jo,,Less lovely,"))

    assert counts(item)[:2] == (0, 1)
    assert Mention.objects.filter(words="Less lovely", is_bad=True).count() == 1
    actions.undo_now(item, by=COMMAND, at=A_DAY)
    assert digests() == once
    actions.undo_now(Import.objects.order_by("pk")[0], by=COMMAND, at=A_DAY)
    assert digests() == before


def test_what_somebody_answered_since_stays_when_the_file_is_undone(owner: Member) -> None:
    item = bring("mentions", REVIEWS)
    waits = Mention.objects.get(mark=1)
    mark_answered(waits, words="Sorry", by=owner.actor, at=A_DAY + timedelta(hours=1))

    actions.undo_now(item, by=COMMAND, at=A_DAY + timedelta(hours=2))

    assert list(Mention.objects.values_list("words", flat=True)) == ["Burnt"]


def test_what_was_typed_before_is_not_brought_in_twice_and_known_handles_are_known(
    owner: Member,
) -> None:
    typed = make_mention(A_DAY, link="https://t.example/2", author="Jo", handle="jo", mark=5)
    match_mention(typed, make_customer("Jo"), is_their_handle=True, by=owner.actor, at=A_DAY)

    bring("mentions", REVIEWS)
    bring("mentions", "Site,Id,Date,Rating,Handle\nTown Guide,77,2026-11-23,4,@Jo\n")

    assert Mention.objects.filter(author="Jo").count() == 1
    assert Mention.objects.get(external_id="n:77").known_by == "handle"


@pytest.mark.parametrize(
    "heading", ["site,score", "site,date", "score,date"], ids=["no date", "no words", "nowhere"]
)
def test_a_file_without_where_when_or_what_is_refused(owner: Member, heading: str) -> None:
    cells = ",".join({"site": "Town Guide", "score": "5", "date": "2026-11-20"}[one]
                     for one in heading.split(","))  # fmt: skip

    with pytest.raises(Refusal):
        bring("mentions", f"{heading}\n{cells}\n{cells}\n")

"""An article that fits, as a reason to get in touch."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.consent.choices import Channel
from regulars.core import jobs
from regulars.core.reasons import ReasonDay, source_named
from regulars.library.actions.shares import share_in_person
from regulars.library.models import Article, Fit, Share
from regulars.library.reasons import describe, fitting_articles
from regulars.planning.models import PlanItem
from regulars.team.models import Member
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer
from tests.factories.library import make_article, make_interest
from tests.factories.promises import make_one

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]


def _due(at: datetime) -> list[int]:
    rows = fitting_articles(ReasonDay(at.date(), ZoneInfo("Europe/London")))
    return sorted(row["customer_id"] for row in rows)


def test_a_new_article_is_a_reason_for_whom_it_fits_and_who_is_left_in_peace(
    at: datetime, owner: Member
) -> None:
    fits, spoken, promised, other = (
        make_customer(name) for name in ("Fi F", "Sp S", "Pr P", "Ot O")
    )
    for one in (fits, spoken, promised, other):
        make_interest(one, "Starter", at)
    article, another = make_article(at), make_article(at, "Another starter")
    for each in (article, another):
        jobs.run_now("library.fit", at=at, article_id=each.pk)
    share_in_person(another, other, channel=Channel.NOTE, words="", by=owner.actor, at=at)
    make_touch(spoken, at - timedelta(days=13), by=owner.actor)
    make_one(at - timedelta(days=5), customer=promised)

    assert _due(at) == [fits.pk, fits.pk]
    assert Fit.objects.filter(customer=other).get().article == article
    # Two weeks after they were spoken to, and sixty days after the other article.
    assert set(_due(at + timedelta(days=2))) == {fits.pk, spoken.pk}
    Article.objects.update(created_at=at + timedelta(days=50))
    assert set(_due(at + timedelta(days=62))) == {fits.pk, spoken.pk, other.pk}
    assert Share.objects.count() == 1


@pytest.mark.parametrize(
    "over",
    [
        pytest.param({"created_at": -29}, id="no longer new"),
        pytest.param({"archived_at": 0}, id="put away"),
        pytest.param({"true_until": -1}, id="no longer true"),
    ],
)
def test_an_article_is_no_reason_for_ever(at: datetime, over: dict[str, int]) -> None:
    make_interest(make_customer(), "Starter", at)
    article = make_article(at)
    jobs.run_now("library.fit", at=at, article_id=article.pk)
    assert len(_due(at)) == 1

    Article.objects.update(**{name: at + timedelta(days=ago) for name, ago in over.items()})

    assert _due(at) == []


def test_it_says_why_and_what_to_say_in_one_query(at: datetime) -> None:
    for name in ("Ada A", "Bo B"):
        make_interest(make_customer(name), "{Starter}", at)
    article = make_article(at)
    jobs.run_now("library.fit", at=at, article_id=article.pk)
    subjects = [str(fit.pk) for fit in Fit.objects.order_by("pk")]

    with CaptureQueriesContext(connection) as asked:
        told = describe(subjects)

    assert (len(asked), len(told)) == (1, 2)
    one = told[subjects[0]]
    assert one.sentence == (
        "“When the starter sulks” is for them. They care about this: {Starter} (noted today)."
    )
    # What would be read as a field of a text is taken out of the line.
    assert one.lines[0].text.startswith("You once spoke of Starter. ")
    assert one.page == f"/library/{article.pk}/for/{Fit.objects.order_by('pk')[0].customer_id}/"


def test_it_comes_onto_the_list_of_the_day(at: datetime, owner: Member) -> None:
    from regulars.planning.actions import make_plans

    ruth = make_customer(phone="+44 20 7946 0018", manager=owner)
    make_touch(ruth, at - timedelta(days=20), by=owner.actor)
    make_interest(ruth, "Starter", at)
    article = make_article(at)
    jobs.run_now("library.fit", at=at, article_id=article.pk)

    make_plans(day=at.date(), by=owner.actor, at=at)

    item = PlanItem.objects.get()
    assert (item.customer, item.reason, item.purpose) == (ruth, "article_fits", "educate")
    assert source_named(item.reason) is not None
    assert "When the starter sulks" in item.sentence

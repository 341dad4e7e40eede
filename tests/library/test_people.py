"""Who would thank us for an article."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.customers.choices import InterestKind
from regulars.customers.models import Customer
from regulars.insight.models import CustomerFacts
from regulars.library.actions.shares import share_in_person
from regulars.library.choices import Because
from regulars.library.models import Article
from regulars.library.queries import people
from regulars.library.queries.articles import near_to, told_by
from regulars.library.queries.people import Fitting, heard_topics, who_would_thank
from regulars.messaging.choices import HoldKind, Holds
from regulars.messaging.models import Hold
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.library import make_article, make_interest
from tests.factories.orders import make_line, make_order
from tests.factories.promises import make_one

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]


def _who(article: Article, at: datetime, most: int = 10) -> list[Fitting]:
    return who_would_thank(
        told_by(article), among=Customer.objects.all(), at=at, most=most, article=article
    )


def test_a_need_comes_before_an_interest_and_that_before_what_was_bought(at: datetime) -> None:
    ada, bo, cy, dee = (make_customer(name) for name in ("Ada A", "Bo B", "Cy C", "Dee D"))
    make_interest(ada, "Starter", at, words="Mine sulks.")
    make_interest(bo, "Starter", at, kind=InterestKind.NEED)
    make_line(make_order(cy, at.date() - timedelta(days=3)), "Rye starter")
    make_interest(dee, "Oat milk", at)
    over = make_interest(dee, "Starter", at)
    type(over).objects.filter(pk=over.pk).update(is_still_true=False)

    found = _who(make_article(at), at)

    assert [(one.customer_id, one.because) for one in found] == [
        (bo.pk, Because.NEED), (ada.pk, Because.INTEREST), (cy.pk, Because.BOUGHT),
    ]  # fmt: skip
    assert [(one.words, one.said) for one in found][1] == ("Starter", "Mine sulks.")


def test_of_many_alike_those_come_of_whom_more_is_at_stake_each_once(at: datetime) -> None:
    rich, poor, third = (make_customer(name) for name in ("Ri R", "Po P", "Th T"))
    for one, stake in ((poor, 10), (rich, 900), (third, 20)):
        make_interest(one, "Starter", at)
        CustomerFacts.objects.create(customer=one, stake_minor=stake)
    make_interest(rich, "Rye starter", at)

    assert [one.customer_id for one in _who(make_article(at), at, most=2)] == [rich.pk, third.pk]


def test_who_has_had_it_who_waits_and_who_is_archived_are_left_out(
    at: datetime, owner: Member
) -> None:
    had, promised, held, gone, sold_to, left = (
        make_customer(name) for name in ("Ha H", "Pr P", "He H", "Go G", "So S", "Le L")
    )
    article = make_article(at)
    for one in (had, promised, held, gone, sold_to, left):
        make_interest(one, "Starter", at)
    share_in_person(article, had, channel="call", words="", by=owner.actor, at=at)  # type: ignore[arg-type]
    make_one(at - timedelta(days=5), customer=promised)
    for one, stops in ((held, Holds.OFFERED), (sold_to, Holds.SELLING)):
        Hold.objects.create(customer=one, kind=HoldKind.OTHER, stops=stops, since=at)
    Customer.objects.filter(pk=gone.pk).update(archived_at=at)

    assert {one.customer_id for one in _who(article, at)} == {sold_to.pk, left.pk}


def test_it_takes_the_same_queries_for_one_and_for_three(at: datetime) -> None:
    article, counts = make_article(at), []
    for name in ("Ada A", "Bo B", "Cy C"):
        make_interest(make_customer(name), "Starter", at)
        make_line(make_order(make_customer(), at.date()), "Rye starter")
        with CaptureQueriesContext(connection) as asked:
            found = _who(article, at)
        counts.append((len(asked), len(found)))

    assert [found for _asked, found in counts] == [2, 4, 6]
    assert len({asked for asked, _found in counts}) == 1


def test_topics_are_met_once_each_and_only_the_newest_orders_count(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Ada A", "Bo B"):
        for topic in ("Starter", "Oat milk"):
            make_interest(make_customer(name), topic, at)
    for ago in (1, 5, 9):
        make_order(make_customer(), at.date() - timedelta(days=ago))
    assert heard_topics() == ["oat milk", "starter"]
    assert people.bought_since() == at.date() - timedelta(days=9)

    monkeypatch.setattr(people, "MOST_TOPICS", 1)
    monkeypatch.setattr(people, "NEWEST_ORDERS", 1)

    assert heard_topics() == ["oat milk"]
    assert people.bought_since() == at.date() - timedelta(days=5)


def test_a_new_text_is_told_by_the_shelf(at: datetime) -> None:
    article = make_article(at, topics=["Starter and flour"])
    make_article(at, "Delivery", body="The van goes up the hill on Tuesdays.", topics=["Delivery"])

    near = near_to(article.title, article.body)

    assert (near.topics, near.like) == (["Starter and flour"], article)
    assert near_to("The hill", "A van on the hill.").topics == ["Delivery"]
    assert near_to("Chocolate", "Nothing else.").like is None

"""An article to all whom it fits: who is meant, who is not, and that each has had it afterwards."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from regulars.consent.choices import Channel
from regulars.core.errors import NotAllowed
from regulars.customers.models import Customer
from regulars.library.actions.articles import find_fits, put_away_article
from regulars.library.actions.mailing import count_mailed, write_to_all
from regulars.library.actions.shares import share_by_mail, share_in_person
from regulars.library.errors import NobodyToWriteTo, SharedAlready
from regulars.library.models import Article, Fit, Share
from regulars.library.queries.mailed import whom_it_fits
from regulars.messaging.actions.mailings import approve_mailing
from regulars.messaging.choices import State
from regulars.messaging.expanding import expand
from regulars.messaging.models import Mailing, Message
from regulars.team.models import Business, Member
from tests.factories.customers import make_customer
from tests.factories.library import make_article, make_interest
from tests.factories.promises import make_one

pytestmark = pytest.mark.django_db


def fitted(at: datetime, *names: str) -> tuple[Article, list[Customer]]:
    people = [make_customer(name, email=f"{name.lower()}@x.example") for name in names]
    for one in people:
        make_interest(one, "Starter", at)
    article = make_article(at)
    find_fits(article, at=at, today=at.date())
    assert Fit.objects.count() == len(names)
    return article, people


def sent(mailing: Mailing, at: datetime, owner: Member) -> None:
    article = Article.objects.get(pk=mailing.definition["article"])
    seen = whom_it_fits(article, at).count()
    expand(approve_mailing(mailing, seen_count=seen, by=owner.actor, at=at), at=at)


def test_whom_it_fits_leaves_out_who_had_it_who_waits_and_whom_it_is_on_its_way_to(
    at: datetime, owner: Member, business: Business
) -> None:
    article, (ada, ben, cas, dee) = fitted(at, "Ada", "Ben", "Cas", "Dee")
    share_in_person(article, ada, channel=Channel.CALL, words="Read this.", by=owner.actor, at=at)
    make_one(at - timedelta(days=3), what="Bring the tins", customer=ben)

    mailing = write_to_all(article, words="For you.", by=owner.actor, at=at)

    assert [one.name for one in whom_it_fits(article, at).order_by("pk")] == ["Cas", "Dee"]
    assert (mailing.state, mailing.purpose) == ("draft", "educate")
    assert "For you." in mailing.version.body
    assert "When the starter sulks" in mailing.audience_words
    sent(mailing, at, owner)
    assert sorted(Message.objects.values_list("customer__name", flat=True)) == ["Cas", "Dee"]
    # Before it has left, nobody else sends it either.
    assert not whom_it_fits(article, at).exists()
    with pytest.raises(SharedAlready, match="Cas has had this"):
        share_by_mail(article, cas, words="Here.", by=owner.actor, at=at)
    Message.objects.filter(customer=dee).update(state=State.SUPPRESSED)
    assert [one.name for one in whom_it_fits(article, at)] == ["Dee"]


def test_each_whom_it_reached_has_had_it_counted_once(
    at: datetime, owner: Member, business: Business
) -> None:
    article, (ada, ben) = fitted(at, "Ada", "Ben")
    sent(write_to_all(article, words="For you.", by=owner.actor, at=at), at, owner)
    Message.objects.filter(customer=ada).update(state=State.ACCEPTED, state_at=at)
    ids = [str(one) for one in Message.objects.values_list("pk", flat=True)]

    counts = [count_mailed(ids, at=at), count_mailed(ids, at=at)]

    assert counts == [1, 0]
    share = Share.objects.get()
    assert (share.customer, share.channel, share.words) == (ada, "email", "For you.")
    assert (share.message, share.member) == (Message.objects.get(customer=ada), owner)
    assert [one.customer for one in Fit.objects.all()] == [ben]
    # It came back: the article is still theirs to have, and counts again once it reaches them.
    Message.objects.filter(customer=ada).update(state=State.BOUNCED)
    find_fits(article, at=at, today=at.date())
    assert ada in whom_it_fits(article, at)


def test_a_mailing_of_other_words_counts_for_no_article(at: datetime, owner: Member) -> None:
    article, (ada,) = fitted(at, "Ada")
    share = share_by_mail(article, ada, words="Here.", by=owner.actor, at=at)
    Message.objects.update(state=State.ACCEPTED)

    assert count_mailed([str(share.message_id)], at=at) == 0


def test_writing_to_all_refuses_where_nobody_is_left_and_whoever_may_not(
    at: datetime, owner: Member, helper: Member, business: Business
) -> None:
    article, _people = fitted(at, "Ada")

    with pytest.raises(NotAllowed):
        write_to_all(article, words="", by=helper.actor, at=at)
    put_away_article(article, by=owner.actor, at=at)
    with pytest.raises(NobodyToWriteTo, match="nobody left"):
        write_to_all(article, words="", by=owner.actor, at=at)
    assert not Mailing.objects.exists()


def test_the_page_says_how_many_and_leads_to_the_look_at_the_mailing(
    at: datetime, owner: Member, client_of: Callable[[Member], Client]
) -> None:
    article, _people = fitted(at, "Ada", "Ben")
    address, here = f"/library/{article.pk}/for-all/", client_of(owner)

    page = here.get(address).content.decode()
    wrong = here.post(address, {"words": ""})
    done = here.post(address, {"words": "For you."})

    assert "fits 2 customers who have not had it" in page
    assert wrong.status_code == 422
    mailing = Mailing.objects.get()
    assert done.headers["Location"] == f"/messages/mailings/{mailing.pk}/"
    look = here.get(done.headers["Location"]).content.decode()
    assert "When the starter sulks" in look
    assert address in here.get(f"/library/{article.pk}/").content.decode()


def test_a_helper_may_not_open_it(
    at: datetime, helper: Member, client_of: Callable[[Member], Client]
) -> None:
    article, _people = fitted(at, "Ada")

    assert client_of(helper).get(f"/library/{article.pk}/for-all/").status_code == 403

"""Articles on the shelf, shared once, taken back, answered."""

from datetime import date, datetime, timedelta

import pytest

from regulars.consent.choices import Channel
from regulars.conversations.models import Clock, Touch
from regulars.core import jobs
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.customers.choices import InterestKind
from regulars.library.actions.articles import (
    Written,
    add_article,
    change_article,
    put_away_article,
    take_out_article,
)
from regulars.library.actions.shares import (
    note_answer,
    share_by_mail,
    share_in_person,
    take_back_share,
)
from regulars.library.choices import Answer, ArticleKind
from regulars.library.errors import ArticleUnfit, MatterOpen, SharedAlready
from regulars.library.models import Article, Fit, Share
from regulars.messaging.choices import State
from regulars.messaging.models import Message
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.library import make_article, make_interest
from tests.factories.promises import make_one

pytestmark = pytest.mark.django_db


def test_told_by_one_of_us_it_is_a_touch_to_educate_and_can_be_taken_back(
    at: datetime, owner: Member
) -> None:
    ruth, article = make_customer(), make_article(at)

    share = share_in_person(
        article, ruth, channel=Channel.CALL, words="You asked.", by=owner.actor, at=at
    )

    touch = Touch.objects.get()
    assert (touch.purpose, touch.outcome) == ("educate", "reached")
    assert (touch.body, share.touch) == ("Told of “When the starter sulks”. You asked.", touch)
    take_back_share(share, by=owner.actor, at=at)
    assert (Share.objects.count(), Touch.objects.standing().count()) == (0, 0)
    assert not Clock.objects.exists()


@pytest.mark.parametrize(
    ("over", "said"),
    [
        pytest.param({}, "Feed the starter with rye flour", id="own text"),
        pytest.param(
            {"kind": ArticleKind.LINK, "address": "https://x.example/a_b"},
            "[When the starter sulks](<https://x.example/a_b>)",
            id="elsewhere",
        ),
    ],
)
def test_by_mail_it_goes_with_a_line_and_the_same_never_twice(
    at: datetime, owner: Member, over: dict[str, str], said: str
) -> None:
    ruth, article = make_customer(email="ruth@x.example"), make_article(at, **over)

    share = share_by_mail(article, ruth, words="You asked.", by=owner.actor, at=at)

    message = Message.objects.get()
    assert (share.message, message.purpose) == (message, "educate")
    assert "You asked." in message.version.body
    assert said in message.version.body
    # What something elsewhere says is ours to match by, and is not sent.
    assert ("Feed the starter" in message.version.body) == (not over)
    with pytest.raises(SharedAlready, match="Ruth has had this article"):
        share_in_person(article, ruth, channel=Channel.CALL, words="", by=owner.actor, at=at)


def test_what_never_reached_them_may_be_shared_again(at: datetime, owner: Member) -> None:
    ruth, article = make_customer(email="ruth@x.example"), make_article(at)
    share_by_mail(article, ruth, words="One.", by=owner.actor, at=at)
    Message.objects.update(state=State.SUPPRESSED)

    share_by_mail(article, ruth, words="Two.", by=owner.actor, at=at)

    assert (Share.objects.count(), Message.objects.count()) == (1, 2)


def test_taking_a_mail_back_before_it_leaves_leaves_nothing(at: datetime, owner: Member) -> None:
    ruth, article = make_customer(email="ruth@x.example"), make_article(at)
    share = share_by_mail(article, ruth, words="You asked.", by=owner.actor, at=at)

    take_back_share(share, by=owner.actor, at=at)

    assert Message.objects.get().state == State.CANCELLED
    assert not Share.objects.exists()


def test_whoever_waits_for_something_of_ours_gets_nothing_to_read(
    at: datetime, owner: Member
) -> None:
    ruth, article = make_customer(), make_article(at)
    make_one(at - timedelta(days=5), customer=ruth)

    with pytest.raises(MatterOpen, match="Ruth waits for something"):
        share_in_person(article, ruth, channel=Channel.CALL, words="", by=owner.actor, at=at)

    assert not Touch.objects.exists()


def test_what_came_back_is_noted_and_taken_back(at: datetime, owner: Member) -> None:
    share = share_in_person(
        make_article(at), make_customer(), channel=Channel.NOTE, words="", by=owner.actor, at=at
    )

    note_answer(share, answer=Answer.LIKED, words=" Lovely ", by=owner.actor, at=at)
    share.refresh_from_db()
    assert (share.answer, share.answered_at, share.answer_words) == ("liked", at, "Lovely")
    note_answer(share, answer=None, by=owner.actor, at=at)

    share.refresh_from_db()
    assert (share.answer, share.answered_at, share.answer_words) == ("", None, "")


def test_whom_it_fits_is_found_in_the_background_and_goes_with_it(
    at: datetime, owner: Member
) -> None:
    ruth, joss = make_customer(), make_customer("Joss Tully")
    make_interest(ruth, "Starter", at)
    article = make_article(at)
    jobs.run_now("library.fit", at=at, article_id=article.pk)
    found = Fit.objects.get()
    assert (found.customer, found.because, found.found_on) == (ruth, "interest", at.date())

    make_interest(joss, "Starter", at, kind=InterestKind.NEED)
    later = at + timedelta(days=1)
    jobs.run_now("library.fit_new", at=later)
    days = dict(Fit.objects.values_list("customer__name", "found_on"))
    assert days == {"Ruth Calloway": at.date(), "Joss Tully": later.date()}

    share_in_person(article, ruth, channel=Channel.CALL, words="", by=owner.actor, at=later)
    assert [fit.customer for fit in Fit.objects.all()] == [joss]
    put_away_article(article, by=owner.actor, at=later)
    assert not Fit.objects.exists()
    take_out_article(article, by=owner.actor, at=later)
    jobs.run_now("library.fit", at=later, article_id=article.pk)
    jobs.run_now("library.fit_new", at=at + timedelta(days=40))
    # No reason any more, and still somebody to write to; once it is no longer true, nobody.
    assert [fit.customer for fit in Fit.objects.all()] == [joss]
    Article.objects.update(true_until=at.date())
    jobs.run_now("library.fit_new", at=at + timedelta(days=40))
    assert not Fit.objects.exists()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        pytest.param(Written(ArticleKind.TEXT, " "), "needs a title", id="no title"),
        pytest.param(Written(ArticleKind.TEXT, "Rye"), "needs its words", id="no text"),
        pytest.param(
            Written(ArticleKind.LINK, "Rye", address="rye.example"), "no address", id="no scheme"
        ),
        pytest.param(
            Written(ArticleKind.PDF, "Rye", address="javascript:alert(1)"), "no address",
            id="a script",
        ),
    ],
)  # fmt: skip
def test_an_article_that_cannot_be_read_is_refused(
    at: datetime, owner: Member, written: Written, said: str
) -> None:
    with pytest.raises(ArticleUnfit, match=said):
        add_article(written, by=owner.actor, at=at)

    assert not Article.objects.exists()


def test_an_article_is_changed_with_its_topics_each_once(at: datetime, owner: Member) -> None:
    article = make_article(at, topics=["Rye", "rye ", "", "Starter"])
    assert [one.topic for one in article.topics.all()] == ["Rye", "Starter"]

    written = Written(ArticleKind.TEXT, "Rye", "It keeps.", "", ["Keeping"], "de", date(2027, 1, 1))
    change_article(article, written, by=owner.actor, at=at)

    article = Article.objects.get()
    assert (article.title, article.language, article.true_until) == ("Rye", "de", date(2027, 1, 1))
    assert [one.topic for one in article.topics.all()] == ["Keeping"]


def test_who_may_not_is_told_so(at: datetime, helper: Member, viewer: Member) -> None:
    article, ruth = make_article(at), make_customer()

    def call(by: Actor) -> Share:
        return share_in_person(article, ruth, channel=Channel.CALL, words="", by=by, at=at)

    with pytest.raises(NotAllowed):
        call(viewer.actor)
    with pytest.raises(NotAllowed):
        put_away_article(article, by=helper.actor, at=at)
    assert call(helper.actor).member == helper

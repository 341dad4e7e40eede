"""The shelf: articles, what they are about, with whom they were shared."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import Count, Q

from regulars.consent.choices import Channel
from regulars.core.actor import Actor
from regulars.customers.models import Customer
from regulars.customers.queries.people import customers_for
from regulars.library.choices import Answer
from regulars.library.errors import ArticleNotFound, ShareNotFound
from regulars.library.fitting import Told, told_of
from regulars.library.likeness import likenesses, shelve, topics_by_nearness
from regulars.library.models import Article, ArticleQuerySet, ArticleTopic, Share
from regulars.library.rules import may_keep, may_share
from regulars.library.terms import terms_of

# So many articles are compared with a new one: the newest, which is more than a shop has.
COMPARED = 1000
# From here on two texts say nearly the same.
NEARLY_THE_SAME = 0.6
MOST_GUESSED = 3


def is_keeper(actor: Actor) -> bool:
    return may_keep(actor)


def is_sharer(actor: Actor) -> bool:
    return may_share(actor)


def article_for(article_id: int) -> Article:
    """One article, put away or not."""
    found = Article.objects.filter(pk=article_id).prefetch_related("topics").first()
    if found is None:
        raise ArticleNotFound
    return found


def shelf(show: str, day: date) -> ArticleQuerySet:
    """The articles of one tab, the newest first, with how often each was shared and thanked for."""
    rows = Article.objects.annotate(
        share_count=Count("shares"),
        thanks_count=Count("shares", Q(shares__answer=Answer.LIKED)),
    ).prefetch_related("topics")
    if show == "away":
        rows = rows.exclude(archived_at=None)
    elif show == "old":
        rows = rows.on_the_shelf().filter(true_until__lt=day)
    else:
        rows = rows.true_on(day)
    return rows.order_by("-created_at", "-pk")


def told_by(article: Article) -> Told:
    """What an article says, made ready for matching; read again only when it was changed."""
    topics = tuple(one.topic for one in article.topics.all())
    return _told(article.pk, article.changed_at.isoformat(), article.title, article.body, topics)


def told_of_text(title: str, body: str) -> Told:
    """What a text that is not on the shelf says, made ready for matching."""
    return told_of(title, body, ())


@lru_cache(maxsize=256)
def _told(_article_id: int, _changed: str, title: str, body: str, topics: tuple[str, ...]) -> Told:
    return told_of(title, body, topics)


@dataclass(frozen=True, slots=True)
class Near:
    """What the shelf says of a new text: what it may be about, and which article it resembles."""

    topics: Sequence[str]
    like: Article | None


def near_to(title: str, body: str) -> Near:
    """What a text is about, told from the articles nearest to it, and one that says the same."""
    rows = list(
        Article.objects.on_the_shelf().prefetch_related("topics").order_by("-created_at", "-pk")
        [:COMPARED]
    )  # fmt: skip
    texts = [terms_of(one.title, one.body) for one in rows]
    text = terms_of(title, body)
    near = likenesses(text, shelve([*texts, text]))[: len(rows)]
    topics = [[one.topic for one in row.topics.all()] for row in rows]
    guessed = [topic for topic, _weight in topics_by_nearness(near, topics)]
    best = max(range(len(rows)), key=near.__getitem__, default=None)
    like = rows[best] if best is not None and near[best] >= NEARLY_THE_SAME else None
    return Near(guessed[:MOST_GUESSED], like)


def article_topics(limit: int = 200) -> list[str]:
    """Topics that articles have already, the commonest first."""
    rows = ArticleTopic.objects.order_by().values_list("topic").annotate(count=Count("pk"))
    return [topic for topic, _count in rows.order_by("-count", "topic")[:limit]]


def shares_of(actor: Actor, article: Article) -> Iterable[Share]:
    """With whom an article was shared, as far as this person may see them, the last first."""
    rows = Share.objects.filter(article=article, customer__in=customers_for(actor).values("pk"))
    return rows.select_related("customer", "member").order_by("-shared_at", "-pk")


def shares_with(customer: Customer) -> Iterable[Share]:
    """What one customer has had from us to read, the last first."""
    rows = Share.objects.filter(customer=customer).select_related("article", "member")
    return rows.order_by("-shared_at", "-pk")


def share_for(actor: Actor, share_id: int) -> Share:
    """One share, if its customer is one whom this person may see."""
    rows = Share.objects.filter(pk=share_id).select_related("customer", "article", "message")
    share = rows.first()
    if share is None or not customers_for(actor).filter(pk=share.customer_id).exists():
        raise ShareNotFound
    return share


def answers_to(article: Article) -> Counter[str]:
    """What came back of an article: how many of each answer, and how many said nothing ("")."""
    rows = Share.objects.filter(article=article).order_by().values_list("answer")
    return Counter(dict(rows.annotate(count=Count("pk"))))


SPOKEN = (Channel.CALL, Channel.VISIT)

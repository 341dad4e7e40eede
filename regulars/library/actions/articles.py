"""Putting articles on the shelf, changing them, putting them away; finding whom each fits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import audit, jobs
from regulars.core.actor import Actor
from regulars.customers.models import Customer
from regulars.library.choices import ArticleKind
from regulars.library.errors import ArticleUnfit
from regulars.library.files import Pdf
from regulars.library.models import Article, ArticleFile, ArticleTopic, Fit
from regulars.library.queries.articles import told_by
from regulars.library.queries.people import Fitting, who_would_thank
from regulars.library.rules import require_keep
from regulars.library.terms import words_of

FIT_JOB = "library.fit"
LONGEST_BODY, MOST_TOPICS, LONGEST_TOPIC = 40_000, 12, 120
# An article is a reason to get in touch with at most so many: those whom it fits best.
MOST_FITS = 500
_is_address = URLValidator(schemes=["http", "https"])


@dataclass(frozen=True, slots=True)
class Written:
    """An article as it was typed."""

    kind: ArticleKind
    title: str
    body: str = ""
    address: str = ""
    topics: Sequence[str] = ()
    language: str = ""
    true_until: date | None = None
    # A PDF of ours, in place of an address.
    file: Pdf | None = None


@transaction.atomic
def add_article(written: Written, *, by: Actor, at: datetime, source: str = "desk") -> Article:
    """Put an article on the shelf; whom it fits is found in the background."""
    require_keep(by)
    _refuse(written)
    article = Article.objects.create(
        **_columns(written), source=source, created_at=at, created_by_id=by.member_id, changed_at=at
    )
    _name(article, written.topics)
    _keep_file(article, written, at)
    audit.record("added", article, by=by, at=at)
    look_for_fits(article, at=at)
    return article


@transaction.atomic
def change_article(article: Article, written: Written, *, by: Actor, at: datetime) -> Article:
    """Change an article; what was sent of it before stays as it was."""
    require_keep(by)
    article = Article.objects.select_for_update().get(pk=article.pk)
    _refuse(written, has_file=ArticleFile.objects.filter(article=article).exists())
    for name, value in {**_columns(written), "changed_at": at}.items():
        setattr(article, name, value)
    article.save()
    article.topics.all().delete()
    _name(article, written.topics)
    _keep_file(article, written, at)
    audit.record("changed", article, by=by, at=at)
    look_for_fits(article, at=at)
    return article


@transaction.atomic
def put_away_article(article: Article, *, by: Actor, at: datetime) -> Article:
    """Take an article off the shelf; with whom it was shared stays known."""
    require_keep(by)
    Article.objects.filter(pk=article.pk, archived_at=None).update(archived_at=at)
    Fit.objects.filter(article=article).delete()
    audit.record("put away", article, by=by, at=at)
    return article


@transaction.atomic
def take_out_article(article: Article, *, by: Actor, at: datetime) -> Article:
    """Put an article back on the shelf."""
    require_keep(by)
    Article.objects.filter(pk=article.pk).update(archived_at=None)
    audit.record("took out again", article, by=by, at=at)
    look_for_fits(article, at=at)
    return article


def look_for_fits(article: Article, *, at: datetime) -> None:
    """Leave it to the background to find whom an article fits."""
    jobs.enqueue(FIT_JOB, at=at, unique_key=f"{FIT_JOB}:{article.pk}", article_id=article.pk)


def find_fits(article: Article, *, at: datetime, today: date) -> int:
    """Work out anew whom an article fits, at most so many; returns how many."""
    found: list[Fitting] = []
    if article.archived_at is None and article.is_true_on(today):
        found = who_would_thank(
            told_by(article), among=Customer.objects.all(), at=at, most=MOST_FITS, article=article
        )
    with transaction.atomic():
        there = dict(Fit.objects.filter(article=article).values_list("customer_id", "found_on"))
        Fit.objects.filter(article=article).delete()
        Fit.objects.bulk_create(
            Fit(
                article=article, customer_id=one.customer_id, score=one.score, because=one.because,
                words=one.words[:200], said_on=one.said_on,
                found_on=there.get(one.customer_id, today),
            )
            for one in found
        )  # fmt: skip
    return len(found)


def _columns(written: Written) -> dict[str, object]:
    return {
        "kind": written.kind, "title": " ".join(written.title.split())[:200],
        "address": written.address.strip() if _is_elsewhere(written) else "",
        "body": written.body.strip()[:LONGEST_BODY], "language": written.language,
        "true_until": written.true_until,
    }  # fmt: skip


def _is_elsewhere(written: Written) -> bool:
    return written.kind != ArticleKind.TEXT and written.file is None


def _keep_file(article: Article, written: Written, at: datetime) -> None:
    """The file that came; the one there was stays as long as nothing takes its place."""
    if written.file is not None:
        kept = {
            "name": written.file.name, "size": len(written.file.content), "kept_at": at,
            "sha256": written.file.sha256, "content": written.file.content,
        }  # fmt: skip
        ArticleFile.objects.update_or_create(article=article, defaults=kept)
    elif written.kind != ArticleKind.PDF or written.address.strip():
        ArticleFile.objects.filter(article=article).delete()


def _refuse(written: Written, *, has_file: bool = False) -> None:
    if not written.title.strip():
        raise ArticleUnfit(_("An article needs a title."), _("Say in a line what it is about."))
    if written.file is not None and written.kind != ArticleKind.PDF:
        raise ArticleUnfit(
            _("Only a PDF is kept here as a file."), _("Choose “A PDF”, or leave the file out.")
        )
    if written.kind == ArticleKind.TEXT:
        if not written.body.strip():
            raise ArticleUnfit(
                _("A text of your own needs its words."), _("Write it, or give an address.")
            )
        return
    is_kept = written.kind == ArticleKind.PDF and not written.address.strip() and has_file
    if written.file is not None or is_kept:
        return
    try:
        _is_address(written.address.strip())
    except ValidationError:
        raise ArticleUnfit(
            _("This is no address that a browser opens."),
            _("Copy it whole, with https://. Of a PDF, choose the file instead.")
            if written.kind == ArticleKind.PDF
            else _("Copy it whole, with https://."),
        ) from None


def _name(article: Article, topics: Iterable[str]) -> None:
    named: dict[str, str] = {}
    for topic in topics:
        words = " ".join(topic.split())[:LONGEST_TOPIC]
        if words and (folded := " ".join(words_of(words))):
            named.setdefault(folded[:LONGEST_TOPIC], words)
    ArticleTopic.objects.bulk_create(
        ArticleTopic(article=article, topic=topic, folded=folded)
        for folded, topic in list(named.items())[:MOST_TOPICS]
    )

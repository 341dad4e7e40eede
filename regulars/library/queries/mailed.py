"""Articles that go to all whom they fit, in one mailing: who is meant, and who has had it."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from regulars.core import clock
from regulars.customers.models import Customer, CustomerQuerySet
from regulars.library.blocking import without_open_matters
from regulars.library.choices import NEVER_REACHED, WHOM_IT_FITS
from regulars.library.models import Article, Fit, Share
from regulars.messaging.models import Mailing, Message
from regulars.team.queries import the_named_business


def mailed(article: Article) -> "QuerySet[Message]":
    """Messages with this article to many that reached somebody, or still may."""
    mailings = Mailing.objects.filter(audience=WHOM_IT_FITS, definition__article=article.pk)
    of_these = Message.objects.filter(mailing__in=mailings.values("pk"))
    return of_these.exclude(state__in=NEVER_REACHED)


def without_those_who_had(article: Article, among: CustomerQuerySet) -> CustomerQuerySet:
    """Nobody gets the same twice: neither who has had it, nor to whom it is on its way."""
    never = Q(message__state__in=NEVER_REACHED)
    had = Share.objects.filter(article=article).exclude(never)
    return among.filter(
        ~Exists(had.filter(customer=OuterRef("pk"))),
        ~Exists(mailed(article).filter(customer=OuterRef("pk"))),
    )


def whom_it_fits(article: Article, at: datetime) -> CustomerQuerySet:
    """Those whom it fits best, as last worked out; never who has had it, nor who waits for us."""
    today = the_named_business().day_of(at)
    if article.archived_at is not None or not article.is_true_on(today):
        return Customer.objects.none()
    fits = Fit.objects.filter(article=article, customer=OuterRef("pk"))
    meant = Customer.objects.on_the_list().filter(Exists(fits))
    rows: CustomerQuerySet = without_open_matters(
        without_those_who_had(article, meant), at, of="pk"
    )
    return rows


class WhomItFits:
    """{"article": id, "words": the line}: asked anew whenever somebody looks, and at the end."""

    def customers(self, definition: dict[str, Any]) -> CustomerQuerySet:
        article = Article.objects.filter(pk=definition["article"]).first()
        return whom_it_fits(article, clock.now()) if article else Customer.objects.none()

    def words(self, definition: dict[str, Any]) -> str:
        article = Article.objects.filter(pk=definition["article"]).first()
        title = article.title if article else "…"
        return _("those whom “%(title)s” fits, who have not had it") % {"title": title}

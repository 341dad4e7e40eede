"""An article for all whom it fits, as one mailing; each whom it reached has had it."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.consent.choices import Purpose
from regulars.core.actor import Actor
from regulars.core.events import announce
from regulars.library.actions.shares import mail_of
from regulars.library.choices import NEVER_REACHED, WHOM_IT_FITS
from regulars.library.errors import NobodyToWriteTo
from regulars.library.events import ArticleMailed
from regulars.library.models import Article, Fit, Share
from regulars.library.queries.mailed import whom_it_fits
from regulars.library.rules import require_keep
from regulars.messaging.actions.mailings import write_mailing
from regulars.messaging.actions.texts import use_words
from regulars.messaging.choices import REACHED
from regulars.messaging.models import Mailing, Message


@transaction.atomic
def write_to_all(article: Article, *, words: str, by: Actor, at: datetime) -> Mailing:
    """A mailing to those whom an article fits; nothing leaves before somebody approves it."""
    require_keep(by)
    if not whom_it_fits(article, at).exists():
        raise NobodyToWriteTo(
            _("There is nobody left whom this article fits."),
            _("Who has had it, and who waits for something of ours, is left out."),
        )
    version = use_words(
        subject=article.title[:150], body=mail_of(article, words), purpose=Purpose.EDUCATE,
        by=by, at=at,
    )  # fmt: skip
    return write_mailing(
        name=article.title[:150], version=version, purpose=Purpose.EDUCATE, audience=WHOM_IT_FITS,
        definition={"article": article.pk, "words": words.strip()}, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def count_mailed(message_ids: Collection[str], *, at: datetime) -> int:
    """Count an article as shared with those to whom these messages went; twice counts once."""
    went = Message.objects.filter(
        pk__in=message_ids, mailing__audience=WHOM_IT_FITS, state__in=REACHED,
        customer__isnull=False,
    )  # fmt: skip
    by_mailing: dict[Mailing, dict[int, Message]] = {}
    for message in went.select_related("mailing").order_by("pk"):
        if message.mailing is not None and message.customer_id is not None:
            by_mailing.setdefault(message.mailing, {})[message.customer_id] = message
    return sum(_count(mailing, messages, at) for mailing, messages in by_mailing.items())


def _count(mailing: Mailing, messages: dict[int, Message], at: datetime) -> int:
    article = Article.objects.filter(pk=mailing.definition["article"]).first()
    if article is None:
        return 0
    theirs = Share.objects.filter(article=article, customer__in=list(messages))
    theirs.filter(message__state__in=NEVER_REACHED).delete()
    had = set(theirs.values_list("customer_id", flat=True))
    new = [
        Share(
            article=article, customer_id=customer_id, channel=mailing.channel,
            shared_at=message.state_at, member_id=mailing.created_by_id, message=message,
            words=mailing.definition.get("words", ""),
        )
        for customer_id, message in messages.items()
        if customer_id not in had
    ]  # fmt: skip
    Share.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)
    Fit.objects.filter(article=article, customer__in=list(messages)).delete()
    if new:
        announce(ArticleMailed(article.pk, [one.customer_id for one in new]), at=at)
    return len(new)
